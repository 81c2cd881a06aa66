"""Issues documents: their content is frozen in the business transaction, their bytes come by a job and are kept once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from portal.documents import modeles, rendu
from portal.errors import Conflict, Forbidden
from portal.formats import maintenant
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries.exports_gardes import is_over
from portal.services import fichiers, journal
from portal.services.codes import draw_code
from portal.travaux import commander
from portal.vocabulaire import EtatDocument, GenreDocument

ESSAIS = 3
# Longer than the slowest document (20 s) and the slowest workbook: then its worker is dead, and another takes it.
BAIL = timedelta(minutes=3)
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What nobody may change any more bears the seal of the portal, and waits for it while there is no key.
SCELLES = frozenset({GenreDocument.RECU_ENGAGEMENT, GenreDocument.RECU_AVEC_PREUVE, GenreDocument.RETRAIT})
ZIP = "application/zip"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
CSV = "text/csv"
EXTENSIONS = {PDF: "pdf", XLSX: "xlsx", ODS: "ods", CSV: "csv", ZIP: "zip"}


def issue(
    session: Session,
    *,
    by: Acteur,
    genre: GenreDocument,
    nom: str,
    document: modeles.Document,
    dossier_id: int | None = None,
    engagement_id: int | None = None,
    demande_id: int | None = None,
    demarche_id: int | None = None,
    numero: str | None = None,
    jointes: Mapping[str, str] | None = None,
    lettre: dict[str, Any] | None = None,
) -> Document:
    """Freeze a document's page now and order its PDF. `nom` is its title, and the name of the file without extension.

    `numero`: drawn beforehand (see `draw_number`) for a page that bears it.

    `jointes`: texts that the PDF will bear as attached files, by file name, before it is sealed (see `SCELLES`).
    `lettre`: what a text to edit is made from, beside the page (documents/modeles_lettres.py).
    The caller has checked that the actor may: a document is issued by a business act.
    """
    return _add(
        session,
        by=by,
        genre=genre,
        nom=nom,
        gabarit=type(document).__name__,
        html=rendu.html(document),
        parametres=({"jointes": dict(jointes)} if jointes else {}) | ({"lettre": lettre} if lettre else {}) or None,
        dossier_id=dossier_id,
        engagement_id=engagement_id,
        demande_id=demande_id,
        demarche_id=demarche_id,
        numero=numero or draw_number(),
    )


def draw_number() -> str:
    """A number of ours, drawn at random: whoever knows it holds the document, or was shown it."""
    return f"D-{draw_code(12)}"


def order_view(session: Session, *, by: Acteur, genre: GenreDocument, nom: str, parametres: dict[str, Any]) -> Document:
    """Order a view that the job makes from `parametres` (JSON), with the rights read again when it is made."""
    return _add(session, by=by, genre=genre, nom=nom, gabarit=str(genre), parametres=parametres, numero=draw_number())


def _add(session: Session, *, by: Acteur, **valeurs: Any) -> Document:
    if by.user_id is None:
        raise Forbidden("Un document a toujours un auteur : connectez-vous pour le demander.")
    document = Document(auteur_id=by.user_id, service_id=by.service_id, created_at=maintenant(), **valeurs)
    session.add(document)
    session.flush()
    journal.record(
        session,
        by=by,
        action="document_emis",
        objet=f"document:{document.id}",
        valeurs={
            "numero": document.numero,
            "genre": document.genre,
            "dossier": document.dossier_id,
            "engagement": document.engagement_id,
            "contenu_sha256": document.contenu_sha256,
        },
    )
    order(session, document.id)
    return document


def order(session: Session, document_id: int) -> None:
    """Queue the job of that document, unless it already waits."""
    commander(session, "documents.produire", unique=f"documents.produire:{document_id}", document_id=document_id)


def retry(session: Session, *, by: Acteur, document: Document) -> Document:
    """Try again a document that failed, or make anew an export that is not kept any more.

    Raises Conflict when somebody has done so meanwhile.
    """
    session.refresh(document, with_for_update={"of": Document})
    if document.etat != EtatDocument.ECHEC and not is_over(document):
        raise Conflict("Ce document est déjà prêt, ou en cours de préparation : rien n’a été changé.")
    document.etat, document.essais, document.pris_at = EtatDocument.A_PRODUIRE, 0, None
    document.fichier_id, document.produced_at, document.avancement = None, None, None
    journal.record(session, by=by, action="document_redemande", objet=f"document:{document.id}")
    order(session, document.id)
    return document


def due(session: Session, *, cachet: bool = True, bail: timedelta = BAIL) -> list[int]:
    """Documents that wait for their bytes and that no living worker holds. `cachet`: there is a key to seal with."""
    attente = select(Document.id).where(_libre(bail, cachet=cachet))
    return list(session.scalars(attente.order_by(Document.created_at, Document.id)))


def take(session: Session, document_id: int, *, cachet: bool = True, bail: timedelta = BAIL) -> Document | None:
    """Take a document that waits, for the time of a lease; None when it is made, held, or has failed too often (then it says so).

    Without a key (`cachet`), a document to be sealed is not taken: it waits, and loses no try.
    To be committed before the work starts: a document that kills its worker counts its tries all the same.
    """
    libre = _libre(bail, cachet=cachet)
    document = session.scalars(
        select(Document).where(Document.id == document_id, libre).with_for_update(skip_locked=True)
    ).first()
    if document is None:
        return None
    if document.essais >= ESSAIS:
        document.etat = EtatDocument.ECHEC
        return None
    document.essais += 1
    document.pris_at = maintenant()
    return document


def _libre(bail: timedelta, *, cachet: bool) -> ColumnElement[bool]:
    """True for a row that waits, whose lease is over, and that can be sealed if it has to be."""
    sans_bail = or_(Document.pris_at.is_(None), Document.pris_at < maintenant() - bail)
    faisable = true() if cachet else Document.genre.not_in(SCELLES)
    return and_(Document.etat == EtatDocument.A_PRODUIRE, sans_bail, faisable)


def note_progress(session: Session, pris: Document, centiemes: int) -> None:
    """Say how far a long document is, in hundredths, and keep its lease."""
    document = _still_held(session, pris)
    if document is not None:
        document.avancement, document.pris_at = centiemes, maintenant()


def release(session: Session, pris: Document) -> None:
    """A try has failed: give the document back, or say that it has failed for good."""
    document = _still_held(session, pris)
    if document is not None:
        document.pris_at = None
        document.etat = EtatDocument.ECHEC if document.essais >= ESSAIS else EtatDocument.A_PRODUIRE


def _still_held(session: Session, pris: Document) -> Document | None:
    """The row, locked, unless somebody else has taken it since: the number of tries tells."""
    return session.scalars(
        select(Document)
        .where(Document.id == pris.id, Document.etat == EtatDocument.A_PRODUIRE, Document.essais == pris.essais)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def finish(session: Session, pris: Document, valeurs: dict[str, Any], *, cachet: str | None = None) -> bool:
    """Tie the stored bytes to the document. False when these bytes serve nobody: same content kept already, or document lost.

    `cachet` is the SHA-256 of the certificate that sealed them.
    """
    document = _still_held(session, pris)
    if document is None:
        return False
    fichier, nouveau = fichiers.keep(session, valeurs)
    document.fichier_id, document.cachet = fichier.id, cachet
    document.etat, document.produced_at, document.pris_at = EtatDocument.PRET, maintenant(), None
    return nouveau
