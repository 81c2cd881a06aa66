"""Amounts in French words, as an act writes them beside the figures."""

from decimal import ROUND_HALF_UP, Decimal

_SIMPLES = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
_DIZAINES = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}


def somme_en_lettres(montant: Decimal) -> str:
    """« deux mille trois cents euros et cinquante centimes », for a positive amount of euros under a thousand million."""
    centimes = int((montant * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    euros, reste = divmod(centimes, 100)
    de = "d’" if euros and euros % 1_000_000 == 0 else ""
    texte = f"{nombre_en_lettres(euros)} {de}euro{'s' if euros > 1 else ''}"
    return f"{texte} et {nombre_en_lettres(reste)} centime{'s' if reste > 1 else ''}" if reste else texte


def nombre_en_lettres(nombre: int) -> str:
    """A whole number in words, traditional spelling. Raises ValueError out of 0 to 999 999 999."""
    if not 0 <= nombre < 1_000_000_000:
        raise ValueError("an amount is written in words up to a thousand million")
    millions, reste = divmod(nombre, 1_000_000)
    milliers, unites = divmod(reste, 1_000)
    mots = []
    if millions:
        mots.append(f"{_centaines(millions)} million{'s' if millions > 1 else ''}")
    if milliers:
        mots.append("mille" if milliers == 1 else f"{_centaines(milliers, invariable=True)} mille")
    if unites or not mots:
        mots.append(_centaines(unites))
    return " ".join(mots)


def _centaines(nombre: int, *, invariable: bool = False) -> str:
    """Under a thousand. « cents » and « quatre-vingts » lose their mark before another number, mille included."""
    centaines, reste = divmod(nombre, 100)
    if not centaines:
        return _dizaines(reste, invariable=invariable)
    cent = "cent" if centaines == 1 else f"{_SIMPLES[centaines]} cent"
    if reste:
        return f"{cent} {_dizaines(reste, invariable=invariable)}"
    return f"{cent}s" if centaines > 1 and not invariable else cent


def _dizaines(nombre: int, *, invariable: bool) -> str:
    if nombre < 20:
        return _SIMPLES[nombre]
    if nombre == 80:
        return "quatre-vingt" if invariable else "quatre-vingts"
    if nombre > 80:
        return f"quatre-vingt-{_SIMPLES[nombre - 80]}"
    base = min(nombre // 10 * 10, 60)
    reste = nombre - base
    if not reste:
        return _DIZAINES[base]
    return f"{_DIZAINES[base]} et {_SIMPLES[reste]}" if reste in (1, 11) else f"{_DIZAINES[base]}-{_SIMPLES[reste]}"
