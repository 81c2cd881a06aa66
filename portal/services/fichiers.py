"""Bytes kept once, whatever they are the bytes of: written durably before the row that speaks of them."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from integrations.stockage.api import FichierIntrouvable, Stockage, StockageIndisponible
from portal.errors import RemoteUnavailable
from portal.models.documents import Fichier

ABIME = (
    "Le fichier conservé ne correspond plus à son empreinte : il n’est pas remis. "
    "Ce que le portail sait de lui reste enregistré ; écrivez à l’adresse de contact pour qu’il soit refait."
)


def store(stockage: Stockage, octets: bytes, type_mime: str) -> dict[str, Any]:
    """Write the bytes, durably, under a key of their own; returns the values of the Fichier row to come.

    No transaction is open. Should the row never come, the bytes are orphans: bytes without a row, never a row without bytes.
    Raises StockageIndisponible.
    """
    cle_stockage = secrets.token_hex(16)
    stockage.ecrire(cle_stockage, octets)
    return {
        "sha256": hashlib.sha256(octets).hexdigest(),
        "cle_stockage": cle_stockage,
        "taille": len(octets),
        "type_mime": type_mime,
    }


def store_file(stockage: Stockage, source: Path, type_mime: str) -> dict[str, Any]:
    """The same for the bytes of a file of ours, read by pieces."""
    cle_stockage = secrets.token_hex(16)
    stockage.deposer(cle_stockage, source)
    with source.open("rb") as lu:
        empreinte = hashlib.file_digest(lu, "sha256").hexdigest()
    return {
        "sha256": empreinte,
        "cle_stockage": cle_stockage,
        "taille": source.stat().st_size,
        "type_mime": type_mime,
    }


def deposit(stockage: Stockage, octets: bytes, type_mime: str) -> dict[str, Any]:
    """The same for what a person has just sent. Raises RemoteUnavailable: the page then gives back what was typed."""
    try:
        return store(stockage, octets, type_mime)
    except StockageIndisponible as panne:
        raise RemoteUnavailable(
            "Le fichier joint n’a pas pu être conservé pour le moment\u00a0: rien n’est envoyé. "
            "Réessayez dans quelques minutes, en le joignant de nouveau."
        ) from panne


def keep(session: Session, valeurs: dict[str, Any]) -> tuple[Fichier, bool]:
    """The row of the stored bytes. False when the same content was kept already: these bytes then serve nobody."""
    nouveau = session.scalar(
        insert(Fichier).values(**valeurs).on_conflict_do_nothing(index_elements=["sha256"]).returning(Fichier.id)
    )
    fichier = session.scalars(select(Fichier).where(Fichier.sha256 == valeurs["sha256"])).one()
    return fichier, nouveau is not None


def read_bytes(stockage: Stockage, fichier: Fichier) -> bytes:
    """The bytes of a file, checked against their fingerprint. To be called without an open transaction. RemoteUnavailable."""
    try:
        octets = stockage.lire(fichier.cle_stockage)
    except StockageIndisponible as panne:
        raise RemoteUnavailable(
            "Le fichier n’a pas pu être lu pour le moment. Il est conservé : réessayez dans quelques minutes."
        ) from panne
    except FichierIntrouvable as perte:
        raise RemoteUnavailable(ABIME) from perte
    if hashlib.sha256(octets).hexdigest() != fichier.sha256:
        raise RemoteUnavailable(ABIME)
    return octets
