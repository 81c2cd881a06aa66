"""What the owner service decides on a dossier; nobody else sees it until it is notified."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.vocabulaire import MotifDecision, SensDecision


class Decision(Base):
    """One decision per dossier, with its author's name and quality (CRPA L212-1) frozen as they were."""

    __tablename__ = "decision"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    sens: Mapped[SensDecision] = mapped_column(enum_texte(SensDecision))
    motif: Mapped[MotifDecision | None] = mapped_column(enum_texte(MotifDecision))
    motivation: Mapped[str] = mapped_column(Text, default="")
    montant_accorde: Mapped[Decimal | None]
    conditions: Mapped[str] = mapped_column(Text, default="")
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    auteur_nom: Mapped[str] = mapped_column(String(200))
    auteur_qualite: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    notifiee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    notification_demandee_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    auteur: Mapped[User] = relationship(foreign_keys=[auteur_id])
