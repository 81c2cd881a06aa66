"""Days and periods: ISO, « 31/01/2026 », « 31 janvier 2026 », and the number of a day in a spreadsheet. Nothing looser."""

import re
from datetime import date, datetime, time, timedelta

from portal.classeurs.cellules import Cellule, douteuse, refusee
from portal.classeurs.feuilles import Brut
from portal.formats import PARIS

MOIS = (
    ("janvier", "janv", "jan"), ("fevrier", "février", "fevr", "févr", "fev", "fév"), ("mars", "mar"), ("avril", "avr"), ("mai",),
    ("juin",), ("juillet", "juil"), ("aout", "août"), ("septembre", "sept", "sep"), ("octobre", "oct"), ("novembre", "nov"),
    ("decembre", "décembre", "dec", "déc"),
)  # fmt: skip
NUMEROS = {nom: rang for rang, noms in enumerate(MOIS, start=1) for nom in noms}
_NOMS = "|".join(sorted(NUMEROS, key=len, reverse=True))
_HEURE = r"(?:[T ,]*(?:à )?(?P<heure>[0-9]{1,2}[:hH][0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?) ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
ISO = re.compile(rf"(?P<a>[0-9]{{4}})(?P<s>[-/])(?P<m>[0-9]{{1,2}})(?P=s)(?P<j>[0-9]{{1,2}}){_HEURE}")
FRANCAISE = re.compile(rf"(?P<j>[0-9]{{1,2}})(?P<s> ?[-/.] ?)(?P<m>[0-9]{{1,2}})(?P=s)(?P<a>[0-9]{{4}}){_HEURE}")
EN_LETTRES = re.compile(
    rf"(?:(?:lun|mar|mercre|jeu|vendre|same)di |dimanche )?(?:le )?"
    rf"(?P<j>[0-9]{{1,2}})(?:er)?[ -](?P<m>{_NOMS})\.?[ -](?P<a>[0-9]{{4}})",
    re.IGNORECASE,
)
COURTE = re.compile(rf"[0-9]{{1,2}}[-/. ](?:[0-9]{{1,2}}|(?:{_NOMS})\.?)[-/. ][0-9]{{2}}", re.IGNORECASE)
SANS_JOUR = re.compile(
    rf"(?:{_NOMS})\.?[ -][0-9]{{2,4}}|[0-9]{{1,2}}[/-][0-9]{{4}}|[0-9]{{4}}[/-][0-9]{{1,2}}", re.IGNORECASE
)
UNE_DATE = re.compile(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}")
ENTIER = re.compile(r"([0-9]+)(?:[.,]0+)?")
ENTRE = re.compile(r"\s*(?:[/_;]|\s-\s|\sau\s|\sà\s|→)\s*", re.IGNORECASE)
# The days that may be written: some associations are older than the law of 1901.
PREMIER, DERNIER = date(1800, 1, 1), date(2100, 12, 31)
# The numbers that are read as a day: those of 1950 to 2100. A year alone is far below.
SERIE_MINIMALE, SERIE_MAXIMALE = 18_264, 73_415
ORIGINE_1900, ORIGINE_1904 = date(1899, 12, 30), date(1904, 1, 1)
# How spreadsheets show an empty cell, or zero, as a day.
ZEROS = frozenset({date(1899, 12, 30), date(1899, 12, 31)})
ZERO = "Ce jour est le zéro du tableur\u00a0: la date manque sans doute. Écrivez-la, ou videz la cellule."
ESPACES = re.compile(r"[\s\u00a0\u202f]+")


def jour(brut: Brut, vu: str, base_1904: bool) -> Cellule:
    """A day."""
    if isinstance(brut, date):
        trouve = brut.date() if isinstance(brut, datetime) else brut
        return refusee(vu, ZERO) if trouve in ZEROS else _dans_le_siecle(vu, trouve)
    if isinstance(brut, bool | time | timedelta):
        return refusee(vu, "Ce n’est pas une date. Écrivez par exemple 31/01/2026.")
    if isinstance(brut, int | float):
        return _numero(vu, float(brut), base_1904)
    entier = ENTIER.fullmatch(vu)
    if entier:
        return _chiffres(vu, entier[1], base_1904)
    return _ecrite(vu)


def periode(brut: Brut, vu: str, base_1904: bool) -> Cellule:
    """A day, or two parted by « / », « _ » or « au »: « 2026-01-01/2026-12-31 »."""
    seul = jour(brut, vu, base_1904)
    if seul.valeur:
        return seul
    for separateur in ENTRE.finditer(vu):
        bornes = [_ecrite(morceau.strip()) for morceau in (vu[: separateur.start()], vu[separateur.end() :])]
        if all(borne.valeur for borne in bornes):
            lue = "/".join(borne.valeur for borne in bornes)
            if bornes[0].valeur > bornes[1].valeur:
                return douteuse(
                    vu, lue, "La période finit avant de commencer\u00a0: elle est gardée telle qu’elle est écrite."
                )
            return Cellule(vu, lue)
    return douteuse(vu, "", "Ce n’est ni une date, ni une période de deux dates\u00a0: la cellule est laissée de côté.")


def _ecrite(vu: str) -> Cellule:
    nu = ESPACES.sub(" ", vu)
    for forme in (ISO, FRANCAISE, EN_LETTRES):
        lue = forme.fullmatch(nu)
        if lue:
            return _composee(vu, lue)
    return refusee(vu, _pourquoi(nu))


def _composee(vu: str, lue: re.Match[str]) -> Cellule:
    mois = int(lue["m"]) if lue["m"].isdecimal() else NUMEROS.get(lue["m"].casefold(), 0)
    try:
        trouve = date(int(lue["a"]), mois, int(lue["j"]))
    except ValueError:
        if mois > 12 >= int(lue["j"]):
            return refusee(
                vu,
                f"Le mois {mois} n’existe pas\u00a0: le mois est-il écrit avant le jour\u00a0? Écrivez le jour d’abord.",
            )
        return refusee(vu, "Ce jour n’existe pas dans le calendrier.")
    lu = _dans_le_siecle(vu, trouve)
    zone = lue.groupdict().get("zone")
    return _a_paris(vu, trouve, lue["heure"], zone) if zone and lu.valeur else lu


def _a_paris(vu: str, trouve: date, heure: str, zone: str) -> Cellule:
    """The day that it was in Paris at an hour of another place."""
    heures, _, suite = heure.lower().replace("h", ":").partition(":")
    try:
        instant = datetime.fromisoformat(f"{trouve.isoformat()}T{heures:0>2}:{suite}{zone}")
    except ValueError:
        return refusee(vu, "Cette heure n’existe pas, ou son fuseau n’existe pas. Écrivez le jour seul.")
    paris = instant.astimezone(PARIS).date()
    lu = _dans_le_siecle(vu, paris)
    if not lu.valeur:
        return lu
    return douteuse(
        vu, paris.isoformat(), f"L’heure est celle d’un autre fuseau\u00a0: à Paris, c’est le {paris:%d/%m/%Y}."
    )


def _pourquoi(nu: str) -> str:
    if SANS_JOUR.fullmatch(nu):
        return "Il manque le jour. Écrivez une date entière, par exemple 31/01/2026."
    if COURTE.fullmatch(nu):
        return "L’année n’a que deux chiffres. Écrivez-la en entier, par exemple 31/01/2026."
    if len(UNE_DATE.findall(nu)) > 1:
        return "La cellule porte plusieurs dates. Gardez-en une seule."
    return "Ce n’est pas une date. Écrivez par exemple 31/01/2026."


def _numero(vu: str, nombre: float, base_1904: bool) -> Cellule:
    if not nombre.is_integer() and not SERIE_MINIMALE <= nombre <= SERIE_MAXIMALE:
        return refusee(vu, "Ce nombre n’est pas une date. Écrivez par exemple 31/01/2026.")
    return _chiffres(vu, str(int(nombre)), base_1904)


def _chiffres(vu: str, chiffres: str, base_1904: bool) -> Cellule:
    """Digits alone: the number of a day in a spreadsheet, or « 20260131 »."""
    nombre = int(chiffres) if len(chiffres) <= 8 else 0
    decale = nombre + 1_462 if base_1904 else nombre
    if len(chiffres) == 5 and SERIE_MINIMALE <= decale <= SERIE_MAXIMALE:
        trouve = (ORIGINE_1904 if base_1904 else ORIGINE_1900) + timedelta(days=nombre)
        return douteuse(
            vu, trouve.isoformat(), f"Le tableur a gardé le numéro du jour\u00a0: il est lu {trouve:%d/%m/%Y}."
        )
    if len(chiffres) == 8:
        directe, inverse = (
            _date(chiffres[:4], chiffres[4:6], chiffres[6:]),
            _date(chiffres[4:], chiffres[2:4], chiffres[:2]),
        )
        if directe and not inverse:
            return douteuse(
                vu, directe.isoformat(), f"La date est écrite sans séparateur\u00a0: elle est lue {directe:%d/%m/%Y}."
            )
    if len(chiffres) == 4:
        return refusee(vu, "Il n’y a qu’une année. Écrivez une date entière, par exemple 31/01/2026.")
    return refusee(vu, "Ce nombre n’est pas une date. Écrivez par exemple 31/01/2026.")


def _date(annee: str, mois: str, quantieme: str) -> date | None:
    try:
        trouvee = date(int(annee), int(mois), int(quantieme))
    except ValueError:
        return None
    return trouvee if date(1900, 1, 1) <= trouvee <= DERNIER else None


def _dans_le_siecle(vu: str, trouve: date) -> Cellule:
    if PREMIER <= trouve <= DERNIER:
        return Cellule(vu, trouve.isoformat())
    return refusee(vu, f"L’année {trouve.year} est impossible. Vérifiez la date.")
