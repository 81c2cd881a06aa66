"""What is addressed to one agent: made once, read, done."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import maintenant
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.vocabulaire_instruction import GenreTache

# Reading what was written is all that these ask.
FAITES_EN_LISANT = frozenset({GenreTache.MESSAGE})


def add(
    session: Session,
    *,
    user_id: int,
    service_id: int,
    genre: GenreTache,
    cle: str,
    dossier_id: int | None = None,
    objet_id: int | None = None,
    par_id: int | None = None,
    a_faire: bool = True,
) -> None:
    """Address something to an agent acting for a service, once per (agent, `cle`); never what the agent did itself.

    `objet_id`: what it speaks of (a message, a lettre, a lot), read according to `genre`; `par_id`: who caused it. The mail, if
    the agent wants one, leaves by itself (services/notifications.py).
    """
    if user_id == par_id:
        return
    session.execute(
        insert(Tache)
        .values(
            user_id=user_id,
            service_id=service_id,
            genre=genre,
            cle=cle,
            dossier_id=dossier_id,
            objet_id=objet_id,
            par_id=par_id,
            a_faire=a_faire,
        )
        .on_conflict_do_nothing(index_elements=["user_id", "cle"])
    )


def tell_message(
    session: Session, *, user_id: int, service_id: int, dossier_id: int, message_id: int, par_id: int | None
) -> None:
    """Messages of a dossier that an agent has not read make one task, however many they are."""
    attend = exists().where(
        Tache.user_id == user_id,
        Tache.dossier_id == dossier_id,
        Tache.genre == GenreTache.MESSAGE,
        Tache.faite_at.is_(None),
    )
    if session.scalar(select(attend)):
        return
    add(
        session,
        user_id=user_id,
        service_id=service_id,
        genre=GenreTache.MESSAGE,
        cle=f"message:{message_id}",
        dossier_id=dossier_id,
        objet_id=message_id,
        par_id=par_id,
    )


def finish(session: Session, *, by: Acteur, tache: Tache) -> None:
    """The agent says that it is done; said twice, done once. Raises Forbidden on a task of somebody else."""
    _require_own(by, tache)
    if tache.faite_at is None:
        tache.faite_at = tache.lue_at = maintenant()
    session.flush()


def reopen(session: Session, *, by: Acteur, tache: Tache) -> None:
    """It was not done after all: it waits again. Raises Forbidden on a task of somebody else."""
    _require_own(by, tache)
    tache.faite_at = None
    session.flush()


def _require_own(by: Acteur, tache: Tache) -> None:
    if tache.user_id != by.user_id:
        raise Forbidden("Cette tâche est adressée à une autre personne.")


def mark_read(session: Session, *, by: Acteur, jusqu_a: int) -> None:
    """Informations of the service for which the agent acts, up to that number, are read."""
    session.execute(
        update(Tache)
        .where(
            Tache.user_id == by.user_id,
            Tache.service_id == by.service_id,
            Tache.a_faire.is_(False),
            Tache.lue_at.is_(None),
            Tache.id <= jusqu_a,
        )
        .values(lue_at=maintenant())
    )


def note_thread_read(session: Session, *, by: Acteur, dossier_id: int) -> None:
    """The agent has the messages of a dossier before its eyes: those tasks are done, a mention in them is known."""
    instant = maintenant()
    siennes = (
        Tache.user_id == by.user_id,
        Tache.dossier_id == dossier_id,
        Tache.faite_at.is_(None),
    )
    session.execute(
        update(Tache).where(*siennes, Tache.genre.in_(FAITES_EN_LISANT)).values(faite_at=instant, lue_at=instant)
    )
    session.execute(
        update(Tache).where(*siennes, Tache.genre == GenreTache.MENTION, Tache.lue_at.is_(None)).values(lue_at=instant)
    )


def close(session: Session, *, genres: Iterable[GenreTache], dossier_id: int, service_id: int | None = None) -> None:
    """What a dossier asked of its agents is done by the act of one of them: it waits for nobody any more."""
    choix = update(Tache).where(Tache.dossier_id == dossier_id, Tache.genre.in_(list(genres)), Tache.faite_at.is_(None))
    if service_id is not None:
        choix = choix.where(Tache.service_id == service_id)
    session.execute(choix.values(faite_at=maintenant()))


def close_requests(session: Session, *, genre: GenreTache, objet_ids: Sequence[int]) -> None:
    """The same of what speaks of no dossier, by what it speaks of."""
    session.execute(
        update(Tache)
        .where(
            Tache.genre == genre, Tache.dossier_id.is_(None), Tache.objet_id.in_(objet_ids), Tache.faite_at.is_(None)
        )
        .values(faite_at=maintenant())
    )


def wait_again(session: Session, *, genres: Iterable[GenreTache], dossier_id: int, depuis: datetime) -> None:
    """The act that had closed them, at `depuis` or just after, is undone: what the dossier asked of its agents waits again."""
    fermees = update(Tache).where(
        Tache.dossier_id == dossier_id, Tache.genre.in_(list(genres)), Tache.faite_at >= depuis
    )
    session.execute(fermees.values(faite_at=None))
