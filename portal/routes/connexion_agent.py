"""How agents come in, in a namespace of their own, and choose the service for which they act."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent, may_be_anyone
from portal.routes import liens_magiques
from portal.services import connexion as services
from portal.vocabulaire import GenreUser
from portal.web.access import access
from portal.web.connexion import acteur, ouvrir
from portal.web.rendering import see_other
from portal.web.session import session

bp = Blueprint("connexion_agent", __name__, url_prefix="/agents")

ESPACE = liens_magiques.Espace(
    genre=GenreUser.AGENT,
    blueprint="connexion_agent",
    nom="espace agent",
    accueil=(
        "Cet espace est réservé aux agents qu’un administrateur a invités. Indiquez l’adresse professionnelle "
        "qui a reçu l’invitation : nous y enverrons un lien, sans mot de passe à retenir."
    ),
    promesse="Si cette adresse est celle d’un agent invité, un courriel arrive dans quelques instants.",
)


@bp.get("/connexion")
@access(may_be_anyone)
def demander() -> ResponseReturnValue:
    """Ask for a link."""
    return liens_magiques.ask(ESPACE)


@bp.post("/connexion")
@access(may_be_anyone)
def envoyer() -> ResponseReturnValue:
    """Order it."""
    return liens_magiques.send(ESPACE)


@bp.get("/connexion/courriel")
@access(may_be_anyone)
def envoye() -> ResponseReturnValue:
    """Told to look in one's mail."""
    return liens_magiques.sent(ESPACE)


@bp.get("/connexion/lien/<jeton>")
@access(may_be_anyone)
def montrer_lien(jeton: str) -> ResponseReturnValue:
    """The page that the link opens."""
    return liens_magiques.show(ESPACE, jeton)


@bp.post("/connexion/lien/<jeton>")
@access(may_be_anyone)
def ouvrir_lien(jeton: str) -> ResponseReturnValue:
    """Log in."""
    return liens_magiques.claim(ESPACE, jeton)


@bp.post("/service")
@access(may_be_agent)
def changer_service() -> ResponseReturnValue:
    """Act for another of one's services."""
    choisie = request.form.get("affectation", 0, type=int)
    ouvrir(services.switch_service(session(), by=acteur(), affectation_id=choisie))
    return see_other(url_for("accueil.index"), message=f"Vous agissez maintenant pour {acteur().libelle_service}.")
