"""The reference table of territories, for whoever looks for a code; the project's page asks it for names while they are typed."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone
from portal.queries import territoires
from portal.vocabulaire_demandes import LIBELLES_TERRITOIRE, GenreTerritoire
from portal.web.access import access
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("territoires", __name__, url_prefix="/territoires")


@bp.get("")
@access(may_be_anyone)
def chercher() -> ResponseReturnValue:
    """Those of that code or with those words."""
    texte, genre = _critere("q", "-lieu"), _critere("genre", "-genre")
    connu = GenreTerritoire(genre) if genre in set(GenreTerritoire) else None
    return render(
        "territoires/list.html",
        partial="territoires/_liste.html",
        q=texte,
        genre=connu,
        genres=[("", "Tous les genres"), *LIBELLES_TERRITOIRE.items()],
        trouves=territoires.search(session(), texte, connu),
    )


def _critere(nom: str, suffixe: str) -> str:
    """From the search page, or from a line of the project's page (« territoires-0-lieu »)."""
    dit = next((valeur for cle, valeur in request.args.items() if cle == nom or cle.endswith(suffixe)), "")
    return dit.strip()[:200]
