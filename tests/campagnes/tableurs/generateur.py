"""Workbooks of invented lines whose every cell has a known truth, written in a way drawn for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from stdnum import luhn

from tests.campagnes.tableurs import ecritures
from tests.campagnes.tableurs.ecritures import Ecriture
from tests.classeurs_ecrits import Cellule

MOTS = (
    "Festival 2023|1er mai|00123|12/05/2024|3-4|1,50|VRAI|=cmd()|-fête-|+33|@moi|1E5|Noël|l’été|N° 12|0001|2024|janvier 2024|"
    "7,99E+13"
)
VILLES = "Lyon|Saint-Étienne|L’Haÿ-les-Roses|Ajaccio|Bron|Saint-Denis"
PART_ORDINAIRE = 0.5


@dataclass(frozen=True)
class Colonne:
    """A column of the corpus: its header, its field, what it may truly hold, how that is written. The first way is the usual."""

    titre: str
    champ: str
    inventer: Callable[[Random], str]
    ecritures: dict[str, Ecriture]


@dataclass(frozen=True)
class Case:
    """A cell: the truth, how it was written, and what was written."""

    colonne: Colonne
    verite: str
    ecriture: str
    ecrit: Cellule


def siren(alea: Random) -> str:
    """Nine digits whose key is right; one in ten begins by a zero."""
    debut = f"{alea.randrange(10**7) if alea.random() < 0.1 else alea.randrange(10**7, 10**8):08d}"
    return debut + str(luhn.calc_check_digit(debut))


def siret(alea: Random) -> str:
    """Fourteen digits whose keys are right."""
    debut = f"{siren(alea)}{alea.randrange(1, 200):04d}"
    return debut + str(luhn.calc_check_digit(debut))


def _jour(alea: Random) -> str:
    return (date(1955, 1, 1) + timedelta(days=alea.randrange(50_000))).isoformat()


def _montant(alea: Random) -> str:
    return f"{alea.choice([alea.randrange(10**5), alea.randrange(10**9), alea.randrange(10**4) * 100]) / 100:.2f}"


def _texte(alea: Random) -> str:
    return " ".join(alea.sample(MOTS.split("|"), alea.randrange(1, 4)))


def _nom(alea: Random) -> str:
    return f"Association {_texte(alea)} {alea.randrange(10**6)}"


def _code(alea: Random) -> str:
    return alea.choice(
        [
            f"D{alea.randrange(10**6)}",
            f"{alea.randrange(10**6):08d}",
            str(alea.randrange(10**9, 10**13)),
            f"2026-{alea.randrange(10**4):04d}/A",
        ]
    )


def _rna(alea: Random) -> str:
    return f"W{alea.randrange(1, 10)}{alea.choice('0123456789AR')}{alea.randrange(10**7):07d}"


def _postal(alea: Random) -> str:
    return f"{alea.randrange(1, 99):02d}{alea.randrange(1000):03d}"


COLONNES = (
    Colonne("Référence du dossier", "reference_source", _code, ecritures.CODES),
    Colonne("Nom de l’association", "association_nom", _nom, ecritures.TEXTES),
    Colonne("N° SIRET", "siret", siret, ecritures.SIRETS),
    Colonne("N° RNA", "rna", _rna, ecritures.RNAS),
    Colonne("Commune", "commune", lambda alea: alea.choice(VILLES.split("|")), ecritures.TEXTES),
    Colonne("Code postal", "code_postal", _postal, ecritures.CODES_POSTAUX),
    Colonne("Courriel", "email", lambda alea: f"contact{alea.randrange(10**6)}@exemple.fr", ecritures.COURRIELS),
    Colonne("Téléphone", "telephone", lambda alea: f"0{alea.randrange(10**8, 10**9)}", ecritures.TELEPHONES),
    Colonne("Intitulé du projet", "intitule", _texte, ecritures.TEXTES),
    Colonne("Objet de la demande", "objet", _texte, ecritures.TEXTES),
    Colonne("Exercice", "exercice", lambda alea: str(alea.randrange(2000, 2031)), ecritures.ANNEES),
    Colonne("Date de dépôt", "date_depot", _jour, ecritures.JOURS),
    Colonne("Montant demandé", "montant_demande", _montant, ecritures.MONTANTS),
    Colonne("Montant proposé", "montant_propose", _montant, ecritures.MONTANTS),
    Colonne("Montant accordé", "montant_accorde", _montant, ecritures.MONTANTS),
    Colonne(
        "Statut",
        "statut",
        lambda alea: alea.choice(["en_construction", "en_instruction", "accepte", "refuse", "sans_suite"]),
        ecritures.ETATS,
    ),
    Colonne("Date de la décision", "date_decision", _jour, ecritures.JOURS),
    Colonne("Programme", "programme", _code, ecritures.CODES),
    Colonne("N° EJ", "ej", _code, ecritures.CODES),
    Colonne("Observations", "observations", _texte, ecritures.TEXTES),
)


def lignes(alea: Random, combien: int) -> Iterator[list[Case]]:
    """Lines of twenty cells, half of them written in the usual way."""
    for _ in range(combien):
        yield [_case(alea, colonne) for colonne in COLONNES]


def _case(alea: Random, colonne: Colonne) -> Case:
    verite = colonne.inventer(alea)
    noms = list(colonne.ecritures)
    nom = noms[0] if alea.random() < PART_ORDINAIRE else alea.choice(noms)
    return Case(colonne, verite, nom, colonne.ecritures[nom](alea, verite))


def en_texte(ecrit: Cellule) -> str:
    """A cell as a French spreadsheet writes it in a CSV file: a long number loses its digits there."""
    if isinstance(ecrit, bool) or ecrit is None or isinstance(ecrit, str):
        return "" if ecrit is None else str(ecrit)
    if isinstance(ecrit, datetime):
        return f"{ecrit:%d/%m/%Y %H:%M}"
    if isinstance(ecrit, date):
        return f"{ecrit:%d/%m/%Y}"
    if isinstance(ecrit, int | float):
        return f"{ecrit:.5E}".replace(".", ",") if abs(ecrit) >= 10**11 else f"{ecrit:.10g}".replace(".", ",")
    return str(ecrit)
