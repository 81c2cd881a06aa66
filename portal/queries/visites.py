"""When an agent last looked at a dossier, what has changed since, and what she has not read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ARRAY, BigInteger, CompoundSelect, any_, bindparam, null, select, union_all
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.dossiers import Dossier
from portal.models.file_agents import VisiteDossier
from portal.permissions import Acteur
from portal.queries import messages
from portal.queries.lecteur import LECTEUR, valeurs

# A sitting: what has changed since the one before is said as long as it lasts, however often the page is opened.
SEANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visite:
    """The last looks of one agent at a dossier, whose content is at version `presente` now. Instants are UTC."""

    presente: int
    vue_at: datetime
    contenu_version: int
    precedente_at: datetime | None
    precedente_version: int | None

    @property
    def repere(self) -> tuple[datetime, int]:
        """When the agent looked before this sitting, and at which version; the first look of all as long as there is no other."""
        if maintenant() - self.vue_at > SEANCE or self.precedente_at is None or self.precedente_version is None:
            return self.vue_at, self.contenu_version
        return self.precedente_at, self.precedente_version

    @property
    def depuis(self) -> datetime:
        """That instant."""
        return self.repere[0]

    @property
    def change(self) -> bool:
        """The content has changed since."""
        return self.repere[1] < self.presente

    @property
    def non_lu(self) -> bool:
        """The content has changed and the agent has not looked at it at all."""
        return self.contenu_version < self.presente


@dataclass(frozen=True, slots=True)
class Marques:
    """What stands beside dossiers in a list: how many messages the agent has not read, by dossier, and which have changed."""

    non_lus: dict[int, int]
    changes: frozenset[int]


def marks(session: Session, viewer: Acteur, dossier_ids: Iterable[int]) -> Marques:
    """For dossiers that the agent may read, in one statement; one never looked at has not changed."""
    lues = session.execute(_marques(), valeurs(viewer, ids=list(dossier_ids))).all()
    non_lus = {ident: nombre for ident, nombre in lues if nombre is not None}
    return Marques(non_lus, frozenset(ident for ident, nombre in lues if nombre is None))


@cache
def _marques() -> CompoundSelect[*tuple[int, int | None]]:
    """(dossier_id, messages not read, NULL for a dossier that has changed) among `ids`, for LECTEUR."""
    changes = (
        select(VisiteDossier.dossier_id, null())
        .join(Dossier, Dossier.id == VisiteDossier.dossier_id)
        .where(
            VisiteDossier.user_id == LECTEUR.user_id,
            VisiteDossier.dossier_id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
            VisiteDossier.contenu_version < Dossier.contenu_version,
        )
    )
    return union_all(messages.unread_by_dossier(LECTEUR), changes)
