"""The faults the simulator can have, as data, and the seeded draw that decides when each one strikes.

Each fault has a draw of its own: the same seed and rates give it the same strikes, whatever the others do.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Lieu(StrEnum):
    """Where a fault strikes."""

    ACCES = "avant de lire la requête"
    PAGE = "en composant une page"
    MUTATION = "autour d’une mutation"
    VERITE = "dans les dossiers, avant de répondre"
    CONTENU = "dans la réponse JSON"
    CANAL = "sur la connexion"
    FICHIER = "en servant un fichier"
    CROCHET = "en annonçant un changement"


@dataclass(frozen=True, slots=True)
class Panne:
    """A fault: its name, where it strikes, what people see of it."""

    nom: str
    lieu: Lieu
    description: str


_TOUTES = (
    Panne("trop_de_requetes", Lieu.ACCES, "429 avec RateLimit-Reset"),
    Panne("trop_de_requetes_muet", Lieu.ACCES, "429 sans aucun en-tête"),
    Panne("erreur_500", Lieu.ACCES, "500 de l’application, rien n’est appliqué"),
    Panne("erreur_502", Lieu.ACCES, "502 du frontal, rien n’est appliqué"),
    Panne("jeton_revoque", Lieu.ACCES, "jeton inconnu le temps d’une requête"),
    Panne("page_repetee", Lieu.PAGE, "la page d’avant le curseur est servie à sa place"),
    Panne("curseur_refuse", Lieu.PAGE, "bad_request sur un curseur pourtant donné"),
    Panne("delai_avant", Lieu.MUTATION, "la connexion pend puis se ferme, rien n’est appliqué"),
    Panne("delai_apres", Lieu.MUTATION, "la mutation est appliquée, la connexion pend puis se ferme"),
    Panne("rangs_mouvants", Lieu.VERITE, "un dossier est touché entre deux pages"),
    Panne("ecriture_tardive", Lieu.VERITE, "un dossier apparaît, daté de quelques minutes plus tôt"),
    Panne("suppression_retablie", Lieu.VERITE, "un dossier passe à la corbeille et en revient peu après"),
    Panne("horloge_derivee", Lieu.VERITE, "l’horloge saute jusqu’à cinq minutes, dans un sens ou dans l’autre"),
    Panne("delai_partiel", Lieu.CONTENU, "erreur racine timeout, données partielles"),
    Panne("champ_nul", Lieu.CONTENU, "invalid_null, toujours pour les mêmes dossiers"),
    Panne("type_inconnu", Lieu.CONTENU, "un champ d’un type absent du schéma"),
    Panne("valeur_inconnue", Lieu.CONTENU, "une énumération d’une valeur absente du schéma"),
    Panne("erreur_504", Lieu.CANAL, "504 du frontal, la requête a eu son effet"),
    Panne("html", Lieu.CANAL, "une page HTML avec un statut 200"),
    Panne("json_tronque", Lieu.CANAL, "la moitié du JSON, dans une réponse complète"),
    Panne("json_malforme", Lieu.CANAL, "un JSON qui ne se lit pas"),
    Panne("coupure", Lieu.CANAL, "connexion réinitialisée au milieu du corps"),
    Panne("url_expiree", Lieu.FICHIER, "403 sur une adresse encore valable"),
    Panne("somme_fausse", Lieu.FICHIER, "des octets qui ne sont pas ceux de la somme annoncée"),
    Panne("crochet_double", Lieu.CROCHET, "la même annonce deux fois"),
    Panne("crochet_desordonne", Lieu.CROCHET, "une annonce après la suivante"),
    Panne("crochet_forge", Lieu.CROCHET, "une annonce fausse, mal signée"),
)
PANNES: Mapping[str, Panne] = {une.nom: une for une in _TOUTES}


def lire_panne(texte: str) -> tuple[str, float]:
    """The fault and the rate that « nom=taux » names, the rate between 0 and 1. Raises ValueError, in French."""
    nom, egal, taux = texte.partition("=")
    try:
        lu = float(taux.replace(",", ".")) if egal else 1.0
    except ValueError:
        raise ValueError(f"{texte}\u00a0: le taux d’une panne est un nombre entre 0 et 1.") from None
    return verifier(nom.strip(), lu)


def verifier(nom: str, taux: float) -> tuple[str, float]:
    """The same pair when it makes sense. Raises ValueError, in French, with the names that exist."""
    if nom not in PANNES:
        raise ValueError(f"{nom}\u00a0: panne inconnue. Pannes possibles\u00a0: {', '.join(PANNES)}.")
    if not 0 <= taux <= 1:
        raise ValueError(f"{nom}\u00a0: le taux d’une panne est un nombre entre 0 et 1.")
    return nom, taux


class Pannes:
    """The rates in force and the strikes so far. Threads may share one. `duree` (seconds) is how long a wait hangs."""

    def __init__(self, taux: Mapping[str, float] | None = None, *, graine: int = 1, duree: float = 5.0) -> None:
        self.duree = duree
        self._verrou = threading.Lock()
        self._comptes = dict.fromkeys(PANNES, 0)
        self.regler(taux or {}, graine=graine)

    def regler(self, taux: Mapping[str, float], *, graine: int | None = None, duree: float | None = None) -> None:
        """Replace all rates (a fault left out no longer strikes); a seed starts every draw again. Raises ValueError."""
        nouveaux = dict(verifier(nom, un) for nom, un in taux.items())
        with self._verrou:
            self._taux = nouveaux
            self.duree = self.duree if duree is None else duree
            if graine is not None:
                self.graine = graine
                self._tirages = {nom: Random(f"{graine}/{nom}") for nom in PANNES}
                self._sorts: dict[tuple[str, int], float] = {}

    def frappe(self, nom: str) -> bool:
        """Draw: whether that fault strikes now. A strike is counted."""
        with self._verrou:
            taux = self._taux.get(nom, 0)
            if not taux or self._tirages[nom].random() >= taux:
                return False
            self._comptes[nom] += 1
            return True

    def touche(self, nom: str, number: int) -> bool:
        """Whether that fault has chosen that dossier, for as long as seed and rate stay. Counted by `compter`."""
        taux = self._taux.get(nom, 0)
        if taux and (nom, number) not in self._sorts:
            self._sorts[nom, number] = Random(f"{self.graine}/{nom}/{number}").random()
        return bool(taux) and self._sorts[nom, number] < taux

    def compter(self, nom: str) -> None:
        """Count a strike that was not drawn."""
        with self._verrou:
            self._comptes[nom] += 1

    def tirage(self, nom: str) -> Random:
        """The draw of that fault, to choose what it strikes; the truth's lock is held by whoever uses it."""
        return self._tirages[nom]

    def actives(self, lieu: Lieu) -> tuple[str, ...]:
        """The faults of that place whose rate is not nil."""
        return tuple(nom for nom in self._taux if self._taux[nom] and PANNES[nom].lieu is lieu)

    def comptes(self) -> dict[str, int]:
        """How many times each fault struck."""
        with self._verrou:
            return dict(self._comptes)

    def taux(self) -> dict[str, float]:
        """The rates in force, nil ones left out."""
        return {nom: un for nom, un in self._taux.items() if un}
