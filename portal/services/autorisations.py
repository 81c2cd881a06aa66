"""Opens the content of a démarche's dossiers to administrators for 24 hours, and closes it (model.md §3)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.formats import instant_fr, maintenant
from portal.models.autorisations import AutorisationContenu
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.permissions.autorisations import can_authorise
from portal.queries import autorisations as queries
from portal.services import journal

DUREE = timedelta(hours=24)


def open_content(session: Session, *, by: Acteur, demarche: Demarche, raison: str) -> AutorisationContenu:
    """Open it; it closes by itself. Raises Forbidden, and Conflict when it is open already."""
    _lock(session, by, demarche)
    ouverte = queries.current(session, demarche.id)
    if ouverte is not None:
        raise Conflict(f"Ces contenus sont déjà ouverts jusqu’au {instant_fr(ouverte.expire_at)}. Rien n’a changé.")
    instant = maintenant()
    autorisation = AutorisationContenu(
        demarche_id=demarche.id,
        accordee_par_id=by.user_id,
        raison=raison,
        accordee_at=instant,
        expire_at=instant + DUREE,
    )
    session.add(autorisation)
    session.flush()
    valeurs = {"raison": raison, "expire_at": autorisation.expire_at.isoformat()}
    journal.record(session, by=by, action="contenu_ouvert", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    return autorisation


def close_content(session: Session, *, by: Acteur, demarche: Demarche) -> None:
    """Take the authorisation back at once. Raises Forbidden, and Conflict when none is in force."""
    _lock(session, by, demarche)
    ouverte = queries.current(session, demarche.id)
    if ouverte is None:
        raise Conflict("Ces contenus ne sont plus ouverts aux administrateurs. Rien n’a changé.")
    ouverte.retiree_at = maintenant()
    session.flush()
    journal.record(session, by=by, action="contenu_referme", objet=f"demarche:{demarche.id}")


def _lock(session: Session, by: Acteur, demarche: Demarche) -> None:
    verdict = can_authorise(by, demarche)
    if not verdict:
        raise Forbidden(verdict.raison)
    session.execute(select(Demarche.id).where(Demarche.id == demarche.id).with_for_update())
