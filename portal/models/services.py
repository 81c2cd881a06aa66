"""Instructing services and the agents who act for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.vocabulaire import RoleAffectation, TypeService
from portal.vocabulaire_instruction import ModeNotification, QuiDecide


class Service(Base):
    """A préfecture, a DDETS, a DRAJES... that instructs requests or is asked for its avis."""

    __tablename__ = "service"

    id: Mapped[cle]
    nom: Mapped[str] = mapped_column(String(200))
    sigle: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[TypeService] = mapped_column(enum_texte(TypeService))
    territoire: Mapped[str] = mapped_column(String(100), default="")
    siret: Mapped[str] = mapped_column(String(14), default="")
    adresse: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    telephone: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    reglage: Mapped["ReglageService | None"] = relationship(back_populates="service")


class Affectation(Base):
    """An agent's role in a service. An agent acts for one service at a time."""

    __tablename__ = "affectation"
    __table_args__ = (UniqueConstraint("user_id", "service_id"),)

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    role: Mapped[RoleAffectation] = mapped_column(enum_texte(RoleAffectation))
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    service: Mapped[Service] = relationship()


class ReglageService(Base):
    """How a service decides and notifies. Without `mode_notification` nothing can be notified, and the page says why.

    `tribunal`: the administrative court before which its acts are contested, named in its letters.
    """

    __tablename__ = "reglage_service"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    qui_decide: Mapped[QuiDecide] = mapped_column(enum_texte(QuiDecide), default=QuiDecide.RESPONSABLE)
    proposition_requise: Mapped[bool] = mapped_column(default=False)
    mode_notification: Mapped[ModeNotification | None] = mapped_column(enum_texte(ModeNotification))
    ville: Mapped[str] = mapped_column(String(100), default="")
    tribunal: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    service: Mapped[Service] = relationship(back_populates="reglage")
