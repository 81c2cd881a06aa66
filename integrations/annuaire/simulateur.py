"""A real HTTP server with the shapes of both registers: for the demonstration, and the only double in tests."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from integrations.annuaire.api import Adresse
from integrations.annuaire.api_association import CHEMIN
from integrations.annuaire.unites import UNITES, Unite

__all__ = ["UNITES", "Simulateur", "demarrer", "servir"]


class Simulateur(ThreadingHTTPServer):
    """Serves `UNITES` on the loopback. While `panne` is true every request gets a 503, as registers do when down."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Guichet)
        self.panne = False
        self.requetes: list[str] = []

    @property
    def url(self) -> str:
        """Base address, the same for both clients."""
        return f"http://127.0.0.1:{self.server_port}"


def servir(port: int) -> None:
    """Serve until interrupted."""
    with Simulateur(port) as serveur:
        serveur.serve_forever()


@contextmanager
def demarrer() -> Iterator[Simulateur]:
    """Serve on a free port, from a thread, for the time of a `with`."""
    with Simulateur() as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01})
        fil.start()
        try:
            yield serveur
        finally:
            serveur.shutdown()
            fil.join()


class _Guichet(BaseHTTPRequestHandler):
    server: Simulateur

    def do_GET(self) -> None:
        self.server.requetes.append(self.path)
        adresse = urlsplit(self.path)
        if self.server.panne:
            self._repondre(HTTPStatus.SERVICE_UNAVAILABLE, {"erreur": "Service indisponible"})
        elif adresse.path == "/search":
            self._rechercher(parse_qs(adresse.query))
        elif adresse.path.startswith(CHEMIN):
            self._association(unquote(adresse.path.removeprefix(CHEMIN)))
        else:
            self._repondre(HTTPStatus.NOT_FOUND, {"erreur": "Adresse inconnue"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the parent class gives
        """Say nothing: the address of a request holds what people look for."""

    def _rechercher(self, parametres: Mapping[str, list[str]]) -> None:
        question = parametres.get("q", [""])[0].strip()
        if len(question) < 3:
            self._repondre(HTTPStatus.BAD_REQUEST, {"erreur": "3 caractères minimum"})
            return
        natures = frozenset(filter(None, parametres.get("nature_juridique", [""])[0].split(",")))
        code_postal = parametres.get("code_postal", [""])[0]
        trouvees = [
            unite
            for unite in UNITES
            if unite.siren
            and _repond_a(unite, question)
            and (not natures or unite.nature_juridique in natures)
            and code_postal in ("", unite.adresse.code_postal)
        ]
        resultats = [_resultat(unite, question) for unite in trouvees[:25]]
        pages = {"total_results": len(trouvees), "page": 1, "per_page": 25, "total_pages": min(1, len(resultats))}
        self._repondre(HTTPStatus.OK, {"results": resultats, **pages})

    def _association(self, identifiant: str) -> None:
        if not self.headers.get("Authorization", "").removeprefix("Bearer").strip():
            self._repondre(HTTPStatus.UNAUTHORIZED, {"errors": [{"title": "Jeton absent"}]})
            return
        for unite in UNITES:
            if unite.est_association and identifiant in {unite.siren, unite.rna}:
                self._repondre(HTTPStatus.OK, {"data": _association(unite), "links": {}, "meta": {}})
                return
        self._repondre(HTTPStatus.NOT_FOUND, {"errors": [{"title": "Entité non trouvée"}]})

    def _repondre(self, statut: HTTPStatus, contenu: Mapping[str, object]) -> None:
        octets = json.dumps(contenu, ensure_ascii=False).encode()
        self.send_response(statut)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)


def _repond_a(unite: Unite, question: str) -> bool:
    exacts = (unite.siren, unite.rna, *unite.sirets)
    connus = f"{unite.denomination} {unite.sigle or ''} {unite.adresse.voie} {unite.adresse.commune}".casefold().split()
    return question in exacts or all(any(mot in connu for connu in connus) for mot in question.casefold().split())


def _resultat(unite: Unite, question: str) -> dict[str, object]:
    places = [_place(unite, rang) for rang in range(len(unite.sirets))]
    return {
        "siren": unite.siren,
        "nom_complet": unite.denomination.upper(),
        "nom_raison_sociale": unite.denomination,
        "sigle": unite.sigle,
        "nombre_etablissements": len(places),
        "nombre_etablissements_ouverts": len(places) if unite.active else 0,
        "siege": places[0],
        "matching_etablissements": [place for place in places if place["siret"] == question] or places[:1],
        "date_creation": unite.date_creation.isoformat(),
        "etat_administratif": "A" if unite.active else "C",
        "nature_juridique": unite.nature_juridique,
        "complements": {"est_association": unite.est_association, "identifiant_association": unite.rna},
    }


def _place(unite: Unite, rang: int) -> dict[str, object]:
    adresse = unite.adresse
    place: dict[str, object] = {
        "siret": unite.sirets[rang],
        "adresse": f"{adresse.voie} {adresse.code_postal} {adresse.commune}",
        "code_postal": adresse.code_postal,
        "commune": adresse.code_commune,
        "libelle_commune": adresse.commune,
        "date_creation": unite.date_creation.isoformat(),
        "etat_administratif": "A" if unite.active else "F",
        "est_siege": rang == 0,
    }
    return place | (_voie(adresse) if rang == 0 else {})


def _voie(adresse: Adresse) -> dict[str, object]:
    numero, genre, nom = adresse.voie.split(" ", 2)
    return {"numero_voie": numero, "type_voie": genre, "libelle_voie": nom}


def _association(unite: Unite) -> dict[str, object]:
    adresse = unite.adresse
    parties: dict[str, object] = {
        "complement": None,
        "code_insee": adresse.code_commune,
        "code_postal": adresse.code_postal,
        "commune": adresse.commune,
    } | _voie(adresse)
    return {
        "rna": unite.rna,
        "siren": unite.siren,
        "nom": unite.denomination,
        "sigle": unite.sigle,
        "reconnue_utilite_publique": unite.nature_juridique == "9230",
        "siret_siege": unite.sirets[0] if unite.sirets else None,
        "forme_juridique": {"code": unite.nature_juridique, "libelle": None},
        "regime": "Alsace-Moselle" if unite.nature_juridique == "9260" else "Loi 1901",
        "active": unite.active,
        "date_creation": unite.date_creation.isoformat(),
        "date_dissolution": None,
        "adresse_siege": parties,
        "activites": {"objet": unite.objet},
        "etablissements": [
            {"siren": unite.siren, "siret": siret, "actif": unite.active, "siege": rang == 0, "adresse": parties}
            for rang, siret in enumerate(unite.sirets)
        ],
    }
