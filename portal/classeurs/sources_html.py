"""Web pages that older tools name « .xls »: the widest of their tables, read as text. Nothing of the page is run or fetched."""

from html.parser import HTMLParser

from portal.classeurs.archives import HTML, pas_un_tableau
from portal.classeurs.encodages import decoder
from portal.classeurs.feuilles import Feuille
from portal.classeurs.source import Source

PAGE = "Cette page web porte l’extension d’un classeur\u00a0: son tableau est lu comme du texte."
COUPEE = "Cette page est sans doute coupée\u00a0: son tableau n’y est pas refermé. Vérifiez ses dernières lignes."
CELLULES = frozenset({"td", "th"})
ETENDUE = 1_000


def lire_page(octets: bytes) -> Source:
    """The tables of a page, each as a sheet. Raises ClasseurRefuse when it has none."""
    texte = decoder(octets)
    lecteur = _Lecteur()
    lecteur.feed(texte.contenu)
    lecteur.close()
    tables = [table for table in lecteur.tables if table]
    if not tables:
        raise pas_un_tableau("une page web")
    feuilles = [Feuille(f"Tableau {rang}", False, table) for rang, table in enumerate(tables, start=1)]
    remarques = [PAGE, *texte.remarques, *([COUPEE] if lecteur.ouverts else [])]
    return Source(HTML, feuilles, encodage=texte.encodage, remarques=remarques)


class _Lecteur(HTMLParser):
    """Gathers the cells of each table; a cell that spans several columns is followed by empty ones."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.cellule: list[str] | None = None
        self.etendue = 1
        self.ouverts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._fermer()
            self.tables.append([])
            self.ouverts += 1
        elif tag == "tr" and self.tables:
            self._fermer()
            self.tables[-1].append([])
        elif tag in CELLULES and self.tables:
            self._fermer()
            etendue = dict(attrs).get("colspan") or "1"
            self.cellule, self.etendue = [], min(int(etendue), ETENDUE) if etendue.isdecimal() else 1
        elif tag == "br" and self.cellule is not None:
            self.cellule.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLULES or tag in {"tr", "table"}:
            self._fermer()
        self.ouverts -= tag == "table"

    def handle_data(self, data: str) -> None:
        if self.cellule is not None:
            self.cellule.append(data)

    def _fermer(self) -> None:
        """Put the cell that is open in its row."""
        if self.cellule is None:
            return
        lu = "\n".join(" ".join(ligne.split(" ")).strip() for ligne in "".join(self.cellule).split("\n")).strip()
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1].extend([lu, *[""] * (self.etendue - 1)])
        self.cellule = None
