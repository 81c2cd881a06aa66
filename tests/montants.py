"""Amounts as people write them: examples by hand, and as many generated ones as asked, the same for every reader."""

import random
from decimal import Decimal

LISIBLES = [
    ("0", "0"),
    ("0,00", "0"),
    ("7", "7"),
    ("007", "7"),
    ("12", "12"),
    ("1234", "1234"),
    ("12345", "12345"),
    ("123456789", "123456789"),
    ("0,5", "0.50"),
    ("0,05", "0.05"),
    ("0.05", "0.05"),
    ("12,5", "12.50"),
    ("12.5", "12.50"),
    ("12,50", "12.50"),
    ("12.50", "12.50"),
    ("1234,5", "1234.50"),
    ("1234,56", "1234.56"),
    ("1234.56", "1234.56"),
    ("1 234", "1234"),
    ("1\u00a0234", "1234"),
    ("1\u202f234", "1234"),
    ("1\u2009234", "1234"),
    ("1  234", "1234"),
    ("12 345", "12345"),
    ("123 456", "123456"),
    ("1 234 567", "1234567"),
    ("1 234,5", "1234.50"),
    ("1 234,50", "1234.50"),
    ("1 234.50", "1234.50"),
    ("1\u202f234,50\u00a0€", "1234.50"),
    ("1 234,50 €", "1234.50"),
    ("1 234,50€", "1234.50"),
    ("1234€", "1234"),
    ("€1234", "1234"),
    ("€ 1 234,50", "1234.50"),
    ("1234 EUR", "1234"),
    ("1234EUR", "1234"),
    ("EUR 1234", "1234"),
    ("1234 eur", "1234"),
    ("1 euro", "1"),
    ("1 234 euros", "1234"),
    ("1 234 Euros", "1234"),
    ("  1234  ", "1234"),
    ("1234\n", "1234"),
    ("\t1234", "1234"),
    ("1.234,50", "1234.50"),
    ("1.234,5", "1234.50"),
    ("12.345,67 €", "12345.67"),
    ("1.234.567", "1234567"),
    ("1.234.567,89", "1234567.89"),
    ("1234, 50", "1234.50"),
    ("1234 ,50", "1234.50"),
    ("1 234 , 50 €", "1234.50"),
    ("999 999 999 999,99", "999999999999.99"),
]
ILLISIBLES = [
    "",
    "   ",
    "€",
    "EUR",
    "abc",
    "12,34,5",
    "1,234",  # 1.234 or 1234 ?
    "1.234",
    "12.345",
    "123,456",
    "1.234.50",
    "1,234.50",
    "1,234,567",
    "1.234,567",
    "12,345 €",
    "12,",
    "12.",
    ",50",
    ".50",
    "12,5 0",
    "12 50",  # 12,50 or 1250 ?
    "1 23",
    "1 2345",
    "1234 567",
    "1 234 56",
    "12 34 56",
    "0 500",
    "1 234.567",
    "1234.567,00",
    "1.23.456",
    "1 234.567,00",
    "12€50",
    "12 € 50",
    "12 euros 50",
    "1234 €€",
    "1234 $",
    "1234 k€",
    "10K",
    "1e3",
    "-5",
    "(5)",
    "+5",
    "5-",
    "1'234",
    "1_234",
    "1\t234",
    "1\n234",
    "1234,567",
    "1 234,50 TTC",
    "environ 500",
    "500/an",
    "50 %",
    "٣٤",
    "１２",
    "½",
    "NaN",
    "Infinity",
    "0x10",
    "1000000000000",
]


SEPARATEURS = ("", " ", "\u00a0", "\u202f", "\u2009", ".")
DEVISES = ("", "€", " €", "\u00a0€", " EUR", " euros", " Euro")
# what hands do on a keyboard, and what spreadsheets do
ALPHABET = "0123456789000111.,  \u00a0\u202f€'-k"


def ecrits(combien: int, graine: int) -> list[tuple[str, Decimal]]:
    """Right spellings, each with the amount in euros that was written."""
    hasard = random.Random(graine)
    return [_ecrit(hasard) for _ in range(combien)]


def _ecrit(hasard: random.Random) -> tuple[str, Decimal]:
    centimes = hasard.randrange(10 ** hasard.randint(1, 14))
    separateur = hasard.choice(SEPARATEURS)
    entiers = f"{centimes // 100:,}".replace(",", separateur)
    montant = Decimal(centimes) / 100
    # thousands by dots say their decimals after a comma: « 1.234 » alone may mean two things
    formes = [f",{centimes % 100:02d}"]
    if separateur != ".":
        formes.append(f".{centimes % 100:02d}")
        if centimes % 100 == 0:
            formes.append("")
        if centimes % 10 == 0:
            formes.append(f",{centimes % 100 // 10}")
    avant, apres = hasard.choice((("", hasard.choice(DEVISES)), ("€ ", ""), ("EUR ", "")))
    return f"{avant}{entiers}{hasard.choice(formes)}{apres}", montant


def quelconques(combien: int, graine: int) -> list[str]:
    """Texts of any shape, most of them of no amount."""
    hasard = random.Random(graine)
    return ["".join(hasard.choices(ALPHABET, k=hasard.randint(1, 12))) for _ in range(combien)]


def sens_possibles(texte: str) -> set[Decimal]:
    """Every amount that somebody might have meant: an independent and much more lenient reading.

    Any separator of the text may be the decimal one, whatever follows it, or none of them.
    """
    nu = "".join(c for c in texte if c in "0123456789.,")
    chiffres = "".join(c for c in nu if c.isdigit())
    if not chiffres:
        return set()
    possibles = {Decimal(chiffres)}
    for rang, caractere in enumerate(nu):
        if caractere in ".,":
            apres = sum(c.isdigit() for c in nu[rang:])
            possibles.add(Decimal(chiffres).scaleb(-apres))
    return possibles
