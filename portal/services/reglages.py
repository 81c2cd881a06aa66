"""Keeps how a service decides and notifies, and the words that it begins its motivations with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.forms.champs_fusion import inconnus
from portal.models.decisions import ModeleMotivation
from portal.models.services import ReglageService, Service
from portal.permissions import Acteur, may_lead
from portal.services import instruction, journal
from portal.vocabulaire import MotifDecision
from portal.vocabulaire_instruction import ModeNotification, QuiDecide


def save(
    session: Session,
    *,
    by: Acteur,
    qui_decide: QuiDecide,
    proposition_requise: bool,
    mode_notification: ModeNotification | None,
    ville: str = "",
    tribunal: str = "",
    siret: str | None = None,
    version: int = 0,
) -> ReglageService:
    """Write the settings of the service for which `by` acts. `version`: the one shown, 0 while nothing was said.

    `siret`: of the service itself; None leaves it as it is. Raises Forbidden, Conflict when somebody has changed them meanwhile.
    """
    _require(by)
    # The service's row orders those who write its settings for the first time.
    service = session.scalars(select(Service).where(Service.id == by.service_id).with_for_update()).one()
    reglage = session.get(ReglageService, by.service_id, populate_existing=True)
    instruction.check_version(version, reglage.version if reglage else 0)
    reglage = reglage or ReglageService(service_id=by.service_id)
    reglage.qui_decide, reglage.proposition_requise = qui_decide, proposition_requise
    reglage.mode_notification, reglage.version = mode_notification, version + 1
    reglage.ville, reglage.tribunal = ville, tribunal
    service.siret = service.siret if siret is None else siret
    session.add(reglage)
    session.flush()
    valeurs = {
        "qui_decide": qui_decide,
        "mode": mode_notification,
        "proposition_requise": proposition_requise,
        "siret": service.siret,
    }
    journal.record(session, by=by, action="reglages_changes", objet=f"service:{by.service_id}", valeurs=valeurs)
    return reglage


def add_model(
    session: Session, *, by: Acteur, titre: str, texte: str, motif: MotifDecision | None = None
) -> ModeleMotivation:
    """Keep words to begin a motivation with. Raises Forbidden, Invalid (texte) on a merge field that does not exist."""
    _require(by)
    etranges = inconnus(texte)
    if etranges:
        noms = ", ".join(f"{{{nom}}}" for nom in etranges)
        raise Invalid("texte", f"Ces champs n’existent pas\u00a0: {noms}. Choisissez-les dans la liste à côté.")
    modele = ModeleMotivation(service_id=by.service_id, motif=motif, titre=titre, texte=texte)
    session.add(modele)
    session.flush()
    _note(session, by, modele, "modele_motivation_ajoute")
    return modele


def retire_model(session: Session, *, by: Acteur, modele: ModeleMotivation) -> None:
    """Offer these words no more; the motivations that began with them stay as they are. Raises Forbidden, Conflict."""
    _require(by)
    if modele.service_id != by.service_id:
        raise Forbidden("Ce modèle est celui d’un autre service.")
    session.refresh(modele, with_for_update=True)
    if modele.retire_at is not None:
        raise Conflict("Ce modèle est déjà retiré.")
    modele.retire_at = maintenant()
    _note(session, by, modele, "modele_motivation_retire")


def _require(by: Acteur) -> None:
    verdict = may_lead(by)
    if not verdict:
        raise Forbidden(verdict.raison)


def _note(session: Session, by: Acteur, modele: ModeleMotivation, action: str) -> None:
    session.flush()
    valeurs = {"modele": modele.id, "titre": modele.titre}
    journal.record(session, by=by, action=action, objet=f"service:{modele.service_id}", valeurs=valeurs)
