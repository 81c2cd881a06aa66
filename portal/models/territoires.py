"""The reference table of territories, loaded from published lists."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, cle, enum_texte
from portal.vocabulaire_demandes import GenreTerritoire


class Territoire(Base):
    """A QPV, a commune, an EPCI or a département. `generation`: of a QPV, « 2015 » or « 2024 ». `mots` is normalised."""

    __tablename__ = "territoire"
    __table_args__ = (
        UniqueConstraint("genre", "code", "generation"),
        Index("ix_territoire_genre_mots", "genre", "mots", postgresql_ops={"mots": "text_pattern_ops"}),
    )

    id: Mapped[cle]
    genre: Mapped[GenreTerritoire] = mapped_column(enum_texte(GenreTerritoire))
    code: Mapped[str] = mapped_column(String(20))
    nom: Mapped[str] = mapped_column(String(200))
    generation: Mapped[str] = mapped_column(String(10), default="")
    departement: Mapped[str] = mapped_column(String(3), default="")
    mots: Mapped[str] = mapped_column(String(250))
