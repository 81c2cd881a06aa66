"""How people come to act for an association, or cease to: invitations, rival claims; and the errors they report."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import EtatContestation


class Invitation(Base):
    """A member invites an address to a role. Whoever logs in with that address accepts or declines it.

    Of an aidant: `structure` (a France services house, Guid'Asso…), `fin_le`, and the written mandate (`ecrit`).
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_ouverte", "association_id", "email", unique=True, postgresql_where=text("close_at IS NULL")
        ),
        Index("ix_invitation_email", "email"),
    )

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[RoleMandat] = mapped_column(enum_texte(RoleMandat))
    fonction: Mapped[str] = mapped_column(String(100), default="")
    structure: Mapped[str] = mapped_column(String(200), default="")
    fin_le: Mapped[date | None]
    ecrit_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    ecrit_nom: Mapped[str] = mapped_column(String(300), default="")
    invite_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    close_at: Mapped[datetime | None]
    acceptee: Mapped[bool] = mapped_column(default=False)

    association: Mapped[Association] = relationship()
    invite_par: Mapped[User] = relationship()


class Contestation(Base):
    """Somebody of an association says that another's mandat is no longer true; an agent settles it on a document."""

    __tablename__ = "contestation"
    __table_args__ = (
        Index("uq_contestation_ouverte", "mandat_id", unique=True, postgresql_where=text("etat = 'ouverte'")),
    )

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    mandat_id: Mapped[int] = mapped_column(ForeignKey("mandat.id"))
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    motif: Mapped[str] = mapped_column(Text)
    piece_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    piece_nom: Mapped[str] = mapped_column(String(300), default="")
    etat: Mapped[EtatContestation] = mapped_column(enum_texte(EtatContestation), default=EtatContestation.OUVERTE)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    tranchee_at: Mapped[datetime | None]
    tranchee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    piece_vue: Mapped[str] = mapped_column(String(200), default="")
    reponse: Mapped[str] = mapped_column(Text, default="")

    mandat: Mapped[Mandat] = relationship()
    auteur: Mapped[User] = relationship(foreign_keys=[auteur_id])
    association: Mapped[Association] = relationship()
    piece: Mapped[Fichier | None] = relationship()


class Signalement(Base):
    """An error reported on what a source says of an association; what the source says stays shown beside it."""

    __tablename__ = "signalement"

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    champ: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(60))
    valeur_vue: Mapped[str] = mapped_column(Text)
    correction: Mapped[str] = mapped_column(Text)
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    traite_at: Mapped[datetime | None]
    traite_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reponse: Mapped[str] = mapped_column(Text, default="")

    association: Mapped[Association] = relationship()
    auteur: Mapped[User] = relationship(foreign_keys=[auteur_id])
