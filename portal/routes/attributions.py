"""Who instructs and who follows a dossier; the dossiers of an absent agent."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.attributions import AttributionForm, RepriseForm
from portal.permissions import may_be_agent, may_instruct
from portal.permissions.attributions import may_reassign
from portal.queries import attributions as queries
from portal.queries import dossiers
from portal.services import attributions as services
from portal.services import reprises_agents, suivis
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("attributions", __name__, url_prefix="/instruction")


@bp.post("/dossiers/<reference>/attribution")
@access(may_instruct)
def attribuer(reference: str) -> ResponseReturnValue:
    """Give the dossier to an agent of the service, or to nobody."""
    form, dossier = AttributionForm(), dossiers.get(session(), acteur(), reference)
    services.assign(session(), by=acteur(), dossier=dossier, user_id=form.choisi, version=form.lue)
    message = "Le dossier est attribué." if form.choisi else "Le dossier n’est plus attribué à personne."
    return see_other(_retour(reference), message=message)


@bp.post("/dossiers/<reference>/suivi")
@access(may_be_agent)
def suivre(reference: str) -> ResponseReturnValue:
    """Follow the dossier."""
    suivis.follow(session(), by=acteur(), dossier=dossiers.get(session(), acteur(), reference))
    return see_other(_retour(reference), message="Vous suivez ce dossier.")


@bp.post("/dossiers/<reference>/suivi/retrait")
@access(may_be_agent)
def ne_plus_suivre(reference: str) -> ResponseReturnValue:
    """Follow it no longer."""
    suivis.unfollow(session(), by=acteur(), dossier=dossiers.get(session(), acteur(), reference))
    return see_other(_retour(reference), message="Vous ne suivez plus ce dossier.")


@bp.get("/attributions")
@access(may_reassign)
def preparer() -> ResponseReturnValue:
    """Whose dossiers, to whom; once both are chosen, what would be done, before anything is."""
    form = _formulaire(RepriseForm(formdata=request.args, meta={"csrf": False}))
    apercu = form.validate() if request.args else False
    return _page(form, apercu=apercu, status=422 if request.args and not apercu else 200)


@bp.post("/attributions")
@access(may_reassign)
def reprendre() -> ResponseReturnValue:
    """Hand them over."""
    form = _formulaire(RepriseForm())
    nombre = outcome(
        form,
        lambda: reprises_agents.hand_over(session(), by=acteur(), de=int(form.de.data), vers=form.destinataires),
    )
    if nombre is None:
        return _page(form, apercu=False, status=422)
    message = f"{nombre}\u00a0dossiers sont attribués." if nombre > 1 else "Le dossier est attribué."
    return see_other(url_for("dossiers.lister"), message=message)


def _formulaire(form: RepriseForm) -> RepriseForm:
    form.proposer(queries.list_holders(session(), acteur()), queries.list_agents(session(), acteur()))
    return form


def _page(form: RepriseForm, *, apercu: bool, status: int = 200) -> ResponseReturnValue:
    reprise = queries.preview(session(), acteur(), int(form.de.data), form.destinataires) if apercu else None
    return render("attributions/edit.html", status=status, form=form, reprise=reprise)


def _retour(reference: str) -> str:
    return url_for("dossiers.show", reference=reference, _anchor="attribution")
