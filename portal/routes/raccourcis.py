"""The keyboard shortcuts: what they are, and each agent's own switch (WCAG 2.1.4)."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.services import raccourcis as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("raccourcis", __name__, url_prefix="/instruction/raccourcis")
# The keyboard shortcuts of agents' pages, that static/js/raccourcis.js makes: (title, ((key, effect), …)) a kind of page.
RACCOURCIS = (
    (
        "Sur toutes les pages",
        (
            ("?", "Montrer cette liste"),
            ("/", "Aller au champ de recherche"),
        ),
    ),
    (
        "Dans la file des dossiers",
        (
            ("j", "Aller au dossier suivant de la page"),
            ("k", "Aller au dossier précédent de la page"),
            ("o", "Ouvrir le dossier (Entrée fait de même)"),
            ("x", "Sélectionner le dossier, ou ne plus le sélectionner"),
            ("l", "Aller à «\u00a0Agir sur plusieurs dossiers\u00a0»"),
        ),
    ),
    (
        "Sur un dossier",
        (
            ("n", "Ouvrir le dossier suivant de la vue"),
            ("p", "Ouvrir le dossier précédent de la vue"),
            ("c", "Prendre en charge"),
            ("a", "Demander ou donner un avis"),
            ("d", "Décider"),
            ("m", "Écrire un message"),
        ),
    ),
)


@bp.get("")
@access(may_be_agent)
def montrer() -> ResponseReturnValue:
    """Every shortcut, and whether they are on."""
    return render("raccourcis/show.html", touches=RACCOURCIS)


@bp.post("")
@access(may_be_agent)
def regler() -> ResponseReturnValue:
    """Switch them on or off for oneself."""
    actifs = request.form.get("actifs") == "oui"
    services.switch(session(), by=acteur(), actifs=actifs)
    return see_other(url_for(".montrer"), message="Raccourcis actifs." if actifs else "Raccourcis éteints.")
