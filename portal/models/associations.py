"""Associations, their identifiers and establishments, what each source says of them, and who may act for them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FetchedValue,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.vocabulaire import EtatMandat, RoleMandat, TypeIdentifiant


class Association(Base):
    """A legal person that asks for grants. `verifiee` is false while only what somebody typed is known of it:
    a job asks the register again (`completion_essayee_at`: its last try).

    `cer_deux_signatures`: it has asked that two of its people sign the CER before it counts as signed.
    `absorbee_par_id`: the row that was found to be the same association and bears all since (FusionAssociation).
    `mots`: its words without accents, those of its commune also behind « @ »; a trigger (migration 0035) keeps them.
    """

    __tablename__ = "association"
    # The registry of the CER is read by name, page after page.
    __table_args__ = (
        Index("ix_association_denomination_id", "denomination", "id"),
        Index("ix_association_mots", "mots", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index(
            "ix_association_absorbee_par_id", "absorbee_par_id", postgresql_where=text("absorbee_par_id IS NOT NULL")
        ),
    )

    id: Mapped[cle]
    denomination: Mapped[str] = mapped_column(String(300))
    sigle: Mapped[str] = mapped_column(String(50), default="")
    objet_social: Mapped[str] = mapped_column(Text, default="")
    nature_juridique: Mapped[str] = mapped_column(String(10), default="")
    adresse: Mapped[str] = mapped_column(String(300), default="")
    code_postal: Mapped[str] = mapped_column(String(10), default="")
    commune: Mapped[str] = mapped_column(String(100), default="")
    date_creation: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    verifiee: Mapped[bool] = mapped_column(default=False)
    cer_deux_signatures: Mapped[bool] = mapped_column(default=False)
    completion_essayee_at: Mapped[datetime | None]
    absorbee_par_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"))
    mots: Mapped[str] = mapped_column(TSVECTOR, FetchedValue(), deferred=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    identifiants: Mapped[list["AssociationIdentifiant"]] = relationship(order_by="AssociationIdentifiant.id")
    etablissements: Mapped[list["Etablissement"]] = relationship(order_by="Etablissement.id")

    def identifiant(self, genre: TypeIdentifiant) -> str:
        """The first identifier of that kind, or an empty text."""
        return next((i.valeur for i in self.identifiants if i.type == genre), "")

    @property
    def siren(self) -> str:
        """SIREN (nine digits) or an empty text."""
        return self.identifiant(TypeIdentifiant.SIREN)

    @property
    def rna(self) -> str:
        """RNA number or an empty text."""
        return self.identifiant(TypeIdentifiant.RNA)

    @property
    def siret_siege(self) -> str:
        """SIRET of the siège (fourteen digits) or an empty text."""
        return next((e.siret for e in self.etablissements if e.siege), "")


class AssociationIdentifiant(Base):
    """RNA and SIREN are many-to-many in reality: one association may bear several of each.

    In Alsace-Moselle: the registre des associations of a tribunal, in words (« Strasbourg, volume 45, folio 12 »).
    """

    __tablename__ = "association_identifiant"
    __table_args__ = (UniqueConstraint("type", "valeur", "association_id"),)

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    type: Mapped[TypeIdentifiant] = mapped_column(enum_texte(TypeIdentifiant))
    valeur: Mapped[str] = mapped_column(String(200))


class Etablissement(Base):
    """A place of an association, known by its SIRET."""

    __tablename__ = "etablissement"
    __table_args__ = (UniqueConstraint("siret", "association_id"),)

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    siret: Mapped[str] = mapped_column(String(14))
    siege: Mapped[bool] = mapped_column(default=False)
    adresse: Mapped[str] = mapped_column(String(300), default="")
    actif: Mapped[bool] = mapped_column(default=True)


class FaitAssociation(Base):
    """What one source says, and when: a conflict between sources is shown, never overwritten."""

    __tablename__ = "fait_association"
    __table_args__ = (UniqueConstraint("association_id", "champ", "source"),)

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    champ: Mapped[str] = mapped_column(String(40))
    valeur: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(60))
    observed_at: Mapped[datetime]


class Mandat(Base):
    """The right of a person to act for an association, declared by that person until an agent has seen a document.

    `fin_le`: its last day in Paris, None while none is set; `rappele_at`: when its person was told that it comes. Of an
    aidant: its `structure` and the written mandate (`ecrit`).
    """

    __tablename__ = "mandat"
    __table_args__ = (UniqueConstraint("user_id", "association_id"),)

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    role: Mapped[RoleMandat] = mapped_column(enum_texte(RoleMandat))
    etat: Mapped[EtatMandat] = mapped_column(enum_texte(EtatMandat))
    fonction: Mapped[str] = mapped_column(String(100), default="")
    prouve_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    prouve_at: Mapped[datetime | None]
    piece_vue: Mapped[str] = mapped_column(String(200), default="")
    invite_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    structure: Mapped[str] = mapped_column(String(200), default="")
    ecrit_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    ecrit_nom: Mapped[str] = mapped_column(String(300), default="")
    fin_le: Mapped[date | None]
    rappele_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    association: Mapped[Association] = relationship()
    invite_par: Mapped[User | None] = relationship(foreign_keys=[invite_par_id])
    ecrit: Mapped[Fichier | None] = relationship()

    def vaut_le(self, jour: date) -> bool:
        """Whether it is in force on that day (of Paris): not ended, its last day not past."""
        return self.ended_at is None and (self.fin_le is None or jour <= self.fin_le)

    @classmethod
    def valant_le(cls, jour: date) -> ColumnElement[bool]:
        """The same rule for a query."""
        return and_(cls.ended_at.is_(None), or_(cls.fin_le.is_(None), cls.fin_le >= jour))


class ConsultationAnnuaire(Base):
    """What the register answered to somebody who attaches an association: kept here, so that the confirmation page neither asks
    twice nor trusts the browser. `fiche` is None when the register gave no answer: the rest is then typed by hand.
    `candidats`: the answers to a search by name, each like a `fiche`; None for a search by number.
    """

    __tablename__ = "consultation_annuaire"

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    genre: Mapped[str] = mapped_column(String(10))
    valeur: Mapped[str] = mapped_column(String(200))
    fiche: Mapped[dict[str, Any] | None]
    candidats: Mapped[list[Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
