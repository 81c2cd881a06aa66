"""Who acts: frozen at the start of a request, of a command or of a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from portal.vocabulaire import RoleAffectation, RoleMandat
from portal.vocabulaire_instruction import QuiDecide


class GenreActeur(StrEnum):
    """Kinds of actors."""

    ANONYME = "anonyme"
    USAGER = "usager"
    AGENT = "agent"
    EXPERT = "expert"
    SYSTEME = "systeme"


@dataclass(frozen=True, kw_only=True)
class MandatActif:
    """A mandat in force. While not `prouve`, it opens only what the person made; that of an aidant, also what he was given.

    `fin_le`: its last day, None while none is set. `structure`: of an aidant.
    """

    id: int
    association_id: int
    denomination: str
    role: RoleMandat
    prouve: bool
    fin_le: date | None = None
    structure: str = ""

    @property
    def est_aidant(self) -> bool:
        """He helps to fill in: he never signs, files, invites, nor sees the file of the association."""
        return self.role == RoleMandat.AIDANT


@dataclass(frozen=True, kw_only=True)
class AffectationActive:
    """A service for which the agent may choose to act. `qui_decide`: the setting of that service."""

    id: int
    service_id: int
    sigle: str
    role: RoleAffectation
    qui_decide: QuiDecide = QuiDecide.RESPONSABLE


@dataclass(frozen=True, kw_only=True)
class Acteur:
    """An actor with its rights: an agent acts for one service at a time (`affectation`).

    `taches`: how many wait for an agent, by service. `raccourcis`: an agent uses the keyboard shortcuts of the pages.
    `recuses`, `associations_recusees`: the dossiers (those of these associations too) closed to an agent who has a conflict of
    interest; hardly ever any.
    `expert_id`: of somebody outside every service, whom a link opens what is asked of it.
    """

    genre: GenreActeur
    user_id: int | None = None
    session_id: int | None = None
    session_vue_at: datetime | None = None
    session_fin_at: datetime | None = None
    prouvee_at: datetime | None = None
    nom_affiche: str = ""
    email: str = ""
    est_administrateur: bool = False
    affectation: AffectationActive | None = None
    affectations: tuple[AffectationActive, ...] = ()
    mandats: tuple[MandatActif, ...] = ()
    taches: Mapping[int, int] = field(default_factory=dict, hash=False, compare=False)
    raccourcis: bool = True
    recuses: frozenset[int] = frozenset()
    associations_recusees: frozenset[int] = frozenset()
    expert_id: int | None = None

    @property
    def taches_a_faire(self) -> int:
        """How many tasks wait for an agent in the service for which it acts now."""
        return self.taches.get(self.service_id, 0) if self.service_id else 0

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
    def est_expert(self) -> bool:
        """Somebody outside every service who is asked for an avis."""
        return self.genre == GenreActeur.EXPERT

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
        return frozenset(m.association_id for m in self.mandats if m.prouve and not m.est_aidant)

    def mandat(self, association_id: int) -> MandatActif | None:
        """The mandat of this person for that association, if any."""
        return next((m for m in self.mandats if m.association_id == association_id), None)

    @property
    def aides(self) -> tuple[MandatActif, ...]:
        """The mandats under which this person helps an association as an aidant."""
        return tuple(m for m in self.mandats if m.est_aidant)

    def est_membre(self, association_id: int) -> bool:
        """Whether this person acts for that association as one of its people, not as an aidant."""
        mandat = self.mandat(association_id)
        return mandat is not None and not mandat.est_aidant

    @property
    def libelle(self) -> str:
        """How the journal names the actor: kind and account number, never a name."""
        numero = self.user_id or self.expert_id
        return f"{self.genre}:{numero}" if numero else str(self.genre)


ANONYME = Acteur(genre=GenreActeur.ANONYME)
SYSTEME = Acteur(genre=GenreActeur.SYSTEME, nom_affiche="le portail")
