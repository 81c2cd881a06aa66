"""« Avis à donner »: what waits for an avis of my service, nearest deadline first; and several answered on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, Select, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries import reponses_avis
from portal.queries.avis import list_demandes
from portal.queries.dossiers import visible_dossiers
from portal.queries.recusations import open_to
from portal.queries.reponses_avis import Objet

PAR_PAGE = 25
PAR_LOT = 12
SANS_FIN = date(9999, 12, 31)
FIN = func.coalesce(DemandeAvis.echeance, literal(SANS_FIN, Date))
ASSOCIATION_ID = func.coalesce(DemandeAvis.association_id, Dossier.association_id)


@dataclass(frozen=True, slots=True)
class LigneAttendue:
    """A request that waits, what it is about, and how many wait about the same association."""

    demande: DemandeAvis
    dossier: Dossier | None
    association_id: int | None
    ensemble: int

    @property
    def nom(self) -> str:
        """Who asks for a grant."""
        if self.dossier is not None:
            return self.dossier.demandeur_nom
        return self.demande.association.denomination if self.demande.association else ""


@dataclass(frozen=True, slots=True)
class PageAttendues:
    """Twenty-five of them. `suivante`: the mark after which the next page begins, None on the last one."""

    lignes: tuple[LigneAttendue, ...]
    suivante: str | None


def list_waiting(session: Session, viewer: Acteur, *, apres: str = "") -> PageAttendues:
    """What is asked of the viewer's service and waits, on what it may open, in two statements; an unknown mark is ignored."""
    choix = (
        _asked(viewer)
        .where(_is_waiting(viewer))
        .add_columns(Dossier, ASSOCIATION_ID)
        .order_by(FIN, DemandeAvis.id)
        .limit(PAR_PAGE + 1)
    )
    place = _mark(apres)
    if place is not None:
        choix = choix.where(tuple_(FIN, DemandeAvis.id) > tuple_(literal(place[0], Date), place[1]))
    lues = list(session.execute(choix))
    montrees = lues[:PAR_PAGE]
    par_association = _counts(session, viewer, [ident for *_, ident in montrees if ident is not None])
    lignes = tuple(
        LigneAttendue(une, dossier, ident, par_association.get(ident, 1)) for une, dossier, ident in montrees
    )
    derniere = montrees[-1][0] if len(lues) > PAR_PAGE else None
    return PageAttendues(lignes, f"{derniere.echeance or SANS_FIN}_{derniere.id}" if derniere else None)


def all_waiting(viewer: Acteur) -> Select[int]:
    """The numbers of what `list_waiting` lists, to count them."""
    joints = select(DemandeAvis.id).outerjoin(Dossier, Dossier.id == DemandeAvis.dossier_id)
    return joints.where(_is_waiting(viewer), _may_open(viewer))


@dataclass(frozen=True, slots=True)
class LigneARepondre:
    """A request of a batch: what it is about, what the service has said of it, who would read the answer.

    `reprises`: earlier avis of the service about the association, each with what it was about; none once it has answered.
    """

    demande: DemandeAvis
    objet: Objet
    mien: Avis | None
    lecteurs: dict[str, str]
    qui_lira: str
    reprises: Sequence[tuple[Avis, str]]

    @property
    def nom(self) -> str:
        """What it is about, in a line."""
        if isinstance(self.objet, Dossier):
            return f"{self.objet.reference}, {self.objet.demandeur_nom}, «\u00a0{self.objet.intitule}\u00a0»"
        return f"{self.objet.denomination} (l’association elle-même)"


def list_to_answer(
    session: Session,
    viewer: Acteur,
    *,
    demandes: Sequence[int] = (),
    association_id: int | None = None,
    envoyees: bool = False,
) -> tuple[LigneARepondre, ...]:
    """Those requests, or all that wait about an association: a dozen at most, each object once. Raises NotFound when none is.

    `envoyees`: a page sends its answers; those that wait no longer are refused in their line, with what was typed.
    """
    choix = _asked(viewer).add_columns(Dossier).order_by(FIN, DemandeAvis.id).limit(PAR_LOT)
    if not envoyees:
        choix = choix.where(_is_waiting(viewer))
    if association_id is not None:
        choix = choix.where(ASSOCIATION_ID.in_((association_id,)))
    else:
        choix = choix.where(DemandeAvis.id.in_(demandes))
    lignes: dict[tuple[int | None, int | None], LigneARepondre] = {}
    for demande, dossier in session.execute(choix):
        objet = dossier if dossier is not None else demande.association
        lignes.setdefault((demande.dossier_id, demande.association_id), _to_answer(session, viewer, demande, objet))
    if not lignes:
        raise NotFound
    return tuple(lignes.values())


def _to_answer(session: Session, viewer: Acteur, demande: DemandeAvis, objet: Dossier | Association) -> LigneARepondre:
    demandes = list_demandes(session, objet)
    lecteurs, qui_lira = reponses_avis.lecteurs(viewer, objet, demandes), reponses_avis.said_above(viewer, demandes)
    mien = reponses_avis.own(session, viewer, objet)
    reprises = () if mien else reponses_avis.earlier(session, viewer, objet)
    return LigneARepondre(demande, objet, mien, lecteurs, qui_lira, reprises)


def _asked(viewer: Acteur) -> Select[*tuple[DemandeAvis]]:
    """Requests to the viewer's service on what the viewer may open: a dossier that is read, an association not closed to it."""
    return (
        select(DemandeAvis)
        .outerjoin(Dossier, Dossier.id == DemandeAvis.dossier_id)
        .where(DemandeAvis.service_id == viewer.service_id, _may_open(viewer))
        .options(
            joinedload(DemandeAvis.demandeur_service),
            joinedload(DemandeAvis.demandeur),
            joinedload(DemandeAvis.agent),
            joinedload(DemandeAvis.association),
        )
    )


def _may_open(viewer: Acteur) -> ColumnElement[bool]:
    lisibles = visible_dossiers(viewer).with_only_columns(Dossier.id)
    return and_(or_(DemandeAvis.dossier_id.is_(None), DemandeAvis.dossier_id.in_(lisibles)), _not_closed(viewer))


def _not_closed(viewer: Acteur) -> ColumnElement[bool]:
    """No conflict of interest closes what it is about to this agent: nothing to check for nearly everybody."""
    if not viewer.associations_recusees:
        return open_to(viewer, DemandeAvis.dossier_id)
    ouverte = DemandeAvis.association_id.not_in(viewer.associations_recusees)
    return and_(open_to(viewer, DemandeAvis.dossier_id), or_(DemandeAvis.association_id.is_(None), ouverte))


def _is_waiting(viewer: Acteur) -> ColumnElement[bool]:
    return and_(
        DemandeAvis.service_id == viewer.service_id,
        DemandeAvis.repondue_at.is_(None),
        DemandeAvis.close_at.is_(None),
    )


def _counts(session: Session, viewer: Acteur, associations: Sequence[int]) -> dict[int | None, int]:
    """How many wait about each of these associations."""
    if not associations:
        return {}
    nombre = func.count(func.distinct(case((DemandeAvis.dossier_id.is_(None), 0), else_=DemandeAvis.dossier_id)))
    lignes = session.execute(
        select(ASSOCIATION_ID, nombre)
        .select_from(DemandeAvis)
        .outerjoin(Dossier, Dossier.id == DemandeAvis.dossier_id)
        .where(_is_waiting(viewer), _not_closed(viewer), ASSOCIATION_ID.in_(set(associations)))
        .group_by(ASSOCIATION_ID)
    )
    return {ligne[0]: ligne[1] for ligne in lignes}


def _mark(texte: str) -> tuple[date, int] | None:
    """(deadline, number) of the last line that was shown; None when the text means nothing."""
    jour, _, numero = texte.partition("_")
    lisible = numero.isascii() and numero.isdigit() and len(numero) < 19
    try:
        return (date.fromisoformat(jour), int(numero)) if lisible else None
    except ValueError:
        return None
