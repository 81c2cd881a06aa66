"""The files of DS dossiers: where each stands, and whether its bytes are here."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.vocabulaire_ds import EtatFichierDS

# Verdicts of DS's own antivirus that nothing makes up for: such a file is neither fetched nor given.
REFUSES_PAR_DS = frozenset({"infected", "integrity_error"})


class FichierDS(Base):
    """A file as DS describes it, at one place of a dossier. Its address is never kept: it dies in an hour and opens to anybody.

    `partie`: champs, annotations, avis, messages, motivation or attestation; `porteur`: the id of the champ, avis or message that
    bears it. `checksum` is DS's MD5 (base64), `virus_ds` its verdict word for word. `disparu_at`: DS no longer shows it; what we
    hold stays.
    """

    __tablename__ = "fichier_ds"
    __table_args__ = (
        UniqueConstraint("dossier_id", "partie", "porteur", "nom", "checksum"),
        Index("ix_fichier_ds_etat_prochain_essai", "etat", "prochain_essai"),
    )

    id: Mapped[cle]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    partie: Mapped[str] = mapped_column(String(20))
    porteur: Mapped[str] = mapped_column(String(100), default="")
    libelle: Mapped[str] = mapped_column(Text, default="")
    nom: Mapped[str] = mapped_column(Text)
    type_mime: Mapped[str] = mapped_column(String(100), default="")
    taille: Mapped[int | None]
    checksum: Mapped[str] = mapped_column(String(40), default="")
    virus_ds: Mapped[str] = mapped_column(String(40), default="")
    cree_at: Mapped[datetime | None]
    etat: Mapped[EtatFichierDS] = mapped_column(enum_texte(EtatFichierDS), default=EtatFichierDS.ATTENDU)
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"), index=True)
    essais: Mapped[int] = mapped_column(default=0)
    prochain_essai: Mapped[datetime] = mapped_column(server_default=func.now())
    pris_at: Mapped[datetime | None]
    recu_at: Mapped[datetime | None]
    disparu_at: Mapped[datetime | None]
    erreur: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    dossier: Mapped[Dossier] = relationship()
    fichier: Mapped[Fichier | None] = relationship()

    @property
    def place(self) -> tuple[int, str, str, str, str]:
        """What names it for good: DS gives its files no id."""
        return self.dossier_id, self.partie, self.porteur, self.nom, self.checksum
