"""What the export of the sheet of an association holds: what its page shows this reader, by the same queries."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from portal.documents.feuilles import Colonne, Feuille, Lien, Valeur, Vue
from portal.formats import instant_fr
from portal.liens import lien
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries import avis_associations, fiches_associations
from portal.queries.argent_associations import Publiee
from portal.queries.avis_associations import AvisVu
from portal.queries.dossiers_associations import DossierVu, Exercice
from portal.queries.fiches_associations import FicheAssociation
from portal.queries.pieces_associations import PieceVue
from portal.services import auteurs, documents
from portal.vocabulaire import LIBELLES_SENS, GenreDocument, TypeIdentifiant
from portal.vocabulaire_demandes import LIBELLES_PIECE
from portal.vocabulaire_imports import FormatExport

NOMS = {
    TypeIdentifiant.SIREN: "SIREN",
    TypeIdentifiant.RNA: "RNA",
    TypeIdentifiant.RIDET: "RIDET",
    TypeIdentifiant.TAHITI: "Numéro Tahiti",
    TypeIdentifiant.REGISTRE_LOCAL: "Registre du tribunal",
}
IDENTITE = (Colonne("Rubrique", largeur=30), Colonne("Valeur", largeur=50), Colonne("Source", largeur=40))
DOSSIERS = (
    Colonne("Exercice", "entier", largeur=10),
    Colonne("Dossier", "lien", largeur=16),
    Colonne("Projet", largeur=50),
    Colonne("Démarche", largeur=40),
    Colonne("Service", largeur=18),
    Colonne("État", largeur=18),
    Colonne("Montant demandé", "montant", largeur=18),
    Colonne("Montant accordé", "montant", largeur=18),
    Colonne("Déposé le", "date", largeur=12),
    Colonne("Décidé le", "date", largeur=12),
    Colonne("Compte rendu attendu le", "date", largeur=14),
    Colonne("Compte rendu reçu le", "date", largeur=14),
)
MONTANTS = (
    Colonne("Exercice", "entier", largeur=10),
    Colonne("Dossiers", "entier", largeur=10),
    Colonne("Demandé", "montant", largeur=18),
    Colonne("Accordé", "montant", largeur=18),
    Colonne("Versé", "montant", largeur=18),
)
PUBLIEES = (
    Colonne("Financeur", largeur=40),
    Colonne("Exercice", "entier", largeur=10),
    Colonne("Objet", largeur=50),
    Colonne("Montant total, répété par bénéficiaire", "montant", largeur=22),
    Colonne("Part du bénéficiaire", largeur=14),
    Colonne("Convention", "date", largeur=12),
    Colonne("Fichier importé par", largeur=18),
)
AVIS = (
    Colonne("Avis de", largeur=24),
    Colonne("Sens", largeur=20),
    Colonne("Montant proposé", "montant", largeur=18),
    Colonne("Texte", largeur=80),
    Colonne("Signé par", largeur=24),
    Colonne("Donné le", "date", largeur=12),
    Colonne("Valable jusqu’au", "date", largeur=12),
    Colonne("Démarche", largeur=40),
    Colonne("Exercice", "entier", largeur=10),
    Colonne("Dossier", "lien", largeur=16),
)
PIECES = (
    Colonne("Document", largeur=30),
    Colonne("Nom", largeur=40),
    Colonne("Date", "date", largeur=12),
    Colonne("Valable jusqu’au", "date", largeur=12),
    Colonne("Reçu le", "date", largeur=12),
    Colonne("Dossier", "lien", largeur=16),
)
RUBRIQUES = (Colonne("Rubrique", largeur=24), Colonne("Valeur", largeur=80))


def order(session: Session, *, by: Acteur, association_id: int, nom: str, forme: FormatExport) -> Document:
    """Order the export of a sheet that this agent may read now: the caller has checked it, the job checks it again."""
    return documents.order_view(
        session,
        by=by,
        genre=GenreDocument.FICHE_ASSOCIATION,
        nom=f"Fiche {nom}"[:200],
        parametres={"service_id": by.service_id, "association": association_id, "format": forme},
    )


def sheet_view(session: Session, document: Document, racine: str) -> Vue:
    """What a FICHE_ASSOCIATION document holds. Raises Forbidden, or NotFound when its author may not read the sheet any more."""
    viewer = auteurs.get(session, document)
    entree = fiches_associations.enter(session, viewer, (document.parametres or {})["association"])
    fiches_associations.check_open(viewer, entree)
    fiche = fiches_associations.read(session, viewer, entree)
    avis = avis_associations.read(session, viewer, entree.id).avis
    vus = [un for exercice in fiche.exercices for un in exercice.dossiers]
    return Vue(
        (
            Feuille("Identité", IDENTITE, tuple(_identite(fiche))),
            Feuille("Montants", MONTANTS, [_montants(un) for un in fiche.exercices]),
            Feuille("Dossiers", DOSSIERS, [_dossier(un, racine) for un in vus]),
            Feuille("Avis partagés", AVIS, [_avis(un, racine) for un in avis]),
            Feuille("Publié par d’autres", PUBLIEES, [_publiee(une) for une in fiche.publiees]),
            Feuille("CER", RUBRIQUES, tuple(_cer(fiche))),
            Feuille("Documents", PIECES, [_piece(une, racine) for une in fiche.pieces]),
            Feuille("À propos", RUBRIQUES, tuple(_a_propos(viewer, document, fiche)), annexe=True),
        )
    )


def _identite(fiche: FicheAssociation) -> Iterator[tuple[Valeur, ...]]:
    yield "Nom", fiche.entree.denomination, ""
    for genre, valeur in fiche.identifiants:
        yield NOMS[TypeIdentifiant(genre)], valeur, ""
    for siret, siege, actif in fiche.sirets:
        yield "SIRET du siège" if siege else "SIRET d’un établissement", siret, "" if actif else "fermé"
    for fait in fiche.faits:
        for valeur, source in fait.valeurs:
            yield fait.libelle, valeur, source


def _montants(un: Exercice) -> tuple[Valeur, ...]:
    return un.annee, len(un.dossiers), un.demande, un.accorde, un.verse


def _publiee(une: Publiee) -> tuple[Valeur, ...]:
    part = "" if une.part is None else str(une.part)
    return une.attribuant, une.exercice, une.objet, une.montant, part, une.convention, une.service


def _dossier(un: DossierVu, racine: str) -> tuple[Valeur, ...]:
    return (
        un.exercice,
        _lien(racine, un.reference),
        un.intitule,
        un.demarche,
        un.service,
        un.libelle_etat,
        un.demande,
        un.accorde,
        un.date_depot,
        un.date_traitement,
        un.cr_echeance,
        un.cr_depose_at,
    )


def _avis(vu: AvisVu, racine: str) -> tuple[Valeur, ...]:
    avis = vu.avis
    return (
        avis.de_qui,
        LIBELLES_SENS[avis.sens],
        avis.montant_propose,
        avis.texte,
        avis.signe_par,
        avis.updated_at,
        avis.valable_jusqu_au,
        vu.demarche or "Sur l’association elle-même",
        vu.exercice,
        _lien(racine, vu.reference),
    )


def _cer(fiche: FicheAssociation) -> Iterator[tuple[Valeur, ...]]:
    yield "Situation", fiche.cer.libelle
    yield "En clair", fiche.cer.phrase


def _piece(une: PieceVue, racine: str) -> tuple[Valeur, ...]:
    return (
        LIBELLES_PIECE[une.genre],
        une.nom,
        une.date_piece,
        une.valide_jusqu_au,
        une.recue_at,
        _lien(racine, une.reference),
    )


def _lien(racine: str, reference: str | None) -> Lien | None:
    return Lien(reference, lien(racine, "dossier", reference=reference)) if reference else None


def _a_propos(viewer: Acteur, document: Document, fiche: FicheAssociation) -> Iterator[tuple[Valeur, ...]]:
    yield "Association", fiche.entree.denomination
    yield "Service", viewer.libelle_service or ""
    yield "Demandé par", viewer.nom_affiche
    yield "Demandé le", instant_fr(document.created_at)
    yield "Étendue", "Ce que votre service peut lire de cette association."
    caches = sum(un.cache for un in fiche.dossiers)
    if caches:
        yield "À savoir", f"Des dossiers existent aussi sur des démarches confidentielles\u00a0: {caches}."
