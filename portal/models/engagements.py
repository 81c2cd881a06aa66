"""The Contrat d'engagement républicain: its text as versions, its signatures as evidence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_cer import CapaciteSignataire


class TexteCer(Base):
    """A published version of the text. `sha256` is that of the body (UTF-8, NFC, LF), which never changes."""

    __tablename__ = "texte_cer"

    id: Mapped[cle]
    version: Mapped[str] = mapped_column(String(20), unique=True)
    reference: Mapped[str] = mapped_column(String(200))
    nor: Mapped[str] = mapped_column(String(20))
    jorf: Mapped[str] = mapped_column(String(200))
    date: Mapped[date]
    url: Mapped[str] = mapped_column(String(300))
    corps: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    verifie_at: Mapped[datetime | None]
    verifie_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Engagement(Base):
    """One signature: who, in which quality, of which exact text, when, with which proof. Never changed afterwards.

    `preuve` is the canonical JSON of what was signed (docs/adr/0018) and `empreinte` its SHA-256; it holds `rang`, the place
    in the one chain of all signatures, and the print of the one before (`precedente`). What is private (`preuve_privee`) is in it
    as a salted hash only. `code` opens the receipt, `code_public` the poster, which leads nowhere else.
    """

    __tablename__ = "engagement"
    __table_args__ = (UniqueConstraint("association_id", "texte_id", "signataire_id"),)

    id: Mapped[cle]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    texte_id: Mapped[int] = mapped_column(ForeignKey("texte_cer.id"))
    signataire_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mandat_id: Mapped[int] = mapped_column(ForeignKey("mandat.id"))
    prenom: Mapped[str] = mapped_column(String(100))
    nom: Mapped[str] = mapped_column(String(100))
    fonction: Mapped[str] = mapped_column(String(100))
    mandat_etat: Mapped[EtatMandat] = mapped_column(enum_texte(EtatMandat))
    phrase_consentement: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(254))
    texte_sha256: Mapped[str] = mapped_column(String(64))
    annuaire: Mapped[dict[str, Any]]
    ip: Mapped[str] = mapped_column(String(45))
    agent_utilisateur: Mapped[str] = mapped_column(String(300))
    session_id: Mapped[int] = mapped_column(ForeignKey("session_connexion.id"))
    requete_id: Mapped[str] = mapped_column(String(40), default="")
    capacite: Mapped[CapaciteSignataire] = mapped_column(enum_texte(CapaciteSignataire))
    pouvoir_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"))
    pouvoir_nom: Mapped[str] = mapped_column(String(300), default="")
    pouvoir_sha256: Mapped[str] = mapped_column(String(64), default="")
    demande_id: Mapped[int | None] = mapped_column(ForeignKey("demande_signature.id"))
    consenti_at: Mapped[datetime]
    code_demande_at: Mapped[datetime]
    signed_at: Mapped[datetime]
    code_public: Mapped[str] = mapped_column(String(20), unique=True)
    rang: Mapped[int] = mapped_column(unique=True)
    precedente: Mapped[str] = mapped_column(String(64))
    preuve: Mapped[str] = mapped_column(Text)
    preuve_privee: Mapped[str] = mapped_column(Text)
    empreinte: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()
    texte: Mapped[TexteCer] = relationship()
    mandat: Mapped[Mandat] = relationship()
    signataire: Mapped[User] = relationship()
    pouvoir: Mapped[Fichier | None] = relationship()
