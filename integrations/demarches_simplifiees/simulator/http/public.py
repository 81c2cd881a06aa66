"""The addresses that want no token: REST prefill, the follow-up of its drafts, and the page where a usager files one."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, request
from markupsafe import Markup

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.depart.preparation import Depart
from integrations.demarches_simplifiees.simulator.gens import brouillons
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

CHEMIN = "/api/public/v1/demarches/<int:demarche>/dossiers"
PAGE = "/commencer/subvention"
_FORMULAIRE = Markup("""<!doctype html><html lang="fr"><meta charset="utf-8"><title>Déposer un dossier</title>
<h1>Déposer un dossier</h1>
<p>Simulateur de Démarches Simplifiées. Le brouillon nº\u00a0{number} est prérempli ({reponses}\u00a0réponses).</p>
<form method="post"><p><label>Votre adresse électronique <input name="courriel" type="email" required></label></p>
<p><label>SIRET de votre association, s’il n’est pas prérempli <input name="siret"></label></p>
<p><button>Déposer le dossier</button></p></form></html>""")
_DEPOSE = Markup("""<!doctype html><html lang="fr"><meta charset="utf-8"><title>Dossier déposé</title>
<h1>Dossier déposé</h1><p>Votre dossier nº\u00a0{number} est déposé\u00a0: vous pouvez revenir au portail.</p></html>""")


def brancher(app: Flask, depart: Depart) -> None:
    """Add them."""
    donnees = depart.donnees

    @app.post(CHEMIN)
    def preremplir(demarche: int) -> tuple[Response, int]:
        return _preremplir(depart, demarche)

    @app.get(CHEMIN)
    def suivre(demarche: int) -> Response:
        with donnees.verrou:
            jetons = request.args.get("prefill_token", "").split(",")
            suivis = brouillons.suivre(donnees, demarche, jetons)
            return jsonify([_decrire(donnees, jeton, un) for jeton, un in suivis])

    @app.route(PAGE, methods=["GET", "POST"])
    def commencer() -> Response:
        with donnees.verrou:
            return _deposer(depart) if request.method == "POST" else _ouvrir(depart)


def _preremplir(depart: Depart, demarche: int) -> tuple[Response, int]:
    brutes = request.get_json(silent=True)
    if not isinstance(brutes, dict):
        return jsonify(error="Content-Type should be json"), 400
    with depart.donnees.verrou:
        try:
            jeton, brouillon = brouillons.creer(depart.donnees, demarche, brutes)
        except LookupError:
            return jsonify(error="procedure not found"), 404
        depart.persister()
        return jsonify(_decrire(depart.donnees, jeton, brouillon)), 201


def _decrire(donnees: Donnees, jeton: str, brouillon: Mapping[str, Any]) -> Json:
    """A draft, or the dossier that it became."""
    number = brouillon["number"]
    decrit = {
        "state": brouillon["state"],
        "dossier_id": identifiant("Dossier", number),
        "dossier_number": number,
        "dossier_prefill_token": jeton,
    }
    if brouillon["state"] == "depose":
        contenu = donnees.dossiers[number].contenu
        depose = {"submitted_at": contenu["dateDepot"], "processed_at": contenu["dateTraitement"]}
        return decrit | {"state": contenu["state"]} | depose
    url = f"{request.host_url.rstrip('/')}{PAGE}?prefill_token={jeton}"
    return decrit | {"dossier_url": url}


def _ouvrir(depart: Depart) -> Response:
    jeton = request.args.get("prefill_token", "")
    brouillon = depart.donnees.brouillons.get(jeton)
    if brouillon is None or brouillon["state"] == "depose":
        return Response("Ce brouillon n’existe plus.", 404)
    brouillons.commencer(depart.donnees, jeton)
    depart.persister()
    return Response(_FORMULAIRE.format(number=brouillon["number"], reponses=len(brouillon["reponses"])))


def _deposer(depart: Depart) -> Response:
    jeton, saisie = request.args.get("prefill_token", ""), request.form
    try:
        fiche = brouillons.deposer(
            depart.donnees,
            jeton,
            courriel=saisie.get("courriel") or brouillons.USAGER,
            siret=saisie.get("siret", "").replace(" ", ""),
        )
    except KeyError:
        return Response("Ce brouillon n’existe plus.", 404)
    depart.persister()
    return Response(_DEPOSE.format(number=fiche.number))
