"""Delays in months, from date to date (code de procédure civile, art. 641)."""

import calendar
from datetime import date


def plus_mois(jour: date, mois: int) -> date:
    """The day of the same number `mois` months later, the last of the month when it has no such day."""
    annees, rang = divmod(jour.month - 1 + mois, 12)
    annee, numero = jour.year + annees, rang + 1
    return date(annee, numero, min(jour.day, calendar.monthrange(annee, numero)[1]))
