"""When an administrator may see content: because the owner service's responsable said so, for 24 hours (model.md §3)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, cle


class AutorisationContenu(Base):
    """The content of a démarche's dossiers is open to administrators until `expire_at`, or until it is taken back."""

    __tablename__ = "autorisation_contenu"

    id: Mapped[cle]
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"), index=True)
    accordee_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    raison: Mapped[str] = mapped_column(Text)
    accordee_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expire_at: Mapped[datetime]
    retiree_at: Mapped[datetime | None]
