"""The append-only journal: one chain per object stream, values apart in an erasable detail, a chained daily root."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, cle
from portal.texte_json import canonique

# What the first event of a stream and the first root are chained to.
ORIGINE = "0" * 64
# What the hash of an event seals: all that it says, but its rank in the table.
SCELLES = ("objet", "seq", "at", "acteur", "service_id", "action", "champs", "prev_hash")


def empreinte_valeur(sel: str, nom: str, valeur: Any) -> str:
    """Salted hash of one value: useless without the detail, conclusive with it."""
    return _sha256({"sel": sel, "nom": nom, "valeur": valeur})


def empreintes_valeurs(sel: str, valeurs: Mapping[str, Any]) -> dict[str, str]:
    """The salted hash of each value: the `champs` of an event."""
    return {nom: empreinte_valeur(sel, nom, valeur) for nom, valeur in valeurs.items()}


def empreinte_evenement(evenement: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of an event (its columns by name), the previous hash included."""
    return _sha256(
        {
            "objet": evenement["objet"],
            "seq": evenement["seq"],
            "at": _instant(evenement["at"]),
            "acteur": evenement["acteur"],
            "service": evenement["service_id"],
            "action": evenement["action"],
            "champs": evenement["champs"],
            "prev": evenement["prev_hash"],
        }
    )


def _sha256(contenu: dict[str, Any]) -> str:
    return hashlib.sha256(canonique(contenu)).hexdigest()


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


class FluxJournal(Base):
    """Head of a stream (`dossier:12`): locked and updated with each event, compared by the verifier."""

    __tablename__ = "flux_journal"

    objet: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int]
    tete: Mapped[str] = mapped_column(String(64))


class Evenement(Base):
    """One act. `champs` names what changed with salted hashes; UPDATE and DELETE are refused by trigger."""

    __tablename__ = "evenement"
    __table_args__ = (UniqueConstraint("objet", "seq"),)

    id: Mapped[cle]
    objet: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    at: Mapped[datetime]
    acteur: Mapped[str] = mapped_column(String(80))
    service_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(60))
    champs: Mapped[dict[str, Any]]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def empreinte(self) -> str:
        """What `hash` must be."""
        return empreinte_evenement({nom: getattr(self, nom) for nom in SCELLES})


class EvenementDetail(Base):
    """The values of an event and the salt of their hashes: erasing them does not break the chain."""

    __tablename__ = "evenement_detail"

    evenement_id: Mapped[int] = mapped_column(ForeignKey("evenement.id"), primary_key=True)
    sel: Mapped[str] = mapped_column(String(32))
    valeurs: Mapped[dict[str, Any]]

    def empreintes(self) -> dict[str, str]:
        """The salted hash of each value: what the event's `champs` must be."""
        return empreintes_valeurs(self.sel, self.valeurs)


class RacineJournal(Base):
    """The root of a day over the heads of all streams, itself chained to the root before.

    It covers the events up to the id `dernier_evenement`: whoever has the events can compute it again.
    """

    __tablename__ = "racine_journal"

    jour: Mapped[date] = mapped_column(primary_key=True)
    dernier_evenement: Mapped[int]
    flux: Mapped[int]
    racine: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    def empreinte(self) -> str:
        """SHA-256 of the canonical JSON of the root, previous hash included: what `hash` must be."""
        return _sha256(
            {
                "jour": self.jour.isoformat(),
                "dernier": self.dernier_evenement,
                "flux": self.flux,
                "racine": self.racine,
                "at": _instant(self.created_at),
                "prev": self.prev_hash,
            }
        )
