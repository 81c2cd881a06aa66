"""Campaigns of a service: prepared, published, put off, taken up again the year after, by its responsables."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.campagnes import CHANGEE, BoutonForm, CampagneForm, saisies, version_lue
from portal.models.demarches import Demarche
from portal.permissions.campagnes import may_prepare_campaigns
from portal.queries import campagnes
from portal.services import campagnes as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("campagnes_agent", __name__, url_prefix="/instruction/campagnes")


@bp.get("")
@access(may_prepare_campaigns)
def lister() -> ResponseReturnValue:
    """Those of the service, published or not."""
    return render("campagnes_agent/list.html", lignes=campagnes.list_du_service(session(), acteur()))


@bp.get("/nouvelle")
@access(may_prepare_campaigns)
def preparer() -> ResponseReturnValue:
    """An empty campaign."""
    return _page_de_saisie(CampagneForm(), None)


@bp.post("/nouvelle")
@access(may_prepare_campaigns)
def creer() -> ResponseReturnValue:
    """Keep it, seen by the service alone."""
    form = CampagneForm()
    campagne = outcome(form, lambda: services.create(session(), by=acteur(), **form.valeurs()))
    if campagne is None:
        return _page_de_saisie(form, None, status=422)
    message = "La campagne est préparée. Elle n’est pas encore publiée."
    return see_other(url_for(".montrer", demarche_id=campagne.id), message=message)


@bp.get("/<int:demarche_id>")
@access(may_prepare_campaigns)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """What it says, what it asks, what is missing."""
    return _page(_campagne(demarche_id), BoutonForm())


@bp.get("/<int:demarche_id>/modifier")
@access(may_prepare_campaigns)
def modifier(demarche_id: int) -> ResponseReturnValue:
    """Its words and its dates."""
    campagne = _campagne(demarche_id)
    return _page_de_saisie(CampagneForm(data=saisies(campagne)), campagne)


@bp.post("/<int:demarche_id>/modifier")
@access(may_prepare_campaigns)
def enregistrer(demarche_id: int) -> ResponseReturnValue:
    """Write them, unless somebody else has meanwhile."""
    campagne, form = _campagne(demarche_id), CampagneForm()
    garde = outcome(
        form,
        lambda: services.save(session(), by=acteur(), campagne=campagne, version=version_lue(form), **form.valeurs()),
    )
    if garde is None:
        return _page_de_saisie(form, _campagne(demarche_id), status=422)
    if not garde:
        form.form_errors.append(CHANGEE)
        form.version.data = str(campagne.version)
        return _page_de_saisie(form, campagne, status=409)
    return see_other(url_for(".montrer", demarche_id=demarche_id), message="La campagne est enregistrée.")


@bp.post("/<int:demarche_id>/publier")
@access(may_prepare_campaigns)
def publier(demarche_id: int) -> ResponseReturnValue:
    """Show it to everybody."""
    campagne, form = _campagne(demarche_id), BoutonForm()
    if not accepted(form, lambda: services.publish(session(), by=acteur(), campagne=campagne)):
        return _page(_campagne(demarche_id), form, status=422)
    message = "La campagne est publiée\u00a0: elle est dans la liste que tout le monde voit."
    return see_other(url_for(".montrer", demarche_id=demarche_id), message=message)


@bp.post("/<int:demarche_id>/reprendre")
@access(may_prepare_campaigns)
def reprendre(demarche_id: int) -> ResponseReturnValue:
    """Next year's campaign, from this one."""
    copie = services.duplicate(session(), by=acteur(), campagne=_campagne(demarche_id))
    message = "La campagne est reprise pour l’année suivante. Vérifiez ses dates et ses textes, puis publiez-la."
    return see_other(url_for(".montrer", demarche_id=copie.id), message=message)


def _campagne(demarche_id: int) -> Demarche:
    return campagnes.get_du_service(session(), acteur(), demarche_id)


def _page(campagne: Demarche, form: BoutonForm, *, status: int = 200) -> ResponseReturnValue:
    return render(
        "campagnes_agent/show.html",
        status=status,
        campagne=campagne,
        lue=campagnes.lire(session(), campagne),
        manques=campagnes.manques(campagne),
        form=form,
    )


def _page_de_saisie(form: CampagneForm, campagne: Demarche | None, *, status: int = 200) -> ResponseReturnValue:
    return render("campagnes_agent/edit.html", status=status, form=form, campagne=campagne)
