"""What the simulator holds to be true: démarches, dossiers, deletions, and the effects that mutations had."""

import threading
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import ClassVar

from integrations.demarches_simplifiees.francais import PARIS
from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.pannes.catalogue import Pannes
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

Cle = tuple[datetime, int]
_ECRITURES = count(1)

# the webhook that each mutation sets off; any other change is « dossier_modifie »
EVENEMENTS = {
    "dossierPasserEnInstruction": "dossier_en_instruction",
    "dossierRepasserEnConstruction": "dossier_repasse_en_construction",
    "dossierRepasserEnInstruction": "dossier_repasse_en_instruction",
    "dossierAccepter": "dossier_accepte",
    "dossierRefuser": "dossier_refuse",
    "dossierClasserSansSuite": "dossier_sans_suite",
    "dossierEnvoyerMessage": "message_cree",
    "dossierAjouterLabel": "dossier_label_ajoute",
    "dossierSupprimerLabel": "dossier_label_supprime",
    "dossierChangerGroupeInstructeur": "groupe_instructeur_change",
}


def iso(moment: datetime) -> str:
    """An instant as DS writes it: Paris time with its offset, to the second."""
    return moment.astimezone(PARIS).isoformat(timespec="seconds")


def lire_iso(texte: str) -> datetime:
    """The instant DS wrote, in UTC. Raises ValueError when it is none."""
    return datetime.fromisoformat(texte).astimezone(UTC)


@dataclass(slots=True)
class Fiche:
    """A dossier: the JSON DS would give, its démarche, and the two instants DS sorts by (finer than it shows)."""

    contenu: Json
    demarche: int
    depose_at: datetime
    updated_at: datetime
    ecritures: ClassVar[int] = 0

    def __setattr__(self, nom: str, valeur: object) -> None:
        """Set a fact, and count it: whoever sorted the dossiers must sort them again."""
        object.__setattr__(self, nom, valeur)
        Fiche.ecritures = next(_ECRITURES)

    @property
    def number(self) -> int:
        """The number people see."""
        return int(self.contenu["number"])


@dataclass(frozen=True, slots=True)
class HorlogeDecalee:
    """A clock that is wrong by `ecart`."""

    juste: Callable[[], datetime]
    ecart: timedelta

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.juste() + self.ecart


@dataclass(frozen=True, slots=True)
class Effet:
    """A mutation that was applied, once per application."""

    mutation: str
    number: int
    instructeur: str
    texte: str
    instant: str
    # "api" for whoever calls us, "agitation" for the people that the simulator plays
    origine: str = "api"


@dataclass(slots=True)
class Donnees:
    """The truth. `horloge` gives the present; `verrou` is held by whoever reads several facts or writes one."""

    horloge: Callable[[], datetime] = lambda: datetime.now(UTC)
    demarches: dict[int, Json] = field(default_factory=dict)
    dossiers: dict[int, Fiche] = field(default_factory=dict)
    corbeille: dict[int, Json] = field(default_factory=dict)
    supprimes: dict[int, Json] = field(default_factory=dict)
    # hidden by their age: neither among the dossiers nor in the bin, until they are gone
    expires: set[int] = field(default_factory=set)
    effets: list[Effet] = field(default_factory=list)
    modifies: set[int] = field(default_factory=set)
    # by their secret: drafts that a prefilling opened, and files sent before a mutation names them
    brouillons: dict[str, Json] = field(default_factory=dict)
    televersements: dict[str, Json] = field(default_factory=dict)
    # what DS does by itself a moment later: attestations, virus scans
    echeances: list[Json] = field(default_factory=list)
    verrou: threading.RLock = field(default_factory=threading.RLock)
    pannes: Pannes = field(default_factory=Pannes)
    # told of every event, by its name in DS's webhooks, with the dossier's number
    ecouteurs: list[Callable[[str, int], None]] = field(default_factory=list)
    _ordres: dict[tuple[int, bool], tuple[object, list[Cle]]] = field(default_factory=dict)

    def ajouter(self, contenu: Json, demarche: int) -> Fiche:
        """Take a dossier in, sorted by the dates it bears."""
        depot, modification = lire_iso(contenu["dateDepot"]), lire_iso(contenu["dateDerniereModification"])
        fiche = Fiche(contenu, demarche, depot, modification)
        self.dossiers[fiche.number] = fiche
        return fiche

    def caches(self) -> Set[int]:
        """The numbers of the dossiers that are in the bin, too old, or gone."""
        return self.corbeille.keys() | self.supprimes.keys() | self.expires

    def visibles(self, demarche: int) -> Iterable[Fiche]:
        """The dossiers of a démarche that DS shows."""
        caches = self.caches()
        return (une for number, une in self.dossiers.items() if une.demarche == demarche and number not in caches)

    def ordre(self, demarche: int, *, par_modification: bool) -> list[Cle]:
        """The visible dossiers in the order of their filing or of their last change: instants and numbers."""
        stade = (Fiche.ecritures, len(self.dossiers), frozenset(self.caches()))
        connu = self._ordres.get((demarche, par_modification))
        if connu is None or connu[0] != stade:
            cles = [
                (une.updated_at if par_modification else une.depose_at, une.number) for une in self.visibles(demarche)
            ]
            connu = self._ordres[demarche, par_modification] = (stade, sorted(cles))
        return connu[1]

    def visible(self, number: int) -> Fiche | None:
        """The dossier of that number, if DS shows it."""
        cache = number in self.corbeille or number in self.supprimes or number in self.expires
        return None if cache else self.dossiers.get(number)

    def par_id(self, dossier_id: str) -> Fiche | None:
        """The visible dossier of that opaque id."""
        fiches = (une for une in self.dossiers.values() if une.contenu["id"] == dossier_id)
        return next((une for une in fiches if self.visible(une.number)), None)

    def toucher(self, fiche: Fiche, *, retard: timedelta = timedelta()) -> str:
        """Note that the dossier changes now; returns that instant as DS writes it. Two changes of a dossier never coincide.

        With `retard` the change was made that long ago and only shows now, as a transaction that commits late. The date goes
        back with the clock, as DS's own does: one kept ahead by a microsecond would show the same second for another content.
        """
        moment = self.horloge() - retard
        fiche.updated_at = moment if moment != fiche.updated_at else moment + timedelta(microseconds=1)
        date = iso(fiche.updated_at)
        fiche.contenu["dateDerniereModification"] = date
        self.modifies.add(fiche.number)
        return date

    def marquer(self, fiche: Fiche) -> None:
        """Note a change that DS does not date: labels, late attestations, virus scans, accounts."""
        self.modifies.add(fiche.number)

    def ajouter_tardivement(self, contenu: Json, demarche: int, retard: timedelta) -> Fiche:
        """Take in a dossier that was filed `retard` ago and only shows now: behind the cursors already given."""
        with self.verrou:
            instant = self.horloge() - retard
            dates = ("dateDepot", "datePassageEnConstruction", "dateDerniereModification")
            fiche = self.ajouter({**contenu, **dict.fromkeys(dates, iso(instant))}, demarche)
            fiche.depose_at = fiche.updated_at = instant
            self.modifies.add(fiche.number)
            return fiche

    def noter(self, effet: Effet) -> None:
        """Record an applied mutation, and tell of it."""
        self.effets.append(effet)
        self.signaler(EVENEMENTS.get(effet.mutation, "dossier_modifie"), effet.number)

    def signaler(self, evenement: str, number: int) -> None:
        """Tell of an event."""
        for ecouteur in self.ecouteurs:
            ecouteur(evenement, number)

    def decaler(self, ecart: timedelta) -> None:
        """Make the clock wrong by `ecart`, fast when it is positive; whatever error it had is forgotten."""
        juste = self.horloge.juste if isinstance(self.horloge, HorlogeDecalee) else self.horloge
        self.horloge = HorlogeDecalee(juste, ecart)

    def prochain_numero(self) -> int:
        """The number of the next dossier: drafts have theirs already."""
        return max([*self.dossiers, *(un["number"] for un in self.brouillons.values())], default=0) + 1

    def mettre_a_la_corbeille(self, number: int) -> None:
        """Hide a dossier as an administration does; `restaurer` undoes it."""
        with self.verrou:
            self.corbeille[number] = self._suppression(number, "instructeur_request")
            self.signaler("dossier_supprime", number)

    def restaurer(self, number: int) -> None:
        """Take a dossier out of the bin: it counts as a change."""
        with self.verrou:
            del self.corbeille[number]
            self.toucher(self.dossiers[number])
            self.signaler("dossier_restaure", number)

    def expirer(self, number: int) -> None:
        """Hide a dossier whose time is over, as DS does two weeks before it deletes it: no list tells it (ds/api §4)."""
        with self.verrou:
            self.expires.add(number)
            self.modifies.add(number)

    def supprimer(self, number: int) -> None:
        """Delete a dossier for good."""
        with self.verrou:
            motif = "expired" if number in self.expires else "instructeur_request"
            self.supprimes[number] = self._suppression(number, motif)
            self.corbeille.pop(number, None)
            self.expires.discard(number)

    def _suppression(self, number: int, motif: str) -> Json:
        self.modifies.add(number)
        return {
            "id": identifiant("DeletedDossier", number),
            "number": number,
            "demarche": self.dossiers[number].demarche,
            "dateSupression": iso(self.horloge()),
            "state": self.dossiers[number].contenu["state"],
            "reason": motif,
        }
