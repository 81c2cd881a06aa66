"""What the search box of the queue understands besides words: « avis:en-retard montant:>=5000 depot:>2026-01 »."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from portal.formats import ESPACE_INSECABLE, ValeurIllisible, mots_de_recherche, parse_montant

Choix = TypeVar("Choix", bound=StrEnum)
CRITERE = re.compile(
    r"(?<!\S)(?P<nom>[^\W\d_]+):(?P<signe><=|>=|<|>)?(?P<valeur>\"[^\"]+\"|«[^»]+»|“[^”]+”|[^\s\"«“<>]\S*)"
)
ESPACES = re.compile(r"(?<!\S)(?P<nom>[^\W\d_]+)\s*:\s*(?=\S)")
# What people call a criterion, and its name in an address.
NOMS = {
    "etat": "etat",
    "demarche": "demarche",
    "exercice": "exercice",
    "annee": "exercice",
    "instructeur": "instructeur",
    "suivi": "suivi",
    "territoire": "territoire",
    "departement": "territoire",
    "cer": "cer",
    "avis": "avis",
    "retard": "retard",
    "etiquette": "etiquette",
    "source": "source",
    "origine": "source",
    "montant": "montant",
    "depot": "depot",
}
CENTIME = Decimal("0.01")
JOUR = timedelta(days=1)
ANNEES = range(1900, 2200)
AIDE = (
    ("suivi:moi", "ceux que vous suivez (suivi:aucun, ceux que personne ne suit)"),
    ("etat:en_instruction", "par état, aussi etat:refuse, etat:accepte"),
    ("avis:en-retard", "avec un avis en retard (aussi aucun, attendus, rendus)"),
    ("retard:oui", "ceux dont l’échéance est passée sans décision"),
    ("depot:>2026-01", "déposés depuis janvier 2026 ; depot:<2026-03, avant mars ; depot:2026-02, en février"),
    ("montant:>=5000", "5 000 € demandés ou plus ; montant:1000..5000, entre les deux"),
    ("cer:manquant", "dont l’association n’a pas signé le contrat d’engagement républicain"),
    ("territoire:69", "siège dans ce département"),
    ("source:courrier", "arrivés par courrier"),
    ('etiquette:"prioritaire"', "portant cette étiquette"),
    ("demarche:12", "d’une démarche, par son numéro"),
    ("exercice:2026", "pour cet exercice"),
)


@dataclass
class Recherche:
    """What was typed, once read: criteria by their name in an address, the words that remain, what was not understood.

    `saisis`: how each criterion was typed.
    """

    criteres: dict[str, str] = field(default_factory=dict)
    mots: str = ""
    ignores: list[str] = field(default_factory=list)
    saisis: dict[str, str] = field(default_factory=dict)

    def restes(self, illisibles: Iterable[str]) -> str:
        """How these criteria were typed: those of them that were."""
        return " ".join(dict.fromkeys(self.saisis[nom] for nom in illisibles if nom in self.saisis))


def lire(texte: str) -> Recherche:
    """Take the criteria out of what was typed; a word before « : » that is no criterion is searched as words, and said."""
    lue = Recherche()

    def prendre(trouve: re.Match[str]) -> str:
        connu = NOMS.get(mots_de_recherche(trouve["nom"]))
        if connu is None:
            lue.ignores.append(
                f"«{ESPACE_INSECABLE}{trouve['nom'][:40]}{ESPACE_INSECABLE}» n’est pas un critère de la file{ESPACE_INSECABLE}: "
                f"«{ESPACE_INSECABLE}{trouve[0][:60]}{ESPACE_INSECABLE}» est cherché comme des mots. "
                "L’aide de la recherche donne les critères connus."
            )
            return trouve[0]
        criteres = _lire(connu, trouve["signe"] or "", trouve["valeur"].strip('"«»“”\u00a0 '))
        lue.criteres |= criteres
        lue.saisis |= dict.fromkeys(criteres, trouve[0])
        return ""

    lue.mots = " ".join(CRITERE.sub(prendre, ESPACES.sub(_serrer, texte)).split())
    return lue


def _serrer(trouve: re.Match[str]) -> str:
    """« état : refusé », as French is written, is « état:refusé »; a title with a colon stays as it is."""
    return f"{trouve['nom']}:" if mots_de_recherche(trouve["nom"]) in NOMS else trouve[0]


def _lire(nom: str, signe: str, valeur: str) -> dict[str, str]:
    if nom in ("suivi", "instructeur") and mots_de_recherche(valeur) in ("aucun", "personne"):
        return {"instructeur": "aucun"}
    if nom == "montant":
        return _bornes(valeur, signe, ("montant_min", "montant_max"), _montants)
    if nom == "depot":
        return _bornes(valeur, signe, ("depot_apres", "depot_avant"), _jours)
    return {nom: valeur}


def _bornes(
    valeur: str, signe: str, noms: tuple[str, str], lire: Callable[[str, str], tuple[str, str]]
) -> dict[str, str]:
    """The two ends of a range, of which « >= » and « <= » give one; an unreadable one is kept as it is, to be said."""
    debut, deux, fin = valeur.partition("..")
    try:
        bas, haut = lire(debut, signe)
        if deux:
            haut = lire(fin, signe)[1]
    except ValueError:
        return {noms[0]: valeur}
    if signe.startswith(">"):
        return {noms[0]: bas}
    if signe.startswith("<"):
        return {noms[1]: haut}
    return {noms[0]: bas, noms[1]: haut}


def _montants(texte: str, signe: str) -> tuple[str, str]:
    montant = parse_montant(texte)
    return str(montant + CENTIME if signe == ">" else montant), str(
        max(montant - CENTIME, Decimal(0)) if signe == "<" else montant
    )


def _jours(texte: str, signe: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day; « < » stops the day before the first."""
    nombres = [int(nombre) for nombre in re.split(r"[-/]", texte) if nombre.isascii() and nombre.isdigit()]
    if not nombres or len(nombres) != len(re.split(r"[-/]", texte)) or len(nombres) > 3:
        raise ValueError(texte)
    if "/" in texte:
        nombres.reverse()
    annee, mois, jour = (*nombres, 0, 0)[:3]
    if annee not in ANNEES:
        raise ValueError(texte)
    debut = date(annee, mois or 1, jour or 1)
    dernier_mois = mois or 12
    fin = debut if jour else date(debut.year, dernier_mois, monthrange(debut.year, dernier_mois)[1])
    return debut.isoformat(), (debut - JOUR if signe == "<" else fin).isoformat()


def par_les_mots(libelles: Mapping[Choix, str]) -> Callable[[str], Choix]:
    """A reader that knows these values by their code or their words, whatever accents, capitals and hyphens."""
    connus = {mots_de_recherche(libelle): valeur for valeur, libelle in libelles.items()}
    connus |= {mots_de_recherche(valeur.replace("_", " ")): valeur for valeur in libelles}

    def lire_choix(texte: str) -> Choix:
        cle = mots_de_recherche(texte.replace("_", " "))
        if cle not in connus:
            raise ValueError(texte)
        return connus[cle]

    return lire_choix


def un_seul(mot: str) -> Callable[[str], str]:
    """A reader of that word alone."""

    def lire_mot(texte: str) -> str:
        if texte.lower() != mot:
            raise ValueError(texte)
        return mot

    return lire_mot


def un_jour(texte: str) -> date:
    """A day as an address writes it. Raises ValueError."""
    lu = date.fromisoformat(texte)
    if lu.year not in ANNEES:
        raise ValueError(texte)
    return lu


def un_montant(texte: str) -> Decimal:
    """An amount, as people write it. Raises ValueError."""
    try:
        return parse_montant(texte)
    except ValeurIllisible as erreur:
        raise ValueError(texte) from erreur
