"""Number formats that do not show the number as it is kept: 0,5 as « 50% », 12 as « 12 k€ » or « 2024-0012 »."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile
from typing import Any, NamedTuple

from portal.classeurs.feuilles import Brut, texte_vu
from portal.classeurs.unites import EUROS, est_unite

STYLES = "xl/styles.xml"
# « 9 » and « 10 »: the two percentages that every workbook has without saying so.
CONNUS = {"9": "0%", "10": "0.00%"}
# Quoted, escaped, padding, currency, condition, then any letter.
JETONS = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|(.)', re.DOTALL)
# Beyond, a number of a workbook is no more exact.
EXACT = 10**15
# Where digits stand: « 0 » shows one always, « # » and « ? » when there is one.
PLACES = {"0": "\x00", "#": "\x01", "?": "\x01"}
# Digits alone, that spaces and dashes may part: neither decimals nor days.
CODE = re.compile(r"[-() ]*[0#?][0#?() -]*")
# Commas after the last digit divide by a thousand: « 12 k€ » then shows 12 000, which is what is kept.
DIVISE = re.compile(r"[0#?],+(?:\.|$)")


class Ajout(NamedTuple):
    """What a format shows of a number: multiplied, and followed by words; or its digits at their `PLACES` in a mask."""

    mots: str
    facteur: int = 1
    masque: tuple[str, ...] = ()


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
    """What the format of positive numbers adds: « % », « k€ », zeros before; None for what changes no meaning."""
    mots, chiffres, masque = "", "", []
    for cite, echappe, devise, seul in JETONS.findall(code):
        if seul == ";":
            break
        ecrit = cite or echappe or devise
        mots += ecrit or (seul if seul in "kK€$£" else "")
        chiffres += seul
        masque.append(ecrit or PLACES.get(seul, seul))
    if "%" in chiffres:
        return POURCENT
    mots = " ".join(mots.split())
    if est_unite(mots):
        return None if DIVISE.search(chiffres.strip()) else Ajout(mots)
    return Ajout("", masque=tuple(masque)) if CODE.fullmatch(chiffres) and _montre_un_code(masque) else None


def _montre_un_code(masque: Sequence[str]) -> bool:
    """Whether a format shows a number as codes are: zeros before it (« 00000 »), or words (« "2024-"0000 »)."""
    avant = "".join(takewhile(lambda un: un not in PLACES.values(), masque)).strip()
    prefixe = any(lettre.isalnum() for lettre in avant) and not EUROS.fullmatch(avant)
    return prefixe or masque.count(PLACES["0"]) > 1


def motif(dites: dict[str, Ajout]) -> bytes:
    """The expression that finds a cell of one of these styles."""
    return rb"""\bs=["'](?:%s)["']""" % "|".join(dites).encode()


def montre(brut: Brut, dit: Ajout) -> Brut:
    """A number as its format shows it; what is no number stays itself."""
    if isinstance(brut, bool) or not isinstance(brut, int | float):
        return brut
    if dit.masque:
        return _masquer(int(brut), dit.masque) if 0 <= brut < EXACT and brut == int(brut) else brut
    vu = float(Decimal(repr(brut)) * dit.facteur)
    return f"{texte_vu(vu)} {dit.mots}"


def _masquer(nombre: int, masque: Sequence[str]) -> str:
    """Its digits from the right, one at each place; those that are left stand at the first."""
    restants, ecrit = str(nombre), ""
    premiere = next(rang for rang, un in enumerate(masque) if un in PLACES.values())
    for rang in range(len(masque) - 1, -1, -1):
        un = masque[rang]
        if un in PLACES.values():
            pris = restants if rang == premiere else restants[-1:]
            restants = restants[: len(restants) - len(pris)]
            un = pris or ("0" if un == PLACES["0"] else "")
        ecrit = f"{un}{ecrit}"
    return ecrit.strip()
