"""Handing a dossier over to another service or call; those that were."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.reorientations import ReorientationForm
from portal.models.receptions import Reorientation
from portal.permissions import may_be_agent, may_instruct
from portal.queries import reorientations as queries
from portal.queries.reorientations import Reorientable
from portal.services import reorientations as services
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("reorientations", __name__, url_prefix="/instruction")


@bp.get("/reorientations")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Dossiers that left the service, with what it keeps of each."""
    avant = request.args.get("avant", type=identifiant)
    return render("reorientations/list.html", vue=queries.list_left(session(), acteur(), avant=avant))


@bp.get("/dossiers/<reference>/reorientation")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """To whom it may go, and what follows it."""
    vue = queries.get(session(), acteur(), reference)
    return _page(vue, ReorientationForm(data={"version": vue.dossier.version}))


@bp.post("/dossiers/<reference>/reorientation")
@access(may_instruct)
def reorienter(reference: str) -> ResponseReturnValue:
    """Hand it over."""
    vue, form = queries.get(session(), acteur(), reference), ReorientationForm()
    form.offrir(vue.cibles)
    passage = outcome(form, lambda: _passer(vue, form))
    if passage is None:
        return _page(queries.get(session(), acteur(), reference), form, status=422)
    if vue.a_ds:
        message = "C’est demandé\u00a0: le dossier change de groupe dès que Démarches Simplifiées aura répondu."
        return see_other(url_for("dossiers.show", reference=reference), message=message)
    if passage.vers_service_id == passage.de_service_id:
        message = f"Le dossier {reference} a changé de campagne. L’association en est avertie."
        return see_other(url_for("dossiers.show", reference=reference), message=message)
    message = f"Le dossier {reference} est transmis. L’association en est avertie."
    return see_other(url_for(".lister"), message=message)


def _passer(vue: Reorientable, form: ReorientationForm) -> Reorientation:
    (genre, ident), motif = form.choisie, form.motif.data
    if vue.a_ds:
        return services.ask_ds(
            session(), by=acteur(), dossier=vue.dossier, groupe_id=ident, motif=motif, version=form.lue
        )
    return services.reorient(
        session(),
        by=acteur(),
        dossier=vue.dossier,
        service_id=ident if genre == "s" else None,
        demarche_id=ident if genre == "d" else None,
        motif=motif,
        version=form.lue,
    )


def _page(vue: Reorientable, form: ReorientationForm, *, status: int = 200) -> ResponseReturnValue:
    form.offrir(vue.cibles)
    return render("reorientations/new.html", status=status, vue=vue, form=form)
