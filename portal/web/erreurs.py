"""One page per expected error: what happened, what was kept, what to do. No route catches anything."""

import traceback
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.errors import PortalError
from portal.forms.saisie import tenable
from portal.permissions import ANONYME
from portal.queries import sante
from portal.web.connexion import CHAMPS_MUETS, acteur
from portal.web.rendering import est_fragment
from portal.web.session import BASE_INDISPONIBLE, fermer, moyens, session

journal = structlog.get_logger("portal.web")
TROP_GROS = 413
CONFLIT = 409
PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 503})


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(PortalError, _attendue)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    for genre in BASE_INDISPONIBLE:
        app.register_error_handler(genre, _base_indisponible)
    app.register_error_handler(sante.REQUETE_REFUSEE, _requete_refusee)
    app.register_error_handler(Exception, _imprevue)


def _attendue(erreur: PortalError) -> Response:
    return _page(erreur.status, titre=erreur.titre, message=erreur.message)


def _csrf(_erreur: CSRFError) -> Response:
    return _page(400)


def _http(erreur: HTTPException) -> Response:
    if erreur.code is None or erreur.code < 400:
        return make_response(erreur.get_response())
    return _page(erreur.code if erreur.code in PAGES else 400 if erreur.code < 500 else 500)


def _imprevue(erreur: Exception) -> Response:
    reference = _sans_base()
    genre, lieux = type(erreur).__name__, _lieux(erreur)
    journal.error("erreur_imprevue", requete=reference, endpoint=request.endpoint, genre=genre, lieux=lieux)
    return _page(500, reference=reference)


def _lieux(erreur: Exception) -> list[str]:
    """Where it went wrong, call by call: the message of an error may quote what people typed, its place may not."""
    cadres = traceback.extract_tb(erreur.__traceback__)
    return [f"{cadre.filename}:{cadre.lineno} {cadre.name}" for cadre in cadres]


def _base_indisponible(erreur: Exception) -> Response:
    reference = _sans_base()
    journal.error("base_indisponible", requete=reference, endpoint=request.endpoint, genre=type(erreur).__name__)
    return _page(503, reference=reference)


def _requete_refusee(erreur: Exception) -> Response:
    """A schema that is not yet the one of this code is a moment to wait for; anything else is a fault of ours."""
    _sans_base()
    if not sante.defauts(session()):
        return _imprevue(erreur)
    journal.warning("schema_en_attente", requete=_sans_base(), endpoint=request.endpoint)
    quoi = "La démonstration se prépare" if moyens().config.demo else "Le portail se met à jour"
    reponse = _page(503, titre=quoi, message="Ses données ne sont pas encore prêtes.")
    reponse.headers["Retry-After"] = "30"
    return reponse


def _sans_base() -> str:
    """From here on the page is made without the database: whoever is not known yet stays unknown."""
    fermer()
    g.setdefault("acteur", ANONYME)
    return str(g.get("requete_id", ""))


def _page(status: int, **contexte: str) -> Response:
    """The page of a status, with what the person had typed, so that nothing is lost."""
    try:
        acteur()
    except BASE_INDISPONIBLE:
        _sans_base()
    saisie = [] if status == TROP_GROS else _saisie()
    page = render_template(f"errors/{status}.html", saisie=saisie, retour=_retour(), **contexte)
    reponse = make_response(page, status)
    if status == CONFLIT and est_fragment():
        reponse.headers["HX-Retarget"] = "body"
        reponse.headers["HX-Reswap"] = "innerHTML"
    return reponse


def _retour() -> str | None:
    """The page of ours that the person comes from, when the browser tells it."""
    return request.referrer if urlsplit(request.referrer or "").netloc == request.host else None


def _saisie() -> list[tuple[str, str]]:
    champs = request.form.items(multi=True)
    lisibles = ((tenable(nom), tenable(valeur)) for nom, valeur in champs)
    return [(nom, valeur) for nom, valeur in lisibles if nom not in CHAMPS_MUETS and valeur.strip()]
