"""From a document to its HTML: the type of the dataclass names the template."""

from portal.documents.gabarits import GABARITS
from portal.documents.modeles import Document, Recepisse, RecuEngagement, Synthese
from portal.documents.modeles_cer import AfficheCer, BadgeCer, EngagementASigner
from portal.documents.qr import qr_svg

_GABARIT_DE: dict[type[Document], str] = {
    RecuEngagement: "recu_engagement.html",
    Recepisse: "recepisse.html",
    Synthese: "synthese.html",
    EngagementASigner: "engagement_a_signer.html",
    AfficheCer: "affiche_cer.html",
    BadgeCer: "badge_cer.svg",
}


def html(document: Document) -> str:
    """The whole HTML page of a document, ready for `Atelier.pdf`. It names no resource but packaged ones."""
    return GABARITS.get_template(_GABARIT_DE[type(document)]).render(document=document, qr=qr_svg)
