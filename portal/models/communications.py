"""Associations that ask to read the avis given on their dossier, and what is hidden of each before it is sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.avis import Avis
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.vocabulaire_avis import EtatCommunication


class Communication(Base):
    """A request received on `recue_le` (day of Paris), to be answered until `echeance`, one month later (CRPA R311-13).

    `demandeur_nom`: who asks, as typed when it came by mail; `user_id`: of who asked here. One is open at a time per dossier.
    """

    __tablename__ = "communication"
    __table_args__ = (
        Index("uq_communication_ouverte", "dossier_id", unique=True, postgresql_where=text("etat = 'a_traiter'")),
        Index("ix_communication_ouverte", "id", postgresql_where=text("etat = 'a_traiter'")),
    )

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    demandeur_nom: Mapped[str] = mapped_column(String(200))
    recue_le: Mapped[date]
    echeance: Mapped[date]
    etat: Mapped[EtatCommunication] = mapped_column(enum_texte(EtatCommunication), default=EtatCommunication.A_TRAITER)
    motif: Mapped[str] = mapped_column(Text, default="")
    close_at: Mapped[datetime | None]
    close_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    dossier: Mapped[Dossier] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    document: Mapped[Document | None] = relationship()
    occultations: Mapped[list["Occultation"]] = relationship(order_by="Occultation.id")


class Occultation(Base):
    """What is hidden of one avis: `passages`, each as it stands in the text, or the whole avis for a reason (`refus`).

    Its author's service is asked first (`consultee_at`) and says what it thinks (`dite_at`); who answers the association decides.
    """

    __tablename__ = "occultation"
    __table_args__ = (UniqueConstraint("communication_id", "avis_id"),)

    id: Mapped[cle]
    communication_id: Mapped[int] = mapped_column(ForeignKey("communication.id"))
    avis_id: Mapped[int] = mapped_column(ForeignKey("avis.id"))
    passages: Mapped[list[Any]] = mapped_column(default=list)
    refus: Mapped[str] = mapped_column(Text, default="")
    consultee_at: Mapped[datetime | None]
    dite_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    communication: Mapped[Communication] = relationship(back_populates="occultations")
    avis: Mapped[Avis] = relationship()
