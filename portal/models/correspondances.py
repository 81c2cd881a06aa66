"""From a DS form to our columns: each published form, and which of its champs feeds which of our facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, cle, enum_texte
from portal.vocabulaire_ds import CibleChamp, EtatCorrespondance


class RevisionDS(Base):
    """A form that DS published for a démarche, as we last read it.

    `descripteurs`, in the form's order: {id, type: DS's __typename without « ChampDescriptor », libelle, partie:
    champs|annotations, parent: id of its repetition or "", section: headings above it, requis, options, autre}, headings and
    explanations left out. `vue_at`: when an administrator has read what changed; null until then.
    """

    __tablename__ = "revision_ds"
    __table_args__ = (UniqueConstraint("demarche_id", "ds_id"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    ds_id: Mapped[str] = mapped_column(String(100))
    date_publication: Mapped[datetime | None]
    descripteurs: Mapped[list[Any]]
    lue_at: Mapped[datetime] = mapped_column(server_default=func.now())
    vue_at: Mapped[datetime | None]


class Correspondance(Base):
    """A champ (or annotation) of a démarche feeds one of our facts. Stable ids are shared by clones: scoped by démarche.

    A `confirmee` one wins over what labels alone would give. `detail` names the budget line ("" for other targets); `raison`
    tells a person why it was proposed, `confiance` how much (0 to 100).
    """

    __tablename__ = "correspondance"
    __table_args__ = (UniqueConstraint("demarche_id", "champ_id", "cible", "detail"),)

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    champ_id: Mapped[str] = mapped_column(String(100))
    libelle: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(100))
    cible: Mapped[CibleChamp] = mapped_column(enum_texte(CibleChamp))
    detail: Mapped[str] = mapped_column(String(60), default="")
    etat: Mapped[EtatCorrespondance] = mapped_column(enum_texte(EtatCorrespondance))
    confiance: Mapped[int] = mapped_column(default=0)
    raison: Mapped[str] = mapped_column(Text, default="")
    decidee_par_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decidee_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
