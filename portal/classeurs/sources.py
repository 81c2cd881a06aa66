"""From a file to its raw sheets, whatever its format. Runs in the child process alone."""

from pathlib import Path

from portal.classeurs import archives
from portal.classeurs.feuilles import pleine
from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.source import Source

LIGNES, COLONNES, CELLULE = 200_000, 1_000, 32_767
LIBELLES = {
    archives.XLSX: "un classeur Excel (.xlsx)",
    archives.XLS: "un ancien classeur Excel (.xls)",
    archives.ODS: "un classeur LibreOffice (.ods)",
    archives.CSV: "un fichier de texte (.csv)",
    archives.HTML: "une page web qui contient un tableau",
}
EXTENSIONS = {
    archives.XLSX: (".xlsx", ".xlsm", ".xltx", ".xltm"),
    archives.XLS: (".xls", ".xlt"),
    archives.ODS: (".ods", ".ots"),
    archives.CSV: (".csv", ".txt", ".tsv", ".tab"),
    archives.HTML: (".html", ".htm"),
}


def ouvrir(chemin: Path, nom: str) -> Source:
    """The sheets of a file and what is to be said of it; `nom` is the name that people gave it. Raises ClasseurRefuse."""
    genre, dites = archives.reconnaitre(chemin)
    source = _lire(chemin, genre)
    _borner(source)
    if not nom.lower().endswith(EXTENSIONS[genre]):
        dites.insert(
            0, f"Malgré son nom («\u00a0{nom}\u00a0»), ce fichier est {LIBELLES[genre]}\u00a0: il est lu comme tel."
        )
    source.remarques[:0] = dites
    return source


def _lire(chemin: Path, genre: str) -> Source:
    """Each reader is imported when it is needed."""
    if genre == archives.CSV:
        from portal.classeurs.sources_texte import lire_texte  # noqa: PLC0415  # only one of them is needed

        return lire_texte(chemin.read_bytes())
    if genre == archives.HTML:
        from portal.classeurs.sources_html import lire_page  # noqa: PLC0415  # idem

        return lire_page(chemin.read_bytes())
    from portal.classeurs.sources_classeurs import lire_classeur  # noqa: PLC0415  # idem

    with chemin.open("rb") as fichier:
        return lire_classeur(fichier, genre)


def _borner(source: Source) -> None:
    """Refuse what no table of people is. Raises ClasseurRefuse."""
    for feuille in source.feuilles:
        ou = f"La feuille «\u00a0{feuille.nom}\u00a0»" if feuille.nom else "Ce fichier"
        pleines = 0
        for numero, rangee in enumerate(feuille.lignes, start=1):
            if not pleine(rangee):
                continue
            pleines += 1
            if len(rangee) > COLONNES and any(rangee[COLONNES:]):
                raise ClasseurRefuse(
                    f"{ou} a plus de 1\u00a0000\u00a0colonnes\u00a0: gardez celles du tableau, puis renvoyez-le."
                )
            if any(brut.__class__ is str and len(brut) > CELLULE for brut in rangee):
                raise ClasseurRefuse(
                    f"La ligne {numero} porte une cellule de plus de 32\u00a0767 caractères\u00a0: raccourcissez-la, ou refermez "
                    "le guillemet qui l’ouvre."
                )
        if pleines > LIGNES:
            raise ClasseurRefuse(
                f"{ou} a plus de 200\u00a0000\u00a0lignes\u00a0: envoyez le tableau en plusieurs fichiers."
            )
