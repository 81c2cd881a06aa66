"""What we ask of DS with one token: counted by minute and shared by every worker, so that its limit is never met."""

from datetime import datetime

from sqlalchemy import String, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class DebitDS(Base):
    """Requests sent with a token within a minute (UTC). `jeton` is a hash: the token itself is never stored."""

    __tablename__ = "debit_ds"

    jeton: Mapped[str] = mapped_column(String(64), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    requetes: Mapped[int] = mapped_column(default=0)


class JetonDS(Base):
    """What DS told us of a token: until when it throttles us, and its last refusal in French ("" once accepted again)."""

    __tablename__ = "jeton_ds"

    jeton: Mapped[str] = mapped_column(String(64), primary_key=True)
    ralenti_jusqu_a: Mapped[datetime | None]
    refus: Mapped[str] = mapped_column(String(300), default="")
    refus_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
