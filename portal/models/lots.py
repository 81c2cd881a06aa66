"""Acts done to many dossiers at once: a lot, and what became of each dossier."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot


class Lot(Base):
    """One act on up to 500 dossiers, done by a job in the name of who asked for it. `cle`: of its form, sent twice, done once.

    `pris_at` is the lease of the worker that does it.
    """

    __tablename__ = "lot"

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    action: Mapped[ActionLot] = mapped_column(enum_texte(ActionLot))
    parametres: Mapped[dict[str, Any]] = mapped_column(default=dict)
    etat: Mapped[EtatLot] = mapped_column(enum_texte(EtatLot), default=EtatLot.ATTENTE)
    total: Mapped[int]
    pris_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    annule_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class LigneLot(Base):
    """A dossier of a lot. `message`: the French sentence of a refusal. `avant`: what an undo puts back; {} when nothing can."""

    __tablename__ = "ligne_lot"
    __table_args__ = (
        UniqueConstraint("lot_id", "dossier_id"),
        Index("ix_ligne_lot_lot_id_rang", "lot_id", "rang"),
    )

    id: Mapped[cle]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    rang: Mapped[int]
    etat: Mapped[EtatLigneLot] = mapped_column(enum_texte(EtatLigneLot), default=EtatLigneLot.ATTENTE)
    message: Mapped[str] = mapped_column(Text, default="")
    avant: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime | None]

    dossier: Mapped[Dossier] = relationship()
