"""What cross-checks know of one request, whatever its source: facts with their dates, for pure functions to compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.queries.rapprochements import Action
from portal.vocabulaire import Etat
from portal.vocabulaire_recoupements import GenreRecoupement

RIEN = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """A co-funder that the association names: its own words, the slug of its line in account 74, euros, obtained or only asked.

    `service_id`: the service of the portal that it means, None when it means none or nobody can tell which.
    """

    numero: int
    nom: str
    ligne: str
    montant: Decimal
    obtenu: bool
    service_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AideDeclaree:
    """A public aid of the last years, as declared: the day of its act, its legal basis, who gave it, euros."""

    acte: date
    base: str
    autorite: str
    montant: Decimal
    service_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compte:
    """A bank account that other associations have given too: masked, with who and since when."""

    masque: str
    autres: tuple[tuple[int, str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requete:
    """One dossier. `lignes`: account 74 of its budgets, by slug; `cout`: what the whole costs; euros."""

    id: int
    association_id: int
    demande_id: int | None
    demarche_id: int
    service_id: int
    etat: Etat
    exercice: int | None
    montant: Decimal | None
    accorde: Decimal | None
    depot: datetime
    traitement: datetime | None
    actions: tuple[Action, ...]
    declares: tuple[Declare, ...] = ()
    aides: tuple[AideDeclaree, ...] = ()
    lignes: Mapping[str, Decimal] = field(default_factory=dict)
    cout: Decimal | None = None
    compte: Compte | None = None

    @property
    def octroi(self) -> Decimal | None:
        """What a notified decision grants, None while nothing is granted."""
        return (self.accorde or RIEN) if self.etat == Etat.ACCEPTE else None

    @property
    def rejetee(self) -> bool:
        """Refused or closed without a grant."""
        return self.etat in (Etat.REFUSE, Etat.SANS_SUITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constat:
    """A finding about one dossier, to be kept. `cle` tells it from the others of its kind.

    `retient`: what must change for it to be shown again once a person has set it aside. `alerte`: a person should look.
    """

    genre: GenreRecoupement
    cle: str
    alerte: bool
    faits: dict[str, Any]
    retient: tuple[Any, ...]
    autre_id: int | None = None
