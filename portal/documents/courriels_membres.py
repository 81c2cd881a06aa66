"""The words of our mails on who acts for an association. They name no third person to whom has not proved her link."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RivaliteDeclaree:
    """Two people declare that they represent the same association: each is told the same thing, without a name."""

    adresse: str
    association: str


@dataclass(frozen=True, slots=True)
class InvitationRecue:
    """A member invites this address. `structure` and `fin_le` are those of an aidant."""

    adresse: str
    association: str
    invitant: str
    role: str
    expire_le: date | None


@dataclass(frozen=True, slots=True)
class InvitationRepondue:
    """The person invited has accepted or declined."""

    adresse: str
    association: str
    personne: str
    acceptee: bool


@dataclass(frozen=True, slots=True)
class AidantDeclare:
    """Somebody declares that he helps the association under a written mandate that it has signed."""

    adresse: str
    association: str
    personne: str
    structure: str
    fin_le: date | None


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A person's role, or its last day, is no longer the same."""

    adresse: str
    association: str
    auteur: str
    role: str
    fin_le: date | None


@dataclass(frozen=True, slots=True)
class MandatTermine:
    """Somebody's mandat was ended by a member or by a service."""

    adresse: str
    association: str
    auteur: str
    motif: str


@dataclass(frozen=True, slots=True)
class MandatBientotFini:
    """The last day of a mandat comes."""

    adresse: str
    association: str
    fin_le: date | None


@dataclass(frozen=True, slots=True)
class MandatConteste:
    """Somebody of the association contests a mandat: its holder may show a document."""

    adresse: str
    association: str


@dataclass(frozen=True, slots=True)
class ContestationTranchee:
    """A service has settled. `auteur`: the letter goes to who had contested; otherwise to whose mandat it is."""

    adresse: str
    association: str
    service: str
    fondee: bool
    reponse: str
    auteur: bool


@dataclass(frozen=True, slots=True)
class SignalementRepondu:
    """A service has answered a reported error."""

    adresse: str
    association: str
    fait: str
    service: str
    reponse: str


Courriel = (
    RivaliteDeclaree
    | InvitationRecue
    | InvitationRepondue
    | AidantDeclare
    | RoleChange
    | MandatTermine
    | MandatBientotFini
    | MandatConteste
    | ContestationTranchee
    | SignalementRepondu
)
GABARIT_DE = {
    RivaliteDeclaree: "courriels/rivalite_declaree.txt",
    InvitationRecue: "courriels/invitation_recue.txt",
    InvitationRepondue: "courriels/invitation_repondue.txt",
    AidantDeclare: "courriels/aidant_declare.txt",
    RoleChange: "courriels/role_change.txt",
    MandatTermine: "courriels/mandat_termine.txt",
    MandatBientotFini: "courriels/mandat_bientot_fini.txt",
    MandatConteste: "courriels/mandat_conteste.txt",
    ContestationTranchee: "courriels/contestation_tranchee.txt",
    SignalementRepondu: "courriels/signalement_repondu.txt",
}
