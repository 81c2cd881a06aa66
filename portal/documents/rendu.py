"""From a document to its HTML: the type of the dataclass names the template."""

from portal.documents.gabarits import GABARITS
from portal.documents.modeles import Document, Recepisse, RecuEngagement, Synthese
from portal.documents.modeles_cahier import Cahier, FicheDossier
from portal.documents.modeles_cer import AfficheCer, BadgeCer, EngagementASigner, LettreRetrait
from portal.documents.modeles_communications import CommunicationAvis
from portal.documents.modeles_comptes_rendus import CompteRenduFinancier
from portal.documents.modeles_formulaire import Formulaire
from portal.documents.modeles_lettres import LettreAgent
from portal.documents.modeles_receptions import AccuseReception
from portal.documents.qr import qr_svg

# Stands for the SHA-256 of the certificate until the file is sealed: the key may change after the page is frozen.
CERTIFICAT_A_VENIR = "empreinte-du-certificat-du-cachet"

_GABARIT_DE: dict[type[Document], str] = {
    RecuEngagement: "recu_engagement.html",
    Recepisse: "recepisse.html",
    AccuseReception: "accuse_reception.html",
    Synthese: "synthese.html",
    Formulaire: "formulaire.html",
    EngagementASigner: "engagement_a_signer.html",
    AfficheCer: "affiche_cer.html",
    BadgeCer: "badge_cer.svg",
    LettreRetrait: "lettre_retrait.html",
    LettreAgent: "lettre_agent.html",
    FicheDossier: "fiche_dossier.html",
    Cahier: "cahier.html",
    CompteRenduFinancier: "compte_rendu.html",
    CommunicationAvis: "communication_avis.html",
}


def html(document: Document) -> str:
    """The whole HTML page of a document, ready for `Atelier.pdf`. It names no resource but packaged ones."""
    return GABARITS.get_template(_GABARIT_DE[type(document)]).render(
        document=document, qr=qr_svg, certificat=CERTIFICAT_A_VENIR
    )


def nommer_certificat(page: str, empreinte: str) -> str:
    """The frozen page, with the certificate that is about to seal it."""
    return page.replace(CERTIFICAT_A_VENIR, empreinte)
