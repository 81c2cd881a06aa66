"""The login session of a browser, through flask-login: the cookie holds a secret, the table its hash."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from portal.errors import NotFound
from portal.formats import maintenant
from portal.permissions import ANONYME, Acteur
from portal.queries import connexion as connexions
from portal.services import traces
from portal.web import connexion_expert
from portal.web.rendering import est_fragment, redirection
from portal.web.session import METHODES_DE_LECTURE, moyens, session
from portal.web.session import fermer as rendre_la_session

CHEMINS_AGENTS = ("/instruction", "/agents", "/administration")
CHAMPS_TECHNIQUES = frozenset({"csrf_token"})
# Said by the page, typed by nobody: not shown, and not worth keeping alone.
CHAMPS_MUETS = CHAMPS_TECHNIQUES | {"version", "page"}
EN_FOND = "X-Portail-En-Fond"
CHAMPS_CACHES = frozenset({"affiche", "cle"})
# No page of ours has a longer address: what comes from one was not typed here.
CHEMIN_MAXIMAL = 500
# The longest session, and the day during which what is typed after its end is parked.
DUREE_COOKIE = timedelta(days=31)
FIN = "fin"


class CookieBorne(SecureCookieSessionInterface):
    """The browser forgets the cookie when the session that it opens is over: using it does not make it last."""

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """The end that was written when the session was opened; a browser nobody has logged in keeps nothing once closed."""
        if FIN in session:
            return datetime.fromtimestamp(session[FIN], UTC)
        return super().get_expiration_time(app, session)


class Visiteur(UserMixin):  # type: ignore[misc]  # flask-login bears no types, so UserMixin is Any
    """What flask-login calls a user: here an actor, identified by the secret of its login session."""

    def __init__(self, secret: str, acteur: Acteur) -> None:
        self.id = secret
        self.acteur = acteur


def install(app: Flask) -> None:
    """Plug flask-login on our table."""
    app.session_interface = CookieBorne()
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


def retenir_page(genre: str, page: str) -> None:
    """Keep in this browser the secret of the letter that it has just asked for."""
    cookie[f"page_{genre}"] = page


def page_retenue(genre: str) -> str:
    """The secret of the letter that this browser waits for in that namespace, empty when there is none."""
    return str(cookie.get(f"page_{genre}", ""))


def acteur() -> Acteur:
    """Who acts in this request. Kept in `g`, so that error pages know it without the database."""
    if "acteur" not in g:
        g.acteur = _qui()
    return cast("Acteur", g.acteur)


def _qui() -> Acteur:
    """An account comes before an expert, but on the pages where experts answer: each keeps its own session."""
    if connexion_expert.chez_lui():
        return connexion_expert.courant() or _compte() or ANONYME
    return _compte() or connexion_expert.courant() or ANONYME


def _compte() -> Acteur | None:
    visiteur = current_user._get_current_object()
    return visiteur.acteur if isinstance(visiteur, Visiteur) else None


def ouvrir(secret: str) -> None:
    """Bind this browser to a login session that was just created. Everything before is forgotten (session fixation)."""
    cookie.clear()
    cookie.permanent = True
    acteur_connecte = connexions.acteur_of(session(), secret)
    if acteur_connecte is None or acteur_connecte.session_fin_at is None:
        raise NotFound
    # A day more than the session: what is typed after its end can still be parked.
    cookie[FIN] = int((acteur_connecte.session_fin_at + connexions.MEMOIRE_DES_SESSIONS).timestamp())
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


def doit_se_connecter() -> bool:
    """Whether whom a gate stops is sent to come in, rather than told why.

    An expert has come in. What is typed where experts answer, once the session is over, is shown by the page that says why.
    """
    if connexion_expert.chez_lui() and request.method not in METHODES_DE_LECTURE and EN_FOND not in request.headers:
        return False
    return not acteur().connecte and not acteur().est_expert


def demander_connexion() -> Any:
    """Send to the login page. A known person's typing is parked first; an unknown session stores nothing.

    What a page sends by itself stays in it: 401, and the page says so without being left.
    """
    if EN_FOND in request.headers:
        return Response(status=401)
    if connexion_expert.chez_lui():
        adresse = url_for("experts.demander_acces")
        return redirection(adresse) if est_fragment() else redirect(adresse, 303)
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
    return parquer(user_id) is not None


def parquer(user_id: int | None) -> int | None:
    """Keep for that account what this POST had typed, and return its number; None when nothing was typed, or by nobody known."""
    if user_id is None or len(request.path) > CHEMIN_MAXIMAL:
        return None
    # A NUL is no text for PostgreSQL; a form of buttons alone holds nothing that anybody typed.
    champs = [
        [nom.replace("\0", ""), valeur.replace("\0", "")]
        for nom, valeur in request.form.items(multi=True)
        if nom not in CHAMPS_TECHNIQUES
    ]
    if not any(valeur.strip() for nom, valeur in champs if nom not in CHAMPS_MUETS | CHAMPS_CACHES):
        return None
    rendre_la_session()
    return traces.park(moyens().fabrique, user_id=user_id, chemin=request.path, champs=champs)


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
