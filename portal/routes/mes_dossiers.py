"""Dossiers of the associations of a person, whatever their source."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_usager
from portal.permissions.complements import can_withdraw
from portal.queries import (
    chronologies,
    complements,
    comptes_rendus,
    decisions,
    demandes_lisibles,
    documents,
    mes_dossiers,
    messages,
    reorientations,
    retraits,
    revisions,
)
from portal.services import traces
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("mes_dossiers", __name__, url_prefix="/dossiers")


@bp.get("")
@access(may_be_usager)
def lister() -> ResponseReturnValue:
    """All of them, newest first."""
    lignes = mes_dossiers.list_dossiers(session(), acteur())
    non_lus = messages.unread_counts(session(), acteur(), [ligne.id for ligne in lignes])
    return render("mes_dossiers/list.html", dossiers=lignes, non_lus=non_lus)


@bp.get("/<reference>")
@access(may_be_usager)
def montrer(reference: str) -> ResponseReturnValue:
    """What was filed, where it stands, the outcome once notified, and the documents.

    Who opens a notified decision first is remembered, and the decision is not shown otherwise.
    """
    lectrice = acteur()
    non_lue = decisions.unread_of(session(), lectrice, mes_dossiers.get(session(), lectrice, reference))
    if non_lue is not None:
        rendre_la_session()
        traces.note_decision_read(moyens().fabrique, by=lectrice, decision_id=non_lue)
    return _page(reference)


def _page(reference: str) -> ResponseReturnValue:
    dossier = mes_dossiers.get(session(), acteur(), reference)
    issue = mes_dossiers.issue(session(), dossier)
    demandes = complements.list_of_dossier(session(), dossier.id)
    lue = demandes_lisibles.charger(session(), dossier.demande) if dossier.demande else None
    return render(
        "mes_dossiers/show.html",
        dossier=dossier,
        libelle_etat=mes_dossiers.libelle_public(dossier.etat, complement_demande=dossier.complement_demande),
        issue=issue,
        reprises=mes_dossiers.reprises(session(), dossier),
        compte_rendu=comptes_rendus.situation(session(), dossier),
        retrait=retraits.received(session(), dossier),
        chronologie=chronologies.chronologie(
            dossier, issue, demandes, reorientations.list_of_dossier(session(), dossier)
        ),
        changements=revisions.list_changements(session(), lue) if lue and dossier.contenu_version > 1 else (),
        retirable=can_withdraw(acteur(), dossier).ok,
        sections=demandes_lisibles.sections_de(lue) if lue else (),
        champs_ds=mes_dossiers.champs_ds(dossier),
        non_lus=messages.unread_counts(session(), acteur(), [dossier.id]).get(dossier.id, 0),
        lies=lue.lies(dossier.id) if lue else (),
        documents=documents.list_of_dossier(session(), acteur(), dossier.id),
    )
