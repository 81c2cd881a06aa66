"""Mails to agents on what is addressed to them: at once, or once in the morning, or never, as each chooses.

A mail tells all that waits, so that a lot of a hundred dossiers rings once. It counts and leads, and never bears any content.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden
from portal.formats import PARIS, maintenant
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.file_agents import PreferenceAgent
from portal.models.services import Affectation, Service
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries.notifications import by_default, wanted
from portal.queries.taches import readable
from portal.services import courriels
from portal.vocabulaire_instruction import LIBELLES_GENRE_TACHE, GenreTache, QuandPrevenir

# Acts that follow one another are told together.
APAISEMENT = timedelta(seconds=30)
HEURE_DU_RESUME = time(7, 30, tzinfo=PARIS)
SAMEDI = 5
# Agents told in one transaction.
LOT = 100
COMPTES = {
    GenreTache.MENTION: ("une mention", "mentions"),
    GenreTache.ATTRIBUTION: ("un dossier attribué", "dossiers attribués"),
    GenreTache.COMPLEMENT_REPONDU: ("des corrections arrivées", "dossiers dont les corrections sont arrivées"),
    GenreTache.MESSAGE: ("un dossier avec de nouveaux messages", "dossiers avec de nouveaux messages"),
    GenreTache.AVIS_DEMANDE: ("un avis demandé", "avis demandés"),
    GenreTache.AVIS_RENDU: ("un avis rendu", "avis rendus"),
    GenreTache.PROPOSITION: ("une proposition à décider", "propositions à décider"),
    GenreTache.LETTRE_NON_LUE: ("une notification non lue en 15 jours", "notifications non lues en 15 jours"),
    GenreTache.REORIENTATION: ("un dossier venu d’un autre service", "dossiers venus d’un autre service"),
    GenreTache.LOT_TERMINE: ("un traitement par lot terminé", "traitements par lot terminés"),
    GenreTache.COMMUNICATION: ("une communication d’avis à traiter", "communications d’avis à traiter"),
    GenreTache.ABONNEMENT: ("une nouvelle d’une association suivie", "nouvelles d’associations suivies"),
}


def choose(session: Session, *, by: Acteur, choix: Mapping[GenreTache, QuandPrevenir]) -> None:
    """Keep when this agent wants to be told of each kind; what is usual is not written. Raises Forbidden but to agents."""
    if not by.est_agent or by.user_id is None:
        raise Forbidden("Ces réglages sont ceux des agents.")
    dits = {genre.value: quand.value for genre, quand in choix.items() if quand != by_default(genre)}
    ligne = insert(PreferenceAgent).values(
        user_id=by.user_id, notifications=dits, colonnes=[], raccourcis=True, version=1
    )
    session.execute(ligne.on_conflict_do_update(index_elements=["user_id"], set_={"notifications": dits}))
    session.expire_all()


def tell_now(session: Session, instant: datetime) -> int:
    """Owe a mail to each agent who wants to be told at once of something that came before `instant`; how many agents had some."""
    dues = _dues(QuandPrevenir.IMMEDIAT, instant - APAISEMENT)
    par_agent = _take(session, dues)
    for agent, taches in par_agent.items():
        seul = taches[0].dossier if len(taches) == 1 else None
        if seul is not None:
            _tell_one(session, agent, taches[0], seul)
        elif taches:
            _enqueue(session, "taches_adressees", agent, taches)
    return len(par_agent)


def send_digests(session: Session, instant: datetime) -> int:
    """Owe the digest of the morning, from 7:30 in Paris on weekdays, of what had come by then; how many agents had some.

    A morning that the worker missed is made up for later in the day.
    """
    local = instant.astimezone(PARIS)
    matin = datetime.combine(local.date(), HEURE_DU_RESUME)
    if local < matin or local.weekday() >= SAMEDI:
        return 0
    _forget(session, instant)
    par_agent = _take(session, _dues(QuandPrevenir.QUOTIDIEN, matin))
    for agent, taches in par_agent.items():
        if taches:
            _enqueue(session, "resume_du_matin", agent, taches)
    return len(par_agent)


def _dues(quand: QuandPrevenir, avant: datetime) -> Select[Tache]:
    """What nobody was told of yet, neither read nor done meanwhile."""
    return (
        select(Tache)
        .outerjoin(PreferenceAgent, PreferenceAgent.user_id == Tache.user_id)
        .where(
            Tache.envoyee_at.is_(None),
            Tache.faite_at.is_(None),
            Tache.lue_at.is_(None),
            Tache.created_at <= avant,
            wanted(quand),
        )
    )


def _take(session: Session, dues: Select[Tache]) -> dict[User, list[Tache]]:
    """The tasks of the next agents, marked as told; of those that an agent may no longer read, none is in its list."""
    agents = session.scalars(dues.with_only_columns(Tache.user_id).distinct().order_by(Tache.user_id).limit(LOT)).all()
    choix = dues.where(Tache.user_id.in_(agents)).order_by(Tache.user_id, Tache.id)
    prises = session.scalars(choix.with_for_update(of=Tache, skip_locked=True).options(joinedload(Tache.dossier))).all()
    session.execute(update(Tache).where(Tache.id.in_([une.id for une in prises])).values(envoyee_at=maintenant()))
    a_dire = _lisibles(session, prises)
    comptes = {user.id: user for user in session.scalars(select(User).where(User.id.in_({t.user_id for t in prises})))}
    par_agent: dict[User, list[Tache]] = {comptes[une.user_id]: [] for une in prises}
    for une in prises:
        if une.id in a_dire and comptes[une.user_id].disabled_at is None:
            par_agent[comptes[une.user_id]].append(une)
    return par_agent


def _lisibles(session: Session, prises: Sequence[Tache]) -> frozenset[int]:
    """Those of agents who still act for the service of the task, on dossiers that it still reads."""
    encore = (
        select(Tache.id)
        .join(
            Affectation,
            and_(
                Affectation.user_id == Tache.user_id,
                Affectation.service_id == Tache.service_id,
                Affectation.ended_at.is_(None),
            ),
        )
        .where(Tache.id.in_([une.id for une in prises]), readable(Tache.user_id))
    )
    return frozenset(session.scalars(encore))


def _forget(session: Session, instant: datetime) -> None:
    """What was read or done without a mail, or wanted none, is looked at no more."""
    sans_courriel = (
        select(Tache.id)
        .outerjoin(PreferenceAgent, PreferenceAgent.user_id == Tache.user_id)
        .where(
            Tache.envoyee_at.is_(None),
            or_(Tache.faite_at.is_not(None), Tache.lue_at.is_not(None), wanted(QuandPrevenir.JAMAIS)),
        )
    )
    session.execute(update(Tache).where(Tache.id.in_(sans_courriel)).values(envoyee_at=instant))


def _tell_one(session: Session, agent: User, tache: Tache, dossier: Dossier) -> None:
    courriels.enqueue(
        session,
        "tache_adressee",
        destinataire=agent.email,
        quoi=LIBELLES_GENRE_TACHE[tache.genre],
        objet_de=f"dossier {dossier.reference}, {dossier.demandeur_nom}",
        service=session.get_one(Service, tache.service_id).sigle,
        reference=dossier.reference,
    )


def _enqueue(session: Session, gabarit: str, agent: User, taches: Sequence[Tache]) -> None:
    sigles = {
        s.id: s.sigle for s in session.scalars(select(Service).where(Service.id.in_({t.service_id for t in taches})))
    }
    comptes = Counter[tuple[str, GenreTache]]()
    for une in taches:
        comptes[sigles[une.service_id], une.genre] += _combien(une)
    lignes = [f"{_mots(genre, nombre)} ({sigle})" for (sigle, genre), nombre in sorted(comptes.items())]
    courriels.enqueue(session, gabarit, destinataire=agent.email, nombre=sum(comptes.values()), lignes=lignes)


def _combien(tache: Tache) -> int:
    """The dossiers of an absent colleague are handed over by one task, which says how many."""
    return tache.objet_id or 1 if tache.genre == GenreTache.ATTRIBUTION and tache.dossier_id is None else 1


def _mots(genre: GenreTache, nombre: int) -> str:
    """« une mention », « 3 mentions »."""
    seul, plusieurs = COMPTES[genre]
    return seul if nombre == 1 else f"{nombre} {plusieurs}"
