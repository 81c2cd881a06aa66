"""The agents' queue and the page of a dossier."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.dossiers import VersionForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import dossiers, fiches, options_file, retraits, syntheses
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import documents
from portal.services import dossiers as services
from portal.vocabulaire import GenreDocument
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("dossiers", __name__, url_prefix="/instruction/dossiers")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """The queue of the agent's service: dossiers of every source side by side."""
    filtre = FiltreDossiers.from_args(request.args)
    return render(
        "dossiers/list.html",
        partial="dossiers/_table.html",
        filtre=filtre,
        vue=dossiers.list_dossiers(session(), acteur(), filtre),
        options=options_file.get(session(), acteur(), filtre),
    )


@bp.post("/export")
@access(may_be_agent)
def exporter() -> ResponseReturnValue:
    """Order a workbook of exactly the view shown."""
    filtre = FiltreDossiers.from_args(request.form)
    document = documents.order_view(
        session(),
        by=acteur(),
        genre=GenreDocument.FILE_DOSSIERS,
        nom=f"Dossiers {acteur().libelle_service}",
        parametres={"service_id": acteur().service_id, "filtre": filtre.args()},
    )
    return see_other(url_for("documents.show", numero=document.numero))


@bp.get("/<reference>")
@access(may_be_agent)
def show(reference: str) -> ResponseReturnValue:
    """All that this agent may see of a dossier."""
    fiche = fiches.get(session(), acteur(), reference)
    manquements = retraits.of_dossier(session(), acteur(), fiche.dossier, fiche.decision)
    return render("dossiers/show.html", fiche=fiche, manquements=manquements)


@bp.post("/<reference>/prise-en-charge")
@access(may_instruct)
def prendre_en_charge(reference: str) -> ResponseReturnValue:
    """Follow the dossier, and put it « en instruction »."""
    dossier = dossiers.get(session(), acteur(), reference)
    services.take_in_charge(session(), by=acteur(), dossier=dossier, version=VersionForm().lue)
    suivi = dossier.instructeur_id == acteur().user_id
    message = "Vous suivez désormais ce dossier." if suivi else "Prise en charge demandée à Démarches Simplifiées."
    return see_other(url_for(".show", reference=reference), message=message)


@bp.post("/<reference>/synthese")
@access(may_be_agent)
def resumer(reference: str) -> ResponseReturnValue:
    """Freeze a summary of what this agent sees now, as a PDF to come."""
    fiche = fiches.get(session(), acteur(), reference)
    document = documents.issue(
        session(),
        by=acteur(),
        genre=GenreDocument.SYNTHESE,
        nom=f"Synthèse {reference}",
        document=syntheses.synthese(acteur(), fiche),
        dossier_id=fiche.dossier.id,
    )
    return see_other(url_for("documents.show", numero=document.numero))
