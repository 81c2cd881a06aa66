"""The workbook (.xlsx) of a working sheet: locked keys, cells to fill with the values they accept, and the tab that knows it.

A sibling of `tableur`, and like it a door to openpyxl: import it where the workbook is made.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.documents.feuille_travail import FeuilleDeTravail, LigneTravail
from portal.excel import litteral
from portal.formats import instant_fr
from portal.vocabulaire_imports import (
    COLONNE_ASSOCIATION,
    COLONNE_DEMANDE,
    COLONNE_PROJET,
    COLONNE_REFERENCE,
    COLONNE_SIRET,
    LIBELLES_CHAMP_FEUILLE,
    MONTANTS_FEUILLE,
    ONGLET_DOSSIERS,
    ONGLET_JETON,
    ChampFeuille,
)

ONGLET_AIDE = "Mode d’emploi"
# Read, never changed: title and width.
CLES = (
    (COLONNE_REFERENCE, 16),
    (COLONNE_ASSOCIATION, 36),
    (COLONNE_SIRET, 17),
    (COLONNE_PROJET, 36),
    (COLONNE_DEMANDE, 16),
)
LARGEURS = {ChampFeuille.AVIS_TEXTE: 50, ChampFeuille.NOTE: 40, ChampFeuille.INSTRUCTEUR: 26, ChampFeuille.ETAT: 20}
FORMAT_MONTANT = '#,##0.00\u00a0"€"'
GRIS = PatternFill("solid", fgColor="FFE9E9E9")
MODE_D_EMPLOI = (
    (
        "Cette feuille de travail vient du portail et y revient\u00a0: remplissez l’onglet «\u00a0Dossiers\u00a0», enregistrez, "
        "puis rendez le fichier à l’adresse ci-dessous."
    ),
    (
        "Ce qui se change\u00a0: les cellules blanches. Les cellules grises se lisent seulement, ce que vous y écrivez est "
        "signalé et laissé de côté."
    ),
    "État, Instructeur et Mon avis se choisissent dans la liste de la cellule. Les montants sont en euros.",
    "Plusieurs étiquettes s’écrivent dans une même cellule, séparées par un point-virgule.",
    (
        "Vous pouvez trier, filtrer, masquer, déplacer des lignes ou des colonnes, et supprimer celles qui ne vous servent "
        "pas\u00a0: ce qui ne revient pas reste comme il est sur le portail. La protection de la feuille s’ôte sans mot de passe."
    ),
    (
        "Gardez les titres des colonnes, les références, et l’onglet «\u00a0Ne pas modifier\u00a0»\u00a0: c’est à eux que le "
        "portail reconnaît la feuille. Une ligne ajoutée est laissée de côté."
    ),
    (
        "À son retour, le portail compare chaque cellule à ce qu’elle était au départ et à ce qu’il en sait alors. Il vous "
        "montre ce qui changera, et vous fait choisir quand la même cellule a changé des deux côtés. Rien n’est écrit "
        "avant votre accord."
    ),
    "Elle est à vous seul\u00a0: une autre personne ne peut pas la rendre à votre place.",
)


def classeur(feuille: FeuilleDeTravail) -> bytes:
    """The .xlsx file."""
    livre = Workbook(write_only=True)
    _mode_d_emploi(livre, feuille)
    page = livre.create_sheet(ONGLET_DOSSIERS)
    livre.active = 1
    _dossiers(page, feuille)
    _jeton(livre, feuille)
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def _mode_d_emploi(livre: Workbook, feuille: FeuilleDeTravail) -> None:
    page = livre.create_sheet(ONGLET_AIDE)
    page.column_dimensions["A"].width = 110
    page.append([_texte(page, f"Feuille de travail de {feuille.service}", gras=True)])
    for phrase in MODE_D_EMPLOI:
        page.append([_texte(page, phrase)])
    adresse = _texte(page, feuille.adresse)
    adresse.hyperlink = feuille.adresse
    page.append([adresse])


def _dossiers(page: Worksheet, feuille: FeuilleDeTravail) -> None:
    page.freeze_panes = "B2"
    largeurs = [largeur for _, largeur in CLES] + [LARGEURS.get(champ, 18) for champ in ChampFeuille]
    for rang, largeur in enumerate(largeurs, start=1):
        page.column_dimensions[get_column_letter(rang)].width = largeur
    titres = [titre for titre, _ in CLES] + [LIBELLES_CHAMP_FEUILLE[champ] for champ in ChampFeuille]
    for ligne_de_choix in _validations(feuille):
        page.data_validations.append(ligne_de_choix)
    page.append([_texte(page, titre, gras=True) for titre in titres])
    for ligne in feuille.lignes:
        page.append([*_cles(page, ligne), *(_a_remplir(page, ligne, champ) for champ in ChampFeuille)])
    page.auto_filter.ref = f"A1:{get_column_letter(len(titres))}{len(feuille.lignes) + 1}"
    _proteger(page)


def _proteger(page: Worksheet) -> None:
    """Locked cells alone are kept from a slip of the hand; all that does not change a value stays allowed."""
    page.protection.sheet = True
    for permis in ("sort", "autoFilter", "formatCells", "formatColumns", "formatRows"):
        setattr(page.protection, permis, False)


def _cles(page: Worksheet, ligne: LigneTravail) -> list[Cell]:
    textes = [_texte(page, texte) for texte in (ligne.reference, ligne.association, ligne.siret, ligne.intitule)]
    montant = _nombre(page, ligne.montant_demande)
    for cellule in (*textes, montant):
        cellule.fill = GRIS
    return [*textes, montant]


def _a_remplir(page: Worksheet, ligne: LigneTravail, champ: ChampFeuille) -> Cell:
    valeur = ligne.valeurs[champ]
    cellule = _texte(page, valeur) if isinstance(valeur, str) else _nombre(page, valeur)
    if champ not in MONTANTS_FEUILLE:
        cellule.number_format = "@"
    if champ in ligne.ouverts:
        cellule.protection = Protection(locked=False)
    else:
        cellule.fill = GRIS
    return cellule


def _texte(page: Worksheet, texte: str, *, gras: bool = False) -> Cell:
    cellule = WriteOnlyCell(page, value=litteral(ILLEGAL_CHARACTERS_RE.sub("", texte)) or None)
    if texte:
        cellule.data_type = "s"  # after the value: openpyxl makes a formula of a leading « = »
    cellule.number_format = "@"
    cellule.alignment = Alignment(wrap_text=True, vertical="top")
    if gras:
        cellule.font = Font(bold=True)
    return cellule


def _nombre(page: Worksheet, montant: Decimal | None) -> Cell:
    cellule = WriteOnlyCell(page)
    cellule.value = montant
    cellule.number_format = FORMAT_MONTANT
    cellule.alignment = Alignment(vertical="top")
    return cellule


def _validations(feuille: FeuilleDeTravail) -> Iterable[DataValidation]:
    """The list of each cell that may be changed, read in the last tab; labels are offered, and others may be joined to them."""
    for rang, champ in enumerate(ChampFeuille, start=len(CLES) + 1):
        lignes = [numero for numero, ligne in enumerate(feuille.lignes, start=2) if champ in ligne.ouverts]
        if not lignes or not (feuille.choix.get(champ) or champ in MONTANTS_FEUILLE):
            continue
        validation = _validation(feuille, champ)
        for debut, fin in _suites(lignes):
            validation.add(f"{get_column_letter(rang)}{debut}:{get_column_letter(rang)}{fin}")
        yield validation


def _validation(feuille: FeuilleDeTravail, champ: ChampFeuille) -> DataValidation:
    titre = LIBELLES_CHAMP_FEUILLE[champ]
    if champ in MONTANTS_FEUILLE:
        return DataValidation(
            type="decimal",
            operator="greaterThanOrEqual",
            formula1="0",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=titre,
            error="Écrivez un montant en euros, par exemple 1500 ou 1500,50.",
        )
    colonne = get_column_letter(3 + list(feuille.choix).index(champ))
    plage = f"'{ONGLET_JETON}'!${colonne}$2:${colonne}${len(feuille.choix[champ]) + 1}"
    return DataValidation(
        type="list",
        formula1=plage,
        allow_blank=True,
        showErrorMessage=champ != ChampFeuille.ETIQUETTES,
        errorTitle=titre,
        error="Choisissez une des valeurs de la liste.",
    )


def _suites(numeros: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The runs of rows that follow one another: (first, last)."""
    debut = precedent = numeros[0]
    for numero in numeros[1:]:
        if numero != precedent + 1:
            yield debut, precedent
            debut = numero
        precedent = numero
    yield debut, precedent


def _jeton(livre: Workbook, feuille: FeuilleDeTravail) -> None:
    """What the workbook is, and the values that its cells offer: column C and those after it."""
    page = livre.create_sheet(ONGLET_JETON)
    for lettre, largeur in (("A", 22), ("B", 40)):
        page.column_dimensions[lettre].width = largeur
    faits = [
        ("Ne pas modifier", ""),
        ("Jeton", feuille.jeton),
        ("Service", feuille.service),
        ("Préparée pour", feuille.personne),
        ("Le", instant_fr(feuille.le)),
        ("À rendre à", feuille.adresse),
    ]
    listes = [(LIBELLES_CHAMP_FEUILLE[champ], *valeurs) for champ, valeurs in feuille.choix.items()]
    for rang in range(max(len(faits), *(len(liste) for liste in listes), 1)):
        fait = faits[rang] if rang < len(faits) else ("", "")
        valeurs = [liste[rang] if rang < len(liste) else "" for liste in listes]
        page.append([_texte(page, texte, gras=rang == 0) for texte in (*fait, *valeurs)])
    page.protection.sheet = True
