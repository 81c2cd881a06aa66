"""Which service has read which avis, and when for the first time: what « dossiers croisés » counts."""

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class LectureAvis(Base):
    """A service has been shown an avis of somebody else, first to that agent, at that instant."""

    __tablename__ = "lecture_avis"

    avis_id: Mapped[int] = mapped_column(ForeignKey("avis.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    lu_at: Mapped[datetime] = mapped_column(server_default=func.now())
