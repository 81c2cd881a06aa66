"""The words of our mails on what happens after filing: messages, corrections asked and made, withdrawal. Never their content."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class MessageRecu:
    """The service has written to the association."""

    adresse: str
    reference: str
    association: str
    service: str


@dataclass(frozen=True, slots=True)
class MessageRecuAgent:
    """Somebody has written to the service, or to the services that were asked about the dossier."""

    adresse: str
    reference: str
    association: str
    service: str


@dataclass(frozen=True, slots=True)
class ComplementDemande:
    """The service asks for corrections, until the day `echeance`."""

    adresse: str
    reference: str
    association: str
    service: str
    echeance: date | None


@dataclass(frozen=True, slots=True)
class ComplementAnnule:
    """The service no longer asks for them."""

    adresse: str
    reference: str
    association: str
    service: str


@dataclass(frozen=True, slots=True)
class ComplementRepondu:
    """The association has sent its corrections; `commune`: they answer another funder of the same request."""

    adresse: str
    reference: str
    association: str
    commune: bool


@dataclass(frozen=True, slots=True)
class DemandeRetiree:
    """The association has withdrawn its request."""

    adresse: str
    reference: str
    association: str


@dataclass(frozen=True, slots=True)
class DecisionRouverte:
    """A notified decision no longer stands: the request is instructed again. Why is read on the page."""

    adresse: str
    reference: str
    association: str
    intitule: str
    service: str


@dataclass(frozen=True, slots=True)
class CommunicationRepondue:
    """The service has answered an association that asked to read the avis given on its dossier. What is read on the page."""

    adresse: str
    reference: str
    association: str
    intitule: str
    service: str


Courriel = (
    MessageRecu
    | MessageRecuAgent
    | ComplementDemande
    | ComplementAnnule
    | ComplementRepondu
    | DemandeRetiree
    | DecisionRouverte
    | CommunicationRepondue
)
GABARIT_DE = {
    MessageRecu: "courriels/message_recu.txt",
    MessageRecuAgent: "courriels/message_recu_agent.txt",
    ComplementDemande: "courriels/complement_demande.txt",
    ComplementAnnule: "courriels/complement_annule.txt",
    ComplementRepondu: "courriels/complement_repondu.txt",
    DemandeRetiree: "courriels/demande_retiree.txt",
    DecisionRouverte: "courriels/decision_rouverte.txt",
    CommunicationRepondue: "courriels/communication_repondue.txt",
}
