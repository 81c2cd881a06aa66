"""Opinions that services ask each other and share. They are ours: DS cannot create one."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.services import Service
from portal.vocabulaire import Audience, SensAvis


class DemandeAvis(Base):
    """A question put to a service about a dossier."""

    __tablename__ = "demande_avis"
    __table_args__ = (UniqueConstraint("dossier_id", "service_id", "demandeur_service_id"),)

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    demandeur_service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    demandeur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    question: Mapped[str] = mapped_column(Text)
    echeance: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    service: Mapped[Service] = relationship(foreign_keys=[service_id])
    demandeur_service: Mapped[Service] = relationship(foreign_keys=[demandeur_service_id])
    demandeur: Mapped[User] = relationship()


class Avis(Base):
    """The avis of one service on one dossier; each later change is kept as a revision."""

    __tablename__ = "avis"
    __table_args__ = (UniqueConstraint("dossier_id", "service_id"),)

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    demande_avis_id: Mapped[int | None] = mapped_column(ForeignKey("demande_avis.id"))
    sens: Mapped[SensAvis] = mapped_column(enum_texte(SensAvis))
    montant_propose: Mapped[Decimal | None]
    texte: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(enum_texte(Audience))
    contenu_version: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    service: Mapped[Service] = relationship()
    auteur: Mapped[User] = relationship()
    demande_avis: Mapped[DemandeAvis | None] = relationship()


class RevisionAvis(Base):
    """An avis as it was given at one moment."""

    __tablename__ = "revision_avis"
    __table_args__ = (UniqueConstraint("avis_id", "version"),)

    id: Mapped[cle]
    avis_id: Mapped[int] = mapped_column(ForeignKey("avis.id"))
    version: Mapped[int]
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sens: Mapped[SensAvis] = mapped_column(enum_texte(SensAvis))
    montant_propose: Mapped[Decimal | None]
    texte: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(enum_texte(Audience))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
