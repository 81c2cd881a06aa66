"""How an association comes to be bound by the CER, or freed from signing it: what prepares a signature, and other proofs."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.engagements import TexteCer
from portal.models.services import Service
from portal.vocabulaire_cer import (
    CapaciteSignataire,
    EtatAttestation,
    EtatDemandeSignature,
    OrigineCer,
    TypeReconnaissance,
)


class SignaturePreparee(Base):
    """What a signatory has filled in and consented to, until the six-digit code sent to her address proves that she holds it.

    The code is minted by the job that mails it (`code_envoye_at`); only its hash is kept, for ten minutes and five tries.
    `affiche` is the fingerprint of the page on which she consented. One row per person, association and text.
    """

    __tablename__ = "signature_preparee"
    __table_args__ = (UniqueConstraint("user_id", "association_id", "texte_id"),)

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    texte_id: Mapped[int] = mapped_column(ForeignKey("texte_cer.id"))
    demande_id: Mapped[int | None] = mapped_column(ForeignKey("demande_signature.id"))
    prenom: Mapped[str] = mapped_column(String(100))
    nom: Mapped[str] = mapped_column(String(100))
    fonction: Mapped[str] = mapped_column(String(100))
    capacite: Mapped[CapaciteSignataire] = mapped_column(enum_texte(CapaciteSignataire))
    pouvoir_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"))
    pouvoir_nom: Mapped[str] = mapped_column(String(300), default="")
    affiche: Mapped[str] = mapped_column(String(64))
    consenti_at: Mapped[datetime]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_demande_at: Mapped[datetime]
    code_envoye_at: Mapped[datetime | None]
    code_expire_at: Mapped[datetime]
    essais: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    pouvoir: Mapped[Fichier | None] = relationship()


class DemandeSignature(Base):
    """A signature asked of the person who represents the association by somebody who prepares.

    `email` is empty for the way of paper: a page is printed (`document`), that bears `code` and the hash of the text, and comes
    back as an AttestationCer. One open request per association, text and address; its last letter was owed at `sollicitee_at`.
    """

    __tablename__ = "demande_signature"
    __table_args__ = (
        Index(
            "uq_demande_signature_ouverte",
            "association_id",
            "texte_id",
            "email",
            unique=True,
            postgresql_where=text("etat = 'envoyee' AND email <> ''"),
        ),
    )

    id: Mapped[cle]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    texte_id: Mapped[int] = mapped_column(ForeignKey("texte_cer.id"))
    demandeur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    email: Mapped[str] = mapped_column(String(254), default="")
    prenom: Mapped[str] = mapped_column(String(100))
    nom: Mapped[str] = mapped_column(String(100))
    fonction: Mapped[str] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(Text, default="")
    # Documents name signatures, which name requests: the key that closes the circle is added last.
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id", use_alter=True, name="fk_demande_signature_document_id_document")
    )
    sollicitee_at: Mapped[datetime | None]
    etat: Mapped[EtatDemandeSignature] = mapped_column(
        enum_texte(EtatDemandeSignature), default=EtatDemandeSignature.ENVOYEE
    )
    motif: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()
    texte: Mapped[TexteCer] = relationship()
    demandeur: Mapped[User] = relationship()
    document: Mapped[Document | None] = relationship()


class AttestationCer(Base):
    """A subscription that was not signed here: a signed paper, a line of a spreadsheet. An agent admits it or sets it aside.

    `date` is when it was signed; `reference` says where it stands in its source (a line, a registered letter).
    """

    __tablename__ = "attestation_cer"

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    origine: Mapped[OrigineCer] = mapped_column(enum_texte(OrigineCer))
    texte_id: Mapped[int | None] = mapped_column(ForeignKey("texte_cer.id"))
    demande_id: Mapped[int | None] = mapped_column(ForeignKey("demande_signature.id"), index=True)
    date: Mapped[date]
    prenom: Mapped[str] = mapped_column(String(100), default="")
    nom: Mapped[str] = mapped_column(String(100), default="")
    fonction: Mapped[str] = mapped_column(String(100), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"))
    fichier_nom: Mapped[str] = mapped_column(String(300), default="")
    deposee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    etat: Mapped[EtatAttestation] = mapped_column(enum_texte(EtatAttestation), default=EtatAttestation.A_CONTROLER)
    controlee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    controlee_at: Mapped[datetime | None]
    motif: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()
    texte: Mapped[TexteCer | None] = relationship()
    demande: Mapped[DemandeSignature | None] = relationship()
    fichier: Mapped[Fichier | None] = relationship()
    deposee_par: Mapped[User] = relationship(foreign_keys=[deposee_par_id])
    controlee_par: Mapped[User | None] = relationship(foreign_keys=[controlee_par_id])
    service: Mapped[Service | None] = relationship()


class Reconnaissance(Base):
    """An agrément, or the recognition of public utility, as an agent has seen it.

    What was noted by mistake is withdrawn, never erased.
    `date_fin` is the last day on which it holds; None for a RUP, which does not end by itself.
    """

    __tablename__ = "reconnaissance"

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    type: Mapped[TypeReconnaissance] = mapped_column(enum_texte(TypeReconnaissance))
    autorite: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(200))
    date_debut: Mapped[date]
    date_fin: Mapped[date | None]
    notee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    retiree_at: Mapped[datetime | None]
    retiree_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ArbreCer(Base):
    """The Merkle tree of the signatures of a closed day, chained to that of the day before (docs/adr/0018).

    It covers the signatures of ranks `premier` to `dernier`; an empty day has none and `taille` 0.
    """

    __tablename__ = "arbre_cer"

    jour: Mapped[date] = mapped_column(primary_key=True)
    premier: Mapped[int | None]
    dernier: Mapped[int | None]
    taille: Mapped[int]
    racine: Mapped[str] = mapped_column(String(64))
    precedente: Mapped[str] = mapped_column(String(64))
    chaine: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
