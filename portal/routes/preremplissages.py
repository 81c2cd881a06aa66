"""From an association's page: start a request at Démarches Simplifiées, prefilled with what we know, and follow it."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.preremplissages import PreremplissageForm
from portal.permissions import may_be_usager
from portal.queries import preremplissages as queries
from portal.queries.preremplissages import Preparation
from portal.services import preremplissages as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("preremplissages", __name__, url_prefix="/associations/<int:association_id>/demarches-simplifiees")


@bp.get("")
@access(may_be_usager)
def choisir(association_id: int) -> ResponseReturnValue:
    """The démarches that take requests, and what I have started."""
    return render(
        "preremplissages/list.html",
        mienne=queries.get_mine(session(), acteur(), association_id),
        demarches=queries.list_open(session(), instance=moyens().instance_ds),
        commences=queries.list_started(session(), acteur(), association_id),
    )


@bp.get("/<int:demarche_id>")
@access(may_be_usager)
def preparer(association_id: int, demarche_id: int) -> ResponseReturnValue:
    """What would be sent, answer by answer."""
    vue, form = _preparer(association_id, demarche_id), PreremplissageForm()
    return _page(vue, form, cocher=True)


@bp.post("/<int:demarche_id>")
@access(may_be_usager)
def commencer(association_id: int, demarche_id: int) -> ResponseReturnValue:
    """Ask for the draft; sent twice, the same one."""
    form = PreremplissageForm()
    commence = outcome(
        form,
        lambda: services.start(
            session(),
            by=acteur(),
            association_id=association_id,
            demarche_id=demarche_id,
            instance=moyens().instance_ds,
            retenus=form.champs.data or [],
            repere=form.repere.data or "",
        ),
    )
    if commence is None:
        return _page(_preparer(association_id, demarche_id), form, cocher=False, status=422)
    return see_other(url_for(".montrer", association_id=association_id, preremplissage_id=commence.id))


@bp.get("/brouillons/<int:preremplissage_id>")
@access(may_be_usager)
def montrer(association_id: int, preremplissage_id: int) -> ResponseReturnValue:
    """Where it stands: the page asks again by itself until the link to Démarches Simplifiées is there."""
    suivi = queries.get(session(), acteur(), association_id=association_id, preremplissage_id=preremplissage_id)
    return render("preremplissages/show.html", partial="preremplissages/_etat.html", suivi=suivi)


def _preparer(association_id: int, demarche_id: int) -> Preparation:
    return queries.prepare(
        session(),
        acteur(),
        association_id=association_id,
        demarche_id=demarche_id,
        instance=moyens().instance_ds,
    )


def _page(vue: Preparation, form: PreremplissageForm, *, cocher: bool, status: int = 200) -> ResponseReturnValue:
    form.offrir([(un.cle, un.question) for un in vue.champs], repere=vue.repere, cocher=cocher)
    return render("preremplissages/new.html", status=status, vue=vue, form=form)
