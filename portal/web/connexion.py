"""The login session of a browser, through flask-login: the cookie holds a secret, the table its hash."""

from datetime import timedelta
from typing import Any, cast

from flask import Flask, flash, g, redirect, request, url_for
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from portal.errors import NotFound
from portal.formats import maintenant
from portal.permissions import ANONYME, Acteur
from portal.queries import connexion as connexions
from portal.services import traces
from portal.web.rendering import est_fragment, redirection
from portal.web.session import METHODES_DE_LECTURE, moyens, session
from portal.web.session import fermer as rendre_la_session

CHEMINS_AGENTS = ("/instruction", "/agents", "/administration")
CHAMPS_TECHNIQUES = frozenset({"csrf_token"})
# Said by the page, typed by nobody: not shown, and not worth keeping alone.
CHAMPS_MUETS = CHAMPS_TECHNIQUES | {"version"}
# No page of ours has a longer address: what comes from one was not typed here.
CHEMIN_MAXIMAL = 500
DUREE_COOKIE = timedelta(days=31)


class Visiteur(UserMixin):  # type: ignore[misc]  # flask-login bears no types, so UserMixin is Any
    """What flask-login calls a user: here an actor, identified by the secret of its login session."""

    def __init__(self, secret: str, acteur: Acteur) -> None:
        self.id = secret
        self.acteur = acteur


def install(app: Flask) -> None:
    """Plug flask-login on our table."""
    gestion = LoginManager()
    # A phone changes network while its owner types: the address is no part of the session.
    gestion.session_protection = None
    gestion.init_app(app, add_context_processor=False)

    def charger(secret: str) -> Visiteur | None:
        trouve = connexions.acteur_of(session(), secret)
        if trouve is None:
            return None
        if trouve.session_vue_at and trouve.session_vue_at < maintenant() - traces.PAS_DES_PASSAGES:
            rendre_la_session()
            traces.mark_seen(moyens().fabrique, trouve.session_id)
        return Visiteur(secret, trouve)

    gestion.user_loader(charger)


def acteur() -> Acteur:
    """Who acts in this request. Kept in `g`, so that error pages know it without the database."""
    if "acteur" not in g:
        visiteur = current_user._get_current_object()
        g.acteur = visiteur.acteur if isinstance(visiteur, Visiteur) else ANONYME
    return cast("Acteur", g.acteur)


def ouvrir(secret: str) -> None:
    """Bind this browser to a login session that was just created. Everything before is forgotten (session fixation)."""
    cookie.clear()
    cookie.permanent = True
    acteur_connecte = connexions.acteur_of(session(), secret)
    if acteur_connecte is None:
        raise NotFound
    login_user(Visiteur(secret, acteur_connecte))
    g.acteur = acteur_connecte


def fermer() -> None:
    """Forget the login session in this browser (the row is ended by the service)."""
    logout_user()
    cookie.clear()
    g.acteur = ANONYME


def secret_courant() -> str | None:
    """The secret of this browser's login session, ended or not."""
    return cookie.get("_user_id")


def demander_connexion() -> Any:
    """Send to the login page. A known person's typing is parked first; an unknown session stores nothing."""
    garde = _parquer() if request.method not in METHODES_DE_LECTURE else False
    if garde:
        flash(
            "Votre session est terminée. Ce que vous aviez saisi est conservé pendant 24\u00a0heures\u00a0: "
            "reconnectez-vous pour le retrouver.",
            "attention",
        )
    else:
        flash("Connectez-vous pour continuer.", "information")
    agents = request.path.startswith(CHEMINS_AGENTS)
    suite = signer_suite(request.path) if request.method in METHODES_DE_LECTURE and not est_fragment() else ""
    adresse = url_for("connexion_agent.demander" if agents else "connexion.demander", suite=suite or None)
    return redirection(adresse) if est_fragment() else redirect(adresse, 303)


def _parquer() -> bool:
    secret = secret_courant()
    user_id = connexions.user_of_ended_session(session(), secret) if secret else None
    if user_id is None or len(request.path) > CHEMIN_MAXIMAL:
        return False
    # A NUL is no text for PostgreSQL; a form of buttons alone holds nothing that anybody typed.
    champs = [
        [nom.replace("\0", ""), valeur.replace("\0", "")]
        for nom, valeur in request.form.items(multi=True)
        if nom not in CHAMPS_TECHNIQUES
    ]
    if not any(valeur.strip() for nom, valeur in champs if nom not in CHAMPS_MUETS):
        return False
    rendre_la_session()
    traces.park(moyens().fabrique, user_id=user_id, chemin=request.path, champs=champs)
    return True


def signer_suite(chemin: str) -> str:
    """A signed path of ours: what follows the login is never an address given by somebody else."""
    return str(_serialiseur().dumps(chemin))


def lire_suite(signe: str) -> str | None:
    """The path that `signer_suite` signed, None when it is absent or forged."""
    try:
        return cast("str", _serialiseur().loads(signe))
    except BadSignature:
        return None


def _serialiseur() -> URLSafeSerializer:
    return URLSafeSerializer(moyens().config.secret_key, salt="suite-de-connexion")
