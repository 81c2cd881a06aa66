"""Exports of the queue in another format or with other columns, and the templates of columns that a service keeps."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.exports import ExportForm, ModeleForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import modeles_exports as queries
from portal.queries import options_file, preferences
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import commandes_exports
from portal.services import modeles_exports as services
from portal.vocabulaire_imports import FormatExport
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("exports", __name__, url_prefix="/instruction/exports")


@bp.get("")
@access(may_be_agent)
def preparer() -> ResponseReturnValue:
    """Choose how the view that the address tells leaves."""
    return _page(_form())


@bp.post("")
@access(may_be_agent)
def commander() -> ResponseReturnValue:
    """Order it."""
    form, filtre = _form(), _filtre()

    def act() -> str:
        modele = queries.get(session(), acteur(), form.modele_id) if form.modele_id else None
        colonnes = queries.columns_of(modele) if modele else preferences.get_columns(session(), acteur())
        forme = FormatExport(form.format.data)
        commande = commandes_exports.order_queue(
            session(), by=acteur(), filtre=filtre.args(), colonnes=colonnes, forme=forme
        )
        return commande.numero

    numero = outcome(form, act)
    return see_other(url_for("documents.show", numero=numero)) if numero else _page(form, status=422)


@bp.get("/modeles")
@access(may_instruct)
def lister() -> ResponseReturnValue:
    """Every template of the service, to change or to delete."""
    return render("exports/list.html", modeles=queries.list_models(session(), acteur()))


@bp.get("/modeles/nouveau")
@access(may_instruct)
def composer() -> ResponseReturnValue:
    """A new one, with the columns of the screen to begin with."""
    return _page_modele(_nouveau())


@bp.post("/modeles/nouveau")
@access(may_instruct)
def enregistrer() -> ResponseReturnValue:
    """Keep it."""
    form = _nouveau()
    if not accepted(form, lambda: services.save(session(), by=acteur(), nom=form.nom.data, colonnes=form.choisies)):
        return _page_modele(form, status=422)
    args: dict[str, Any] = _filtre().args()
    return see_other(url_for(".preparer", **args), message=f"Le modèle «\u00a0{form.nom.data}\u00a0» est enregistré.")


@bp.get("/modeles/<int:modele_id>")
@access(may_instruct)
def modifier(modele_id: int) -> ResponseReturnValue:
    """Its name and its columns, to change."""
    modele = queries.get(session(), acteur(), modele_id)
    form = ModeleForm.for_model(modele.nom, queries.columns_of(modele))
    return _page_modele(form, modele_id=modele_id)


@bp.post("/modeles/<int:modele_id>")
@access(may_instruct)
def changer(modele_id: int) -> ResponseReturnValue:
    """Give it another name, other columns."""
    modele = queries.get(session(), acteur(), modele_id)
    form = ModeleForm.for_model(modele.nom, queries.columns_of(modele))
    if not accepted(
        form,
        lambda: services.change(session(), by=acteur(), modele=modele, nom=form.nom.data, colonnes=form.choisies),
    ):
        return _page_modele(form, status=422, modele_id=modele_id)
    return see_other(url_for(".lister"), message=f"Le modèle «\u00a0{form.nom.data}\u00a0» est enregistré.")


@bp.post("/modeles/<int:modele_id>/suppression")
@access(may_instruct)
def supprimer(modele_id: int) -> ResponseReturnValue:
    """Forget it."""
    modele = queries.get(session(), acteur(), modele_id)
    services.delete(session(), by=acteur(), modele=modele)
    return see_other(url_for(".lister"), message=f"Le modèle «\u00a0{modele.nom}\u00a0» est supprimé.")


def _form() -> ExportForm:
    modeles = queries.list_models(session(), acteur())
    return ExportForm.for_models([(modele.id, modele.nom) for modele in modeles])


def _nouveau() -> ModeleForm:
    return ModeleForm.for_model("", preferences.get_columns(session(), acteur()))


def _filtre() -> FiltreDossiers:
    return options_file.read(session(), acteur(), request.args)


def _page(form: ExportForm, status: int = 200) -> ResponseReturnValue:
    filtre = _filtre()
    puces = options_file.get(session(), acteur(), filtre).puces(filtre)
    modifiables = may_instruct(acteur()).ok
    return render("exports/new.html", status=status, form=form, filtre=filtre, puces=puces, modifiables=modifiables)


def _page_modele(form: ModeleForm, status: int = 200, modele_id: int | None = None) -> ResponseReturnValue:
    return render("exports/modele.html", status=status, form=form, filtre=_filtre(), modele_id=modele_id)
