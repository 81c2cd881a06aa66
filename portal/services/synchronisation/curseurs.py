"""Where each stream of a démarche stands. A cursor is saved with its page and never overwritten by nothing (ds/api §4)."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models.synchronisation import Curseur

FLUX_DOSSIERS, FLUX_CORBEILLE, FLUX_SUPPRIMES = "dossiers", "corbeille", "supprimes"
# Not a stream: the latest date of a change (ISO 8601) that the stream of dossiers has shown, by DS's own clock.
HORLOGE = "horloge"


def read_cursor(session: Session, demarche_id: int, flux: str) -> str | None:
    """The cursor of that stream, None before its first page."""
    curseur = session.get(Curseur, (demarche_id, flux), populate_existing=True)
    return curseur.valeur if curseur else None


def save_cursor(session: Session, demarche_id: int, flux: str, valeur: str | None) -> None:
    """Save the end of a page; an empty page has none, and what is saved stays."""
    if valeur is None:
        return
    ligne = insert(Curseur).values(demarche_id=demarche_id, flux=flux, valeur=valeur)
    suite = {"valeur": valeur, "updated_at": func.now()}
    session.execute(
        ligne.on_conflict_do_update(
            index_elements=["demarche_id", "flux"], set_=suite, where=Curseur.valeur.is_distinct_from(valeur)
        )
    )
