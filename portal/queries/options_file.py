"""What the filters of the queue offer, and how the active ones read."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.formats import ESPACE_INSECABLE, PARIS, maintenant, majuscule
from portal.models.connexion import User
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.services import Affectation
from portal.permissions import Acteur
from portal.queries.filtres_dossiers import AUCUN, CRITERES, MOI, FiltreDossiers
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_SOURCE, Etat

Option = tuple[str, str]
TITRES = {
    "etat": "État",
    "source": "Source",
    "demarche": "Démarche",
    "exercice": "Exercice",
    "instructeur": "Suivi par",
    "q": "Recherche",
}
ANNEES_PASSEES = 4


@dataclass(frozen=True, slots=True)
class OptionsFile:
    """Choices of each filter, by criterion: (value, label), the first meaning no filter."""

    choix: dict[str, tuple[Option, ...]]

    def puces(self, filtre: FiltreDossiers) -> list[tuple[str, dict[str, str]]]:
        """Each active criterion in words, with the arguments of the same view without it."""
        actifs = filtre.args()
        return [
            (f"{TITRES[nom]}{ESPACE_INSECABLE}: {self._libelle(nom, actifs[nom])}", filtre.sans(nom))
            for nom in CRITERES
            if nom in actifs
        ]

    def _libelle(self, critere: str, valeur: str) -> str:
        return dict(self.choix.get(critere, ())).get(valeur, valeur)


def get(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> OptionsFile:
    """Choices for this viewer, in two small queries that do not read the queue."""
    tous, toutes = ("", "Tous"), ("", "Toutes")
    annee = maintenant().astimezone(PARIS).year
    etats = (
        (etat.value, majuscule(libelle)) for etat, libelle in LIBELLES_ETAT_AGENT.items() if etat != Etat.BROUILLON
    )
    sources = ((source.value, libelle) for source, libelle in LIBELLES_SOURCE.items())
    exercices = ((str(n), str(n)) for n in range(annee + 1, annee - ANNEES_PASSEES - 1, -1))
    return OptionsFile(
        {
            "etat": (tous, *etats),
            "source": (toutes, *sources),
            "demarche": (toutes, *_demarches(session, viewer, filtre)),
            "exercice": (tous, *exercices),
            "instructeur": (("", "Tous"), (MOI, "Moi"), (AUCUN, "Personne"), *_agents(session, viewer)),
        }
    )


def _demarches(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> list[Option]:
    """Démarches of the service and of its groupes instructeurs, and the one in use: a short list, without a walk of the queue."""
    groupes = select(GroupeInstructeur.demarche_id).where(GroupeInstructeur.service_id == viewer.service_id)
    lignes = session.execute(
        select(Demarche.id, Demarche.titre)
        .where(or_(Demarche.service_id == viewer.service_id, Demarche.id.in_(groupes), Demarche.id == filtre.demarche))
        .order_by(Demarche.titre, Demarche.id)
    )
    return [(str(ident), titre) for ident, titre in lignes]


def _agents(session: Session, viewer: Acteur) -> list[Option]:
    """The other agents of the service."""
    agents = session.scalars(
        select(User)
        .join(Affectation, Affectation.user_id == User.id)
        .where(Affectation.service_id == viewer.service_id, Affectation.ended_at.is_(None), User.id != viewer.user_id)
        .order_by(User.nom, User.prenom, User.id)
    )
    return [(str(agent.id), agent.nom_affiche) for agent in agents]
