"""Finds an association among all: by any of its numbers, by the words of its name, by its commune."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, cast, func, select, union, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from portal.db import POUR_CES_VALEURS
from portal.formats import compact, mots_de_recherche
from portal.models.associations import Association, AssociationIdentifiant, Etablissement
from portal.permissions import Acteur
from portal.permissions.fiches_associations import can_browse
from portal.queries.dossiers import au_plus
from portal.queries.fiches_associations import has_tie
from portal.vocabulaire import TypeIdentifiant

MAXIMUM = 500
PAR_PAGE = 50
PREFIXE = 3
SONDE, GRANDE_SONDE = 4_000, 80_000
MOTS_MAXIMAUX = 8
# Words that most names hold tell nothing apart: they are looked for only when nothing else is typed.
COURANTS = frozenset(
    {"association", "asso", "de", "des", "du", "la", "le", "les", "et", "en", "pour", "l", "d", "aux", "au"}
)


class AssociationTrouvee(NamedTuple):
    """A line of what was found; unknown identifiers are empty texts."""

    id: int
    denomination: str
    sigle: str
    commune: str
    code_postal: str
    active: bool
    siren: str
    rna: str
    lien: bool


@dataclass(frozen=True, slots=True)
class Recherche:
    """What is looked for: a number, or the words of a name; and those of a commune."""

    q: str = ""
    commune: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Recherche":
        """Read the arguments of an address."""
        return cls(q=args.get("q", "").strip()[:200], commune=args.get("commune", "").strip()[:100])

    @property
    def numero(self) -> str:
        """The number typed, without spaces nor dots, when it is one: SIREN, SIRET, RNA, or that of an overseas register."""
        nu = compact(self.q)
        chiffres = sum(c.isdigit() for c in nu)
        return nu if nu.isascii() and nu.isalnum() and chiffres >= 6 and chiffres >= len(nu) - 2 else ""

    @property
    def mots(self) -> list[str]:
        """The words of the name that are looked for: the common ones when there is nothing else."""
        dits = _nus(self.q)
        return [mot for mot in dits if mot not in COURANTS] or dits

    @property
    def laisses(self) -> list[str]:
        """The words typed that are not looked for."""
        return [] if self.numero else [mot for mot in _nus(self.q) if mot not in self.mots]

    @property
    def vide(self) -> bool:
        """Nothing that can be looked for."""
        return not self.numero and not self.mots and not _nus(self.commune)

    @property
    def requete(self) -> str:
        """Words without accents, each a beginning from three letters on; those of the commune behind « @ »."""
        mots = [*self.mots, *(f"@{mot}" for mot in _nus(self.commune))][:MOTS_MAXIMAUX]
        return " & ".join(f"'{mot}':*" if len(mot.lstrip("@")) >= PREFIXE else f"'{mot}'" for mot in mots)


@dataclass(frozen=True, slots=True)
class Trouvees:
    """The first lines by name among those found; `nombre` stops at MAXIMUM + 1."""

    lignes: tuple[AssociationTrouvee, ...]
    nombre: int

    @property
    def trop(self) -> bool:
        """More than MAXIMUM answer."""
        return self.nombre > MAXIMUM


def find(session: Session, viewer: Acteur, recherche: Recherche) -> Trouvees:
    """At most MAXIMUM candidates are taken before any order; those with which the service has a tie come first: one statement.

    A lecteur finds the associations of its service alone.
    """
    if recherche.vide:
        return Trouvees((), 0)
    candidates = _candidates(viewer, recherche)
    lien = has_tie(viewer, Association.id).label("lien")
    nombre = select(func.count()).select_from(candidates).scalar_subquery()
    premieres = (
        select(Association.id, nombre.label("nombre"))
        .join(candidates, candidates.c.id == Association.id)
        .order_by(func.length(Association.denomination), Association.denomination, Association.id)
        .limit(au_plus(PAR_PAGE))
        .cte("premieres")
    )
    lignes = session.execute(
        select(
            premieres.c.nombre,
            Association.id,
            Association.denomination,
            Association.sigle,
            Association.commune,
            Association.code_postal,
            Association.active,
            _identifiant(TypeIdentifiant.SIREN),
            _identifiant(TypeIdentifiant.RNA),
            lien,
        )
        .join(premieres, premieres.c.id == Association.id)
        .order_by(lien.desc(), func.length(Association.denomination), Association.denomination, Association.id),
        execution_options=POUR_CES_VALEURS,
    ).all()
    return Trouvees(tuple(AssociationTrouvee(*ligne[1:]) for ligne in lignes), lignes[0][0] if lignes else 0)


def _candidates(viewer: Acteur, recherche: Recherche) -> CTE:
    """At most MAXIMUM + 1 that answer; a row that another has absorbed answers through it.

    Where as many of the first rows answer, they are enough: to gather every row of a common word, that the index of words would
    do before it gives the first one, is what costs. SONDE rows tell how common the answer is; when GRANDE_SONDE may hold
    enough, they are read. Else few answer, and the index gathers them; the `OFFSET 0` keeps PostgreSQL from reading the whole
    table in the hope of an early end.
    """
    voulues = au_plus(MAXIMUM + 1)
    if recherche.numero or not can_browse(viewer):
        return _answering(viewer, recherche).limit(voulues).cte("candidates")
    sonde = _among_first(SONDE, recherche).limit(voulues).cte("sonde")
    trouvees = _count(sonde)
    grande = (
        _among_first(GRANDE_SONDE, recherche)
        .where(trouvees.between(au_plus(MAXIMUM * SONDE // GRANDE_SONDE), au_plus(MAXIMUM)))
        .limit(voulues)
        .cte("grande_sonde")
    )
    assez, assez_ensuite = trouvees > au_plus(MAXIMUM), _count(grande) > au_plus(MAXIMUM)
    toutes = _answering(viewer, recherche).offset(au_plus(0)).subquery()
    return (
        union_all(
            select(sonde.c.id).where(assez),
            select(grande.c.id).where(assez_ensuite),
            select(toutes.c.id).where(~assez, ~assez_ensuite),
        )
        .limit(voulues)
        .cte("candidates")
    )


def _count(candidates: CTE) -> ScalarSelect[int]:
    return select(func.count()).select_from(candidates).scalar_subquery()


def _among_first(nombre: int, recherche: Recherche) -> Select[int]:
    """Those that answer among the oldest rows, which are read in their order: the index of words does not serve."""
    premieres = (
        select(Association.id, Association.mots, Association.absorbee_par_id)
        .order_by(Association.id)
        .limit(au_plus(nombre))
        .subquery()
    )
    return select(premieres.c.id).where(
        premieres.c.absorbee_par_id.is_(None), premieres.c.mots.op("@@")(cast(recherche.requete, TSQUERY))
    )


def _answering(viewer: Acteur, recherche: Recherche) -> Select[int]:
    choix = select(Association.id).where(Association.absorbee_par_id.is_(None), *_conditions(recherche))
    return choix if can_browse(viewer) else choix.where(has_tie(viewer, Association.id))


def _conditions(recherche: Recherche) -> list[ColumnElement[bool]]:
    if recherche.numero:
        trouvees = _bearers(recherche.numero)
        commune = Recherche(commune=recherche.commune)
        return [Association.id.in_(trouvees), *([] if commune.vide else _conditions(commune))]
    return [Association.mots.op("@@")(cast(recherche.requete, TSQUERY))]


def _bearers(numero: str) -> Any:
    """Who bears that number, or has a place under it."""
    valeurs = [numero, numero[:9]] if len(numero) == 14 else [numero]
    return union(
        select(AssociationIdentifiant.association_id).where(
            AssociationIdentifiant.type.in_(list(TypeIdentifiant)), AssociationIdentifiant.valeur.in_(valeurs)
        ),
        select(Etablissement.association_id).where(Etablissement.siret == numero),
    )


def _identifiant(genre: TypeIdentifiant) -> ColumnElement[str]:
    premier = (
        select(AssociationIdentifiant.valeur)
        .where(AssociationIdentifiant.association_id == Association.id, AssociationIdentifiant.type == genre)
        .order_by(AssociationIdentifiant.id)
        .limit(1)
    )
    return func.coalesce(premier.scalar_subquery(), "")


def _nus(texte: str) -> list[str]:
    return mots_de_recherche(texte.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")).split()
