"""One demande d'avis as its page shows it: to who asked, or to the service that is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.formats import PARIS, aujourdhui
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.avis import opens_when_withdrawn, together
from portal.permissions.saisines import can_follow_up, can_recuse, can_transfer
from portal.queries.agents import of_service
from portal.queries.experts import object_names
from portal.queries.recusations import RecusationLue, is_closed, list_on
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_avis import EtatDemandeAvis

AGENTS_MAXIMUM = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteAvis:
    """A demande and what the viewer may do of it now. `agents`: who may answer for the service asked, (id, name).

    `recusations`: the conflicts of interest of its colleagues, for a responsable.
    `ouvre_le_scelle`: to withdraw it opens the answers of those asked together.
    """

    demande: DemandeAvis
    objet: str
    sujet: Dossier | Association
    recusations: Sequence[RecusationLue]
    etat: EtatDemandeAvis
    ensemble: int
    agents: Sequence[tuple[int, str]]
    suivre: bool
    rappeler: bool
    retirer: bool
    ouvre_le_scelle: bool
    transferer: bool
    decliner: bool
    recuser: bool

    @property
    def dossier(self) -> Dossier | None:
        """The dossier that it is about, None for an association."""
        return self.sujet if isinstance(self.sujet, Dossier) else None


def get(session: Session, viewer: Acteur, demande_id: int) -> SuiteAvis:
    """Of the service that asked, or of the one that is asked. Raises NotFound, also for whoever has stepped aside."""
    demande = _get(session, viewer, demande_id)
    dossier = session.get_one(Dossier, demande.dossier_id) if demande.dossier_id is not None else None
    sujet = dossier or session.get_one(Association, demande.association_id)
    vive = demande.attendue and (dossier is None or dossier.etat not in ETATS_FINAUX)
    suit, transmet = can_follow_up(viewer, demande).ok, can_transfer(viewer, demande).ok
    rappelee = demande.rappelee_at is not None and demande.rappelee_at.astimezone(PARIS).date() == aujourdhui()
    return SuiteAvis(
        demande=demande,
        objet=object_names(session, [demande])[demande.id],
        sujet=sujet,
        recusations=list_on(session, viewer, sujet),
        etat=demande.etat_le(aujourdhui()),
        ensemble=_count(session, demande) if suit and vive else 1,
        agents=_agents(session, demande) if transmet and vive else (),
        suivre=suit and vive,
        rappeler=suit and vive and not rappelee,
        retirer=suit and demande.attendue,
        ouvre_le_scelle=suit
        and demande.saisine.scelle
        and opens_when_withdrawn(demande, _asked_together(session, demande)),
        transferer=transmet and vive,
        decliner=transmet and demande.attendue,
        recuser=can_recuse(viewer, demande).ok and demande.close_at is None,
    )


def get_for(
    session: Session, viewer: Acteur, demande_id: int, peut: Callable[[Acteur, DemandeAvis], Verdict]
) -> SuiteAvis:
    """The same for who is about to act. Raises NotFound, Forbidden."""
    suite = get(session, viewer, demande_id)
    verdict = peut(viewer, suite.demande)
    if not verdict:
        raise Forbidden(verdict.raison)
    return suite


def _get(session: Session, viewer: Acteur, demande_id: int) -> DemandeAvis:
    recuse = or_(
        is_closed(viewer.user_id, DemandeAvis.dossier_id),
        is_closed(viewer.user_id, DemandeAvis.dossier_id, DemandeAvis.association_id),
    )
    demande = session.scalars(
        select(DemandeAvis)
        .where(
            DemandeAvis.id == demande_id,
            ~recuse,
            or_(
                DemandeAvis.demandeur_service_id == viewer.service_id,
                (DemandeAvis.service_id == viewer.service_id) & DemandeAvis.close_at.is_(None),
            ),
        )
        .options(
            joinedload(DemandeAvis.service),
            joinedload(DemandeAvis.expert),
            joinedload(DemandeAvis.agent),
            joinedload(DemandeAvis.demandeur_service),
            joinedload(DemandeAvis.demandeur),
        )
    ).first()
    if demande is None:
        raise NotFound
    return demande


def _asked_together(session: Session, demande: DemandeAvis) -> list[DemandeAvis]:
    return together(
        demande, session.scalars(select(DemandeAvis).where(DemandeAvis.saisine_id == demande.saisine_id)).all()
    )


def _count(session: Session, demande: DemandeAvis) -> int:
    """How many of its saisine still wait, for the same service."""
    attendues = select(DemandeAvis.id).where(
        DemandeAvis.saisine_id == demande.saisine_id,
        DemandeAvis.demandeur_service_id == demande.demandeur_service_id,
        DemandeAvis.repondue_at.is_(None),
        DemandeAvis.close_at.is_(None),
    )
    return len(session.scalars(attendues.order_by(DemandeAvis.id)).all())


def _agents(session: Session, demande: DemandeAvis) -> Sequence[tuple[int, str]]:
    choix = answerers(demande).limit(AGENTS_MAXIMUM)
    return [(agent.id, agent.nom_affiche) for agent in session.scalars(choix)]


def answerers(demande: DemandeAvis) -> Select[User]:
    """The agents of the service asked who may give its avis, and have no conflict of interest."""
    return of_service(demande.service_id).where(~is_closed(User.id, demande.dossier_id or 0, demande.association_id))
