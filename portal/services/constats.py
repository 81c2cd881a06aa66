"""States facts of an association, in confidence: it is told and may answer, and nothing outlives its delay.

The journal keeps who did what and when, never the facts nor the answers.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import PARIS, aujourdhui, date_fr, maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.delais import plus_mois
from portal.models.manquements import Constat, LecteurConstat, ReponseConstat, Retrait
from portal.permissions import SYSTEME, Acteur, Verdict
from portal.permissions.manquements import can_answer, can_close, can_name_readers, can_state
from portal.queries import mandats
from portal.queries.constats import FicheConstat, is_open_to_answers, signataires
from portal.services import courriels, journal
from portal.services.codes import draw_code
from portal.vocabulaire_cer import ClotureConstat

REPONSE_MINIMALE, REPONSE_MAXIMALE = 15, 150
CONSERVATIONS_MOIS = (6, 12, 24, 36)


@dataclass(frozen=True, kw_only=True)
class Faits:
    """What is stated: the facts, the day of them and where they are known from."""

    faits: str
    date_faits: date
    source: str


def state(
    session: Session, *, by: Acteur, association: Association, faits: Faits, reponse_jours: int, conservation_mois: int
) -> Constat:
    """Record facts, tell those who represent the association, and give it `reponse_jours` days (15 to 150) to answer.

    `conservation_mois`: one of CONSERVATIONS_MOIS. Raises Forbidden, Invalid.
    """
    _require(can_state(by, mandats.services_proprietaires(session, association.id)))
    jour = aujourdhui()
    if faits.date_faits > jour:
        raise Invalid("date_faits", "Cette date est à venir\u00a0: un constat porte sur des faits qui ont eu lieu.")
    if not REPONSE_MINIMALE <= reponse_jours <= REPONSE_MAXIMALE:
        raise Invalid("reponse_jours", "Laissez à l’association entre 15 et 150\u00a0jours pour répondre.")
    if conservation_mois not in CONSERVATIONS_MOIS:
        raise Invalid("conservation_mois", "Choisissez dans la liste combien de temps ce constat est conservé.")
    constat = Constat(
        reference=f"C-{draw_code(12)}",
        association_id=association.id,
        service_id=by.service_id,
        auteur_id=by.user_id,
        **vars(faits),
        reponse_avant=jour + timedelta(days=reponse_jours),
        conserve_jusqu_au=plus_mois(jour, conservation_mois),
        created_at=maintenant(),
    )
    session.add(constat)
    _note(session, by, constat, "constat_consigne", association=association.id)
    _tell(session, by, constat)
    return constat


def inform(session: Session, *, by: Acteur, constat: Constat) -> Constat:
    """Tell those who represent the association, when nobody could be told at first: the delay to answer starts again whole.

    Raises Forbidden, Conflict when it is told already, closed, or when there is still nobody to tell.
    """
    _require(can_close(by, constat))
    _lock_open(session, constat)
    if constat.informee_at is not None:
        raise Conflict(f"L’association est déjà informée depuis le {date_fr(constat.informee_at)}.")
    delai = constat.reponse_avant - _jour_de(constat)
    if not _tell(session, by, constat):
        raise Conflict("Aucune personne n’a encore de lien vérifié pour représenter cette association.")
    constat.reponse_avant = aujourdhui() + delai
    return constat


def answer(session: Session, *, by: Acteur, constat: Constat, texte: str) -> ReponseConstat:
    """The association's answer: it travels with the statement. Raises Forbidden, Conflict after the date or the closing."""
    _require(can_answer(by, constat.association_id))
    _lock_open(session, constat)
    if not is_open_to_answers(constat):
        raise Conflict(f"Le délai de réponse est passé depuis le {date_fr(constat.reponse_avant)}.")
    reponse = ReponseConstat(constat_id=constat.id, auteur_id=by.user_id, texte=texte)
    session.add(reponse)
    _note(session, by, constat, "constat_repondu")
    auteur = session.get_one(User, constat.auteur_id)
    courriels.enqueue(session, "constat_repondu", destinataire=auteur.email, reference=constat.reference)
    return reponse


def close(session: Session, *, by: Acteur, constat: Constat, cloture: ClotureConstat) -> Constat:
    """Close it, on a decision or without effect. Raises Forbidden, Conflict when it is closed already."""
    _require(can_close(by, constat))
    _lock_open(session, constat)
    _close(session, by, constat, cloture)
    return constat


def name_reader(session: Session, *, by: Acteur, fiche: FicheConstat, user_id: int) -> None:
    """Let an agent of the service read it. Raises Forbidden, Invalid when it is not one who may be named."""
    _require(can_name_readers(by, fiche.constat))
    if user_id not in {agent.id for agent in fiche.nommables}:
        raise Invalid("agent", "Choisissez un agent de votre service dans la liste.")
    session.add(LecteurConstat(constat_id=fiche.constat.id, user_id=user_id))
    _note(session, by, fiche.constat, "lecteur_constat_nomme", user=user_id)


def remove_reader(session: Session, *, by: Acteur, fiche: FicheConstat, user_id: int) -> None:
    """Close it to an agent who was named. Raises Forbidden; an agent who is not named changes nothing."""
    _require(can_name_readers(by, fiche.constat))
    nomme = delete(LecteurConstat).where(LecteurConstat.constat_id == fiche.constat.id)
    session.execute(nomme.where(LecteurConstat.user_id == user_id))
    _note(session, by, fiche.constat, "lecteur_constat_retire", user=user_id)


def expire(session: Session) -> int:
    """Close what nobody has closed in time, and erase the words of all whose delay is over. How many were erased.

    A statement that a withdrawal under way leans on waits for its end.
    """
    en_cours = exists().where(
        Retrait.constat_id == Constat.id, Retrait.notified_at.is_(None), Retrait.renonce_at.is_(None)
    )
    echus = session.scalars(
        select(Constat)
        .where(Constat.conserve_jusqu_au < aujourdhui(), ~en_cours)
        .where(or_(Constat.faits != "", Constat.cloture.is_(None)))
        .order_by(Constat.id)
        .with_for_update(skip_locked=True)
    ).all()
    for constat in echus:
        if constat.cloture is None:
            _close(session, SYSTEME, constat, ClotureConstat.DELAI)
        constat.faits = constat.source = ""
        session.execute(update(ReponseConstat).where(ReponseConstat.constat_id == constat.id).values(texte=""))
        _note(session, SYSTEME, constat, "constat_efface")
    return len(echus)


def close_on_decision(session: Session, *, by: Acteur, constat_id: int | None) -> None:
    """A withdrawal was decided upon it: it closes, unless it is closed. The caller has checked that the actor may decide."""
    constat = session.get(Constat, constat_id, with_for_update=True) if constat_id else None
    if constat is not None and constat.cloture is None:
        _close(session, by, constat, ClotureConstat.DECISION)


def _close(session: Session, by: Acteur, constat: Constat, cloture: ClotureConstat) -> None:
    constat.cloture, constat.closed_at = cloture, maintenant()
    _note(session, by, constat, "constat_clos", cloture=cloture)


def _tell(session: Session, by: Acteur, constat: Constat) -> bool:
    """Owe a letter, without any content, to those who represent the association. False when there is nobody."""
    adresses = signataires(session, constat.association_id)
    for adresse in adresses:
        courriels.enqueue(
            session,
            "constat_consigne",
            destinataire=adresse,
            reference=constat.reference,
            association=session.get_one(Association, constat.association_id).denomination,
        )
    if adresses:
        constat.informee_at = maintenant()
        _note(session, by, constat, "constat_notifie")
    return bool(adresses)


def _lock_open(session: Session, constat: Constat) -> None:
    session.refresh(constat, with_for_update={"of": Constat})
    if constat.cloture is not None:
        raise Conflict(f"Ce constat est clos depuis le {date_fr(constat.closed_at)}\u00a0: rien n’a été enregistré.")


def _jour_de(constat: Constat) -> date:
    return constat.created_at.astimezone(PARIS).date()


def _note(session: Session, by: Acteur, constat: Constat, action: str, **valeurs: object) -> None:
    session.flush()
    journal.record(session, by=by, action=action, objet=f"constat:{constat.id}", valeurs=valeurs)


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)
