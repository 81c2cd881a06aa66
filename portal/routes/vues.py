"""The views that an agent keeps, and the columns of her queue."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.vues import ColonnesForm, NomVueForm, VueForm
from portal.permissions import may_be_agent
from portal.permissions.vues import can_change, can_keep
from portal.queries import options_file, preferences
from portal.queries import vues as queries
from portal.services import preferences as choix
from portal.services import vues as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("vues", __name__, url_prefix="/instruction/vues")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Every view kept, to rename or to delete."""
    lues = queries.list_vues(session(), acteur())
    return render("vues/list.html", vues=[(vue, can_change(acteur(), vue).ok) for vue in lues])


@bp.get("/nouvelle")
@access(may_be_agent)
def nommer() -> ResponseReturnValue:
    """Give a name to the view that the address tells."""
    return _page_nouvelle(VueForm())


@bp.post("/nouvelle")
@access(may_be_agent)
def enregistrer() -> ResponseReturnValue:
    """Keep it."""
    form = VueForm()
    filtre = options_file.read(session(), acteur(), request.args)
    if not accepted(
        form,
        lambda: services.save(
            session(), by=acteur(), nom=form.nom.data, arguments=filtre.args(), partagee=form.partagee.data
        ),
    ):
        return _page_nouvelle(form, status=422)
    message = f"La vue «\u00a0{form.nom.data}\u00a0» est enregistrée."
    args: dict[str, Any] = filtre.args()
    return see_other(url_for("dossiers.lister", **args), message=message)


@bp.get("/<int:vue_id>")
@access(may_be_agent)
def modifier(vue_id: int) -> ResponseReturnValue:
    """Its name, to change."""
    vue = queries.get(session(), acteur(), vue_id)
    return render("vues/edit.html", vue=vue, form=NomVueForm(obj=vue))


@bp.post("/<int:vue_id>")
@access(may_be_agent)
def renommer(vue_id: int) -> ResponseReturnValue:
    """Give it another name."""
    form, vue = NomVueForm(), queries.get(session(), acteur(), vue_id)
    if not accepted(form, lambda: services.rename(session(), by=acteur(), vue=vue, nom=form.nom.data)):
        return render("vues/edit.html", status=422, vue=queries.get(session(), acteur(), vue_id), form=form)
    return see_other(url_for(".lister"), message=f"La vue s’appelle «\u00a0{form.nom.data}\u00a0».")


@bp.post("/<int:vue_id>/suppression")
@access(may_be_agent)
def supprimer(vue_id: int) -> ResponseReturnValue:
    """Forget it."""
    vue = queries.get(session(), acteur(), vue_id)
    services.delete(session(), by=acteur(), vue=vue)
    return see_other(url_for(".lister"), message=f"La vue «\u00a0{vue.nom}\u00a0» est supprimée.")


@bp.get("/colonnes")
@access(may_be_agent)
def choisir_colonnes() -> ResponseReturnValue:
    """Which columns the queue shows, in which order."""
    form = ColonnesForm.for_columns(preferences.get_columns(session(), acteur()))
    return _page_colonnes(form)


@bp.post("/colonnes")
@access(may_be_agent)
def enregistrer_colonnes() -> ResponseReturnValue:
    """Keep them, and come back to the view."""
    form = ColonnesForm.for_columns(preferences.get_columns(session(), acteur()))
    if not accepted(form, lambda: choix.choose_columns(session(), by=acteur(), colonnes=form.choisies)):
        return _page_colonnes(form, status=422)
    args: dict[str, Any] = options_file.read(session(), acteur(), request.args).args()
    return see_other(url_for("dossiers.lister", **args), message="Vos colonnes sont enregistrées.")


def _page_nouvelle(form: VueForm, status: int = 200) -> ResponseReturnValue:
    filtre = options_file.read(session(), acteur(), request.args)
    puces = options_file.get(session(), acteur(), filtre).puces(filtre)
    partageable = can_keep(acteur(), partagee=True).ok
    return render("vues/new.html", status=status, form=form, filtre=filtre, puces=puces, partageable=partageable)


def _page_colonnes(form: ColonnesForm, status: int = 200) -> ResponseReturnValue:
    filtre = options_file.read(session(), acteur(), request.args)
    return render("vues/colonnes.html", status=status, form=form, filtre=filtre)
