"""What the filters of the queue offer, and how the active ones read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, and_, any_, cast, exists, func, literal, null, or_, select, union, union_all
from sqlalchemy.orm import Session

from portal.formats import ESPACE_INSECABLE, aujourdhui, date_fr, majuscule, montant_fr, mots_de_recherche
from portal.models.connexion import User
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.file_agents import Etiquette
from portal.models.services import Affectation
from portal.permissions import Acteur
from portal.queries.departements import INCONNU, nom
from portal.queries.filtres_dossiers import AUCUN, LIBELLES_CER_FILE, MOI, OUI, FiltreDossiers
from portal.queries.lignes_file import nom_affiche
from portal.vocabulaire import LIBELLES_ETAT_AGENT, Etat
from portal.vocabulaire_instruction import LIBELLES_ETAT_DES_AVIS, LIBELLES_ORIGINE_DOSSIER

Option = tuple[str, str]
TITRES = {
    "etat": "État",
    "demarche": "Démarche",
    "exercice": "Exercice",
    "instructeur": "Suivi par",
    "suivi": "Que je suis",
    "territoire": "Territoire",
    "montant_min": "Demandé, au moins",
    "montant_max": "Demandé, au plus",
    "depot_apres": "Déposé depuis le",
    "depot_avant": "Déposé jusqu’au",
    "avis": "Avis",
    "cer": "CER",
    "retard": "En retard",
    "etiquette": "Étiquette",
    "source": "Arrivé par",
    "q": "Recherche",
}
ANNEES_PASSEES = 4
TOUS, TOUTES = ("", "Tous"), ("", "Toutes")


@dataclass(frozen=True, slots=True)
class OptionsFile:
    """Choices of each filter, by criterion: (value, label), the first meaning no filter."""

    choix: dict[str, tuple[Option, ...]]

    def puces(self, filtre: FiltreDossiers) -> list[tuple[str, dict[str, str]]]:
        """Each active criterion in words, with the arguments of the same view without it."""
        return [
            (f"{TITRES[critere]}{ESPACE_INSECABLE}: {self._libelle(filtre, critere)}", filtre.sans(critere))
            for critere in filtre.criteres
        ]

    def _libelle(self, filtre: FiltreDossiers, critere: str) -> str:
        valeur = getattr(filtre, critere)
        if critere in ("montant_min", "montant_max"):
            return montant_fr(valeur)
        if critere in ("depot_apres", "depot_avant"):
            return date_fr(valeur)
        return dict(self.choix.get(critere, ())).get(str(valeur), str(valeur))


def read(session: Session, viewer: Acteur, args: Mapping[str, str]) -> FiltreDossiers:
    """The view that an address tells; a label given by its name is looked up among those of the service."""
    filtre = FiltreDossiers.from_args(args)
    if not filtre.etiquette or filtre.etiquette.isdigit():
        return filtre
    siennes = session.execute(
        select(Etiquette.id, Etiquette.nom).where(Etiquette.service_id == viewer.service_id).order_by(Etiquette.id)
    )
    cherchee = mots_de_recherche(filtre.etiquette)
    trouvees = [ident for ident, nom_donne in siennes if mots_de_recherche(nom_donne) == cherchee]
    if trouvees:
        return replace(filtre, etiquette=str(trouvees[0]))
    phrase = (
        f"Votre service n’a pas d’étiquette «{ESPACE_INSECABLE}{filtre.etiquette}{ESPACE_INSECABLE}»"
        f"{ESPACE_INSECABLE}: ce critère est laissé de côté."
    )
    a_corriger = f'{filtre.a_corriger} etiquette:"{filtre.etiquette}"'.strip()
    return replace(filtre, etiquette="", ignores=(*filtre.ignores, phrase), a_corriger=a_corriger)


def get(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> OptionsFile:
    """Choices for this viewer, in one statement that does not read the queue."""
    annee = aujourdhui().year
    etats = ((e.value, majuscule(mots)) for e, mots in LIBELLES_ETAT_AGENT.items() if e != Etat.BROUILLON)
    annees = {*range(annee - ANNEES_PASSEES, annee + 2), filtre.exercice or annee}
    lus: dict[str, list[Option]] = {"demarche": [], "instructeur": [], "etiquette": [], "territoire": []}
    for critere, valeur, libelle in session.execute(
        _lues(
            viewer.service_id,
            viewer.user_id,
            filtre.demarche,
            int(filtre.instructeur) if filtre.instructeur.isdigit() else None,
            filtre.etiquette,
            filtre.territoire,
        )
    ):
        lus[critere].append(
            (valeur or INCONNU, nom(valeur or INCONNU)) if critere == "territoire" else (valeur, libelle)
        )
    return OptionsFile(
        {
            "etat": (TOUS, *etats),
            "source": (TOUTES, *((o.value, mots) for o, mots in LIBELLES_ORIGINE_DOSSIER.items())),
            "demarche": (TOUTES, *lus["demarche"]),
            "exercice": (TOUS, *((str(n), str(n)) for n in sorted(annees, reverse=True))),
            "instructeur": (("", "Tous"), (MOI, "Moi"), (AUCUN, "Personne"), *lus["instructeur"]),
            "suivi": (TOUS, (MOI, "oui")),
            "territoire": (TOUS, *lus["territoire"]),
            "avis": (TOUS, *((e.value, mots) for e, mots in LIBELLES_ETAT_DES_AVIS.items())),
            "cer": (TOUS, *((code, majuscule(mots)) for code, mots in LIBELLES_CER_FILE.items())),
            "retard": (TOUS, (OUI, "Oui, l’échéance est passée")),
            "etiquette": (TOUTES, *lus["etiquette"]),
        }
    )


# To build the statement anew cost each page more than to execute it.
@lru_cache(maxsize=256)
def _lues(
    service_id: int | None,
    user_id: int | None,
    demarche: int | None,
    instructeur: int | None,
    etiquette: str,
    territoire: str,
) -> Select[*tuple[Any, ...]]:
    """(criterion, value, label) of what the base alone knows, each list in its order."""
    parties = (
        _demarches(service_id, demarche),
        _agents(service_id, user_id, instructeur),
        _etiquettes(service_id, etiquette),
        _territoires(service_id, territoire),
    )
    lues = union_all(*(select(partie.subquery()) for partie in parties)).subquery()
    critere, valeur, libelle = lues.c
    return select(critere, valeur, libelle).order_by(critere, libelle, valeur)


def _option(critere: str, valeur: Any, libelle: Any) -> Select[*tuple[Any, ...]]:
    return select(literal(critere).label("critere"), cast(valeur, String).label("valeur"), libelle.label("libelle"))


def _demarches(service_id: int | None, demarche: int | None) -> Select[*tuple[Any, ...]]:
    """Démarches of the service and of its groupes instructeurs, and the one in use where it reads a dossier of it."""
    groupes = select(GroupeInstructeur.demarche_id).where(GroupeInstructeur.service_id == service_id)
    choix = or_(Demarche.service_id == service_id, Demarche.id.in_(groupes))
    if demarche is not None:
        lue = exists().where(AccesDossier.service_id == service_id, AccesDossier.demarche_id == demarche)
        choix = or_(choix, and_(Demarche.id == demarche, lue))
    return _option("demarche", Demarche.id, Demarche.titre).where(choix)


def _agents(service_id: int | None, user_id: int | None, instructeur: int | None) -> Select[*tuple[Any, ...]]:
    """The other agents of the service, and the one in use where she is of it or follows a dossier that it reads."""
    siens = select(Affectation.user_id).where(Affectation.service_id == service_id, Affectation.ended_at.is_(None))
    trouves = [siens.where(Affectation.user_id != user_id)]
    if instructeur is not None:
        suit = (
            select(Dossier.instructeur_id)
            .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
            .where(Dossier.instructeur_id == instructeur, AccesDossier.service_id == service_id)
            .limit(1)
        )
        trouves += [siens.where(Affectation.user_id == instructeur), select(suit.subquery())]
    # As an array: PostgreSQL would rather read every account than look some tens up.
    ids = func.array(union(*trouves).scalar_subquery())
    return _option("instructeur", User.id, nom_affiche()).where(User.id == any_(ids))


def _etiquettes(service_id: int | None, etiquette: str) -> Select[*tuple[Any, ...]]:
    """The labels of the service that are offered, and the one in use."""
    en_usage = int(etiquette) if etiquette.isdigit() else 0
    return _option("etiquette", Etiquette.id, Etiquette.nom).where(
        Etiquette.service_id == service_id, or_(Etiquette.retiree_at.is_(None), Etiquette.id == en_usage)
    )


def _territoires(service_id: int | None, territoire: str) -> Select[*tuple[Any, ...]]:
    """The départements met in the dossiers of the service, each found in one step of its index, and the one in use."""
    siens = Dossier.service_id == service_id
    premier = select(func.min(Dossier.departement).label("code")).where(siens).cte("territoires", recursive=True)
    suivant = select(func.min(Dossier.departement)).where(siens, Dossier.departement > premier.c.code).scalar_subquery()
    tous = premier.union_all(select(suivant).where(premier.c.code.is_not(None)))
    en_usage = literal(territoire.replace(INCONNU, "") if territoire else None, String)
    codes = union(select(tous.c.code), select(en_usage)).subquery()
    return _option("territoire", codes.c.code, codes.c.code).where(codes.c.code.is_not(null()))
