"""The storage of DS over HTTP: where announced files are put."""

from flask import Flask, Response, request

from integrations.demarches_simplifiees.simulator.depart.preparation import Depart
from integrations.demarches_simplifiees.simulator.mutations import televersements


def brancher(app: Flask, depart: Depart) -> None:
    """Add the address that the mutation gives, which is its own secret: storage wants no other credential."""

    @app.put(f"{televersements.CHEMIN}<secret>")
    def deposer(secret: str) -> Response:
        entetes, octets = request.headers, request.get_data()
        if "Authorization" in entetes:
            return Response("Only one auth mechanism allowed", 400)
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
