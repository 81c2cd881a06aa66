"""Files to and from DS's storage, in one go each, without our token: their addresses are the permission."""

import base64
import hashlib
import json
import time

import httpx

from integrations.demarches_simplifiees.errors import DelaiDepasse, DSIndisponible, LienExpire, ReponseInvalide
from integrations.demarches_simplifiees.lecture import Noeud, texte
from integrations.demarches_simplifiees.reponses import pannes_traduites

PAR_OCTETS = httpx.Timeout(30.0, connect=5.0)
EN_TOUT = 300.0
PERDUS = {httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE}
_ADRESSE = "Démarches Simplifiées a donné à un fichier une adresse qui n’en est pas une."


def checksum(octets: bytes) -> str:
    """The MD5 by which DS knows a file, in base64: an identity, not a protection."""
    return base64.b64encode(hashlib.md5(octets, usedforsecurity=False).digest()).decode()


def telecharger(client: httpx.Client, url: str, *, maximum: int) -> bytes:
    """The bytes at `url`, `maximum` at most, within 5 minutes.

    Raises LienExpire (403, 404, 410), ReponseInvalide (too large, or no web address) or DSIndisponible.
    """
    _exiger_web(url)
    fin = time.monotonic() + EN_TOUT
    recus = bytearray()
    with pannes_traduites(), client.stream("GET", url, timeout=PAR_OCTETS, follow_redirects=True) as reponse:
        _verifier(reponse)
        for morceau in reponse.iter_bytes():
            recus += morceau
            if len(recus) > maximum:
                raise ReponseInvalide(f"Ce fichier de Démarches Simplifiées dépasse {maximum} octets : il est refusé.")
            if time.monotonic() > fin:
                raise DelaiDepasse("Un fichier de Démarches Simplifiées arrive trop lentement : il sera redemandé.")
    return bytes(recus)


def deposer(client: httpx.Client, depot: Noeud, octets: bytes) -> str:
    """Put the bytes where a `directUpload` says, with its very headers; returns its signedBlobId (api v2 §10)."""
    url = texte(depot, "url")
    _exiger_web(url)
    with pannes_traduites():
        reponse = client.put(url, content=octets, headers=_entetes(depot), timeout=PAR_OCTETS)
    if reponse.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise DSIndisponible("Le dépôt de fichiers de Démarches Simplifiées est momentanément indisponible.")
    if not reponse.is_success:
        raise ReponseInvalide(
            f"Le dépôt de fichiers de Démarches Simplifiées refuse ce fichier (code HTTP {reponse.status_code})."
        )
    return texte(depot, "signedBlobId")


def _entetes(depot: Noeud) -> dict[str, str]:
    try:
        lus = json.loads(texte(depot, "headers"))
        return {str(nom): str(valeur) for nom, valeur in lus.items()}
    except (ValueError, AttributeError) as illisible:
        raise ReponseInvalide("Démarches Simplifiées n’a pas dit comment déposer le fichier.") from illisible


def _exiger_web(url: str) -> None:
    try:
        adresse = httpx.URL(url)
    except httpx.InvalidURL as illisible:
        raise ReponseInvalide(_ADRESSE) from illisible
    if adresse.scheme not in {"http", "https"} or not adresse.host:
        raise ReponseInvalide(_ADRESSE)


def _verifier(reponse: httpx.Response) -> None:
    if reponse.status_code in PERDUS:
        raise LienExpire("L’adresse de ce fichier de Démarches Simplifiées a expiré : une nouvelle sera demandée.")
    if not reponse.is_success:
        raise DSIndisponible(
            f"Un fichier de Démarches Simplifiées est momentanément indisponible (code HTTP {reponse.status_code})."
        )
