"""The outboxes: what we owe to remote machines is a row first, an action later."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, cle, enum_texte
from portal.vocabulaire import EtatEnvoi

EN_ATTENTE = (EtatEnvoi.A_ENVOYER, EtatEnvoi.EN_COURS, EtatEnvoi.A_VERIFIER)


class Courriel(Base):
    """A letter to send: a template and references, never a secret. `pris_at` is the lease of its worker."""

    __tablename__ = "courriel"
    __table_args__ = (Index("ix_courriel_etat_prochain_essai", "etat", "prochain_essai"),)

    id: Mapped[cle]
    gabarit: Mapped[str] = mapped_column(String(60))
    destinataire: Mapped[str] = mapped_column(String(254))
    donnees: Mapped[dict[str, Any]]
    etat: Mapped[EtatEnvoi] = mapped_column(enum_texte(EtatEnvoi), default=EtatEnvoi.A_ENVOYER)
    essais: Mapped[int] = mapped_column(default=0)
    prochain_essai: Mapped[datetime] = mapped_column(server_default=func.now())
    pris_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    erreur: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OperationDS(Base):
    """A mutation owed to DS. After an ambiguous answer it is `a_verifier`: read back before any retry.

    A dossier has one operation in flight at most, in the order of their ids: two could not be told apart by reading back.
    `arguments`: what it says, see `services.appels_ds`; `reference`: what its text bears, so that reading back proves it;
    `fichier_id`: the file that goes with it. `resultat`: {envois: how many times it left, avant: what DS showed just before,
    message_id, avertissement: what people must know although it is done, refus_ds: `erreur` is in DS's own words, partiel}.
    """

    __tablename__ = "operation_ds"
    __table_args__ = (
        Index("ix_operation_ds_etat_prochain_essai", "etat", "prochain_essai"),
        Index(
            "uq_operation_ds_dossier_id_en_vol",
            "dossier_id",
            unique=True,
            postgresql_where=text("etat IN ('en_cours', 'a_verifier')"),
        ),
    )

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    mutation: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]]
    reference: Mapped[str] = mapped_column(String(40), default="")
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    resultat: Mapped[dict[str, Any]] = mapped_column(default=dict)
    demande_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    etat: Mapped[EtatEnvoi] = mapped_column(enum_texte(EtatEnvoi), default=EtatEnvoi.A_ENVOYER)
    essais: Mapped[int] = mapped_column(default=0)
    prochain_essai: Mapped[datetime] = mapped_column(server_default=func.now())
    pris_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    erreur: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
