"""The simulated démarche and the life of its dossiers: the same seed and day give the same dossiers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche import association, formes, formulaire, lexique
from integrations.demarches_simplifiees.simulator.verite import depot, fichiers
from integrations.demarches_simplifiees.simulator.verite.depot import CONTACT, expiration
from integrations.demarches_simplifiees.simulator.verite.donnees import iso
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant, siret

DEMARCHE = 4501
TITRE = "Fonds pour le développement de la vie associative (démonstration)"
PREMIER_NUMERO = 21_000_001
LIEN_INTERDIT = 19_999_999
GROUPES = (
    (9001, "DDETS", ("camille.martin@ddets.demo.example", "nadia.benali@ddets.demo.example")),
    (9002, "DRAJES", ("paul.leroy@drajes.demo.example",)),
)
LABELS = (("À relancer", "yellow_tournesol"), ("Prioritaire", "green_emeraude"), ("Pièce manquante", "pink_macaron"))
ETATS = ("en_construction", "en_instruction", "accepte", "refuse", "sans_suite")
FREQUENCES = (30, 35, 20, 8, 7)
_PASSAGE = "<p>Votre dossier est passé <em>en instruction</em>.<br>Nous vous écrirons.</p>"
_DECISION = (
    '<p>Une décision a été prise sur votre dossier\u00a0: <a href="https://ds.demo.example/dossiers">la lire</a>.</p>'
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


def demarche(number: int, ancrage: datetime) -> Json:
    """The démarche, opened two years before `ancrage`."""
    ouverture = iso(ancrage - timedelta(days=730))
    return {
        "id": identifiant("Procedure", number),
        "number": number,
        "title": TITRE,
        "description": "Démarche fictive\u00a0: aucune de ces associations n’existe.",
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
        self, rang: int, asso: association.Association, tirage: Random, instant: datetime, ancrage: datetime
    ) -> None:
        self.rang, self.tirage, self.date, self.ancrage = rang, tirage, instant, ancrage
        self.jour = instant.date()
        self.number = PREMIER_NUMERO + rang
        # the first five show each state, the others follow the usual shares
        self.etat = ETATS[rang] if rang < len(ETATS) else tirage.choices(ETATS, FREQUENCES)[0]
        # one in twenty-five is known of the RNA alone
        self.asso = asso._replace(siret="") if rang % 25 == 17 else asso
        groupe = groupes()[tirage.randrange(len(GROUPES))]
        self.instructeur: Json = tirage.choice(groupe["instructeurs"])
        self.contenu = depot.dossier(
            self.number, iso(instant), courriel=asso.courriel, groupe=groupe, demandeur=self._demandeur()
        )

    def dossier(self) -> Json:
        """The whole JSON, but `demarche`, which the server adds."""
        if self.etat != "en_construction":
            self._instruire()
        elif self.rang % 6 == 0:
            self._demander_correction()
        if self.etat in EVENEMENTS:
            self._decider()
        contenu, instruit = self.contenu, self.etat != "en_construction"
        annotation = contenu["datePassageEnInstruction"] or contenu["dateDepot"]
        return contenu | {
            "state": self.etat,
            "dateDerniereModification": iso(self.date),
            "dateDerniereModificationAnnotations": annotation,
            "dateExpiration": expiration(self.etat, contenu["dateTraitement"] or contenu["dateDepot"]),
            "champs": self._champs(),
            "annotations": self._annotations(annotation, instruit=instruit),
        }

    def _avancer(self, jours: int) -> datetime:
        pas = timedelta(days=self.tirage.randint(1, jours), seconds=self.tirage.randint(0, 36_000))
        self.date = min(self.date + pas, max(self.date, self.ancrage - timedelta(hours=1)))
        return self.date

    def _traiter(self, evenement: str, motivation: str = "") -> str:
        date, connus = iso(self.date), self.contenu["traitements"]
        email = self.instructeur["email"]
        connus.append(
            depot.traitement(self.number, len(connus) + 1, evenement, date, email=email, motivation=motivation)
        )
        return date

    def _ecrire(self, email: str, corps: str) -> Json:
        messages = self.contenu["messages"]
        messages.append(depot.message(self.number, len(messages) + 1, email, corps, iso(self.date)))
        dernier: Json = messages[-1]
        return dernier

    def _instruire(self) -> None:
        self._avancer(12)
        self.contenu |= {
            "datePassageEnInstruction": self._traiter("passe_en_instruction"),
            "instructeurs": [self.instructeur],
        }
        self._ecrire(CONTACT, _PASSAGE)
        if self.rang % 3 == 0:
            self._avancer(4)
            message = self._ecrire(self.asso.courriel, "Bonjour, voici le devis promis.")
            message["attachments"] = [self._piece("devis.pdf")]
        if self.rang % 2 == 0:
            self._avancer(6)
            self._demander_avis()

    def _piece(self, nom: str) -> Json:
        return fichiers.decrire(f"{self.number}/{nom}", iso(self.date))

    def _demander_avis(self) -> None:
        """DS dates an unanswered avis too: `dateReponse` is then the date of the question."""
        pose, repondu, prioritaire = iso(self.date), self.rang % 4 == 0, self.rang % 8 == 0
        self.contenu["avis"].append({
            "id": identifiant("Avis", self.number),
            "question": self.tirage.choice(lexique.QUESTIONS),
            "reponse": self.tirage.choice(lexique.REPONSES) if repondu else None,
            "questionLabel": "Le projet est-il prioritaire ?" if prioritaire else None,
            "questionAnswer": True if prioritaire else None,
            "dateQuestion": pose,
            "dateReponse": iso(self._avancer(8)) if repondu else pose,
            "claimant": self.instructeur,
            "expert": {"id": identifiant("Expert", 1), "email": "expert.jeunesse@region.demo.example"},
            "attachments": [self._piece("note.txt")] if prioritaire else [],
        })  # fmt: skip

    def _demander_correction(self) -> None:
        self._avancer(5)
        message = self._ecrire(self.instructeur["email"], "Merci de joindre les comptes approuvés.")
        message["correction"] = {"reason": "incomplete", "dateResolution": None}
        self.contenu |= {"dateDerniereCorrectionEnAttente": message["createdAt"], "labels": labels()[:1]}

    def _decider(self) -> None:
        self._avancer(30)
        motif = lexique.MOTIFS[self.etat]
        self.contenu |= {"dateTraitement": self._traiter(EVENEMENTS[self.etat], motif), "motivation": motif}
        self._ecrire(CONTACT, _DECISION)
        if self.etat == "accepte":
            self.contenu["attestation"] = self._piece("attestation.pdf")

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

    def _champs(self) -> list[Json]:
        depot_le = self.contenu["dateDepot"]
        reponses = association.repondre(
            self.asso, self.tirage, number=self.number, depot=self.jour, instant_depot=depot_le
        )
        if self.rang % 10 == 9:
            reponses["precedent"] = self.number - 9
        elif self.rang % 50 == 7:
            # a dossier of another démarche, out of the token's reach: DS then adds a root error to a sound page
            reponses["precedent"] = LIEN_INTERDIT
        if self.rang % 9 == 4:
            reponses["comptes"][-1]["virusScanResult"] = "pending"
        return [formes.champ(une, reponses, depot_le) for une in formulaire.QUESTIONS]

    def _annotations(self, date: str, *, instruit: bool) -> list[Json]:
        reponses: Json = {"complet": instruit}
        if instruit:
            reponses["priorite"] = self.tirage.choice(("Haute", "Moyenne", "Basse"))
            reponses["analyse"] = "Dossier complet, à présenter à la prochaine commission."
        return [formes.champ(une, reponses, date) for une in formulaire.ANNOTATIONS]
