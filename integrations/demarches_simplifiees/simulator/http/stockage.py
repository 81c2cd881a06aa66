"""The storage of DS over HTTP: where files are read, at addresses that die after an hour, and where announced ones are put."""

from pathlib import PurePosixPath

from flask import Flask, Response, request

from integrations.demarches_simplifiees.simulator.depart.preparation import Depart
from integrations.demarches_simplifiees.simulator.http.guichet import Acces
from integrations.demarches_simplifiees.simulator.mutations import televersements
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees


def brancher(app: Flask, depart: Depart, acces: Acces) -> None:
    """Add its addresses. Each is its own secret: storage wants no other credential."""

    @app.get("/fichiers/<signature>/<nom>")
    def lire(signature: str, nom: str) -> Response:
        return _lire(depart.donnees, acces, signature, nom)

    @app.put(f"{televersements.CHEMIN}<secret>")
    def deposer(secret: str) -> Response:
        if "Authorization" in request.headers:
            return Response("Only one auth mechanism allowed", 400)
        return _deposer(depart, secret)


def _lire(donnees: Donnees, acces: Acces, signature: str, nom: str) -> Response:
    cle = fichiers.ouvrir(signature, acces.jeton, donnees.horloge())
    if cle is None or donnees.pannes.frappe("url_expiree"):
        return Response("Ce lien a expiré.", 403)
    octets = televersements.contenu(donnees, cle)
    if donnees.pannes.frappe("somme_fausse"):
        octets = octets[:-1] + bytes([octets[-1] ^ 1])
    return Response(octets, mimetype=fichiers.TYPES.get(PurePosixPath(nom).suffix, "text/plain"))


def _deposer(depart: Depart, secret: str) -> Response:
    entetes, octets = request.headers, request.get_data()
    with depart.donnees.verrou:
        statut = televersements.recevoir(
            depart.donnees,
            secret,
            octets,
            type_mime=entetes.get("Content-Type"),
            somme=entetes.get("Content-MD5"),
        )
        depart.persister()
    return Response(status=statut)
