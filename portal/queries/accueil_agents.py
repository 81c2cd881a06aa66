"""The home of an agent: numbers, each with the list that it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.db import POUR_CES_VALEURS
from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.connexion import SessionConnexion, User
from portal.models.decisions import Delegation
from portal.models.dossiers import AccesDossier
from portal.models.envois import Courriel, OperationDS
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.permissions import Acteur
from portal.queries import dossiers
from portal.queries.dossiers import in_scope
from portal.queries.filtres_dossiers import MOI, OUI, FiltreDossiers
from portal.vocabulaire import EtatEnvoi
from portal.vocabulaire_file import LIBELLES_ONGLET, Onglet
from portal.vocabulaire_instruction import ETAPES_OUVERTES, EtatDesAvis

PREAVIS_DELEGATIONS = timedelta(days=60)
CHARGES_MONTREES = 15
# A letter tried so many times does not leave by itself.
ESSAIS = 3


@dataclass(frozen=True, slots=True)
class Compteur:
    """So many dossiers, and the arguments of the queue that lists exactly them. `mots`: (singular, plural)."""

    mots: tuple[str, str]
    nombre: int
    args: Mapping[str, str]

    @property
    def libelle(self) -> str:
        """« 1 dossier à décider », « plus de 1 000 dossiers à décider »."""
        seul, plusieurs = self.mots
        if self.nombre > dossiers.COMPTE_MAXIMAL:
            return f"plus de 1\u00a0000 {plusieurs}"
        return f"{self.nombre or 'aucun'} {seul if self.nombre < 2 else plusieurs}"


# (singular, plural, view), in the order of the page. What only whoever acts is asked for is told to nobody else.
A_FAIRE = (
    ("dossier à prendre en charge", "dossiers à prendre en charge", FiltreDossiers(onglet=Onglet.A_PRENDRE)),
    ("dossier suivi par vous", "dossiers suivis par vous", FiltreDossiers(onglet=Onglet.SUIVIS)),
    ("avis à donner sur un dossier", "avis à donner sur des dossiers", FiltreDossiers(onglet=Onglet.AVIS_A_DONNER)),
)
A_DECIDER = (
    ("dossier à décider", "dossiers à décider", FiltreDossiers(onglet=Onglet.A_DECIDER)),
    ("décision à notifier", "décisions à notifier", FiltreDossiers(onglet=Onglet.A_NOTIFIER)),
)
EN_RETARD = (
    (
        "de vos dossiers a dépassé son délai",
        "de vos dossiers ont dépassé leur délai",
        FiltreDossiers(instructeur=MOI, retard=OUI),
    ),
    (
        "dossier du service a dépassé son délai",
        "dossiers du service ont dépassé leur délai",
        FiltreDossiers(retard=OUI),
    ),
    (
        "dossier attend un avis en retard",
        "dossiers attendent un avis en retard",
        FiltreDossiers(avis=EtatDesAvis.EN_RETARD),
    ),
)
ETAPES_DU_GRAPHIQUE = (Onglet.A_PRENDRE, Onglet.AVIS, Onglet.COMPLEMENT, Onglet.A_DECIDER, Onglet.A_NOTIFIER)


@dataclass(frozen=True, slots=True)
class Accueil:
    """What the home shows of the queue. `depuis`: the last visit (UTC), a week ago for whoever comes for the first time.

    `etapes`: (label, tab, how many dossiers stand there).
    """

    a_faire: Sequence[Compteur]
    en_retard: Sequence[Compteur]
    arrives: Compteur
    etapes: Sequence[tuple[str, Onglet, int]]
    depuis: datetime
    premiere: bool

    @property
    def barres(self) -> Sequence[tuple[str, int]]:
        """(label, number), as the chart takes them."""
        return [(libelle, nombre) for libelle, _onglet, nombre in self.etapes]


@dataclass(frozen=True, slots=True)
class Charge:
    """How many open dossiers an agent instructs; `nom` is empty for those of nobody."""

    user_id: int | None
    nom: str
    nombre: int


@dataclass(frozen=True, slots=True)
class EtatTechnique:
    """For administrators. `lu_at` (UTC): when everything of a démarche was last read at DS."""

    lu_at: datetime | None
    ecartes: int
    refusees: int
    courriels_bloques: int
    courriels_refuses: int


def get(session: Session, viewer: Acteur, *, agit: bool, decide: bool) -> Accueil:
    """In two statements. `agit`: instructs; `decide`: decides for the service."""
    avant = _last_visit(session, viewer)
    depuis = avant or maintenant() - timedelta(days=7)
    choix = (A_FAIRE[1:2] if not agit else A_FAIRE) + (A_DECIDER if decide else ())
    arrives = FiltreDossiers(depot_apres=depuis.astimezone(PARIS).date())
    nouveaux = (*_arrives(depuis.astimezone(PARIS).date() == aujourdhui()), arrives)
    graphique = tuple((LIBELLES_ONGLET[un], "", FiltreDossiers(onglet=un)) for un in ETAPES_DU_GRAPHIQUE)
    tous = (*choix, *EN_RETARD, nouveaux, *graphique)
    compteurs = [
        Compteur((un, plusieurs), nombre, filtre.args())
        for (un, plusieurs, filtre), nombre in zip(tous, _counts(session, viewer, [f for *_, f in tous]), strict=True)
    ]
    retards = compteurs[len(choix) : len(choix) + len(EN_RETARD)]
    etapes = zip(ETAPES_DU_GRAPHIQUE, compteurs[-len(ETAPES_DU_GRAPHIQUE) :], strict=True)
    return Accueil(
        a_faire=[un for un in compteurs[: len(choix)] if un.nombre],
        en_retard=[un for un in retards if un.nombre],
        arrives=compteurs[-len(ETAPES_DU_GRAPHIQUE) - 1],
        etapes=[(LIBELLES_ONGLET[onglet], onglet, un.nombre) for onglet, un in etapes],
        depuis=depuis,
        premiere=avant is None,
    )


def _arrives(aujourd_hui: bool) -> tuple[str, str]:
    """How the dossiers filed since the last visit are counted in words: (singular, plural)."""
    quand = "aujourd’hui" if aujourd_hui else "depuis ce jour-là"
    return f"dossier déposé {quand}", f"dossiers déposés {quand}"


def _counts(session: Session, viewer: Acteur, filtres: Sequence[FiltreDossiers]) -> Sequence[int]:
    """How many dossiers each view holds, no further than COMPTE_MAXIMAL + 1, in one statement."""
    choix = []
    for filtre in filtres:
        places = select(AccesDossier.dossier_id).where(*dossiers.conditions(viewer, filtre))
        vues = places.limit(dossiers.au_plus(dossiers.COMPTE_MAXIMAL + 1)).subquery()
        choix.append(select(func.count()).select_from(vues).scalar_subquery())
    return tuple(session.execute(select(*choix), execution_options=POUR_CES_VALEURS).one())


def _last_visit(session: Session, viewer: Acteur) -> datetime | None:
    """When this agent was last here before the present login session, which lasts twelve hours at most."""
    avant = select(func.max(SessionConnexion.last_seen_at)).where(
        SessionConnexion.user_id == viewer.user_id, SessionConnexion.id < (viewer.session_id or 0)
    )
    return session.scalar(avant)


def list_loads(session: Session, viewer: Acteur) -> Sequence[Charge]:
    """How the open dossiers of the service are shared out, the most loaded first; those of nobody come with them."""
    nombre = func.count().label("nombre")
    lignes = session.execute(
        select(AccesDossier.instructeur_id, User.prenom, User.nom, User.email, nombre)
        .outerjoin(User, User.id == AccesDossier.instructeur_id)
        .where(in_scope(viewer), AccesDossier.etape.in_(sorted(ETAPES_OUVERTES)))
        .group_by(AccesDossier.instructeur_id, User.prenom, User.nom, User.email)
        .order_by(nombre.desc(), AccesDossier.instructeur_id)
        .limit(CHARGES_MONTREES)
    )
    return [
        Charge(user_id, f"{prenom or ''} {nom or ''}".strip() or email or "", combien)
        for user_id, prenom, nom, email, combien in lignes
    ]


def list_ending_delegations(session: Session, viewer: Acteur) -> Sequence[Delegation]:
    """Délégations of the service that end within sixty days, the soonest first; those that have ended are no news."""
    jour = aujourdhui()
    choix = select(Delegation).where(
        Delegation.service_id == viewer.service_id,
        Delegation.retiree_at.is_(None),
        Delegation.fin.between(jour, jour + PREAVIS_DELEGATIONS),
    )
    proches = choix.options(joinedload(Delegation.user)).order_by(Delegation.fin, Delegation.id).limit(CHARGES_MONTREES)
    return session.scalars(proches).all()


def technical_state(session: Session) -> EtatTechnique:
    """What an administrator looks at first, in one statement."""
    lu = select(func.max(SyncRun.ended_at)).where(SyncRun.erreur == "")
    ecartes = select(func.count()).select_from(Quarantaine)
    refusees = select(func.count()).select_from(OperationDS).where(OperationDS.etat == EtatEnvoi.REFUSE)
    bloques = (
        select(func.count())
        .select_from(Courriel)
        .where(Courriel.etat.in_((EtatEnvoi.A_ENVOYER, EtatEnvoi.EN_COURS)), Courriel.essais >= ESSAIS)
    )
    semaine = maintenant() - timedelta(days=7)
    refuses = (
        select(func.count())
        .select_from(Courriel)
        .where(Courriel.etat == EtatEnvoi.REFUSE, Courriel.created_at > semaine)
    )
    choix = (un.scalar_subquery() for un in (lu, ecartes, refusees, bloques, refuses))
    return EtatTechnique(*session.execute(select(*choix)).one())
