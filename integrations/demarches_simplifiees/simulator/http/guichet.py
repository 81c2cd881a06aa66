"""The GraphQL address: who is heard, what a request becomes, and the faults it meets on its way in and out."""

import json
from dataclasses import dataclass

from flask import Flask, Response, request

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.depart.preparation import Depart
from integrations.demarches_simplifiees.simulator.execution.rendus import en_json
from integrations.demarches_simplifiees.simulator.execution.requetes import Reponse, erreur, est_mutation, executer
from integrations.demarches_simplifiees.simulator.execution.resolution import Contexte, non_autorise
from integrations.demarches_simplifiees.simulator.gens.troubles import Troubles
from integrations.demarches_simplifiees.simulator.http.canal import envoyer, panne_d_acces, pendre, repondre
from integrations.demarches_simplifiees.simulator.pannes.deformations import deformer

CHEMIN = "/api/v2/graphql"
LECTURE, EXPIRE = "-lecture", "-expire"


@dataclass(slots=True)
class Acces:
    """The token that is heard, and whether it has been revoked."""

    jeton: str
    revoque: bool = False


def brancher(app: Flask, depart: Depart, acces: Acces) -> None:
    """Add the GraphQL address."""
    donnees, troubles = depart.donnees, Troubles(depart.donnees)

    @app.post(CHEMIN)
    def graphql() -> Response:
        panne = panne_d_acces(donnees.pannes, donnees.horloge)
        if panne:
            return panne
        corps = _corps()
        refus = _refus(corps, acces, revoque=acces.revoque or donnees.pannes.frappe("jeton_revoque"))
        if refus:
            return repondre(en_json(refus.corps), refus.statut)
        mutation = est_mutation(corps)
        if mutation and donnees.pannes.frappe("delai_avant"):
            return pendre(donnees.pannes.duree)
        if troubles.agir():
            depart.persister()
        reponse = executer(corps, _contexte(depart, acces))
        if mutation and donnees.pannes.frappe("delai_apres"):
            return pendre(donnees.pannes.duree)
        return envoyer(deformer(en_json(reponse.corps), donnees.pannes), reponse.statut, donnees.pannes)


def _contexte(depart: Depart, acces: Acces) -> Contexte:
    return Contexte(
        donnees=depart.donnees,
        ecriture=_jeton_presente() == acces.jeton,
        racine=request.host_url.rstrip("/"),
        secret=acces.jeton,
        persister=depart.persister,
    )


def _refus(corps: Json, acces: Acces, *, revoque: bool) -> Reponse | None:
    """What DS answers without a token that it knows; None when the request may be heard, as introspection always is."""
    if not corps:
        return erreur(400, "Request body must be a JSON object", "bad_request")
    presente = _jeton_presente()
    if presente == acces.jeton + EXPIRE:
        return erreur(401, "Token expired", "unauthorized")
    if corps.get("queryId") == "introspection":
        return None
    if revoque or presente not in {acces.jeton, acces.jeton + LECTURE}:
        if "queryId" in corps:
            return erreur(200, non_autorise("Demarche").message, "unauthorized")
        return erreur(403, "Without a token, only persisted queries are allowed", "forbidden")
    return None


def _corps() -> Json:
    """The body, empty when it is no JSON object; its `variables` may be an object or, as DS allows, a JSON string."""
    try:
        corps = json.loads(request.get_data())
        if isinstance(corps.get("variables"), str):
            corps["variables"] = json.loads(corps["variables"])
    except (ValueError, AttributeError):
        return {}
    return corps if isinstance(corps, dict) else {}


def _jeton_presente() -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").removeprefix("token=").strip()
