"""Documents that a viewer may open."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.demandes import Demande
from portal.models.documents import Document, Fichier
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.engagements import Engagement
from portal.models.souscriptions import DemandeSignature
from portal.permissions import Acteur
from portal.vocabulaire import EtatDocument, GenreDocument

# What a signature gives: a receipt at once, another that bears its proof once the day is closed.
RECUS = (GenreDocument.RECU_ENGAGEMENT, GenreDocument.RECU_AVEC_PREUVE)

# A withdrawal is issued when it is notified, so that nothing of it is known before.
DE_DOSSIER = (GenreDocument.RECEPISSE, GenreDocument.RETRAIT)
DU_SERVICE = (GenreDocument.SYNTHESE, GenreDocument.RETRAIT)


def visible_documents(viewer: Acteur) -> Select[Document]:
    """What this viewer asked for, what its associations received, or what its service may read of its dossiers."""
    return (
        select(Document)
        .where(or_(_demandes_par(viewer), _par_association(viewer), _par_service(viewer)))
        .options(joinedload(Document.fichier))
    )


def _demandes_par(viewer: Acteur) -> ColumnElement[bool]:
    """What the person asked for, as whom she acts now: it stays with the service that she has left. Summaries: see below."""
    return and_(
        Document.auteur_id == viewer.user_id,
        Document.service_id.is_not_distinct_from(viewer.service_id),
        Document.genre != GenreDocument.SYNTHESE,
    )


def _par_association(viewer: Acteur) -> ColumnElement[bool]:
    """Receipts, récépissés and withdrawals of what the person signed or filed, and of associations whose mandat is proved.

    Of these, the pages to sign that others have asked for too.
    """
    if not viewer.est_usager:
        return false()
    prouvees = viewer.associations_prouvees
    engagements = select(Engagement.id).where(
        or_(Engagement.signataire_id == viewer.user_id, Engagement.association_id.in_(prouvees))
    )
    dossiers = (
        select(Dossier.id)
        .outerjoin(Demande, Demande.id == Dossier.demande_id)
        .where(or_(Demande.deposee_par_id == viewer.user_id, Dossier.association_id.in_(prouvees)))
    )
    a_signer = select(DemandeSignature.document_id).where(DemandeSignature.association_id.in_(prouvees))
    return or_(
        and_(Document.genre.in_(RECUS), Document.engagement_id.in_(engagements)),
        and_(Document.genre.in_(DE_DOSSIER), Document.dossier_id.in_(dossiers)),
        and_(Document.genre == GenreDocument.ENGAGEMENT_A_SIGNER, Document.id.in_(a_signer)),
    )


def _par_service(viewer: Acteur) -> ColumnElement[bool]:
    """Récépissés of dossiers that the service reads; summaries and withdrawals only if made for, or by, this very service."""
    if not viewer.est_agent or viewer.service_id is None:
        return false()
    lisibles = select(AccesDossier.dossier_id).where(AccesDossier.service_id == viewer.service_id)
    pour_ce_service = or_(
        Document.genre == GenreDocument.RECEPISSE,
        and_(Document.genre.in_(DU_SERVICE), Document.service_id == viewer.service_id),
    )
    return and_(Document.dossier_id.in_(lisibles), pour_ce_service)


def get(session: Session, viewer: Acteur, numero: str) -> Document:
    """One of them. Raises NotFound."""
    document = session.scalars(visible_documents(viewer).where(Document.numero == numero)).first()
    if document is None:
        raise NotFound
    return document


def get_ready(session: Session, viewer: Acteur, numero: str) -> tuple[Document, Fichier]:
    """One whose bytes are there, with its file. Raises NotFound."""
    document = get(session, viewer, numero)
    if document.etat != EtatDocument.PRET or document.fichier is None:
        raise NotFound("Ce document n’est pas encore prêt. Ouvrez sa page : elle dit où il en est.")
    return document, document.fichier


def list_of_engagement(session: Session, viewer: Acteur, engagement_id: int) -> list[Document]:
    """Documents of a signature, newest first; its posters are listed apart (queries/affiches_cer.py)."""
    documents = visible_documents(viewer).where(
        Document.engagement_id == engagement_id, Document.genre != GenreDocument.AFFICHE_CER
    )
    return list(session.scalars(documents.order_by(Document.created_at.desc(), Document.id.desc())))


def list_of_dossier(session: Session, viewer: Acteur, dossier_id: int) -> list[Document]:
    """Documents of a dossier, newest first."""
    documents = visible_documents(viewer).where(Document.dossier_id == dossier_id)
    return list(session.scalars(documents.order_by(Document.created_at.desc(), Document.id.desc())))
