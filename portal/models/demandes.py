"""What an association fills in: sections kept as typed, typed and frozen at filing."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.vocabulaire import SectionDemande, SensBudget


class Demande(Base):
    """A grant request, a draft until `deposee_at`. `cle` is the key of the form that made it: sent twice, made once."""

    __tablename__ = "demande"

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deposee_at: Mapped[datetime | None]
    deposee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    association: Mapped[Association] = relationship()
    demarche: Mapped[Demarche] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])
    sections: Mapped[list["SectionSaisie"]] = relationship(order_by="SectionSaisie.id")
    lignes_budget: Mapped[list["LigneBudget"]] = relationship(order_by="LigneBudget.ordre")


class SectionSaisie(Base):
    """One section exactly as typed (texts, right or wrong), with its own lock version."""

    __tablename__ = "section_saisie"
    __table_args__ = (UniqueConstraint("demande_id", "section"),)

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"))
    section: Mapped[SectionDemande] = mapped_column(enum_texte(SectionDemande))
    valeurs: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class LigneBudget(Base):
    """A budget line frozen at filing, keyed by our own slug; its label and account number are shown data."""

    __tablename__ = "ligne_budget"
    __table_args__ = (UniqueConstraint("demande_id", "sens", "slug", "ordre"),)

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"))
    sens: Mapped[SensBudget] = mapped_column(enum_texte(SensBudget))
    slug: Mapped[str] = mapped_column(String(60))
    compte: Mapped[str] = mapped_column(String(10))
    libelle: Mapped[str] = mapped_column(String(200))
    montant: Mapped[Decimal]
    ordre: Mapped[int]
