"""The day when silence means rejection, and what suspends it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from portal.formats import PARIS
from portal.queries.recepisses import rejet_implicite


class Complement(Protocol):
    """What is read of a demand of corrections, wherever it comes from: the model, or a line of a statement."""

    @property
    def demande_at(self) -> datetime: ...

    @property
    def echeance(self) -> date: ...

    @property
    def pieces_exigees(self) -> bool: ...

    @property
    def repondu_at(self) -> datetime | None: ...

    @property
    def annule_at(self) -> datetime | None: ...


def rejet_suspendu(depose_le: datetime, complements: Sequence[Complement]) -> date:
    """The day of implicit rejection of a request filed at that instant, later by as many days as it was suspended.

    CRPA L114-5: while required pieces are awaited, from the demand to their receipt or to the end of the time given, whichever
    comes first. `complements` of the dossier, oldest first; one that was asked after that day suspends nothing any more.
    """
    echeance = rejet_implicite(depose_le)
    for complement in complements:
        debut = _jour(complement.demande_at)
        if not complement.pieces_exigees or debut > echeance:
            continue
        echeance += timedelta(days=max(0, (fin_de_suspension(complement) - debut).days))
    return echeance


def est_suspendu(complements: Sequence[Complement], jour: date) -> bool:
    """Whether that day falls in the time given for required pieces that have not come."""
    return any(
        un.pieces_exigees and _jour(un.demande_at) <= jour <= fin_de_suspension(un) and est_ouvert(un)
        for un in complements
    )


def est_ouvert(complement: Complement) -> bool:
    """Neither answered nor cancelled."""
    return complement.repondu_at is None and complement.annule_at is None


def fin_de_suspension(complement: Complement) -> date:
    """The last day of the suspension: that of the answer, of the cancellation, or of the time given."""
    clos = complement.repondu_at or complement.annule_at
    return min(_jour(clos), complement.echeance) if clos else complement.echeance


def _jour(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()
