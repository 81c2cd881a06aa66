"""The files that mutations start from: one of each format and of each trap, as people send them."""

from io import BytesIO

from openpyxl import Workbook

from tests.classeurs_anciens import ods, xls

TITRES = ["Association", "SIRET", "Montant demandé", "Date de dépôt", "Objet"]
SIRETS = ("21060004500012", "38033590100027", "37939422400016", "42901366700028")


def semences() -> dict[str, bytes]:
    """Their bytes by their names."""
    table = [TITRES, *(_rangee(rang) for rang in range(40))]
    texte = "\r\n".join(";".join(str(cellule) for cellule in rangee) for rangee in table)
    return {
        "simple.xlsx": _xlsx(table),
        "pieges.xlsx": _pieges(table),
        "ancien.xls": xls([list(rangee) for rangee in [*table[:20], ["B", "#REF!", "#N/A"]]]),
        "libre.ods": ods([*table, ["B", "#REF!", "#N/A"]]),
        "utf8.csv": texte.encode("utf-8-sig"),
        "ancien.csv": texte.encode("cp1252"),
        "large.csv": texte.replace(";", "\t").encode("utf-16"),
        "page.xls": _page(table),
    }


def _rangee(rang: int) -> list[str | float]:
    return [
        f"Les Amis n° {rang}",
        SIRETS[rang % 4],
        1_000.5 + rang,
        f"{rang % 28 + 1:02d}/03/2024",
        f"Fête de l’été « {rang} »",
    ]


def _xlsx(table: list[list[str | float]]) -> bytes:
    livre = Workbook()
    for rangee in table:
        livre.active.append(rangee)
    return _octets(livre)


def _pieges(table: list[list[str | float]]) -> bytes:
    """Junk above the header, a hidden sheet first, merged and hidden rows, errors and formulas."""
    livre = Workbook()
    livre.active.title = "Cachée"
    livre.active.sheet_state = "hidden"
    page = livre.create_sheet("Aides")
    page.append(["Tableau de suivi"])
    page.append([])
    for rangee in table:
        page.append(rangee)
    page.append(["Total", None, "=SUM(C4:C43)", None, "#N/A"])
    page.merge_cells("A1:E1")
    page.merge_cells("A5:A7")
    page.row_dimensions[9].hidden = True
    return _octets(livre)


def _page(table: list[list[str | float]]) -> bytes:
    rangees = "".join(f"<tr>{''.join(f'<td>{cellule}</td>' for cellule in rangee)}</tr>" for rangee in table)
    return f"<html><head><meta charset='utf-8'></head><body><table>{rangees}</table></body></html>".encode()


def _octets(livre: Workbook) -> bytes:
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()
