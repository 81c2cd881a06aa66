"""Webhooks out, in DS's two forms, from a thread of their own: hints that may come twice, in disorder, or from a forger.

Without a secret, the legacy form: form-encoded, unsigned, at changes of state only. With one, that of Standard Webhooks:
JSON signed with HMAC-SHA256, at every event. A webhook is tried once, for ten seconds at most.
"""

import base64
import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, iso

DELAI = 10.0
ETATS = frozenset({
    "dossier_depose",
    "dossier_en_instruction",
    "dossier_accepte",
    "dossier_refuse",
    "dossier_sans_suite",
    "dossier_repasse_en_construction",
    "dossier_repasse_en_instruction",
})  # fmt: skip
_PREFIXE = "whsec_"


@dataclass(frozen=True, slots=True)
class Annonce:
    """A webhook ready to leave: the body and its headers."""

    corps: bytes
    entetes: Mapping[str, str]


class Crochets:
    """Tells each address of each event. `arreter` waits for what is under way; `comptes` says what became of them."""

    def __init__(self, donnees: Donnees, urls: Sequence[str], secret: str | None = None) -> None:
        """Listen to the truth. Raises ValueError for a secret that is not « whsec_ » and base64."""
        self._donnees, self._urls, self._secret = donnees, tuple(urls), secret
        if secret is not None:
            cle(secret)
        self.comptes = {"envoyes": 0, "perdus": 0}
        self._file: queue.SimpleQueue[Annonce | None] = queue.SimpleQueue()
        self._retenue: Annonce | None = None
        self._fil = threading.Thread(target=self._envoyer, daemon=True)
        self._fil.start()
        donnees.ecouteurs.append(self._annoncer)

    def arreter(self) -> None:
        """Listen no more, and end once what waits has left."""
        self._donnees.ecouteurs.remove(self._annoncer)
        if self._retenue:
            self._file.put(self._retenue)
        self._file.put(None)
        self._fil.join()

    def _annoncer(self, evenement: str, number: int) -> None:
        """Called under the truth's lock: write the webhook, which leaves later."""
        if self._secret is None and evenement not in ETATS:
            return
        annonce, pannes = self._composer(evenement, number), self._donnees.pannes
        if pannes.frappe("crochet_forge"):
            self._file.put(self._forger(evenement, number))
        if self._retenue is None and pannes.frappe("crochet_desordonne"):
            self._retenue = annonce
            return
        self._file.put(annonce)
        if pannes.frappe("crochet_double"):
            self._file.put(annonce)
        if self._retenue:
            self._file.put(self._retenue)
            self._retenue = None

    def _composer(self, evenement: str, number: int) -> Annonce:
        fiche = self._donnees.dossiers[number]
        if self._secret is None:
            return _ancienne(fiche.demarche, number, fiche.contenu["state"], iso(fiche.updated_at))
        maintenant = self._donnees.horloge()
        return _signee(self._secret, evenement, fiche.demarche, number, iso(maintenant), int(maintenant.timestamp()))

    def _forger(self, evenement: str, number: int) -> Annonce:
        """What somebody who knows the address but neither the dossiers nor the secret would send."""
        if self._secret is None:
            return _ancienne(1, number + 10_000_000, "accepte", iso(self._donnees.horloge()))
        maintenant = self._donnees.horloge()
        faux = _PREFIXE + base64.b64encode(b"un autre secret, de trente-deux.").decode()
        return _signee(faux, evenement, 1, number + 10_000_000, iso(maintenant), int(maintenant.timestamp()))

    def _envoyer(self) -> None:
        while (annonce := self._file.get()) is not None:
            for url in self._urls:
                self.comptes["envoyes" if _poster(url, annonce) else "perdus"] += 1


def cle(secret: str) -> bytes:
    """The key inside a « whsec_ » secret. Raises ValueError."""
    if not secret.startswith(_PREFIXE):
        raise ValueError(f"Un secret de webhook commence par «\u00a0{_PREFIXE}\u00a0».")
    return base64.b64decode(secret.removeprefix(_PREFIXE), validate=True)


def signature(secret: str, identifiant: str, instant: int, corps: bytes) -> str:
    """The value of `webhook-signature`: HMAC-SHA256 of « id.timestamp.body » (Standard Webhooks, version 1)."""
    sceau = hmac.new(cle(secret), f"{identifiant}.{instant}.".encode() + corps, hashlib.sha256)
    return f"v1,{base64.b64encode(sceau.digest()).decode()}"


def _ancienne(demarche: int, number: int, state: str, updated_at: str) -> Annonce:
    champs = {"procedure_id": demarche, "dossier_id": number, "state": state, "updated_at": updated_at}
    return Annonce(urlencode(champs).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def _signee(secret: str, evenement: str, demarche: int, number: int, date: str, instant: int) -> Annonce:
    donnees = {"dossier": {"number": number}, "demarche": {"number": demarche}}
    corps = json.dumps({"type": evenement, "timestamp": date, "data": donnees}).encode()
    identifiant = f"msg_{uuid4().hex}"
    return Annonce(
        corps,
        {
            "Content-Type": "application/json",
            "webhook-id": identifiant,
            "webhook-timestamp": str(instant),
            "webhook-signature": signature(secret, identifiant, instant, corps),
        },
    )


def _poster(url: str, annonce: Annonce) -> bool:
    try:
        reponse = httpx.post(url, content=annonce.corps, headers=dict(annonce.entetes), timeout=DELAI, trust_env=False)
    except httpx.HTTPError:
        return False
    return reponse.is_success
