"""What came by post, mail or counter: the campaigns that it may be entered in, how a dossier came, its scans."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.formats import PARIS
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.receptions import PieceReception, Reception
from portal.permissions import Acteur
from portal.permissions.receptions import can_join_scan
from portal.queries import dossiers, lectures_dossiers
from portal.vocabulaire import ETATS_FINAUX, GenreDocument, Source
from portal.vocabulaire_instruction import ORIGINES_SAISIES

CAMPAGNES = 200


@dataclass(frozen=True, slots=True)
class ReceptionLue:
    """How a dossier came, its scans (the first sent first), its acknowledgement. `apres_cloture`: it was sent too late.

    `modifiable`: this agent may join scans and take them off; `corrigible`: and correct what was entered, until it is decided.
    """

    reception: Reception
    pieces: tuple[PieceReception, ...]
    accuse: Document | None
    apres_cloture: bool
    modifiable: bool
    corrigible: bool


def list_campagnes(session: Session, viewer: Acteur) -> list[tuple[int, str]]:
    """(id, title) of the campaigns of the viewer's service that are, or were, open: the newest first."""
    campagnes = session.execute(
        select(Demarche.id, Demarche.titre, Demarche.exercice)
        .where(
            Demarche.service_id == viewer.service_id,
            Demarche.source == Source.PORTAIL,
            Demarche.publiee_at.is_not(None),
        )
        .order_by(Demarche.publiee_at.desc(), Demarche.id.desc())
        .limit(CAMPAGNES)
    )
    return [(ident, f"{titre} ({exercice})" if exercice else titre) for ident, titre, exercice in campagnes]


def sent_after_closing(demarche: Demarche, envoyee_le: date | None, recue_le: date) -> bool:
    """Whether it was sent after the last day of the campaign: the postmark counts, else the day of receipt (CRPA L112-1)."""
    return demarche.cloture is not None and (envoyee_le or recue_le) > demarche.cloture.astimezone(PARIS).date()


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> ReceptionLue | None:
    """Of a dossier that the viewer reads, in two statements; None when it came through a form. Services that are asked for
    their avis read the scans too, where the files are open to them: they are the request.
    """
    if dossier.origine not in ORIGINES_SAISIES or not lectures_dossiers.get(session, viewer, dossier).pieces:
        return None
    ligne = session.execute(
        select(Reception, Document)
        .outerjoin(
            Document, (Document.dossier_id == Reception.dossier_id) & (Document.genre == GenreDocument.RECEPISSE)
        )
        .where(Reception.dossier_id == dossier.id)
        .options(joinedload(Reception.saisie_par))
        .order_by(Document.id.desc())
        .limit(1)
    ).first()
    if ligne is None:
        return None
    reception, accuse = ligne
    return ReceptionLue(
        reception=reception,
        pieces=tuple(session.scalars(scans(dossier.id))),
        accuse=accuse,
        apres_cloture=sent_after_closing(dossier.demarche, reception.envoyee_le, reception.recue_le),
        modifiable=can_join_scan(viewer, dossier).ok,
        corrigible=can_join_scan(viewer, dossier).ok and dossier.etat not in ETATS_FINAUX,
    )


def scans(dossier_id: int) -> Select[PieceReception]:
    """Those of a dossier that nobody has taken off, the first sent first."""
    return (
        select(PieceReception)
        .where(PieceReception.dossier_id == dossier_id, PieceReception.retiree_at.is_(None))
        .options(joinedload(PieceReception.fichier))
        .order_by(PieceReception.id)
    )


def get(session: Session, viewer: Acteur, reference: str) -> tuple[Dossier, ReceptionLue]:
    """A dossier that came on paper, for an agent who reads it. Raises NotFound."""
    dossier = dossiers.get(session, viewer, reference)
    lue = of_dossier(session, viewer, dossier)
    if lue is None:
        raise NotFound
    return dossier, lue


def get_to_join(session: Session, viewer: Acteur, reference: str) -> tuple[Dossier, ReceptionLue]:
    """The same for whoever may join its scans. Raises NotFound, Forbidden."""
    dossier, lue = get(session, viewer, reference)
    verdict = can_join_scan(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return dossier, lue


def get_piece(session: Session, viewer: Acteur, reference: str, piece_id: int) -> tuple[Dossier, PieceReception]:
    """One of its scans. Raises NotFound."""
    dossier, lue = get(session, viewer, reference)
    piece = next((une for une in lue.pieces if une.id == piece_id), None)
    if piece is None:
        raise NotFound
    return dossier, piece
