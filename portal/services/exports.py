"""Makes the workbook of a view of the queue, with the rights of whoever asked, read again."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from portal.documents.feuilles import Colonne, Feuille, Valeur
from portal.documents.tableur import classeur
from portal.formats import instant_fr
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries import dossiers, options_file
from portal.queries.dossiers import LigneDossier
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import auteurs
from portal.vocabulaire import LIBELLE_COMPLEMENT_AGENT, LIBELLES_ETAT_AGENT, LIBELLES_SOURCE

COLONNES = (
    Colonne("Dossier", largeur=16),
    Colonne("Source", largeur=22),
    Colonne("Démarche", largeur=40),
    Colonne("Service responsable", largeur=18),
    Colonne("Demandeur", largeur=40),
    Colonne("SIRET", largeur=18),
    Colonne("Commune", largeur=20),
    Colonne("Lien vérifié", largeur=12),
    Colonne("CER", largeur=22),
    Colonne("CER depuis le", "date", largeur=12),
    Colonne("CER, texte et origine", largeur=50),
    Colonne("Projet", largeur=50),
    Colonne("Exercice", "entier", largeur=10),
    Colonne("État", largeur=20),
    Colonne("Montant demandé", "montant", largeur=18),
    Colonne("Montant accordé", "montant", largeur=18),
    Colonne("Déposé le", "date", largeur=12),
    Colonne("Suivi par", largeur=24),
    Colonne("Avis demandés", "entier", largeur=10),
    Colonne("Avis rendus", "entier", largeur=10),
)
SANS_CRITERE = "Aucun : tous les dossiers du service"


def queue_workbook(session: Session, document: Document) -> bytes:
    """The .xlsx of a FILE_DOSSIERS document. Raises Forbidden when its author has left the service since."""
    parametres = document.parametres or {}
    viewer = auteurs.get(session, document)
    filtre = FiltreDossiers.from_args(parametres["filtre"])
    lignes = (_ligne(ligne) for ligne in dossiers.all_dossiers(session, viewer, filtre))
    return classeur(
        [Feuille("Dossiers", COLONNES, lignes), _a_propos(session, viewer, filtre, document)],
    )


def _ligne(ligne: LigneDossier) -> tuple[Valeur, ...]:
    return (
        ligne.reference,
        LIBELLES_SOURCE[ligne.source],
        ligne.demarche,
        ligne.service,
        ligne.demandeur_nom,
        ligne.demandeur_siret,
        ligne.demandeur_commune,
        "oui" if ligne.lien_verifie else "non",
        ligne.cer.libelle if ligne.cer else "sans objet",
        ligne.cer.depuis if ligne.cer else None,
        ligne.cer.detail if ligne.cer else "",
        ligne.intitule,
        ligne.exercice,
        LIBELLE_COMPLEMENT_AGENT if ligne.attend_complement else LIBELLES_ETAT_AGENT[ligne.etat],
        ligne.montant_demande,
        ligne.montant_accorde,
        ligne.date_depot,
        ligne.instructeur,
        ligne.avis_demandes,
        ligne.avis_rendus,
    )


def _a_propos(session: Session, viewer: Acteur, filtre: FiltreDossiers, document: Document) -> Feuille:
    """Which view this is, asked by whom and when: a workbook travels without its page."""
    puces = options_file.get(session, viewer, filtre).puces(filtre)

    def lignes() -> Iterator[tuple[Valeur, ...]]:
        yield "Service", viewer.libelle_service or ""
        yield "Demandé par", viewer.nom_affiche
        yield "Demandé le", instant_fr(document.created_at)
        yield "Critères", " ; ".join(libelle for libelle, _ in puces) or SANS_CRITERE

    return Feuille("À propos", (Colonne("Rubrique"), Colonne("Valeur", largeur=80)), lignes())
