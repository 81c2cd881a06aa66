"""Imports of workbooks: deposited, read by a job, checked by a person, confirmed, undone as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.imports import CorrespondanceImport, LigneImport, LotImport
from portal.permissions import Acteur, Verdict, may_instruct
from portal.permissions.imports import can_prepare, can_undo
from portal.queries.imports_anterieurs import is_stale
from portal.services import journal
from portal.services.metiers_imports import METIERS
from portal.travaux import commander
from portal.vocabulaire import Source
from portal.vocabulaire_imports import Comparaison, EtatImport, EtatLigneImport, GenreImport, VerdictLigne

TACHE = "imports.traiter"
EN_ROUTE = (EtatImport.A_LIRE, EtatImport.A_APPLIQUER, EtatImport.A_ANNULER)
A_PREPARER = (EtatImport.LU, EtatImport.ILLISIBLE)
# What is said once a person has confirmed, by the état that follows.
CONFIRMES = {
    EtatImport.A_APPLIQUER: "L’import est lancé.",
    EtatImport.A_LIRE: "Un autre import a été fait ou annulé depuis la lecture de ce fichier\u00a0: il est comparé de nouveau, "
    "et rien n’est encore importé. Vérifiez, puis importez.",
}
AUCUNE = "Aucune ligne ne peut être importée\u00a0: rien n’est fait. Corrigez le fichier, et déposez-le de nouveau."
TOUTES_DEJA = (
    "Toutes les lignes de ce fichier sont déjà importées\u00a0: rien n’est fait. Abandonnez cet import, ou choisissez de les "
    "importer de nouveau si ce sont d’autres aides."
)
INCONNU = "Choisissez dans la liste ce que contient ce fichier."
# What is done of lines that resemble others: a person is asked.
Sort = Literal["garder", "laisser"]


@dataclass(frozen=True, slots=True)
class NouvelleDemarche:
    """A démarche that only a workbook tells of."""

    titre: str
    exercice: int


@dataclass(frozen=True, slots=True)
class Choix:
    """What a person chooses of the reading. None: found by the reading itself. `colonnes`: rank to our field, "" for none."""

    genre: GenreImport | None = None
    feuille: str | None = None
    entete: tuple[int, ...] | None = None
    colonnes: Mapping[int, str] | None = None


def deposit(
    session: Session,
    *,
    by: Acteur,
    fichier: Fichier,
    nom: str,
    cle: str,
    genre: GenreImport | None = None,
) -> LotImport:
    """Keep a file to import, and order its reading. `cle` of a form: sent twice, kept once. `genre`: None, the reading finds it.

    Raises Forbidden, Invalid, Conflict.
    """
    verdict = may_instruct(by)
    if not verdict or by.service_id is None or by.user_id is None:
        raise Forbidden(verdict.raison)
    if genre is not None and genre not in METIERS:
        raise Invalid("genre", INCONNU)
    deja = session.scalars(select(LotImport).where(LotImport.cle == cle)).first()
    if deja is not None:
        return _same(by, deja)
    valeurs = {
        "cle": cle,
        "service_id": by.service_id,
        "user_id": by.user_id,
        "genre": genre,
        "fichier_id": fichier.id,
        "nom": nom[:300],
    }
    neuf = insert(LotImport).values(**valeurs).on_conflict_do_nothing(index_elements=["cle"]).returning(LotImport.id)
    ident = session.scalar(neuf)
    if ident is None:
        return _same(by, session.scalars(select(LotImport).where(LotImport.cle == cle)).one())
    _note(session, by, ident, "import_depose", genre=genre, sha256=fichier.sha256)
    order(session, ident)
    return session.get_one(LotImport, ident)


def _same(by: Acteur, deja: LotImport) -> LotImport:
    if (deja.user_id, deja.service_id) != (by.user_id, by.service_id):
        raise Conflict(
            "Cette page a déjà servi\u00a0: rien n’est déposé. Rechargez-la, puis choisissez le fichier de nouveau."
        )
    return deja


def place(
    session: Session,
    *,
    by: Acteur,
    lot: LotImport,
    version: int,
    demarche_id: int | None = None,
    nouvelle: NouvelleDemarche | None = None,
) -> LotImport:
    """Say where the requests of that file go: a démarche of the service, or a new one. They are then compared with its own.

    Raises Forbidden, Invalid, Conflict.
    """
    _hold(session, can_prepare(by, lot), lot, version, (EtatImport.LU,))
    if lot.genre != GenreImport.DEMANDES:
        raise Conflict("Ce fichier ne contient pas de demandes\u00a0: il n’y a rien à ranger.")
    lot.demarche_id = _demarche(session, by, demarche_id, nouvelle).id
    _read_again(session, by, lot)
    return lot


def _demarche(session: Session, by: Acteur, demarche_id: int | None, nouvelle: NouvelleDemarche | None) -> Demarche:
    """One of the service's own, or the one of that title and exercice, made when there is none."""
    if nouvelle is None:
        demarche = session.get(Demarche, demarche_id) if demarche_id else None
        if demarche is None or demarche.service_id != by.service_id or demarche.source == Source.DS:
            raise Invalid("demarche", "Choisissez une démarche de votre service, ou donnez le titre d’une nouvelle.")
        return demarche
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"demarche:{by.service_id}:{nouvelle.titre}"))))
    connue = session.scalars(
        select(Demarche)
        .where(Demarche.service_id == by.service_id, Demarche.source == Source.TABLEUR)
        .where(Demarche.titre == nouvelle.titre, Demarche.exercice == nouvelle.exercice)
        .order_by(Demarche.id)
    ).first()
    if connue is not None:
        return connue
    demarche = Demarche(
        source=Source.TABLEUR, service_id=by.service_id, titre=nouvelle.titre, exercice=nouvelle.exercice
    )
    session.add(demarche)
    session.flush()
    valeurs = {"titre": demarche.titre, "exercice": demarche.exercice}
    journal.record(session, by=by, action="demarche_creee", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    return demarche


def order(session: Session, lot_id: int) -> None:
    """Queue the job of that import; a sweep takes up what an order misses."""
    commander(session, TACHE, urgent=True, lot_id=lot_id)


def choose(session: Session, *, by: Acteur, lot: LotImport, version: int, choix: Choix) -> LotImport:
    """Read the file again as the person says. What another kind, sheet or header changes is found again.

    `version`: the one that the page showed. Raises Forbidden, Conflict, Invalid while nobody says what the lines are.
    """
    _hold(session, can_prepare(by, lot), lot, version, A_PREPARER)
    genre = choix.genre or lot.genre
    if genre not in METIERS:
        raise Invalid("genre", INCONNU)
    feuille, entete, colonnes = choix.feuille, choix.entete, choix.colonnes
    autre_genre, autre_feuille = genre != lot.genre, feuille not in (None, lot.constat.get("feuille"))
    autre_entete = entete is not None and list(entete) != list(lot.constat.get("entete", ()))
    if autre_genre or autre_feuille or autre_entete:
        entete, colonnes = entete if autre_entete else None, None
    if autre_genre:
        feuille = feuille if autre_feuille else None
        lot.genre, lot.demarche_id = genre, None
    lot.reglages = {
        **lot.reglages,
        "feuille": feuille,
        "entete": list(entete) if entete is not None else None,
        "colonnes": {str(rang): champ for rang, champ in colonnes.items()} if colonnes is not None else None,
    }
    _read_again(session, by, lot)
    return lot


def _read_again(session: Session, by: Acteur, lot: LotImport) -> None:
    lot.etat, lot.version, lot.message, lot.comptes = EtatImport.A_LIRE, lot.version + 1, "", {}
    _note(session, by, lot.id, "import_relu")
    order(session, lot.id)


def confirm(
    session: Session,
    *,
    by: Acteur,
    lot: LotImport,
    version: int,
    copies: Sort = "garder",
    deja: Sort = "laisser",
    relu: bool = False,
) -> LotImport:
    """Order what was read to be written; a second tab that confirms finds it done.

    `copies`: lines that repeat another one of the file; `deja`: lines without a key of their own, found unchanged in a
    former import. The mapping is kept for the next file of that form. What was compared with imports that are no more the
    same, or `relu`, is read again instead, for the person to see. Raises Forbidden, Conflict, Invalid.
    """
    _hold(session, can_prepare(by, lot), lot, version, (EtatImport.LU,))
    if lot.genre is None:
        raise Conflict(f"{INCONNU} Rien n’est importé.")
    if lot.genre == GenreImport.DEMANDES and lot.demarche_id is None:
        raise Conflict("Dites d’abord dans quelle démarche ranger ces demandes\u00a0: rien n’est importé.")
    if lot.constat.get("manquants"):
        raise Invalid(
            "", "Une colonne obligatoire n’est pas trouvée\u00a0: rien n’est importé. Dites laquelle la donne."
        )
    if relu or is_stale(session, lot):
        _read_again(session, by, lot)
        return lot
    if session.scalars(waiting(lot, deja=deja).limit(1)).first() is None:
        toutes_deja = session.scalars(waiting(lot, deja="garder").limit(1)).first() is not None
        raise Invalid("deja" if toutes_deja else "", TOUTES_DEJA if toutes_deja else AUCUNE)
    lot.etat, lot.fait, lot.total, lot.version = EtatImport.A_APPLIQUER, 0, 0, lot.version + 1
    lot.reglages = {**lot.reglages, "copies": copies, "deja": deja}
    _remember(session, by, lot)
    _note(session, by, lot.id, "import_confirme", copies=copies, deja=deja)
    order(session, lot.id)
    return lot


def waiting(lot: LotImport, *, deja: Sort) -> Select[LigneImport]:
    """Lines that may be written, whatever is done of copies: of each, one at least."""
    attendent = select(LigneImport).where(LigneImport.lot_id == lot.id, LigneImport.etat == EtatLigneImport.ATTENTE)
    attendent = attendent.where(LigneImport.verdict != VerdictLigne.REJETE)
    if deja == "garder":
        return attendent
    return attendent.where(or_(LigneImport.comparaison != Comparaison.INCHANGEE, LigneImport.cle_source != ""))


def _remember(session: Session, by: Acteur, lot: LotImport) -> None:
    colonnes = {str(vue["rang"]): vue["champ"] for vue in lot.constat.get("colonnes", ())}
    ligne = insert(CorrespondanceImport).values(
        service_id=lot.service_id, genre=lot.genre, forme=lot.forme, colonnes=colonnes, par_id=by.user_id
    )
    session.execute(
        ligne.on_conflict_do_update(
            index_elements=["service_id", "genre", "forme"],
            set_={"colonnes": ligne.excluded.colonnes, "par_id": ligne.excluded.par_id, "updated_at": func.now()},
        )
    )


def undo(session: Session, *, by: Acteur, lot: LotImport, version: int) -> LotImport:
    """Order all that the import made to be taken back, or nothing when something depends on it. Raises Forbidden, Conflict."""
    _hold(session, can_undo(by, lot), lot, version, (EtatImport.APPLIQUE,))
    lot.etat, lot.version = EtatImport.A_ANNULER, lot.version + 1
    lot.reglages = {**lot.reglages, "annule_par": by.user_id}
    lot.comptes = {nom: un for nom, un in lot.comptes.items() if nom not in ("blocages", "bloquees")}
    _note(session, by, lot.id, "import_annulation_demandee")
    order(session, lot.id)
    return lot


def abandon(session: Session, *, by: Acteur, lot: LotImport, version: int) -> LotImport:
    """Leave a file that is not imported. Raises Forbidden, Conflict."""
    _hold(session, can_prepare(by, lot), lot, version, A_PREPARER)
    lot.etat, lot.version = EtatImport.ABANDONNE, lot.version + 1
    _note(session, by, lot.id, "import_abandonne")
    return lot


def _hold(session: Session, verdict: Verdict, lot: LotImport, version: int, etats: tuple[EtatImport, ...]) -> None:
    """Lock the import, in one of these states and as the page showed it. Raises Forbidden, Conflict."""
    if not verdict:
        raise Forbidden(verdict.raison)
    session.refresh(lot, with_for_update={"of": LotImport})
    if lot.etat not in etats or lot.version != version:
        raise Conflict(
            "Cet import a changé depuis que cette page est ouverte\u00a0: rien n’est fait. Rechargez-la pour voir où il en est."
        )


def _note(session: Session, by: Acteur, lot_id: int, action: str, **valeurs: Any) -> None:
    journal.record(session, by=by, action=action, objet=f"import:{lot_id}", valeurs=valeurs)
