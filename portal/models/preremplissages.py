"""DS drafts prefilled from an association's page, followed until the synchronisation brings the dossier."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.associations import Association
from portal.models.demarches import Demarche
from portal.vocabulaire_ds import EtatPreremplissage


class Preremplissage(Base):
    """A draft asked of DS, then known by its token: a bearer secret, erased as soon as nothing waits for it.

    `valeurs`: {champ id: {rang, in the form's order; libelle; valeur, as sent; lisible, as people read it}}. `ignores`: the champ
    ids that DS silently dropped, known once the dossier is here. DS purges an orphan draft after five days.
    """

    __tablename__ = "preremplissage"
    __table_args__ = (Index("ix_preremplissage_etat_prochain_essai", "etat", "prochain_essai"),)

    id: Mapped[cle]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    demarche_id: Mapped[int] = mapped_column(ForeignKey("demarche.id"))
    demande_par_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    valeurs: Mapped[dict[str, Any]]
    etat: Mapped[EtatPreremplissage] = mapped_column(
        enum_texte(EtatPreremplissage), default=EtatPreremplissage.A_ENVOYER
    )
    number: Mapped[int | None] = mapped_column(BigInteger, index=True)
    jeton: Mapped[str] = mapped_column(String(200), default="")
    dossier_url: Mapped[str] = mapped_column(Text, default="")
    etat_ds: Mapped[str] = mapped_column(String(40), default="")
    ignores: Mapped[list[Any]]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    essais: Mapped[int] = mapped_column(default=0)
    prochain_essai: Mapped[datetime] = mapped_column(server_default=func.now())
    pris_at: Mapped[datetime | None]
    erreur: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    association: Mapped[Association] = relationship()
    demarche: Mapped[Demarche] = relationship()
