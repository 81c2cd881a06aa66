"""What is stuck in the exchange with DS and waits for somebody, counted by démarche."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.demarches import GroupeInstructeur
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import FichierDS
from portal.models.synchronisation import Quarantaine, RelectureDS
from portal.permissions import Acteur, may_set_up
from portal.queries import envois_du_service
from portal.queries.correspondances import count_unseen
from portal.queries.envois_du_service import Comptes
from portal.vocabulaire_ds import EtatFichierDS

MANQUENT = (EtatFichierDS.REFUSE, EtatFichierDS.PERDU)
MAXIMUM = 50


@dataclass(frozen=True, slots=True)
class Ecarte:
    """A dossier that could not be stored, and why. It is tried again at each run."""

    number: int
    motif: str
    essais: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Blocages:
    """Of one démarche: dossiers set aside, groups of no service, dossiers that are to be read again by themselves.

    `envois`, `fichiers` (refused or lost) and `champs` (to be settled on the page of the mappings) are 0 for whoever need not
    know of them.
    """

    ecartes: int = 0
    groupes: int = 0
    a_relire: int = 0
    fichiers: int = 0
    champs: int = 0
    envois: Comptes = envois_du_service.AUCUN


def count(session: Session, viewer: Acteur, demarches: Sequence[int], siennes: Sequence[int]) -> dict[int, Blocages]:
    """What is stuck in these démarches. `siennes`: those of them that the viewer's service instructs.

    An administrator learns how many acts wait, everywhere; an agent those of its own service.
    """
    partout = bool(may_set_up(viewer))
    ecartes = _par_demarche(session, Quarantaine, demarches)
    groupes = _groupes(session, demarches)
    a_relire = _par_demarche(session, RelectureDS, demarches)
    fichiers = _fichiers(session, demarches if partout else siennes)
    champs = count_unseen(session) if partout else {}
    envois = envois_du_service.count_by_demarche(
        session, demarches, service_id=None if partout else viewer.service_id or 0
    )
    return {
        cle: Blocages(
            ecartes=ecartes.get(cle, 0),
            groupes=groupes.get(cle, 0),
            a_relire=a_relire.get(cle, 0),
            fichiers=fichiers.get(cle, 0),
            champs=champs.get(cle, 0),
            envois=envois.get(cle, envois_du_service.AUCUN),
        )
        for cle in demarches
    }


def list_set_aside(session: Session, demarche_id: int) -> tuple[Ecarte, ...]:
    """The dossiers of a démarche that could not be stored, those that have waited longest first."""
    lignes = select(Quarantaine).where(Quarantaine.demarche_id == demarche_id)
    ordonnees = lignes.order_by(Quarantaine.at, Quarantaine.id).limit(MAXIMUM)
    return tuple(Ecarte(une.number, une.motif, une.essais, une.at) for une in session.scalars(ordonnees))


def set_aside_at(session: Session, dossier: Dossier) -> datetime | None:
    """When what DS says of this dossier last could not be stored (UTC): what we show of it may be old. None when it can."""
    if dossier.ds is None:
        return None
    return session.scalar(
        select(Quarantaine.at).where(
            Quarantaine.demarche_id == dossier.demarche_id, Quarantaine.number == dossier.ds.number
        )
    )


def _par_demarche(
    session: Session, table: type[Quarantaine] | type[RelectureDS], demarches: Sequence[int]
) -> dict[int, int]:
    comptes = select(table.demarche_id, func.count()).where(table.demarche_id.in_(demarches))
    return dict(session.execute(comptes.group_by(table.demarche_id)).all())


def _groupes(session: Session, demarches: Sequence[int]) -> dict[int, int]:
    orphelins = select(GroupeInstructeur.demarche_id, func.count()).where(
        GroupeInstructeur.demarche_id.in_(demarches),
        GroupeInstructeur.service_id.is_(None),
        GroupeInstructeur.closed.is_(False),
    )
    return dict(session.execute(orphelins.group_by(GroupeInstructeur.demarche_id)).all())


def _fichiers(session: Session, demarches: Sequence[int]) -> dict[int, int]:
    manquants = (
        select(Dossier.demarche_id, func.count())
        .join(FichierDS, FichierDS.dossier_id == Dossier.id)
        .where(FichierDS.etat.in_(MANQUENT), FichierDS.disparu_at.is_(None), Dossier.demarche_id.in_(demarches))
    )
    return dict(session.execute(manquants.group_by(Dossier.demarche_id)).all())
