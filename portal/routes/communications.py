"""The register of requests to read the avis given on a dossier: entering, consulting, hiding, sending, refusing."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.formats import aujourdhui
from portal.forms.communications import CommunicationForm, OccultationForm, RefusForm
from portal.models.communications import Communication
from portal.permissions import may_be_agent, may_instruct
from portal.queries import communications as queries
from portal.services import communications as services
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import attempted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("communications", __name__, url_prefix="/instruction/communications")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Those that wait for an answer, or those that were answered."""
    closes = "closes" in request.args
    lot = queries.list_register(
        session(), acteur(), request.args.get("apres", 0, type=identifiant), ouvertes=not closes
    )
    return render("communications/list.html", lot=lot, closes=closes, jour=aujourdhui())


@bp.get("/nouvelle/<reference>")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """A request that came by mail, to be entered."""
    dossier = queries.to_enter(session(), acteur(), reference)
    return render("communications/new.html", dossier=dossier, form=CommunicationForm())


@bp.post("/nouvelle/<reference>")
@access(may_instruct)
def entrer(reference: str) -> ResponseReturnValue:
    """Enter it."""
    dossier, form = queries.to_enter(session(), acteur(), reference), CommunicationForm()

    def act() -> Communication:
        return services.enter(
            session(),
            by=acteur(),
            dossier=dossier,
            recue_le=form.recue_le.valeur,
            demandeur_nom=form.demandeur.data,
        )

    communication = outcome(form, act)
    if communication is None:
        return render("communications/new.html", status=422, dossier=dossier, form=form)
    return see_other(
        url_for(".montrer", communication_id=communication.id),
        message="La demande est enregistrée. Vous avez un mois pour y répondre.",
    )


@bp.get("/<int:communication_id>")
@access(may_be_agent)
def montrer(communication_id: int) -> ResponseReturnValue:
    """One request: each avis as the association would read it."""
    return _page(communication_id, RefusForm())


@bp.post("/<int:communication_id>/avis/<int:occultation_id>/consulter")
@access(may_instruct)
def consulter(communication_id: int, occultation_id: int) -> ResponseReturnValue:
    """Ask the service that gave an avis what is to be hidden of it."""
    page = queries.get(session(), acteur(), communication_id)
    une = queries.get_occultation(page, occultation_id).occultation
    services.consult(session(), by=acteur(), communication=page.communication, occultation=une)
    return see_other(
        url_for(".montrer", communication_id=communication_id),
        message="Le service est consulté sur ce qui est à occulter.",
    )


@bp.get("/<int:communication_id>/avis/<int:occultation_id>")
@access(may_instruct)
def relire(communication_id: int, occultation_id: int) -> ResponseReturnValue:
    """One avis, and what is hidden of it."""
    page = queries.get(session(), acteur(), communication_id)
    une = queries.get_occultation(page, occultation_id).occultation
    lu = {"passages": "\n".join(une.passages), "refus": une.refus, "version": une.version}
    return _occultation(page, occultation_id, OccultationForm(data=lu))


@bp.post("/<int:communication_id>/avis/<int:occultation_id>")
@access(may_instruct)
def occulter(communication_id: int, occultation_id: int) -> ResponseReturnValue:
    """Keep what is hidden of it."""
    page, form = queries.get(session(), acteur(), communication_id), OccultationForm()
    une = queries.get_occultation(page, occultation_id).occultation

    def act() -> None:
        services.hide(
            session(), by=acteur(), occultation=une, passages=form.lignes, refus=form.refus.data, version=form.lue
        )

    status = attempted(form, act)
    if status is not None:
        return _occultation(queries.get(session(), acteur(), communication_id), occultation_id, form, status=status)
    return see_other(
        url_for(".montrer", communication_id=communication_id), message="Ce qui est occulté de cet avis est enregistré."
    )


@bp.post("/<int:communication_id>/envoyer")
@access(may_instruct)
def envoyer(communication_id: int) -> ResponseReturnValue:
    """Send the avis to the association."""
    page = queries.get(session(), acteur(), communication_id)
    services.send(session(), by=acteur(), communication=page.communication)
    return see_other(
        url_for(".montrer", communication_id=communication_id),
        message="Les avis sont envoyés\u00a0: le document est parmi ceux du dossier, et l’association est prévenue par courriel.",
    )


@bp.post("/<int:communication_id>/refuser")
@access(may_instruct)
def refuser(communication_id: int) -> ResponseReturnValue:
    """Send nothing, and say why."""
    page, form = queries.get(session(), acteur(), communication_id), RefusForm()

    def act() -> object:
        return services.refuse(session(), by=acteur(), communication=page.communication, motif=form.motif.data)

    if outcome(form, act) is None:
        return _page(communication_id, form, status=422)
    return see_other(
        url_for(".montrer", communication_id=communication_id), message="Le refus est envoyé à l’association."
    )


def _page(communication_id: int, form: RefusForm, *, status: int = 200) -> ResponseReturnValue:
    page = queries.get(session(), acteur(), communication_id)
    return render("communications/show.html", status=status, lue=page, communication=page.communication, form=form)


def _occultation(
    page: queries.PageCommunication, occultation_id: int, form: OccultationForm, *, status: int = 200
) -> ResponseReturnValue:
    lu = queries.get_occultation(page, occultation_id)
    return render("communications/occulter.html", status=status, communication=page.communication, lu=lu, form=form)
