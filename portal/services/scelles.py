"""Breaks the seal of avis before all have answered: by who asked, with a reason, said to those who were asked together."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.avis import DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.avis import can_break_seal, is_sealed, together
from portal.queries.suites_avis import answerers
from portal.services import courriels, instruction, journal


def break_seal(session: Session, *, by: Acteur, demande: DemandeAvis, motif: str) -> list[DemandeAvis]:
    """The service that asked reads from now on the answers to what was asked together with `demande`; its agents only.

    Those asked together are told that the seal was broken, by whom and not why. The answers stay sealed among them until each
    has answered. Raises Forbidden, Invalid without a reason, Conflict when everybody has answered meanwhile.
    """
    ensemble = _lock(session, demande)
    if not is_sealed(ensemble):
        raise Conflict("Tous ont répondu entre-temps\u00a0: le scellé est tombé de lui-même et vous lisez ces avis.")
    verdict = can_break_seal(by, ensemble)
    if not verdict:
        raise Forbidden(verdict.raison)
    if not motif.strip():
        raise Invalid("motif", "Écrivez pourquoi vous n’attendez pas que tous aient répondu.")
    instant = maintenant()
    for une in ensemble:
        une.levee_at, une.levee_par_id, une.levee_motif = instant, by.user_id, motif.strip()
    session.flush()
    tell_opening(session, by=by, demande=demande, ensemble=ensemble, motif=motif.strip())
    return ensemble


def tell_opening(
    session: Session, *, by: Acteur, demande: DemandeAvis, ensemble: Sequence[DemandeAvis], motif: str
) -> None:
    """Journal that the service that asked opened what was sealed, and tell those asked together."""
    objet = f"dossier:{demande.dossier_id}" if demande.dossier_id else f"association:{demande.association_id}"
    valeurs = {"service": by.libelle_service, "motif": motif, "saisine": demande.saisine_id}
    journal.record(session, by=by, action="scelle_leve", objet=objet, valeurs=valeurs)
    _tell(session, demande, ensemble)


def _lock(session: Session, demande: DemandeAvis) -> list[DemandeAvis]:
    """Read afresh: an answer that comes at the same time waits, or has come."""
    if demande.dossier_id is not None:
        instruction.lock(session, session.get_one(Dossier, demande.dossier_id))
    choix = select(DemandeAvis).where(DemandeAvis.saisine_id == demande.saisine_id).order_by(DemandeAvis.id)
    verrou = choix.with_for_update(of=DemandeAvis).execution_options(populate_existing=True)
    return together(demande, list(session.scalars(verrou)))


def _tell(session: Session, demande: DemandeAvis, ensemble: Sequence[DemandeAvis]) -> None:
    """One mail to each party, to its agents when the service has no address; what was answered is in none."""
    objet = _objet(session, demande)
    for une in ensemble:
        for destinataire in _addresses(session, une) if une.close_at is None else ():
            courriels.enqueue(
                session,
                "scelle_leve",
                destinataire=destinataire,
                objet=objet,
                service=demande.demandeur_service.nom,
                repondu=une.repondue_at is not None,
            )


def _objet(session: Session, demande: DemandeAvis) -> str:
    if demande.association is not None:
        return f"l’association {demande.association.denomination}"
    return f"le dossier {session.get_one(Dossier, demande.dossier_id).reference}"


def _addresses(session: Session, une: DemandeAvis) -> list[str]:
    if une.expert is not None:
        return [une.expert.email]
    if une.service is not None and une.service.email:
        return [une.service.email]
    return [agent.email for agent in session.scalars(answerers(une))]
