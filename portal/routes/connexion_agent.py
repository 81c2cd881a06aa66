"""How agents come in, in a namespace of their own, and choose the service for which they act."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.routes import liens_magiques
from portal.services import connexion as services
from portal.vocabulaire import GenreUser
from portal.web.access import access
from portal.web.connexion import acteur, ouvrir
from portal.web.rendering import see_other
from portal.web.session import session

ESPACE = liens_magiques.Espace(
    genre=GenreUser.AGENT,
    blueprint="connexion_agent",
    nom="espace agent",
    accueil=(
        "Cet espace est réservé aux agents qu’un administrateur a invités. Indiquez l’adresse professionnelle "
        "qui a reçu l’invitation\u00a0: nous y enverrons un lien et un code, sans mot de passe à retenir."
    ),
    promesse="Si cette adresse est celle d’un agent invité, un courriel arrive.",
)
bp = liens_magiques.make_blueprint(ESPACE, url_prefix="/agents")


@bp.post("/service")
@access(may_be_agent)
def changer_service() -> ResponseReturnValue:
    """Act for another of one's services."""
    choisie = request.form.get("affectation", 0, type=int)
    ouvrir(services.switch_service(session(), by=acteur(), affectation_id=choisie))
    return see_other(url_for("accueil.index"), message=f"Vous agissez maintenant pour {acteur().libelle_service}.")
