"""What a reader gives of a file: its raw sheets, how it was written, and what is to be said of it."""

from dataclasses import dataclass, field

from portal.classeurs.feuilles import Feuille


@dataclass(slots=True)
class Source:
    """A file that opened. `par_feuille`: what is to be said of one sheet, by its name."""

    format: str
    feuilles: list[Feuille]
    encodage: str = ""
    separateur: str = ""
    base_1904: bool = False
    remarques: list[str] = field(default_factory=list)
    par_feuille: dict[str, list[str]] = field(default_factory=dict)

    def remarques_de(self, feuille: str) -> tuple[str, ...]:
        """What is to be said when that sheet is read."""
        return (*self.remarques, *self.par_feuille.get(feuille, ()))
