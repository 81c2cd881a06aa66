"""The words of our mails: a frozen dataclass in, an object and a plain text out."""

import re
from dataclasses import dataclass
from datetime import date

from portal.documents import courriels_avis as avis
from portal.documents import courriels_coffre as coffre
from portal.documents import courriels_comptes as comptes
from portal.documents import courriels_comptes_rendus as comptes_rendus
from portal.documents import courriels_depots as depots
from portal.documents import courriels_experts as experts
from portal.documents import courriels_manquements as manquements
from portal.documents import courriels_membres as membres
from portal.documents import courriels_portes as portes
from portal.documents import courriels_scelles as scelles
from portal.documents import courriels_suivi as suivi
from portal.documents import courriels_taches as taches
from portal.documents.gabarits import GABARITS


@dataclass(frozen=True, slots=True)
class LienConnexion:
    """A magic link, and the code for the page left open. `espace` says what they open (« l’espace des associations »)."""

    adresse: str
    code: str
    minutes: int
    espace: str


@dataclass(frozen=True, slots=True)
class CodeConfirmation:
    """The code that proves again the address of somebody who is logged in. `adresse` is the page that asks for it."""

    adresse: str
    code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CodeSignature:
    """The code that signs the CER. `adresse` is the page that asks for it."""

    adresse: str
    code: str
    minutes: int
    association: str


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


@dataclass(frozen=True, slots=True)
class SignatureDemandee:
    """Somebody is asked to sign the CER. The mail bears no word of who asks but the name: the message is read on the page."""

    adresse: str
    association: str
    demandeur: str
    rappel: bool


@dataclass(frozen=True, slots=True)
class SignatureRenvoyee:
    """The person asked will not sign, and says why."""

    adresse: str
    association: str
    personne: str
    motif: str


@dataclass(frozen=True, slots=True)
class SignatureObtenue:
    """The person asked has signed."""

    adresse: str
    association: str
    personne: str


@dataclass(frozen=True, slots=True)
class PapierControle:
    """A service has admitted the signed page, or set it aside for the reason `motif` (empty when admitted)."""

    adresse: str
    association: str
    service: str
    motif: str


@dataclass(frozen=True, slots=True)
class ClotureRepoussee:
    """A campaign closes later; both closings are in French already. The reason is read on the page."""

    adresse: str
    campagne: str
    service: str
    ancienne: str
    nouvelle: str


Courriel = (
    LienConnexion
    | CodeConfirmation
    | CodeSignature
    | RecuDisponible
    | RecepisseDisponible
    | DecisionNotifiee
    | InvitationAgent
    | AvisDemande
    | SignatureDemandee
    | SignatureRenvoyee
    | SignatureObtenue
    | PapierControle
    | ClotureRepoussee
    | comptes_rendus.Courriel
    | comptes.Courriel
    | manquements.Courriel
    | coffre.Courriel
    | membres.Courriel
    | suivi.Courriel
    | depots.Courriel
    | experts.Courriel
    | taches.Courriel
    | portes.Courriel
    | scelles.Courriel
    | avis.Courriel
)

_GABARIT_DE: dict[type, str] = {
    LienConnexion: "courriels/lien_connexion.txt",
    CodeConfirmation: "courriels/code_confirmation.txt",
    CodeSignature: "courriels/code_signature.txt",
    RecuDisponible: "courriels/recu_disponible.txt",
    RecepisseDisponible: "courriels/recepisse_disponible.txt",
    DecisionNotifiee: "courriels/decision_notifiee.txt",
    InvitationAgent: "courriels/invitation_agent.txt",
    AvisDemande: "courriels/avis_demande.txt",
    SignatureDemandee: "courriels/signature_demandee.txt",
    SignatureRenvoyee: "courriels/signature_renvoyee.txt",
    SignatureObtenue: "courriels/signature_obtenue.txt",
    PapierControle: "courriels/papier_controle.txt",
    ClotureRepoussee: "courriels/cloture_repoussee.txt",
    **comptes_rendus.GABARIT_DE,
    **comptes.GABARIT_DE,
    **manquements.GABARIT_DE,
    **coffre.GABARIT_DE,
    **membres.GABARIT_DE,
    **suivi.GABARIT_DE,
    **depots.GABARIT_DE,
    **experts.GABARIT_DE,
    **taches.GABARIT_DE,
    **portes.GABARIT_DE,
    **scelles.GABARIT_DE,
    **avis.GABARIT_DE,
}


def rediger(lettre: Courriel) -> tuple[str, str]:
    """The object, on one line whatever the values hold, and the text of a mail."""
    gabarit = GABARITS.get_template(_GABARIT_DE[type(lettre)])
    objet = "".join(gabarit.blocks["objet"](gabarit.new_context({"lettre": lettre})))
    return re.sub(r"[\r\n\t ]+", " ", objet).strip(), gabarit.render(lettre=lettre)
