"""The closing of a campaign put off, for all, with a reason."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.campagnes import CHANGEE, ProlongationForm, version_lue
from portal.models.demarches import Demarche
from portal.permissions.campagnes import may_prepare_campaigns
from portal.queries import campagnes
from portal.services import prolongations as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("prolongations", __name__, url_prefix="/instruction/campagnes/<int:demarche_id>/cloture")


@bp.get("")
@access(may_prepare_campaigns)
def preparer(demarche_id: int) -> ResponseReturnValue:
    """The present closing, and a later one to choose."""
    campagne = campagnes.get_du_service(session(), acteur(), demarche_id)
    return _page(campagne, ProlongationForm(data={"version": str(campagne.version)}))


@bp.post("")
@access(may_prepare_campaigns)
def repousser(demarche_id: int) -> ResponseReturnValue:
    """Put it off, and write to whoever has begun a request."""
    campagne = campagnes.get_du_service(session(), acteur(), demarche_id)
    form, faites = ProlongationForm(), []

    def extend() -> None:
        faites.append(
            services.extend(
                session(),
                by=acteur(),
                campagne=campagne,
                version=version_lue(form),
                cloture=form.instant(),
                motif=form.motif.data,
            )
        )

    if not accepted(form, extend):
        return _page(campagnes.get_du_service(session(), acteur(), demarche_id), form, status=422)
    if faites == [None]:
        form.form_errors.append(CHANGEE)
        form.version.data = str(campagne.version)
        return _page(campagne, form, status=409)
    message = "La clôture est repoussée. Les personnes qui ont commencé une demande en sont averties."
    return see_other(url_for("campagnes_agent.montrer", demarche_id=demarche_id), message=message)


def _page(campagne: Demarche, form: ProlongationForm, *, status: int = 200) -> ResponseReturnValue:
    return render("campagnes_agent/cloture.html", status=status, campagne=campagne, form=form)
