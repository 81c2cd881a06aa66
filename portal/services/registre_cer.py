"""What the exports of the registry of the CER and of its annual return hold, with the rights of whoever asked, read again."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from portal.documents.feuilles import Colonne, Feuille, Valeur, Vue
from portal.formats import instant_fr
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries import bilan_cer, registre_cer
from portal.queries.departements import nom
from portal.queries.filtres_registre import FiltreRegistre
from portal.queries.registre_cer import LigneRegistre
from portal.queries.secret_statistique import Repartition
from portal.services import auteurs
from portal.vocabulaire_cer import LIBELLES_ORIGINE_CER

COLONNES = (
    Colonne("Association", largeur=45),
    Colonne("Sigle", largeur=14),
    Colonne("SIREN", largeur=14),
    Colonne("RNA", largeur=14),
    Colonne("Commune", largeur=24),
    Colonne("Département", largeur=24),
    Colonne("Situation", largeur=24),
    Colonne("Depuis", "date", largeur=12),
    Colonne("Origine", largeur=44),
    Colonne("Version du texte", largeur=10),
    Colonne("Dernière preuve", largeur=24),
    Colonne("Date de la preuve", "date", largeur=12),
    Colonne("Fin de la dispense", "date", largeur=12),
)
EFFECTIFS = (Colonne("Répartition", largeur=60), Colonne("Nombre", "entier", largeur=12))
RUBRIQUES = (Colonne("Rubrique", largeur=24), Colonne("Valeur", largeur=100))
SANS_CRITERE = "Aucun : toutes les associations dont le service lit un dossier"
MASQUE = "masqué"
LOT = 500


def registry_view(session: Session, document: Document, _racine: str) -> Vue:
    """What a REGISTRE_CER document holds. Raises Forbidden when its author has left the service since."""
    viewer = auteurs.get(session, document)
    filtre = FiltreRegistre.from_args((document.parametres or {})["filtre"], viewer)
    criteres = " ; ".join(libelle for libelle, _ in filtre.puces()) or SANS_CRITERE
    return Vue(
        (
            Feuille("Associations", COLONNES, _associations(session, viewer, filtre)),
            _a_propos(viewer, document, ("Critères", criteres), *(("À savoir", phrase) for phrase in filtre.ignores)),
        )
    )


def return_view(session: Session, document: Document, _racine: str) -> Vue:
    """What a BILAN_CER document holds: the figures of the page, no name. Raises Forbidden as above."""
    viewer = auteurs.get(session, document)
    bilan = bilan_cer.get(session, viewer, (document.parametres or {})["annee"])
    tables = {
        "Par voie": bilan.voies,
        "Par département": bilan.departements,
        "Par nature": bilan.natures,
        "Refus par motif": bilan.refus,
        "Retraits par motif": bilan.retraits,
    }
    feuilles = [Feuille(titre, EFFECTIFS, _effectifs(repartition)) for titre, repartition in tables.items()]
    definitions = [
        ("Année", str(bilan.annee)),
        ("Arrêté au", instant_fr(bilan.arrete_a)),
        *bilan_cer.DEFINITIONS.items(),
    ]
    return Vue((*feuilles, _a_propos(viewer, document, *definitions)))


def _associations(session: Session, viewer: Acteur, filtre: FiltreRegistre) -> Iterator[tuple[Valeur, ...]]:
    """The lines by batches: which dossiers the service reads is asked once a batch."""
    lot: list[LigneRegistre] = []
    for ligne in registre_cer.all_associations(session, viewer, filtre):
        lot.append(ligne)
        if len(lot) == LOT:
            yield from _lot(session, viewer, lot)
            lot = []
    yield from _lot(session, viewer, lot)


def _lot(session: Session, viewer: Acteur, lot: list[LigneRegistre]) -> Iterator[tuple[Valeur, ...]]:
    lus = registre_cer.readable(session, viewer, lot)
    return (_ligne(ligne, lus) for ligne in lot)


def _ligne(ligne: LigneRegistre, lus: frozenset[str]) -> tuple[Valeur, ...]:
    statut = ligne.statut
    return (
        ligne.denomination,
        ligne.sigle,
        ligne.siren,
        ligne.rna,
        ligne.commune,
        nom(ligne.departement),
        statut.libelle,
        statut.depuis,
        LIBELLES_ORIGINE_CER[statut.origine] if statut.origine else "",
        statut.version or "",
        ligne.preuve(lus),
        statut.at,
        statut.fin,
    )


def _effectifs(repartition: Repartition) -> Iterator[tuple[Valeur, ...]]:
    for ligne in repartition.lignes:
        yield ligne.libelle, MASQUE if ligne.nombre is None else ligne.nombre
    yield "Total", bilan_cer.MOINS_DE_CINQ if repartition.total is None else repartition.total
    if repartition.total and not repartition.lignes:
        yield bilan_cer.NON_DETAILLE, None


def _a_propos(viewer: Acteur, document: Document, *precisions: tuple[str, str]) -> Feuille:
    """Which view this is, asked by whom and when: a workbook travels without its page."""
    lignes = (
        ("Service", viewer.libelle_service or ""),
        ("Demandé par", viewer.nom_affiche),
        ("Demandé le", instant_fr(document.created_at)),
        *precisions,
    )
    return Feuille("À propos", RUBRIQUES, lignes, annexe=True)
