"""What was really paid, as payment tools tell it, and grants that others have published."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.vocabulaire_imports import MethodeRapprochement, SourceVersement


class Versement(Base):
    """A payment. `service_id`: whose workbook told of it. `ej`: engagement juridique; `cle`: the provider's own key, or ""."""

    __tablename__ = "versement"
    __table_args__ = (
        Index("ix_versement_association_id_exercice", "association_id", "exercice"),
        Index("ix_versement_service_id_cle", "service_id", "cle"),
        Index("ix_versement_beneficiaire_siret", "beneficiaire_siret"),
        Index("ix_versement_ej", "ej"),
    )

    id: Mapped[cle]
    source: Mapped[SourceVersement] = mapped_column(enum_texte(SourceVersement))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"))
    beneficiaire_nom: Mapped[str] = mapped_column(String(300), default="")
    beneficiaire_siret: Mapped[str] = mapped_column(String(14), default="")
    exercice: Mapped[int | None]
    montant: Mapped[Decimal]
    date_operation: Mapped[date | None]
    ej: Mapped[str] = mapped_column(String(40), default="")
    programme: Mapped[str] = mapped_column(String(10), default="")
    libelle: Mapped[str] = mapped_column(String(500), default="")
    cle: Mapped[str] = mapped_column(String(200), default="")
    ligne_id: Mapped[int | None] = mapped_column(ForeignKey("ligne_import.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    service: Mapped[Service] = relationship()
    liens: Mapped[list["VersementDossier"]] = relationship(back_populates="versement")


class VersementDossier(Base):
    """A payment and a dossier that it pays, many to many. `confiance`: in hundredths, 100 when a person said so."""

    __tablename__ = "versement_dossier"

    versement_id: Mapped[int] = mapped_column(ForeignKey("versement.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True, index=True)
    methode: Mapped[MethodeRapprochement] = mapped_column(enum_texte(MethodeRapprochement))
    confiance: Mapped[int]

    versement: Mapped[Versement] = relationship(back_populates="liens")
    dossier: Mapped[Dossier] = relationship()


class SubventionPubliee(Base):
    """A line of somebody's open data (SCDL): a grant as its giver published it. `donnees`: its columns, verbatim.

    `montant`: whole, repeated on the line of each beneficiary, never summed; `part`: of this beneficiary, from 0.01 to 1.
    """

    __tablename__ = "subvention_publiee"
    __table_args__ = (
        Index("ix_subvention_publiee_association_id", "association_id"),
        Index("ix_subvention_publiee_service_id_attribuant_siret", "service_id", "attribuant_siret"),
    )

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"))
    attribuant_nom: Mapped[str] = mapped_column(String(300))
    attribuant_siret: Mapped[str] = mapped_column(String(14), default="")
    beneficiaire_nom: Mapped[str] = mapped_column(String(300))
    beneficiaire_siret: Mapped[str] = mapped_column(String(14), default="")
    beneficiaire_rna: Mapped[str] = mapped_column(String(10), default="")
    date_convention: Mapped[date | None]
    exercice: Mapped[int | None]
    objet: Mapped[str] = mapped_column(Text, default="")
    montant: Mapped[Decimal]
    part: Mapped[Decimal | None]
    donnees: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ligne_id: Mapped[int] = mapped_column(ForeignKey("ligne_import.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
