"""The parapheur of a service: letters that wait for a signature, batches that left, what came back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from portal.errors import NotFound
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.lettres import CopieParapheur, FichierRetour, Lettre, LotParapheur, RetourParapheur
from portal.permissions import Acteur
from portal.queries.recusations import open_to
from portal.vocabulaire import EtatDocument
from portal.vocabulaire_instruction import LIBELLES_GENRE_LETTRE, EtatLettre, GenreLettre

LETTRES_MAXIMALES = 500
LOTS_MONTRES = 20
# What nobody signs in the parapheur: a draft that both parties sign later, a letter that asks for corrections.
SANS_PARAPHEUR = (GenreLettre.CONVENTION, GenreLettre.COMPLEMENT)


@dataclass(frozen=True, slots=True)
class LettreASigner:
    """A letter with what tells it. `prete`: its PDF exists."""

    lettre: Lettre
    reference: str
    association: str

    @property
    def libelle(self) -> str:
        """« Notification de refus, Les Amis du Canal (P-2026-000123) »."""
        return f"{LIBELLES_GENRE_LETTRE[self.lettre.genre]}, {self.association} ({self.reference})"

    @property
    def prete(self) -> bool:
        """It may leave."""
        return self.lettre.document.etat == EtatDocument.PRET


@dataclass(frozen=True, slots=True)
class LotEnvoye:
    """A batch that left: how many letters, and how many of them are still to come back."""

    lot: LotParapheur
    numero: str
    lettres: int
    attendues: int


@dataclass(frozen=True, slots=True)
class Parapheur:
    """What the page shows: 500 letters and 20 batches each way at most."""

    a_signer: Sequence[LettreASigner]
    parties: Sequence[LettreASigner]
    envois: Sequence[LotEnvoye]
    retours: Sequence[RetourParapheur]


def get(session: Session, viewer: Acteur) -> Parapheur:
    """The parapheur of the viewer's service, in five statements."""
    return Parapheur(
        a_signer=_lettres(session, viewer, EtatLettre.PREPAREE),
        parties=_lettres(session, viewer, EtatLettre.AU_PARAPHEUR),
        envois=_envois(session, viewer),
        retours=session.scalars(_retours(viewer).order_by(RetourParapheur.id.desc()).limit(LOTS_MONTRES)).all(),
    )


def of_service(viewer: Acteur) -> Select[Lettre]:
    """The letters that the viewer's service signs: those of its dossiers that it wrote itself."""
    return (
        select(Lettre)
        .join(Document, Document.id == Lettre.document_id)
        .join(Dossier, Dossier.id == Lettre.dossier_id)
        .where(
            Dossier.service_id == viewer.service_id,
            open_to(viewer, Dossier.id),
            Document.service_id == viewer.service_id,
            Lettre.genre.not_in(SANS_PARAPHEUR),
        )
        .options(contains_eager(Lettre.document))
    )


def _lettres(session: Session, viewer: Acteur, etat: EtatLettre) -> Sequence[LettreASigner]:
    choix = of_service(viewer).where(Lettre.etat == etat).order_by(Lettre.id).limit(LETTRES_MAXIMALES)
    lignes = session.execute(choix.add_columns(Dossier.reference, Dossier.demandeur_nom))
    return tuple(LettreASigner(lettre, reference, association) for lettre, reference, association in lignes)


def _envois(session: Session, viewer: Acteur) -> Sequence[LotEnvoye]:
    attendues = func.count().filter(Lettre.etat == EtatLettre.AU_PARAPHEUR)
    lots = (
        select(LotParapheur, Document.numero, func.count(Lettre.id), attendues)
        .join(Document, Document.id == LotParapheur.document_id)
        .outerjoin(Lettre, Lettre.lot_id == LotParapheur.id)
        .where(LotParapheur.service_id == viewer.service_id)
        .group_by(LotParapheur.id, Document.numero)
        .order_by(LotParapheur.id.desc())
        .limit(LOTS_MONTRES)
    )
    return tuple(LotEnvoye(lot, numero, lettres, reste) for lot, numero, lettres, reste in session.execute(lots))


def _retours(viewer: Acteur) -> Select[RetourParapheur]:
    return (
        select(RetourParapheur)
        .where(RetourParapheur.service_id == viewer.service_id)
        .options(selectinload(RetourParapheur.fichiers), selectinload(RetourParapheur.copies))
    )


def get_retour(session: Session, viewer: Acteur, retour_id: int) -> RetourParapheur:
    """What came back in one sending, with its copies. Raises NotFound."""
    retour = session.scalars(
        _retours(viewer)
        .where(RetourParapheur.id == retour_id)
        .options(
            selectinload(RetourParapheur.fichiers).joinedload(FichierRetour.fichier),
            selectinload(RetourParapheur.copies).joinedload(CopieParapheur.lettre).joinedload(Lettre.document),
        )
    ).first()
    if retour is None:
        raise NotFound
    return retour


def get_copie(session: Session, viewer: Acteur, copie_id: int) -> CopieParapheur:
    """A copy that came back to the viewer's service. Raises NotFound."""
    copie = session.scalars(
        select(CopieParapheur)
        .join(RetourParapheur, RetourParapheur.id == CopieParapheur.retour_id)
        .where(CopieParapheur.id == copie_id, RetourParapheur.service_id == viewer.service_id)
        .options(joinedload(CopieParapheur.fichier))
    ).first()
    if copie is None:
        raise NotFound
    return copie


def offered(session: Session, viewer: Acteur) -> list[tuple[str, str]]:
    """(number, words) of the letters that a copy may be tied to by hand: those that wait for a signature."""
    attente = _lettres(session, viewer, EtatLettre.AU_PARAPHEUR), _lettres(session, viewer, EtatLettre.PREPAREE)
    return [(une.lettre.document.numero, une.libelle) for liste in attente for une in liste]


def by_number(session: Session, service_id: int, numero: str) -> Lettre | None:
    """The letter of a service that this number is of, locked; None when there is none."""
    return session.scalars(
        select(Lettre)
        .join(Document, Document.id == Lettre.document_id)
        .join(Dossier, and_(Dossier.id == Lettre.dossier_id, Dossier.service_id == service_id))
        .where(Document.numero == numero)
        .with_for_update(of=Lettre)
        .execution_options(populate_existing=True)
    ).first()


def of_lot(session: Session, lot_id: int) -> Sequence[LettreASigner]:
    """The letters of a batch, in the order of their dossiers."""
    lignes = session.execute(
        select(Lettre, Dossier.reference, Dossier.demandeur_nom)
        .join(Dossier, Dossier.id == Lettre.dossier_id)
        .where(Lettre.lot_id == lot_id)
        .options(joinedload(Lettre.document).joinedload(Document.fichier))
        .order_by(Dossier.reference, Lettre.id)
    )
    return tuple(LettreASigner(lettre, reference, association) for lettre, reference, association in lignes)
