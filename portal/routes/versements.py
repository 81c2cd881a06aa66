"""Payments told by the service's workbooks: which grants they pay."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.exports import read_format
from portal.forms.versements import RattachementForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import versements as queries
from portal.services import versements as services
from portal.services import versements_exportes
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("versements", __name__, url_prefix="/instruction/versements")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Those that are still to be tied, or all."""
    tous = "tous" in request.args
    avant = request.args.get("avant", 0, type=identifiant)
    return render(
        "versements/list.html",
        lot=queries.list_of_service(session(), acteur(), tous=tous, avant=avant),
        tous=tous,
        phrases=queries.PHRASES_METHODE,
        peut_ecrire=may_instruct(acteur()).ok,
    )


@bp.post("/export")
@access(may_be_agent)
def exporter() -> ResponseReturnValue:
    """Order a workbook of exactly the list shown."""
    forme = read_format(request.form)
    document = versements_exportes.order(session(), by=acteur(), tous="tous" in request.form, forme=forme)
    return see_other(url_for("documents.show", numero=document.numero))


@bp.get("/<int:versement_id>")
@access(may_instruct)
def montrer(versement_id: int) -> ResponseReturnValue:
    """One payment, to be tied."""
    return _page(versement_id, RattachementForm())


@bp.post("/<int:versement_id>")
@access(may_instruct)
def rattacher(versement_id: int) -> ResponseReturnValue:
    """Say which dossier it pays."""
    versement, form = queries.get(session(), acteur(), versement_id), RattachementForm()

    def act() -> None:
        services.tie(session(), by=acteur(), versement=versement, reference=form.reference.data)

    if not accepted(form, act):
        return _page(versement_id, form, status=422)
    return see_other(url_for(".montrer", versement_id=versement_id), message="Le versement est rattaché au dossier.")


@bp.post("/<int:versement_id>/dossiers/<int:dossier_id>/detacher")
@access(may_instruct)
def detacher(versement_id: int, dossier_id: int) -> ResponseReturnValue:
    """Say that it does not pay that dossier."""
    versement = queries.get(session(), acteur(), versement_id)
    services.untie(session(), by=acteur(), versement=versement, dossier_id=dossier_id)
    return see_other(
        url_for(".montrer", versement_id=versement_id), message="Le versement n’est plus rattaché à ce dossier."
    )


def _page(versement_id: int, form: RattachementForm, *, status: int = 200) -> ResponseReturnValue:
    versement = queries.get(session(), acteur(), versement_id)
    return render(
        "versements/show.html",
        status=status,
        versement=versement,
        form=form,
        phrases=queries.PHRASES_METHODE,
        gardes=queries.kept_with_line(session(), versement),
    )
