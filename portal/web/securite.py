"""Headers of every answer, and the second layer against forged requests."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden

from portal.web.session import METHODES_DE_LECTURE

POLITIQUE = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
POLITIQUE_TELECHARGEMENT = "sandbox; default-src 'none'"
# A browser's own viewer of PDF is an object of the page that it makes, and is shut out by `sandbox`.
POLITIQUE_APERCU = (
    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
EN_TETES = {
    "Content-Security-Policy": POLITIQUE,
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would make Flask-WTF refuse every HTTPS form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
Vue = TypeVar("Vue", bound=Callable[..., Any])
STATIQUES = frozenset({"static", "bootstrap.static"})


def machine(vue: Vue) -> Vue:
    """Mark a view that no browser calls: it proves its caller by itself, asks no CSRF token, and reads the body as it came."""
    vars(vue)["machine"] = True
    return vue


def plafond(octets: int) -> Callable[[Vue], Vue]:
    """Mark a view with the most that a request to it may weigh, in bytes: more for files, less for what machines say."""

    def marquer(vue: Vue) -> Vue:
        vars(vue)["plafond"] = octets
        return vue

    return marquer


def exempt_machines(app: Flask) -> None:
    """Ask no CSRF token of the views so marked. Call it once every blueprint is registered."""
    csrf: CSRFProtect = app.extensions["csrf"]
    for vue in app.view_functions.values():
        if getattr(vue, "machine", False):
            csrf.exempt(vue)


def install(app: Flask) -> None:
    """Protect every unsafe method, and put the headers on every answer, errors included."""
    # Before anything reads a form, the CSRF token included.
    app.before_request(_poser_le_plafond)
    CSRFProtect(app)

    @app.before_request
    def refuser_les_autres_sites() -> None:
        if request.method not in METHODES_DE_LECTURE and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise Forbidden

    @app.before_request
    def refuser_le_caractere_nul() -> None:
        """PostgreSQL holds no NUL, and nobody types one. What machines send is no form: it is not read here."""
        if getattr(app.view_functions.get(request.endpoint or ""), "machine", False):
            return
        if any("\x00" in valeur for champs in (request.args, request.form) for _, valeur in champs.items(multi=True)):
            raise BadRequest

    @app.after_request
    def ajouter_les_en_tetes(reponse: Response) -> Response:
        for nom, valeur in EN_TETES.items():
            reponse.headers.setdefault(nom, valeur)
        if app.config["SESSION_COOKIE_SECURE"]:
            reponse.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint in STATIQUES:
            reponse.headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
            )
        else:
            reponse.headers["Cache-Control"] = "no-store"
        return reponse


def _poser_le_plafond() -> None:
    plus_haut = getattr(current_app.view_functions.get(request.endpoint or ""), "plafond", None)
    if plus_haut:
        request.max_content_length = plus_haut
