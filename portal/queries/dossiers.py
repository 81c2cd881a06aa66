"""Dossiers as agents see them: the scope, one dossier, the queue."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from portal.db import POUR_CES_VALEURS
from portal.errors import NotFound
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.queries import lignes_file
from portal.queries.curseurs_file import COLONNES
from portal.queries.filtres_dossiers import Curseur, FiltreDossiers
from portal.queries.lignes_file import LigneDossier
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT, ColonneFile, Onglet, TriFile

PAR_PAGE = 50
COMPTE_MAXIMAL = 1_000
# How many dossiers are looked at, for each one to be counted, before the index of words is asked.
PAR_COMPTE = 4
# Whether it is worth while: so many of the very newest must answer.
SONDE, PART_DE_LA_SONDE = 300, 75
# Tabs that keep every dossier for ever; the others hold what waits for somebody, which is soon looked through.
SANS_BORNE = frozenset({Onglet.TOUS, Onglet.TRAITES})


def visible_dossiers(viewer: Acteur) -> Select[Dossier]:
    """THE scope of agents: the dossiers that the service for which they act owns, or was asked about."""
    return select(Dossier).join(AccesDossier, AccesDossier.dossier_id == Dossier.id).where(in_scope(viewer))


def in_scope(viewer: Acteur) -> ColumnElement[bool]:
    """The same, said of an access; without those closed to an agent by a conflict of interest, whose service still reads them."""
    return _without_closed(viewer, AccesDossier.service_id == viewer.service_id)


def _without_closed(viewer: Acteur, portee: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(portee, AccesDossier.dossier_id.not_in(viewer.recuses)) if viewer.recuses else portee


def au_plus(nombre: int) -> ColumnElement[int]:
    """A LIMIT that PostgreSQL reads in the text: of a parameter it plans for a tenth of the rows."""
    return literal_column(str(nombre), Integer)


def get(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """One dossier, for an act upon it. Raises NotFound when it does not exist for this viewer."""
    dossier = session.scalars(
        visible_dossiers(viewer)
        .where(Dossier.reference == reference)
        .options(joinedload(Dossier.demarche), joinedload(Dossier.service))
    ).first()
    if dossier is None:
        raise NotFound
    return dossier


@dataclass(frozen=True, slots=True)
class PageDossiers:
    """Fifty lines of a view. `nombre` stops at COMPTE_MAXIMAL + 1."""

    lignes: tuple[LigneDossier, ...]
    nombre: int
    precedente: Curseur | None
    suivante: Curseur | None

    @property
    def trop_nombreux(self) -> bool:
        """True when the count was not finished."""
        return self.nombre > COMPTE_MAXIMAL


def list_dossiers(
    session: Session,
    viewer: Acteur,
    filtre: FiltreDossiers,
    *,
    colonnes: Collection[ColonneFile] = COLONNES_PAR_DEFAUT,
    nombre: int | None = None,
    ids: Sequence[int] | None = None,
) -> PageDossiers:
    """A page of the queue, in four statements at most, whatever the number of dossiers.

    Which dossiers, planned for what is looked for; then their lines, by a statement that stays prepared. `nombre`, `ids`: how
    many answer, and which stand from the cursor on, in order, for whoever knows.
    """
    curseur, croissant = filtre.curseur, filtre.monte
    remonte = croissant != filtre.croissant
    if nombre is None:
        nombre = count(session, viewer, filtre)
    if ids is None:
        ids = _page(session, viewer, filtre, nombre)
    montres = list(ids[: PAR_PAGE + 1])
    lues = lignes_file.read_ids(session, viewer, montres, tuple(colonnes), filtre.tri, croissant=croissant)
    reste, lignes = len(lues) > PAR_PAGE, lues[:PAR_PAGE]
    if remonte:
        lignes.reverse()
    return PageDossiers(
        lignes=tuple(lignes),
        nombre=nombre,
        precedente=_curseur(lignes[0], avant=True) if lignes and (reste if remonte else curseur) else None,
        suivante=_curseur(lignes[-1]) if lignes and (remonte or reste) else None,
    )


def count(session: Session, viewer: Acteur, filtre: FiltreDossiers, *, maximum: int | None = None) -> int:
    """How many dossiers the view holds, without looking further than `maximum` (COMPTE_MAXIMAL) + 1."""
    plafond = (COMPTE_MAXIMAL if maximum is None else maximum) + 1
    nombre = _number_of(select(true()).where(*conditions(viewer, filtre)), plafond)
    choix = select(case((_many(viewer, filtre, plafond), plafond), else_=nombre))
    return session.scalar(choix, execution_options=POUR_CES_VALEURS) or 0


def are_many(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> bool:
    """More than COMPTE_MAXIMAL answer, as far as the newest tell: False may only mean that they do not."""
    if not _is_probed(filtre):
        return False
    choix = select(_many(viewer, filtre, COMPTE_MAXIMAL + 1))
    return bool(session.scalar(choix, execution_options=POUR_CES_VALEURS))


def _is_probed(filtre: FiltreDossiers) -> bool:
    """Facts or words are looked for among all the dossiers kept: what is late, or followed, is elsewhere or little."""
    return filtre.se_cherche and not filtre.suit and not filtre.retard and filtre.onglet in SANS_BORNE


def _many(viewer: Acteur, filtre: FiltreDossiers, plafond: int) -> ColumnElement[bool]:
    """So many answer among the newest; they are walked only where enough of the very newest do."""
    if not _is_probed(filtre):
        return false()
    plus_recents = _newest(viewer, filtre)
    sonde = _number_of(_answering(plus_recents, SONDE), PART_DE_LA_SONDE)
    derniers = _number_of(_answering(plus_recents, PAR_COMPTE * plafond), plafond)
    return case((sonde == PART_DE_LA_SONDE, derniers == plafond), else_=false())


def _page(session: Session, viewer: Acteur, filtre: FiltreDossiers, nombre: int) -> Sequence[int]:
    """The dossiers from the cursor on, in order."""
    places = _places(viewer, filtre, nombre, filtre.curseur, croissant=filtre.monte).limit(au_plus(PAR_PAGE + 1))
    if filtre.criteres or filtre.suit:
        places = places.execution_options(**POUR_CES_VALEURS)
    return session.scalars(places).all()


def _number_of(lignes: Select[*tuple[Any, ...]], plafond: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(lignes.limit(au_plus(plafond)).subquery()).scalar_subquery()


def _newest(viewer: Acteur, filtre: FiltreDossiers) -> Select[bool]:
    """Whether each dossier of the service, or of one étape, démarche or exercice of it, answers: the newest first.

    Where many answer, enough of them are met there at once: the index of words would list them all before giving the first.
    """
    par_index = FiltreDossiers(onglet=filtre.onglet)
    if filtre.etat in ETATS_FINAUX:
        par_index = FiltreDossiers(onglet=Onglet.TRAITES)
    elif filtre.onglet == Onglet.TOUS:
        par_index = FiltreDossiers(demarche=filtre.demarche, exercice=None if filtre.demarche else filtre.exercice)
    return (
        select(and_(true(), *filtre.conditions(viewer, marche=True)).label("repond"))
        .where(in_scope(viewer), *par_index.conditions(viewer, marche=True))
        .order_by(AccesDossier.date_depot.desc(), AccesDossier.dossier_id.desc())
    )


def _answering(plus_recents: Select[bool], regardes: int) -> Select[bool]:
    """Those that answer among so many of them."""
    derniers = plus_recents.limit(au_plus(regardes)).subquery()
    return select(derniers.c.repond).where(derniers.c.repond)


def list_ids(session: Session, viewer: Acteur, filtre: FiltreDossiers, *, maximum: int) -> list[int]:
    """The numbers of the first `maximum` dossiers of a view, in its order."""
    places = _places(viewer, filtre, count(session, viewer, filtre), None, croissant=filtre.croissant)
    return [ident for ident, _ in session.execute(places.limit(au_plus(maximum)), execution_options=POUR_CES_VALEURS)]


def all_dossiers(
    session: Session,
    viewer: Acteur,
    filtre: FiltreDossiers,
    *,
    colonnes: Collection[ColonneFile] = COLONNES_PAR_DEFAUT,
) -> Iterator[LigneDossier]:
    """Every line of a view, in the order of its pages, read from the database as they are taken."""
    places = _ouvertes(viewer, filtre)
    choix = lignes_file.choix(places, viewer, colonnes, filtre.tri, croissant=filtre.croissant)
    choix = choix.execution_options(yield_per=lignes_file.PAR_LOT)
    yield from lignes_file.lire(session, choix, viewer, colonnes)


def neighbours(
    session: Session, viewer: Acteur, filtre: FiltreDossiers, dossier: Dossier
) -> tuple[str | None, str | None]:
    """References of the dossiers just before and just after this one in a view, in two statements for the usual view, else three.

    The place counts, not the membership: a dossier that has just left the view still leads to the next one.
    """
    ici = session.scalar(select(COLONNES[filtre.tri]).where(in_scope(viewer), AccesDossier.dossier_id == dossier.id))
    if ici is None:
        return None, None
    nombre = 0 if _se_parcourt(filtre) else count(session, viewer, filtre)
    voisins = [
        _places(viewer, filtre, nombre, Curseur(ici, dossier.id, avant), croissant=filtre.croissant != avant)
        .limit(au_plus(1))
        .subquery()
        for avant in (True, False)
    ]
    choix = union_all(
        *(
            select(literal(cote), Dossier.reference).join(voisin, voisin.c.dossier_id == Dossier.id)
            for cote, voisin in zip(("avant", "apres"), voisins, strict=True)
        )
    )
    trouves: dict[str, str] = dict(session.execute(choix, execution_options=POUR_CES_VALEURS).all())
    return trouves.get("avant"), trouves.get("apres")


def _curseur(ligne: LigneDossier, *, avant: bool = False) -> Curseur:
    return Curseur(rang=ligne.rang, dossier_id=ligne.id, avant=avant)


def conditions(viewer: Acteur, filtre: FiltreDossiers, *, marche: bool = False) -> list[ColumnElement[bool]]:
    """Scope and criteria. Where the index of words says enough, or what the viewer follows, that of the services is kept out.

    To join both costs more.
    """
    portee = in_scope(viewer)
    if (filtre.se_trouve and not marche) or filtre.suit:
        portee = _without_closed(viewer, AccesDossier.service_id + 0 == viewer.service_id)
    return [portee, *filtre.conditions(viewer, marche=marche)]


def _ouvertes(viewer: Acteur, filtre: FiltreDossiers, *, marche: bool = False) -> Select[*tuple[Any, ...]]:
    """Which dossiers (dossier_id, rang), found without reading them: their accesses say enough."""
    rang = COLONNES[filtre.tri].label("rang")
    return select(AccesDossier.dossier_id, rang).where(*conditions(viewer, filtre, marche=marche))


def _se_parcourt(filtre: FiltreDossiers) -> bool:
    """The whole queue in its usual order: the index of that order is walked, however many there are."""
    return not filtre.criteres and not filtre.se_cherche and filtre.tri == TriFile.DEPOT


def _places(
    viewer: Acteur, filtre: FiltreDossiers, nombre: int, curseur: Curseur | None, *, croissant: bool
) -> Select[*tuple[Any, ...]]:
    """The same from a cursor, in order. PostgreSQL cannot guess how many dossiers of a service answer, `nombre` says it.

    Few: all are found, then sorted. Many: some are soon met along the index of the sort, which costs less.
    """
    marche = nombre > COMPTE_MAXIMAL or _se_parcourt(filtre)
    choix = _ouvertes(viewer, filtre, marche=marche)
    ident: Any
    if marche:
        rang, ident = COLONNES[filtre.tri], AccesDossier.dossier_id
    else:
        trouves = choix.cte().prefix_with("MATERIALIZED")
        rang, ident = trouves.c.rang, trouves.c.dossier_id
        choix = select(ident, rang)
    au_dela = beyond(curseur, rang, ident, croissant=croissant)
    if au_dela is not None:
        choix = choix.where(au_dela)
    return choix.order_by(*in_order(rang, ident, croissant=croissant))


def beyond(curseur: Curseur | None, rang: Any, ident: Any, *, croissant: bool) -> ColumnElement[bool] | None:
    """After the cursor in that order; None without one."""
    if curseur is None:
        return None
    place = tuple_(rang, ident)
    ici = tuple_(literal(curseur.rang, rang.type), literal(curseur.dossier_id, ident.type))
    return place > ici if croissant else place < ici


def in_order(rang: Any, ident: Any, *, croissant: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What to order by."""
    return (rang.asc(), ident.asc()) if croissant else (rang.desc(), ident.desc())
