"""Reads DS, outside any transaction: whole dossiers by windows along a cursor, or numbers and dates by 100 to be compared.

A window that DS cannot answer is asked for again by halves, down to the one dossier at fault, which is told by its number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import DelaiDepasse, ErreurDS, Introuvable, ReponseInvalide
from integrations.demarches_simplifiees.types import EnTete, Page
from portal.formats import maintenant

PAR_LISTE = 100
PAR_FENETRE = 50
# What storing costs beside the dossiers themselves is paid once for that many windows.
FENETRES_PAR_LOT = 4
# Below, one request per dossier costs DS less than a window of fifty whole dossiers.
SEUIL_DE_FENETRE = 5
CURSEUR_REFUSE = "bad_request"
# A page served twice in place of the next one: asked for again, it comes.
ESSAIS_SANS_AVANCER = 5
SUR_PLACE = "Démarches Simplifiées renvoie toujours la même page\u00a0: la lecture reprendra là au prochain passage."
NE_SE_LIT_PAS = (DelaiDepasse, ReponseInvalide)


class CurseurRefuse(ErreurDS):
    """DS no longer accepts a cursor that it gave: the walk must start over, which is harmless."""


@dataclass
class Lot:
    """What a request or a few brought: whole dossiers by number, those that DS cannot tell (why), those that it no longer shows.

    `lu_at`: just before DS was asked (UTC). `curseur`: the place after them, None when DS gave none.
    """

    raws: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    illisibles: dict[int, str] = field(default_factory=dict)
    absents: set[int] = field(default_factory=set)
    curseur: str | None = None
    lu_at: datetime = field(default_factory=maintenant)

    def __contains__(self, number: int) -> bool:
        return number in self.raws or number in self.illisibles or number in self.absents

    def join(self, suivant: "Lot") -> "Lot":
        """This one and the next, as if asked for at once: at the time of the first, up to the place of the last."""
        return replace(
            suivant,
            raws=self.raws | suivant.raws,
            illisibles=self.illisibles | suivant.illisibles,
            curseur=suivant.curseur or self.curseur,
            lu_at=self.lu_at,
        )


@dataclass
class Allure:
    """How much is asked for at once: halved when DS cannot answer, won back little by little, for the time of a run."""

    maximum: int
    taille: int = 0

    def __post_init__(self) -> None:
        self.taille = self.maximum

    def slow_down(self, demandes: int) -> None:
        """DS could not answer for that many."""
        self.taille = max(1, demandes // 2)

    def speed_up(self) -> None:
        """It answered: by a quarter more, by one at least."""
        self.taille = min(self.maximum, self.taille + max(1, self.taille // 4))


class Lecteur:
    """The reading of one démarche during one run: `depuis` rules the order of the list, that cursors belong to."""

    def __init__(self, ds: DemarchesSimplifiees, demarche: int, depuis: datetime) -> None:
        self.ds, self.demarche, self.depuis = ds, demarche, depuis
        self.fenetre, self.liste = Allure(PAR_FENETRE), Allure(PAR_LISTE)

    def walk(self, apres: str | None, *, au_plus: int | None = None) -> Iterator[Lot]:
        """Whole dossiers from a cursor on, window by window, to the end or until `au_plus` of them.

        Raises CurseurRefuse, and ErreurDS when DS answers neither for a window nor for the numbers that it holds.
        """
        reste, sur_place = au_plus, 0
        while reste is None or reste > 0:
            lot, suite = self._window(apres, self.fenetre.taille if reste is None else min(reste, self.fenetre.taille))
            sur_place = _avancer(lot.curseur, apres, suite, sur_place)
            if not sur_place:
                yield lot
                apres = lot.curseur
            if not suite:
                return
            reste = None if reste is None else reste - len(lot.raws) - len(lot.illisibles)

    def walk_by_lots(self, apres: str | None) -> Iterator[Lot]:
        """The same, a few windows at a time. What was read before a failure comes before it."""
        fenetres, lot = self.walk(apres), None
        try:
            for rang, fenetre in enumerate(fenetres, start=1):
                lot = fenetre if lot is None else lot.join(fenetre)
                if rang % FENETRES_PAR_LOT == 0:
                    lu, lot = lot, None
                    yield lu
        except ErreurDS:
            if lot is not None:
                yield lot
            raise
        if lot is not None:
            yield lot

    def list_pages(self, apres: str | None) -> Iterator[tuple[str | None, Page[EnTete]]]:
        """(cursor before the page, page) of numbers and dates, to the end. Raises as `walk` does."""
        suite, sur_place = True, 0
        while suite:
            page = self._list(apres)
            suite = page.suite
            sur_place = _avancer(page.curseur_fin, apres, suite, sur_place)
            if not sur_place:
                yield apres, page
                apres = page.curseur_fin

    def fetch(self, page: Page[EnTete], apres: str | None, voulus: set[int]) -> Lot:
        """The dossiers `voulus` of a listed page, by windows where many changed, else one by one.

        A dossier that moved out of its window meanwhile is read by itself.
        """
        lot = Lot()
        for debut in range(0, len(page.elements), PAR_FENETRE):
            fenetre = page.elements[debut : debut + PAR_FENETRE]
            numeros = [un.number for un in fenetre if un.number in voulus]
            if len(numeros) > SEUIL_DE_FENETRE:
                for lu in self.walk(page.elements[debut - 1].cursor if debut else apres, au_plus=len(fenetre)):
                    lot.raws |= lu.raws
                    lot.illisibles |= lu.illisibles
            self.fetch_each(numeros, lot)
        return lot

    def fetch_each(self, numeros: list[int], lot: Lot) -> Lot:
        """Those that the lot lacks, one by one. DS's refusal to tell one is a fact about this dossier; an outage is raised."""
        for number in numeros:
            if number in lot:
                continue
            try:
                lot.raws[number] = self.ds.lire_dossier(number)
            except Introuvable:
                lot.absents.add(number)
            except NE_SE_LIT_PAS as faute:
                lot.illisibles[number] = str(faute)
        return lot

    def _window(self, apres: str | None, combien: int) -> tuple[Lot, bool]:
        """The window at a cursor, or the one dossier there that DS cannot tell; whether there is more after."""
        while True:
            lot = Lot()
            try:
                page = self.ds.page_dossiers(self.demarche, apres=apres, premiers=combien, depuis=self.depuis)
            except NE_SE_LIT_PAS as faute:
                _raise_if_refused(faute, apres)
                if combien == 1:
                    return self._set_aside(apres, faute)
                self.fenetre.slow_down(combien)
                combien = self.fenetre.taille
            else:
                self.fenetre.speed_up()
                lot.raws, lot.curseur = {raw["number"]: raw for raw in page.elements}, page.curseur_fin
                return lot, page.suite

    def _set_aside(self, apres: str | None, faute: ErreurDS) -> tuple[Lot, bool]:
        """The dossier at a cursor by its number alone, with the reason why it cannot be told."""
        page = self.ds.lister_dossiers(self.demarche, apres=apres, premiers=1, depuis=self.depuis)
        illisibles = {un.number: str(faute) for un in page.elements}
        return Lot(illisibles=illisibles, curseur=page.curseur_fin), page.suite

    def _list(self, apres: str | None) -> Page[EnTete]:
        while True:
            combien = self.liste.taille
            try:
                page = self.ds.lister_dossiers(self.demarche, apres=apres, premiers=combien, depuis=self.depuis)
            except NE_SE_LIT_PAS as faute:
                _raise_if_refused(faute, apres)
                if combien == 1:
                    raise
                self.liste.slow_down(combien)
            else:
                self.liste.speed_up()
                return page


def _raise_if_refused(faute: ErreurDS, apres: str | None) -> None:
    if apres is not None and isinstance(faute, ReponseInvalide) and faute.code == CURSEUR_REFUSE:
        raise CurseurRefuse(str(faute)) from faute


def _avancer(curseur: str | None, apres: str | None, suite: bool, sur_place: int) -> int:
    """How many times running DS has said that there is more without moving on. Raises ReponseInvalide when it never does."""
    if not suite or curseur not in (None, apres):
        return 0
    if sur_place >= ESSAIS_SANS_AVANCER:
        raise ReponseInvalide(SUR_PLACE)
    return sur_place + 1
