"""Pieces: those that an association keeps in its vault and gives again, and those of one request."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.vocabulaire_demandes import GenrePiece


class PieceCoffre(Base):
    """A document of an association, kept to be given again. `valide_jusqu_au`: the last day on which it is worth something.

    Of a RIB: `iban`, `bic`, `titulaire`; `confirme_par_id` is the second member who confirmed a changed IBAN.
    Replaced or taken out, it stays (`retiree_at`): requests that bear it still read it.
    """

    __tablename__ = "piece_coffre"
    __table_args__ = (
        Index("ix_piece_coffre_association_id_genre", "association_id", "genre"),
        Index("ix_piece_coffre_iban", "iban", postgresql_where=text("iban <> ''")),
    )

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    genre: Mapped[GenrePiece] = mapped_column(enum_texte(GenrePiece))
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    date_piece: Mapped[date | None]
    valide_jusqu_au: Mapped[date | None]
    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    titulaire: Mapped[str] = mapped_column(String(300), default="")
    deposee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    deposee_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirme_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirme_at: Mapped[datetime | None]
    retiree_at: Mapped[datetime | None]

    fichier: Mapped[Fichier] = relationship()
    deposee_par: Mapped[User] = relationship(foreign_keys=[deposee_par_id])


class PieceDemande(Base):
    """A file joined to a request, for what `code` names: a required piece, a question of kind file, or « autre ».

    `recue_at`: when its sending began, which decides against the closing. `coffre_id`: the document of the vault it repeats.
    """

    __tablename__ = "piece_demande"
    __table_args__ = (
        Index("ix_piece_demande_demande_id_code", "demande_id", "code"),
        Index(
            "uq_piece_demande_fichier",
            "demande_id",
            "code",
            "fichier_id",
            unique=True,
            postgresql_where=text("retiree_at IS NULL"),
        ),
    )

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"))
    complement_id: Mapped[int | None] = mapped_column(ForeignKey("complement.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    coffre_id: Mapped[int | None] = mapped_column(ForeignKey("piece_coffre.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    recue_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deposee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    retiree_at: Mapped[datetime | None]

    fichier: Mapped[Fichier] = relationship()
    coffre: Mapped[PieceCoffre | None] = relationship()
