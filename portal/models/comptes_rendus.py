"""The compte rendu financier of a grant (cerfa 15059*02), due within six months of the end of its exercice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.dossiers import Dossier
from portal.vocabulaire_demandes import SectionCompteRendu


class CompteRendu(Base):
    """One per granted dossier whose grant is affectée. `echeance`: the last day (loi 2000-321, art. 10; arrêté 11/10/2006)."""

    __tablename__ = "compte_rendu"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), unique=True)
    echeance: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    depose_at: Mapped[datetime | None]
    depose_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    dossier: Mapped[Dossier] = relationship()
    sections: Mapped[list["SectionSaisieCompteRendu"]] = relationship(order_by="SectionSaisieCompteRendu.id")


class SectionSaisieCompteRendu(Base):
    """One sheet exactly as typed, with its own lock version."""

    __tablename__ = "section_compte_rendu"
    __table_args__ = (UniqueConstraint("compte_rendu_id", "section"),)

    id: Mapped[cle]
    compte_rendu_id: Mapped[int] = mapped_column(ForeignKey("compte_rendu.id"))
    section: Mapped[SectionCompteRendu] = mapped_column(enum_texte(SectionCompteRendu))
    valeurs: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Rappel(Base):
    """A reminder that was owed once: `etape` names which one (« avant_30_jours », « echeance », « retard »)."""

    __tablename__ = "rappel"
    __table_args__ = (UniqueConstraint("compte_rendu_id", "etape"),)

    id: Mapped[cle]
    compte_rendu_id: Mapped[int] = mapped_column(ForeignKey("compte_rendu.id"))
    etape: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
