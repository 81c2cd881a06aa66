"""The home of somebody of an association: what waits for that person, with its date and its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.formats import aujourdhui
from portal.models.comptes_rendus import CompteRendu
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement, Message
from portal.models.liens_associations import Invitation
from portal.models.souscriptions import DemandeSignature
from portal.permissions import Acteur
from portal.queries import depots, invitations
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.depots import ASigner
from portal.queries.mes_dossiers import visible_dossiers
from portal.queries.messages import unread
from portal.vocabulaire_cer import EtatDemandeSignature

MONTREES = 20


@dataclass(frozen=True, slots=True)
class Attendu:
    """Something that a dossier waits for. `jour`: its last day, in Paris, None without any; `nombre`: of unread messages."""

    reference: str
    association: str
    intitule: str
    jour: date | None = None
    en_retard: bool = False
    nombre: int = 0


@dataclass(frozen=True, slots=True)
class Accueil:
    """What waits, the soonest first. `engagements`: the CER of these associations, which she is asked to sign."""

    brouillons: Sequence[Demande]
    corrections: Sequence[Attendu]
    a_signer: Sequence[ASigner]
    engagements: Sequence[DemandeSignature]
    invitations: Sequence[Invitation]
    comptes_rendus: Sequence[Attendu]
    messages: Sequence[Attendu]
    decisions: Sequence[Attendu]

    @property
    def rien(self) -> bool:
        """Nothing waits."""
        return not any(
            (
                self.brouillons,
                self.corrections,
                self.a_signer,
                self.engagements,
                self.invitations,
                self.comptes_rendus,
                self.messages,
                self.decisions,
            )
        )


def get(session: Session, viewer: Acteur) -> Accueil:
    """In eight statements, whatever this person has."""
    return Accueil(
        brouillons=_drafts(session, viewer),
        corrections=_corrections(session, viewer),
        a_signer=depots.list_a_signer(session, viewer),
        engagements=_engagements(session, viewer),
        invitations=invitations.list_addressed(session, viewer),
        comptes_rendus=_reports(session, viewer),
        messages=_messages(session, viewer),
        decisions=_decisions(session, viewer),
    )


def _drafts(session: Session, viewer: Acteur) -> Sequence[Demande]:
    """Requests begun and not filed, the last touched first."""
    brouillons = visible_demandes(viewer).where(Demande.deposee_at.is_(None))
    lues = brouillons.options(joinedload(Demande.association), joinedload(Demande.demarche))
    return session.scalars(lues.order_by(Demande.id.desc()).limit(MONTREES)).all()


def _corrections(session: Session, viewer: Acteur) -> Sequence[Attendu]:
    ouvertes = (
        visible_dossiers(viewer)
        .join(Complement, Complement.dossier_id == Dossier.id)
        .where(Complement.repondu_at.is_(None), Complement.annule_at.is_(None), Dossier.complement_demande)
        .with_only_columns(Dossier.reference, Dossier.demandeur_nom, Dossier.intitule, Complement.echeance)
        .order_by(Complement.echeance, Complement.id)
        .limit(MONTREES)
    )
    jour = aujourdhui()
    return [Attendu(ref, nom, projet, fin, fin < jour) for ref, nom, projet, fin in session.execute(ouvertes)]


def _engagements(session: Session, viewer: Acteur) -> Sequence[DemandeSignature]:
    adressees = select(DemandeSignature).where(
        DemandeSignature.email == viewer.email, DemandeSignature.etat == EtatDemandeSignature.ENVOYEE
    )
    lues = adressees.options(joinedload(DemandeSignature.association)).order_by(DemandeSignature.id)
    return session.scalars(lues.limit(MONTREES)).all()


def _reports(session: Session, viewer: Acteur) -> Sequence[Attendu]:
    dus = (
        visible_dossiers(viewer)
        .join(CompteRendu, CompteRendu.dossier_id == Dossier.id)
        .where(CompteRendu.depose_at.is_(None))
        .with_only_columns(Dossier.reference, Dossier.demandeur_nom, Dossier.intitule, CompteRendu.echeance)
        .order_by(CompteRendu.echeance, CompteRendu.id)
        .limit(MONTREES)
    )
    jour = aujourdhui()
    return [Attendu(ref, nom, projet, fin, fin < jour) for ref, nom, projet, fin in session.execute(dus)]


def _messages(session: Session, viewer: Acteur) -> Sequence[Attendu]:
    """Dossiers with messages that this person has not read, and how many."""
    siens = visible_dossiers(viewer).with_only_columns(Dossier.id)
    comptes = (
        unread(viewer)
        .where(Message.dossier_id.in_(siens))
        .with_only_columns(Message.dossier_id, func.count().label("nombre"))
        .group_by(Message.dossier_id)
        .order_by(func.max(Message.id).desc())
        .limit(MONTREES)
        .subquery()
    )
    lignes = session.execute(
        select(Dossier.reference, Dossier.demandeur_nom, Dossier.intitule, comptes.c.nombre)
        .join(comptes, comptes.c.dossier_id == Dossier.id)
        .order_by(Dossier.id.desc())
    )
    return [Attendu(ref, nom, projet, nombre=nombre) for ref, nom, projet, nombre in lignes]


def _decisions(session: Session, viewer: Acteur) -> Sequence[Attendu]:
    """Decisions that are notified and that nobody of the association has opened."""
    fermees = (
        visible_dossiers(viewer)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Decision.notified_at.is_not(None), Decision.consultee_at.is_(None))
        .where(Dossier.association_id.in_(viewer.associations_prouvees))
        .with_only_columns(Dossier.reference, Dossier.demandeur_nom, Dossier.intitule)
        .order_by(Decision.notified_at, Decision.id)
        .limit(MONTREES)
    )
    return [Attendu(*ligne) for ligne in session.execute(fermees)]
