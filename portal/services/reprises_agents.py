"""Hands over the open dossiers of an agent who is absent, or has left, to colleagues."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import maintenant
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.attributions import may_reassign
from portal.queries.attributions import MAXIMUM, list_agents, list_holders, shares
from portal.services import journal, taches
from portal.services.journal import Acte
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_instruction import GenreTache


def hand_over(session: Session, *, by: Acteur, de: int, vers: Sequence[int]) -> int:
    """Give the open dossiers of `de` in the actor's service to `vers`, evenly, the oldest first; how many were given.

    At most MAXIMUM at once, in this transaction, each one journaled; each colleague finds one task that tells how many.
    Raises Forbidden, Invalid("de") when there is nothing to hand over, Invalid("vers").
    """
    verdict = may_reassign(by)
    if not verdict or by.service_id is None:
        raise Forbidden(verdict.raison)
    noms = dict(list_agents(session, by))
    choisis = list(dict.fromkeys(vers))
    if de not in dict(list_holders(session, by)):
        raise Invalid("de", "Choisissez dans la liste la personne dont les dossiers sont à attribuer.")
    if not choisis or any(un not in noms or un == de for un in choisis):
        raise Invalid("vers", "Choisissez dans la liste une autre personne que celle qui est absente.")
    dossiers = _ouverts(session, by.service_id, de)
    if not dossiers:
        raise Invalid("de", "Cette personne n’a plus aucun dossier ouvert dans votre service\u00a0: rien n’a changé.")
    actes = []
    for rang, dossier in enumerate(dossiers):
        dossier.instructeur_id = choisis[rang % len(choisis)]
        dossier.version += 1
        valeurs = {"instructeur": dossier.instructeur_id, "avant": de, "agent": noms[dossier.instructeur_id]}
        actes.append(Acte("dossier_attribue", f"dossier:{dossier.id}", valeurs))
    journal.record_all(session, by=by, actes=actes)
    _tell(session, by, choisis, len(dossiers))
    return len(dossiers)


def _ouverts(session: Session, service_id: int, de: int) -> list[Dossier]:
    """Locked, the oldest first."""
    return list(
        session.scalars(
            select(Dossier)
            .where(Dossier.instructeur_id == de, Dossier.service_id == service_id, Dossier.etat.not_in(ETATS_FINAUX))
            .order_by(Dossier.date_depot, Dossier.id)
            .limit(MAXIMUM)
            .with_for_update(of=Dossier)
            .execution_options(populate_existing=True)
        )
    )


def _tell(session: Session, by: Acteur, choisis: Sequence[int], nombre: int) -> None:
    instant = maintenant().isoformat(timespec="microseconds")
    for user_id, part in zip(choisis, shares(nombre, len(choisis)), strict=True):
        if part:
            taches.add(
                session,
                user_id=user_id,
                service_id=by.service_id or 0,
                genre=GenreTache.ATTRIBUTION,
                cle=f"attributions:{instant}",
                objet_id=part,
                par_id=by.user_id,
            )
