"""The projects of a request: add one, take one out, put it back."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_usager
from portal.queries import demandes
from portal.services import projets
from portal.vocabulaire_demandes import Place, SectionDemande
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import see_other
from portal.web.session import session

bp = Blueprint("projets", __name__, url_prefix="/demandes/<int:demande_id>/projets")


@bp.post("")
@access(may_be_usager)
def ajouter(demande_id: int) -> ResponseReturnValue:
    """Add a project, and open its page."""
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    rang = projets.add(session(), by=acteur(), demande=demande, numero=request.form.get("numero", 0, type=int))
    place = Place(SectionDemande.PROJET, rang)
    adresse = url_for("demandes.remplir", demande_id=demande_id, section=place.slug)
    return see_other(adresse, message=f"Le projet {rang} est ajouté à la demande.")


@bp.post("/<int:rang>/retirer")
@access(may_be_usager)
def retirer(demande_id: int, rang: int) -> ResponseReturnValue:
    """Take a project out; it may be put back."""
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    projets.retire(session(), by=acteur(), demande=demande, rang=rang)
    message = f"Le projet {rang} est retiré. Ce que vous y avez écrit est conservé\u00a0: vous pouvez le remettre."
    return see_other(url_for("demandes.montrer", demande_id=demande_id), message=message)


@bp.post("/<int:rang>/remettre")
@access(may_be_usager)
def remettre(demande_id: int, rang: int) -> ResponseReturnValue:
    """Put a project back as it was."""
    demande = demandes.get_a_modifier(session(), acteur(), demande_id)
    projets.restore(session(), by=acteur(), demande=demande, rang=rang)
    adresse = url_for("demandes.montrer", demande_id=demande_id)
    return see_other(adresse, message=f"Le projet {rang} est de nouveau dans la demande, tel que vous l’aviez écrit.")
