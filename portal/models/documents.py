"""Files kept once, and the documents that we issue."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, cle, enum_texte
from portal.texte_json import canonique
from portal.vocabulaire import EtatDocument, GenreDocument, VerdictAntivirus


class Fichier(Base):
    """Bytes in the storage, written and fsynced before this row, known by their sha256.

    `verdict` is the antivirus's on what came from others.
    """

    __tablename__ = "fichier"

    id: Mapped[cle]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    cle_stockage: Mapped[str] = mapped_column(String(32), unique=True)
    taille: Mapped[int]
    type_mime: Mapped[str] = mapped_column(String(100))
    verdict: Mapped[VerdictAntivirus] = mapped_column(
        enum_texte(VerdictAntivirus), default=VerdictAntivirus.NON_ANALYSE
    )
    verdict_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Document(Base):
    """Content frozen in the business transaction (`html`, or `parametres` of a view), then bytes by a job.

    `pris_at` is the lease of the worker that makes them. A signature has one receipt with its proof.
    `parametres` of a page: the texts attached to its PDF (`jointes`), what a text to edit is made from (`lettre`). `cachet` is
    the SHA-256 of the certificate that sealed the bytes, None for a kind that bears no seal. `avancement`: of a long
    document being made, in hundredths.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index(
            "uq_document_recu_avec_preuve",
            "engagement_id",
            unique=True,
            postgresql_where=text("genre = 'recu_avec_preuve'"),
        ),
    )

    id: Mapped[cle]
    numero: Mapped[str] = mapped_column(String(40), unique=True)
    genre: Mapped[GenreDocument] = mapped_column(enum_texte(GenreDocument))
    nom: Mapped[str] = mapped_column(String(200))
    gabarit: Mapped[str] = mapped_column(String(40))
    html: Mapped[str | None] = mapped_column(Text)
    parametres: Mapped[dict[str, Any] | None]
    auteur_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"), index=True)
    demande_id: Mapped[int | None] = mapped_column(ForeignKey("demande.id"), index=True)
    demarche_id: Mapped[int | None] = mapped_column(ForeignKey("demarche.id"), index=True)
    etat: Mapped[EtatDocument] = mapped_column(enum_texte(EtatDocument), default=EtatDocument.A_PRODUIRE, index=True)
    essais: Mapped[int] = mapped_column(default=0)
    pris_at: Mapped[datetime | None]
    fichier_id: Mapped[int | None] = mapped_column(ForeignKey("fichier.id"))
    cachet: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    produced_at: Mapped[datetime | None]
    avancement: Mapped[int | None]

    fichier: Mapped[Fichier | None] = relationship()

    @property
    def contenu_sha256(self) -> str:
        """SHA-256 of what is frozen: the page, then what is attached to it or what the view is made from."""
        parametres = b"" if self.parametres is None else canonique(self.parametres)
        return hashlib.sha256((self.html or "").encode() + parametres).hexdigest()
