"""The sheet of an association for agents: found, opened by a tie or for a reason, followed."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.exports import read_format
from portal.forms.fiches_associations import MotifForm
from portal.permissions import may_be_agent, may_instruct, may_lead
from portal.permissions.fiches_associations import can_merge, can_open
from portal.queries import (
    abonnements,
    avis_associations,
    consultations_associations,
    fiches_associations,
    recherche_associations,
)
from portal.queries.fiches_associations import Entree
from portal.services import abonnements as services_abonnements
from portal.services import fiches_associations as services
from portal.services import fiches_exportees, traces
from portal.vocabulaire_avis import MotifConsultation
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import moyens, rendre, session

bp = Blueprint("fiches_associations", __name__, url_prefix="/instruction/associations")


def montrer(association_id: int) -> ResponseReturnValue:
    """The sheet, or the question that opens it; the address of an absorbed one leads to the one that bears all."""
    entree = fiches_associations.enter(session(), acteur(), association_id)
    if entree.absorbee_par:
        return see_other(url_for("associations.montrer", association_id=entree.absorbee_par))
    if not can_open(acteur(), lien=entree.lien, motivee=entree.motivee):
        return _question(entree, MotifForm())
    reponse = render(
        "fiches_associations/show.html",
        fiche=fiches_associations.read(session(), acteur(), entree, request.args.get("exercice", type=int)),
        avis_lus=avis_associations.read(session(), acteur(), association_id),
        fusionnable=can_merge(acteur(), lien=entree.lien).ok,
    )
    if not entree.deja_notee:  # what is rendered is not shown before it is noted
        lecteur = acteur()
        rendre()
        traces.note_association_read(moyens().fabrique, by=lecteur, association_id=association_id)
    return reponse


@bp.get("")
@access(may_be_agent)
def chercher() -> ResponseReturnValue:
    """Look for an association among all."""
    recherche = recherche_associations.Recherche.from_args(request.args)
    return render(
        "fiches_associations/list.html",
        partial="fiches_associations/_trouvees.html",
        recherche=recherche,
        trouvees=recherche_associations.find(session(), acteur(), recherche),
    )


@bp.get("/suivies")
@access(may_be_agent)
def lister_suivies() -> ResponseReturnValue:
    """Those that I follow."""
    return render("fiches_associations/suivies.html", abonnements=abonnements.list_mine(session(), acteur()))


@bp.get("/consultations")
@access(may_lead)
def lister_consultations() -> ResponseReturnValue:
    """Which sheets the agents of the service opened for a reason, and why."""
    avant = request.args.get("avant", 0, type=identifiant)
    lot = consultations_associations.list_with_reason(session(), acteur(), avant)
    return render("fiches_associations/consultations.html", lot=lot, suite=bool(avant))


@bp.get("/<int:association_id>/motif")
@access(may_instruct)
def demander_motif(association_id: int) -> ResponseReturnValue:
    """The same question, to who loads again the page that refused an answer."""
    fiches_associations.enter(session(), acteur(), association_id)
    return see_other(url_for("associations.montrer", association_id=association_id))


@bp.post("/<int:association_id>/motif")
@access(may_instruct)
def motiver(association_id: int) -> ResponseReturnValue:
    """Say why, and open it until the end of the day."""
    entree = fiches_associations.enter(session(), acteur(), association_id)
    form = MotifForm()

    def act() -> None:
        services.open_for_reason(
            session(),
            by=acteur(),
            association_id=association_id,
            motif=MotifConsultation(form.motif.data),
            precision=form.precision.data or "",
        )

    if not accepted(form, act):
        return _question(entree, form, status=422)
    return see_other(url_for("associations.montrer", association_id=association_id))


@bp.post("/<int:association_id>/suivi")
@access(may_be_agent)
def suivre(association_id: int) -> ResponseReturnValue:
    """Follow it."""
    entree = _opened(association_id)
    services_abonnements.subscribe(session(), by=acteur(), association_id=entree.id)
    return see_other(
        url_for("associations.montrer", association_id=entree.id),
        message="Vous suivez cette association\u00a0: ce qui s’y passe paraîtra dans vos tâches.",
    )


@bp.post("/<int:association_id>/fin-de-suivi")
@access(may_be_agent)
def ne_plus_suivre(association_id: int) -> ResponseReturnValue:
    """Follow it no more."""
    entree = fiches_associations.enter(session(), acteur(), association_id)
    services_abonnements.unsubscribe(session(), by=acteur(), association_id=entree.id)
    return see_other(url_for(".lister_suivies"), message="Vous ne suivez plus cette association.")


@bp.post("/<int:association_id>/export")
@access(may_be_agent)
def exporter(association_id: int) -> ResponseReturnValue:
    """Order the export of what this agent reads of it."""
    entree = _opened(association_id)
    document = fiches_exportees.order(
        session(), by=acteur(), association_id=entree.id, nom=entree.denomination, forme=read_format(request.form)
    )
    return see_other(url_for("documents.show", numero=document.numero))


def _opened(association_id: int) -> Entree:
    """One that this agent may read now."""
    entree = fiches_associations.enter(session(), acteur(), association_id)
    fiches_associations.check_open(acteur(), entree)
    return entree


def _question(entree: Entree, form: MotifForm, status: int = 200) -> ResponseReturnValue:
    return render("fiches_associations/motif.html", status=status, entree=entree, form=form)
