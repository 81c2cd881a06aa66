"""The comptes rendus of the grants of one's service: which are due, which are late, what they say."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.formats import aujourdhui
from portal.forms.comptes_rendus import tableaux
from portal.permissions import may_be_agent
from portal.queries import comptes_rendus, documents
from portal.vocabulaire import GenreDocument
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("comptes_rendus_agent", __name__, url_prefix="/instruction")


@bp.get("/comptes-rendus")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Those that wait first, the first due first."""
    liste = comptes_rendus.list_of_service(session(), acteur(), apres=request.args.get("apres", ""))
    suivante = url_for(".lister", apres=liste.suite) if liste.suite else None
    return render("comptes_rendus/list.html", liste=liste, suivante=suivante)


@bp.get("/dossiers/<reference>/compte-rendu")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """One of them: what was filed, or where it stands; its typed texts are the association's until it is filed."""
    compte_rendu = comptes_rendus.get_for_agent(session(), acteur(), reference)
    depose = compte_rendu.depose_at is not None
    lu = comptes_rendus.lire(session(), compte_rendu) if depose else None
    return render(
        "comptes_rendus/lire.html",
        lu=lu,
        dossier=compte_rendu.dossier,
        phrase=comptes_rendus.phrase_echeance(compte_rendu, aujourdhui()),
        tableaux=tableaux(lu.tableau, remplir=False) if lu else (),
        documents=[
            document
            for document in documents.list_of_dossier(session(), acteur(), compte_rendu.dossier_id)
            if document.genre == GenreDocument.COMPTE_RENDU
        ],
    )
