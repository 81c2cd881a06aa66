"""Deletion at DS is a visibility here: the two streams of what is in the bin and of what is gone, each with its cursor."""

from collections.abc import Callable, Iterable
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.types import DossierSupprime, Page
from portal.db import Fabrique
from portal.models.demarches import Demarche
from portal.models.dossiers import DossierDS
from portal.permissions import SYSTEME
from portal.services import journal
from portal.services.synchronisation.curseurs import FLUX_CORBEILLE, FLUX_SUPPRIMES, read_cursor, save_cursor
from portal.vocabulaire import Visibilite

Lire = Callable[..., Page[DossierSupprime]]


def follow(fabrique: Fabrique, ds: DemarchesSimplifiees, demarche: Demarche) -> int:
    """Walk both streams from their cursors and return how many dossiers changed. Nothing is ever erased here."""
    flux: tuple[tuple[str, Lire, Visibilite], ...] = (
        (FLUX_CORBEILLE, ds.dossiers_en_corbeille, Visibilite.CORBEILLE),
        (FLUX_SUPPRIMES, ds.dossiers_supprimes, Visibilite.SUPPRIME),
    )
    return sum(_walk(fabrique, demarche, nom, partial(lire, demarche.ds_number), vers) for nom, lire, vers in flux)


def hide(session: Session, demarche: Demarche, numeros: Iterable[int], visibilite: Visibilite) -> int:
    """Give that visibility to the known dossiers of these numbers; returns how many changed. Seen again, they come back."""
    changes = session.scalars(
        select(DossierDS)
        .where(
            DossierDS.instance == demarche.instance,
            DossierDS.number.in_(list(numeros)),
            DossierDS.visibilite != visibilite,
        )
        .order_by(DossierDS.dossier_id)
        .with_for_update()
    ).all()
    for dossier in changes:
        dossier.visibilite = visibilite
        valeurs = {"visibilite": visibilite}
        objet = f"dossier:{dossier.dossier_id}"
        journal.record(session, by=SYSTEME, action="dossier_actualise_depuis_ds", objet=objet, valeurs=valeurs)
    return len(changes)


def _walk(fabrique: Fabrique, demarche: Demarche, flux: str, lire: Lire, visibilite: Visibilite) -> int:
    with fabrique() as session:
        curseur = read_cursor(session, demarche.id, flux)
    changes, suite = 0, True
    while suite:
        page = lire(apres=curseur, depuis=None)
        suite = page.suite and page.curseur_fin not in (None, curseur)
        curseur = page.curseur_fin or curseur
        with fabrique.begin() as session:
            changes += hide(session, demarche, [un.number for un in page.elements], visibilite)
            save_cursor(session, demarche.id, flux, page.curseur_fin)
    return changes
