"""Pure display and reading of French values: amounts, dates, identifiers."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

PARIS = ZoneInfo("Europe/Paris")
# Named once: reading « fr_FR » again for each value costs more than showing it.
FRANCE = Locale("fr", "FR")
ESPACE_INSECABLE = "\u00a0"
MONTANT_MAXIMAL = Decimal("999999999999.99")
# domain.md §3: W, a digit, a digit or a letter (Corsica, overseas), seven digits.
RNA = re.compile(r"W\d[A-Z\d]\d{7}")
# Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand is not mistaken.
ALPHABET_CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTRES_DE_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
CODE = re.compile(f"[{ALPHABET_CODE}]{{16}}")

# The address that HTML's own e-mail field accepts, with a dot in its domain (RFC 5321: 254 characters at most).
_ETIQUETTE = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
COURRIEL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_ETIQUETTE}(?:\.{_ETIQUETTE})+")
LONGUEUR_COURRIEL = 254

# The blocks of combining diacritical marks.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_MOTS = re.compile("[a-z0-9]+")
_ESPACES = re.compile(r"[ \u00a0\u2009\u202f]+")
_DEVISE = re.compile(r"^(?:€|EUR) ?| ?(?:€|EUR|euros?)$", re.IGNORECASE)
# Thousands by spaces, or none: decimals after a comma or a dot. Thousands by dots: decimals after a comma, or at least two dots.
_MONTANT = re.compile(
    r"(?P<entier>[0-9]+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:(?:\.| ?, ?)(?P<decimales>[0-9]{1,2}))?"
    r"|(?P<pointe>[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+(?= ?,)|(?:\.[0-9]{3}){2,}))(?: ?, ?(?P<suite>[0-9]{1,2}))?"
)


class ValeurIllisible(ValueError):
    """What was typed cannot be read without guessing. The message tells what to write instead."""


def parse_montant(texte: str) -> Decimal:
    """Read an amount in euros as French people write it; never guess. Raises ValeurIllisible.

    Accepts « 1234 », « 1 234,50 € », « 1.234,50 », « 12.5 », « EUR ». Refuses more than two decimals, several commas, a
    negative amount, spaces that do not part thousands (« 12 50 »), a euro sign in the middle (« 12€50 »), and a lone
    separator followed by three digits (« 1.234 » and « 1,234 » may mean two things).
    """
    nu = _DEVISE.sub("", _ESPACES.sub(" ", texte.strip()), count=1).strip()
    lu = _MONTANT.fullmatch(nu)
    if lu is None:
        raise ValeurIllisible(f"Le montant « {texte.strip()} » n’est pas lisible. Écrivez par exemple 1\u00a0234,50.")
    entier = re.sub(r"[ .]", "", lu["entier"] or lu["pointe"])
    montant = Decimal(f"{entier}.{lu['decimales'] or lu['suite'] or '0'}")
    if montant > MONTANT_MAXIMAL:
        raise ValeurIllisible(f"Le montant « {texte.strip()} » est trop grand. Vérifiez le nombre de chiffres.")
    return montant


def montant_fr(montant: Decimal | None) -> str:
    """Show an amount in euros: « 1 234,50 € »; an unknown one is « non renseigné »."""
    if montant is None:
        return "non renseigné"
    chiffres = f"{montant:,.2f}".replace(",", ESPACE_INSECABLE).replace(".", ",")
    return f"{chiffres}{ESPACE_INSECABLE}€"


def nombre_fr(nombre: int) -> str:
    """Show a whole number: « 19 380 »."""
    return f"{nombre:,}".replace(",", ESPACE_INSECABLE)


def taille_fr(octets: int | None) -> str:
    """Show a number of bytes: « 84 ko », « 1,5 Mo »; an unknown one is « taille inconnue »."""
    if octets is None:
        return "taille inconnue"
    if octets < 1024 * 1024:
        return f"{max(1, octets // 1024)}{ESPACE_INSECABLE}ko"
    return f"{octets / (1024 * 1024):.1f}".replace(".", ",") + f"{ESPACE_INSECABLE}Mo"


def montant_a_saisir(montant: Decimal | None) -> str:
    """An amount as its field shows it: « 1234,50 », nothing when unknown."""
    return "" if montant is None else f"{montant:.2f}".replace(".", ",")


def date_fr(jour: date | datetime | None) -> str:
    """Show a date in Europe/Paris: « 22 novembre 2026 », « 1er janvier 2027 »."""
    if jour is None:
        return "non renseignée"
    if isinstance(jour, datetime):
        jour = jour.astimezone(PARIS).date()
    return _jour_fr(jour)


# A list shows the same days again and again, and each costs Babel more than the line that holds it.
@lru_cache(maxsize=4_096)
def _jour_fr(jour: date) -> str:
    return format_date(jour, "d'er' MMMM y" if jour.day == 1 else "d MMMM y", locale=FRANCE)


def instant_fr(instant: datetime | None) -> str:
    """Show an instant in Europe/Paris: « 22 novembre 2026 à 14 h 05 »."""
    if instant is None:
        return "non renseigné"
    return f"{date_fr(instant)} à {heure_fr(instant)}"


def heure_fr(instant: datetime) -> str:
    """Show the time of an instant in Europe/Paris: « 14 h 05 »."""
    local = instant.astimezone(PARIS)
    return f"{local.hour}{ESPACE_INSECABLE}h{ESPACE_INSECABLE}{local.minute:02d}"


def anciennete_fr(duree: timedelta) -> str:
    """How long ago, in words and to the minute: « il y a 4 minutes »."""
    if duree < timedelta(minutes=1):
        return "il y a moins d’une minute"
    return format_timedelta(-duree, granularity="minute", add_direction=True, locale="fr")


def maintenant() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def aujourdhui() -> date:
    """The day that it is in Paris."""
    return maintenant().astimezone(PARIS).date()


def compact(identifiant: str) -> str:
    """An identifier without the spaces, dots and hyphens that people put in it, in capitals."""
    return re.sub(r"[\s\u00a0\u202f.\-]", "", identifiant).upper()


def parse_siret(texte: str) -> str:
    """Fourteen digits that pass the key (Luhn, and La Poste's own rule). Raises ValeurIllisible."""
    try:
        return str(stdnum_siret.validate(compact(texte)))
    except InvalidChecksum as erreur:
        raise ValeurIllisible(f"Le SIRET {_chiffre_faux(texte)}") from erreur
    except ValidationError as erreur:
        raise ValeurIllisible(
            f"Le SIRET «\u00a0{texte.strip()}\u00a0» n’est pas valide. Il compte 14\u00a0chiffres, "
            "que vous trouverez sur l’avis de situation de l’INSEE."
        ) from erreur


def parse_siren(texte: str) -> str:
    """Nine digits that pass the Luhn key. Raises ValeurIllisible."""
    try:
        return str(stdnum_siren.validate(compact(texte)))
    except InvalidChecksum as erreur:
        raise ValeurIllisible(f"Le SIREN {_chiffre_faux(texte)}") from erreur
    except ValidationError as erreur:
        raise ValeurIllisible(
            f"Le SIREN «\u00a0{texte.strip()}\u00a0» n’est pas valide. Il compte 9\u00a0chiffres, "
            "les neuf premiers du SIRET de votre association."
        ) from erreur


def _chiffre_faux(texte: str) -> str:
    return (
        f"«\u00a0{texte.strip()}\u00a0» n’est pas valide\u00a0: un de ses chiffres est faux. "
        "Comparez-le à l’avis de situation de l’INSEE."
    )


def parse_rna(texte: str) -> str:
    """A number of the répertoire national des associations: W and nine characters. Raises ValeurIllisible."""
    nu = compact(texte)
    if not RNA.fullmatch(nu):
        raise ValeurIllisible(
            f"Le numéro RNA « {texte.strip()} » n’est pas valide. Il commence par W et compte 10 caractères, "
            "par exemple W691234567."
        )
    return nu


def parse_courriel(texte: str) -> str:
    """An e-mail address in lower case: two spellings of one address are one account. Raises ValeurIllisible."""
    nu = texte.strip().lower()
    if len(nu) > LONGUEUR_COURRIEL or not COURRIEL.fullmatch(nu):
        raise ValeurIllisible(
            f"L’adresse « {texte.strip()} » n’est pas une adresse électronique. Écrivez par exemple prenom.nom@example.org."
        )
    return nu


def courriel_masque(adresse: str) -> str:
    """An address that its owner recognises and that nobody else can write to: « c…l@exemple.fr »."""
    avant, _, domaine = adresse.rpartition("@")
    return f"{avant[:1]}…{avant[-1:] if len(avant) > 2 else ''}@{domaine}"


def siren_fr(siren: str) -> str:
    """« 732 829 320 »; anything that is not nine digits is shown as it is."""
    if len(siren) != 9:
        return siren
    return ESPACE_INSECABLE.join((siren[:3], siren[3:6], siren[6:]))


def siret_fr(siret: str) -> str:
    """« 732 829 320 00074 »; anything that is not fourteen digits is shown as it is."""
    if len(siret) != 14:
        return siret
    return f"{siren_fr(siret[:9])}{ESPACE_INSECABLE}{siret[9:]}"


def majuscule(texte: str) -> str:
    """The same text with a capital first letter; the others stay as they are."""
    return texte[:1].upper() + texte[1:]


def mots_de_recherche(*textes: str) -> str:
    """The words of these texts, lower case, without accents or punctuation: what is stored to be searched, and is searched."""
    plat = unicodedata.normalize("NFKD", " ".join(textes)).casefold()
    return " ".join(_MOTS.findall(_ACCENTS.sub("", plat)))


def code_fr(caracteres: str) -> str:
    """A code shown by groups of four: « 7Q3K-0M2X-9HTB-4DVC »."""
    return "-".join(caracteres[rang : rang + 4] for rang in range(0, len(caracteres), 4))


def parse_code(texte: str) -> str:
    """A verification code as people copy it (spaces, lower case, O for 0, I or L for 1). Raises ValeurIllisible."""
    nu = compact(texte).translate(str.maketrans("OIL", "011"))
    if not CODE.fullmatch(nu):
        raise ValeurIllisible(
            "Ce code n’est pas lisible. Il compte 16 lettres ou chiffres, par groupes de quatre, "
            "par exemple 7Q3K-0M2X-9HTB-4DVC."
        )
    return code_fr(nu)


def parse_iban(texte: str) -> str:
    """An IBAN without spaces, whose keys are right: that of the IBAN, and of the RIB it holds when French. ValeurIllisible."""
    try:
        nu = str(stdnum_iban.validate(compact(texte)))
    except InvalidChecksum as erreur:
        raise ValeurIllisible(_iban_faux(texte)) from erreur
    except ValidationError as erreur:
        raise ValeurIllisible(
            f"L’IBAN «\u00a0{texte.strip()}\u00a0» n’est pas lisible. En France il commence par FR et compte 27\u00a0caractères, "
            "par exemple FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189."
        ) from erreur
    if nu.startswith("FR") and not _cle_rib_juste(nu[4:]):
        raise ValeurIllisible(_iban_faux(texte))
    return nu


def _iban_faux(texte: str) -> str:
    return (
        f"L’IBAN «\u00a0{texte.strip()}\u00a0» n’est pas valide\u00a0: un de ses caractères est faux. "
        "Comparez-le à celui du relevé d’identité bancaire."
    )


def _cle_rib_juste(rib: str) -> bool:
    """The key of a French RIB (CFONB): bank, branch, account and key, letters read as digits, are a multiple of 97."""
    return int(rib.translate(LETTRES_DE_RIB)) % 97 == 0


def parse_bic(texte: str) -> str:
    """A BIC of eight or eleven characters. Raises ValeurIllisible."""
    try:
        return str(stdnum_bic.validate(compact(texte)))
    except ValidationError as erreur:
        raise ValeurIllisible(
            f"Le BIC «\u00a0{texte.strip()}\u00a0» n’est pas lisible. Il compte 8 ou 11\u00a0caractères, par exemple AGRIFRPP."
        ) from erreur


def iban_fr(iban: str) -> str:
    """An IBAN by groups of four."""
    return ESPACE_INSECABLE.join(iban[rang : rang + 4] for rang in range(0, len(iban), 4))


def iban_masque(iban: str) -> str:
    """What lets its owner recognise an IBAN, and nobody use it: « FR76 •••• 189 »."""
    return f"{iban[:4]}{ESPACE_INSECABLE}••••{ESPACE_INSECABLE}{iban[-3:]}" if iban else ""
