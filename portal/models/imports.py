"""Workbooks that services import: the lot, its lines with their verdicts, and the mapping that a service has confirmed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, JsonTexte, cle, enum_texte
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.vocabulaire_imports import Comparaison, EtatImport, EtatLigneImport, GenreImport, VerdictLigne


class LotImport(Base):
    """One file that a service imports. `cle`: of its form, sent twice, kept once. `nom`: that of the file, as data.

    `genre`: what its lines are, None until the reading has found it, or a person has said it.

    `reglages`: what a person chose (sheet, header, columns, démarche's exercice); `constat`: what the reading found (see
    classeurs/resultats.py); `forme`: digest of its headers; `comptes`: lines by verdict and by comparison, lines that vanished.
    `precedent_id`: the last import of that form by that service. `message`: why it cannot be read or done. `fait`: lines done,
    for the progress; `pris_at`: the lease of the worker.
    """

    __tablename__ = "lot_import"
    __table_args__ = (
        CheckConstraint("genre IS NOT NULL OR etat IN ('a_lire', 'lu', 'illisible', 'abandonne')", name="genre_connu"),
        Index("ix_lot_import_service_id_id", "service_id", "id"),
    )

    id: Mapped[cle]
    cle: Mapped[str] = mapped_column(String(40), unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    genre: Mapped[GenreImport | None] = mapped_column(enum_texte(GenreImport))
    fichier_id: Mapped[int] = mapped_column(ForeignKey("fichier.id"), index=True)
    nom: Mapped[str] = mapped_column(String(300))
    demarche_id: Mapped[int | None] = mapped_column(ForeignKey("demarche.id"), index=True)
    etat: Mapped[EtatImport] = mapped_column(enum_texte(EtatImport), default=EtatImport.A_LIRE)
    reglages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    constat: Mapped[dict[str, Any]] = mapped_column(default=dict)
    forme: Mapped[str] = mapped_column(String(64), default="")
    comptes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    precedent_id: Mapped[int | None] = mapped_column(ForeignKey("lot_import.id"), index=True)
    message: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int] = mapped_column(default=0)
    fait: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    pris_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    applique_at: Mapped[datetime | None]
    annule_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    fichier: Mapped[Fichier] = relationship()
    demarche: Mapped[Demarche | None] = relationship()

    @property
    def contenu(self) -> GenreImport:
        """What its lines are. Raises ValueError while nobody knows it."""
        if self.genre is None:
            raise ValueError(f"The kind of import {self.id} is not known.")
        return self.genre


class LigneImport(Base):
    """A line of the file, whole. `lu`: its cells as a person sees them; `valeurs`, `remarques`: see classeurs/resultats.py.

    `cle_source`: the provider's own key, "" when the file has none; `cle_ligne`: what the line is known by from one import to the
    next. `objet`: what it made or changed (« dossier:12 »); `avant`: what an undo puts back.
    """

    __tablename__ = "ligne_import"
    __table_args__ = (
        UniqueConstraint("lot_id", "numero"),
        Index("ix_ligne_import_lot_id_verdict_numero", "lot_id", "verdict", "numero"),
        Index("ix_ligne_import_lot_id_cle_ligne", "lot_id", "cle_ligne"),
        Index("ix_ligne_import_lot_id_etat_numero", "lot_id", "etat", "numero"),
        Index("ix_ligne_import_lot_id_objet", "lot_id", "objet"),
    )

    id: Mapped[cle]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot_import.id"))
    numero: Mapped[int]
    lu: Mapped[list[Any]] = mapped_column(JsonTexte)
    valeurs: Mapped[dict[str, Any]] = mapped_column(JsonTexte)
    remarques: Mapped[list[Any]] = mapped_column(JsonTexte)
    verdict: Mapped[VerdictLigne] = mapped_column(enum_texte(VerdictLigne))
    comparaison: Mapped[Comparaison] = mapped_column(enum_texte(Comparaison), default=Comparaison.SANS_OBJET)
    cle_source: Mapped[str] = mapped_column(String(200), default="")
    cle_ligne: Mapped[str] = mapped_column(String(200), default="")
    etat: Mapped[EtatLigneImport] = mapped_column(enum_texte(EtatLigneImport), default=EtatLigneImport.ATTENTE)
    message: Mapped[str] = mapped_column(Text, default="")
    objet: Mapped[str] = mapped_column(String(60), default="")
    avant: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CorrespondanceImport(Base):
    """The mapping that a service has confirmed for files of one form: read again, nobody is asked twice."""

    __tablename__ = "correspondance_import"
    __table_args__ = (UniqueConstraint("service_id", "genre", "forme"),)

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    genre: Mapped[GenreImport] = mapped_column(enum_texte(GenreImport))
    forme: Mapped[str] = mapped_column(String(64))
    colonnes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DossierTableur(Base):
    """A dossier that came by a workbook: the key of its row for that service and démarche, and the line that last spoke of it."""

    __tablename__ = "dossier_tableur"
    __table_args__ = (
        Index("ix_dossier_tableur_service_id_cle", "service_id", "cle"),
        Index("ix_dossier_tableur_ligne_id", "ligne_id"),
    )

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    cle: Mapped[str] = mapped_column(String(200), default="")
    ligne_id: Mapped[int] = mapped_column(ForeignKey("ligne_import.id"))

    dossier: Mapped[Dossier] = relationship()
