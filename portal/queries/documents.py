"""Documents that a viewer may open."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.documents import Document, Fichier
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.engagements import Engagement
from portal.models.lettres import Lettre
from portal.models.receptions import Reorientation
from portal.models.souscriptions import DemandeSignature
from portal.permissions import Acteur
from portal.queries import decisions, exports_gardes, lectures_dossiers
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.dossiers import in_scope
from portal.queries.recusations import open_to
from portal.queries.remises import to_give
from portal.vocabulaire import EtatDocument, GenreDocument
from portal.vocabulaire_instruction import EtatLettre

# What a signature gives: a receipt at once, another that bears its proof once the day is closed.
RECUS = (GenreDocument.RECU_ENGAGEMENT, GenreDocument.RECU_AVEC_PREUVE)

# A withdrawal is issued when it is notified, so that nothing of it is known before.
DE_DOSSIER = (GenreDocument.RECEPISSE, GenreDocument.COMPTE_RENDU, GenreDocument.RETRAIT, GenreDocument.COMMUNICATION)
DU_SERVICE = (GenreDocument.SYNTHESE, GenreDocument.RETRAIT, GenreDocument.LETTRE, GenreDocument.COMMUNICATION)
# What the person who asked for it reads for another reason than having asked.
PAR_LE_DOSSIER = (
    GenreDocument.SYNTHESE,
    GenreDocument.FORMULAIRE_REMPLI,
    GenreDocument.COMPTE_RENDU,
    GenreDocument.LETTRE,
    GenreDocument.COMMUNICATION,
)


def visible_documents(viewer: Acteur) -> Select[Document]:
    """What this viewer asked for, what its associations received, or what its service may read of its dossiers."""
    return (
        select(Document)
        .where(or_(_demandes_par(viewer), _par_association(viewer), _par_service(viewer), _gardes(viewer)))
        .where(open_to(viewer, Document.dossier_id))
        .options(joinedload(Document.fichier))
    )


def _demandes_par(viewer: Acteur) -> ColumnElement[bool]:
    """What the person asked for, as whom she acts now: it stays with the service, or the association, that she has left.

    Summaries, letters, filled forms and comptes rendus are read by whoever reads their dossier or request: see below.
    """
    return and_(
        Document.auteur_id == viewer.user_id,
        Document.service_id.is_not_distinct_from(viewer.service_id),
        Document.genre.not_in(PAR_LE_DOSSIER),
    )


def _par_association(viewer: Acteur) -> ColumnElement[bool]:
    """Receipts, récépissés and withdrawals of what the person signed or filed, and of associations whose mandat is proved.

    Letters once they have left. Of these, the pages to sign that others have asked for too.
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
        and_(or_(Document.genre.in_(DE_DOSSIER), _lettre_partie()), Document.dossier_id.in_(dossiers)),
        and_(Document.genre == GenreDocument.ENGAGEMENT_A_SIGNER, Document.id.in_(a_signer)),
        and_(
            Document.genre == GenreDocument.FORMULAIRE_REMPLI,
            Document.demande_id.in_(visible_demandes(viewer).with_only_columns(Demande.id)),
        ),
    )


def _par_service(viewer: Acteur) -> ColumnElement[bool]:
    """Récépissés of dossiers that the service reads whole, and letters once they have left.

    Summaries, withdrawals and other letters only if made for, or by, this very service.
    """
    if not viewer.est_agent or viewer.service_id is None:
        return false()
    lisibles = select(AccesDossier.dossier_id).where(in_scope(viewer))
    de_tout = or_(Document.genre.in_((GenreDocument.RECEPISSE, GenreDocument.COMPTE_RENDU)), _lettre_partie())
    de_ce_service = and_(Document.genre.in_(DU_SERVICE), Document.service_id == viewer.service_id)
    return or_(
        and_(Document.dossier_id.in_(lisibles), de_ce_service),
        and_(Document.dossier_id.in_(lisibles.where(lectures_dossiers.reads_all())), de_tout),
    )


def _lettre_partie() -> ColumnElement[bool]:
    """A letter that tells what was notified, or what the association is asked: before that it is its service's alone."""
    parties = select(Lettre.document_id).where(Lettre.etat == EtatLettre.PARTIE, Lettre.document_id == Document.id)
    return and_(Document.genre == GenreDocument.LETTRE, parties.exists())


def _gardes(viewer: Acteur) -> ColumnElement[bool]:
    """What the service keeps of dossiers that it handed over: their summary, frozen at that instant."""
    if not viewer.est_agent or viewer.service_id is None:
        return false()
    gardes = select(Reorientation.document_id).where(
        Reorientation.de_service_id == viewer.service_id, Reorientation.document_id.is_not(None)
    )
    return Document.id.in_(gardes)


def get(session: Session, viewer: Acteur, numero: str) -> Document:
    """One of them. Raises NotFound."""
    document = session.scalars(visible_documents(viewer).where(Document.numero == numero)).first()
    if document is None:
        raise NotFound
    return document


def get_ready(session: Session, viewer: Acteur, numero: str, *, antivirus: bool) -> tuple[Document, Fichier]:
    """One whose bytes are there, with its file; the association reads a letter as it came back signed.

    `antivirus`: the portal has one, which says whether that copy may leave. Raises NotFound, Forbidden with the reason.
    """
    document = get(session, viewer, numero)
    signe = _signe(session, document) if viewer.est_usager else None
    if signe is not None:
        return document, to_give(signe, antivirus=antivirus)
    if exports_gardes.is_over(document):
        raise NotFound("Cet export n’est plus gardé. Ouvrez sa page pour le refaire, avec les dossiers d’aujourd’hui.")
    if document.etat != EtatDocument.PRET or document.fichier is None:
        raise NotFound("Ce document n’est pas encore prêt. Ouvrez sa page : elle dit où il en est.")
    return document, document.fichier


def unread_decision(session: Session, viewer: Acteur, document: Document) -> int | None:
    """The decision that this letter tells, when it is opened for the first time by one of the association's people.

    The letter of a decision that was taken back since, or that asks for corrections, tells nothing of the one that stands.
    """
    if document.genre != GenreDocument.LETTRE or not viewer.est_usager or document.dossier_id is None:
        return None
    non_lue = decisions.unread_of(session, viewer, session.get_one(Dossier, document.dossier_id))
    annoncee = (
        select(Decision.id)
        .join(Lettre, and_(Lettre.dossier_id == Decision.dossier_id, Lettre.decision_version == Decision.version))
        .where(Decision.id == non_lue, Lettre.document_id == document.id)
    )
    return session.scalar(annoncee)


def _signe(session: Session, document: Document) -> Fichier | None:
    if document.genre != GenreDocument.LETTRE:
        return None
    return session.scalars(
        select(Fichier).join(Lettre, Lettre.signe_fichier_id == Fichier.id).where(Lettre.document_id == document.id)
    ).first()


def reference_of(session: Session, document: Document) -> str | None:
    """The reference of the dossier that the document belongs to, None when it belongs to none."""
    return session.scalars(select(Dossier.reference).where(Dossier.id == document.dossier_id)).first()


def list_of_engagement(session: Session, viewer: Acteur, engagement_id: int) -> list[Document]:
    """Documents of a signature, newest first; its posters are listed apart (queries/affiches_cer.py)."""
    documents = visible_documents(viewer).where(
        Document.engagement_id == engagement_id, Document.genre != GenreDocument.AFFICHE_CER
    )
    return list(session.scalars(documents.order_by(Document.created_at.desc(), Document.id.desc())))


def list_of_dossier(session: Session, viewer: Acteur, dossier_id: int) -> list[Document]:
    """Documents of a dossier, newest first. Agents find its letters apart (queries/lettres.py)."""
    documents = visible_documents(viewer).where(Document.dossier_id == dossier_id)
    if viewer.est_agent:
        documents = documents.where(Document.genre != GenreDocument.LETTRE)
    return list(session.scalars(documents.order_by(Document.created_at.desc(), Document.id.desc())))
