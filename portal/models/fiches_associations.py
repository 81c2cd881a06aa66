"""What agents make of the sheet of an association: who looked and why, who follows it, which two rows were found to be one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.services import Service
from portal.vocabulaire_avis import MotifConsultation


class ConsultationAssociation(Base):
    """An agent looked at the sheet of an association that day (of Paris), for a service: by its tie, or for a reason it gave.

    A reason opens the sheet to that agent until the end of the day.
    """

    __tablename__ = "consultation_association"
    __table_args__ = (
        UniqueConstraint("association_id", "user_id", "service_id", "jour", name="uq_consultation_association_jour"),
        Index("ix_consultation_association_motivee", "service_id", "at", postgresql_where=text("motif <> 'lien'")),
    )

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    jour: Mapped[date]
    motif: Mapped[MotifConsultation] = mapped_column(enum_texte(MotifConsultation))
    precision: Mapped[str] = mapped_column(Text, default="", server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()
    user: Mapped[User] = relationship()
    service: Mapped[Service] = relationship()


class AbonnementAssociation(Base):
    """An agent, acting for a service, wants to be told what happens to an association."""

    __tablename__ = "abonnement_association"
    __table_args__ = (UniqueConstraint("association_id", "user_id", "service_id"),)

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()


class FusionAssociation(Base):
    """Two rows were one association: what the absorbed one bore was moved to the other, until somebody undoes it.

    `deplaces`: {table: [ids of the rows moved]}; `otes`: {table: [rows that the kept one had already, whole]}.
    """

    __tablename__ = "fusion_association"
    __table_args__ = (
        Index(
            "uq_fusion_association_absorbee", "absorbee_id", unique=True, postgresql_where=text("annulee_at IS NULL")
        ),
    )

    id: Mapped[cle]
    gardee_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    absorbee_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    motif: Mapped[str] = mapped_column(Text)
    deplaces: Mapped[dict[str, Any]]
    otes: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    annulee_at: Mapped[datetime | None]
    annulee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    gardee: Mapped[Association] = relationship(foreign_keys=[gardee_id])
    absorbee: Mapped[Association] = relationship(foreign_keys=[absorbee_id])
    par: Mapped[User] = relationship(foreign_keys=[par_id])
