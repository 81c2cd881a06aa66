"""What a code or a file proves of a signature, for anybody: no person is named, but by the file that names her."""

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.models.associations import Association, Mandat
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.engagements import Engagement
from portal.queries.documents import RECUS
from portal.vocabulaire import EtatDocument, EtatMandat, GenreDocument


def receipts_of(session: Session, engagement: Engagement) -> list[Document]:
    """The receipt of a signature, then, once its day is closed, the receipt with its proof."""
    recus = (
        select(Document)
        .where(Document.engagement_id == engagement.id, Document.genre.in_(RECUS))
        .options(joinedload(Document.fichier))
        .order_by(Document.created_at, Document.id)
    )
    return list(session.scalars(recus))


def find_by_bytes(session: Session, octets: bytes) -> tuple[Document, Engagement] | None:
    """The receipt whose file is these very bytes, with its signature; None when none is."""
    trouve = (
        select(Document, Engagement)
        .join(Engagement, Engagement.id == Document.engagement_id)
        .join(Fichier, Fichier.id == Document.fichier_id)
        .where(Fichier.sha256 == hashlib.sha256(octets).hexdigest())
        .where(Document.genre.in_(RECUS), Document.etat == EtatDocument.PRET)
        .options(
            joinedload(Document.fichier),
            joinedload(Engagement.texte),
            joinedload(Engagement.mandat),
            joinedload(Engagement.association).selectinload(Association.identifiants),
        )
        .order_by(Document.id)
    )
    ligne = session.execute(trouve).first()
    return (ligne[0], ligne[1]) if ligne else None


def proved_signatures(session: Session, engagement: Engagement) -> list[datetime]:
    """When each person whose link is verified has signed the same text for the same association, first to last."""
    premieres = (
        select(func.min(Engagement.signed_at))
        .join(Mandat, Mandat.id == Engagement.mandat_id)
        .where(Engagement.association_id == engagement.association_id, Engagement.texte_id == engagement.texte_id)
        .where(Mandat.etat == EtatMandat.PROUVE)
        .group_by(Engagement.signataire_id)
        .order_by(func.min(Engagement.signed_at), Engagement.signataire_id)
    )
    return list(session.scalars(premieres))


def find_recepisse(session: Session, numero: str) -> tuple[Document, Dossier] | None:
    """The acknowledgement that bears this number, with its dossier; None when none does."""
    ligne = session.execute(
        select(Document, Dossier)
        .join(Dossier, Dossier.id == Document.dossier_id)
        .where(Document.numero == numero.strip().upper(), Document.genre == GenreDocument.RECEPISSE)
        .options(joinedload(Document.fichier), joinedload(Dossier.service))
    ).first()
    return (ligne[0], ligne[1]) if ligne else None
