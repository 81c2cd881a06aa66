"""Requests that come in by another door, and dossiers that change hands."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle
from portal.models.connexion import User
from portal.models.documents import Document, Fichier


class Reception(Base):
    """A request received by post, mail or counter, entered by an agent. `cle`: of its form; sent twice, entered once.

    `envoyee_le`: when the association sent it (what counts before a closing, CRPA L112-1); `recue_le`: when it came.
    """

    __tablename__ = "reception"

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    envoyee_le: Mapped[date | None]
    recue_le: Mapped[date]
    email: Mapped[str] = mapped_column(String(254), default="")
    observations: Mapped[str] = mapped_column(Text, default="")
    saisie_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    saisie_par: Mapped[User] = relationship()


class PieceReception(Base):
    """A scan joined by an agent to a dossier."""

    __tablename__ = "piece_reception"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    ajoutee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retiree_at: Mapped[datetime | None]

    fichier: Mapped[Fichier] = relationship()


class Reorientation(Base):
    """A dossier handed to another service or démarche. `document_id`: what the old service keeps, frozen at that instant."""

    __tablename__ = "reorientation"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    de_service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    vers_service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    de_demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    vers_demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    motif: Mapped[str] = mapped_column(Text)
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    document: Mapped[Document | None] = relationship()
    par: Mapped[User] = relationship()
