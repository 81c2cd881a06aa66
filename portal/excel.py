"""What Excel asks of the names of sheets and of the texts of cells. Pure."""

import re

REFUSES = re.compile(r"[\[\]:*?/\\]|[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
NOM_MAXIMAL = 31
ECHAPPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def nom_d_onglet(titre: str) -> str:
    """The name of a sheet: some characters are refused, and more than 31 of them."""
    return REFUSES.sub(" ", titre)[:NOM_MAXIMAL]


def litteral(texte: str) -> str:
    """The text as an .xlsx holds it: « _x0041_ » would be read as « A » (ECMA-376, part 1, 22.9.2.19, ST_Xstring)."""
    return ECHAPPE.sub("_x005F_", texte) if "_x" in texte else texte
