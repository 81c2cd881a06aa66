"""The simulator's own addresses, behind a token of their own: faults, clock, token, webhooks, people at work, truth."""

import hmac
from dataclasses import asdict
from datetime import timedelta
from random import Random

from flask import Blueprint, Flask, Response, jsonify, request

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.depart.preparation import Depart
from integrations.demarches_simplifiees.simulator.gens.agitation import agiter
from integrations.demarches_simplifiees.simulator.http.guichet import Acces
from integrations.demarches_simplifiees.simulator.pannes.catalogue import PANNES, Pannes
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees
from integrations.demarches_simplifiees.simulator.verite.releve import relever

CHEMIN = "/simulateur"
ENTETE = "X-Jeton-Administration"
JETON = "administration-de-demonstration"


def brancher(app: Flask, depart: Depart, acces: Acces, *, jeton: str = JETON) -> None:
    """Add them. Each wants `jeton` in the header ENTETE; a body that makes no sense is answered 400, in French."""
    bp = Blueprint("simulateur", __name__, url_prefix=CHEMIN)

    @bp.before_request
    def garder() -> Response | None:
        presente = request.headers.get(ENTETE, "")
        return None if hmac.compare_digest(presente, jeton) else Response("Jeton d’administration attendu.", 403)

    @bp.errorhandler(ValueError)
    @bp.errorhandler(TypeError)
    @bp.errorhandler(KeyError)
    def refuser(erreur: Exception) -> Response:
        return Response(f"Demande incomprise\u00a0: {erreur}", 400)

    _brancher_pannes(bp, depart.donnees, acces)
    _brancher_verite(bp, depart)
    app.register_blueprint(bp)


def _brancher_pannes(bp: Blueprint, donnees: Donnees, acces: Acces) -> None:
    @bp.get("/pannes")
    def lire_pannes() -> Json:
        return etat_des_pannes(donnees.pannes)

    @bp.post("/pannes")
    def regler_pannes() -> Json:
        corps = _corps()
        donnees.pannes.regler(corps["pannes"], graine=corps.get("graine"), duree=corps.get("duree"))
        return etat_des_pannes(donnees.pannes)

    @bp.post("/horloge")
    def decaler() -> Json:
        donnees.decaler(timedelta(seconds=_corps()["decalage"]))
        return {"horloge": donnees.horloge().isoformat()}

    @bp.post("/jeton")
    def revoquer() -> Json:
        acces.revoque = bool(_corps()["revoque"])
        return {"revoque": acces.revoque}


def _brancher_verite(bp: Blueprint, depart: Depart) -> None:
    donnees = depart.donnees
    tirages = {"agitation": Random(donnees.pannes.graine)}

    @bp.post("/agitation")
    def agir() -> Json:
        corps = _corps()
        if "graine" in corps:
            tirages["agitation"] = Random(corps["graine"])
        with donnees.verrou:
            gestes = [agiter(donnees, tirages["agitation"]) for _ in range(int(corps["combien"]))]
            depart.persister()
        return {"gestes": gestes}

    @bp.get("/effets")
    def lire_effets() -> Response:
        with donnees.verrou:
            return jsonify([asdict(un) for un in donnees.effets])

    @bp.get("/verite")
    def lire_verite() -> Response:
        with donnees.verrou:
            return jsonify(relever(donnees))


def etat_des_pannes(pannes: Pannes) -> Json:
    """The seed, the wait, and each fault with its rate and how many times it struck."""
    taux, comptes = pannes.taux(), pannes.comptes()
    return {
        "graine": pannes.graine,
        "duree": pannes.duree,
        "pannes": {
            nom: {"taux": taux.get(nom, 0), "compte": comptes[nom], "lieu": une.lieu, "description": une.description}
            for nom, une in PANNES.items()
        },
    }


def _corps() -> Json:
    corps = request.get_json()
    if not isinstance(corps, dict):
        raise TypeError("un objet JSON est attendu.")
    return corps
