"""What is addressed to one agent, what an agent keeps for itself, and the checklist of a démarche."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.vocabulaire_instruction import EtatPoint, GenreTache


class Tache(Base):
    """Something addressed to one agent, acting for one service. `cle`: what makes it unique, so that it is made once.

    `a_faire`: it waits in « Mes tâches » until `faite_at`; the others only inform, until `lue_at`. `envoyee_at`: told by mail.
    """

    __tablename__ = "tache"
    __table_args__ = (
        UniqueConstraint("user_id", "cle"),
        Index("ix_tache_ouverte", "user_id", "service_id", "id", postgresql_where=text("faite_at IS NULL")),
        Index("ix_tache_a_envoyer", "user_id", "id", postgresql_where=text("envoyee_at IS NULL")),
    )

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    genre: Mapped[GenreTache] = mapped_column(enum_texte(GenreTache))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    objet_id: Mapped[int | None]
    par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    cle: Mapped[str] = mapped_column(String(80))
    a_faire: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lue_at: Mapped[datetime | None]
    faite_at: Mapped[datetime | None]
    envoyee_at: Mapped[datetime | None]

    dossier: Mapped[Dossier | None] = relationship()
    par: Mapped[User | None] = relationship(foreign_keys=[par_id])


class NotePersonnelle(Base):
    """What an agent writes on a dossier for nobody else."""

    __tablename__ = "note_personnelle"
    __table_args__ = (UniqueConstraint("user_id", "dossier_id"),)

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    texte: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PointControle(Base):
    """A point that the agents of a démarche check on each dossier."""

    __tablename__ = "point_controle"

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), index=True)
    rang: Mapped[int]
    libelle: Mapped[str] = mapped_column(String(200))
    aide: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retire_at: Mapped[datetime | None]


class PointCoche(Base):
    """What was last said of a point on a dossier, by whom and when."""

    __tablename__ = "point_coche"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("point_controle.id"), primary_key=True)
    etat: Mapped[EtatPoint] = mapped_column(enum_texte(EtatPoint))
    commentaire: Mapped[str] = mapped_column(Text, default="")
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    par: Mapped[User] = relationship()
