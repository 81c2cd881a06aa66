"""What DS announces by its webhooks: a hint that a dossier changed, never a fact. Pure.

Two forms (ds/api §12): the older one is form-encoded and unsigned; the newer one is JSON, signed as Standard Webhooks does:
HMAC-SHA256 of « id.timestamp.body » with a secret written `whsec_` and base64.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

PREFIXE = "whsec_"
TOLERANCE = timedelta(minutes=5)
SIGNATURE = "webhook-signature"
# DS numbers are integers of GraphQL: it breaks down on a larger one
NUMERO_MAXIMAL = 2**31 - 1


class SignatureInvalide(ValueError):
    """A signed announcement whose signature, or date, is not right."""


@dataclass(frozen=True, slots=True)
class Annonce:
    """Something happened to that dossier of that démarche, says whoever knows our address."""

    demarche: int
    number: int


def lire_annonce(corps: bytes, entetes: Mapping[str, str], *, secret: str, instant: datetime) -> Annonce | None:
    """The announcement in a webhook's body, None when there is none to be understood.

    `secret`: « whsec_… », or "" when none is agreed; a signed announcement is then read as if unsigned. Once agreed, the newer
    form must be signed; the older one is read in any case, for DS never signs it. Raises SignatureInvalide.
    """
    en_json = corps.lstrip()[:1] == b"{"
    if secret and (en_json or SIGNATURE in entetes):
        _verifier(corps, entetes, secret, instant)
    lu = _json(corps) if en_json else _formulaire(corps)
    demarche, number = (_numero(lu.get(cle)) for cle in ("demarche", "dossier"))
    return Annonce(demarche, number) if demarche and number else None


def signer(corps: bytes, *, identifiant: str, instant: datetime, secret: str) -> str:
    """The value of the signature header. Raises ValueError when the secret is not base64."""
    signe = b".".join((identifiant.encode(), str(int(instant.timestamp())).encode(), corps))
    return "v1," + base64.b64encode(hmac.digest(_cle(secret), signe, hashlib.sha256)).decode()


def _verifier(corps: bytes, entetes: Mapping[str, str], secret: str, instant: datetime) -> None:
    try:
        emission = datetime.fromtimestamp(int(entetes.get("webhook-timestamp", "")), instant.tzinfo)
    except (ValueError, OverflowError, OSError):
        raise SignatureInvalide("no date") from None
    if abs(emission - instant) > TOLERANCE:
        raise SignatureInvalide("too old, or from the future")
    attendue = signer(corps, identifiant=entetes.get("webhook-id", ""), instant=emission, secret=secret)
    if not any(hmac.compare_digest(une.encode(), attendue.encode()) for une in entetes.get(SIGNATURE, "").split()):
        raise SignatureInvalide("wrong signature")


def _cle(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIXE), validate=True)
    except binascii.Error as faute:
        raise ValueError("a webhook secret is base64 after « whsec_ »") from faute


def _json(corps: bytes) -> dict[str, Any]:
    try:
        lu = json.loads(corps)
    except (ValueError, RecursionError):
        return {}
    donnees = lu.get("data")
    source = donnees if isinstance(donnees, dict) else lu
    return {cle: valeur.get("number") for cle, valeur in source.items() if isinstance(valeur, dict)}


def _formulaire(corps: bytes) -> dict[str, Any]:
    champs = parse_qs(corps.decode("utf-8", "replace"))
    return {"demarche": champs.get("procedure_id", [""])[0], "dossier": champs.get("dossier_id", [""])[0]}


def _numero(valeur: Any) -> int | None:
    texte = str(valeur)
    lisible = texte.isascii() and texte.isdecimal() and len(texte) <= len(str(NUMERO_MAXIMAL))
    return int(texte) if lisible and int(texte) <= NUMERO_MAXIMAL else None
