"""Démarches: campaigns of ours, and those of Démarches Simplifiées with their groupes instructeurs."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.services import Service
from portal.vocabulaire import Source


class Demarche(Base):
    """A call for requests. `ds_number` is unique within `instance` (the host of a DS).

    Of a DS démarche: `fichiers_a_la_demande` leaves its files at DS until somebody needs them; `annotation_avis` is the
    private annotation (champ id) that receives a summary of our avis, or ""; `etiquettes`: its labels, [{id, nom, couleur}].
    Of a campaign of ours: `publiee_at`, None while it is prepared; `public`, `montants`: who may ask, and how much, in words;
    `aides`: help texts by section; `fuseau`: the local time zone shown beside that of Paris; `precedente_id`: last year's.
    `avis_scelle`: every avis asked on it is sealed; `avis_liste_fermee`: only those of ConsulteDemarche may be asked.
    """

    __tablename__ = "demarche"
    __table_args__ = (UniqueConstraint("instance", "ds_number"),)

    id: Mapped[cle]
    source: Mapped[Source] = mapped_column(enum_texte(Source))
    instance: Mapped[str] = mapped_column(String(100), default="")
    ds_number: Mapped[int | None] = mapped_column(BigInteger)
    titre: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    dispositif: Mapped[str] = mapped_column(String(100), default="")
    programme: Mapped[str] = mapped_column(String(10), default="")
    exercice: Mapped[int | None]
    ouverture: Mapped[datetime | None]
    cloture: Mapped[datetime | None]
    enveloppe: Mapped[Decimal | None]
    publiee_at: Mapped[datetime | None]
    public: Mapped[str] = mapped_column(Text, default="")
    montants: Mapped[str] = mapped_column(Text, default="")
    aides: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fuseau: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    precedente_id: Mapped[int | None] = mapped_column(ForeignKey("demarche.id"))
    version: Mapped[int] = mapped_column(default=1)
    confidentielle: Mapped[bool] = mapped_column(default=False)
    ds_id: Mapped[str] = mapped_column(String(100), default="")
    ds_state: Mapped[str] = mapped_column(String(40), default="")
    date_creation: Mapped[datetime | None]
    fichiers_a_la_demande: Mapped[bool] = mapped_column(default=False)
    annotation_avis: Mapped[str] = mapped_column(String(100), default="")
    etiquettes: Mapped[list[Any]] = mapped_column(default=list)
    avis_scelle: Mapped[bool] = mapped_column(default=False, server_default="false")
    avis_liste_fermee: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    service: Mapped[Service] = relationship()


class GroupeInstructeur(Base):
    """A groupe instructeur of DS. While no service is mapped to it, its dossiers go to the démarche's service."""

    __tablename__ = "groupe_instructeur"
    __table_args__ = (UniqueConstraint("demarche_id", "number"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    ds_id: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(300))
    closed: Mapped[bool] = mapped_column(default=False)
    instructeurs: Mapped[list[Any]]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
