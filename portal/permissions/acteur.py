"""Who acts: frozen at the start of a request, of a command or of a job."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.vocabulaire import RoleAffectation, RoleMandat


class GenreActeur(StrEnum):
    """Kinds of actors."""

    ANONYME = "anonyme"
    USAGER = "usager"
    AGENT = "agent"
    SYSTEME = "systeme"


@dataclass(frozen=True, kw_only=True)
class MandatActif:
    """A mandat in force. While not `prouve`, it opens only what the person made."""

    id: int
    association_id: int
    denomination: str
    role: RoleMandat
    prouve: bool


@dataclass(frozen=True, kw_only=True)
class AffectationActive:
    """A service for which the agent may choose to act."""

    id: int
    service_id: int
    sigle: str
    role: RoleAffectation


@dataclass(frozen=True, kw_only=True)
class Acteur:
    """An actor with its rights: an agent acts for one service at a time (`affectation`)."""

    genre: GenreActeur
    user_id: int | None = None
    session_id: int | None = None
    session_vue_at: datetime | None = None
    nom_affiche: str = ""
    email: str = ""
    est_administrateur: bool = False
    affectation: AffectationActive | None = None
    affectations: tuple[AffectationActive, ...] = ()
    mandats: tuple[MandatActif, ...] = ()

    @property
    def connecte(self) -> bool:
        """A person who has logged in."""
        return self.genre in (GenreActeur.USAGER, GenreActeur.AGENT)

    @property
    def est_usager(self) -> bool:
        """A person of an association."""
        return self.genre == GenreActeur.USAGER

    @property
    def est_agent(self) -> bool:
        """A person of a service (an administrator too)."""
        return self.genre == GenreActeur.AGENT

    @property
    def service_id(self) -> int | None:
        """The service for which an agent acts now."""
        return self.affectation.service_id if self.affectation else None

    @property
    def libelle_service(self) -> str | None:
        """Sigle of the service for which an agent acts now."""
        return self.affectation.sigle if self.affectation else None

    @property
    def role(self) -> RoleAffectation | None:
        """The role of an agent in the service for which it acts now."""
        return self.affectation.role if self.affectation else None

    @property
    def services(self) -> tuple[tuple[int, str], ...]:
        """(affectation id, sigle) of every service for which the agent may act."""
        return tuple((a.id, a.sigle) for a in self.affectations)

    @property
    def associations_prouvees(self) -> frozenset[int]:
        """Associations whose whole file is open to this person."""
        return frozenset(m.association_id for m in self.mandats if m.prouve)

    def mandat(self, association_id: int) -> MandatActif | None:
        """The mandat of this person for that association, if any."""
        return next((m for m in self.mandats if m.association_id == association_id), None)

    @property
    def libelle(self) -> str:
        """How the journal names the actor: kind and account number, never a name."""
        return f"{self.genre}:{self.user_id}" if self.user_id else str(self.genre)


ANONYME = Acteur(genre=GenreActeur.ANONYME)
SYSTEME = Acteur(genre=GenreActeur.SYSTEME, nom_affiche="le portail")
