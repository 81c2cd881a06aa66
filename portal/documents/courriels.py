"""The words of our mails: a frozen dataclass in, an object and a plain text out."""

import re
from dataclasses import dataclass
from datetime import date

from portal.documents.gabarits import GABARITS


@dataclass(frozen=True, slots=True)
class LienConnexion:
    """A magic link. `espace` says what it opens (« l’espace des associations »)."""

    adresse: str
    minutes: int
    espace: str


@dataclass(frozen=True, slots=True)
class RecuDisponible:
    """The receipt of an engagement is ready."""

    adresse: str
    association: str


@dataclass(frozen=True, slots=True)
class RecepisseDisponible:
    """A request has arrived and its acknowledgement is ready."""

    adresse: str
    reference: str
    association: str
    intitule: str
    service: str


@dataclass(frozen=True, slots=True)
class DecisionNotifiee:
    """A decision is notified. The mail never says which: its reader logs in first."""

    adresse: str
    reference: str
    association: str
    intitule: str
    service: str


@dataclass(frozen=True, slots=True)
class InvitationAgent:
    """An agent is invited to a service; `role` is a label."""

    adresse: str
    service: str
    role: str
    invitant: str


@dataclass(frozen=True, slots=True)
class AvisDemande:
    """A service asks an avis; `echeance` is None when no date is set."""

    adresse: str
    reference: str
    association: str
    intitule: str
    service: str
    question: str
    echeance: date | None


Courriel = LienConnexion | RecuDisponible | RecepisseDisponible | DecisionNotifiee | InvitationAgent | AvisDemande

_GABARIT_DE: dict[type[Courriel], str] = {
    LienConnexion: "courriels/lien_connexion.txt",
    RecuDisponible: "courriels/recu_disponible.txt",
    RecepisseDisponible: "courriels/recepisse_disponible.txt",
    DecisionNotifiee: "courriels/decision_notifiee.txt",
    InvitationAgent: "courriels/invitation_agent.txt",
    AvisDemande: "courriels/avis_demande.txt",
}


def rediger(lettre: Courriel) -> tuple[str, str]:
    """The object, on one line whatever the values hold, and the text of a mail."""
    gabarit = GABARITS.get_template(_GABARIT_DE[type(lettre)])
    objet = "".join(gabarit.blocks["objet"](gabarit.new_context({"lettre": lettre})))
    return re.sub(r"[\r\n\t ]+", " ", objet).strip(), gabarit.render(lettre=lettre)
