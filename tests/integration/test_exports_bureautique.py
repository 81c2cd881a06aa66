"""The queue and a working sheet, opened, recalculated and saved again by LibreOffice: nothing has changed in either."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from portal.classeurs.lecture import ouvrir
from portal.classeurs.resultats import Consigne
from portal.models.dossiers import Dossier
from portal.services import commandes_exports
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT
from portal.vocabulaire_imports import ONGLET_DOSSIERS, EtatRetour, FormatExport, GenreImport
from tests import fabriques_feuilles
from tests.bureautique import convertir_tous
from tests.exports_lus import classeur_de
from tests.fabriques_feuilles import Poste
from tests.factories import Fabriques

SIRET = "00572078400015"


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens) -> Poste:
    return fabriques_feuilles.poste(creer, moyens)


@pytest.fixture
def dossier(creer: Fabriques, poste: Poste) -> Dossier:
    """One that a spreadsheet might bend in each of its cells."""
    return creer.dossier(
        poste.service,
        association=creer.association(denomination="=cmd()"),
        etat=Etat.EN_INSTRUCTION,
        intitule="=SOMME(A1:A9) _x0041_ 1er mai",
        montant_demande=Decimal("123456789.01"),
        demandeur_siret=SIRET,
        date_depot=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    )


def cellules(octets: bytes) -> list[list[tuple[object, str]]]:
    """What each cell holds, and whether it is a text, a number, a date or a formula."""
    page = load_workbook(BytesIO(octets))[ONGLET_DOSSIERS]
    return [[(_lue(une.value), une.data_type) for une in ligne if une.value is not None] for ligne in page.iter_rows()]


def _lue(valeur: object) -> object:
    """What a spreadsheet shows: of the texts of a workbook, openpyxl unescapes those alone that cells share."""
    return valeur.replace("_x005F_", "_") if isinstance(valeur, str) else valeur


def neuf(dossier: Path) -> Path:
    dossier.mkdir()
    return dossier


def test_libreoffice_saves_them_again_and_every_cell_is_the_same_in_both_formats(
    poste: Poste, dossier: Dossier, tmp_path: Path
) -> None:
    document = commandes_exports.order_queue(
        poste.session, by=poste.acteur, filtre={}, colonnes=COLONNES_PAR_DEFAUT, forme=FormatExport.XLSX
    )
    partis = {"file.xlsx": classeur_de(poste.session, document), "travail.xlsx": poste.partir(dossier.reference)}
    ods = convertir_tous(partis, vers="ods", dossier=neuf(tmp_path / "ods"))
    revenus = convertir_tous(ods, vers="xlsx", dossier=neuf(tmp_path / "xlsx"))
    for nom, octets in partis.items():
        assert cellules(revenus[nom]) == cellules(octets)
        lues = {cellule for ligne in cellules(octets) for cellule in ligne}
        assert {("=cmd()", "s"), (SIRET, "s"), (dossier.reference, "s"), (123456789.01, "n")} <= lues
    jour = datetime(2026, 3, 2)  # noqa: DTZ001  # a workbook has no time zone
    assert (jour, "d") in {une for ligne in cellules(revenus["file.xlsx"]) for une in ligne}
    for nom, octets in (("travail.ods", ods["travail.ods"]), ("travail.xlsx", revenus["travail.xlsx"])):
        retour = poste.travailler(poste.recevoir(octets, nom=nom))
        assert (retour.etat, poste.modifications(retour)) == (EtatRetour.LU, {})
        assert (retour.constat["grises"], retour.constat["colonnes_en_plus"]) == ([], [])
    chemin = tmp_path / "file.ods"
    chemin.write_bytes(ods["file.ods"])
    with ouvrir(chemin, "file.ods", Consigne(GenreImport.DEMANDES)) as lecture:
        (ligne,) = lecture.lignes
    assert (ligne.remarques, ligne.valeurs) == (
        (),
        {
            "association_nom": "=cmd()",
            "siret": SIRET,
            "commune": "Lyon",
            "intitule": "=SOMME(A1:A9) _x0041_ 1er mai",
            "statut": "en_instruction",
            "montant_demande": "123456789.01",
            "date_depot": "2026-03-02",
        },
    )
