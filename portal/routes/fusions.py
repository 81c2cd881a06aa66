"""Two rows that are one association are merged by hand, after what will move is shown, and separated again."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.fiches_associations import FusionForm
from portal.models.fiches_associations import FusionAssociation
from portal.permissions import may_be_agent
from portal.queries import fusions as queries
from portal.queries import recherche_associations
from portal.services import fusions as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("fusions", __name__, url_prefix="/instruction/associations")


@bp.get("/<int:association_id>/reunir")
@access(may_be_agent)
def choisir(association_id: int) -> ResponseReturnValue:
    """Look for the other row."""
    gardee = queries.get_kept(session(), acteur(), association_id)
    recherche = recherche_associations.Recherche.from_args(request.args)
    trouvees = recherche_associations.find(session(), acteur(), recherche)
    return render("fiches_associations/reunir.html", gardee=gardee, recherche=recherche, trouvees=trouvees)


@bp.get("/<int:association_id>/reunir/<int:absorbee_id>")
@access(may_be_agent)
def preparer(association_id: int, absorbee_id: int) -> ResponseReturnValue:
    """Show what would move, and where the two differ."""
    return _page(association_id, absorbee_id, FusionForm())


@bp.post("/<int:association_id>/reunir/<int:absorbee_id>")
@access(may_be_agent)
def reunir(association_id: int, absorbee_id: int) -> ResponseReturnValue:
    """Merge them."""
    queries.preview(session(), acteur(), association_id, absorbee_id)
    form = FusionForm()

    def act() -> FusionAssociation:
        return services.merge(
            session(), by=acteur(), gardee_id=association_id, absorbee_id=absorbee_id, motif=form.motif.data or ""
        )

    if outcome(form, act) is None:
        return _page(association_id, absorbee_id, form, status=422)
    return see_other(
        url_for("associations.montrer", association_id=association_id),
        message="Les deux fiches sont réunies. Vous pouvez défaire cette réunion depuis la fiche.",
    )


@bp.get("/reunions/<int:fusion_id>")
@access(may_be_agent)
def montrer(fusion_id: int) -> ResponseReturnValue:
    """What was merged, by whom and why."""
    return render("fiches_associations/reunion.html", fusion=queries.get(session(), acteur(), fusion_id))


@bp.post("/reunions/<int:fusion_id>/defaire")
@access(may_be_agent)
def defaire(fusion_id: int) -> ResponseReturnValue:
    """Separate them."""
    fusion = queries.get(session(), acteur(), fusion_id)
    gardee_id = fusion.gardee_id
    services.undo(session(), by=acteur(), fusion=fusion)
    return see_other(
        url_for("associations.montrer", association_id=gardee_id),
        message="Les deux fiches sont séparées\u00a0: chacune a retrouvé ce qu’elle portait.",
    )


def _page(association_id: int, absorbee_id: int, form: FusionForm, status: int = 200) -> ResponseReturnValue:
    apercu = queries.preview(session(), acteur(), association_id, absorbee_id)
    return render("fiches_associations/apercu_reunion.html", status=status, apercu=apercu, form=form)
