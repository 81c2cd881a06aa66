"""The agents' queue: the view that its address tells, and the workbook of it."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.formats import aujourdhui
from portal.permissions import may_be_agent
from portal.queries import dossiers, onglets, options_file, preferences, recherches_file, visites
from portal.routes.dossiers import bp
from portal.services import commandes_exports
from portal.vocabulaire_imports import FormatExport
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

__all__ = ["bp"]


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """The queue of the agent's service: dossiers of every source side by side."""
    filtre = options_file.read(session(), acteur(), request.args)
    choisis = preferences.of_queue(session(), acteur())
    comptes, trouves = onglets.look(session(), acteur(), filtre)
    nombre = comptes[filtre.onglet]
    vue = dossiers.list_dossiers(session(), acteur(), filtre, colonnes=choisis.colonnes, nombre=nombre, ids=trouves)
    return render(
        "dossiers/list.html",
        partial="dossiers/_table.html",
        filtre=filtre,
        vue=vue,
        colonnes=choisis.colonnes,
        comptes=comptes,
        enregistrees=choisis.vues,
        marques=visites.marks(session(), acteur(), [ligne.id for ligne in vue.lignes]),
        options=options_file.get(session(), acteur(), filtre),
        aides=recherches_file.AIDE,
        jour=aujourdhui(),
    )


@bp.post("/export")
@access(may_be_agent)
def exporter() -> ResponseReturnValue:
    """Order a workbook of exactly the view shown."""
    filtre = options_file.read(session(), acteur(), request.form)
    colonnes = preferences.get_columns(session(), acteur())
    document = commandes_exports.order_queue(
        session(), by=acteur(), filtre=filtre.args(), colonnes=colonnes, forme=FormatExport.XLSX
    )
    return see_other(url_for("documents.show", numero=document.numero))
