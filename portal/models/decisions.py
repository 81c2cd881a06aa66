"""What the owner service proposes, then decides on a dossier; nobody else sees it until it is notified."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.vocabulaire import MotifDecision, SensDecision
from portal.vocabulaire_instruction import ModeNotification


class Proposition(Base):
    """What an instructeur proposes to decide. `lignes`: see Decision. `commentaire` is for who decides, and goes no further."""

    __tablename__ = "proposition"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    sens: Mapped[SensDecision] = mapped_column(enum_texte(SensDecision))
    motif: Mapped[MotifDecision | None] = mapped_column(enum_texte(MotifDecision))
    motivation: Mapped[str] = mapped_column(Text, default="")
    lignes: Mapped[list[Any]] = mapped_column(default=list)
    montant: Mapped[Decimal | None]
    conditions: Mapped[str] = mapped_column(Text, default="")
    commentaire: Mapped[str] = mapped_column(Text, default="")
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposee_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    auteur: Mapped[User] = relationship()


class Decision(Base):
    """One decision per dossier, with its author's name, quality and service (CRPA L212-1) frozen as they were.

    `lignes`: [{exercice, programme, nature, montant: euros as text, conditionnelle}]; they become the dossier's Financement
    when it is notified; `montant_accorde` is the sum of those in money. `delegation_id`: the one under which its author
    decided; None when it was taken back, or recorded before délégations were: it must be recorded again before it is
    notified. `consultee_at`: first seen by a person mandated for the association. `recommande_le`: sent by registered letter.
    """

    __tablename__ = "decision"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    sens: Mapped[SensDecision] = mapped_column(enum_texte(SensDecision))
    motif: Mapped[MotifDecision | None] = mapped_column(enum_texte(MotifDecision))
    motivation: Mapped[str] = mapped_column(Text, default="")
    lignes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    montant_accorde: Mapped[Decimal | None]
    conditions: Mapped[str] = mapped_column(Text, default="")
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    auteur_nom: Mapped[str] = mapped_column(String(200))
    auteur_qualite: Mapped[str] = mapped_column(String(200))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    notifiee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    notification_demandee_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    mode: Mapped[ModeNotification | None] = mapped_column(enum_texte(ModeNotification))
    consultee_at: Mapped[datetime | None]
    consultee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recommande_le: Mapped[date | None]
    recommande_numero: Mapped[str] = mapped_column(String(40), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)

    auteur: Mapped[User] = relationship(foreign_keys=[auteur_id])


class DecisionPassee(Base):
    """A notified decision whose dossier was reopened, as it was: `contenu` is its columns by name, as JSON.

    `rouverte_par_id`: None when somebody reopened it at DS.
    """

    __tablename__ = "decision_passee"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    contenu: Mapped[dict[str, Any]]
    motif: Mapped[str] = mapped_column(Text)
    rouverte_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    rouverte_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Delegation(Base):
    """An agent may decide in the name of a service: since when, until when, up to how much (euros), on which démarches.

    `reference` is the act that delegates. `demarches`: ids, [] for all; `plafond`: None for no ceiling.
    """

    __tablename__ = "delegation"

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    qualite: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(200))
    debut: Mapped[date]
    fin: Mapped[date | None]
    plafond: Mapped[Decimal | None]
    demarches: Mapped[list[Any]] = mapped_column(default=list)
    notee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retiree_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class ModeleMotivation(Base):
    """Words of a service for a reason, with merge fields (« {association} »), to begin a motivation with."""

    __tablename__ = "modele_motivation"

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    motif: Mapped[MotifDecision | None] = mapped_column(enum_texte(MotifDecision))
    titre: Mapped[str] = mapped_column(String(100))
    texte: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retire_at: Mapped[datetime | None]
