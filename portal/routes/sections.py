"""The sections of a dossier, each at its address; the first one, « Synthèse », is the page of the dossier itself."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.routes import pages_dossier as pages
from portal.vocabulaire_instruction import PartieDossier
from portal.web.access import access

bp = Blueprint("sections", __name__, url_prefix="/instruction/dossiers/<reference>")


@bp.get("/demande")
@access(may_be_agent)
def demande(reference: str) -> ResponseReturnValue:
    """What was filed, and what has changed since this agent looked at it."""
    return pages.show_noted(PartieDossier.DEMANDE, reference)


@bp.get("/budget")
@access(may_be_agent)
def budget(reference: str) -> ResponseReturnValue:
    """The budgets as they were filed."""
    return pages.show(PartieDossier.BUDGET, reference)


@bp.get("/pieces")
@access(may_be_agent)
def pieces(reference: str) -> ResponseReturnValue:
    """The files, to be seen or taken, and the account a grant would be paid to."""
    return pages.show(PartieDossier.PIECES, reference)


@bp.get("/avis")
@access(may_be_agent)
def avis(reference: str) -> ResponseReturnValue:
    """The avis asked and given that this agent may read."""
    return pages.show_avis(reference)


@bp.get("/recoupements")
@access(may_be_agent)
def recoupements(reference: str) -> ResponseReturnValue:
    """What the portal has found around the dossier, in the facts that it knows."""
    return pages.show(PartieDossier.RECOUPEMENTS, reference)


@bp.get("/messagerie")
@access(may_be_agent)
def echanges(reference: str) -> ResponseReturnValue:
    """What was said with the association, here and on Démarches Simplifiées."""
    return pages.show_thread(reference)


@bp.get("/decision")
@access(may_be_agent)
def decision(reference: str) -> ResponseReturnValue:
    """What is decided, what follows from it, and the documents."""
    return pages.show(PartieDossier.DECISION, reference)


@bp.get("/historique")
@access(may_be_agent)
def historique(reference: str) -> ResponseReturnValue:
    """What happened to the dossier, here and on Démarches Simplifiées."""
    return pages.show(PartieDossier.HISTORIQUE, reference)


@bp.get("/impression")
@access(may_be_agent)
def impression(reference: str) -> ResponseReturnValue:
    """The whole dossier in order on one page, without navigation."""
    return pages.show_whole(reference)
