"""The registry of the CER for agents, and its annual return."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.exports import read_format
from portal.permissions import may_be_agent
from portal.permissions.registre_cer import can_read_all
from portal.queries import bilan_cer, registre_cer
from portal.queries.departements import DEPARTEMENTS, INCONNU, nom
from portal.queries.filtres_registre import FiltreRegistre
from portal.services import documents
from portal.vocabulaire import GenreDocument
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("registre_cer", __name__, url_prefix="/instruction/cer")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Associations, and where each stands with the CER."""
    filtre = FiltreRegistre.from_args(request.args, acteur())
    return render(
        "registre_cer/list.html",
        partial="registre_cer/_table.html",
        filtre=filtre,
        vue=registre_cer.list_associations(session(), acteur(), filtre),
        departements=[(code, nom(code)) for code in (*DEPARTEMENTS, INCONNU)],
        toutes_permises=can_read_all(acteur()).ok,
    )


@bp.post("/export")
@access(may_be_agent)
def exporter() -> ResponseReturnValue:
    """Order a workbook of exactly the view shown."""
    filtre = FiltreRegistre.from_args(request.form, acteur())
    return _commander(GenreDocument.REGISTRE_CER, "Registre des engagements", filtre=filtre.args())


@bp.get("/bilan")
@access(may_be_agent)
def montrer_bilan() -> ResponseReturnValue:
    """The annual return of the service."""
    bilan = bilan_cer.get(session(), acteur(), _annee(request.args.get("annee", "")))
    return render(
        "registre_cer/bilan.html",
        bilan=bilan,
        voies_courtes=[(bilan_cer.VOIES[ligne.libelle], ligne.nombre) for ligne in bilan.voies.lignes],
        annees=bilan_cer.years(),
        definitions=bilan_cer.DEFINITIONS,
    )


@bp.post("/bilan/export")
@access(may_be_agent)
def exporter_bilan() -> ResponseReturnValue:
    """Order a workbook of the return shown."""
    annee = _annee(request.form.get("annee", ""))
    return _commander(GenreDocument.BILAN_CER, f"Bilan des engagements {annee}", annee=annee)


def _commander(genre: GenreDocument, nom_du_document: str, **parametres: object) -> ResponseReturnValue:
    document = documents.order_view(
        session(),
        by=acteur(),
        genre=genre,
        nom=f"{nom_du_document} {acteur().libelle_service}",
        parametres={"service_id": acteur().service_id, "format": read_format(request.form), **parametres},
    )
    return see_other(url_for("documents.show", numero=document.numero))


def _annee(texte: str) -> int:
    """The year asked for, when it is one of the choices; the present one otherwise."""
    annees = bilan_cer.years()
    return int(texte) if texte in map(str, annees) else annees[0]
