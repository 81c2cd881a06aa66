"""The synchronisation with DS: runs that people can read, cursors, stuck dossiers."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.demarches import Demarche
from portal.vocabulaire_ds import GenreRun


class SyncRun(Base):
    """One run over one démarche, readable by a person. `ended_at` is null while it runs (or was killed).

    `erreur`: why it stopped before its end, in French; `injoignable`: because DS did not answer. `avancement` out of `attendus`
    (0 when unknown) moves with each page, for a progress bar; `requetes`: what it asked of DS.
    """

    __tablename__ = "sync_run"
    __table_args__ = (Index("ix_sync_run_demarche_id_started_at", "demarche_id", "started_at"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    lus: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    en_quarantaine: Mapped[int] = mapped_column(default=0)
    erreur: Mapped[str] = mapped_column(Text, default="")
    injoignable: Mapped[bool] = mapped_column(default=False)
    genre: Mapped[GenreRun] = mapped_column(enum_texte(GenreRun), default=GenreRun.COURANT)
    requetes: Mapped[int] = mapped_column(default=0)
    avancement: Mapped[int] = mapped_column(default=0)
    attendus: Mapped[int] = mapped_column(default=0)

    demarche: Mapped[Demarche] = relationship()


class Curseur(Base):
    """Where a stream of a démarche stands: saved with its page, never overwritten by null."""

    __tablename__ = "curseur"

    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), primary_key=True)
    flux: Mapped[str] = mapped_column(String(20), primary_key=True)
    valeur: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Quarantaine(Base):
    """A dossier that could not be stored, with its reason: it never blocks its page."""

    __tablename__ = "quarantaine"
    __table_args__ = (UniqueConstraint("demarche_id", "number"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    motif: Mapped[str] = mapped_column(Text)
    essais: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class RelectureDS(Base):
    """A dossier that somebody (a webhook, an agent) asks to read again: many askings before it is read make one reading."""

    __tablename__ = "relecture_ds"
    __table_args__ = (UniqueConstraint("demarche_id", "number"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    demandes: Mapped[int] = mapped_column(default=1)
    essais: Mapped[int] = mapped_column(default=0)
    prochain_essai: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class ChampModifie(Base):
    """An answer of a DS dossier that a pull has found changed, as people read it before and after.

    `contenu_version`: the dossier's after the change.
    """

    __tablename__ = "champ_modifie"

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    contenu_version: Mapped[int]
    libelle: Mapped[str] = mapped_column(Text)
    avant: Mapped[str] = mapped_column(Text)
    apres: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
