"""Breaches of the CER: what a service states of facts, what the association answers, and the withdrawal of one grant."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.services import Service
from portal.vocabulaire_cer import ClotureConstat, DestinataireRetrait, MotifRetrait


class Constat(Base):
    """Facts with their date and source, that a service states of an association.

    Its responsables read it, its author, and the agents whom they name. The association may answer until `reponse_avant`, that
    day included. After `conserve_jusqu_au` what nobody has closed closes by itself, and `faits`, `source` and the answers are
    erased.
    """

    __tablename__ = "constat"

    id: Mapped[cle]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    faits: Mapped[str] = mapped_column(Text)
    date_faits: Mapped[date]
    source: Mapped[str] = mapped_column(String(500))
    reponse_avant: Mapped[date]
    conserve_jusqu_au: Mapped[date]
    informee_at: Mapped[datetime | None]
    cloture: Mapped[ClotureConstat | None] = mapped_column(enum_texte(ClotureConstat))
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()
    service: Mapped[Service] = relationship()
    auteur: Mapped[User] = relationship()
    reponses: Mapped[list["ReponseConstat"]] = relationship(order_by="ReponseConstat.id")


class LecteurConstat(Base):
    """An agent of the service, named by a responsable, who may read a statement."""

    __tablename__ = "lecteur_constat"

    constat_id: Mapped[int] = mapped_column(ForeignKey("constat.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    user: Mapped[User] = relationship()


class ReponseConstat(Base):
    """What the association answers: it travels with the statement."""

    __tablename__ = "reponse_constat"

    id: Mapped[cle]
    constat_id: Mapped[int] = mapped_column(ForeignKey("constat.id"), index=True)
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    texte: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    auteur: Mapped[User] = relationship()


class Retrait(Base):
    """The withdrawal of a grant: a motivated decision on one decision of the same service, after the association could answer.

    `griefs` is what it was told, `courrier` the letter that told it when nobody of it can be reached here. It may answer until
    `observations_avant`, that day included. Amounts in euros, see `models.prorata`. Author's name and quality are frozen at the
    signature (CRPA L212-1), which notifies. One withdrawal that nobody has given up (`renonce_at`) per decision.
    """

    __tablename__ = "retrait"
    __table_args__ = (
        Index("uq_retrait_vivant", "decision_id", unique=True, postgresql_where=text("renonce_at IS NULL")),
    )

    id: Mapped[cle]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    constat_id: Mapped[int | None] = mapped_column(ForeignKey("constat.id"), index=True)
    motif: Mapped[MotifRetrait] = mapped_column(enum_texte(MotifRetrait))
    griefs: Mapped[str] = mapped_column(Text)
    courrier: Mapped[str] = mapped_column(String(200), default="")
    motivation: Mapped[str] = mapped_column(Text, default="")
    periode_debut: Mapped[date]
    periode_fin: Mapped[date]
    date_manquement: Mapped[date]
    montant_accorde: Mapped[Decimal]
    montant_retire: Mapped[Decimal]
    observations_avant: Mapped[date]
    observations: Mapped[str] = mapped_column(Text, default="")
    observations_at: Mapped[datetime | None]
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    auteur_nom: Mapped[str] = mapped_column(String(200), default="")
    auteur_qualite: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    renonce_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    decision: Mapped[Decision] = relationship()
    envois: Mapped[list["EnvoiRetrait"]] = relationship(order_by="EnvoiRetrait.id")


class EnvoiRetrait(Base):
    """One sending of a notified withdrawal: to whom, at which address, by which letter."""

    __tablename__ = "envoi_retrait"
    __table_args__ = (UniqueConstraint("retrait_id", "genre", "email"),)

    id: Mapped[cle]
    retrait_id: Mapped[int] = mapped_column(ForeignKey("retrait.id"), index=True)
    genre: Mapped[DestinataireRetrait] = mapped_column(enum_texte(DestinataireRetrait))
    nom: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    courriel_id: Mapped[int | None] = mapped_column(ForeignKey("courriel.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
