"""What passes between a service and an association once a request is filed: messages, corrections asked for and made."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.vocabulaire_demandes import AudienceMessage, SectionDemande


class Message(Base):
    """A message on a dossier, for an audience that is said. `service_id`: of the agent who writes, None for the association.

    `cle`: of the form that sent it; sent twice, kept once.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_dossier_id_id", "dossier_id", "id"),)

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    audience: Mapped[AudienceMessage] = mapped_column(enum_texte(AudienceMessage))
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    texte: Mapped[str] = mapped_column(Text)
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    fichier_nom: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    auteur: Mapped[User] = relationship()
    service: Mapped[Service | None] = relationship()
    fichier: Mapped[Fichier | None] = relationship()


class LectureMessages(Base):
    """Up to which message of a dossier a person has read."""

    __tablename__ = "lecture_messages"
    __table_args__ = (UniqueConstraint("dossier_id", "user_id"),)

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    dernier_id: Mapped[int]


class Complement(Base):
    """A service asks for sections of a filed request to be corrected or completed, until a day; one at a time per dossier.

    `sections`: [{place, motif}], `place` being the slug of a page. `repondu_at`: the corrections were sent, all at once.
    """

    __tablename__ = "complement"
    __table_args__ = (
        Index(
            "uq_complement_ouvert",
            "dossier_id",
            unique=True,
            postgresql_where=text("repondu_at IS NULL AND annule_at IS NULL"),
        ),
    )

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    sections: Mapped[list[Any]]
    motif: Mapped[str] = mapped_column(Text)
    echeance: Mapped[date]
    pieces_exigees: Mapped[bool] = mapped_column(default=False)
    demande_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    demande_at: Mapped[datetime] = mapped_column(server_default=func.now())
    repondu_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    repondu_at: Mapped[datetime | None]
    annule_at: Mapped[datetime | None]

    dossier: Mapped[Dossier] = relationship()
    demande_par: Mapped[User] = relationship(foreign_keys=[demande_par_id])


class RevisionSection(Base):
    """A section of a filed request as it was and as it became; `contenu_version` is the dossier's after the change."""

    __tablename__ = "revision_section"
    __table_args__ = (UniqueConstraint("complement_id", "section", "rang"),)

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"), index=True)
    complement_id: Mapped[int] = mapped_column(ForeignKey("complement.id"))
    section: Mapped[SectionDemande] = mapped_column(enum_texte(SectionDemande))
    rang: Mapped[int] = mapped_column(default=1)
    anciennes: Mapped[dict[str, Any]]
    nouvelles: Mapped[dict[str, Any]]
    contenu_version: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
