"""Number formats of an .xlsx that show another number than the one that is kept: 0,5 as « 50% », 12 as « 12 k€ »."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from portal.classeurs.feuilles import Brut, texte_vu

STYLES = "xl/styles.xml"
# « 9 » and « 10 »: the two percentages that every workbook has without saying so.
CONNUS = {"9": "0%", "10": "0.00%"}
# Quoted, escaped, padding, currency, condition, then any letter.
JETONS = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|(.)', re.DOTALL)
MULTIPLE = re.compile(r"(?:k|m|md)(?: ?(?:€|eur|euros?))?|.*%.*|.*mill(?:iers?|ions?|iards?).*", re.IGNORECASE)
# Commas after the last digit divide by a thousand: « 12 k€ » then shows 12 000, which is what is kept.
DIVISE = re.compile(r"[0#?],+(?:\.|$)")


class Ajout(NamedTuple):
    """What a format shows of a number: multiplied, and followed by words."""

    mots: str
    facteur: int = 1


POURCENT = Ajout("%", 100)


def ajouts(styles: Any) -> dict[str, Ajout]:
    """By number of style, what its format adds to the number and changes its meaning; styles that add nothing are left out.

    `styles`: the root of « xl/styles.xml ».
    """
    codes = CONNUS | {
        un.get("numFmtId", ""): un.get("formatCode", "") for un in styles.iter() if _balise(un) == "numFmt"
    }
    dites = {}
    for liste in styles:
        if _balise(liste) == "cellXfs":
            for rang, style in enumerate(liste):
                trouve = ajout(codes.get(style.get("numFmtId", ""), ""))
                if trouve:
                    dites[str(rang)] = trouve
    return dites


def _balise(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def ajout(code: str) -> Ajout | None:
    """What the format of positive numbers adds: « % », « k€ »; None for what changes no meaning."""
    mots, chiffres, pourcent = "", "", False
    for cite, echappe, devise, seul in JETONS.findall(code):
        if seul == ";":
            break
        pourcent = pourcent or seul == "%"
        mots += cite or echappe or devise or (seul if seul in "kK€" else "")
        chiffres += seul
    if pourcent:
        return POURCENT
    mots = " ".join(mots.split())
    return Ajout(mots) if MULTIPLE.fullmatch(mots) and not DIVISE.search(chiffres.strip()) else None


def motif(dites: dict[str, Ajout]) -> bytes:
    """The expression that finds a cell of one of these styles."""
    return rb"""\bs=["'](?:%s)["']""" % "|".join(dites).encode()


def montre(brut: Brut, dit: Ajout) -> Brut:
    """A number as its format shows it; what is no number stays itself."""
    if isinstance(brut, bool) or not isinstance(brut, int | float):
        return brut
    vu = float(Decimal(repr(brut)) * dit.facteur)
    return f"{texte_vu(vu)} {dit.mots}"
