"""What an agent looks for in the queue: read from an address, written back to one, turned into conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, any_, func, select

from portal.formats import PARIS, aujourdhui
from portal.models.dossiers import AccesDossier
from portal.models.file_agents import Suivi
from portal.permissions import Acteur
from portal.queries import facettes
from portal.queries.criteres import Lecture, identifiant, parmi
from portal.queries.curseurs_file import Curseur
from portal.queries.departements import DEPARTEMENTS, INCONNU
from portal.queries.recherches_file import lire, par_les_mots, un_jour, un_montant, un_seul
from portal.vocabulaire import ETATS_FINAUX, LIBELLES_ETAT_AGENT, Etat
from portal.vocabulaire_cer import LIBELLES_CER
from portal.vocabulaire_file import Onglet, TriFile
from portal.vocabulaire_instruction import (
    ETAPES_OUVERTES,
    LIBELLES_ETAT_DES_AVIS,
    LIBELLES_ORIGINE_DOSSIER,
    EtapeFile,
    EtatDesAvis,
    OrigineDossier,
)

__all__ = ["AUCUN", "CRITERES", "MOI", "OUI", "SANS_OBJET", "Curseur", "FiltreDossiers"]

MOI, AUCUN, OUI, SANS_OBJET = "moi", "aucun", "oui", "sans_objet"
EXERCICES = range(2000, 2101)
ETAPES = {Onglet.TRAITES: EtapeFile.TRAITE} | {
    onglet: EtapeFile(onglet.value) for onglet in Onglet if onglet.value in list(EtapeFile)
}
DECROISSANTS = frozenset({TriFile.DEPOT, TriFile.MONTANT})
LIBELLES_CER_FILE = {etat.value: libelle for etat, libelle in LIBELLES_CER.items()} | {SANS_OBJET: "sans objet"}
# A suspension only makes the day of implicit rejection later: nothing younger than that is late.
DELAI_MINIMAL = timedelta(days=58)
CRITERES = (
    "etat", "demarche", "exercice", "instructeur", "suivi", "territoire", "montant_min", "montant_max", "depot_apres",
    "depot_avant", "avis", "cer", "retard", "etiquette", "source", "q",
)  # fmt: skip
# Facts that the covering index of the queue holds as columns too.
EN_COLONNES = ("etape", "etat", "demarche", "exercice", "instructeur")


# Closed lists whose cells in the queue are links to their filter.
EN_CELLULES = ("onglet", "etat", "demarche", "instructeur", "territoire", "etiquette")


@dataclass(frozen=True, slots=True)
class FiltreDossiers:
    """A view of the queue: its tab, its criteria, its sort. `ignores`: a French sentence for each value left out.

    `instructeur`: « moi », « aucun » or the number of an agent. `territoire`: code of a département, or « inconnu ».
    Amounts are euros, both ends included, as for the days of filing (in Paris). `cer`: an EtatCer, or « sans_objet ».
    `etiquette`: the number of a label; a name until `options_file.read` has found it. `a_corriger`: what was typed and not
    understood, which stays in the search box.
    """

    onglet: Onglet = Onglet.TOUS
    etat: Etat | None = None
    demarche: int | None = None
    exercice: int | None = None
    instructeur: str = ""
    suivi: str = ""
    territoire: str = ""
    montant_min: Decimal | None = None
    montant_max: Decimal | None = None
    depot_apres: date | None = None
    depot_avant: date | None = None
    avis: EtatDesAvis | None = None
    cer: str = ""
    retard: str = ""
    etiquette: str = ""
    source: OrigineDossier | None = None
    q: str = ""
    tri: TriFile = TriFile.DEPOT
    croissant: bool = False
    curseur: Curseur | None = None
    ignores: tuple[str, ...] = ()
    a_corriger: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "FiltreDossiers":
        """Read the arguments of an address; what is unknown or unreadable is left out and said."""
        recherche = lire(args.get("q", "")[:500])
        lecture = Lecture({**args, **recherche.criteres, "q": recherche.mots})
        lecture.ignores += recherche.ignores
        lus = {nom: _lu(lecture, nom) for nom in LECTEURS}
        tri, croissant = lecture.une("tri", _tri, "Le tri") or (TriFile.DEPOT, False)
        return cls(
            onglet=lecture.une("onglet", parmi(list(Onglet)), "L’onglet") or Onglet.TOUS,
            tri=tri,
            croissant=croissant,
            q=lecture.une("q", _recherche, "La recherche") or "",
            curseur=lecture.une("page", lambda texte: Curseur.lire(texte, tri), "La page"),
            **lus,
            ignores=tuple(lecture.ignores),
            a_corriger=recherche.restes(nom for nom, valeur in lus.items() if valeur in (None, "")),
        )

    def args(self) -> dict[str, str]:
        """The arguments that read back as this view, without the page."""
        args = {"onglet": self.onglet.value} if self.onglet != Onglet.TOUS else {}
        args |= {nom: _texte(getattr(self, nom)) for nom in self.criteres}
        if (self.tri, self.croissant) != (TriFile.DEPOT, False):
            args["tri"] = ("" if self.croissant else "-") + self.tri
        return args

    def texte(self) -> str:
        """The same as what follows « ? » in an address."""
        return urlencode(self.args())

    def sans(self, *noms: str) -> dict[str, str]:
        """The arguments of this view without these ones."""
        return {nom: valeur for nom, valeur in self.args().items() if nom not in noms}

    def liens(self) -> dict[str, str]:
        """For each criterion that a cell leads to, the query string of this view up to the value of that criterion."""
        actifs = self.args()
        autres = {nom: {autre: valeur for autre, valeur in actifs.items() if autre != nom} for nom in EN_CELLULES}
        return {nom: urlencode(reste | {nom: ""}) for nom, reste in autres.items()}

    def trie(self, tri: TriFile) -> dict[str, str]:
        """The arguments of this view sorted by that column, the other way when it is so already."""
        croissant = not self.croissant if tri == self.tri else tri not in DECROISSANTS
        return replace(self, tri=tri, croissant=croissant).args()

    def entier(self) -> "FiltreDossiers":
        """The same view from its first page."""
        return replace(self, curseur=None)

    @property
    def criteres(self) -> tuple[str, ...]:
        """The names of the active criteria."""
        return tuple(nom for nom in CRITERES if getattr(self, nom) not in (None, ""))

    @property
    def monte(self) -> bool:
        """The way in which its page is read: towards its beginning from a cursor that goes back."""
        return self.croissant != (self.curseur is not None and self.curseur.avant)

    @property
    def suit(self) -> bool:
        """Only dossiers that the viewer follows."""
        return self.onglet == Onglet.SUIVIS or bool(self.suivi)

    @property
    def se_cherche(self) -> bool:
        """Whether few or many dossiers answer cannot be known without looking: it has facts, words or follows."""
        return self.onglet == Onglet.SUIVIS or bool(set(self.criteres) - set(BORNES))

    @property
    def se_trouve(self) -> bool:
        """Whether the index of words alone says which dossiers answer: facts and words, without ranges nor follows."""
        return self.se_cherche and self.onglet != Onglet.SUIVIS and not set(self.criteres) & {*BORNES, "suivi"}

    def conditions(self, viewer: Acteur, *, marche: bool = False) -> list[ColumnElement[bool]]:
        """What an access must satisfy, scope and page apart. `marche`: met along the sort, without the index of words."""
        faits, conditions = self._faits(viewer), self._bornes(viewer)
        if marche and self.etat in ETATS_FINAUX:
            conditions.append(AccesDossier.etape == EtapeFile.TRAITE)
        if marche or not self.se_cherche:
            conditions += [_COLONNES[nom](valeur) for nom, valeur in faits.items() if nom in EN_COLONNES]
            faits = {nom: valeur for nom, valeur in faits.items() if nom not in EN_COLONNES}
        if faits or self.q:
            lire_ou_trouver = facettes.contient if marche else facettes.trouve
            conditions.append(lire_ou_trouver(AccesDossier.recherche, facettes.requete(viewer, faits, self.q)))
        return conditions

    def _faits(self, viewer: Acteur) -> dict[str, str]:
        """The closed-list facts looked for, as facettes.py names them."""
        suivi_par = {MOI: str(viewer.user_id), AUCUN: "0"}.get(self.instructeur, self.instructeur)
        faits = {
            "etape": ETAPES.get(self.onglet, ""),
            "etat": self.etat or "",
            "demarche": "" if self.demarche is None else str(self.demarche),
            "exercice": "" if self.exercice is None else str(self.exercice),
            "instructeur": suivi_par,
            "cer": self.cer,
            "avis": EtatDesAvis.ATTENDUS if self.avis == EtatDesAvis.EN_RETARD else self.avis or "",
            "etiquette": self.etiquette if self.etiquette.isdigit() else self.etiquette and "0",
            "source": self.source or "",
        }
        territoire = {"territoire": self.territoire.replace(INCONNU, "")} if self.territoire else {}
        return {nom: valeur for nom, valeur in faits.items() if valeur} | territoire

    def _bornes(self, viewer: Acteur) -> list[ColumnElement[bool]]:
        """The ends of the ranges, what is late today, and the dossiers that the viewer follows."""
        acces, jour, conditions = AccesDossier, aujourdhui(), []
        if self.montant_min is not None:
            conditions.append(acces.montant >= self.montant_min)
        if self.montant_max is not None:
            conditions += [acces.montant <= self.montant_max, acces.montant >= 0]
        if self.depot_apres:
            conditions.append(acces.date_depot >= _minuit(self.depot_apres))
        if self.depot_avant:
            conditions.append(acces.date_depot < _minuit(self.depot_avant + timedelta(days=1)))
        if self.avis == EtatDesAvis.EN_RETARD:
            conditions.append(acces.avis_echeance < jour)
        if self.retard:
            conditions += [acces.etape.in_(sorted(ETAPES_OUVERTES)), acces.echeance < jour]
            conditions.append(acces.date_depot < _minuit(jour - DELAI_MINIMAL))
        if self.suit:
            # As an array: PostgreSQL would rather read every dossier of the service than look some hundreds up.
            suivis = select(Suivi.dossier_id).where(Suivi.user_id == viewer.user_id)
            conditions.append(acces.dossier_id == any_(func.array(suivis.scalar_subquery())))
        return conditions


def _lu(lecture: Lecture, nom: str) -> Any:
    lecteur, libelle, vide = LECTEURS[nom]
    lue = lecture.une(nom, lecteur, libelle)
    return vide if lue is None else lue


def _minuit(jour: date) -> datetime:
    return datetime.combine(jour, time(), PARIS)


def _texte(valeur: Any) -> str:
    if isinstance(valeur, Decimal):
        return f"{valeur.normalize():f}"
    return valeur.isoformat() if isinstance(valeur, date) else str(valeur)


def _tri(texte: str) -> tuple[TriFile, bool]:
    return TriFile(texte.removeprefix("-")), not texte.startswith("-")


def _exercice(texte: str) -> int:
    annee = identifiant(texte)
    if annee not in EXERCICES:
        raise ValueError(texte)
    return annee


def _instructeur(texte: str) -> str:
    return texte if texte in (MOI, AUCUN) else str(identifiant(texte))


def _etiquette(texte: str) -> str:
    return str(identifiant(texte)) if texte.isdigit() else texte[:40]


def _recherche(texte: str) -> str:
    if not facettes.mots(texte):
        raise ValueError(texte)
    return texte[:200]


def _dans(libelles: Mapping[Any, str]) -> Any:
    return par_les_mots(libelles)


BORNES = ("montant_min", "montant_max", "depot_apres", "depot_avant", "retard")
_COLONNES: dict[str, Any] = {
    "etape": lambda valeur: AccesDossier.etape == EtapeFile(valeur),
    "etat": lambda valeur: AccesDossier.etat == Etat(valeur),
    "demarche": lambda valeur: AccesDossier.demarche_id == int(valeur),
    "exercice": lambda valeur: AccesDossier.exercice == int(valeur),
    "instructeur": lambda valeur: (
        AccesDossier.instructeur_id.is_(None) if valeur == "0" else AccesDossier.instructeur_id == int(valeur)
    ),
}
_ETATS = {etat: libelle for etat, libelle in LIBELLES_ETAT_AGENT.items() if etat is not Etat.BROUILLON}
_TERRITOIRES = DEPARTEMENTS | {INCONNU: INCONNU}
# How each criterion is read, how a sentence names it, and what stands for none.
LECTEURS: dict[str, tuple[Any, str, Any]] = {
    "etat": (_dans(_ETATS), "L’état", None),
    "demarche": (identifiant, "La démarche", None),
    "exercice": (_exercice, "L’exercice", None),
    "instructeur": (_instructeur, "L’instructeur", ""),
    "suivi": (un_seul(MOI), "Le suivi", ""),
    "territoire": (_dans(_TERRITOIRES), "Le territoire", ""),
    "montant_min": (un_montant, "Le montant", None),
    "montant_max": (un_montant, "Le montant", None),
    "depot_apres": (un_jour, "La date de dépôt", None),
    "depot_avant": (un_jour, "La date de dépôt", None),
    "avis": (_dans(LIBELLES_ETAT_DES_AVIS), "L’état des avis", None),
    "cer": (_dans(LIBELLES_CER_FILE), "Le CER", ""),
    "retard": (un_seul(OUI), "Le retard", ""),
    "etiquette": (_etiquette, "L’étiquette", ""),
    "source": (_dans(LIBELLES_ORIGINE_DOSSIER), "La source", None),
}
