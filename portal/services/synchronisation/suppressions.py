"""Deletion at DS is a visibility here: the two streams of what is in the bin and of what is gone, each with its cursor."""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import ReponseInvalide
from integrations.demarches_simplifiees.types import DossierSupprime, Page
from portal.copie import among
from portal.db import Fabrique
from portal.models.demarches import Demarche
from portal.models.dossiers import DossierDS
from portal.models.synchronisation import Quarantaine
from portal.permissions import SYSTEME
from portal.services import journal
from portal.services.journal import Acte
from portal.services.synchronisation.avance import ahead
from portal.services.synchronisation.curseurs import FLUX_CORBEILLE, FLUX_SUPPRIMES, read_cursor, save_cursor
from portal.services.synchronisation.lecture import CURSEUR_REFUSE
from portal.vocabulaire_ds import Visibilite

Lire = Callable[..., Page[DossierSupprime]]


def follow(fabrique: Fabrique, ds: DemarchesSimplifiees, demarche: Demarche, *, du_debut: bool = False) -> int:
    """Walk both streams from their cursors and return how many dossiers changed. Nothing is ever erased here.

    `du_debut`: from their beginning, for what was committed late behind a cursor.
    """
    flux: tuple[tuple[str, Lire, Visibilite], ...] = (
        (FLUX_CORBEILLE, ds.dossiers_en_corbeille, Visibilite.CORBEILLE),
        (FLUX_SUPPRIMES, ds.dossiers_supprimes, Visibilite.SUPPRIME),
    )
    changes = 0
    for nom, lire, vers in flux:
        with fabrique() as session:
            apres = None if du_debut else read_cursor(session, demarche.id, nom)
        for page in ahead(_pages(partial(lire, demarche.ds_number, depuis=None), apres)):
            with fabrique.begin() as session:
                changes += hide(session, demarche, [un.number for un in page.elements], vers)
                save_cursor(session, demarche.id, nom, page.curseur_fin)
    return changes


def hide(session: Session, demarche: Demarche, numeros: Collection[int], visibilite: Visibilite) -> int:
    """Give that visibility to the known dossiers of these numbers; returns how many changed. Seen again, they come back.

    « Indisponible » is what we say when DS does not: it never replaces what DS has told of a deletion. None of them is set
    aside any more: there is nothing left to read again.
    """
    session.execute(
        delete(Quarantaine).where(Quarantaine.demarche_id == demarche.id, among(Quarantaine.number, numeros))
    )
    concernes = select(DossierDS).where(
        DossierDS.instance == demarche.instance, among(DossierDS.number, numeros), DossierDS.visibilite != visibilite
    )
    if visibilite == Visibilite.INDISPONIBLE:
        concernes = concernes.where(DossierDS.visibilite == Visibilite.VISIBLE)
    changes = session.scalars(concernes.order_by(DossierDS.dossier_id).with_for_update()).all()
    for dossier in changes:
        dossier.visibilite = visibilite
    valeurs = {"visibilite": visibilite.value}
    actes = [Acte("dossier_actualise_depuis_ds", f"dossier:{un.dossier_id}", valeurs) for un in changes]
    journal.record_all(session, by=SYSTEME, actes=actes)
    return len(changes)


def _pages(lire: Callable[..., Page[DossierSupprime]], apres: str | None) -> Iterator[Page[DossierSupprime]]:
    """The pages of a stream to its end; a cursor that DS refuses means starting over, one that does not move ends the walk."""
    while True:
        try:
            page = lire(apres=apres)
        except ReponseInvalide as refus:
            if apres is None or refus.code != CURSEUR_REFUSE:
                raise
            apres = None
            continue
        yield page
        if not page.suite or page.curseur_fin in (None, apres):
            return
        apres = page.curseur_fin
