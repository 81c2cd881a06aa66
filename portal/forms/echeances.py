"""The hour at which a campaign closes: typed in Paris time, shown in Paris and where the associations are."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.formats import ESPACE_INSECABLE, PARIS, ValeurIllisible, date_fr
from portal.forms.champs import Texte

METROPOLE = "Europe/Paris"
LIEUX = {
    METROPOLE: "à Paris",
    "America/Guadeloupe": "en Guadeloupe",
    "America/Martinique": "en Martinique",
    "America/Cayenne": "en Guyane",
    "Indian/Reunion": "à La Réunion",
    "Indian/Mayotte": "à Mayotte",
    "America/Miquelon": "à Saint-Pierre-et-Miquelon",
    "Pacific/Noumea": "en Nouvelle-Calédonie",
    "Pacific/Tahiti": "en Polynésie française",
    "Pacific/Wallis": "à Wallis-et-Futuna",
}
_HEURE = re.compile(r"([0-9]{1,2})(?: ?[h:] ?([0-9]{2})?)?", re.ASCII | re.IGNORECASE)
FIN_DE_JOURNEE = time(23, 59)


def parse_heure(texte: str) -> time:
    """« 12 h », « 12 h 30 », « 12:30 ». Raises ValeurIllisible."""
    lu = _HEURE.fullmatch(re.sub(r"[\s\u00a0\u202f]+", " ", texte.strip()))
    if lu is None or int(lu[1]) > 23 or int(lu[2] or 0) > 59:
        raise ValeurIllisible(f"L’heure «\u00a0{texte.strip()}\u00a0» n’est pas lisible. Écrivez par exemple 12 h 00.")
    return time(int(lu[1]), int(lu[2] or 0))


def heure_fr(heure: time) -> str:
    """« 12 h 00 »."""
    return f"{heure.hour}{ESPACE_INSECABLE}h{ESPACE_INSECABLE}{heure.minute:02d}"


def a_paris(jour: date, heure: time) -> datetime:
    """The instant of that hour in Paris. 23 h 59 lasts until the last second of the day.

    The hour that comes twice in autumn is its second coming, which leaves more time; the one that spring skips is refused
    (ValeurIllisible).
    """
    seconde = 59 if heure == FIN_DE_JOURNEE else 0
    instant = datetime.combine(jour, heure.replace(second=seconde), PARIS).replace(fold=1)
    relu = instant.astimezone(UTC).astimezone(PARIS)
    if relu.replace(tzinfo=None) != instant.replace(tzinfo=None):
        raise ValeurIllisible(
            f"Le {date_fr(jour)}, l’heure passe de 2 h à 3 h\u00a0: {heure_fr(heure)} n’existe pas à Paris. "
            "Choisissez une autre heure."
        )
    return instant


def echeance_fr(instant: datetime | None, fuseau: str = METROPOLE) -> str:
    """« 31 janvier 2027 à 12 h 00 à Paris, 15 h 00 à La Réunion »; the day is said again where it is another one."""
    if instant is None:
        return "sans date limite"
    paris = instant.astimezone(PARIS)
    phrase = f"{date_fr(paris)} à {heure_fr(paris.time())}"
    if fuseau == METROPOLE or fuseau not in LIEUX:
        return f"{phrase} (heure de Paris)"
    local = instant.astimezone(ZoneInfo(fuseau))
    jour = "" if local.date() == paris.date() else f"{date_fr(local.date())} à "
    return f"{phrase} à Paris, {jour}{heure_fr(local.time())} {LIEUX[fuseau]}"


def un_an_apres(instant: datetime | None) -> datetime | None:
    """The same day and hour in Paris, a year later; the 29 February becomes the 28."""
    if instant is None:
        return None
    paris = instant.astimezone(PARIS)
    jour = paris.date()
    bissextile = (jour.month, jour.day) == (2, 29)
    suivant = (jour - timedelta(days=1) if bissextile else jour).replace(year=jour.year + 1)
    return datetime.combine(suivant, paris.time(), PARIS)


class Heure(Texte):
    """An hour of the day, in Paris; `valeur` is a time."""

    def lire(self, brut: str) -> time:
        """With h or a colon."""
        return parse_heure(brut)
