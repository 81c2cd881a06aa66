"""The messages of a dossier as one person reads them, and how many she has not read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, ScalarSelect, Select, and_, any_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import LectureMessages, Message
from portal.permissions import OUI, Acteur, Verdict
from portal.permissions.messages import ENTRE_SERVICES, audiences_read, audiences_written, can_write
from portal.queries import dossiers, mes_dossiers
from portal.queries.remises import to_give
from portal.vocabulaire import Source
from portal.vocabulaire_demandes import AudienceMessage

PAR_PAGE = 50
CONCERNE = aliased(Dossier)


@dataclass(frozen=True, slots=True)
class MessageLu:
    """A message for one reader. `at` is UTC; `auteur` names the person and, for an agent, the service."""

    id: int
    auteur: str
    at: datetime
    audience: AudienceMessage
    texte: str
    non_lu: bool
    fichier_nom: str
    fichier_taille: int | None


@dataclass(frozen=True, slots=True)
class PageMessages:
    """Fifty messages, newest first. `dernier`: the newest that this person may read, 0 when there is none.

    `plus_anciens`: the message before which older ones are asked for.
    """

    messages: tuple[MessageLu, ...]
    dernier: int
    plus_anciens: int | None


def get_dossier(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """A dossier for its messages: an agent's or an association's, which writes about a DS dossier there. Raises NotFound."""
    source = mes_dossiers if viewer.est_usager else dossiers
    dossier: Dossier = source.get(session, viewer, reference)
    if viewer.est_usager and dossier.source != Source.PORTAIL:
        raise NotFound
    return dossier


def get_to_write(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """The same for whoever may write to some audience. Raises NotFound, Forbidden."""
    dossier = get_dossier(session, viewer, reference)
    verdict = may_write(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return dossier


def may_write(viewer: Acteur, dossier: Dossier) -> Verdict:
    """Whether this person may write to some audience, and why not."""
    habituelle = AudienceMessage.ASSOCIATION if viewer.est_usager else AudienceMessage.SERVICES_SAISIS
    return OUI if audiences_written(viewer, dossier) else can_write(viewer, dossier, habituelle)


def list_messages(session: Session, viewer: Acteur, dossier: Dossier, *, avant: int | None = None) -> PageMessages:
    """A page of the threads that this person reads, in one statement; `avant`: only messages older than that one."""
    choix = (
        _visibles(viewer, dossier)
        .add_columns(func.coalesce(_lus_jusqu_a(viewer, dossier), 0))
        .options(joinedload(Message.auteur), joinedload(Message.service), joinedload(Message.fichier))
        .order_by(Message.id.desc())
        .limit(PAR_PAGE + 1)
    )
    if avant is not None:
        choix = choix.where(Message.id < avant)
    trouves = session.execute(choix).all()
    montres = trouves[:PAR_PAGE]
    return PageMessages(
        messages=tuple(
            _lu(message, non_lu=message.id > lus and message.auteur_id != viewer.user_id) for message, lus in montres
        ),
        dernier=montres[0][0].id if montres else 0,
        plus_anciens=montres[-1][0].id if len(trouves) > PAR_PAGE else None,
    )


def _visibles(viewer: Acteur, dossier: Dossier) -> Select[Message]:
    return select(Message).where(
        Message.dossier_id == dossier.id,
        Message.audience.in_(audiences_read(viewer, dossier)),
        _de_son_service(viewer),
    )


def _lus_jusqu_a(viewer: Acteur, dossier: Dossier) -> ScalarSelect[int]:
    return (
        select(LectureMessages.dernier_id)
        .where(LectureMessages.dossier_id == dossier.id, LectureMessages.user_id == viewer.user_id)
        .scalar_subquery()
    )


def _lu(message: Message, *, non_lu: bool) -> MessageLu:
    nom = message.auteur.nom_affiche
    return MessageLu(
        id=message.id,
        auteur=f"{nom}, {message.service.nom}" if message.service else nom,
        at=message.created_at,
        audience=message.audience,
        texte=message.texte,
        non_lu=non_lu,
        fichier_nom=message.fichier_nom,
        fichier_taille=message.fichier.taille if message.fichier else None,
    )


def get_file(
    session: Session, viewer: Acteur, reference: str, message_id: int, *, antivirus: bool
) -> tuple[Fichier, str]:
    """The file joined to a message that this person reads, and its name. Raises NotFound, Forbidden (infected, not analysed)."""
    dossier = get_dossier(session, viewer, reference)
    message = session.scalars(
        _visibles(viewer, dossier).where(Message.id == message_id).options(joinedload(Message.fichier))
    ).first()
    if message is None:
        raise NotFound
    return to_give(message.fichier, antivirus=antivirus), message.fichier_nom


def unread_counts(session: Session, viewer: Acteur, dossier_ids: Iterable[int]) -> dict[int, int]:
    """How many messages this person has not read, by dossier; those of hers, and dossiers without any, are left out.

    One statement for a whole list. `dossier_ids`: dossiers that she may read. For the queue, see queries/visites.py.
    """
    return dict(session.execute(unread_by_dossier(viewer), {"ids": list(dossier_ids)}).all())


def unread_by_dossier(viewer: Acteur) -> Select[*tuple[int, int]]:
    """The same as a selection, among the dossiers `ids`."""
    return (
        unread(viewer)
        .where(Message.dossier_id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
        .with_only_columns(Message.dossier_id, func.count())
        .group_by(Message.dossier_id)
    )


def unread(viewer: Acteur) -> Select[Message]:
    """Messages that this person has not read, of whatever dossiers she may read: the caller says which."""
    lues = and_(LectureMessages.dossier_id == Message.dossier_id, LectureMessages.user_id == viewer.user_id)
    return (
        select(Message)
        .join(CONCERNE, CONCERNE.id == Message.dossier_id)
        .outerjoin(LectureMessages, lues)
        .where(_adresses_a(viewer, CONCERNE.service_id))
        .where(Message.auteur_id != viewer.user_id, Message.id > func.coalesce(LectureMessages.dernier_id, 0))
    )


def _adresses_a(viewer: Acteur, service_id: Any) -> ColumnElement[bool]:
    """`audiences_read` as a condition, for many dossiers at once. `service_id`: the owner of each, as a column."""
    if viewer.est_usager:
        return Message.audience == AudienceMessage.ASSOCIATION
    siens = and_(service_id == viewer.service_id, _de_son_service(viewer))
    return or_(siens, Message.audience.in_(sorted(ENTRE_SERVICES)))


def _de_son_service(viewer: Acteur) -> ColumnElement[bool]:
    """What colleagues tell each other stays with their service: the dossier may have changed hands since."""
    return or_(Message.audience != AudienceMessage.SERVICE, Message.service_id == viewer.service_id)
