"""Opinions that services ask each other and share. They are ours: DS cannot create one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.experts import Expert
from portal.models.services import Service
from portal.vocabulaire import Audience, SensAvis
from portal.vocabulaire_avis import ClotureAvis, EtatDemandeAvis

UN_OBJET = "(dossier_id IS NULL) <> (association_id IS NULL)"
UN_CONSULTE = "(service_id IS NULL) <> (expert_id IS NULL)"


class Saisine(Base):
    """What is asked at once, in the same words, of one or several parties about one or several objects.

    `audience`: the widest that an answer may have. `scelle`: the answers are hidden among those asked together (model.md §3).
    `sections`: what may be read of each dossier (values of SectionDemande), all of it when empty. `cle`: of the form that
    sent it; sent twice, kept once.
    """

    __tablename__ = "saisine"

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(60), unique=True)
    question: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(enum_texte(Audience), default=Audience.PARTAGE)
    scelle: Mapped[bool] = mapped_column(default=False)
    sections: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DemandeAvis(Base):
    """A question put to a service, to an agent of it or to an expert, about a dossier or an association.

    `agent_id`: the agent of the service who is to answer for it, None for any. It waits until `repondue_at` or `close_at`.
    `echeance` may be extended; `levee_at`: when who asked broke the seal, and why. `rappels`: reminders already sent.
    """

    __tablename__ = "demande_avis"
    __table_args__ = (
        CheckConstraint(UN_OBJET, name="un_objet"),
        CheckConstraint(UN_CONSULTE, name="un_consulte"),
        Index(
            "uq_demande_avis_attendue",
            "dossier_id",
            "association_id",
            "service_id",
            "expert_id",
            "demandeur_service_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("repondue_at IS NULL AND close_at IS NULL"),
        ),
        Index(
            "ix_demande_avis_echeance", "echeance", postgresql_where=text("repondue_at IS NULL AND close_at IS NULL")
        ),
    )

    id: Mapped[cle]
    saisine_id: Mapped[int] = mapped_column(ForeignKey("saisine.id"), index=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    demandeur_service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    demandeur_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    echeance: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    repondue_at: Mapped[datetime | None]
    cloture: Mapped[ClotureAvis | None] = mapped_column(enum_texte(ClotureAvis))
    close_at: Mapped[datetime | None]
    close_motif: Mapped[str] = mapped_column(Text, default="", server_default="")
    levee_at: Mapped[datetime | None]
    levee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    levee_motif: Mapped[str] = mapped_column(Text, default="", server_default="")
    rappels: Mapped[int] = mapped_column(default=0, server_default="0")
    rappelee_at: Mapped[datetime | None]

    saisine: Mapped[Saisine] = relationship(lazy="joined", innerjoin=True)
    association: Mapped[Association | None] = relationship()
    service: Mapped[Service | None] = relationship(foreign_keys=[service_id])
    agent: Mapped[User | None] = relationship(foreign_keys=[agent_id])
    expert: Mapped[Expert | None] = relationship()
    demandeur_service: Mapped[Service] = relationship(foreign_keys=[demandeur_service_id])
    demandeur: Mapped[User] = relationship(foreign_keys=[demandeur_id])

    @property
    def question(self) -> str:
        """What is asked, as typed."""
        return self.saisine.question

    @property
    def sections(self) -> list[Any]:
        """What may be read of the dossier (values of SectionDemande), all of it when empty."""
        return self.saisine.sections

    @property
    def ouverte(self) -> bool:
        """It has not been closed: it waits, or was answered, and opens what it names."""
        return self.close_at is None

    @property
    def consulte(self) -> str:
        """Who is asked, in words: sigle of the service, or name of the expert."""
        return self.service.sigle if self.service else self.expert.nom_affiche if self.expert else ""

    @property
    def attendue(self) -> bool:
        """An answer may still come."""
        return self.repondue_at is None and self.close_at is None

    @property
    def etat(self) -> EtatDemandeAvis:
        """Where it stands today."""
        return self.etat_le(aujourdhui())

    def etat_le(self, jour: date) -> EtatDemandeAvis:
        """Where it stands on that day, of Paris."""
        if self.repondue_at is not None:
            return EtatDemandeAvis.RENDUE
        if self.close_at is not None:
            return EtatDemandeAvis.CLOSE
        en_retard = self.echeance is not None and self.echeance < jour
        return EtatDemandeAvis.SANS_REPONSE if en_retard else EtatDemandeAvis.ATTENDUE

    def ensemble(self) -> tuple[int, int | None, int | None]:
        """What those asked together share: the same words about the same object."""
        return self.saisine_id, self.dossier_id, self.association_id


class Avis(Base):
    """The avis of one service, or of one expert, on one dossier or one association; each change is kept as a revision.

    `contenu_version`, `empreintes`: what was read of the dossier, section by section. `valable_jusqu_au`: its last day, of an
    avis on an association. `repris_de_id`: the avis that it copies and dates.
    """

    __tablename__ = "avis"
    __table_args__ = (
        CheckConstraint(UN_OBJET, name="un_objet"),
        CheckConstraint(UN_CONSULTE, name="un_consulte"),
        Index(
            "uq_avis_objet_auteur",
            "dossier_id",
            "association_id",
            "service_id",
            "expert_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[cle]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    auteur_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    demande_avis_id: Mapped[int | None] = mapped_column(ForeignKey("demande_avis.id"))
    sens: Mapped[SensAvis] = mapped_column(enum_texte(SensAvis))
    montant_propose: Mapped[Decimal | None]
    texte: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(enum_texte(Audience))
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    fichier_nom: Mapped[str] = mapped_column(String(300), default="", server_default="")
    contenu_version: Mapped[int]
    empreintes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    valable_jusqu_au: Mapped[date | None]
    repris_de_id: Mapped[int | None] = mapped_column(ForeignKey("avis.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    service: Mapped[Service | None] = relationship()
    expert: Mapped[Expert | None] = relationship()
    auteur: Mapped[User | None] = relationship()
    association: Mapped[Association | None] = relationship()
    demande_avis: Mapped[DemandeAvis | None] = relationship()
    fichier: Mapped[Fichier | None] = relationship()

    @property
    def de_qui(self) -> str:
        """Whose avis it is, in words: sigle of the service, or name of the expert."""
        return self.service.sigle if self.service else self.expert.nom_affiche if self.expert else ""

    @property
    def signe_par(self) -> str:
        """The person who wrote it."""
        return self.auteur.nom_affiche if self.auteur else self.de_qui


class RevisionAvis(Base):
    """An avis as it was given at one moment."""

    __tablename__ = "revision_avis"
    __table_args__ = (UniqueConstraint("avis_id", "version"),)

    id: Mapped[cle]
    avis_id: Mapped[int] = mapped_column(ForeignKey("avis.id"))
    version: Mapped[int]
    auteur_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    sens: Mapped[SensAvis] = mapped_column(enum_texte(SensAvis))
    montant_propose: Mapped[Decimal | None]
    texte: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(enum_texte(Audience))
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    fichier_nom: Mapped[str] = mapped_column(String(300), default="", server_default="")
    valable_jusqu_au: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class ServicePermis(Base):
    """A service whose later requests an avis on an association answers by itself, as long as it is valid."""

    __tablename__ = "service_permis"

    avis_id: Mapped[int] = mapped_column(ForeignKey("avis.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)

    service: Mapped[Service] = relationship()


class BrouillonAvis(Base):
    """What one person has typed of an avis and not given yet, as typed: nobody else reads it."""

    __tablename__ = "brouillon_avis"
    __table_args__ = (
        CheckConstraint(UN_OBJET, name="un_objet"),
        CheckConstraint("(user_id IS NULL) <> (expert_id IS NULL)", name="un_auteur"),
        Index(
            "uq_brouillon_avis",
            "dossier_id",
            "association_id",
            "user_id",
            "service_id",
            "expert_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[cle]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    champs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    fichier_nom: Mapped[str] = mapped_column(String(300), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    fichier: Mapped[Fichier | None] = relationship()


class ModeleQuestion(Base):
    """A question that a démarche proposes to whoever asks for an avis."""

    __tablename__ = "modele_question"

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), index=True)
    libelle: Mapped[str] = mapped_column(String(120))
    texte: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retire_at: Mapped[datetime | None]


class Recusation(Base):
    """An agent has a conflict of interest on a dossier or an association: from then on it is closed to that person."""

    __tablename__ = "recusation"
    __table_args__ = (
        CheckConstraint(UN_OBJET, name="un_objet"),
        Index(
            "uq_recusation", "user_id", "dossier_id", "association_id", unique=True, postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    motif: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
