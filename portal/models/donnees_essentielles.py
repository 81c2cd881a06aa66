"""What the open data of a grant must say and the request does not, and what a service has published."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier


class DonneeEssentielle(Base):
    """Of one granted dossier (arrêté of 17 November 2017): what people note for its publication. None and "" are unknown.

    `objet`: what is published in place of the title, when that is too long or names somebody. `debut`, `fin`: of the payments.
    """

    __tablename__ = "donnee_essentielle"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    date_convention: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(100), default="")
    objet: Mapped[str] = mapped_column(String(256), default="")
    conditions: Mapped[str] = mapped_column(String(256), default="")
    debut: Mapped[date | None]
    fin: Mapped[date | None]
    notification_ue: Mapped[bool | None]
    id_rae: Mapped[str] = mapped_column(String(5), default="")
    dispositif_aide: Mapped[str] = mapped_column(String(100), default="")
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    dossier: Mapped[Dossier] = relationship()


class PublicationScdl(Base):
    """A file that a service has made to publish: how many lines it bears, how many grants it leaves out.

    `publiee_le`, `adresse`: when and where an agent says it was published.
    """

    __tablename__ = "publication_scdl"
    __table_args__ = (Index("ix_publication_scdl_service_id_exercice_id", "service_id", "exercice", "id"),)

    id: Mapped[cle]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    exercice: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    lignes: Mapped[int]
    ecartees: Mapped[int]
    publiee_le: Mapped[date | None]
    adresse: Mapped[str] = mapped_column(String(300), default="")
    par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    document: Mapped[Document] = relationship()
    par: Mapped[User] = relationship()
