"""What leaves survives an office suite: LibreOffice opens, recalculates and saves it again, and nothing has changed."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from portal.classeurs.champs import TypeChamp
from portal.classeurs.valeurs import lecteur
from portal.documents.ecriture import ecrire
from portal.documents.feuilles import Colonne, Feuille, Lien, Valeur
from portal.vocabulaire_imports import FormatExport
from tests.bureautique import convertir

COLONNES = (
    Colonne("Dossier", "lien", 16),
    Colonne("SIRET"),
    Colonne("Projet"),
    Colonne("Montant", "montant"),
    Colonne("Limite", "date"),
    Colonne("Déposé le", "instant"),
    Colonne("Avis", "entier"),
)
ADRESSE = "https://portail.example/instruction/dossiers/P-2026-1"
LIGNE: tuple[Valeur, ...] = (
    Lien("P-2026-1", ADRESSE),
    "00572078400017",
    "=cmd()",
    Decimal("1234.50"),
    date(2027, 1, 22),
    datetime(2026, 11, 22, 13, 5, tzinfo=UTC),
    2,
)
ATTENDUE = (
    "P-2026-1",
    "00572078400017",
    "=cmd()",
    1234.5,
    datetime(2027, 1, 22),  # noqa: DTZ001  # a workbook has no time zone
    datetime(2026, 11, 22, 14, 5),  # noqa: DTZ001  # shown in Europe/Paris
    2,
)
ESPACES = "deux  espaces\nune ligne <&>"


def fichier(forme: FormatExport, *lignes: tuple[Valeur, ...]) -> bytes:
    """These rows in that format."""
    tampon = BytesIO()
    ecrire(tampon, forme, [Feuille("Dossiers", COLONNES, lignes), Feuille("À propos", COLONNES[1:2], [], annexe=True)])
    return tampon.getvalue()


@pytest.mark.parametrize(("forme", "vers"), [("xlsx", "ods"), ("ods", "xlsx")])
def test_identifiers_amounts_days_and_formulas_of_text_survive_both_ways(forme: str, vers: str, tmp_path: Path) -> None:
    autre: tuple[Valeur, ...] = (None, "0123", ESPACES, Decimal("-0.01"), date(1871, 3, 18), None, 0)
    octets = fichier(FormatExport(forme), LIGNE, autre)
    for rang, (de, en) in enumerate(((forme, vers), (vers, "xlsx"))):
        if de != en:
            dossier = tmp_path / str(rang)
            dossier.mkdir()
            octets = convertir(octets, de=de, vers=en, dossier=dossier)
    page = load_workbook(BytesIO(octets))["Dossiers"]
    lue = [cellule.value for cellule in page[2]]
    assert lue == list(ATTENDUE)
    assert page["C2"].data_type == "s"
    assert page["A2"].hyperlink.target == ADRESSE
    assert (page["B3"].value, page["C3"].value, page["D3"].value) == ("0123", ESPACES, -0.01)
    assert page.auto_filter.ref == "A1:G3"


def test_a_list_guards_texts_that_would_compute_and_the_reader_of_imports_takes_the_guard_away() -> None:
    textes = ("=cmd()", "+1", "-1", "@x", "'=déjà", "\uff1dx", "l’été", "'l'été")
    lignes = [(None, "00572078400017", texte, Decimal("-12.50"), date(2026, 3, 1), None, 3) for texte in textes]
    octets = fichier(FormatExport.CSV, *lignes)
    titres, *lues = csv.reader(StringIO(octets.decode("utf-8-sig")), delimiter=";")
    gardes = [dict(zip(titres, lue, strict=True)) for lue in lues]
    assert gardes[0] == {
        "Dossier": "",
        "Dossier (adresse)": "",
        "SIRET": "00572078400017",
        "Projet": "'=cmd()",
        "Montant": "-12,50",
        "Limite": "2026-03-01",
        "Déposé le": "",
        "Avis": "3",
    }
    lire = lecteur(TypeChamp.TEXTE, garde=True)
    assert tuple(lire(garde["Projet"]).valeur for garde in gardes) == textes
