"""Letters of a dossier, as their service reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.decisions import Decision
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.lettres import Lettre
from portal.permissions import Acteur, can_instruct
from portal.queries.delais_rejet import Complement, est_ouvert
from portal.queries.documents import visible_documents
from portal.vocabulaire import GenreDocument, SensDecision
from portal.vocabulaire_instruction import EtatLettre, GenreLettre
from portal.vocabulaire_lettres import ACTES_D_UN_ACCORD, SEUIL_CONVENTION


@dataclass(frozen=True, slots=True)
class LettresDuDossier:
    """Those that the viewer may read, newest first; `a_preparer`: the kinds that it may order now.

    `convention_requise`: the grant recorded is above the ceiling under which a decision is enough.
    """

    lettres: Sequence[Lettre]
    a_preparer: tuple[GenreLettre, ...]
    convention_requise: bool

    @property
    def convention_prete(self) -> bool:
        """A draft of convention exists for the decision that stands."""
        return any(une.genre == GenreLettre.CONVENTION and une.etat != EtatLettre.REMPLACEE for une in self.lettres)


def of_dossier(
    session: Session,
    viewer: Acteur,
    dossier: Dossier,
    *,
    decision: Decision | None = None,
    complements: Iterable[Complement] = (),
) -> LettresDuDossier:
    """The letters of a dossier, in one statement; `decision`, `complements`: what the caller has read of it already."""
    lettres = session.scalars(_lisibles(viewer).where(Lettre.dossier_id == dossier.id).order_by(Lettre.id.desc())).all()
    if viewer.service_id != dossier.service_id:
        return LettresDuDossier(lettres, (), convention_requise=False)
    accord = decision is not None and decision.sens == SensDecision.ACCEPTE and decision.delegation_id is not None
    genres: list[GenreLettre] = list(ACTES_D_UN_ACCORD) if accord else []
    if any(est_ouvert(un) for un in complements):
        genres.append(GenreLettre.COMPLEMENT)
    requise = accord and decision is not None and (decision.montant_accorde or 0) > SEUIL_CONVENTION
    return LettresDuDossier(lettres, tuple(genres) if can_instruct(viewer, dossier) else (), requise)


def get(session: Session, viewer: Acteur, reference: str, numero: str) -> Lettre:
    """One of them, by the number of its document. Raises NotFound."""
    lettre = session.scalars(
        _lisibles(viewer)
        .join(Dossier, Dossier.id == Lettre.dossier_id)
        .where(Dossier.reference == reference, Document.numero == numero)
    ).first()
    if lettre is None:
        raise NotFound
    return lettre


def get_signed(session: Session, viewer: Acteur, reference: str, numero: str) -> tuple[Lettre, Fichier]:
    """One that came back signed, with its copy. Raises NotFound."""
    lettre = get(session, viewer, reference, numero)
    if lettre.signe_fichier is None:
        raise NotFound
    return lettre, lettre.signe_fichier


def _lisibles(viewer: Acteur) -> Select[Lettre]:
    lisibles = visible_documents(viewer).with_only_columns(Document.id).where(Document.genre == GenreDocument.LETTRE)
    return (
        select(Lettre)
        .join(Document, Document.id == Lettre.document_id)
        .where(Document.id.in_(lisibles))
        .options(joinedload(Lettre.document), joinedload(Lettre.signe_fichier))
    )
