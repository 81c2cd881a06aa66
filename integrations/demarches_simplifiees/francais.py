"""What a champ says in French where DS does not say it itself."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
NBSP = "\N{NO-BREAK SPACE}"
CHIFFRES = 30  # a number of more digits is nobody's amount


def date_francaise(iso: str) -> str:
    """ "2026-03-01" as « 1er mars 2026 »; "" when it is no date."""
    try:
        jour = date.fromisoformat(iso)
    except ValueError:
        return ""
    return f"{'1er' if jour.day == 1 else jour.day} {MOIS[jour.month - 1]} {jour.year}"


def nombre_francais(nombre: str) -> str:
    """ "1234.50" as « 1 234,50 » (no-break spaces); the text itself when it is no plain number."""
    entiers, _, decimales = nombre.partition(".")
    if (
        len(entiers) > CHIFFRES
        or not entiers.removeprefix("-").isdecimal()
        or (decimales and not decimales.isdecimal())
    ):
        return nombre
    groupes = f"{int(entiers):,}".replace(",", NBSP)
    signe = "-" if entiers.startswith("-") and not groupes.startswith("-") else ""
    return f"{signe}{groupes},{decimales}" if decimales else f"{signe}{groupes}"


def instant_francais(moment: datetime) -> str:
    """An aware instant as « 14 juillet 2025 à 10 h 05 », in Paris; "" when no calendar holds it there."""
    try:
        local = moment.astimezone(PARIS)
    except OverflowError:
        return ""
    return f"{date_francaise(local.date().isoformat())} à {local.hour}{NBSP}h{NBSP}{local.minute:02}"
