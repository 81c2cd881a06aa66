"""What a campaign asks beyond the cerfa, each naming its legal basis or optional, and the changes of its closing."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.vocabulaire_demandes import GenrePiece, GenreQuestion


class PieceRequise(Base):
    """A piece that a campaign asks for. `code` never changes: pieces already joined name it. Without `base_legale`, optional."""

    __tablename__ = "piece_requise"
    __table_args__ = (UniqueConstraint("demarche_id", "code"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    code: Mapped[str] = mapped_column(String(60))
    genre: Mapped[GenrePiece] = mapped_column(enum_texte(GenrePiece))
    libelle: Mapped[str] = mapped_column(String(200))
    aide: Mapped[str] = mapped_column(Text, default="")
    obligatoire: Mapped[bool]
    base_legale: Mapped[str] = mapped_column(String(300), default="")
    ordre: Mapped[int]
    retiree_at: Mapped[datetime | None]


class Question(Base):
    """An additional question of a campaign. `code` never changes: answers name it. Without `base_legale`, optional."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("demarche_id", "code"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    code: Mapped[str] = mapped_column(String(60))
    genre: Mapped[GenreQuestion] = mapped_column(enum_texte(GenreQuestion))
    libelle: Mapped[str] = mapped_column(String(300))
    aide: Mapped[str] = mapped_column(Text, default="")
    choix: Mapped[list[Any]] = mapped_column(default=list)
    obligatoire: Mapped[bool]
    base_legale: Mapped[str] = mapped_column(String(300), default="")
    ordre: Mapped[int]
    retiree_at: Mapped[datetime | None]


class Prolongation(Base):
    """A closing put off for all, with its reason; the drafts are told by mail."""

    __tablename__ = "prolongation"

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), index=True)
    ancienne: Mapped[datetime]
    nouvelle: Mapped[datetime]
    motif: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    by: Mapped[User] = relationship()
