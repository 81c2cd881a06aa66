"""What cross-checks find around a dossier, and what a person has made of it; the associations to look at again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.vocabulaire_recoupements import EtatRecoupement, GenreRecoupement


class Recoupement(Base):
    """A finding about one dossier, `autre_dossier_id` the one that it compares it with. `cle` tells it from its like.

    `faits`: reasons, amounts and dates as data, put in words where they are read. `empreinte`: of what must change for it to be
    shown again once set aside. `disparu_at`: the facts no longer say it; what a person had made of it is kept.
    """

    __tablename__ = "recoupement"
    __table_args__ = (UniqueConstraint("dossier_id", "genre", "cle"),)

    id: Mapped[cle]
    genre: Mapped[GenreRecoupement] = mapped_column(enum_texte(GenreRecoupement))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    autre_dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"), index=True)
    cle: Mapped[str] = mapped_column(String(80))
    faits: Mapped[dict[str, Any]]
    empreinte: Mapped[str] = mapped_column(String(64))
    etat: Mapped[EtatRecoupement] = mapped_column(enum_texte(EtatRecoupement))
    juge_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    juge_at: Mapped[datetime | None]
    motif: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    calcule_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disparu_at: Mapped[datetime | None]

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])
    juge_par: Mapped[User | None] = relationship()


class AssociationARecouper(Base):
    """Facts around the dossiers of an association have changed: a job looks at them again, then takes the row out.

    Appended by triggers on dossiers and RIBs, whoever writes them; never updated, so that two writers of one association do not
    wait for each other.
    """

    __tablename__ = "association_a_recouper"
    __table_args__ = (Index("ix_association_a_recouper_association_id", "association_id"),)

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
