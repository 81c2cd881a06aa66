"""The simulated démarche and the life of its dossiers: the same seed and day give the same dossiers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from integrations.demarches_simplifiees.simulator import association, fichiers, formes, formulaire, lexique
from integrations.demarches_simplifiees.simulator.identifiants import identifiant, siret
from integrations.demarches_simplifiees.simulator.verite import iso, lire_iso

Json = dict[str, Any]

DEMARCHE = 4501
TITRE = "Fonds pour le développement de la vie associative (démonstration)"
CONTACT = "contact@demarches.demo.example"
PREMIER_NUMERO = 21_000_001
LIEN_INTERDIT = 19_999_999
GROUPES = (
    (9001, "DDETS", ("camille.martin@ddets.demo.example", "nadia.benali@ddets.demo.example")),
    (9002, "DRAJES", ("paul.leroy@drajes.demo.example",)),
)
LABELS = (("À relancer", "yellow_tournesol"), ("Prioritaire", "green_emeraude"), ("Pièce manquante", "pink_macaron"))
CONSERVATION = timedelta(days=3 * 365)
ETATS = ("en_construction", "en_instruction", "accepte", "refuse", "sans_suite")
FREQUENCES = (30, 35, 20, 8, 7)
_DECISION = (
    '<p>Une décision a été prise sur votre dossier : <a href="https://ds.demo.example/dossiers">la lire</a>.</p>'
)
EVENEMENTS = {"accepte": "accepte", "refuse": "refuse", "sans_suite": "classe_sans_suite"}


def groupes() -> list[Json]:
    """The two groups, whose instructeurs bear the demo agents' addresses."""
    adresses = [une for _, _, membres in GROUPES for une in membres]
    return [
        {
            "id": identifiant("GroupeInstructeur", numero),
            "number": numero,
            "label": label,
            "closed": False,
            "instructeurs": [
                {"id": identifiant("Instructeur", adresses.index(une) + 1), "email": une} for une in membres
            ],
        }
        for numero, label, membres in GROUPES
    ]


def labels() -> list[Json]:
    """The labels that instructeurs may put on the dossiers."""
    return [
        {"id": identifiant("Label", rang), "name": nom, "color": couleur}
        for rang, (nom, couleur) in enumerate(LABELS, 1)
    ]


def expiration(state: str, date: str) -> str | None:
    """When DS will let go of a dossier that reached `state` at `date`; never while it is en_instruction."""
    return None if state == "en_instruction" else iso(lire_iso(date) + CONSERVATION)


def demarche(number: int, ancrage: datetime) -> Json:
    """The démarche, opened two years before `ancrage`."""
    ouverture = iso(ancrage - timedelta(days=730))
    return {
        "id": identifiant("Procedure", number),
        "number": number,
        "title": TITRE,
        "description": "Démarche fictive : aucune de ces associations n’existe.",
        "state": "publiee",
        "dateCreation": ouverture,
        "datePublication": ouverture,
        "dateDerniereModification": ouverture,
        "service": {
            "id": identifiant("Service", number),
            "nom": "Pôle vie associative",
            "organisme": "Préfecture de démonstration",
            "siret": siret("100000009"),
            "typeOrganisme": "service_deconcentre_de_l_etat",
        },
        "groupeInstructeurs": groupes(),
        "labels": labels(),
        "activeRevision": {
            "id": identifiant("ProcedureRevision", number),
            "dateCreation": ouverture,
            "datePublication": ouverture,
            "champDescriptors": [formes.descripteur(une) for une in formulaire.QUESTIONS],
            "annotationDescriptors": [formes.descripteur(une) for une in formulaire.ANNOTATIONS],
        },
    }


def dossiers(combien: int, graine: int, ancrage: datetime) -> Iterator[Json]:
    """`combien` dossiers of the eighteen months before `ancrage`, in filing order of their numbers."""
    pas = timedelta(days=540) / max(combien, 1)
    for rang in range(combien):
        # one dossier in eight is another one of an association already met
        auteur = rang - 7 if rang % 8 == 7 else rang
        asso = association.tirer(Random(f"{graine}/association/{auteur}"), auteur)
        tirage = Random(f"{graine}/{rang}")
        yield _Vie(rang, asso, tirage, ancrage - timedelta(days=541) + pas * rang, ancrage).dossier()


class _Vie:
    """One dossier, lived forward: each event takes the next date, none lies in the future."""

    def __init__(
        self, rang: int, asso: association.Association, tirage: Random, depot: datetime, ancrage: datetime
    ) -> None:
        self.rang, self.tirage, self.depot, self.date, self.ancrage = rang, tirage, depot, depot, ancrage
        self.number = PREMIER_NUMERO + rang
        # the first five show each state, the others follow the usual shares
        self.etat = ETATS[rang] if rang < len(ETATS) else tirage.choices(ETATS, FREQUENCES)[0]
        # one in twenty-five is known of the RNA alone
        self.asso = asso._replace(siret="") if rang % 25 == 17 else asso
        self.groupe = groupes()[tirage.randrange(len(GROUPES))]
        self.instructeur: Json = tirage.choice(self.groupe["instructeurs"])
        self.traitements: list[Json] = []
        self.messages: list[Json] = []
        self.avis: list[Json] = []

    def dossier(self) -> Json:
        """The whole JSON, but `demarche`, which the server adds."""
        depot = iso(self.depot)
        self._traiter("depose", None, "")
        self._ecrire(
            CONTACT, f"<p>Bonjour,</p><p>Votre dossier <strong>nº {self.number}</strong> a bien été déposé.</p>"
        )
        passage = self._instruire() if self.etat != "en_construction" else None
        correction = self._demander_correction() if self.etat == "en_construction" and self.rang % 6 == 0 else None
        decision = self._decider() if self.etat in EVENEMENTS else None
        modification = iso(self.date)
        attestee = decision if self.etat == "accepte" else None
        return {
            "__typename": "Dossier",
            "id": identifiant("Dossier", self.number),
            "number": self.number,
            "state": self.etat,
            "dateDepot": depot,
            "datePassageEnConstruction": depot,
            "datePassageEnInstruction": passage,
            "dateTraitement": decision,
            "dateDerniereModification": modification,
            "dateDerniereModificationChamps": depot,
            "dateDerniereModificationAnnotations": passage or depot,
            "dateDerniereCorrectionEnAttente": correction,
            "dateExpiration": expiration(self.etat, decision or depot),
            "archived": False,
            "prefilled": False,
            "connectionUsager": "password",
            "motivation": lexique.MOTIFS.get(self.etat),
            "motivationAttachment": None,
            "attestation": fichiers.decrire(f"{self.number}/attestation.pdf", attestee) if attestee else None,
            "usager": {"id": identifiant("User", self.asso.courriel), "email": self.asso.courriel},
            "groupeInstructeur": {cle: self.groupe[cle] for cle in ("id", "number", "label", "closed", "instructeurs")},
            "demandeur": self._demandeur(),
            "deposeParUnTiers": False,
            "instructeurs": [self.instructeur] if passage else [],
            "labels": labels()[:1] if correction else [],
            "traitements": self.traitements,
            "messages": self.messages,
            "avis": self.avis,
            "champs": self._champs(depot),
            "annotations": self._annotations(passage or depot, instruit=passage is not None),
        }

    def _avancer(self, jours: int) -> datetime:
        pas = timedelta(days=self.tirage.randint(1, jours), seconds=self.tirage.randint(0, 36_000))
        self.date = min(self.date + pas, max(self.date, self.ancrage - timedelta(hours=1)))
        return self.date

    def _traiter(self, evenement: str, email: str | None, motivation: str) -> str:
        date = iso(self.date)
        numero = f"{self.number}-{len(self.traitements) + 1}"
        self.traitements.append({
            "id": identifiant("Traitement", numero),
            "event": evenement,
            "dateTraitement": date,
            "emailAgentTraitant": email,
            "motivation": motivation or None,
        })  # fmt: skip
        return date

    def _ecrire(self, email: str, corps: str, correction: Json | None = None, pieces: tuple[str, ...] = ()) -> None:
        date = iso(self.date)
        self.messages.append({
            "id": identifiant("Commentaire", f"{self.number}-{len(self.messages) + 1}"),
            "email": email,
            "body": corps,
            "createdAt": date,
            "attachments": [fichiers.decrire(f"{self.number}/{nom}", date) for nom in pieces],
            "correction": correction,
        })  # fmt: skip

    def _instruire(self) -> str:
        self._avancer(12)
        passage = self._traiter("passe_en_instruction", self.instructeur["email"], "")
        self._ecrire(CONTACT, "<p>Votre dossier est passé <em>en instruction</em>.<br>Nous vous écrirons.</p>")
        if self.rang % 3 == 0:
            self._avancer(4)
            self._ecrire(self.asso.courriel, "Bonjour, voici le devis promis.", pieces=("devis.pdf",))
        if self.rang % 2 == 0:
            self._avancer(6)
            self._demander_avis()
        return passage

    def _demander_avis(self) -> None:
        """DS dates an unanswered avis too: `dateReponse` is then the date of the question."""
        pose = iso(self.date)
        repondu = self.rang % 4 == 0
        self.avis.append({
            "id": identifiant("Avis", self.number),
            "question": self.tirage.choice(lexique.QUESTIONS),
            "reponse": self.tirage.choice(lexique.REPONSES) if repondu else None,
            "questionLabel": "Le projet est-il prioritaire ?" if self.rang % 8 == 0 else None,
            "questionAnswer": True if self.rang % 8 == 0 else None,
            "dateQuestion": pose,
            "dateReponse": iso(self._avancer(8)) if repondu else pose,
            "claimant": self.instructeur,
            "expert": {"id": identifiant("Expert", 1), "email": "expert.jeunesse@region.demo.example"},
            "attachments": [fichiers.decrire(f"{self.number}/note.txt", pose)] if self.rang % 8 == 0 else [],
        })  # fmt: skip

    def _demander_correction(self) -> str:
        self._avancer(5)
        correction = {"reason": "incomplete", "dateResolution": None}
        self._ecrire(self.instructeur["email"], "Merci de joindre les comptes approuvés.", correction)
        return iso(self.date)

    def _decider(self) -> str:
        self._avancer(30)
        date = self._traiter(EVENEMENTS[self.etat], self.instructeur["email"], lexique.MOTIFS[self.etat])
        self._ecrire(CONTACT, _DECISION)
        return date

    def _demandeur(self) -> Json:
        if self.rang % 25 == 11 or not self.asso.siret:
            civilite, prenom = self.tirage.choice(lexique.PRENOMS)
            return {
                "__typename": "PersonnePhysique",
                "id": identifiant("Individual", self.number),
                "civilite": civilite,
                "nom": self.tirage.choice(lexique.NOMS),
                "prenom": prenom,
                "email": self.asso.courriel,
            }
        if self.rang % 25 == 21:
            return {
                "__typename": "PersonneMoraleIncomplete",
                "id": identifiant("Etablissement", self.asso.siret),
                "siret": self.asso.siret,
            }
        return association.personne_morale(self.asso)

    def _champs(self, depot: str) -> list[Json]:
        reponses = association.repondre(
            self.asso, self.tirage, number=self.number, depot=self.depot.date(), instant_depot=depot
        )
        if self.rang % 10 == 9:
            reponses["precedent"] = self.number - 9
        elif self.rang % 50 == 7:
            # a dossier of another démarche, out of the token's reach: DS then adds a root error to a sound page
            reponses["precedent"] = LIEN_INTERDIT
        if self.rang % 9 == 4:
            reponses["comptes"][-1]["virusScanResult"] = "pending"
        return [formes.champ(une, reponses, depot) for une in formulaire.QUESTIONS]

    def _annotations(self, date: str, *, instruit: bool) -> list[Json]:
        reponses: Json = {"complet": instruit}
        if instruit:
            reponses["priorite"] = self.tirage.choice(("Haute", "Moyenne", "Basse"))
            reponses["analyse"] = "Dossier complet, à présenter à la prochaine commission."
        return [formes.champ(une, reponses, date) for une in formulaire.ANNOTATIONS]
