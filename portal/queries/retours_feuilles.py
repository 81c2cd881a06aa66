"""Working sheets that an agent took away and gave back: where each stands, and what became of each cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.formats import majuscule, montant_fr
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.feuilles_travail import FeuilleTravail, ModificationFeuille, RetourFeuille
from portal.permissions import Acteur
from portal.queries.dossiers import visible_dossiers
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_SENS
from portal.vocabulaire_imports import (
    LIBELLES_CHAMP_FEUILLE,
    MONTANTS_FEUILLE,
    ChampFeuille,
    EtatModification,
    EtatRetour,
)

PAR_PAGE = 50
MONTREES = 20
# What both sides changed: those that wait for a choice, and those where one is made, which may still change.
CONFLITS, TRANCHES = "conflits", "tranches"
# What there is to do or what was done first, then what could not be.
ORDRE = (
    EtatModification.CONFLIT,
    EtatModification.A_APPLIQUER,
    EtatModification.REFUSEE,
    EtatModification.APPLIQUEE,
    EtatModification.ECARTEE,
    EtatModification.IMPOSSIBLE,
)
# How amounts that were read are kept, and what codes are called.
MONTANT = re.compile(r"\d+\.\d\d")
MOTS: dict[ChampFeuille, Mapping[str, str]] = {
    ChampFeuille.ETAT: {etat.value: mots for etat, mots in LIBELLES_ETAT_AGENT.items()},
    ChampFeuille.AVIS_SENS: {sens.value: mots for sens, mots in LIBELLES_SENS.items()},
}


@dataclass(frozen=True, slots=True)
class LigneRetour:
    """A cell that changed, and the dossier when the viewer reads it still."""

    modification: ModificationFeuille
    dossier: Dossier | None

    @property
    def libelle(self) -> str:
        """The title of its column."""
        return LIBELLES_CHAMP_FEUILLE[ChampFeuille(self.modification.champ)]

    @property
    def base(self) -> str:
        """What it left with, in words."""
        return self._lisible(self.modification.base)

    @property
    def feuille(self) -> str:
        """What came back, in words."""
        return self._lisible(self.modification.feuille)

    @property
    def portail(self) -> str:
        """What the portal held when it was read, in words; nothing once the dossier is closed to the viewer."""
        return self._lisible(self.modification.portail) if self.dossier is not None else ""

    def _lisible(self, garde: str) -> str:
        """A cell that could not be read is kept, and shown, as it was typed."""
        champ = ChampFeuille(self.modification.champ)
        if not garde:
            return "vide"
        if champ in MONTANTS_FEUILLE:
            return montant_fr(Decimal(garde)) if MONTANT.fullmatch(garde) else garde
        mots = MOTS.get(champ, {}).get(garde)
        return majuscule(mots) if mots else garde


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRetour:
    """A return and fifty of its cells. `comptes`: cells by what becomes of them; `suivante`: the last one of this page.

    `tranches`: those that both sides changed, where a person has chosen; `vue`: which ones are shown, « conflits »,
    « tranches » or an EtatModification.
    """

    retour: RetourFeuille
    comptes: Mapping[EtatModification, int]
    tranches: int
    vue: str
    lignes: Sequence[LigneRetour]
    suivante: int | None

    @property
    def en_cours(self) -> bool:
        """A worker has still to do something of it."""
        return self.retour.etat in {EtatRetour.A_LIRE, EtatRetour.A_APPLIQUER}

    @property
    def total(self) -> int:
        """Cells that are, or were, to be written."""
        return sum(
            self.comptes.get(etat, 0)
            for etat in (EtatModification.A_APPLIQUER, EtatModification.APPLIQUEE, EtatModification.REFUSEE)
        )

    @property
    def faites(self) -> int:
        """Those that are done with."""
        return self.total - self.comptes.get(EtatModification.A_APPLIQUER, 0)

    @property
    def a_trancher(self) -> int:
        """Conflicts that nobody has chosen yet."""
        return self.comptes.get(EtatModification.CONFLIT, 0)


def get(session: Session, viewer: Acteur, retour_id: int) -> RetourFeuille:
    """A return of the viewer, in the service for which it acts. Raises NotFound."""
    retour = session.scalars(
        select(RetourFeuille).where(
            RetourFeuille.id == retour_id,
            RetourFeuille.user_id == viewer.user_id,
            RetourFeuille.service_id == viewer.service_id,
        )
    ).first()
    if retour is None:
        raise NotFound
    return retour


def get_page(session: Session, viewer: Acteur, retour_id: int, *, vue: str = "", apres: int = 0) -> PageRetour:
    """A return in three statements: itself, how many cells of each kind, a page of them in their order."""
    retour = get(session, viewer, retour_id)
    lus = session.execute(
        select(ModificationFeuille.etat, func.count(), func.count().filter(_both_changed()))
        .where(ModificationFeuille.retour_id == retour.id)
        .group_by(ModificationFeuille.etat)
    ).all()
    trouves = {etat: nombre for etat, nombre, _ in lus}
    comptes = {etat: trouves[etat] for etat in ORDRE if etat in trouves}
    tranches = sum(nombre for etat, _, nombre in lus if etat != EtatModification.CONFLIT)
    vue = _view(retour, vue, comptes, tranches)
    lignes = _lines(session, viewer, retour, vue, apres)
    return PageRetour(
        retour=retour,
        comptes=comptes,
        tranches=tranches,
        vue=vue,
        lignes=lignes[:PAR_PAGE],
        suivante=lignes[PAR_PAGE - 1].modification.id if len(lignes) > PAR_PAGE else None,
    )


def _both_changed() -> ColumnElement[bool]:
    """Both sides changed it, and it may be chosen."""
    return and_(
        ModificationFeuille.portail != ModificationFeuille.base, ModificationFeuille.etat != EtatModification.IMPOSSIBLE
    )


def _view(retour: RetourFeuille, vue: str, comptes: Mapping[EtatModification, int], tranches: int) -> str:
    """The view that was asked for, else conflicts while some wait for a choice, else the first kind that there is."""
    if retour.etat == EtatRetour.LU:
        if vue in {"", CONFLITS} and EtatModification.CONFLIT in comptes:
            return CONFLITS
        if vue in {CONFLITS, TRANCHES} and tranches:
            return TRANCHES
    if vue in comptes:
        return vue
    return next((etat.value for etat in comptes), EtatModification.A_APPLIQUER.value)


def _shown(vue: str) -> ColumnElement[bool]:
    if vue == TRANCHES:
        return and_(_both_changed(), ModificationFeuille.etat != EtatModification.CONFLIT)
    return ModificationFeuille.etat == (EtatModification.CONFLIT if vue == CONFLITS else EtatModification(vue))


def _lines(session: Session, viewer: Acteur, retour: RetourFeuille, vue: str, apres: int) -> list[LigneRetour]:
    lisibles = visible_dossiers(viewer).with_only_columns(Dossier.id)
    lues = session.execute(
        select(ModificationFeuille, Dossier)
        .outerjoin(Dossier, and_(Dossier.id == ModificationFeuille.dossier_id, Dossier.id.in_(lisibles)))
        .where(ModificationFeuille.retour_id == retour.id, ModificationFeuille.id > apres, _shown(vue))
        .order_by(ModificationFeuille.id)
        .limit(PAR_PAGE + 1)
    )
    return [LigneRetour(une, dossier) for une, dossier in lues]


def list_returns(session: Session, viewer: Acteur) -> Sequence[RetourFeuille]:
    """The last ones that the viewer gave back, newest first."""
    return session.scalars(
        select(RetourFeuille)
        .where(RetourFeuille.user_id == viewer.user_id, RetourFeuille.service_id == viewer.service_id)
        .order_by(RetourFeuille.id.desc())
        .limit(MONTREES)
    ).all()


def list_sheets(session: Session, viewer: Acteur) -> Sequence[Document]:
    """The last workbooks that the viewer took away, newest first."""
    return session.scalars(
        select(Document)
        .join(FeuilleTravail, FeuilleTravail.document_id == Document.id)
        .where(FeuilleTravail.user_id == viewer.user_id, FeuilleTravail.service_id == viewer.service_id)
        .order_by(FeuilleTravail.id.desc())
        .limit(MONTREES)
    ).all()
