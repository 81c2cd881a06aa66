"""Who may be asked for an avis: the services, those that a démarche proposes, those that a service has asked before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, Invalid
from portal.forms.consultes import Consulte
from portal.models.associations import Association, Mandat
from portal.models.avis import DemandeAvis, ModeleQuestion, Recusation
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.experts import ConsulteDemarche, Expert
from portal.models.services import Affectation, Service
from portal.permissions import ROLES_ACTIFS, Acteur, can_instruct
from portal.permissions.actes_lots import SERVICE_A_CHOISIR, agent_recused, service_recused
from portal.queries.agents import of_service
from portal.vocabulaire import GenreUser

SERVICES_MAXIMUM = 500
DEJA_CONSULTES = 20
Cle = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partie:
    """Somebody to ask, looked up: a service (and which of its agents answers), or somebody outside every service.

    `expert` is None while nobody has asked that address.
    """

    service: Service | None = None
    agent: User | None = None
    expert: Expert | None = None
    dit: Consulte

    @property
    def cle(self) -> Cle:
        """What tells two parties apart."""
        return (self.service.id if self.service else None, self.expert.id if self.expert else None)

    @property
    def nom(self) -> str:
        """In words."""
        if self.service:
            return self.service.sigle
        return self.expert.nom_affiche if self.expert else self.dit.nom or self.dit.email

    def waits(self, dossier_id: int, attendues: Collection[tuple[int, Cle]]) -> bool:
        """It is asked already; somebody whom nobody has asked is not."""
        return self.cle != (None, None) and (dossier_id, self.cle) in attendues


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultables:
    """What a form offers. `proposes`: (« service:3 » or « expert:12 », name). `fermee`: nobody else may be asked."""

    proposes: tuple[tuple[str, str], ...]
    services: tuple[tuple[int, str], ...]
    modeles: tuple[ModeleQuestion, ...] = ()
    fermee: bool = False
    scelle: bool = False


def for_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> Consultables:
    """Whom the viewer may ask about that dossier. Raises Forbidden when it may not ask."""
    verdict = can_instruct(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return for_service(session, viewer, dossier.demarche)


def for_service(session: Session, viewer: Acteur, demarche: Demarche | None = None) -> Consultables:
    """Whom the viewer's service may ask, about a dossier of that démarche or about anything else when None."""
    de_la_liste = of_demarche(session, demarche) if demarche is not None else []
    proposes = [_propose(un.service, un.expert) for un in de_la_liste]
    if demarche is not None and demarche.avis_liste_fermee:
        return Consultables(
            proposes=tuple(un for un in proposes if un[0] != f"service:{viewer.service_id}"),
            services=(),
            modeles=tuple(questions(session, demarche)),
            fermee=True,
            scelle=demarche.avis_scelle,
        )
    deja = [_propose(une.service, une.expert) for une in _asked_before(session, viewer)]
    offerts = dict(un for un in (*proposes, *deja) if un[0] != f"service:{viewer.service_id}")
    autres = select(Service).where(Service.id != viewer.service_id).order_by(Service.sigle, Service.id)
    lus = session.scalars(autres.limit(SERVICES_MAXIMUM))
    return Consultables(
        proposes=tuple(offerts.items()),
        services=tuple((un.id, f"{un.sigle} – {un.nom}") for un in lus),
        modeles=tuple(questions(session, demarche)) if demarche is not None else (),
        scelle=demarche is not None and demarche.avis_scelle,
    )


def of_demarche(session: Session, demarche: Demarche) -> list[ConsulteDemarche]:
    """Those that a démarche proposes, in the order in which they were put on its list."""
    siens = select(ConsulteDemarche).where(ConsulteDemarche.demarche_id == demarche.id)
    avec = siens.options(joinedload(ConsulteDemarche.service), joinedload(ConsulteDemarche.expert))
    return list(session.scalars(avec.order_by(ConsulteDemarche.id)))


def questions(session: Session, demarche: Demarche) -> list[ModeleQuestion]:
    """The questions that a démarche proposes, by title."""
    siennes = select(ModeleQuestion).where(
        ModeleQuestion.demarche_id == demarche.id, ModeleQuestion.retire_at.is_(None)
    )
    return list(session.scalars(siennes.order_by(ModeleQuestion.libelle, ModeleQuestion.id)))


def _asked_before(session: Session, viewer: Acteur) -> Sequence[DemandeAvis]:
    """The last demande to each party that the viewer's service has asked, the latest parties first."""
    dernieres = (
        select(func.max(DemandeAvis.id).label("id"))
        .where(DemandeAvis.demandeur_service_id == viewer.service_id)
        .group_by(DemandeAvis.service_id, DemandeAvis.expert_id)
        .order_by(func.max(DemandeAvis.id).desc())
        .limit(DEJA_CONSULTES)
        .subquery()
    )
    choix = select(DemandeAvis).join(dernieres, dernieres.c.id == DemandeAvis.id).order_by(DemandeAvis.id.desc())
    return session.scalars(choix.options(joinedload(DemandeAvis.service), joinedload(DemandeAvis.expert))).all()


def _propose(service: Service | None, expert: Expert | None) -> tuple[str, str]:
    if service is not None:
        return f"service:{service.id}", f"{service.sigle} – {service.nom}"
    return (f"expert:{expert.id}", f"{expert.nom_affiche} ({expert.email})") if expert else ("", "")


def resolve(session: Session, viewer: Acteur, consultes: Iterable[Consulte]) -> list[Partie]:
    """Who they are, each once; an address of an agent names that agent of its service.

    Raises Invalid, with the input of the form, on nobody, one's own service, or two agents of one service.
    """
    parties: dict[tuple[str, int | str], Partie] = {}
    for un in consultes:
        partie = _partie(session, viewer, un)
        cle: tuple[str, int | str] = ("expert", partie.expert.id if partie.expert else un.email)
        if partie.service:
            cle = ("service", partie.service.id)
        deja = parties.get(cle)
        if deja and deja.agent and partie.agent and deja.agent != partie.agent:
            raise Invalid(
                un.champ,
                f"{deja.agent.nom_affiche} et {partie.agent.nom_affiche} répondent pour le même service, {partie.nom}, "
                "qui ne donne qu’un avis\u00a0: nommez une seule personne.",
            )
        parties[cle] = deja if deja and not partie.agent else partie
    if not parties:
        raise Invalid("service", "Choisissez à qui demander un avis\u00a0: un service, ou une adresse électronique.")
    return list(parties.values())


def _partie(session: Session, viewer: Acteur, un: Consulte) -> Partie:
    if un.email:
        return _of_address(session, viewer, un)
    if un.expert_id is not None:
        expert = session.get(Expert, un.expert_id)
        if expert is None:
            raise Invalid(un.champ, "Cette personne n’est plus connue du portail. Écrivez son adresse.")
        return Partie(expert=expert, dit=un)
    service = session.get(Service, un.service_id) if un.service_id is not None else None
    if service is None or service.id == viewer.service_id:
        raise Invalid(un.champ, SERVICE_A_CHOISIR)
    if un.agent_id is None:
        return Partie(service=service, dit=un)
    agent = session.scalars(of_service(service.id).where(User.id == un.agent_id)).first()
    if agent is None:
        raise Invalid(un.champ, f"Cette personne ne donne pas d’avis pour {service.sigle}.")
    return Partie(service=service, agent=agent, dit=un)


def _of_address(session: Session, viewer: Acteur, un: Consulte) -> Partie:
    """An agent answers for its service; an address that no agent bears is that of somebody outside."""
    agent = session.scalars(
        select(User).where(User.genre == GenreUser.AGENT, User.email == un.email, User.disabled_at.is_(None))
    ).first()
    if agent is None:
        return Partie(expert=session.scalars(select(Expert).where(Expert.email == un.email)).first(), dit=un)
    service = session.scalars(
        select(Service)
        .join(Affectation, Affectation.service_id == Service.id)
        .where(
            Affectation.user_id == agent.id,
            Affectation.ended_at.is_(None),
            Affectation.role.in_(list(ROLES_ACTIFS)),
            Service.id != viewer.service_id,
        )
        .order_by(Affectation.id)
        .limit(1)
    ).first()
    if service is None:
        raise Invalid(
            un.champ,
            f"{agent.nom_affiche} est agent du portail, mais d’aucun autre service pour lequel donner un avis\u00a0: "
            "saisissez plutôt un service.",
        )
    return Partie(service=service, agent=agent, dit=un)


def awaited(session: Session, *, service_id: int | None, dossiers: Collection[int]) -> set[tuple[int, Cle]]:
    """Of those dossiers, the (id, party) whose avis that service already waits for."""
    attendues = (
        select(DemandeAvis.dossier_id, DemandeAvis.service_id, DemandeAvis.expert_id)
        .where(
            DemandeAvis.dossier_id.in_(dossiers),
            DemandeAvis.demandeur_service_id == service_id,
            DemandeAvis.repondue_at.is_(None),
            DemandeAvis.close_at.is_(None),
        )
        .order_by(DemandeAvis.id)
    )
    return {(ident or 0, (service, expert)) for ident, service, expert in session.execute(attendues)}


def names(parties: Iterable[Partie]) -> str:
    """« DDETS 69 et DRAJES »."""
    *premiers, dernier = (une.nom for une in parties)
    return f"{', '.join(premiers)} et {dernier}" if premiers else dernier


def closed_lists(session: Session, dossiers: Collection[int]) -> dict[int, set[Cle]]:
    """Of the démarches of these dossiers, those whose list is closed, with who is on it."""
    les_leurs = select(Dossier.demarche_id).where(Dossier.id.in_(dossiers))
    fermees = select(Demarche.id).where(Demarche.id.in_(les_leurs), Demarche.avis_liste_fermee)
    listes: dict[int, set[Cle]] = {ident: set() for ident in session.scalars(fermees.order_by(Demarche.id))}
    siens = select(ConsulteDemarche).where(ConsulteDemarche.demarche_id.in_(listes)).order_by(ConsulteDemarche.id)
    for un in session.scalars(siens) if listes else ():
        listes[un.demarche_id].add((un.service_id, un.expert_id))
    return listes


def represents(session: Session, association_id: int | None, email: str) -> bool:
    """That address is one of somebody who acts for the association: it gives no avis on it."""
    sien = select(Mandat.id).join(User, User.id == Mandat.user_id)
    actifs = (Mandat.association_id == association_id, Mandat.ended_at.is_(None), User.email == email)
    return session.scalar(sien.where(*actifs).limit(1)) is not None


def recused(session: Session, objet: Dossier | Association) -> set[int]:
    """Agents who have declared a conflict of interest on that object; on a dossier, or on its association."""
    if isinstance(objet, Dossier):
        return recused_by_dossier(session, [objet.id]).get(objet.id, set())
    siennes = select(Recusation.user_id).where(Recusation.association_id == objet.id)
    return set(session.scalars(siennes.order_by(Recusation.user_id)))


def recused_by_dossier(session: Session, dossiers: Collection[int]) -> dict[int, set[int]]:
    """The same of several dossiers, by their ids: those on which nobody has declared any have no entry."""
    sur = or_(Recusation.dossier_id == Dossier.id, Recusation.association_id == Dossier.association_id)
    lignes = session.execute(
        select(Dossier.id, Recusation.user_id)
        .join(Recusation, sur)
        .where(Dossier.id.in_(dossiers))
        .order_by(Dossier.id)
    )
    par_dossier: dict[int, set[int]] = {}
    for dossier_id, user_id in lignes:
        par_dossier.setdefault(dossier_id, set()).add(user_id)
    return par_dossier


def answerers_of(session: Session, parties: Iterable[Partie]) -> dict[int, set[int]]:
    """The agents who may give the avis of each service among these parties, by its id."""
    services = {une.service.id for une in parties if une.service is not None}
    lignes = session.execute(
        select(Affectation.service_id, User.id)
        .join(User, User.id == Affectation.user_id)
        .where(
            Affectation.service_id.in_(services),
            Affectation.role.in_(list(ROLES_ACTIFS)),
            Affectation.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
        .order_by(Affectation.id)
    )
    par_service: dict[int, set[int]] = {ident: set() for ident in services}
    for service_id, user_id in lignes:
        par_service[service_id].add(user_id)
    return par_service


def conflict(une: Partie, agents: Mapping[int, set[int]], recuses: Collection[int]) -> str:
    """Why a conflict of interest keeps that party from answering, "" when none does. Pure.

    `agents`: of each service; `recuses`: those who have declared one on the object.
    """
    if une.service is None or not recuses:
        return ""
    if une.agent is not None:
        return agent_recused(une.agent.nom_affiche) if une.agent.id in recuses else ""
    siens = agents[une.service.id]
    return service_recused(une.service.sigle) if siens and siens <= set(recuses) else ""
