"""Proposes a decision to those who decide."""

from sqlalchemy.orm import Session

from portal.errors import Forbidden, TransitionInterdite
from portal.formats import maintenant
from portal.models.decisions import Proposition
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_instruct
from portal.permissions.decisions import PasMaintenant
from portal.queries import actes_decision
from portal.queries.agents import of_service
from portal.queries.decisions import of_dossier, proposition_of
from portal.services import instruction, journal, taches
from portal.services.teneurs import Teneur
from portal.vocabulaire import RoleAffectation
from portal.vocabulaire_instruction import GenreTache


def propose(
    session: Session, *, by: Acteur, dossier: Dossier, teneur: Teneur, commentaire: str = "", version: int = 0
) -> Proposition:
    """Record what an instructeur proposes, or change it until something is decided; the responsables are told.

    `commentaire` is for them alone. `version` is the one that the page showed, 0 for a first one. Raises Forbidden, Invalid,
    TransitionInterdite, Conflict when somebody has proposed meanwhile.
    """
    droit = can_instruct(by, dossier)
    if not droit:
        raise Forbidden(droit.raison)
    teneur = teneur.pour(dossier)
    teneur.verifier()
    instruction.lock(session, dossier)
    faits = actes_decision.read(session, by, dossier, of_dossier(session, dossier.id))
    proposition = proposition_of(session, dossier.id)
    verdict = actes_decision.may_propose(faits)
    if not verdict:
        raise (TransitionInterdite if isinstance(verdict, PasMaintenant) else Forbidden)(verdict.raison)
    instruction.check_version(version, proposition.version if proposition else 0)
    proposition = proposition or Proposition(dossier_id=dossier.id)
    valeurs = teneur.colonnes() | {"montant": teneur.en_argent, "commentaire": commentaire, "auteur_id": by.user_id}
    for nom, valeur in (valeurs | {"proposee_at": maintenant(), "version": version + 1}).items():
        setattr(proposition, nom, valeur)
    session.add(proposition)
    session.flush()
    _tell(session, by, dossier, proposition)
    action = "proposition_modifiee" if version else "proposition_enregistree"
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"dossier:{dossier.id}",
        valeurs={"sens": proposition.sens, "version": proposition.version},
    )
    return proposition


def _tell(session: Session, by: Acteur, dossier: Dossier, proposition: Proposition) -> None:
    """One task for each responsable: a proposition that changes replaces the task of the former one."""
    taches.close(session, genres=[GenreTache.PROPOSITION], dossier_id=dossier.id)
    for responsable in session.scalars(of_service(dossier.service_id, [RoleAffectation.RESPONSABLE])).all():
        taches.add(
            session,
            user_id=responsable.id,
            service_id=dossier.service_id,
            genre=GenreTache.PROPOSITION,
            cle=f"proposition:{dossier.id}:{proposition.version}",
            dossier_id=dossier.id,
            objet_id=proposition.id,
            par_id=by.user_id,
        )
