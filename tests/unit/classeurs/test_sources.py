"""A file to its raw sheets: what it is by its content, what is refused, and what is said of it."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from portal.classeurs import reperes_xls
from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.source import Source
from portal.classeurs.sources import ouvrir
from tests.classeurs_ecrits import xlsx

TABLE = {"Aides": [["Nom", "SIRET", "Montant"], ["Les Amis", "21060004500012", 1234.5]]}


@pytest.fixture
def lire(tmp_path: Path):
    """Reads bytes given a name."""

    def lire(octets: bytes, nom: str = "tableau.csv") -> Source:
        chemin = tmp_path / "fichier"
        chemin.write_bytes(octets)
        return ouvrir(chemin, nom)

    return lire


def rangees(source: Source) -> list[list[object]]:
    return [list(rangee) for rangee in source.feuilles[0].lignes]


def archive(parties: dict[str, bytes]) -> bytes:
    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as zippe:
        for nom, contenu in parties.items():
            zippe.writestr(nom, contenu)
    return tampon.getvalue()


def avec(octets: bytes, parties: dict[str, bytes]) -> bytes:
    """A workbook some of whose parts are replaced or added."""
    with zipfile.ZipFile(BytesIO(octets)) as zippe:
        return archive({nom: zippe.read(nom) for nom in zippe.namelist()} | parties)


def feuille(octets: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(octets)) as zippe:
        return zippe.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "aucun octet"),
        (b"%PDF-1.7 ...", "c’est un PDF"),
        (b"\x89PNG\r\n", "c’est une image"),
        (b"{\\rtf1 bonjour}", "c’est un texte (.rtf)"),
        (b"PK\x03\x04 et puis rien", "abîmé ou incomplet"),
        (archive({"word/document.xml": b"<w/>"}), "un texte Word"),
        (archive({"ppt/presentation.xml": b"<p/>"}), "une présentation"),
        (archive({"Index/Document.iwa": b"."}), "Numbers"),
        (archive({"aides.xlsx": b"."}), "sortez-le de l’archive"),
        (archive({"lisez-moi.md": b"."}), "c’est une archive"),
        (archive({"xl/workbook.bin": b"."}), ".xlsb"),
        (archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}), "un texte ou"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0\0", "mot de passe"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\0\0", "un texte Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "abîmé ou incomplet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0\0", "abîmé ou incomplet"),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>", "XML de 2003"),
        (b"<html><body>Bonjour</body></html>", "c’est une page web"),
        (bytes(range(256)) * 20, "ni un classeur ni un texte"),
        (b'Nom;Montant\nA;1\n"B;2\nC;3\n', "À la ligne 3, un guillemet"),
    ],
)
def test_what_is_no_table_is_refused_in_one_french_sentence(lire, octets: bytes, phrase: str) -> None:
    with pytest.raises(ClasseurRefuse) as refus:
        lire(octets)
    assert phrase in str(refus.value)


def test_a_bomb_is_refused_before_it_is_unfolded(lire) -> None:
    bombe = avec(xlsx(TABLE).octets, {"xl/worksheets/sheet1.xml": b"<x>" + b" " * (40 << 20)})
    assert len(bombe) < 200_000
    with pytest.raises(ClasseurRefuse, match="démesuré"):
        lire(bombe, "a.xlsx")


def test_a_workbook_that_declares_entities_is_refused(lire) -> None:
    page = feuille(xlsx(TABLE).octets)
    piegee = b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>' + page
    with pytest.raises(ClasseurRefuse, match="entités"):
        lire(avec(xlsx(TABLE).octets, {"xl/worksheets/sheet1.xml": piegee}), "a.xlsx")


@pytest.mark.parametrize("codage", ["utf-8", "utf-16"])
def test_entities_declared_after_a_long_comment_are_refused_too(lire, codage: str) -> None:
    octets = xlsx(TABLE).octets
    nue = feuille(octets).decode().partition("?>")[2] or feuille(octets).decode()
    prologue = f'<?xml version="1.0" encoding="{codage}"?><!--{"x" * 70_000}--><!DOCTYPE a [<!ENTITY b "c">]>'
    partie = (prologue + nue).encode(codage)
    with pytest.raises(ClasseurRefuse, match="entités XML"):
        lire(avec(octets, {"xl/worksheets/sheet1.xml": partie}), "a.xlsx")
    with pytest.raises(ClasseurRefuse, match="entités XML"):
        lire(avec(octets, {"xl/sharedStrings.xml": prologue.encode(codage) + b"pas du XML"}), "a.xlsx")


def test_a_workbook_is_read_by_its_content_and_a_wrong_name_is_said(lire) -> None:
    source = lire(xlsx(TABLE).octets, "aides.csv")
    assert source.format == "xlsx"
    assert rangees(source)[1] == ["Les Amis", "21060004500012", 1234.5]
    assert "Malgré son nom" in source.remarques[0]
    assert not lire(xlsx(TABLE).octets, "Aides.XLSX").remarques


def test_macros_are_left_alone_and_said(lire) -> None:
    source = lire(avec(xlsx(TABLE).octets, {"xl/vbaProject.bin": b"macro"}), "a.xlsm")
    assert any("macros" in remarque for remarque in source.remarques)


def test_errors_and_formulas_never_computed_are_not_read_as_empty_cells(lire) -> None:
    livre = Workbook()
    page = livre.active
    page.append(["Nom", "Montant", "Part", "Vide"])
    page.append(["A", "#REF!", "=1+1", None])
    page.append(["B", 3, 0.5, None])
    page.row_dimensions[3].hidden = True
    tampon = BytesIO()
    livre.save(tampon)
    source = lire(tampon.getvalue(), "a.xlsx")
    assert rangees(source)[1][:3] == ["A", "#REF!", "#FORMULE NON CALCULÉE"]
    assert rangees(source)[2][:3] == ["B", 3.0, 0.5]
    dites = " ".join(source.remarques_de("Sheet"))
    assert "1\u00a0ligne masquée" in dites
    assert "1\u00a0formule n’a pas été calculée" in dites


@pytest.mark.parametrize(
    ("code", "nombre", "vu"),
    [
        ("0%", 0.5, "50 %"),
        ("0.00 %", 0.075, "7,5 %"),
        ('# ##0 "k€"', 12, "12 k€"),
        ("0\\ \\k\\€", 12, "12 k€"),
        ('0.0" M€"', 1.5, "1,5 M€"),
        ('0" milliers d\'euros"', 12, "12 milliers d'euros"),
        ('0"%"', 12, "12 %"),
        ('#,##0,"k€"', 12_000, 12_000),
        ("#,##0.00\\ [$€-40C];[Red]-#,##0.00\\ [$€-40C]", 12.5, 12.5),
        ('_-* #,##0.00 "€"_-', 12.5, 12.5),
        ('0 "TTC"', 12, 12),
        ('#,##0 "XPF"', 1200, "1200 XPF"),
        ('# ##0\\ "F CFP"', 1200, "1200 F CFP"),
        ("[$$-409]#,##0.00", 1000, "1000 $"),
        ('"2024-"0000', 12, "2024-0012"),
        ("00000", 1000, "01000"),
        ("00000;-00000", 12.5, 12.5),
        ('00" "00" "00" "00" "00', 612345678, "06 12 34 56 78"),
        ("0000-00", 202405, "2024-05"),
        ('"0"000', 12, "0012"),
        ('"€ "0', 12, 12),
        ("# ##0", 1234, 1234),
    ],
)
def test_a_number_that_its_format_shows_as_another_is_read_as_it_is_shown(
    lire, code: str, nombre: float, vu: object
) -> None:
    livre = Workbook()
    livre.active.append(["Nom", "Montant"])
    livre.active.append(["A", nombre])
    livre.active["B2"].number_format = code
    livre.active.append(["B", nombre])
    tampon = BytesIO()
    livre.save(tampon)
    assert rangees(lire(tampon.getvalue(), "a.xlsx"))[1:] == [["A", vu], ["B", nombre]]


def test_a_workbook_that_writes_a_row_twice_is_refused(lire) -> None:
    octets = xlsx(TABLE).octets
    page = feuille(octets)
    debut = page.index(b'<row r="2"')
    rangee = page[debut : page.index(b"</row>", debut) + 6]
    doublee = page.replace(rangee, rangee + rangee.replace(b"Les Amis", b"Autres"))
    with pytest.raises(ClasseurRefuse, match="ligne 2 est écrite deux fois"):
        lire(avec(octets, {"xl/worksheets/sheet1.xml": doublee}), "a.xlsx")


def test_a_formula_that_was_computed_is_read_by_its_value_even_without_addresses(lire) -> None:
    page = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row><c t="inlineStr"><is><t>Nom</t></is></c><c t="inlineStr"><is><t>Montant</t></is></c></row>'
        b'<row><c t="str"><f>A1</f><v></v></c><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c></row>'
        b"</sheetData></worksheet>"
    )
    source = lire(avec(xlsx(TABLE).octets, {"xl/worksheets/sheet1.xml": page}), "a.xlsx")
    assert rangees(source)[1] == ["", 2.0, "#N/A"]


def test_errors_and_percentages_of_a_libreoffice_workbook_are_read_as_such(lire) -> None:
    contenu = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="Aides"><table:table-row><table:table-cell '
        'table:number-columns-repeated="2" office:value-type="string"><text:p>Nom</text:p></table:table-cell>'
        '</table:table-row><table:table-row><table:table-cell/><table:table-cell table:formula="of:=NA()" '
        'office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p>'
        '</table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="percentage" '
        'office:value="0.5"><text:p>50 %</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    ods = archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": contenu.encode(),
            "META-INF/manifest.xml": b"<manifest/>",
        }
    )
    source = lire(ods, "a.ods")
    assert source.format == "ods"
    assert rangees(source) == [["Nom", "Nom"], ["", "#N/A"], ["50 %", ""]]


def test_a_text_is_read_in_the_encoding_that_gives_french_letters(lire) -> None:
    texte = "Association;Objet\r\nÉté à Sète;« Fête » – 12 €\r\nNoël;çà et là\r\n"
    for encodage, dit in (
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("mac_roman", "MacRoman"),
    ):
        source = lire(texte.encode(encodage))
        assert rangees(source)[1] == ["Été à Sète", "« Fête » – 12 €"], encodage
        assert (source.encodage, source.separateur, source.remarques) == (dit, ";", []), encodage


def test_a_text_that_mixes_two_encodings_is_read_in_both_and_it_is_said(lire) -> None:
    octets = "Association;Montant demandé;Date de dépôt\nÉtoile;5;été\n".encode() + "École;6;été\n".encode("cp1252")
    source = lire(octets)
    assert rangees(source) == [
        ["Association", "Montant demandé", "Date de dépôt"],
        ["Étoile", "5", "été"],
        ["École", "6", "été"],
    ]
    assert source.encodage == "UTF-8 et Windows-1252"
    assert "incertain" in source.remarques[0]


def test_an_encoding_that_nobody_uses_here_is_never_guessed(lire) -> None:
    """Polish, Nordic or Cyrillic letters in a French table: its bytes are damaged."""
    for octets in (b"Nom;Montant\n\xb1\xea\xb3\xe6;5\n", b"Nom;Montant\n\xd0\xc6\xe6\xf0\xde;5\n"):
        assert lire(octets).encodage in {"UTF-8", "Windows-1252", "ISO-8859-15", "MacRoman", "DOS (850)"}


def test_accents_damaged_before_are_said_and_kept(lire) -> None:
    source = lire("Nom;Objet\nA;Aide notifiée à l'été\n".encode().decode("cp1252").encode())
    assert rangees(source)[1][1] == "Aide notifiÃ©e Ã\u00a0 l'Ã©tÃ©"
    assert "accents ont été abîmés" in source.remarques[0]


@pytest.mark.parametrize(
    ("texte", "separateur", "ligne"),
    [
        ("Nom;Montant;Date\nA, B et C;1,50;01/02/2024\nD;2,75;03/02/2024\n", ";", ["A, B et C", "1,50", "01/02/2024"]),
        ('Nom,Montant,Objet\n"A, B",1.5,"x;y;z"\nD,2,"u;v;w"\n', ",", ["A, B", "1.5", "x;y;z"]),
        ("Nom\tMontant\nA; B\t1,50\nD; E\t2,00\n", "\t", ["A; B", "1,50"]),
        ("Nom|Montant\nA|1,50\n", "|", ["A", "1,50"]),
        ("Nom\nA\nB\n", "", ["A"]),
        ("Nom;Montant\nA;1,50\nB;2,25\n", ";", ["A", "1,50"]),
        ('Nom;Objet\n"A";"un\ndeux"\n', ";", ["A", "un\ndeux"]),
        ("sep=;\nNom,x;Montant\nA,y;1\n", ";", ["Nom,x", "Montant"]),
    ],
)
def test_the_delimiter_is_found_on_the_whole_shape(lire, texte: str, separateur: str, ligne: list[str]) -> None:
    source = lire(texte.encode())
    assert source.separateur == separateur
    assert rangees(source)[1] == ligne


def test_a_misplaced_quote_is_said_when_it_swallows_nothing(lire) -> None:
    source = lire(b'Nom;Montant\n"Les Amis" de Lyon;12\n')
    assert "guillemet est mal placé près de la ligne 2" in source.remarques[0]
    with pytest.raises(ClasseurRefuse, match="guillemet est mal placé"):
        lire(b'Nom;Montant\n"Les Amis;12\n"Autres";13\n')


def test_nul_bytes_are_shown(lire) -> None:
    source = lire(b"Nom;Montant\nA\x00B;12\n" + b"C;13\n" * 40)
    assert rangees(source)[1] == ["A\ufffdB", "12"]
    assert "1\u00a0octets nuls" in source.remarques[0]


def test_a_web_page_named_xls_gives_its_table(lire) -> None:
    page = (
        "<html><body><table><tr><th>Nom</th><th colspan=2>Montant</th></tr>"
        "<tr><td>Été &amp; Cie<td>12<br>13<td> 4  </tr></table><script>alert(1)</script></body></html>"
    )
    source = lire(page.encode("cp1252"), "export.xls")
    assert rangees(source) == [["Nom", "Montant", ""], ["Été & Cie", "12\n13", "4"]]
    assert any("page web" in remarque for remarque in source.remarques)


def test_cells_too_long_and_tables_too_wide_are_refused(lire) -> None:
    with pytest.raises(ClasseurRefuse, match="La ligne 2 porte une cellule"):
        lire(b"Nom;Montant\n" + b"x" * 40_000 + b";1\n")
    with pytest.raises(ClasseurRefuse, match="plus de 1\u00a0000\u00a0colonnes"):
        lire(b";".join([b"a"] * 1_001) + b"\n")


def test_an_old_workbook_with_a_password_is_refused_before_it_is_read() -> None:
    enregistrements = struct.pack("<HHI", 0x809, 4, 0x0600) + struct.pack("<HHI", 0x2F, 4, 1)
    with pytest.raises(ClasseurRefuse, match="mot de passe"):
        reperes_xls.reperer_flux(enregistrements)


def test_errors_of_an_old_workbook_are_found_by_its_records() -> None:
    def enregistrement(genre: int, donnees: bytes) -> bytes:
        return struct.pack("<HH", genre, len(donnees)) + donnees

    globaux = enregistrement(0x22, b"\x01\x00")
    debut = len(globaux) + 4 + 8 + 4
    globaux += enregistrement(0x85, struct.pack("<IHH", debut, 0, 0)) + enregistrement(0x0A, b"")
    page = (
        enregistrement(0x809, b"\0" * 4)
        + enregistrement(0x205, struct.pack("<HHHBB", 4, 2, 0, 42, 1))
        + enregistrement(0x205, struct.pack("<HHHBB", 5, 2, 0, 1, 0))
        + enregistrement(0x06, struct.pack("<HHH", 6, 1, 0) + b"\x02\x00\x17\x00\x00\x00\xff\xff" + b"\0" * 6)
        + enregistrement(0x0A, b"")
        + enregistrement(0x205, struct.pack("<HHHBB", 9, 9, 0, 42, 1))
    )
    reperes = reperes_xls.reperer_flux(globaux + page)
    assert reperes.base_1904
    assert reperes.de("Feuil1", 0).cellules == [(4, 2, "#N/A"), (6, 1, "#REF!")]
