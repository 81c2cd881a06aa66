"""Campaigns of the portal: which are open, what each of them says, and those that a service prepares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.campagnes import PieceRequise, Prolongation, Question
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries.filtres_campagnes import SANS_FIN, Curseur, FiltreCampagnes, Moment
from portal.vocabulaire import Source

PAR_PAGE = 20
BIENTOT = timedelta(days=15)
Exigence = TypeVar("Exigence", bound=PieceRequise | Question)


def est_ouverte(demarche: Demarche, instant: datetime) -> bool:
    """Whether a campaign of ours takes requests at that instant; the closing instant itself is too late."""
    return moment(demarche, instant) == Moment.OUVERTES


def ouverte(instant: datetime) -> ColumnElement[bool]:
    """The same as `est_ouverte`, for PostgreSQL."""
    return and_(*_publiees(), _au_moment(Moment.OUVERTES, instant))


def moment(demarche: Demarche, instant: datetime) -> Moment | None:
    """Open, coming or closed at that instant; None for what the public does not see: a DS démarche, one being prepared."""
    if demarche.source != Source.PORTAIL or demarche.publiee_at is None:
        return None
    if demarche.cloture is not None and demarche.cloture <= instant:
        return Moment.CLOSES
    return Moment.A_VENIR if demarche.ouverture is not None and demarche.ouverture > instant else Moment.OUVERTES


def list_campagnes(session: Session) -> list[Demarche]:
    """Campaigns open now, the first to close first."""
    return list(
        session.scalars(
            select(Demarche)
            .where(ouverte(maintenant()))
            .options(joinedload(Demarche.service))
            .order_by(Demarche.cloture, Demarche.id)
        )
    )


def get_campagne(session: Session, demarche_id: int) -> Demarche:
    """A campaign of ours that has been published, open or not. Raises NotFound."""
    campagne = session.scalars(
        select(Demarche).where(Demarche.id == demarche_id, *_publiees()).options(joinedload(Demarche.service))
    ).first()
    if campagne is None:
        raise NotFound
    return campagne


def _publiees() -> tuple[ColumnElement[bool], ...]:
    return Demarche.source == Source.PORTAIL, Demarche.publiee_at.is_not(None)


def _au_moment(quand: Moment, instant: datetime) -> ColumnElement[bool]:
    """The same as `moment`, for PostgreSQL."""
    close = and_(Demarche.cloture.is_not(None), Demarche.cloture <= instant)
    a_venir = and_(Demarche.ouverture.is_not(None), Demarche.ouverture > instant)
    if quand == Moment.CLOSES:
        return close
    return and_(~close, a_venir) if quand == Moment.A_VENIR else and_(~close, ~a_venir)


@dataclass(frozen=True, slots=True)
class PageCampagnes:
    """One page of the public list. `suivante`: arguments of the address of the next one, None on the last."""

    campagnes: Sequence[Demarche]
    suivante: dict[str, str] | None
    instant: datetime


def list_publiques(session: Session, filtre: FiltreCampagnes) -> PageCampagnes:
    """Campaigns that the public sees, as `filtre` wants them: the next to close first, of the closed ones the last closed."""
    instant = maintenant()
    fin = func.coalesce(Demarche.cloture, SANS_FIN)
    choix = select(Demarche).join(Service, Service.id == Demarche.service_id).options(joinedload(Demarche.service))
    choix = choix.where(*_publiees(), _au_moment(filtre.quand, instant), *filtre.conditions())
    if filtre.bientot:
        choix = choix.where(fin <= instant + BIENTOT)
    descendant = filtre.quand == Moment.CLOSES
    if filtre.curseur:
        place = tuple_(filtre.curseur.fin, filtre.curseur.demarche_id)
        ici = tuple_(fin, Demarche.id)
        choix = choix.where(ici < place if descendant else ici > place)
    ordre = (fin.desc(), Demarche.id.desc()) if descendant else (fin, Demarche.id)
    trouvees = session.scalars(choix.order_by(*ordre).limit(PAR_PAGE + 1)).all()
    page, derniere = trouvees[:PAR_PAGE], trouvees[PAR_PAGE - 1 : PAR_PAGE]
    suivante = None
    if len(trouvees) > PAR_PAGE:
        suivante = {**filtre.args(), "page": Curseur(derniere[0].cloture or SANS_FIN, derniere[0].id).texte()}
    return PageCampagnes(page, suivante, instant)


def services_publics(session: Session) -> list[tuple[int, str, str]]:
    """(id, name, territory) of each service that has a published campaign: what the list may be narrowed to."""
    lignes = session.execute(
        select(Service.id, Service.nom, Service.territoire)
        .where(exists().where(Demarche.service_id == Service.id, *_publiees()))
        .order_by(Service.nom, Service.id)
        .limit(500)
    )
    return [(ident, nom, territoire) for ident, nom, territoire in lignes]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampagneLue:
    """A campaign with what it asks for. `retirees`: pieces and questions that are asked no more, for agents."""

    demarche: Demarche
    pieces: tuple[PieceRequise, ...]
    questions: tuple[Question, ...]
    retirees: tuple[PieceRequise | Question, ...]
    prolongations: tuple[Prolongation, ...]
    moment: Moment | None


def lire(session: Session, demarche: Demarche) -> CampagneLue:
    """All that a page says of a campaign, its pieces and questions in order."""
    pieces, questions = _demandees(session, PieceRequise, demarche), _demandees(session, Question, demarche)
    toutes: list[PieceRequise | Question] = [*pieces, *questions]
    prolongations = session.scalars(
        select(Prolongation)
        .where(Prolongation.demarche_id == demarche.id)
        .options(joinedload(Prolongation.by))
        .order_by(Prolongation.at.desc(), Prolongation.id.desc())
    ).all()
    return CampagneLue(
        demarche=demarche,
        pieces=tuple(une for une in pieces if une.retiree_at is None),
        questions=tuple(une for une in questions if une.retiree_at is None),
        retirees=tuple(une for une in toutes if une.retiree_at is not None),
        prolongations=tuple(prolongations),
        moment=moment(demarche, maintenant()),
    )


def _demandees(session: Session, genre: type[Exigence], demarche: Demarche) -> list[Exigence]:
    return list(session.scalars(select(genre).where(genre.demarche_id == demarche.id).order_by(genre.ordre, genre.id)))


def _du_service(viewer: Acteur) -> Select[Demarche]:
    """THE scope of whoever prepares campaigns: those of the service for which they act."""
    return (
        select(Demarche)
        .where(Demarche.source == Source.PORTAIL, Demarche.service_id == viewer.service_id)
        .options(joinedload(Demarche.service))
    )


@dataclass(frozen=True, slots=True)
class LigneCampagne:
    """A campaign of the service, and how many requests have been begun and filed for it."""

    demarche: Demarche
    moment: Moment | None
    brouillons: int
    deposees: int


def list_du_service(session: Session, viewer: Acteur) -> list[LigneCampagne]:
    """The service's last hundred campaigns, those being prepared first, then the latest to close."""
    comptes = (
        select(
            Demande.demarche_id,
            func.count().filter(Demande.deposee_at.is_(None)).label("brouillons"),
            func.count(Demande.deposee_at).label("deposees"),
        )
        .group_by(Demande.demarche_id)
        .subquery()
    )
    lignes = session.execute(
        _du_service(viewer)
        .add_columns(func.coalesce(comptes.c.brouillons, 0), func.coalesce(comptes.c.deposees, 0))
        .outerjoin(comptes, comptes.c.demarche_id == Demarche.id)
        .order_by(Demarche.publiee_at.is_not(None), Demarche.cloture.desc().nulls_first(), Demarche.id.desc())
        .limit(100)
    )
    instant = maintenant()
    return [LigneCampagne(une, moment(une, instant), brouillons, deposees) for une, brouillons, deposees in lignes]


def get_du_service(session: Session, viewer: Acteur, demarche_id: int) -> Demarche:
    """One of the service's campaigns, published or not. Raises NotFound."""
    campagne = session.scalars(_du_service(viewer).where(Demarche.id == demarche_id)).first()
    if campagne is None:
        raise NotFound
    return campagne


def get_demandee(session: Session, demarche: Demarche, genre: type[Exigence], ident: int) -> Exigence:
    """A piece or a question that this campaign still asks for. Raises NotFound."""
    demandees = select(genre).where(genre.id == ident, genre.demarche_id == demarche.id, genre.retiree_at.is_(None))
    trouvee = session.scalars(demandees).first()
    if trouvee is None:
        raise NotFound
    return trouvee


def a_des_brouillons(session: Session, demarche: Demarche) -> bool:
    """Whether anybody has begun a request for it, filed or not."""
    return bool(session.scalar(select(exists().where(Demande.demarche_id == demarche.id))))


def manques(demarche: Demarche) -> list[str]:
    """What is missing before a campaign may be published, in words."""
    dits = {
        "la description": demarche.description,
        "qui peut demander": demarche.public,
        "combien il est possible de demander": demarche.montants,
        "le dispositif": demarche.dispositif,
        "l’exercice": demarche.exercice,
        "la date d’ouverture": demarche.ouverture,
        "la date de clôture": demarche.cloture,
        "une adresse électronique ou un téléphone du service": demarche.service.email or demarche.service.telephone,
    }
    return [quoi for quoi, valeur in dits.items() if not valeur]
