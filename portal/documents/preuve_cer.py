"""The proof of a signature, in a form that anybody can check without us (docs/adr/0018): canonical JSON, SHA-256, Merkle trees.

Pure. Hashes are hexadecimal; a tree is that of RFC 6962 (leaves and nodes are hashed under different prefixes).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from portal.texte_json import canonique, lire

FORMAT = "preuve-cer/1"
# Signatures older than the chain entered it at an upgrade: their two other instants are that of the signature.
FORMAT_ANCIEN = "preuve-cer/0"
ORIGINE = "0" * 64
EMPREINTE = re.compile(r"[0-9a-f]{64}")
# The files that a receipt with proof bears.
PREUVE_JOINTE, TEXTE_JOINT = "preuve-cer.json", "texte-cer.md"
FEUILLE, NOEUD = b"\x00", b"\x01"
# What chains a proof to the one before.
CHAINE = ("rang", "precedente")
# What the proof says, by column: whoever holds the receipt may read it.
PUBLICS = (
    "code",
    "code_public",
    "association_id",
    "texte_id",
    "texte_sha256",
    "phrase_consentement",
    "prenom",
    "nom",
    "fonction",
    "capacite",
    "mandat_etat",
    "pouvoir_nom",
    "pouvoir_sha256",
    "annuaire",
    "consenti_at",
    "code_demande_at",
    "signed_at",
)
# What it says under a salted hash: the table alone holds the values.
PRIVES = (
    "email",
    "ip",
    "agent_utilisateur",
    "session_id",
    "requete_id",
    "signataire_id",
    "mandat_id",
    "demande_id",
    "pouvoir_id",
)


def composer(colonnes: Mapping[str, Any], *, prive: str, forme: str = FORMAT) -> str:
    """The proof of a signature from its columns by name, and the salted hash of its private part."""
    dits = {nom: en_json(colonnes[nom]) for nom in (*CHAINE, *PUBLICS)}
    return ecrire({"format": forme, "prive": prive, **dits})


def composer_prive(colonnes: Mapping[str, Any]) -> str:
    """The text of the private part, from the columns by name."""
    return ecrire({nom: en_json(colonnes[nom]) for nom in PRIVES})


def en_json(valeur: Any) -> Any:
    """A column as a proof writes it: instants in ISO 8601, UTC, to the microsecond."""
    return valeur.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(valeur, datetime) else valeur


def ecrire(preuve: Mapping[str, Any]) -> str:
    """The one text of a proof: compact JSON, sorted keys, UTF-8."""
    return canonique(preuve).decode()


def empreinte(texte: str) -> str:
    """SHA-256 of a text's UTF-8 bytes."""
    return empreinte_octets(texte.encode())


def empreinte_octets(octets: bytes) -> str:
    """SHA-256 of bytes."""
    return hashlib.sha256(octets).hexdigest()


def empreinte_privee(sel: str, texte: str) -> str:
    """What a proof shows of its private part: its HMAC-SHA-256 under a salt that we keep with it."""
    return hmac.new(bytes.fromhex(sel), texte.encode(), hashlib.sha256).hexdigest()


def feuille(texte: str) -> str:
    """The leaf of a proof in the tree of its day."""
    return hashlib.sha256(FEUILLE + texte.encode()).hexdigest()


def racine(feuilles: Sequence[str]) -> str:
    """The root of a tree; that of an empty one is the SHA-256 of nothing."""
    return chemins(feuilles)[0] if feuilles else hashlib.sha256().hexdigest()


def chemins(feuilles: Sequence[str]) -> tuple[str, list[list[str]]]:
    """The root of a tree that has leaves, and for each leaf what it takes to go from it to the root, nearest first."""
    if len(feuilles) == 1:
        return feuilles[0], [[]]
    coupe = _coupe(len(feuilles))
    gauche, a_gauche = chemins(feuilles[:coupe])
    droite, a_droite = chemins(feuilles[coupe:])
    for pas in a_gauche:
        pas.append(droite)
    for pas in a_droite:
        pas.append(gauche)
    return _noeud(gauche, droite), a_gauche + a_droite


def remonter(une_feuille: str, place: int, taille: int, pas: Sequence[str]) -> str | None:
    """The root to which these steps lead from that leaf of a tree of `taille` leaves; None when they cannot."""
    if not 0 <= place < taille:
        return None
    if taille == 1:
        return une_feuille if not pas else None
    if not pas:
        return None
    coupe, voisin = _coupe(taille), pas[-1]
    a_gauche = place < coupe
    sous_arbre = (place, coupe) if a_gauche else (place - coupe, taille - coupe)
    sien = remonter(une_feuille, *sous_arbre, pas[:-1])
    if sien is None:
        return None
    return _noeud(sien, voisin) if a_gauche else _noeud(voisin, sien)


def chainer(jour: date, taille: int, une_racine: str, precedente: str) -> str:
    """What chains the tree of a day to that of the day before."""
    return empreinte(f"{jour.isoformat()}\n{taille}\n{une_racine}\n{precedente}")


@dataclass(frozen=True, slots=True)
class PreuveJointe:
    """What a receipt carries once its day is closed: the proof as signed, its place in the tree, the tree in the chain."""

    preuve: str
    jour: date
    place: int
    taille: int
    pas: tuple[str, ...]
    racine: str
    precedente: str
    chaine: str

    @property
    def dits(self) -> dict[str, Any]:
        """What the signature says, by field."""
        return dict(lire(self.preuve))

    def ecrire(self) -> str:
        """As the file `preuve-cer.json` that is attached to the PDF."""
        return ecrire(
            {
                "format": FORMAT,
                "preuve": self.preuve,
                "jour": self.jour.isoformat(),
                "place": self.place,
                "taille": self.taille,
                "pas": list(self.pas),
                "racine": self.racine,
                "precedente": self.precedente,
                "chaine": self.chaine,
            }
        )

    def fautes(self) -> list[str]:
        """What does not hold together, in French; nothing when the proof leads to the root and the root to the chain."""
        fautes = []
        if remonter(feuille(self.preuve), self.place, self.taille, self.pas) != self.racine:
            fautes.append(
                "La signature ne mène pas à la racine du jour\u00a0: elle a été modifiée, ou ne fait pas partie de ce jour."
            )
        if chainer(self.jour, self.taille, self.racine, self.precedente) != self.chaine:
            fautes.append("La racine du jour n’est pas celle que dit la chaîne des jours.")
        return fautes


def lire_jointe(texte: str) -> PreuveJointe:
    """Read `preuve-cer.json`. Raises ValueError, in French, when it is not one of ours."""
    try:
        lu = lire(texte)
        if lu.pop("format") != FORMAT or not isinstance(lire(lu["preuve"])["texte_sha256"], str):
            raise ValueError("Not a proof of ours.")
        empreintes = {nom: _hexadecimal(lu[nom]) for nom in ("racine", "precedente", "chaine")}
        pas = tuple(_hexadecimal(un) for un in lu["pas"])
        jour, place, taille = date.fromisoformat(lu["jour"]), int(lu["place"]), int(lu["taille"])
        return PreuveJointe(preuve=lu["preuve"], jour=jour, place=place, taille=taille, pas=pas, **empreintes)
    except (AttributeError, KeyError, TypeError, ValueError) as faute:
        raise ValueError("La preuve jointe à ce fichier ne se lit pas.") from faute


def _hexadecimal(lu: str) -> str:
    if not EMPREINTE.fullmatch(lu):
        raise ValueError("Not a SHA-256.")
    return lu


def _coupe(taille: int) -> int:
    """The largest power of two below `taille` (RFC 6962, section 2.1)."""
    return 1 << (taille - 1).bit_length() - 1


def _noeud(gauche: str, droite: str) -> str:
    return hashlib.sha256(NOEUD + bytes.fromhex(gauche) + bytes.fromhex(droite)).hexdigest()
