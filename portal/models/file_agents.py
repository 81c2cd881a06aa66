"""What each agent and each service makes of the queue: labels, follows, views, choices, last visits."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle
from portal.models.connexion import User


class Etiquette(Base):
    """A label of a service, for its own eyes; `retiree_at`: no longer offered, still read where it stands."""

    __tablename__ = "etiquette"
    __table_args__ = (UniqueConstraint("service_id", "nom"),)

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    nom: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retiree_at: Mapped[datetime | None]


class EtiquetteDossier(Base):
    """A label put on a dossier: it shows in the queue of the label's service alone."""

    __tablename__ = "etiquette_dossier"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    etiquette_id: Mapped[int] = mapped_column(ForeignKey("etiquette.id"), primary_key=True, index=True)
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    etiquette: Mapped[Etiquette] = relationship()


class Suivi(Base):
    """An agent follows a dossier. A trigger (0031) makes its instructeur follow it, and no longer when another one takes over."""

    __tablename__ = "suivi"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    user: Mapped[User] = relationship()


class VueEnregistree(Base):
    """A view of the queue kept under a name: `arguments` are those of its address. Without `user_id` the service shares it."""

    __tablename__ = "vue_enregistree"
    __table_args__ = (
        Index(
            "uq_vue_enregistree_nom", "service_id", "user_id", "nom", unique=True, postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    nom: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, Any]]
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PreferenceAgent(Base):
    """An agent's own choices. `colonnes` of the queue in order; `notifications`: when to be told, GenreTache -> QuandPrevenir."""

    __tablename__ = "preference_agent"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    colonnes: Mapped[list[Any]] = mapped_column(default=list)
    raccourcis: Mapped[bool] = mapped_column(default=True)
    notifications: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)


class VisiteDossier(Base):
    """When an agent last looked at a dossier and at which version of its content, and the time before."""

    __tablename__ = "visite_dossier"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    vue_at: Mapped[datetime]
    contenu_version: Mapped[int]
    precedente_at: Mapped[datetime | None]
    precedente_version: Mapped[int | None]
