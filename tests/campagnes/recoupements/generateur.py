"""An invented corpus with planted findings. Its labels stay here: what looks for them reads the database alone."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant, mots_de_recherche
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.souscriptions import Reconnaissance
from portal.models.territoires import Territoire
from portal.vocabulaire import Etat, GenreUser, Source
from portal.vocabulaire_cer import TypeReconnaissance
from portal.vocabulaire_demandes import GenreTerritoire
from portal.vocabulaire_recoupements import Ecart, LacuneCer
from tests import fabriques_recoupements as fabrique
from tests.campagnes.recoupements import textes
from tests.campagnes.recoupements.services import Financeur, create
from tests.fabriques_recoupements import Contenu

Paire = frozenset[int]
VIVANTS = (Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE)


@dataclass
class Etiquettes:
    """What was planted: pairs of dossiers by kind, and what each dossier must show."""

    doublons: set[Paire] = field(default_factory=set)
    cofinancements: set[Paire] = field(default_factory=set)
    pieges: dict[str, set[Paire]] = field(default_factory=dict)
    ecarts: dict[tuple[int, int], Ecart] = field(default_factory=dict)
    depassements: set[int] = field(default_factory=set)
    minimis: set[int] = field(default_factory=set)
    comptes: set[tuple[int, int]] = field(default_factory=set)
    cer: dict[int, LacuneCer] = field(default_factory=dict)


class Generateur:
    """Everything is drawn from one seed."""

    def __init__(self, session: Session, graine: int) -> None:
        self.session, self.tirage, self.graine = session, random.Random(graine), graine
        self.etiquettes = Etiquettes()
        self.services = create(session)
        self.instant, self.annee = maintenant(), aujourdhui().year
        self.demarches: dict[tuple[int, int], Demarche] = {}
        self.couts: dict[int, Decimal] = {}
        self._name_places()
        self.user = self._add(
            User(genre=GenreUser.USAGER, email=f"corpus{graine}@example.org", prenom="Ana", nom="Roux")
        )
        self.agent = self._add(User(genre=GenreUser.AGENT, email=f"agent{graine}@example.org", prenom="Ali", nom="Roy"))

    def populate(self, associations: int) -> Etiquettes:
        """That many associations with their requests."""
        faites = [self._association(rang) for rang in range(associations)]
        self._share_accounts(faites)
        self.session.flush()
        return self.etiquettes

    def _association(self, rang: int) -> tuple[Association, list[Dossier]]:
        departement = self.tirage.choice(("69", "01"))
        une = self._add(
            Association(
                denomination=f"Association {self.graine}-{rang}", code_postal=f"{departement}000", verifiee=True
            )
        )
        lacune = self.tirage.random() < 0.1
        if not lacune or self.tirage.random() < 0.5:
            self._dispense(une, departement, finie=lacune)
        dossiers: list[Dossier] = []
        actions = self.tirage.sample(textes.ACTIONS, self.tirage.randrange(2, 5))
        for formes in actions:
            histoire = self.tirage.choices(*zip(*self._stories(lacune=lacune), strict=True))[0]
            dossiers += histoire(une, departement, formes, lacune)
        if self.tirage.random() < 0.04 and not lacune:
            dossiers += self._over_three_years(une, departement, dossiers)
        if lacune:
            for dossier in dossiers:
                accorde = dossier.etat == Etat.ACCEPTE
                self.etiquettes.cer[dossier.id] = LacuneCer.A_LA_DECISION if accorde else LacuneCer.AU_DEPOT
        return une, dossiers

    def _stories(self, *, lacune: bool) -> Sequence[tuple[Any, int]]:
        """What happens to an action; one that lacks a CER is known by Démarches Simplifiées alone, whose form has no clause."""
        simples = [(self._alone, 20), (self._twice, 25), (self._renewed, 15), (self._beside_general_funding, 8)]
        if lacune:
            return simples
        autres = [(self._elsewhere, 10), (self._two_seasons, 8), (self._common, 12), (self._declared, 26)]
        return [*simples, *autres, (self._absent, 8), (self._too_much, 6)]

    def _alone(self, une: Association, code: str, formes: tuple[str, ...], lacune: bool) -> list[Dossier]:
        return [self._file(une, code, self._financeur(code), self._contenu(code, formes), ds=lacune)]

    def _twice(self, une: Association, code: str, formes: tuple[str, ...], lacune: bool) -> list[Dossier]:
        """The same action asked again, of the same service or of another one, without a word of it."""
        contenu, premier = self._contenu(code, formes), self._financeur(code)
        second = premier if self.tirage.random() < 0.35 else self._financeur(code, sauf=premier)
        ici = self._file(une, code, premier, contenu, ds=lacune or self.tirage.random() < 0.3)
        la = self._file(une, code, second, self._again(contenu, formes), ds=lacune or self.tirage.random() < 0.3)
        self.etiquettes.doublons.add(frozenset({ici.id, la.id}))
        self._label_cost(ici, la)
        return [ici, la]

    def _renewed(self, une: Association, code: str, formes: tuple[str, ...], lacune: bool) -> list[Dossier]:
        """The same action, a year before."""
        contenu, financeur = self._contenu(code, formes), self._financeur(code)
        avant = replace(
            contenu,
            titre=contenu.titre.replace(str(self.annee), str(self.annee - 1)),
            exercice=self.annee - 1,
            debut=self._moved(contenu.debut, -365),
            fin=self._moved(contenu.fin, -365),
        )
        return self._trap("renouvellement", une, code, (financeur, contenu), (financeur, avant), lacune)

    def _elsewhere(self, une: Association, code: str, formes: tuple[str, ...], lacune: bool) -> list[Dossier]:
        """The same title in another town."""
        contenu = self._contenu(code, formes)
        autre = self.tirage.choice([lieu for lieu in textes.COMMUNES[code] if lieu not in contenu.communes])
        titre = contenu.titre.replace(textes.NOMS_COMMUNES[contenu.communes[0]], textes.NOMS_COMMUNES[autre])
        la = replace(contenu, titre=titre, communes=(autre,), montant=self._somme())
        return self._trap(
            "autre territoire", une, code, (self._financeur(code), contenu), (self._financeur(code), la), False
        )

    def _beside_general_funding(
        self, une: Association, code: str, formes: tuple[str, ...], lacune: bool
    ) -> list[Dossier]:
        """A project, and the funding of the association as a whole."""
        contenu = self._contenu(code, formes)
        general = replace(
            contenu,
            titre=f"{self.tirage.choice(textes.FONCTIONNEMENT)} {self.annee}",
            debut=date(self.annee, 1, 1),
            fin=date(self.annee, 12, 31),
        )
        return self._trap(
            "fonctionnement", une, code, (self._financeur(code), contenu), (self._financeur(code), general), lacune
        )

    def _two_seasons(self, une: Association, code: str, formes: tuple[str, ...], lacune: bool) -> list[Dossier]:
        """One action in spring, one in autumn."""
        contenu = self._contenu(code, formes)
        ici, la = (
            replace(
                contenu,
                titre=f"{formes[0]}, session de {saison}",
                debut=date(self.annee, mois, 2),
                fin=date(self.annee, mois + 2, 20),
            )
            for saison, mois in zip(textes.SAISONS, (3, 9), strict=True)
        )
        return self._trap("deux sessions", une, code, (self._financeur(code), ici), (self._financeur(code), la), False)

    def _trap(
        self,
        nom: str,
        une: Association,
        code: str,
        ici: tuple[Financeur, Contenu],
        la: tuple[Financeur, Contenu],
        lacune: bool,
    ) -> list[Dossier]:
        faits = [self._file(une, code, *quoi, ds=lacune) for quoi in (ici, la)]
        self.etiquettes.pieges.setdefault(nom, set()).add(frozenset(un.id for un in faits))
        return faits

    def _common(self, une: Association, code: str, formes: tuple[str, ...], _lacune: bool) -> list[Dossier]:
        """One request to two services."""
        contenu, premier = self._contenu(code, formes), self._financeur(code)
        ici = self._file(une, code, premier, contenu)
        autre = self._demarche(self._financeur(code, sauf=premier), contenu.exercice)
        la = fabrique.dossier(
            self.session, une, autre, contenu, ici.demande, departement=code, date_depot=ici.date_depot
        )
        self.etiquettes.cofinancements.add(frozenset({ici.id, la.id}))
        return [ici, la]

    def _declared(self, une: Association, code: str, formes: tuple[str, ...], _lacune: bool) -> list[Dossier]:
        """Two funders, of whom at least one request names the other; what it says of it is right, or not."""
        premier = self._financeur(code)
        second = self._financeur(code, sauf=premier)
        contenu = self._contenu(code, formes)
        la_bas = replace(self._again(contenu, formes), montant=self._somme())
        ecart = self.tirage.choices((Ecart.CONCORDE, Ecart.MONTANT, Ecart.REFUSE, Ecart.PAS_DECIDE), (45, 20, 15, 15))[
            0
        ]
        etat = {Ecart.REFUSE: Etat.REFUSE, Ecart.PAS_DECIDE: Etat.EN_INSTRUCTION}.get(
            ecart, self.tirage.choice(VIVANTS)
        )
        la = self._file(une, code, second, la_bas, etat=etat)
        obtenu = ecart in (Ecart.REFUSE, Ecart.PAS_DECIDE) or (etat == Etat.ACCEPTE and self.tirage.random() < 0.7)
        vrai = la.montant_accorde if obtenu and la.montant_accorde is not None else la_bas.montant
        dit = vrai if ecart != Ecart.MONTANT else (vrai * Decimal(self.tirage.choice((60, 80, 130, 150))) / 100)
        ligne = (second.ligne, self._nom(second), dit, "obtenu" if obtenu else "demande")
        ici = self._file(une, code, premier, replace(contenu, cofinanceurs=(ligne,), cout=contenu.cout + 3 * dit))
        self.etiquettes.cofinancements.add(frozenset({ici.id, la.id}))
        self._label_cost(ici, la)
        if ecart != Ecart.CONCORDE:
            self.etiquettes.ecarts[ici.id, second.service.id] = ecart
        return [ici, la]

    def _absent(self, une: Association, code: str, formes: tuple[str, ...], _lacune: bool) -> list[Dossier]:
        """A funder is named, who was asked nothing."""
        premier = self._financeur(code)
        second = self._financeur(code, sauf=premier)
        ligne = (second.ligne, self._nom(second), self._somme(), self.tirage.choice(("demande", "obtenu")))
        contenu = self._contenu(code, formes)
        ici = self._file(une, code, premier, replace(contenu, cofinanceurs=(ligne,), cout=contenu.cout + 3 * ligne[2]))
        self.etiquettes.ecarts[ici.id, second.service.id] = Ecart.ABSENT
        return [ici]

    def _too_much(self, une: Association, code: str, formes: tuple[str, ...], _lacune: bool) -> list[Dossier]:
        """Private money obtained that, with what is asked, passes the cost."""
        contenu = self._contenu(code, formes)
        don = contenu.cout - contenu.montant / 2
        ligne = (
            "aides_privees",
            self.tirage.choice(("Fondation de France", "Mécène", "Fondation Orange")),
            don,
            "obtenu",
        )
        ici = self._file(
            une, code, self._financeur(code), replace(contenu, cofinanceurs=(ligne,)), etat=Etat.EN_INSTRUCTION
        )
        self.etiquettes.depassements.add(ici.id)
        return [ici]

    def _label_cost(self, *paire: Dossier) -> None:
        """Both are for the action whose cost each budget says: what one has granted and the other asks may pass it."""
        for ici, la in (paire, paire[::-1]):
            cout = self.couts.get(ici.id)
            if (
                cout
                and la.montant_accorde
                and (ici.montant_accorde or ici.montant_demande or 0) + la.montant_accorde > cout
            ):
                self.etiquettes.depassements.add(ici.id)

    def _over_three_years(self, une: Association, code: str, ouverts: Sequence[Dossier]) -> list[Dossier]:
        """A large grant two years ago, and another too old to count."""
        faits = []
        for jours, titre in ((600, "Construction du local"), (1300, "Achat du terrain")):
            quand = self.instant - timedelta(days=jours)
            contenu = Contenu(
                titre=titre, montant=Decimal(310_000), exercice=quand.year, debut=None, fin=None, cout=None
            )
            demarche = self._demarche(self._financeur(code), quand.year)
            faits.append(
                fabrique.dossier(
                    self.session, une, demarche, contenu, None, departement=code, etat=Etat.ACCEPTE,
                    montant_accorde=contenu.montant, date_depot=quand - timedelta(days=60), date_traitement=quand,
                )
            )  # fmt: skip
        # Three years before it, the first of them was granted as much.
        self.etiquettes.minimis |= {faits[0].id}
        self.etiquettes.minimis |= {un.id for un in ouverts if un.etat not in (Etat.REFUSE, Etat.SANS_SUITE)}
        return faits

    def _share_accounts(self, faites: Sequence[tuple[Association, list[Dossier]]]) -> None:
        """Two associations in twenty give one account."""
        for rang, ((une, siens), (autre, ses)) in enumerate(zip(faites[::10], faites[1::10], strict=False)):
            for association in (une, autre):
                fabrique.rib(
                    self.session, association, f"FR76300060000112345{rang:06d}{self.graine % 100:02d}", self.user
                )
            self.etiquettes.comptes |= {(un.id, autre.id) for un in siens} | {(un.id, une.id) for un in ses}

    def _dispense(self, une: Association, code: str, *, finie: bool) -> None:
        fin = aujourdhui() - timedelta(days=1_000) if finie else None
        self._add(
            Reconnaissance(
                association_id=une.id, type=TypeReconnaissance.AGREMENT_25_1, autorite="préfecture", reference=f"{code}-1",
                date_debut=date(2019, 1, 1), date_fin=fin, notee_par_id=self.agent.id,
                service_id=self.services[code][0].service.id,
            )
        )  # fmt: skip

    def _contenu(self, code: str, formes: tuple[str, ...]) -> Contenu:
        commune = self.tirage.choice(textes.COMMUNES[code])
        debut = date(self.annee, 1, 5) + timedelta(days=self.tirage.randrange(0, 200))
        montant = self._somme()
        return Contenu(
            titre=textes.reword(self.tirage, formes, commune, self.annee),
            montant=montant,
            debut=debut,
            fin=debut + timedelta(days=self.tirage.choice((2, 10, 45, 120, 150))),
            communes=(commune,),
            noms=textes.NOMS_COMMUNES,
            cout=montant * self.tirage.choice((2, 3, 4)),
            exercice=self.annee,
        )

    def _again(self, contenu: Contenu, formes: tuple[str, ...]) -> Contenu:
        """The same action typed another time: other words, dates that moved, often another amount."""
        part = self.tirage.choice((Decimal(1), Decimal(1), Decimal("0.9"), Decimal("1.1"), Decimal("0.5"), Decimal(2)))
        decalage = self.tirage.choice((0, 0, 0, 3, 7, 14))
        assert contenu.debut
        assert contenu.fin
        duree = (contenu.fin - contenu.debut).days
        debut = contenu.debut + timedelta(days=min(decalage, duree))
        return replace(
            contenu,
            titre=textes.reword(self.tirage, formes, contenu.communes[0], self.annee),
            montant=(contenu.montant * part).quantize(Decimal(1)),
            debut=debut,
            fin=debut + timedelta(days=duree),
        )

    def _file(
        self,
        une: Association,
        code: str,
        financeur: Financeur,
        contenu: Contenu,
        *,
        ds: bool = False,
        etat: Etat | None = None,
    ) -> Dossier:
        """A request as it is known here: whole, or by the little that Démarches Simplifiées gives of it."""
        etat = etat or self.tirage.choice(VIVANTS)
        demarche = self._demarche(financeur, contenu.exercice)
        depot = self.instant - timedelta(days=self.tirage.randrange(80, 300) + 365 * (self.annee - contenu.exercice))
        fini = etat in (Etat.ACCEPTE, Etat.REFUSE)
        valeurs = {
            "etat": etat,
            "departement": code,
            "date_depot": depot,
            "date_traitement": depot + timedelta(days=70) if fini else None,
            "montant_accorde": (contenu.montant * Decimal("0.8")).quantize(Decimal(1))
            if etat == Etat.ACCEPTE
            else None,
        }
        demande = None if ds else fabrique.demande(self.session, une, demarche, self.user, contenu)
        dossier = fabrique.dossier(self.session, une, demarche, contenu, demande, **valeurs)
        if not ds and contenu.cout:
            self.couts[dossier.id] = contenu.cout
        if ds:
            self._add(
                DossierDS(
                    dossier_id=dossier.id, instance="corpus", number=dossier.id, ds_id=str(dossier.id), raw={},
                    date_derniere_modification=depot,
                )
            )  # fmt: skip
        return dossier

    def _demarche(self, financeur: Financeur, exercice: int) -> Demarche:
        cle = financeur.service.id, exercice
        if cle not in self.demarches:
            self.demarches[cle] = self._add(
                Demarche(source=Source.PORTAIL, titre=f"Campagne {exercice}", service_id=cle[0], exercice=exercice)
            )
        return self.demarches[cle]

    def _name_places(self) -> None:
        """The communes that the reference table knows."""
        communes = [(code, lieu) for code, lieux in textes.COMMUNES.items() for lieu in lieux]
        for code, lieu in communes:
            if self.session.scalar(select(Territoire.id).where(Territoire.code == lieu)) is None:
                nom = textes.NOMS_COMMUNES[lieu]
                mots = mots_de_recherche(nom)
                genre = GenreTerritoire.COMMUNE
                self.session.add(Territoire(genre=genre, code=lieu, nom=nom, departement=code, mots=mots))

    def _financeur(self, code: str, sauf: Financeur | None = None) -> Financeur:
        return self.tirage.choice([un for un in self.services[code] if un is not sauf])

    def _nom(self, financeur: Financeur) -> str:
        nom = self.tirage.choice(financeur.noms)
        return textes.typo(self.tirage, nom) if self.tirage.random() < 0.03 else nom

    def _somme(self) -> Decimal:
        return Decimal(self.tirage.randrange(8, 160) * 250)

    def _moved(self, jour: date | None, jours: int) -> date | None:
        return jour + timedelta(days=jours) if jour else None

    def _add(self, objet: Any) -> Any:
        self.session.add(objet)
        self.session.flush()
        return objet
