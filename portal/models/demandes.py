"""What an association fills in: sections kept as typed, typed and frozen at filing."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.vocabulaire_demandes import GenreTerritoire, SectionDemande, SensBudget


class Demande(Base):
    """A grant request, a draft until `deposee_at`. `cle` is the key of the form that made it: sent twice, made once.

    Filed, it has become one dossier per service it is addressed to. `precedente_id`: the request that it was prefilled from.
    `confiee_a_id`: an aidant or another person of the association to whom the draft was opened by name.
    `lecture`: its pages as people read them, frozen with the budget lines (see queries/lectures_figees.py); None on a draft,
    and on what was filed before they were kept. Read only where it is asked for.
    """

    __tablename__ = "demande"

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), index=True)
    precedente_id: Mapped[int | None] = mapped_column(ForeignKey("demande.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    confiee_a_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deposee_at: Mapped[datetime | None]
    deposee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lecture: Mapped[str | None] = mapped_column(Text, deferred=True)

    association: Mapped[Association] = relationship()
    demarche: Mapped[Demarche] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])
    sections: Mapped[list["SectionSaisie"]] = relationship(
        order_by="SectionSaisie.id",
        primaryjoin="and_(SectionSaisie.demande_id == Demande.id, SectionSaisie.complement_id.is_(None))",
    )
    projets: Mapped[list["Projet"]] = relationship(order_by="Projet.rang")
    signature: Mapped["SignatureDepot | None"] = relationship(
        primaryjoin="and_(SignatureDepot.demande_id == Demande.id, SignatureDepot.close_at.is_(None))", viewonly=True
    )
    lignes_budget: Mapped[list["LigneBudget"]] = relationship(order_by="LigneBudget.ordre")


class SectionSaisie(Base):
    """One section exactly as typed (texts, right or wrong), with its own lock version.

    `rang`: number of its project, 1 where the section is not repeated; `retiree_at`: a project taken out, that may come back.
    `complement_id`: a correction being written for a filed request; None: the request itself.
    `provenances`: of what was not typed but offered and kept, {input: {valeur, source}}.
    """

    __tablename__ = "section_saisie"
    __table_args__ = (
        Index(
            "uq_section_saisie_place",
            "demande_id",
            "section",
            "rang",
            text("coalesce(complement_id, 0)"),
            unique=True,
        ),
    )

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"))
    section: Mapped[SectionDemande] = mapped_column(enum_texte(SectionDemande))
    rang: Mapped[int] = mapped_column(default=1)
    complement_id: Mapped[int | None] = mapped_column(ForeignKey("complement.id"), index=True)
    valeurs: Mapped[dict[str, Any]]
    provenances: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    retiree_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class ModificationSection(Base):
    """What one saving replaced: `anciennes` holds the former text of each input that changed into `version`.

    From these, what a page had been opened with is found again, so that two people's changes are merged input by input.
    `page`, `envoi`: the page that sent it and the number of that sending, so that a page is never in conflict with itself.
    """

    __tablename__ = "modification_section"
    __table_args__ = (UniqueConstraint("section_id", "version"),)

    id: Mapped[cle]
    section_id: Mapped[int] = mapped_column(ForeignKey("section_saisie.id"))
    version: Mapped[int]
    anciennes: Mapped[dict[str, Any]]
    page: Mapped[str] = mapped_column(String(32), default="")
    envoi: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    by: Mapped[User] = relationship()


class Projet(Base):
    """A project frozen at filing; `rang` is its number in the request. Euros."""

    __tablename__ = "projet"
    __table_args__ = (UniqueConstraint("demande_id", "rang"),)

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"))
    rang: Mapped[int]
    intitule: Mapped[str] = mapped_column(String(500))
    date_debut: Mapped[date | None]
    date_fin: Mapped[date | None]
    montant_demande: Mapped[Decimal | None]

    territoires: Mapped[list["ProjetTerritoire"]] = relationship(order_by="ProjetTerritoire.id")


class ProjetTerritoire(Base):
    """Where a project takes place, frozen at filing. `part`: share of its public that lives there, in percent."""

    __tablename__ = "projet_territoire"
    __table_args__ = (UniqueConstraint("projet_id", "genre", "code"),)

    id: Mapped[cle]
    projet_id: Mapped[int] = mapped_column(ForeignKey("projet.id"))
    genre: Mapped[GenreTerritoire] = mapped_column(enum_texte(GenreTerritoire))
    code: Mapped[str] = mapped_column(String(20))
    nom: Mapped[str] = mapped_column(String(200))
    generation: Mapped[str] = mapped_column(String(10), default="")
    part: Mapped[Decimal | None]


class LigneBudget(Base):
    """A budget line frozen at filing, keyed by our own slug; its label and account number are shown data.

    `projet_rang`: the project whose budget it belongs to; 0 for the budget of the association.
    """

    __tablename__ = "ligne_budget"
    __table_args__ = (UniqueConstraint("demande_id", "projet_rang", "sens", "slug", "ordre"),)

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"))
    projet_rang: Mapped[int] = mapped_column(default=1)
    sens: Mapped[SensBudget] = mapped_column(enum_texte(SensBudget))
    slug: Mapped[str] = mapped_column(String(60))
    compte: Mapped[str] = mapped_column(String(10))
    libelle: Mapped[str] = mapped_column(String(300))
    montant: Mapped[Decimal]
    ordre: Mapped[int]


class SignatureDepot(Base):
    """The one who typed a complete request asks the one who signs to file it; `demandee_at` is kept and shown to services.

    `contenu_sha256`: what the request said then. `email`: of the signataire.
    """

    __tablename__ = "signature_depot"
    __table_args__ = (
        Index("uq_signature_depot_ouverte", "demande_id", unique=True, postgresql_where=text("close_at IS NULL")),
        Index("ix_signature_depot_email_ouverte", "email", postgresql_where=text("close_at IS NULL")),
    )

    id: Mapped[cle]
    demande_id: Mapped[int] = mapped_column(ForeignKey("demande.id"), index=True)
    demandee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    email: Mapped[str] = mapped_column(String(254))
    mot: Mapped[str] = mapped_column(String(1000), default="")
    contenu_sha256: Mapped[str] = mapped_column(String(64))
    demandee_at: Mapped[datetime] = mapped_column(server_default=func.now())
    close_at: Mapped[datetime | None]
    close_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    demande: Mapped["Demande"] = relationship(viewonly=True)
    demandee_par: Mapped[User] = relationship(foreign_keys=[demandee_par_id])
