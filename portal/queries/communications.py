"""Requests to read the avis given on a dossier: the register of the service that answers, and what each concerns."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.errors import Conflict, Forbidden, NotFound
from portal.models.avis import Avis
from portal.models.communications import Communication, Occultation
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.avis import can_read_avis
from portal.permissions.communications import (
    can_answer,
    can_ask_communication,
    can_enter_communication,
    can_propose,
)
from portal.queries import dossiers
from portal.queries.avis import list_demandes
from portal.queries.possessions import Lot, read_lot
from portal.queries.recusations import open_to
from portal.vocabulaire_avis import EtatCommunication

OCCULTE = "[passage occulté]"


@dataclass(frozen=True, slots=True)
class AvisACommuniquer:
    """An avis as the association would read it, and whether the viewer says what is hidden of it."""

    occultation: Occultation
    texte: str
    proposable: bool


@dataclass(frozen=True, slots=True)
class PageCommunication:
    """A request for one service: the one that answers sees every avis that it reads, another one its own.

    `fermes`: whose avis the one that answers does not read, for they are under a seal or not for it.
    """

    communication: Communication
    avis: tuple[AvisACommuniquer, ...]
    verdict: Verdict
    fermes: tuple[str, ...]


def visible_communications(viewer: Acteur) -> Select[Communication]:
    """Those of dossiers of the viewer's service, and those in which it was asked about an avis of its own."""
    consultee = exists().where(
        Occultation.communication_id == Communication.id,
        Occultation.avis_id == Avis.id,
        Avis.service_id == viewer.service_id,
        Occultation.consultee_at.is_not(None),
    )
    return (
        select(Communication)
        .join(Dossier, Dossier.id == Communication.dossier_id)
        .where(or_(Dossier.service_id == viewer.service_id, consultee), open_to(viewer, Dossier.id))
        .options(joinedload(Communication.dossier).joinedload(Dossier.service), joinedload(Communication.document))
    )


def list_register(session: Session, viewer: Acteur, apres: int, *, ouvertes: bool) -> Lot[Communication]:
    """Fifty of them after that number, the oldest first: those that wait, or those that were answered."""
    attend = Communication.etat == EtatCommunication.A_TRAITER
    return read_lot(
        session, visible_communications(viewer).where(attend if ouvertes else ~attend), Communication.id, apres
    )


def count_open(session: Session, viewer: Acteur) -> int:
    """How many wait for an answer of the viewer's service."""
    attente = (
        select(func.count(Communication.id))
        .join(Dossier, Dossier.id == Communication.dossier_id)
        .where(
            Dossier.service_id == viewer.service_id,
            open_to(viewer, Dossier.id),
            Communication.etat == EtatCommunication.A_TRAITER,
        )
    )
    return session.scalar(attente) or 0


def to_enter(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """A dossier of the viewer's service about which a request came by mail. Raises NotFound, Forbidden before its decision."""
    dossier = dossiers.get(session, viewer, reference)
    if dossier.service_id != viewer.service_id:
        raise NotFound
    verdict = can_enter_communication(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return dossier


def get(session: Session, viewer: Acteur, communication_id: int) -> PageCommunication:
    """One of them. Raises NotFound."""
    choix = visible_communications(viewer).where(Communication.id == communication_id)
    avis = selectinload(Communication.occultations).joinedload(Occultation.avis)
    communication = session.scalars(
        choix.options(avis.joinedload(Avis.service), avis.joinedload(Avis.expert), avis.joinedload(Avis.auteur))
    ).first()
    if communication is None:
        raise NotFound
    siens, fermes = _sort(session, viewer, communication)
    return PageCommunication(
        communication=communication,
        avis=tuple(
            AvisACommuniquer(une, occult(une.avis.texte, une.passages), bool(can_propose(viewer, une))) for une in siens
        ),
        verdict=can_answer(viewer, communication),
        fermes=tuple(une.avis.de_qui for une in fermes),
    )


def check_all_read(session: Session, viewer: Acteur, communication: Communication) -> None:
    """Raise Conflict while some avis is closed to whoever would send them all."""
    _, fermes = _sort(session, viewer, communication)
    if fermes:
        raise Conflict(
            f"Votre service ne lit pas l’avis de {fermes[0].avis.de_qui}\u00a0: rien n’est envoyé. S’il est sous scellé, "
            "attendez que tous aient répondu ou levez le scellé."
        )


def _sort(
    session: Session, viewer: Acteur, communication: Communication
) -> tuple[list[Occultation], list[Occultation]]:
    """Those that the viewer reads; those that it would have to read to answer, and does not."""
    if communication.dossier.service_id != viewer.service_id:
        return [une for une in communication.occultations if une.avis.service_id == viewer.service_id], []
    demandes = list_demandes(session, communication.dossier)
    lues = [une for une in communication.occultations if can_read_avis(viewer, une.avis, demandes)]
    return lues, [une for une in communication.occultations if une not in lues]


def get_occultation(page: PageCommunication, occultation_id: int) -> AvisACommuniquer:
    """One avis of that page. Raises NotFound."""
    trouvee = next((un for un in page.avis if un.occultation.id == occultation_id), None)
    if trouvee is None:
        raise NotFound
    return trouvee


@dataclass(frozen=True, slots=True)
class SuiteCommunication:
    """What a person of the association reads: her service's last answer, if any, and whether she may ask."""

    derniere: Communication | None
    verdict: Verdict


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> SuiteCommunication:
    """For a dossier that the viewer may read; who may not ask reads nothing of what others asked."""
    verdict = can_ask_communication(viewer, dossier)
    choix = select(Communication).where(Communication.dossier_id == dossier.id).order_by(Communication.id.desc())
    options = (joinedload(Communication.document),)
    return SuiteCommunication(session.scalars(choix.options(*options).limit(1)).first() if verdict else None, verdict)


def occult(texte: str, passages: list[str]) -> str:
    """Pure. The text, with OCCULTE in place of each passage wherever it stands; of two that overlap, nothing is left."""
    caches = [False] * len(texte)
    for passage in filter(None, passages):
        place = texte.find(passage)
        while place >= 0:
            caches[place : place + len(passage)] = [True] * len(passage)
            place = texte.find(passage, place + 1)
    morceaux = groupby(zip(texte, caches, strict=True), key=itemgetter(1))
    return "".join(OCCULTE if cache else "".join(lettre for lettre, _ in lettres) for cache, lettres in morceaux)
