"""What each dossier of the bench is: everything follows from its rank, so that the same number always gives the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from portal.vocabulaire import Etat, Source
from portal.vocabulaire_cer import EtatCer

SERVICES = 40
DOSSIERS_PAR_AGENT = 900  # in three years, in the measured service; three agents at least
RANGS_PAR_SERVICE = 100
DEMARCHES_PAR_SERVICE = 3
ETIQUETTES = ("Prioritaire", "À revoir", "Quartier prioritaire", "Renouvellement", "Dossier sensible")
DEPARTEMENTS = ("69", "69", "69", "01", "38", "42", "")
MOT_RARE = "xylophone"
MOT_COURANT = "quartier"
DEBUT = datetime(2023, 12, 1, tzinfo=UTC)
DUREE = timedelta(days=3 * 360)
GENRES = ("Amis", "Club", "Collectif", "Comité", "Compagnie", "Foyer rural", "Harmonie", "Maison", "Atelier", "Union")
SUJETS = (
    "du canal",
    "de la vallée",
    "des Tilleuls",
    "des jeunes",
    "de la Croix-Rousse",
    "du livre",
    "des aînés",
    "du vélo",
)
ACTIONS = ("Ateliers de lecture", "Accompagnement à la scolarité", "Tournoi solidaire", "Jardin partagé", "Formation")
PUBLICS = ("pour les enfants du quartier", "pour les bénévoles", "des familles du quartier", "des personnes isolées")
COMMUNES = ("Lyon", "Villeurbanne", "Vénissieux", "Bron", "Décines-Charpieu", "Saint-Priest", "Oullins-Pierre-Bénite")
OUVERTS = (Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION)
CLOS = (Etat.ACCEPTE, Etat.ACCEPTE, Etat.REFUSE)
Choix = TypeVar("Choix")
Ligne = dict[str, Any]


def tirer(rang: int, sel: int, parmi: Sequence[Choix]) -> Choix:
    """A choice that depends on nothing but its arguments."""
    return parmi[((rang * 2_654_435_761 + sel * 40_503) >> 9) % len(parmi)]


def agent_de(service: int, rang: int) -> int:
    """An agent of a service, the first being 0."""
    return (service - 1) * RANGS_PAR_SERVICE + 1 + rang


@dataclass(frozen=True)
class Plan:
    """How many dossiers, and what follows from it."""

    dossiers: int

    @property
    def associations(self) -> int:
        """One association for ten dossiers."""
        return max(self.dossiers // 10, 20)

    def service(self, rang: int) -> int:
        """The owner of a dossier."""
        return 1 if rang % 4 == 0 else tirer(rang, 1, range(2, SERVICES + 1))

    def saisi(self, rang: int) -> int | None:
        """The service asked for its avis, if any."""
        return self.service(rang) % SERVICES + 1 if rang % 7 == 0 else None

    def recent(self, rang: int) -> bool:
        """Filed in the last seven months."""
        return rang > self.dossiers * 0.8

    def rendu(self, rang: int) -> bool:
        """Four avis in five have been given, and all the old ones."""
        return self.saisi(rang) is not None and (rang % 5 != 0 or not self.recent(rang))

    @property
    def agents(self) -> int:
        """How many agents each service has, as many as their numbers leave room for."""
        return min(max(3, self.dossiers // 4 // DOSSIERS_PAR_AGENT), RANGS_PAR_SERVICE)

    def agent(self, rang: int) -> int:
        """The agent who follows a dossier."""
        return agent_de(self.service(rang), rang // 4 % self.agents)

    def exercice(self, rang: int) -> int:
        """That of the filing, the next one from October."""
        depot = self.depot(rang)
        return depot.year + (depot.month >= 10)

    def cer(self, association: int | None) -> EtatCer:
        """One association in three has signed, half of them through a proved link."""
        if association is None or association % 3 != 1:
            return EtatCer.MANQUANT
        return EtatCer.SIGNE if association % 2 else EtatCer.DECLARE

    def propose(self, rang: int) -> bool:
        """One dossier under instruction in five has a proposition."""
        return self.etat(rang) is Etat.EN_INSTRUCTION and rang // 4 % 5 == 2

    def decide(self, rang: int) -> bool:
        """One in twenty is decided and waits to be notified."""
        return self.etat(rang) is Etat.EN_INSTRUCTION and rang // 4 % 20 == 3

    def etiquettes(self, rang: int) -> tuple[int, ...]:
        """The first label of the measured service is on a third of its dossiers, the last one on a few."""
        if rang % 4:
            return ()
        return ((1,) if rang % 12 == 0 else ()) + ((len(ETIQUETTES),) if rang % 8_000 == 0 else ())

    def demarche(self, rang: int) -> int:
        """The last démarche of each service is one of Démarches Simplifiées."""
        return (self.service(rang) - 1) * DEMARCHES_PAR_SERVICE + rang % DEMARCHES_PAR_SERVICE + 1

    def source(self, rang: int) -> Source:
        """Where a dossier comes from."""
        return Source.DS if rang % DEMARCHES_PAR_SERVICE == DEMARCHES_PAR_SERVICE - 1 else Source.PORTAIL

    def reference(self, rang: int) -> str:
        """The reference of a dossier."""
        return f"DS-{rang}" if self.source(rang) is Source.DS else f"P-2026-{rang:06d}"

    def depot(self, rang: int) -> datetime:
        """Filings follow each other evenly during three years."""
        return DEBUT + DUREE * rang / self.dossiers

    def etat(self, rang: int) -> Etat:
        """Recent dossiers are not decided yet, nor one old one in fifty."""
        if self.recent(rang):
            return tirer(rang, 2, OUVERTS)
        return Etat.EN_INSTRUCTION if tirer(rang, 11, range(50)) == 0 else tirer(rang, 2, CLOS)

    def rare(self, rang: int) -> bool:
        """Five dossiers of the measured service speak of a xylophone."""
        return rang % 4 == 0 and (rang // 4) % max(self.dossiers // 20, 1) == 1
