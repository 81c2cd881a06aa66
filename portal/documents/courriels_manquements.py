"""The words of our mails on breaches of the CER: those to the association and to agents bear no content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConstatConsigne:
    """A service has stated facts of an association. What they are is read on the portal alone."""

    adresse: str
    association: str


@dataclass(frozen=True, slots=True)
class ConstatRepondu:
    """The association has answered a statement."""

    adresse: str
    reference: str


@dataclass(frozen=True, slots=True)
class RetraitEnvisage:
    """A service thinks of withdrawing a grant, and the association may answer."""

    adresse: str
    reference: str
    association: str
    service: str


@dataclass(frozen=True, slots=True)
class RetraitObserve:
    """The association has presented its observations."""

    adresse: str
    reference: str


@dataclass(frozen=True, slots=True)
class RetraitAbandonne:
    """The service has given the withdrawal up."""

    adresse: str
    reference: str
    association: str
    service: str


@dataclass(frozen=True, slots=True)
class RetraitNotifie:
    """The withdrawal is notified. The mail does not say for how much: its reader logs in first."""

    adresse: str
    reference: str
    association: str
    service: str


@dataclass(frozen=True, slots=True)
class RetraitTransmis:
    """The notified decision, in words, to an authority that the law has told of it. Amounts and dates are in French already."""

    adresse: str
    reference: str
    association: str
    siret: str
    intitule: str
    service: str
    contact: str
    accordee_le: str
    montant_accorde: str
    montant_retire: str
    date_manquement: str
    motif: str
    motivation: str
    notifie_le: str
    auteur: str


Courriel = (
    ConstatConsigne
    | ConstatRepondu
    | RetraitEnvisage
    | RetraitObserve
    | RetraitAbandonne
    | RetraitNotifie
    | RetraitTransmis
)
GABARIT_DE = {
    ConstatConsigne: "courriels/constat_consigne.txt",
    ConstatRepondu: "courriels/constat_repondu.txt",
    RetraitEnvisage: "courriels/retrait_envisage.txt",
    RetraitObserve: "courriels/retrait_observe.txt",
    RetraitAbandonne: "courriels/retrait_abandonne.txt",
    RetraitNotifie: "courriels/retrait_notifie.txt",
    RetraitTransmis: "courriels/retrait_transmis.txt",
}
