"""People outside every service who are asked for their avis: they hold no account, a link opens what is asked of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle
from portal.models.services import Service


class Expert(Base):
    """A person known by an address, asked once at least. What it is called is what those who ask it have written."""

    __tablename__ = "expert"

    id: Mapped[cle]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    nom: Mapped[str] = mapped_column(String(200), default="")
    organisme: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def nom_affiche(self) -> str:
        """Name and organisation, or the address while nothing else is known."""
        return ", ".join(mot for mot in (self.nom, self.organisme) if mot) or self.email


class LienExpert(Base):
    """A link mailed to one expert. Its secret is minted by the job that mails it; only the hash is kept.

    `ouvert_at`: when a browser first opened a session with it; any other browser must give the code that it asks for by mail
    (`code_hash`, tried `essais` times until `code_expire_at`). `saisine_id`: the request that it announces.
    """

    __tablename__ = "lien_expert"

    id: Mapped[cle]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    saisine_id: Mapped[int] = mapped_column(ForeignKey("saisine.id"), index=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_expire_at: Mapped[datetime | None]
    essais: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ouvert_at: Mapped[datetime | None]
    revoque_at: Mapped[datetime | None]

    expert: Mapped[Expert] = relationship()


class SessionExpert(Base):
    """One browser of an expert. It holds a secret, the table its hash; it ends at once when the link is revoked."""

    __tablename__ = "session_expert"

    id: Mapped[cle]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    lien_id: Mapped[int] = mapped_column(ForeignKey("lien_expert.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    lien: Mapped[LienExpert] = relationship()


class ConsulteDemarche(Base):
    """A service or an expert that a démarche proposes to ask; with `Demarche.avis_liste_fermee`, nobody else may be asked."""

    __tablename__ = "consulte_demarche"
    __table_args__ = (
        CheckConstraint("(service_id IS NULL) <> (expert_id IS NULL)", name="un_consulte"),
        Index(
            "uq_consulte_demarche",
            "demarche_id",
            "service_id",
            "expert_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"))

    service: Mapped[Service | None] = relationship()
    expert: Mapped[Expert | None] = relationship()
