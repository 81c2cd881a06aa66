"""Which of the day and the month is written first: what a column of days proves, and its days that read both ways.

Spreadsheets of other countries write the month first: « 04/05/2024 » then reads as another day, without any fault to see.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.classeurs.cellules import Cellule, douteuse, refusee
from portal.classeurs.feuilles import Brut

UNE_DATE = re.compile(
    r"(?<![0-9])(?<![0-9][-/.])(?P<un>[0-9]{1,2})(?P<s> ?[-/.] ?)(?P<deux>[0-9]{1,2})(?P=s)(?:[0-9]{4}|[0-9]{2})(?![0-9])"
)
INVERSES = "Jour et mois peut-être inversés\u00a0: "


@dataclass(frozen=True, slots=True)
class Ordre:
    """What a column where some day is written month first proves. `ligne`: the row of that day, from 1."""

    ligne: int
    jour_d_abord: bool = False
    jours_du_tableur: bool = False

    def juger(self, brut: Brut, lue: Cellule) -> Cellule:
        """A cell of that column: told, or refused when nothing proves that the others are written day first."""
        if not lue.valeur or not any(_double_sens(premier, second) for premier, second in _nombres(brut)):
            return lue
        preuve = f"la date de la ligne\u00a0{self.ligne} est écrite mois d’abord"
        if isinstance(brut, date):
            du_tableur = f"{INVERSES}{preuve}, et le tableur a pu lire celle-ci à l’envers. Vérifiez-la."
            return lue if self.jours_du_tableur else douteuse(lue.vu, lue.valeur, du_tableur)
        if self.jour_d_abord:
            return douteuse(lue.vu, lue.valeur, f"{INVERSES}{preuve}, d’autres jour d’abord. Vérifiez-la.")
        return refusee(lue.vu, f"{INVERSES}{preuve}. Écrivez le jour d’abord, ou AAAA-MM-JJ, dans toute la colonne.")


def ordre(colonne: Iterable[tuple[int, Brut]]) -> Ordre | None:
    """What the cells of a column prove, each with its row; None when no day is written month first."""
    ligne, jour_d_abord, jours_du_tableur = 0, False, False
    for numero, brut in colonne:
        for premier, second in _nombres(brut):
            if premier > 12 >= second:
                jours_du_tableur = jours_du_tableur or isinstance(brut, date)
                jour_d_abord = jour_d_abord or isinstance(brut, str)
            elif not ligne and premier <= 12 < second <= 31:
                ligne = numero
    return Ordre(ligne, jour_d_abord, jours_du_tableur) if ligne else None


def _nombres(brut: Brut) -> list[tuple[int, int]]:
    """The two first numbers of each day of a cell: « 03/04/2024 » gives 3 and 4; nothing for days that read one way only."""
    if isinstance(brut, date):
        return [(brut.day, brut.month)]
    if not isinstance(brut, str):
        return []
    return [(int(lue["un"]), int(lue["deux"])) for lue in UNE_DATE.finditer(brut)]


def _double_sens(premier: int, second: int) -> bool:
    return premier != second and max(premier, second) <= 12
