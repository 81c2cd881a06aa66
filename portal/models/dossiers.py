"""Dossiers of every source in one table, their DS mirror, who may read them and the amounts they bear."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, JsonTexte, cle, enum_texte
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.services import Service
from portal.vocabulaire import Etat, MotifAcces, Source
from portal.vocabulaire_cer import EtatCer
from portal.vocabulaire_ds import Visibilite
from portal.vocabulaire_instruction import EtapeFile, NatureOctroi, OrigineDossier


class Dossier(Base):
    """A request as services see it: one dossier per campaign that a request is addressed to. The demandeur is frozen.

    `version` locks what people edit, never the DS sync. `signature_demandee_at`: when its complete request was sent to be signed.

    `mots` holds normalised words (no accent, lower case); they are indexed with each access, see AccesDossier. `departement`:
    code of that of the demandeur's seat, "" when unknown. `jours_suspendus`: by how many days the implicit rejection waits for
    required pieces (CRPA L114-5). `avis_echeance`: the first deadline among the avis that are awaited. `cer`: where its
    association stood when last looked at (services/etats_cer.py), for the filter of the queue alone: pages read it afresh.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_association_id_date_depot", "association_id", "date_depot"),
        Index("ix_dossier_service_id_departement", "service_id", "departement"),
        UniqueConstraint("demande_id", "demarche_id"),
    )

    id: Mapped[cle]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    source: Mapped[Source] = mapped_column(enum_texte(Source))
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), index=True)
    demande_id: Mapped[int | None] = mapped_column(ForeignKey("demande.id"))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    instructeur_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    etat: Mapped[Etat] = mapped_column(enum_texte(Etat))
    complement_demande: Mapped[bool] = mapped_column(default=False)
    statut_source: Mapped[str] = mapped_column(String(100), default="")
    demandeur_genre: Mapped[str] = mapped_column(String(20), default="morale")
    demandeur_nom: Mapped[str] = mapped_column(String(300))
    demandeur_siret: Mapped[str] = mapped_column(String(14), default="")
    demandeur_rna: Mapped[str] = mapped_column(String(10), default="")
    demandeur_commune: Mapped[str] = mapped_column(String(100), default="")
    lien_verifie: Mapped[bool] = mapped_column(default=True)
    signature_demandee_at: Mapped[datetime | None]
    intitule: Mapped[str] = mapped_column(String(500), default="")
    exercice: Mapped[int | None]
    montant_demande: Mapped[Decimal | None]
    montant_accorde: Mapped[Decimal | None]
    date_depot: Mapped[datetime]
    date_passage_en_instruction: Mapped[datetime | None]
    date_traitement: Mapped[datetime | None]
    contenu_version: Mapped[int] = mapped_column(default=1)
    contenu_empreintes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    avis_demandes: Mapped[int] = mapped_column(default=0)
    avis_rendus: Mapped[int] = mapped_column(default=0)
    avis_echeance: Mapped[date | None]
    origine: Mapped[OrigineDossier] = mapped_column(
        enum_texte(OrigineDossier), default=OrigineDossier.PORTAIL, server_default=OrigineDossier.PORTAIL.value
    )
    departement: Mapped[str] = mapped_column(String(10), default="", server_default="")
    jours_suspendus: Mapped[int] = mapped_column(default=0, server_default="0")
    cer: Mapped[EtatCer] = mapped_column(
        enum_texte(EtatCer), default=EtatCer.MANQUANT, server_default=EtatCer.MANQUANT.value
    )
    version: Mapped[int] = mapped_column(default=1)
    mots: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    demarche: Mapped[Demarche] = relationship()
    demande: Mapped[Demande | None] = relationship()
    association: Mapped[Association | None] = relationship()
    service: Mapped[Service] = relationship()
    instructeur: Mapped[User | None] = relationship()
    ds: Mapped["DossierDS | None"] = relationship(back_populates="dossier")
    financements: Mapped[list["Financement"]] = relationship(order_by="Financement.id")


class DossierDS(Base):
    """The mirror of a DS dossier. `raw`: DS's JSON, whole: pages read it, and a mapping is replayed without network.

    `etiquettes`: DS's ids of its labels, see `join_labels`.
    `budget` ([{ligne, montant: euros as text}]), `cer_atteste` and `cer_date` come by confirmed Correspondance.
    """

    __tablename__ = "dossier_ds"
    __table_args__ = (UniqueConstraint("instance", "number"),)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    instance: Mapped[str] = mapped_column(String(100))
    number: Mapped[int] = mapped_column(BigInteger)
    ds_id: Mapped[str] = mapped_column(String(100))
    groupe_id: Mapped[int | None] = mapped_column(ForeignKey("groupe_instructeur.id"))
    raw: Mapped[dict[str, Any]] = mapped_column(JsonTexte)
    visibilite: Mapped[Visibilite] = mapped_column(enum_texte(Visibilite), default=Visibilite.VISIBLE)
    revision_id: Mapped[str] = mapped_column(String(100), default="")
    archived: Mapped[bool] = mapped_column(default=False)
    etiquettes: Mapped[str] = mapped_column(Text, default="")
    budget: Mapped[list[Any]] = mapped_column(default=list)
    cer_atteste: Mapped[bool | None]
    cer_date: Mapped[date | None]
    date_derniere_modification: Mapped[datetime]
    synced_at: Mapped[datetime] = mapped_column(server_default=func.now())

    dossier: Mapped[Dossier] = relationship(back_populates="ds")

    @staticmethod
    def join_labels(ids: Iterable[str]) -> str:
        """What `etiquettes` holds for these labels, whatever their order: DS dates no change of theirs, they are compared."""
        return " ".join(sorted(ids))


class AccesDossier(Base):
    """A service may read a dossier. The rest repeats the dossier, so that a filtered queue is one walk of one index.

    Triggers (migrations 0008, 0031) fill the columns below `created_at` and follow every change of the dossier, its decision,
    its proposition and its labels: nobody writes them. `etape` is what the dossier waits for, as that service may know it.
    `recherche` holds each word of the dossier behind the service's number (« 12_canal »), so that a search reads nothing but
    that service's own words, and each closed-list fact (« 12=etat:en_instruction », see queries/facettes.py): a filter is a
    search. `montant`: asked, in euros, -1 when unknown. `echeance`: the day of implicit rejection. No extension is needed.
    """

    __tablename__ = "acces_dossier"
    __table_args__ = (
        Index(
            "ix_acces_dossier_file",
            "service_id",
            "date_depot",
            "dossier_id",
            postgresql_include=["motif", "etat", "source", "demarche_id", "exercice", "instructeur_id"],
        ),
        Index("ix_acces_dossier_recherche", "recherche", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_acces_dossier_etape", "service_id", "etape", "date_depot", "dossier_id"),
        Index("ix_acces_dossier_exercice", "service_id", "exercice", "date_depot", "dossier_id"),
        Index("ix_acces_dossier_demarche", "service_id", "demarche_id", "date_depot", "dossier_id"),
        Index("ix_acces_dossier_montant", "service_id", "montant", "dossier_id", postgresql_include=["etape"]),
        Index("ix_acces_dossier_echeance", "service_id", "echeance", "dossier_id", postgresql_include=["etape"]),
        Index("ix_acces_dossier_demandeur", "service_id", "demandeur", "dossier_id", postgresql_include=["etape"]),
    )

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True, index=True)
    motif: Mapped[MotifAcces] = mapped_column(enum_texte(MotifAcces))
    date_depot: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    etat: Mapped[Etat] = mapped_column(enum_texte(Etat), FetchedValue())
    source: Mapped[Source] = mapped_column(enum_texte(Source), FetchedValue())
    demarche_id: Mapped[int] = mapped_column(FetchedValue())
    exercice: Mapped[int | None] = mapped_column(FetchedValue())
    instructeur_id: Mapped[int | None] = mapped_column(FetchedValue())
    etape: Mapped[EtapeFile] = mapped_column(enum_texte(EtapeFile), FetchedValue())
    montant: Mapped[Decimal] = mapped_column(FetchedValue())
    echeance: Mapped[date] = mapped_column(FetchedValue())
    avis_echeance: Mapped[date | None] = mapped_column(FetchedValue())
    demandeur: Mapped[str] = mapped_column(String(60), FetchedValue())
    recherche: Mapped[str] = mapped_column(TSVECTOR, FetchedValue())

    service: Mapped[Service] = relationship()


class Financement(Base):
    """Amounts of a dossier for one exercice, in euros; the dossier's own amounts are their sums.

    `accorde` is written when a decision is notified, never before: until then its lines live in the Decision.
    """

    __tablename__ = "financement"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    exercice: Mapped[int | None]
    programme: Mapped[str] = mapped_column(String(10), default="")
    demande: Mapped[Decimal | None]
    propose: Mapped[Decimal | None]
    accorde: Mapped[Decimal | None]
    nature: Mapped[NatureOctroi] = mapped_column(
        enum_texte(NatureOctroi), default=NatureOctroi.NUMERAIRE, server_default=NatureOctroi.NUMERAIRE.value
    )
    conditionnel: Mapped[bool] = mapped_column(default=False, server_default="false")
