"""The checklist of a démarche, set up by the responsables of its service."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.points_controle import PointForm
from portal.models.taches import PointControle
from portal.permissions.campagnes import may_prepare_campaigns
from portal.queries import points_controle as queries
from portal.services import points_controle as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("points_controle", __name__, url_prefix="/instruction")


@bp.get("/points-de-controle")
@access(may_prepare_campaigns)
def lister() -> ResponseReturnValue:
    """The démarches of the service."""
    return render("points_controle/list.html", demarches=queries.list_demarches(session(), acteur()))


@bp.get("/points-de-controle/<int:demarche_id>")
@access(may_prepare_campaigns)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """The points of one of them."""
    return _page(demarche_id, PointForm())


@bp.post("/points-de-controle/<int:demarche_id>")
@access(may_prepare_campaigns)
def ajouter(demarche_id: int) -> ResponseReturnValue:
    """One more."""
    form = PointForm()

    def act() -> object:
        demarche = queries.get_demarche(session(), acteur(), demarche_id)
        return services.add(
            session(), by=acteur(), demarche=demarche, libelle=form.libelle.data, aide=form.aide.data or ""
        )

    queries.get_demarche(session(), acteur(), demarche_id)
    if not accepted(form, act):
        return _page(demarche_id, form, status=422)
    return see_other(url_for(".montrer", demarche_id=demarche_id), message="Le point est ajouté.")


@bp.post("/points-de-controle/<int:demarche_id>/<int:point_id>/<any(monter, descendre):sens>")
@access(may_prepare_campaigns)
def deplacer(demarche_id: int, point_id: int, sens: str) -> ResponseReturnValue:
    """Before or after its neighbour."""
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    point = queries.get_point(session(), demarche, point_id)
    services.move(session(), by=acteur(), demarche=demarche, point=point, vers_le_haut=sens == "monter")
    return see_other(url_for(".montrer", demarche_id=demarche_id), message="L’ordre des points est changé.")


@bp.post("/points-de-controle/<int:demarche_id>/<int:point_id>/retirer")
@access(may_prepare_campaigns)
def retirer(demarche_id: int, point_id: int) -> ResponseReturnValue:
    """Ask for it no more."""
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    point: PointControle = queries.get_point(session(), demarche, point_id)
    services.withdraw(session(), by=acteur(), demarche=demarche, point=point)
    message = "Le point n’est plus à vérifier. Ce qui en a été dit sur des dossiers est conservé."
    return see_other(url_for(".montrer", demarche_id=demarche_id), message=message)


def _page(demarche_id: int, form: PointForm, *, status: int = 200) -> ResponseReturnValue:
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    points = queries.list_points(session(), demarche)
    return render("points_controle/show.html", status=status, demarche=demarche, points=points, form=form)
