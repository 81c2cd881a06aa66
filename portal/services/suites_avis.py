"""What becomes of a demande d'avis: reminded, given more time, handed to a colleague, taken back, or declined."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.avis import DemandeAvis, Recusation
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.avis import opens_when_withdrawn, together
from portal.permissions.saisines import can_decline, can_follow_up, can_recuse, can_transfer
from portal.queries.objets_saisis import journal_key
from portal.queries.suites_avis import answerers
from portal.services import (
    acces_dossiers,
    annonces_avis,
    appels_avis,
    avis,
    instruction,
    journal,
    liens_experts,
    resumes_avis,
    scelles,
)
from portal.services.saisines import check_date
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_avis import LIBELLES_CLOTURE_AVIS, ClotureAvis

DEJA_RAPPELEE = "Un rappel est déjà parti aujourd’hui pour cette demande\u00a0: rien n’est ajouté."
PLUS_ATTENDUE = "Cet avis n’est plus attendu\u00a0: il a été donné, ou la demande est close. Rien n’a été changé."


def remind(session: Session, *, by: Acteur, demande: DemandeAvis) -> None:
    """Tell the party once more, at most once a day. Raises Forbidden, Conflict, TransitionInterdite on a closed dossier."""
    _begin(session, demande, can_follow_up(by, demande), ouvert=True)
    if demande.rappelee_at is not None and demande.rappelee_at.astimezone(PARIS).date() == aujourdhui():
        raise Conflict(DEJA_RAPPELEE)
    demande.rappels, demande.rappelee_at = demande.rappels + 1, maintenant()
    annonces_avis.remind(session, by=by, demandes=[demande])
    _record(session, by, "avis_rappele", demande)


def extend(
    session: Session, *, by: Acteur, demande: DemandeAvis, echeance: date | None, ensemble: bool = False
) -> list[DemandeAvis]:
    """Another deadline (None: none any more), for it or for all that still wait of its saisine; reminders are counted anew,
    and one a day is still the most.

    Raises Forbidden, Conflict, TransitionInterdite, Invalid(echeance).
    """
    siennes = [demande]
    if ensemble:
        siennes = [une for une in annonces_avis.list_of(session, demande.saisine_id) if can_follow_up(by, une)]
        for une in sorted(siennes, key=lambda une: une.dossier_id or 0):
            _lock(session, une)
    _begin(session, demande, can_follow_up(by, demande), ouvert=True)
    check_date(echeance)
    if echeance == demande.echeance and not ensemble:
        raise Invalid("echeance", "C’est déjà la date de cette demande. Donnez-en une autre.")
    faites = [une for une in siennes if _extend(session, by, une, echeance)]
    for de_l_un in annonces_avis.by_party(faites):
        annonces_avis.tell_extension(session, de_l_un)
    return faites


def _extend(session: Session, by: Acteur, demande: DemandeAvis, echeance: date | None) -> bool:
    dossier = _lock(session, demande)
    clos = dossier is not None and dossier.etat in ETATS_FINAUX
    if clos or not demande.attendue or demande.echeance == echeance:
        return False
    demande.echeance, demande.rappels = echeance, 0
    _recount(session, demande)
    _record(session, by, "avis_prolonge", demande, echeance=echeance.isoformat() if echeance else None)
    return True


def transfer(session: Session, *, by: Acteur, demande: DemandeAvis, agent_id: int | None) -> None:
    """Name the agent of the service asked who answers, or nobody in particular (None).

    Raises Forbidden, Conflict, TransitionInterdite, Invalid(agent) on somebody who gives no avis there, or has a conflict.
    """
    _begin(session, demande, can_transfer(by, demande), ouvert=True)
    agent = None
    if agent_id is not None:
        agent = session.scalars(answerers(demande).where(User.id == agent_id)).first()
        if agent is None:
            raise Invalid("agent", "Choisissez dans la liste une personne de votre service.")
    appels_avis.close(session, demande)
    demande.agent = agent
    session.flush()
    appels_avis.call(session, par_id=by.user_id, demande=demande)
    qui = agent.nom_affiche if agent else "une personne du service"
    _record(session, by, "avis_transfere", demande, agent=qui)


def revoke(session: Session, *, by: Acteur, demande: DemandeAvis, motif: str = "") -> None:
    """Ask no more: what the demande opened is closed at once, and the party is told.

    Of the last one awaited under a seal, this opens the answers of the others: it needs a reason and is told as breaking it.
    Raises Forbidden, Conflict, Invalid(motif).
    """
    _begin(session, demande, can_follow_up(by, demande))
    ensemble = together(demande, annonces_avis.list_of(session, demande.saisine_id))
    ouvre = opens_when_withdrawn(demande, ensemble)
    if ouvre and not motif.strip():
        raise Invalid(
            "motif", "C’est la dernière réponse attendue sous scellé\u00a0: écrivez pourquoi vous l’ouvrez sans elle."
        )
    annonces_avis.tell_withdrawal(session, demande)
    _close(session, by, demande, ClotureAvis.REVOQUEE, motif)
    _record(session, by, "avis_retire", demande, motif=motif.strip() or "sans motif")
    if ouvre:
        scelles.tell_opening(session, by=by, demande=demande, ensemble=ensemble, motif=motif.strip())


def not_concerned(session: Session, *, by: Acteur, demande: DemandeAvis, motif: str) -> None:
    """The party will give no avis, and says why. Raises Forbidden, Conflict, Invalid(motif) without a reason."""
    _begin(session, demande, can_decline(by, demande))
    if not motif.strip():
        raise Invalid("motif", "Écrivez en quelques mots pourquoi\u00a0: qui a demandé l’avis le lira.")
    _close(session, by, demande, ClotureAvis.PAS_CONCERNE, motif)
    annonces_avis.tell_refusal(session, demande, LIBELLES_CLOTURE_AVIS[ClotureAvis.PAS_CONCERNE])
    _record(session, by, "avis_decline", demande, motif=motif.strip())


def declare_conflict(session: Session, *, by: Acteur, demande: DemandeAvis, motif: str) -> None:
    """Step aside: what the demande is about is closed to that person from now on.

    An agent leaves the demande to the other agents of the service; that of an expert is closed. Raises Forbidden, Conflict on
    a closed demande, Invalid(motif) without a reason.
    """
    verdict = can_recuse(by, demande)
    if by.est_expert:
        _begin(session, demande, verdict)
    else:
        _permit(verdict)
        _lock(session, demande)
        if demande.close_at is not None:
            raise Conflict(PLUS_ATTENDUE)
    if not motif.strip():
        raise Invalid("motif", "Écrivez en quelques mots quel est votre intérêt dans cette affaire.")
    if by.est_expert:
        _close(session, by, demande, ClotureAvis.CONFLIT, motif)
        annonces_avis.tell_refusal(session, demande, LIBELLES_CLOTURE_AVIS[ClotureAvis.CONFLIT])
    else:
        _recuse(session, by, demande, motif.strip())
    _record(session, by, "avis_conflit", demande, agent=by.nom_affiche)


def _recuse(session: Session, by: Acteur, demande: DemandeAvis, motif: str) -> None:
    recusation = insert(Recusation).values(
        user_id=by.user_id, dossier_id=demande.dossier_id, association_id=demande.association_id, motif=motif
    )
    cle = ["user_id", "dossier_id", "association_id"]
    session.execute(recusation.on_conflict_do_nothing(index_elements=cle))
    appels_avis.close(session, demande, user_id=by.user_id)
    if demande.association_id is not None:
        appels_avis.forget(session, association_id=demande.association_id, user_id=by.user_id)
    for une in _called_on(session, by, demande):
        if une.agent_id == by.user_id:
            une.agent = None
            session.flush()
        appels_avis.call(session, par_id=by.user_id, demande=une)


def _called_on(session: Session, by: Acteur, demande: DemandeAvis) -> Sequence[DemandeAvis]:
    """It, and every other one where that person was named about what is closed to it, as long as they wait."""
    sur = DemandeAvis.dossier_id == demande.dossier_id
    if demande.association_id is not None:
        siens = select(Dossier.id).where(Dossier.association_id == demande.association_id)
        sur = or_(DemandeAvis.association_id == demande.association_id, DemandeAvis.dossier_id.in_(siens))
    choix = select(DemandeAvis).where(
        or_(DemandeAvis.id == demande.id, and_(sur, DemandeAvis.agent_id == by.user_id)),
        DemandeAvis.repondue_at.is_(None),
        DemandeAvis.close_at.is_(None),
    )
    return session.scalars(choix.order_by(DemandeAvis.id)).all()


def _begin(session: Session, demande: DemandeAvis, verdict: Verdict, *, ouvert: bool = False) -> None:
    """May, and the demande still waits, under its lock. `ouvert`: neither may the dossier be closed."""
    _permit(verdict)
    dossier = _lock(session, demande)
    if ouvert and dossier is not None:
        instruction.check_open(dossier)
    if not demande.attendue:
        raise Conflict(PLUS_ATTENDUE)


def _permit(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)


def _lock(session: Session, demande: DemandeAvis) -> Dossier | None:
    """The dossier first, as whoever gives an avis does; both are read afresh."""
    dossier = session.get_one(Dossier, demande.dossier_id) if demande.dossier_id is not None else None
    if dossier is not None:
        instruction.lock(session, dossier)
    verrou = select(DemandeAvis).where(DemandeAvis.id == demande.id).with_for_update(of=DemandeAvis)
    session.scalars(verrou.execution_options(populate_existing=True)).one()
    return dossier


def _close(session: Session, by: Acteur, demande: DemandeAvis, cloture: ClotureAvis, motif: str) -> None:
    demande.cloture, demande.close_at, demande.close_motif = cloture, maintenant(), motif.strip()
    session.flush()
    appels_avis.close(session, demande)
    _shut(session, by, demande)
    _recount(session, demande)
    if demande.dossier_id is not None and demande.saisine.scelle:
        # It may have been the last one awaited: what its seal hid may be told to DS.
        resumes_avis.order(session, by=by, dossier=session.get_one(Dossier, demande.dossier_id))


def _shut(session: Session, by: Acteur, demande: DemandeAvis) -> None:
    """The party reads no longer what no other demande opens to it."""
    if demande.expert_id is not None:
        des_memes = (DemandeAvis.saisine_id == demande.saisine_id, DemandeAvis.expert_id == demande.expert_id)
        if not session.scalar(select(exists().where(*des_memes, DemandeAvis.close_at.is_(None)))):
            liens_experts.revoke(session, by=by, saisine_id=demande.saisine_id, expert_id=demande.expert_id)
        return
    if demande.dossier_id is not None and demande.service_id is not None:
        dossier = session.get_one(Dossier, demande.dossier_id)
        acces_dossiers.close(session, dossier=dossier, service_id=demande.service_id)


def _recount(session: Session, demande: DemandeAvis) -> None:
    if demande.dossier_id is not None:
        avis.recount(session, session.get_one(Dossier, demande.dossier_id))


def _record(session: Session, by: Acteur, action: str, demande: DemandeAvis, **valeurs: str | None) -> None:
    dites = {"service": demande.consulte, "saisine": demande.saisine_id, **valeurs}
    journal.record(session, by=by, action=action, objet=journal_key(demande), valeurs=dites)
