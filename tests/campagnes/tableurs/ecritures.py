"""How people and spreadsheets write one same value: well, badly, or with something lost."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from random import Random

from tests.classeurs_ecrits import Cellule

Verite = str
Ecriture = Callable[[Random, Verite], Cellule]

ESPACES = (" ", "\u00a0", "\u202f")
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
ORIGINE = date(1899, 12, 30)


def _milliers(verite: Verite, separateur: str) -> str:
    entier, _, cents = verite.partition(".")
    return f"{int(entier):,}".replace(",", separateur) + f",{cents}"


def _nombre(_alea: Random, verite: Verite) -> Cellule:
    montant = Decimal(verite)
    return int(montant) if montant == int(montant) else float(montant)


def _somme(_alea: Random, verite: Verite) -> Cellule:
    """What a formula that adds tenths gives: the same amount, and a trace of binary."""
    montant = float(verite)
    return montant + 0.1 + 0.2 - 0.3


def _court(_alea: Random, verite: Verite) -> Cellule:
    return verite.rstrip("0").rstrip(".").replace(".", ",") if "." in verite else verite


MONTANTS: dict[str, Ecriture] = {
    "nombre": _nombre,
    "somme de nombres binaires": _somme,
    "1 234,56": lambda alea, v: _milliers(v, alea.choice(ESPACES)),
    "1 234,56 €": lambda alea, v: f"{_milliers(v, alea.choice(ESPACES))}{alea.choice(ESPACES)}€",
    "EUR 1234,56": lambda _alea, v: f"EUR {v.replace('.', ',')}",
    "1.234,56": lambda _alea, v: _milliers(v, "."),
    "1234.56": lambda _alea, v: v,
    "1234,5": _court,
    "1,234.56 (à l’anglaise)": lambda _alea, v: f"{Decimal(v):,.2f}",
    "1.234 (milliers sans décimales)": lambda _alea, v: _milliers(v, ".").removesuffix(",00"),
    "k€": lambda _alea, v: f"{float(v) / 1000:.1f} k€".replace(".", ","),
    "trois décimales": lambda alea, v: f"{v}{alea.randrange(1, 10)}",
    "changé en date": lambda alea, _v: date(2026, alea.randrange(1, 13), alea.randrange(1, 28)),
    "erreur de formule": lambda alea, _v: alea.choice(["#REF!", "#N/A", "#VALEUR!"]),
    "environ": lambda _alea, v: f"environ {v}",
}


def _jour(verite: Verite) -> date:
    return date.fromisoformat(verite)


def _americaine(_alea: Random, verite: Verite) -> Cellule:
    """Month first, whatever the day: read both ways or not, it is told by what the rest of the column proves."""
    return f"{_jour(verite):%m/%d/%Y}"


JOURS: dict[str, Ecriture] = {
    "date": lambda _alea, v: _jour(v),
    "date et heure": lambda alea, v: datetime.combine(_jour(v), time(alea.randrange(24), alea.randrange(60))),
    "numéro du jour": lambda _alea, v: (_jour(v) - ORIGINE).days,
    "numéro du jour et fraction": lambda alea, v: (_jour(v) - ORIGINE).days + alea.randrange(1, 24) / 24,
    "AAAA-MM-JJ": lambda _alea, v: v,
    "AAAA-MM-JJThh:mm:ss": lambda alea, v: f"{v}T{alea.randrange(24):02d}:30:00",
    "AAAAMMJJ": lambda _alea, v: v.replace("-", ""),
    "JJ/MM/AAAA": lambda _alea, v: f"{_jour(v):%d/%m/%Y}",
    "J/M/AAAA": lambda _alea, v: f"{_jour(v).day}/{_jour(v).month}/{_jour(v).year}",
    "JJ.MM.AAAA": lambda _alea, v: f"{_jour(v):%d.%m.%Y}",
    "en lettres": lambda _alea, v: f"{_jour(v).day} {MOIS[_jour(v).month - 1]} {_jour(v).year}",
    "MM/JJ/AAAA (à l’américaine)": _americaine,
    "JJ/MM/AA": lambda _alea, v: f"{_jour(v):%d/%m/%y}",
    "mois seul": lambda _alea, v: f"{MOIS[_jour(v).month - 1]} {_jour(v).year}",
    "année seule": lambda _alea, v: _jour(v).year,
    "deux dates": lambda _alea, v: f"{v};{v}",
    "phrase": lambda _alea, v: f"Commission du {_jour(v):%d/%m/%Y}",
}


def _scientifique(_alea: Random, verite: Verite) -> Cellule:
    return f"{float(verite):.2E}".replace(".", ",").replace("E+", "E+")


def _faute(alea: Random, verite: Verite) -> Cellule:
    rang = alea.randrange(len(verite))
    autre = alea.choice([chiffre for chiffre in "0123456789" if chiffre != verite[rang]])
    return f"{verite[:rang]}{autre}{verite[rang + 1 :]}"


SIRETS: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "espaces": lambda alea, v: alea.choice(ESPACES).join((v[:3], v[3:6], v[6:9], v[9:])),
    "points": lambda _alea, v: f"{v[:3]}.{v[3:6]}.{v[6:9]}.{v[9:]}",
    "nombre": lambda _alea, v: int(v),
    "nombre à virgule": lambda _alea, v: float(v),
    "« .0 »": lambda _alea, v: f"{int(v)}.0",
    "apostrophe": lambda _alea, v: f"'{v}",
    "7,99E+13": _scientifique,
    "arrondi par le tableur": lambda _alea, v: float(f"{float(v):.3E}"),
    "un chiffre faux": _faute,
    "un chiffre en moins": lambda alea, v: v[: alea.randrange(1, 13)] + v[13:],
    "SIREN": lambda _alea, v: v[:9],
    "absent": lambda alea, _v: alea.choice(["néant", "non communiqué", "à venir"]),
}
RNAS: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "minuscules et espaces": lambda _alea, v: f"{v[:4]} {v[4:]}".lower(),
    "sans le W": lambda _alea, v: v[1:],
    "tronqué": lambda _alea, v: v[:6],
    "absent": lambda alea, _v: alea.choice(["NC", "en cours"]),
}
CODES: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "espaces autour": lambda _alea, v: f" {v} ",
    "nombre": lambda _alea, v: int(v) if v.isdigit() and v[0] != "0" else v,
    "nombre à virgule": lambda _alea, v: float(v) if v.isdigit() and v[0] != "0" else v,
    "grand nombre": lambda _alea, v: f"{float(v):.2E}".replace(".", ",") if v.isdigit() and len(v) > 11 else v,
}
TEXTES: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "espaces autour": lambda _alea, v: f"\u00a0{v}  ",
    "caractères invisibles": lambda _alea, v: f"\ufeff{v}\u200b",
}
CODES_POSTAUX: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "nombre": lambda _alea, v: int(v),
    "nombre à virgule": lambda _alea, v: float(v),
    "espace": lambda _alea, v: f"{v[:2]} {v[2:]}",
    "avec la ville": lambda _alea, v: f"{v} LYON",
}
COURRIELS: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "capitales": lambda _alea, v: v.upper(),
    "deux adresses": lambda _alea, v: f"{v} ; autre@exemple.fr",
    "phrase": lambda _alea, v: f"écrire à {v}",
}
TELEPHONES: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "nombre": lambda _alea, v: int(v),
    "nombre à virgule": lambda _alea, v: float(v),
}
ANNEES: dict[str, Ecriture] = {
    "texte": lambda _alea, v: v,
    "nombre": lambda _alea, v: int(v),
    "nombre à virgule": lambda _alea, v: float(v),
    "« Exercice 2026 »": lambda _alea, v: f"Exercice {v}",
    "deux années": lambda _alea, v: f"{v}-{int(v) + 1}",
    "deux chiffres": lambda _alea, v: v[2:],
    "date": lambda alea, v: date(int(v), alea.randrange(1, 13), 1),
}
ETATS: dict[str, Ecriture] = {
    "nos mots": lambda alea, v: alea.choice(
        {
            "en_construction": ["Déposé", "reçu", "déposé, à examiner"],
            "en_instruction": ["En instruction", "EN COURS D’INSTRUCTION", "en cours"],
            "accepte": ["Accordé", "acceptée", "attribuée"],
            "refuse": ["Refusé", "REFUS"],
            "sans_suite": ["Classé sans suite", "Inéligible"],
        }[v]
    ),
    "mots d’un outil": lambda alea, v: alea.choice(
        {
            "en_construction": ["Déposé"],
            "en_instruction": ["Prise en charge", "En attente décision"],
            "accepte": ["Soldée", "A évaluer", "VOTE"],
            "refuse": ["défavorable"],
            "sans_suite": ["Supprimé"],
        }[v]
    ),
    "mots inconnus": lambda alea, _v: alea.choice(["Clôturée", "à voir avec Paule", "Rejeté"]),
}
