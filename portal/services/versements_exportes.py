"""What the export of a service's payments holds, with the rights of whoever asked, read again."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from portal.documents.feuilles import Colonne, Feuille, Valeur, Vue
from portal.formats import instant_fr
from portal.models.documents import Document
from portal.models.versements import Versement
from portal.permissions import Acteur
from portal.queries import versements
from portal.services import auteurs, documents
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_imports import FormatExport

COLONNES = (
    Colonne("Bénéficiaire", largeur=40),
    Colonne("SIRET", largeur=18),
    Colonne("Montant", "montant", largeur=18),
    Colonne("Date", "date", largeur=12),
    Colonne("Exercice", "entier", largeur=10),
    Colonne("Engagement juridique", largeur=20),
    Colonne("Programme", largeur=12),
    Colonne("Libellé", largeur=50),
    Colonne("Subventions payées", largeur=24),
    Colonne("Comment on le sait", largeur=50),
)
RUBRIQUES = (Colonne("Rubrique"), Colonne("Valeur", largeur=80))


def order(session: Session, *, by: Acteur, tous: bool, forme: FormatExport) -> Document:
    """Exactly the list shown: all of them, or those still to be tied or confirmed."""
    return documents.order_view(
        session,
        by=by,
        genre=GenreDocument.VERSEMENTS,
        nom=f"Versements {by.libelle_service}",
        parametres={"service_id": by.service_id, "tous": tous, "format": forme},
    )


def payments_view(session: Session, document: Document, _racine: str) -> Vue:
    """What a VERSEMENTS document holds, in the order of the screen. Raises Forbidden when its author has left the service."""
    viewer = auteurs.get(session, document)
    tous = bool((document.parametres or {})["tous"])
    lignes = (_line(un) for un in versements.all_of_service(session, viewer, tous=tous))
    total = versements.count_of_service(session, viewer, tous=tous)
    return Vue((Feuille("Versements", COLONNES, lignes), _a_propos(viewer, document, tous)), total)


def _line(un: Versement) -> tuple[Valeur, ...]:
    phrases = (
        versements.PHRASES_METHODE[lien.methode] + (", à confirmer" if lien.confiance < versements.CERTAIN else "")
        for lien in un.liens
    )
    return (
        un.beneficiaire_nom,
        un.beneficiaire_siret,
        un.montant,
        un.date_operation,
        un.exercice,
        un.ej,
        un.programme,
        un.libelle,
        ", ".join(lien.dossier.reference for lien in un.liens),
        " ; ".join(phrases),
    )


def _a_propos(viewer: Acteur, document: Document, tous: bool) -> Feuille:
    def lignes() -> Iterator[tuple[Valeur, ...]]:
        yield "Service", viewer.libelle_service or ""
        yield "Demandé par", viewer.nom_affiche
        yield "Demandé le", instant_fr(document.created_at)
        yield "Versements", "Tous" if tous else "À rattacher ou à confirmer"

    return Feuille("À propos", RUBRIQUES, lignes(), annexe=True)
