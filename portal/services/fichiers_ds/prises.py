"""Which files of DS dossiers are to be copied, who holds them, and how each try ended: rows only, no network.

A row is held by its lease: whoever is killed leaves it to the next worker, and what it had written serves nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.dossiers import DossierDS
from portal.models.fichiers_ds import FichierDS
from portal.services import antivirus, fichiers
from portal.vocabulaire_ds import EtatFichierDS

# Longer than the slowest transfer (5 min) and the slowest scan (2 min); it is renewed before each file.
BAIL = timedelta(minutes=10)
ESSAIS = 6
PREMIER_DELAI = timedelta(minutes=1)
INTERROMPU = f"La copie de ce fichier a été interrompue {ESSAIS} fois : elle n’est plus tentée."


@dataclass(frozen=True)
class Prise:
    """The files of one dossier that a worker holds, as they were when it took them. `number` is DS's."""

    dossier_id: int
    number: int
    lignes: tuple[FichierDS, ...]


@dataclass(frozen=True)
class Issue:
    """How one try ended. `patience`: how many such tries before `etat` is for good; `panne`: nobody's file is to blame.

    `valeurs` are those of the Fichier row to come, when the bytes are stored.
    """

    etat: EtatFichierDS
    erreur: str = ""
    patience: int = 1
    panne: bool = False
    valeurs: Mapping[str, Any] = field(default_factory=dict)


def take(session: Session, dossier_id: int | None, *, sans_attendre: bool = False) -> Prise | None:
    """Hold for the time of a lease the files of this dossier that are due, or `sans_attendre` all that wait.

    None when there is none that nobody holds. To be committed before the work starts: a file that kills its worker counts
    its tries all the same.
    """
    if dossier_id is None:
        return None
    dus = _libre() if sans_attendre else _du()
    lignes = session.scalars(
        select(FichierDS)
        .where(FichierDS.dossier_id == dossier_id, dus)
        .order_by(FichierDS.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    number = session.scalar(select(DossierDS.number).where(DossierDS.dossier_id == dossier_id))
    if not lignes or number is None:
        return None
    for ligne in lignes:
        if ligne.essais >= ESSAIS:
            ligne.etat, ligne.erreur, ligne.pris_at = EtatFichierDS.REFUSE, INTERROMPU, None
        else:
            ligne.essais, ligne.pris_at = ligne.essais + 1, maintenant()
    session.flush()
    return Prise(dossier_id, number, tuple(un for un in lignes if un.pris_at))


def next_due(session: Session) -> int | None:
    """The dossier of the file that has waited longest, among those that no other worker is taking."""
    attente = select(FichierDS.dossier_id).where(_du()).order_by(FichierDS.prochain_essai, FichierDS.id).limit(1)
    return session.scalar(attente.with_for_update(skip_locked=True))


def _libre() -> ColumnElement[bool]:
    """True for a file that waits and whose lease, if any, is over."""
    sans_bail = or_(FichierDS.pris_at.is_(None), FichierDS.pris_at < maintenant() - BAIL)
    return and_(FichierDS.etat == EtatFichierDS.ATTENDU, sans_bail)


def _du() -> ColumnElement[bool]:
    return and_(_libre(), FichierDS.prochain_essai <= maintenant())


def renew(session: Session, ligne: FichierDS) -> bool:
    """Lengthen the lease before a file; False when another worker has taken it since."""
    tenue = _still_held(session, ligne)
    if tenue is not None:
        tenue.pris_at = ligne.pris_at = maintenant()
    return tenue is not None


def give_back(session: Session, ligne: FichierDS) -> None:
    """Leave a file that was not begun to the next worker, as if it had not been taken."""
    tenue = _still_held(session, ligne)
    if tenue is not None:
        tenue.pris_at, tenue.essais = None, tenue.essais - 1


def _still_held(session: Session, ligne: FichierDS) -> FichierDS | None:
    """The row, locked, unless somebody else has taken it since: the instant of the lease tells."""
    return session.scalars(
        select(FichierDS)
        .where(FichierDS.id == ligne.id, FichierDS.etat == EtatFichierDS.ATTENDU, FichierDS.pris_at == ligne.pris_at)
        .with_for_update()
    ).first()


def settle(session: Session, ligne: FichierDS, issue: Issue) -> bool:
    """Write how a try ended. False when the stored bytes serve nobody: the same content is here already, or the lease is lost."""
    tenue = _still_held(session, ligne)
    if tenue is None:
        return False
    tenue.pris_at, tenue.erreur = None, issue.erreur
    if issue.valeurs:
        return _tie(session, tenue, issue)
    _postpone(tenue, issue)
    return True


def _tie(session: Session, ligne: FichierDS, issue: Issue) -> bool:
    fichier, nouveau = fichiers.keep(session, dict(issue.valeurs))
    if not nouveau:
        antivirus.give_verdict(session, fichier.id, issue.valeurs["verdict"])
    ligne.fichier_id, ligne.etat, ligne.recu_at = fichier.id, issue.etat, maintenant()
    return nouveau


def _postpone(ligne: FichierDS, issue: Issue) -> None:
    """Try again later, sooner the first time, or never. An outage never uses up the last tries."""
    if issue.panne:
        ligne.essais = min(ligne.essais, ESSAIS - 2)
    elif ligne.essais >= issue.patience:
        ligne.etat = issue.etat
        ligne.disparu_at = maintenant() if issue.etat == EtatFichierDS.PERDU else ligne.disparu_at
    delai = PREMIER_DELAI * 2 ** max(ligne.essais - 2, 0)
    ligne.prochain_essai = maintenant() + (delai if issue.panne or ligne.essais > 1 else timedelta())
