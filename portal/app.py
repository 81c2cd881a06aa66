"""The only wiring of the web: create_app(config)."""

from flask import Flask, Response
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import routes
from portal.config import Config
from portal.services.moyens import Moyens, make_moyens
from portal.web import (
    access,
    adresses,
    connexion,
    erreurs,
    gabarits,
    journaux,
    preuves,
    rendering,
    securite,
    session,
    vue_courante,
)

TAILLE_MAXIMALE = 2 * 1024 * 1024


class Portail(Flask):
    """Flask with one transaction around each view."""

    jinja_environment = gabarits.Environnement

    def dispatch_request(self) -> Response:
        """Commit before the answer leaves when a POST's view returns; roll back when it raises."""
        with session.unit_of_work():
            return self.make_response(super().dispatch_request())


def create_app(config: Config, *, moyens: Moyens | None = None) -> Flask:
    """Build the application. `moyens` replaces the database and the remote machines (tests)."""
    app = Portail("portal")
    app.config.update(_reglages(config))
    # every template stays compiled: by default those beyond four hundred drive one another out
    app.jinja_options = {**app.jinja_options, "cache_size": -1}
    app.extensions["moyens"] = moyens or make_moyens(config)
    app.teardown_request(lambda _erreur: session.fermer())
    if config.relais:
        # Flask’s own documented way to wrap an application, which its types do not know
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.relais, x_proto=config.relais)  # type: ignore[method-assign]
    Bootstrap5(app)
    for outil in (adresses, rendering, journaux, securite, connexion, access, gabarits, erreurs, preuves, vue_courante):
        outil.install(app)
    routes.register(app, demo=config.demo)
    securite.exempt_machines(app)
    access.verify(app)
    return app


def _reglages(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": "portail" if config.demo else "__Host-portail",
        "SESSION_COOKIE_SECURE": not config.demo,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": connexion.DUREE_COOKIE,
        "MAX_CONTENT_LENGTH": TAILLE_MAXIMALE,
        "TRUSTED_HOSTS": None if config.demo else [config.hote],
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,
        "BOOTSTRAP_SERVE_LOCAL": True,
    }
