"""Payments that a service's workbooks have told, and the grants that they pay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from portal.classeurs.genres import GENRES
from portal.errors import NotFound
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport, LotImport
from portal.models.versements import Versement, VersementDossier
from portal.permissions import Acteur
from portal.vocabulaire import Etat
from portal.vocabulaire_imports import GenreImport, MethodeRapprochement

PAR_PAGE = 50
MONTRES = 100
LOT = 500
CERTAIN = 100
PHRASES_METHODE = {
    MethodeRapprochement.EJ: "même engagement juridique qu’un versement déjà rattaché",
    MethodeRapprochement.SIRET_EXERCICE: "même bénéficiaire, même exercice",
    MethodeRapprochement.MANUEL: "rattaché par une personne",
}


@dataclass(frozen=True, slots=True)
class VersementVu:
    """A payment as its dossier shows it. `fichier`: the name of the file that told of it, by the import `lot_id`."""

    lien: VersementDossier
    lot_id: int | None
    fichier: str


@dataclass(frozen=True, slots=True)
class VersementsDossier:
    """What was paid for a dossier, recoveries deducted. `douteux`: how much of it nobody has confirmed yet."""

    lignes: tuple[VersementVu, ...]
    verse: Decimal
    douteux: Decimal

    def reste(self, accorde: Decimal) -> Decimal:
        """What is still to be paid of a grant; negative when more than it was paid."""
        return accorde - self.verse


@dataclass(frozen=True, slots=True)
class PageVersements:
    """A page of them, the latest imported first; `suivante`: id to go on from, None at the end."""

    lignes: Sequence[Versement]
    suivante: int | None


def list_of_service(session: Session, viewer: Acteur, *, tous: bool, avant: int = 0) -> PageVersements:
    """Those that are still to be tied or confirmed, or all. Three statements."""
    lignes = session.scalars(_choice(viewer, tous=tous, avant=avant).limit(PAR_PAGE + 1)).all()
    gardees = lignes[:PAR_PAGE]
    return PageVersements(gardees, gardees[-1].id if len(lignes) > PAR_PAGE else None)


def all_of_service(session: Session, viewer: Acteur, *, tous: bool) -> Iterator[Versement]:
    """The same list whole and in the same order, read by batches."""
    yield from session.scalars(_choice(viewer, tous=tous), execution_options={"yield_per": LOT})


def count_of_service(session: Session, viewer: Acteur, *, tous: bool) -> int:
    """How many the whole list holds."""
    choix = _choice(viewer, tous=tous).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(choix)) or 0


def _choice(viewer: Acteur, *, tous: bool, avant: int = 0) -> Select[Versement]:
    """The last imported first, from before that id on."""
    choix = select(Versement).where(*_open(viewer))
    if not tous:
        choix = choix.where(~_settled())
    if avant:
        choix = choix.where(Versement.id < avant)
    liens = selectinload(Versement.liens).joinedload(VersementDossier.dossier)
    return choix.options(liens).order_by(Versement.id.desc())


def _open(viewer: Acteur) -> Iterator[ColumnElement[bool]]:
    """Those of the viewer's service, but for what a conflict of interest closes."""
    yield Versement.service_id == viewer.service_id
    if viewer.recuses:
        yield ~exists().where(
            VersementDossier.versement_id == Versement.id, VersementDossier.dossier_id.in_(viewer.recuses)
        )
    if viewer.associations_recusees:
        fermees = Versement.association_id.in_(viewer.associations_recusees)
        yield or_(Versement.association_id.is_(None), ~fermees)


def _settled() -> ColumnElement[bool]:
    """Tied by a person, or as surely."""
    return exists().where(VersementDossier.versement_id == Versement.id, VersementDossier.confiance >= CERTAIN)


def get(session: Session, viewer: Acteur, versement_id: int) -> Versement:
    """One of the viewer's service, that no conflict of interest closes. NotFound: none."""
    trouve = session.scalars(select(Versement).where(Versement.id == versement_id, *_open(viewer))).first()
    if trouve is None:
        raise NotFound
    return trouve


def kept_with_line(session: Session, versement: Versement) -> list[tuple[str, str]]:
    """(words, value) of what its workbook says that a payment has no place for."""
    ligne = session.get(LigneImport, versement.ligne_id) if versement.ligne_id else None
    valeurs = ligne.valeurs if ligne is not None else {}
    champs = (champ for champ in GENRES[GenreImport.VERSEMENTS] if not champ.repris)
    return [(champ.libelle, valeurs[champ.nom]) for champ in champs if champ.nom in valeurs]


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> VersementsDossier | None:
    """Those that the viewer's service has told, tied to a dossier of its own, the oldest first.

    None for the dossier of another service, or one that grants nothing. One statement. The totals are of all of them, were there
    more than are shown.
    """
    if viewer.service_id is None or viewer.service_id != dossier.service_id or dossier.etat != Etat.ACCEPTE:
        return None
    lues = session.execute(
        select(
            VersementDossier,
            LotImport.id.label("lot_id"),
            LotImport.nom.label("fichier"),
            func.sum(Versement.montant).over().label("verse"),
            func.sum(case((VersementDossier.confiance < CERTAIN, Versement.montant))).over().label("douteux"),
        )
        .join(VersementDossier.versement)
        .outerjoin(LigneImport, LigneImport.id == Versement.ligne_id)
        .outerjoin(LotImport, LotImport.id == LigneImport.lot_id)
        .where(VersementDossier.dossier_id == dossier.id, Versement.service_id == viewer.service_id)
        .options(contains_eager(VersementDossier.versement))
        .order_by(Versement.date_operation, Versement.id)
        .limit(MONTRES)
    ).all()
    lignes = tuple(VersementVu(lue[0], lue.lot_id, lue.fichier or "") for lue in lues)
    if not lues:
        return VersementsDossier(lignes, Decimal(0), Decimal(0))
    return VersementsDossier(lignes, lues[0].verse, lues[0].douteux or Decimal(0))
