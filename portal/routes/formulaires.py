"""The grant request form as a PDF: blank for a campaign, open to everybody; filled in for a request."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.permissions import may_be_anyone, may_be_connected, may_be_usager
from portal.queries import campagnes, demandes, formulaires
from portal.services import formulaires as services
from portal.vocabulaire import EtatDocument
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.remise import hand_over
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("formulaires", __name__)


@bp.get("/campagnes/<int:demarche_id>/formulaire")
@access(may_be_anyone)
def vierge(demarche_id: int) -> ResponseReturnValue:
    """Where the blank form of a campaign stands."""
    campagne = campagnes.get_campagne(session(), demarche_id)
    return render(
        "formulaires/vierge.html",
        partial="formulaires/_etat.html",
        campagne=campagne,
        document=formulaires.dernier_vierge(session(), campagne),
    )


@bp.post("/campagnes/<int:demarche_id>/formulaire")
@access(may_be_connected)
def preparer(demarche_id: int) -> ResponseReturnValue:
    """Make it, as the campaign reads now."""
    campagne = campagnes.get_campagne(session(), demarche_id)
    services.issue_blank(session(), by=acteur(), demarche=campagne)
    return see_other(url_for(".vierge", demarche_id=demarche_id))


@bp.get("/campagnes/<int:demarche_id>/formulaire.pdf")
@access(may_be_anyone)
def telecharger(demarche_id: int) -> ResponseReturnValue:
    """The file, once it is made."""
    campagne = campagnes.get_campagne(session(), demarche_id)
    document = formulaires.dernier_vierge(session(), campagne)
    if document is None or document.etat != EtatDocument.PRET or document.fichier is None:
        raise NotFound("Ce formulaire n’est pas encore prêt. Ouvrez sa page\u00a0: elle dit où il en est.")
    return hand_over(document.fichier, f"{document.nom}.pdf")


@bp.post("/demandes/<int:demande_id>/formulaire")
@access(may_be_usager)
def remplir(demande_id: int) -> ResponseReturnValue:
    """The request as it reads now; its page says where it stands."""
    demande = demandes.get(session(), acteur(), demande_id)
    document = services.issue_filled(session(), by=acteur(), demande=demande)
    return see_other(url_for("documents.show", numero=document.numero))
