"""What an agent looks for in the registry of the CER: read from an address, written back to one, turned into conditions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union

from portal.formats import ESPACE_INSECABLE, PARIS, compact, date_fr, majuscule, mots_de_recherche
from portal.models.associations import Association, AssociationIdentifiant, Etablissement
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.permissions.registre_cer import can_read_all
from portal.queries.criteres import Lecture, identifiant, parmi
from portal.queries.departements import DEPARTEMENTS, INCONNU, departement, nom
from portal.queries.dossiers import in_scope
from portal.vocabulaire_cer import LIBELLES_CER, LIBELLES_ORIGINE_CER, EtatCer, OrigineCer

CRITERES = ("portee", "etat", "departement", "origine", "du", "au", "le", "q")
# PostgreSQL has no extension here to take accents away.
ACCENTS, NUES = "àâäáãéèêëíîïìóôöòõúùûüçñÿ", "aaaaaeeeeiiiiooooouuuucny"
MOTS_MAXIMAUX = 8


class Portee(StrEnum):
    """Whose associations; by default those of which the service reads a dossier."""

    TOUTES = "toutes"


@dataclass(frozen=True, slots=True)
class Repere:
    """A place in the list: just after, or just before, that association."""

    association_id: int
    avant: bool = False

    def texte(self) -> str:
        """As it stands in an address."""
        return f"{'avant' if self.avant else 'apres'}-{self.association_id}"

    @classmethod
    def lire(cls, texte: str) -> "Repere":
        """The place that `texte` wrote. Raises ValueError."""
        sens, _, ident = texte.partition("-")
        if sens not in ("avant", "apres"):
            raise ValueError(texte)
        return cls(identifiant(ident), avant=sens == "avant")


@dataclass(frozen=True, slots=True)
class FiltreRegistre:
    """The criteria of a view of the registry. `ignores`: one French sentence for each value that could not be used.

    `le`: the day at whose end (in Paris) the status is told, now by default. `du`, `au`: subscribed between these days, both
    included.
    """

    portee: Portee | None = None
    etat: EtatCer | None = None
    departement: str = ""
    origine: OrigineCer | None = None
    du: date | None = None
    au: date | None = None
    le: date | None = None
    q: str = ""
    repere: Repere | None = None
    ignores: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str], viewer: Acteur) -> "FiltreRegistre":
        """Read the arguments of an address; what is unknown, unreadable or not allowed is left out and said."""
        lecture = Lecture(args)
        portee = lecture.une("portee", parmi(list(Portee)), "L’étendue")
        if portee and not (permis := can_read_all(viewer)):
            portee = None
            lecture.ignores.append(permis.raison)
        return cls(
            portee=portee,
            etat=lecture.une("etat", parmi(list(EtatCer)), "La situation"),
            departement=lecture.une("departement", _departement, "Le département") or "",
            origine=lecture.une("origine", parmi(list(OrigineCer)), "L’origine"),
            du=lecture.une("du", _jour, "La date"),
            au=lecture.une("au", _jour, "La date"),
            le=lecture.une("le", _jour, "La date"),
            q=lecture.une("q", _recherche, "La recherche") or "",
            repere=lecture.une("page", Repere.lire, "La page"),
            ignores=tuple(lecture.ignores),
        )

    def args(self) -> dict[str, str]:
        """The arguments that read back as this filter, without the page."""
        return {c.name: str(v) for c in fields(self) if c.name in CRITERES and (v := getattr(self, c.name))}

    def puces(self) -> list[tuple[str, dict[str, str]]]:
        """Each active criterion in words, with the arguments of the same view without it."""
        actifs = self.args()
        return [
            (LIBELLES[critere](actifs[critere]), {autre: actifs[autre] for autre in actifs if autre != critere})
            for critere in CRITERES
            if critere in actifs
        ]

    def entier(self) -> "FiltreRegistre":
        """The same criteria from the first page."""
        return replace(self, repere=None)

    @property
    def porte_sur_le_statut(self) -> bool:
        """True when an association's status must be known to say whether it is in the view."""
        return bool(self.etat or self.origine or self.du or self.au)

    @property
    def instant(self) -> datetime | None:
        """The last instant (aware) of the day whose status is asked; None for now."""
        return _fin_du(self.le) if self.le else None

    def conditions(self, viewer: Acteur) -> list[ColumnElement[bool]]:
        """What an association must satisfy by itself: scope, département and words."""
        conditions: list[ColumnElement[bool]] = (
            [Association.absorbee_par_id.is_(None)] if self.portee else [of_service(viewer)]
        )
        if self.departement:
            conditions.append(departement(Association.code_postal) == self.departement)
        if self.q:
            conditions.append(_nommee(self.q))
        return conditions

    def conditions_du_statut(self, retenu: Any) -> list[ColumnElement[bool]]:
        """What its status must satisfy. `retenu`: the columns of queries/statuts_cer.statut_retenu."""
        conditions = []
        if self.etat:
            conditions.append(func.coalesce(retenu.etat, EtatCer.MANQUANT.value) == self.etat.value)
        if self.origine:
            conditions.append(retenu.origine == self.origine)
        if self.du or self.au:
            conditions.append(retenu.origine.is_not(None))
        if self.du:
            conditions.append(retenu.depuis >= datetime.combine(self.du, time(), PARIS))
        if self.au:
            conditions.append(retenu.depuis <= _fin_du(self.au))
        return conditions


# How each criterion reads, from what stands in the address.
LIBELLES: dict[str, Callable[[str], str]] = {
    "portee": lambda _: "Toutes les associations du portail",
    "etat": lambda valeur: f"Situation{ESPACE_INSECABLE}: {LIBELLES_CER[EtatCer(valeur)]}",
    "departement": nom,
    "origine": lambda valeur: majuscule(LIBELLES_ORIGINE_CER[OrigineCer(valeur)]),
    "du": lambda valeur: f"Souscrit depuis le {date_fr(date.fromisoformat(valeur))}",
    "au": lambda valeur: f"Souscrit jusqu’au {date_fr(date.fromisoformat(valeur))}",
    "le": lambda valeur: f"Situation au {date_fr(date.fromisoformat(valeur))}",
    "q": lambda valeur: f"Recherche{ESPACE_INSECABLE}: {valeur}",
}


def of_service(viewer: Acteur) -> ColumnElement[bool]:
    """Associations of which the viewer's service reads a dossier."""
    return exists(
        select(AccesDossier.dossier_id)
        .join(Dossier, Dossier.id == AccesDossier.dossier_id)
        .where(in_scope(viewer), Dossier.association_id == Association.id)
    )


def _nommee(texte: str) -> ColumnElement[bool]:
    """Whose identifier it is, or whose name holds each of these words."""
    nu = compact(texte).upper()
    identifiees = union(
        select(AssociationIdentifiant.association_id).where(AssociationIdentifiant.valeur == nu),
        select(Etablissement.association_id).where(Etablissement.siret == nu),
    )
    plat = func.translate(func.lower(Association.denomination.concat(" ").concat(Association.sigle)), ACCENTS, NUES)
    mots = [plat.contains(mot) for mot in mots_de_recherche(texte).split()[:MOTS_MAXIMAUX]]
    return or_(Association.id.in_(identifiees), and_(*mots))


def _fin_du(jour: date) -> datetime:
    return datetime.combine(jour + timedelta(days=1), time(), PARIS) - timedelta(microseconds=1)


def _jour(texte: str) -> date:
    """A date as browsers send it, or as people write it. Raises ValueError."""
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return datetime.strptime(texte, "%d/%m/%Y").replace(tzinfo=PARIS).date()


def _departement(texte: str) -> str:
    if texte not in DEPARTEMENTS and texte != INCONNU:
        raise ValueError(texte)
    return texte


def _recherche(texte: str) -> str:
    if not mots_de_recherche(texte):
        raise ValueError(texte)
    return texte[:200]
