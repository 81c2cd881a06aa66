"""The append-only journal: one chain per object stream, values apart in an erasable detail, a chained daily root."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, cle


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


class EvenementDetail(Base):
    """The values of an event and the salt of their hashes: erasing them does not break the chain."""

    __tablename__ = "evenement_detail"

    evenement_id: Mapped[int] = mapped_column(ForeignKey("evenement.id"), primary_key=True)
    sel: Mapped[str] = mapped_column(String(32))
    valeurs: Mapped[dict[str, Any]]


class RacineJournal(Base):
    """The root of a day over all heads, itself chained to the root before."""

    __tablename__ = "racine_journal"

    jour: Mapped[date] = mapped_column(primary_key=True)
    flux: Mapped[int]
    racine: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
