"""When each agent wants to be told by mail of what is addressed to it."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, case, func, literal
from sqlalchemy.orm import Session

from portal.models.file_agents import PreferenceAgent
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.vocabulaire_instruction import GenreTache, QuandPrevenir

# Only what is addressed to the agent rings at once; the rest waits for the morning. An agent changes both.
IMMEDIATES = frozenset(
    {
        GenreTache.MENTION,
        GenreTache.ATTRIBUTION,
        GenreTache.AVIS_DEMANDE,
        GenreTache.PROPOSITION,
        GenreTache.COMPLEMENT_REPONDU,
    }
)
_CHOIX = func.coalesce(
    PreferenceAgent.notifications.op("->>")(Tache.genre),
    case(
        (Tache.genre.in_(sorted(IMMEDIATES)), literal(QuandPrevenir.IMMEDIAT.value)),
        else_=literal(QuandPrevenir.QUOTIDIEN.value),
    ),
)


def wanted(quand: QuandPrevenir) -> ColumnElement[bool]:
    """Whether the agent of a task chose that, or it is usual; in a statement that joins PreferenceAgent from outside."""
    return _CHOIX.is_not_distinct_from(quand.value)


def by_default(genre: GenreTache) -> QuandPrevenir:
    """When an agent who has chosen nothing is told."""
    return QuandPrevenir.IMMEDIAT if genre in IMMEDIATES else QuandPrevenir.QUOTIDIEN


def choices(session: Session, viewer: Acteur) -> Mapping[GenreTache, QuandPrevenir]:
    """What this agent has chosen for each kind, else what is usual."""
    preference = session.get(PreferenceAgent, viewer.user_id)
    dits = preference.notifications if preference else {}
    return {genre: QuandPrevenir(dits[genre]) if genre in dits else by_default(genre) for genre in GenreTache}
