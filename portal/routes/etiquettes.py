"""The labels of a service: their page, and those of a dossier."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.attributions import EtiquetteForm, PoseForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import dossiers
from portal.queries import etiquettes as queries
from portal.services import etiquettes as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("etiquettes", __name__, url_prefix="/instruction")


@bp.get("/etiquettes")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """The labels of the service, and how many dossiers bear each."""
    return _page(EtiquetteForm())


@bp.post("/etiquettes")
@access(may_instruct)
def creer() -> ResponseReturnValue:
    """Make one."""
    form = EtiquetteForm()
    if not accepted(form, lambda: services.create(session(), by=acteur(), nom=form.nom.data)):
        return _page(form, status=422)
    return see_other(url_for(".lister"), message=f"L’étiquette «\u00a0{form.nom.data}\u00a0» est créée.")


@bp.get("/etiquettes/<int:etiquette_id>")
@access(may_instruct)
def modifier(etiquette_id: int) -> ResponseReturnValue:
    """Its name, to change."""
    etiquette = queries.get(session(), acteur(), etiquette_id)
    return render("etiquettes/edit.html", etiquette=etiquette, form=EtiquetteForm(obj=etiquette))


@bp.post("/etiquettes/<int:etiquette_id>")
@access(may_instruct)
def renommer(etiquette_id: int) -> ResponseReturnValue:
    """Give it another name, wherever it stands."""
    form, etiquette = EtiquetteForm(), queries.get(session(), acteur(), etiquette_id)
    if not accepted(form, lambda: services.rename(session(), by=acteur(), etiquette=etiquette, nom=form.nom.data)):
        etiquette = queries.get(session(), acteur(), etiquette_id)
        return render("etiquettes/edit.html", status=422, etiquette=etiquette, form=form)
    return see_other(url_for(".lister"), message=f"L’étiquette s’appelle «\u00a0{form.nom.data}\u00a0».")


@bp.post("/etiquettes/<int:etiquette_id>/retrait")
@access(may_instruct)
def retirer(etiquette_id: int) -> ResponseReturnValue:
    """Offer it no longer."""
    etiquette = queries.get(session(), acteur(), etiquette_id)
    services.retire(session(), by=acteur(), etiquette=etiquette)
    message = f"L’étiquette «\u00a0{etiquette.nom}\u00a0» ne se pose plus. Elle reste là où elle est."
    return see_other(url_for(".lister"), message=message)


@bp.post("/dossiers/<reference>/etiquetage")
@access(may_instruct)
def poser(reference: str) -> ResponseReturnValue:
    """Put a label on a dossier."""
    dossier = dossiers.get(session(), acteur(), reference)
    services.put(session(), by=acteur(), dossier=dossier, etiquette_id=PoseForm().choisie)
    return see_other(_retour(reference), message="L’étiquette est posée.")


@bp.post("/dossiers/<reference>/etiquetage/retrait")
@access(may_instruct)
def oter(reference: str) -> ResponseReturnValue:
    """Take it off."""
    dossier = dossiers.get(session(), acteur(), reference)
    services.remove(session(), by=acteur(), dossier=dossier, etiquette_id=PoseForm().choisie)
    return see_other(_retour(reference), message="L’étiquette est ôtée.")


def _retour(reference: str) -> str:
    return url_for("dossiers.show", reference=reference, _anchor="etiquettes")


def _page(form: EtiquetteForm, *, status: int = 200) -> ResponseReturnValue:
    etiquettes = queries.list_of_service(session(), acteur())
    return render("etiquettes/list.html", status=status, form=form, etiquettes=etiquettes)
