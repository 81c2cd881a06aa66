"""Files to and from DS's storage, in one go each, without our token: their addresses are the permission."""

import base64
import hashlib
import json

import httpx

from integrations.demarches_simplifiees.errors import DSIndisponible, LienExpire, ReponseInvalide
from integrations.demarches_simplifiees.limites import mesurer
from integrations.demarches_simplifiees.noeuds import Noeud, texte
from integrations.demarches_simplifiees.reponses import pannes_traduites

PAR_OCTETS = httpx.Timeout(30.0, connect=5.0)
# each storage has its own way to say that a signature is too old
PERDUS = {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE}


def checksum(octets: bytes) -> str:
    """The MD5 by which DS knows a file, in base64: an identity, not a protection."""
    return base64.b64encode(hashlib.md5(octets, usedforsecurity=False).digest()).decode()


def telecharger(client: httpx.Client, url: str, *, maximum: int) -> bytes:
    """The bytes at `url`, `maximum` at most, in time; `client` sees to it that every redirection is safe.

    Raises LienExpire (401, 403, 404, 410), ReponseInvalide (too large, or an address not to be followed) or DSIndisponible.
    """
    trop = ReponseInvalide(f"Ce fichier de Démarches Simplifiées dépasse {maximum} octets : il est refusé.")
    with pannes_traduites(), client.stream("GET", url, timeout=PAR_OCTETS, follow_redirects=True) as reponse:
        _verifier(reponse)
        return b"".join(mesurer(reponse.iter_bytes(), maximum=maximum, trop=trop))


def deposer(client: httpx.Client, depot: Noeud, octets: bytes) -> str:
    """Put the bytes where a `directUpload` says, with its very headers; returns its signedBlobId (api v2 §10)."""
    with pannes_traduites():
        reponse = client.put(texte(depot, "url"), content=octets, headers=_entetes(depot), timeout=PAR_OCTETS)
    if reponse.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise DSIndisponible("Le dépôt de fichiers de Démarches Simplifiées est momentanément indisponible.")
    if not reponse.is_success:
        raise ReponseInvalide(
            f"Le dépôt de fichiers de Démarches Simplifiées refuse ce fichier (code HTTP {reponse.status_code})."
        )
    return texte(depot, "signedBlobId")


def _entetes(depot: Noeud) -> httpx.Headers:
    try:
        lus = json.loads(texte(depot, "headers"))
        return httpx.Headers({str(nom): str(valeur) for nom, valeur in lus.items()})
    except (ValueError, AttributeError):
        raise ReponseInvalide("Démarches Simplifiées n’a pas dit comment déposer le fichier.") from None


def _verifier(reponse: httpx.Response) -> None:
    if reponse.status_code in PERDUS:
        raise LienExpire("L’adresse de ce fichier de Démarches Simplifiées a expiré : une nouvelle sera demandée.")
    if not reponse.is_success:
        raise DSIndisponible(
            f"Un fichier de Démarches Simplifiées est momentanément indisponible (code HTTP {reponse.status_code})."
        )
