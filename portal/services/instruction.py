"""How a dossier moves: at once when it is ours, by an intent sent to DS when DS is its master."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, TransitionInterdite
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.workflow import Action, Transition, transition
from portal.permissions import Acteur
from portal.permissions.decisions import out_of_etat
from portal.services import operations_ds
from portal.vocabulaire import ETATS_FINAUX, Etat, Source


def lock(session: Session, dossier: Dossier) -> None:
    """Lock the row of the dossier and read it afresh: acts on one dossier follow one another."""
    verrou = select(Dossier).where(Dossier.id == dossier.id).with_for_update()
    # Fetched, not only executed: the object takes the row's values as its result is read.
    session.scalars(verrou.execution_options(populate_existing=True)).one()


def check_version(lue: int, actuelle: int) -> None:
    """Raise Conflict when somebody changed the object since the page was shown."""
    if lue != actuelle:
        raise Conflict("Une autre personne a modifié ce dossier pendant que vous l’aviez ouvert.")


def check_open(dossier: Dossier) -> None:
    """Raise TransitionInterdite when the dossier has reached its end."""
    if dossier.etat in ETATS_FINAUX:
        raise _interdite(dossier)


def check_from(dossier: Dossier, etats: frozenset[Etat]) -> None:
    """Raise TransitionInterdite when the act is not done from the dossier's present état."""
    if dossier.etat not in etats:
        raise _interdite(dossier)


def required(dossier: Dossier, action: Action) -> Transition:
    """The transition of the workflow table. Raises TransitionInterdite when it has none from the present état."""
    passage = transition(action, dossier.etat)
    if passage is None:
        raise _interdite(dossier)
    return passage


def advance(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    action: Action,
    arguments: dict[str, Any],
    fichier: Fichier | None = None,
) -> bool:
    """Apply a transition to a locked dossier. True when it has moved, False when DS is asked to move it.

    `arguments` and `fichier` are those of the DS mutation. Raises TransitionInterdite, also while DS has not answered a
    former act.
    """
    passage = required(dossier, action)
    if dossier.source == Source.DS and passage.mutation:
        operations_ds.queue(
            session, by=by, dossier=dossier, mutation=passage.mutation, arguments=arguments, fichier=fichier
        )
        return False
    dossier.etat = passage.vers
    return True


def _interdite(dossier: Dossier) -> TransitionInterdite:
    return TransitionInterdite(out_of_etat(dossier).raison)
