"""Orders exports of the queue: what is asked for is kept, the rows are read when the job runs."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from portal.models.documents import Document
from portal.permissions import Acteur
from portal.services import documents
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_file import ColonneFile
from portal.vocabulaire_imports import FormatExport


def order_queue(
    session: Session, *, by: Acteur, filtre: Mapping[str, str], colonnes: Sequence[ColonneFile], forme: FormatExport
) -> Document:
    """Exactly the view that this filter tells, with these columns. `filtre`: the arguments of its address."""
    return documents.order_view(
        session,
        by=by,
        genre=GenreDocument.FILE_DOSSIERS,
        nom=f"Dossiers {by.libelle_service}",
        parametres={
            "service_id": by.service_id,
            "filtre": dict(filtre),
            "colonnes": [str(colonne) for colonne in colonnes],
            "format": forme,
        },
    )
