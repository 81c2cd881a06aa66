"""What people set going again: a run over a démarche, a dossier that is set aside, the files that could not be copied."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, NotFound
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import REFUSES_PAR_DS, FichierDS
from portal.models.synchronisation import Quarantaine
from portal.permissions import Acteur
from portal.permissions.synchronisation import can_resume
from portal.queries.blocages_ds import MANQUENT
from portal.queries.synchronisation import services_of
from portal.services import fichiers_ds, journal, relectures
from portal.services.synchronisation.demarches import commander_passage
from portal.vocabulaire import Source
from portal.vocabulaire_ds import EtatFichierDS


def order_run(session: Session, *, by: Acteur, demarche_id: int) -> Demarche:
    """Order a run over a démarche at once. Raises Forbidden, NotFound (no such DS démarche)."""
    demarche = _demarche(session, by, demarche_id)
    commander_passage(session, demarche.ds_number or 0, suppressions=True)
    journal.record(session, by=by, action="synchronisation_demandee", objet=f"demarche:{demarche.id}")
    return demarche


def read_again(session: Session, *, by: Acteur, demarche_id: int, number: int) -> None:
    """Read again, alone and soon, a dossier that is set aside. Raises Forbidden, NotFound, Conflict (it is no longer)."""
    demarche = _demarche(session, by, demarche_id)
    ecarte = select(Quarantaine.id).where(Quarantaine.demarche_id == demarche_id, Quarantaine.number == number)
    if session.scalar(ecarte) is None:
        raise Conflict(f"Le dossier n°\u00a0{number} n’est plus mis de côté\u00a0: il a été lu entre-temps.")
    relectures.ask(session, instance=demarche.instance, demarche=demarche.ds_number or 0, number=number)
    valeurs = {"number": number}
    journal.record(session, by=by, action="relecture_demandee", objet=f"demarche:{demarche_id}", valeurs=valeurs)


def retry_files(session: Session, *, by: Acteur, demarche_id: int) -> int:
    """Try once more to copy the files of a démarche that were refused or lost; how many of them.

    Those in which DS's antivirus found something, or that DS no longer shows, are left. Raises Forbidden, NotFound.
    """
    _demarche(session, by, demarche_id)
    dossiers = select(Dossier.id).where(Dossier.demarche_id == demarche_id)
    repris = session.scalars(
        update(FichierDS)
        .where(
            FichierDS.dossier_id.in_(dossiers),
            FichierDS.etat.in_(MANQUENT),
            FichierDS.virus_ds.not_in(REFUSES_PAR_DS),
            FichierDS.disparu_at.is_(None),
            FichierDS.fichier_id.is_(None),
        )
        .values(etat=EtatFichierDS.ATTENDU, essais=0, erreur="", pris_at=None, prochain_essai=maintenant())
        .returning(FichierDS.id)
        .execution_options(synchronize_session=False)
    ).all()
    if repris:
        fichiers_ds.order(session)
        valeurs = {"fichiers": len(repris)}
        journal.record(session, by=by, action="fichiers_ds_repris", objet=f"demarche:{demarche_id}", valeurs=valeurs)
    return len(repris)


def _demarche(session: Session, by: Acteur, demarche_id: int) -> Demarche:
    demarche = session.get(Demarche, demarche_id)
    if demarche is None or demarche.source != Source.DS or demarche.ds_number is None:
        raise NotFound
    verdict = can_resume(by, services_of(session, demarche_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    return demarche
