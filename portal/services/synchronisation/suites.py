"""What DS does a moment after a change and does not date: a dossier that waits for it is read again a little later."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.apercu import Apercevable
from portal.models.demarches import Demarche
from portal.models.synchronisation import RelectureDS
from portal.vocabulaire import Etat

# DS makes an attestation and scans a file within the minute (ds/api §9), and its clock may be minutes away from ours; some
# démarches make no attestation at all.
DELAI, FENETRE = timedelta(minutes=1), timedelta(minutes=10)
ATTESTES = frozenset({Etat.ACCEPTE, Etat.REFUSE})
EN_ANALYSE = "pending"


def expect(session: Session, demarche: Demarche, recus: Iterable[Apercevable], *, lu_at: datetime) -> None:
    """Ask to read again those that changed lately and still wait for their attestation, or for the verdict on a file."""
    attendus = [un.number for un in recus if _changed_lately(un, lu_at) and _waits(un)]
    ask_again(session, demarche.id, attendus, at=lu_at + DELAI)


def ask_again(session: Session, demarche_id: int, numeros: Iterable[int], *, at: datetime) -> None:
    """Ask to read these dossiers of DS at that instant (UTC), or sooner when that is asked already: each is read once."""
    lignes = [{"demarche_id": demarche_id, "number": number, "prochain_essai": at} for number in sorted(set(numeros))]
    if not lignes:
        return
    demande = insert(RelectureDS)
    plus_tot = func.least(RelectureDS.prochain_essai, demande.excluded.prochain_essai)
    encore = {"demandes": RelectureDS.demandes + 1, "prochain_essai": plus_tot}
    session.execute(demande.on_conflict_do_update(index_elements=["demarche_id", "number"], set_=encore), lignes)


def _changed_lately(recu: Apercevable, lu_at: datetime) -> bool:
    modification = recu.date_derniere_modification
    return modification is not None and abs(lu_at - modification) < FENETRE


def _waits(recu: Apercevable) -> bool:
    return (recu.state in ATTESTES and recu.attestation is None) or any(
        fichier.virus == EN_ANALYSE for fichier in recu.fichiers
    )
