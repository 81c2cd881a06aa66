"""The parts of an .ods file that we write: headers in sight, filters, and the type of each cell."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from defusedxml.ElementTree import fromstring

from portal.documents.feuilles import Colonne, Feuille, Lien, Valeur
from portal.documents.ods import ecrire

COLONNES = (
    Colonne("Dossier", "lien", 18),
    Colonne("Projet"),
    Colonne("Montant", "montant"),
    Colonne("Limite", "date"),
    Colonne("Déposé le", "instant"),
    Colonne("Avis", "entier"),
)
LIGNE: tuple[Valeur, ...] = (
    Lien("P-2026-1", "https://portail.example/dossiers/P-2026-1"),
    "=cmd()",
    Decimal("1234.50"),
    date(2027, 1, 22),
    datetime(2026, 11, 22, 13, 5, tzinfo=UTC),
    2,
)
OFFICE, TABLE = (f"{{urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0}}" for nom in ("office", "table"))
CONFIG = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"


def parties(*feuilles: Feuille) -> ZipFile:
    tampon = BytesIO()
    ecrire(tampon, feuilles)
    return ZipFile(BytesIO(tampon.getvalue()))


def deux() -> ZipFile:
    return parties(
        Feuille("Dossiers d’<été>", COLONNES, [LIGNE, LIGNE]), Feuille("L'aide", COLONNES[1:2], [("a",)], annexe=True)
    )


def test_the_header_of_every_sheet_stays_in_sight() -> None:
    with deux() as archive:
        reglages = fromstring(archive.read("settings.xml"))
    tables = next(un for un in reglages.iter(f"{CONFIG}config-item-map-named") if un.get(f"{CONFIG}name") == "Tables")
    lus = {
        page.get(f"{CONFIG}name"): {un.get(f"{CONFIG}name"): un.text for un in page}
        for page in tables.findall(f"{CONFIG}config-item-map-entry")
    }
    fige = {"VerticalSplitMode": "2", "VerticalSplitPosition": "1", "PositionBottom": "1", "HorizontalSplitMode": "0"}
    assert list(lus) == ["Dossiers d’<été>", "L'aide"]
    assert all(page.items() >= fige.items() for page in lus.values())


def test_every_sheet_can_be_filtered_over_all_its_rows() -> None:
    with deux() as archive:
        contenu = fromstring(archive.read("content.xml"))
    plages = [
        (une.get(f"{TABLE}target-range-address"), une.get(f"{TABLE}display-filter-buttons"))
        for une in contenu.iter(f"{TABLE}database-range")
    ]
    assert plages == [("'Dossiers d’<été>'.A1:'Dossiers d’<été>'.F3", "true"), ("'L''aide'.A1:'L''aide'.A2", "true")]


def test_each_cell_has_its_type_and_no_text_is_a_formula() -> None:
    with deux() as archive:
        contenu = fromstring(archive.read("content.xml"))
        assert (archive.infolist()[0].filename, archive.infolist()[0].compress_type) == ("mimetype", ZIP_STORED)
    rangee = list(contenu.iter(f"{TABLE}table-row"))[1]
    lues = [
        (
            une.get(f"{OFFICE}value-type"),
            une.get(f"{OFFICE}value") or une.get(f"{OFFICE}date-value"),
            "".join(une.itertext()),
        )
        for une in rangee
    ]
    assert lues == [
        ("string", None, "P-2026-1"),
        ("string", None, "=cmd()"),
        ("currency", "1234.50", "1\u00a0234,50\u00a0€"),
        ("date", "2027-01-22", "22/01/2027"),
        ("date", "2026-11-22T14:05:00", "22/11/2026\u00a014h05"),
        ("float", "2", "2"),
    ]
    assert not any(une.get(f"{TABLE}formula") for une in contenu.iter(f"{TABLE}table-cell"))
