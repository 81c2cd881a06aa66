"""Files added to a filed request whose pieces a service asks again: sent, taken from the vault, taken out."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.complements import PieceCorrectionForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.permissions import may_be_usager
from portal.queries import pieces_complement as queries
from portal.services import pieces_complement as services
from portal.vocabulaire_demandes import Place, SectionDemande
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import began_at, keep_document
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import session

bp = Blueprint("pieces_complement", __name__, url_prefix="/dossiers/<reference>/complement/pieces")


@bp.post("/fichiers")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def joindre(reference: str) -> ResponseReturnValue:
    """Add a file for one of the pieces."""
    recue_at = began_at()
    vue = queries.get_mine(session(), acteur(), reference)
    form = PieceCorrectionForm.offer(vue.envoyables)

    def act() -> object:
        fichier = keep_document(form.fichier)
        fraiche = queries.get_mine(session(), acteur(), reference)
        return services.join(
            session(),
            by=acteur(),
            correction=fraiche.correction,
            code=form.code.data,
            fichier=fichier,
            nom=form.fichier.nom_fichier,
            recue_at=recue_at,
        )

    if not accepted(form, act):
        vue = queries.get_mine(session(), acteur(), reference)
        return render("complements/pieces.html", status=422, vue=vue.with_form(form))
    return _revenir(reference, "Le fichier est ajouté à vos corrections.")


@bp.post("/coffre/<int:coffre_id>")
@access(may_be_usager)
def reprendre(reference: str, coffre_id: int) -> ResponseReturnValue:
    """Add a document of the vault."""
    vue = queries.get_mine(session(), acteur(), reference)
    services.reuse(session(), by=acteur(), correction=vue.correction, piece=queries.get_offered(vue, coffre_id))
    return _revenir(reference, "Le document du coffre est ajouté à vos corrections.")


@bp.post("/<int:piece_id>/retrait")
@access(may_be_usager)
def retirer(reference: str, piece_id: int) -> ResponseReturnValue:
    """Take out a file that was added to these corrections; those that were filed stay."""
    vue = queries.get_mine(session(), acteur(), reference)
    services.remove(session(), by=acteur(), correction=vue.correction, piece=queries.get_added(vue, piece_id))
    return _revenir(reference, "Le fichier est retiré de vos corrections.")


def _revenir(reference: str, message: str) -> ResponseReturnValue:
    section = Place(SectionDemande.PIECES).slug
    return see_other(url_for("complements.remplir", reference=reference, section=section), message=message)
