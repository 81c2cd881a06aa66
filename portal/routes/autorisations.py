"""For the service that owns a démarche: opening its content to administrators, for 24 hours."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.autorisations import OuvertureForm
from portal.permissions import may_instruct
from portal.queries import autorisations as queries
from portal.services import autorisations as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("autorisations", __name__, url_prefix="/instruction/autorisations")


@bp.get("")
@access(may_instruct)
def lister() -> ResponseReturnValue:
    """Each démarche of my service: open or not, until when, who has looked."""
    return render("autorisations/list.html", demarches=queries.list_demarches(session(), acteur()))


@bp.get("/<int:demarche_id>/ouvrir")
@access(may_instruct)
def preparer(demarche_id: int) -> ResponseReturnValue:
    """The reason to give."""
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    return render("autorisations/new.html", demarche=demarche, form=OuvertureForm())


@bp.post("/<int:demarche_id>/ouvrir")
@access(may_instruct)
def ouvrir(demarche_id: int) -> ResponseReturnValue:
    """Open the content."""
    demarche, form = queries.get_demarche(session(), acteur(), demarche_id), OuvertureForm()

    def act() -> object:
        return services.open_content(session(), by=acteur(), demarche=demarche, raison=form.raison.data)

    if not accepted(form, act):
        return render("autorisations/new.html", status=422, demarche=demarche, form=form)
    message = "Les contenus sont ouverts aux administrateurs pour 24\u00a0heures. Chaque consultation laisse une trace."
    return see_other(url_for(".lister"), message=message)


@bp.post("/<int:demarche_id>/refermer")
@access(may_instruct)
def refermer(demarche_id: int) -> ResponseReturnValue:
    """Take the authorisation back."""
    demarche = queries.get_demarche(session(), acteur(), demarche_id)
    services.close_content(session(), by=acteur(), demarche=demarche)
    return see_other(url_for(".lister"), message="Les contenus sont refermés.")
