"""How a dossier came by post, mail or counter: its scans, each sent by a POST of its own, and its acknowledgement."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.pieces import ENVOI_MAXIMAL
from portal.forms.pieces_demande import EnvoiPiecesForm
from portal.forms.receptions import CorrectionReceptionForm, saisies
from portal.permissions import may_be_agent, may_instruct
from portal.queries import receptions as queries
from portal.queries.remises import to_give
from portal.services import receptions as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import give, keep_documents
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("pieces_reception", __name__, url_prefix="/instruction/dossiers/<reference>/reception")


@bp.get("")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """How and when it came, the scans, the acknowledgement to print."""
    return _page(reference, EnvoiPiecesForm(formdata=None))


@bp.get("/correction")
@access(may_instruct)
def corriger(reference: str) -> ResponseReturnValue:
    """What was entered, to correct."""
    dossier, lue = queries.get_to_join(session(), acteur(), reference)
    form = CorrectionReceptionForm(data=saisies(dossier, lue.reception))
    return render("receptions/corriger.html", dossier=dossier, form=form)


@bp.post("/correction")
@access(may_instruct)
def enregistrer(reference: str) -> ResponseReturnValue:
    """Correct it."""
    dossier, _ = queries.get_to_join(session(), acteur(), reference)
    form = CorrectionReceptionForm()

    def act() -> object:
        recue = services.DemandeRecue(**form.dits())
        racine = moyens().config.portal_url
        return services.correct(session(), by=acteur(), dossier=dossier, recue=recue, version=form.lue, racine=racine)

    if not accepted(form, act):
        dossier, _ = queries.get_to_join(session(), acteur(), reference)
        return render("receptions/corriger.html", status=422, dossier=dossier, form=form)
    return see_other(url_for(".montrer", reference=reference), message="La saisie est corrigée.")


@bp.post("/pieces")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def joindre(reference: str) -> ResponseReturnValue:
    """Join scans. Those that cannot be kept are said one by one; the others are kept all the same."""
    queries.get_to_join(session(), acteur(), reference)
    form = EnvoiPiecesForm()
    form.nommer()
    if not form.validate_on_submit():
        return _page(reference, form, status=422)
    gardes, refus = keep_documents(form.fichiers.recus)
    dossier, _ = queries.get_to_join(session(), acteur(), reference)
    joints = sum(
        services.join(session(), by=acteur(), dossier=dossier, fichier=fichier, nom=recu.nom)[1]
        for recu, fichier in gardes
    )
    refus = [*form.fichiers.refus, *refus]
    if refus:
        form.refuser(refus, gardes=joints)
        return _page(reference, form, status=422)
    message = f"{joints}\u00a0fichiers sont joints." if joints > 1 else "Le fichier est joint."
    return see_other(url_for(".montrer", reference=reference), message=message)


@bp.post("/pieces/<int:piece_id>/retrait")
@access(may_instruct)
def retirer(reference: str, piece_id: int) -> ResponseReturnValue:
    """Take a scan off."""
    dossier, piece = queries.get_piece(session(), acteur(), reference, piece_id)
    services.remove(session(), by=acteur(), dossier=dossier, piece=piece)
    message = f"«\u00a0{piece.nom}\u00a0» est retiré du dossier."
    return see_other(url_for(".montrer", reference=reference), message=message)


@bp.get("/pieces/<int:piece_id>")
@access(may_be_agent)
def telecharger(reference: str, piece_id: int) -> ResponseReturnValue:
    """Its bytes."""
    dossier, piece = queries.get_piece(session(), acteur(), reference, piece_id)
    fichier = to_give(piece.fichier, antivirus=moyens().antivirus is not None)
    return give(fichier, piece.nom, action="piece_lue", objet=f"dossier:{dossier.id}", piece=piece.id)


def _page(reference: str, form: EnvoiPiecesForm, *, status: int = 200) -> ResponseReturnValue:
    dossier, lue = queries.get(session(), acteur(), reference)
    return render(
        "receptions/show.html", partial="receptions/_scans.html", status=status, dossier=dossier, lue=lue, form=form
    )
