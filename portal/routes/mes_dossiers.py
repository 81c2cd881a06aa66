"""Dossiers of the associations of a person, whatever their source."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_usager
from portal.queries import demandes, documents, mes_dossiers, retraits
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("mes_dossiers", __name__, url_prefix="/dossiers")


@bp.get("")
@access(may_be_usager)
def lister() -> ResponseReturnValue:
    """All of them, newest first."""
    return render("mes_dossiers/list.html", dossiers=mes_dossiers.list_dossiers(session(), acteur()))


@bp.get("/<reference>")
@access(may_be_usager)
def montrer(reference: str) -> ResponseReturnValue:
    """What was filed, where it stands, the outcome once notified, and the documents."""
    dossier = mes_dossiers.get(session(), acteur(), reference)
    issue = mes_dossiers.issue(session(), dossier)
    lue = demandes.charger(session(), dossier.demande) if dossier.demande else None
    return render(
        "mes_dossiers/show.html",
        dossier=dossier,
        libelle_etat=mes_dossiers.libelle_public(dossier.etat, complement_demande=dossier.complement_demande),
        issue=issue,
        retrait=retraits.received(session(), dossier),
        etapes=mes_dossiers.etapes(dossier, issue),
        sections=demandes.sections_de(lue) if lue else (),
        budget=demandes.budget_de(lue) if lue else None,
        champs_ds=mes_dossiers.champs_ds(dossier),
        documents=documents.list_of_dossier(session(), acteur(), dossier.id),
    )
