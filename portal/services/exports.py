"""What an export of a view of the queue holds, with the rights of whoever asked, read again."""

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from portal.documents.feuilles import LIENS_MAXIMAUX, Colonne, Feuille, Lien, Valeur, Vue
from portal.formats import instant_fr, nombre_fr
from portal.liens import lien
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries import departements, dossiers, options_file
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.lignes_file import LigneDossier
from portal.services import auteurs
from portal.vocabulaire import LIBELLE_COMPLEMENT_AGENT, LIBELLES_ETAT_AGENT
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT, LIBELLES_ETAPE, LIBELLES_ONGLET, ColonneFile
from portal.vocabulaire_instruction import ETAPES_OUVERTES, LIBELLES_ORIGINE_DOSSIER

Cellule = tuple[Colonne, Callable[[LigneDossier], Valeur]]
# What each column of the queue becomes in a workbook: one column, or several.
CELLULES: dict[ColonneFile, tuple[Cellule, ...]] = {
    ColonneFile.DOSSIER: ((Colonne("Dossier", "lien", largeur=16), lambda ligne: ligne.reference),),
    ColonneFile.DEMANDEUR: (
        (Colonne("Demandeur", largeur=40), lambda ligne: ligne.demandeur_nom),
        (Colonne("SIRET", largeur=18), lambda ligne: ligne.demandeur_siret),
        (Colonne("Commune", largeur=20), lambda ligne: ligne.demandeur_commune),
        (Colonne("Lien vérifié", largeur=12), lambda ligne: "oui" if ligne.lien_verifie else "non"),
        (Colonne("Projet", largeur=50), lambda ligne: ligne.intitule),
    ),
    ColonneFile.ETAT: (
        (
            Colonne("État", largeur=20),
            lambda ligne: LIBELLE_COMPLEMENT_AGENT if ligne.attend_complement else LIBELLES_ETAT_AGENT[ligne.etat],
        ),
    ),
    ColonneFile.ETAPE: ((Colonne("Ce qu’il attend", largeur=24), lambda ligne: LIBELLES_ETAPE[ligne.etape]),),
    ColonneFile.DEMARCHE: (
        (Colonne("Démarche", largeur=40), lambda ligne: ligne.demarche),
        (Colonne("Service responsable", largeur=18), lambda ligne: ligne.service),
    ),
    ColonneFile.DEMANDE: ((Colonne("Montant demandé", "montant", largeur=18), lambda ligne: ligne.montant_demande),),
    ColonneFile.PROPOSE: ((Colonne("Montant proposé", "montant", largeur=18), lambda ligne: ligne.propose),),
    ColonneFile.ACCORDE: ((Colonne("Montant accordé", "montant", largeur=18), lambda ligne: ligne.montant_accorde),),
    ColonneFile.DEPOT: ((Colonne("Déposé le", "date", largeur=12), lambda ligne: ligne.date_depot),),
    ColonneFile.ECHEANCE: (
        (
            Colonne("Échéance", "date", largeur=12),
            lambda ligne: ligne.echeance if ligne.etape in ETAPES_OUVERTES else None,
        ),
    ),
    ColonneFile.INSTRUCTEUR: ((Colonne("Suivi par", largeur=24), lambda ligne: ligne.instructeur),),
    ColonneFile.AVIS: (
        (Colonne("Avis demandés", "entier", largeur=10), lambda ligne: ligne.avis_demandes),
        (Colonne("Avis rendus", "entier", largeur=10), lambda ligne: ligne.avis_rendus),
        (Colonne("Avis en retard", "entier", largeur=10), lambda ligne: ligne.avis_en_retard),
    ),
    ColonneFile.CER: (
        (Colonne("CER", largeur=22), lambda ligne: ligne.cer.libelle if ligne.cer else "sans objet"),
        (Colonne("CER depuis le", "date", largeur=12), lambda ligne: ligne.cer.depuis if ligne.cer else None),
        (Colonne("CER, texte et origine", largeur=50), lambda ligne: ligne.cer.detail if ligne.cer else ""),
    ),
    ColonneFile.TERRITOIRE: (
        (Colonne("Territoire", largeur=20), lambda ligne: departements.nom(ligne.departement or departements.INCONNU)),
    ),
    ColonneFile.EXERCICE: ((Colonne("Exercice", "entier", largeur=10), lambda ligne: ligne.exercice),),
    ColonneFile.ETIQUETTES: (
        (Colonne("Étiquettes", largeur=30), lambda ligne: ", ".join(nom for _, nom in ligne.etiquettes)),
    ),
    ColonneFile.SOURCE: ((Colonne("Arrivé par", largeur=22), lambda ligne: LIBELLES_ORIGINE_DOSSIER[ligne.origine]),),
}
SANS_CRITERE = "Aucun : tous les dossiers de l’onglet"
SANS_LIEN = (
    f"Un tableur Excel ne tient pas plus de {nombre_fr(LIENS_MAXIMAUX)} liens par feuille\u00a0: au-delà de cette ligne, la "
    "référence du dossier n’en porte plus."
)
# More than a sheet holds.
MAXIMUM = 2_000_000


def queue_view(session: Session, document: Document, racine: str) -> Vue:
    """What a FILE_DOSSIERS document holds: the columns and the lines of the view, in their order. `racine`: PORTAL_URL.

    Raises Forbidden when its author has left the service since.
    """
    parametres = document.parametres or {}
    viewer = auteurs.get(session, document)
    filtre = FiltreDossiers.from_args(parametres["filtre"])
    colonnes = [ColonneFile(nom) for nom in parametres.get("colonnes", COLONNES_PAR_DEFAUT)]
    cellules = [_liee(cellule, racine) for colonne in colonnes for cellule in CELLULES[colonne]]
    lignes = (
        tuple(lire(ligne) for _, lire in cellules)
        for ligne in dossiers.all_dossiers(session, viewer, filtre, colonnes=colonnes)
    )
    total = dossiers.count(session, viewer, filtre, maximum=MAXIMUM)
    en_tetes = tuple(en_tete for en_tete, _ in cellules)
    a_propos = _a_propos(session, viewer, filtre, document, total)
    return Vue((Feuille("Dossiers", en_tetes, lignes), a_propos), total)


def _liee(cellule: Cellule, racine: str) -> Cellule:
    """The reference of a dossier leads to its page."""
    colonne, lire = cellule
    return (
        (colonne, lambda ligne: _lien_dossier(racine, ligne.reference)) if colonne.genre == "lien" else (colonne, lire)
    )


def _lien_dossier(racine: str, reference: str) -> Lien:
    return Lien(reference, lien(racine, "dossier", reference=reference))


def _a_propos(session: Session, viewer: Acteur, filtre: FiltreDossiers, document: Document, total: int) -> Feuille:
    """Which view this is, asked by whom and when: a workbook travels without its page."""
    puces = options_file.get(session, viewer, filtre).puces(filtre)

    def lignes() -> Iterator[tuple[Valeur, ...]]:
        yield "Service", viewer.libelle_service or ""
        yield "Demandé par", viewer.nom_affiche
        yield "Demandé le", instant_fr(document.created_at)
        yield "Onglet", LIBELLES_ONGLET[filtre.onglet]
        yield "Critères", " ; ".join(libelle for libelle, _ in puces) or SANS_CRITERE
        if total > LIENS_MAXIMAUX:
            yield "À savoir", SANS_LIEN

    return Feuille("À propos", (Colonne("Rubrique"), Colonne("Valeur", largeur=80)), lignes(), annexe=True)
