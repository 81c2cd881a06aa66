"""Working sheets that leave, are filled offline and come back; and the columns that a service saved for its exports."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, JsonTexte, cle, enum_texte
from portal.models.connexion import User
from portal.models.documents import Document
from portal.vocabulaire_imports import EtatModification, EtatRetour


class FeuilleTravail(Base):
    """A sheet that left. `jeton`: what its « Ne pas modifier » tab bears. `base`: the values it left with, by reference."""

    __tablename__ = "feuille_travail"

    id: Mapped[cle]
    jeton: Mapped[str] = mapped_column(String(40), unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    colonnes: Mapped[list[Any]] = mapped_column(default=list)
    base: Mapped[dict[str, Any]] = mapped_column(JsonTexte)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    user: Mapped[User] = relationship()
    document: Mapped[Document | None] = relationship()


class RetourFeuille(Base):
    """A working sheet that came back. `cle`: of its form, sent twice, kept once. `pris_at`: the lease of the worker.

    `constat`: what is to be said of the file as a whole, and how often its reading was tried.
    """

    __tablename__ = "retour_feuille"

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    feuille_id: Mapped[int | None] = mapped_column(ForeignKey("feuille_travail.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    etat: Mapped[EtatRetour] = mapped_column(enum_texte(EtatRetour), default=EtatRetour.A_LIRE)
    message: Mapped[str] = mapped_column(Text, default="")
    constat: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pris_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    applique_at: Mapped[datetime | None]

    feuille: Mapped[FeuilleTravail | None] = relationship()
    user: Mapped[User] = relationship()


class ModificationFeuille(Base):
    """One cell that was changed offline, beside what it left with and what the portal holds now, in canonical text.

    `essais`: how often the database gave up on its dossier.
    """

    __tablename__ = "modification_feuille"
    __table_args__ = (
        UniqueConstraint("retour_id", "reference", "champ"),
        Index("ix_modification_feuille_retour_id_etat", "retour_id", "etat"),
    )

    id: Mapped[cle]
    retour_id: Mapped[int] = mapped_column(ForeignKey("retour_feuille.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40))
    champ: Mapped[str] = mapped_column(String(40))
    base: Mapped[str] = mapped_column(Text, default="")
    feuille: Mapped[str] = mapped_column(Text, default="")
    portail: Mapped[str] = mapped_column(Text, default="")
    etat: Mapped[EtatModification] = mapped_column(enum_texte(EtatModification))
    message: Mapped[str] = mapped_column(Text, default="")
    essais: Mapped[int] = mapped_column(default=0)


class ModeleExport(Base):
    """Columns that a service keeps under a name for its exports, in their order."""

    __tablename__ = "modele_export"
    __table_args__ = (UniqueConstraint("service_id", "nom"),)

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    nom: Mapped[str] = mapped_column(String(80))
    colonnes: Mapped[list[Any]] = mapped_column(default=list)
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
