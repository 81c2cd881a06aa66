"""People and how they come in: accounts, magic links, login sessions, what was typed when a session ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.services import Affectation
from portal.vocabulaire import GenreUser


class User(Base):
    """An account. The same address may hold one usager and one agent account: they never meet."""

    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("genre", "email"),)

    id: Mapped[cle]
    genre: Mapped[GenreUser] = mapped_column(enum_texte(GenreUser))
    email: Mapped[str] = mapped_column(String(254))
    prenom: Mapped[str] = mapped_column(String(100), default="")
    nom: Mapped[str] = mapped_column(String(100), default="")
    est_administrateur: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    affectations: Mapped[list[Affectation]] = relationship(order_by=Affectation.id)

    @property
    def nom_affiche(self) -> str:
        """First name and name, or the address while they are unknown."""
        return f"{self.prenom} {self.nom}".strip() or self.email


class LienConnexion(Base):
    """A magic link, claimed once, by POST. Its secret is minted by the job that mails it; only the hash is kept.

    The same letter bears a six-digit code for the page left open (`page_hash`: what that browser keeps), tried `essais` times.
    With a `session_id` the letter bears a code alone: it proves again the address of a login session that is already open.
    """

    __tablename__ = "lien_connexion"

    id: Mapped[cle]
    genre: Mapped[GenreUser] = mapped_column(enum_texte(GenreUser))
    email: Mapped[str] = mapped_column(String(254))
    suite: Mapped[str] = mapped_column(String(300), default="")
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    page_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session_connexion.id"), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    essais: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionConnexion(Base):
    """A login session. The browser holds the secret, the table its hash: it can be ended here at once.

    `durable`: on a device declared one's own, thirty days; `prouvee_at`: when the address was last proved, asked again to sign.
    """

    __tablename__ = "session_connexion"

    id: Mapped[cle]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    affectation_id: Mapped[int | None] = mapped_column(ForeignKey("affectation.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    durable: Mapped[bool] = mapped_column(default=False)
    appareil: Mapped[str] = mapped_column(String(200), default="")
    prouvee_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    affectation: Mapped[Affectation | None] = relationship()


class ChangementAdresse(Base):
    """A person changes the address she logs in with: the new one is proved by a link, the old one is told.

    The letter to the old one bears a link too (`annulation_hash`), that cancels the change, even once done.
    """

    __tablename__ = "changement_adresse"

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    ancienne: Mapped[str] = mapped_column(String(254))
    nouvelle: Mapped[str] = mapped_column(String(254))
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    annulation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    annule_at: Mapped[datetime | None]


class SaisieParquee(Base):
    """What a known person had typed when the login session ended: offered again to that person only, kept 24 hours."""

    __tablename__ = "saisie_parquee"

    id: Mapped[cle]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    chemin: Mapped[str] = mapped_column(String(500))
    champs: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Tentative(Base):
    """One attempt that is counted (a link asked for, a code tried), shared by every web process."""

    __tablename__ = "tentative"
    __table_args__ = (Index("ix_tentative_genre_cle_at", "genre", "cle", "at"),)

    id: Mapped[cle]
    genre: Mapped[str] = mapped_column(String(40))
    cle: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
