"""Letters that services write from their own templates, and their way to the parapheur and back."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.documents import Document, Fichier
from portal.vocabulaire_instruction import EtatLettre, GenreLettre
from portal.vocabulaire_lettres import EtatCopie, EtatRetour


class GabaritLettre(Base):
    """A version of a service's template for a kind of letter, with merge fields; the newest published one is used."""

    __tablename__ = "gabarit_lettre"
    __table_args__ = (UniqueConstraint("service_id", "genre", "version"),)

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    genre: Mapped[GenreLettre] = mapped_column(enum_texte(GenreLettre))
    version: Mapped[int]
    objet: Mapped[str] = mapped_column(String(300))
    corps: Mapped[str] = mapped_column(Text)
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    publie_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LotParapheur(Base):
    """Letters that left together to be signed. `document_id`: the archive of their PDFs, with its index."""

    __tablename__ = "lot_parapheur"

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Lettre(Base):
    """A letter on a dossier: its document is frozen; `decision_version` is the one that it tells, for those that tell a decision.

    `signe_*`: the signed copy that came back; what the association reads is that one when there is one.
    """

    __tablename__ = "lettre"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    genre: Mapped[GenreLettre] = mapped_column(enum_texte(GenreLettre))
    decision_version: Mapped[int | None]
    gabarit_id: Mapped[int | None] = mapped_column(ForeignKey("gabarit_lettre.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    etat: Mapped[EtatLettre] = mapped_column(enum_texte(EtatLettre), default=EtatLettre.PREPAREE)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot_parapheur.id"), index=True)
    signe_fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    signe_nom: Mapped[str] = mapped_column(String(300), default="")
    signe_at: Mapped[datetime | None]
    signe_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    document: Mapped[Document] = relationship()
    signe_fichier: Mapped[Fichier | None] = relationship()


class RetourParapheur(Base):
    """Files that came back signed, sent together; a job reads the QR code of each of their pages."""

    __tablename__ = "retour_parapheur"

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    etat: Mapped[EtatRetour] = mapped_column(enum_texte(EtatRetour), default=EtatRetour.A_LIRE)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lu_at: Mapped[datetime | None]

    fichiers: Mapped[list["FichierRetour"]] = relationship(order_by="FichierRetour.id")
    copies: Mapped[list["CopieParapheur"]] = relationship(order_by="CopieParapheur.id")


class FichierRetour(Base):
    """A PDF as it was sent. `refus`: why it could not be read, in French, "" while it is not or was."""

    __tablename__ = "fichier_retour"

    id: Mapped[cle]
    retour_id: Mapped[int] = mapped_column(ForeignKey("retour_parapheur.id"), index=True)
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    refus: Mapped[str] = mapped_column(Text, default="")

    fichier: Mapped[Fichier] = relationship()


class CopieParapheur(Base):
    """Pages of a file that make one signed letter. `numero`: read in their QR code, "" when none was; `raison`: of a refusal."""

    __tablename__ = "copie_parapheur"

    id: Mapped[cle]
    retour_id: Mapped[int] = mapped_column(ForeignKey("retour_parapheur.id"), index=True)
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    pages: Mapped[str] = mapped_column(String(200))
    numero: Mapped[str] = mapped_column(String(40), default="")
    lettre_id: Mapped[int | None] = mapped_column(ForeignKey("lettre.id"))
    etat: Mapped[EtatCopie] = mapped_column(enum_texte(EtatCopie))
    raison: Mapped[str] = mapped_column(Text, default="")

    fichier: Mapped[Fichier] = relationship()
    lettre: Mapped[Lettre | None] = relationship()
