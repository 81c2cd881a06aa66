"""What the lines of a workbook said of a dossier that came by it: for the service that imported it and holds the dossier."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.classeurs.champs import Champ
from portal.classeurs.genres import GENRES
from portal.models.dossiers import Dossier
from portal.models.imports import DossierTableur, LigneImport, LotImport
from portal.permissions import Acteur
from portal.queries.valeurs_importees import shown
from portal.vocabulaire import Source
from portal.vocabulaire_imports import EtatLigneImport, GenreImport

MAXIMUM = 50
CHAMPS = {champ.nom: champ for champ in GENRES[GenreImport.DEMANDES]}
LAISSEE = "colonne laissée de côté à l’import"
PAS_LU = "cellule non reprise"


@dataclass(frozen=True, slots=True)
class CelluleVue:
    """A cell. `ecrit`: as the file has it; `lu`: what was read of it, "" when that is the very same; `raison`: what was said."""

    colonne: str
    champ: str
    ecrit: str
    lu: str
    raison: str


@dataclass(frozen=True, slots=True)
class LigneVenue:
    """A line of the file, with its cells that are not empty."""

    numero: int
    cellules: tuple[CelluleVue, ...]


@dataclass(frozen=True, slots=True)
class VenuDuTableur:
    """The import that last spoke of a dossier, and its lines about it."""

    lot: LotImport
    lignes: tuple[LigneVenue, ...]


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> VenuDuTableur | None:
    """Of a dossier of the viewer's service alone: a line holds contacts and the service's own notes. One statement at most."""
    if dossier.source != Source.TABLEUR or dossier.service_id != viewer.service_id:
        return None
    tete = aliased(LigneImport)
    meme = and_(LigneImport.cle_ligne == tete.cle_ligne, LigneImport.etat == EtatLigneImport.FAITE)
    lues = session.execute(
        select(LigneImport, LotImport)
        .join(LotImport, LotImport.id == LigneImport.lot_id)
        .join(tete, tete.lot_id == LigneImport.lot_id)
        .join(DossierTableur, DossierTableur.ligne_id == tete.id)
        .where(DossierTableur.dossier_id == dossier.id, DossierTableur.service_id == viewer.service_id)
        .where(or_(LigneImport.id == tete.id, and_(tete.cle_ligne != "", meme, LigneImport.objet == tete.objet)))
        .options(joinedload(LotImport.user))
        .order_by(LigneImport.numero, LigneImport.id)
        .limit(MAXIMUM)
    ).all()
    if not lues:
        return None
    lot = lues[0][1]
    return VenuDuTableur(lot, tuple(LigneVenue(ligne.numero, tuple(_cells(lot, ligne))) for ligne, _ in lues))


def _cells(lot: LotImport, ligne: LigneImport) -> Sequence[CelluleVue]:
    """In the order of the file."""
    raisons: dict[int, list[str]] = {}
    for remarque in ligne.remarques:
        raisons.setdefault(remarque["colonne"], []).append(remarque["raison"])
    vues = sorted(lot.constat.get("colonnes", ()), key=lambda vue: int(vue["rang"]))
    ecrites = [(vue, ligne.lu[vue["rang"]]) for vue in vues if vue["rang"] < len(ligne.lu)]
    return [
        _cell(vue["titre"], CHAMPS.get(vue["champ"]), ecrit, ligne.valeurs, " ".join(raisons.get(vue["rang"], ())))
        for vue, ecrit in ecrites
        if ecrit.strip()
    ]


def _cell(titre: str, champ: Champ | None, ecrit: str, valeurs: dict[str, str], raison: str) -> CelluleVue:
    if champ is None:
        return CelluleVue(titre, LAISSEE, ecrit, "", raison)
    # A SIREN written where a SIRET is asked is read as what it is.
    nom = champ.nom if champ.nom in valeurs or champ.siren not in valeurs else champ.siren
    lu = shown(CHAMPS[nom], valeurs[nom]) if nom in valeurs else PAS_LU
    return CelluleVue(titre, CHAMPS[nom].libelle, ecrit, "" if _flat(lu) == _flat(ecrit) else lu, raison)


def _flat(texte: str) -> str:
    """No-break spaces are spaces here."""
    return " ".join(texte.split())
