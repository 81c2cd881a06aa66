"""What an operator must know of the exchange with DS: does it answer, is the token heard, did its interface drift?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.controle import comparer, schema_du_fichier
from integrations.demarches_simplifiees.errors import AccesRefuse, DSInjoignable, ErreurDS, MotifRefus
from integrations.demarches_simplifiees.types import Ecart

# api v2 §1: DS answers each of these in its own way, and none of them in French
REMEDES = {
    MotifRefus.JETON_INVALIDE: (
        "Le jeton est inconnu de Démarches Simplifiées, ou révoqué : "
        "demandez-en un à un administrateur de la démarche et renseignez DS_TOKEN."
    ),
    MotifRefus.JETON_EXPIRE: (
        "Le jeton a expiré : un administrateur de la démarche doit en créer un autre ; renseignez DS_TOKEN."
    ),
    MotifRefus.RESEAU_INTERDIT: (
        "Le jeton n’est pas utilisable depuis ce serveur : "
        "un administrateur de la démarche doit y ajouter l’adresse réseau de sortie de ce serveur."
    ),
}
LECTURE_SEULE = (
    "Le droit d’écrire du jeton n’a pas été éprouvé : Démarches Simplifiées ne dit qu’un jeton est en lecture seule "
    "qu’en refusant une action, et ce contrôle n’en fait aucune."
)


@dataclass(frozen=True)
class Constat:
    """A sentence; `bon` tells whether all is well there, None when nobody can know."""

    bon: bool | None
    phrase: str


def check(ds: DemarchesSimplifiees, *, demarches: Sequence[int], sdl: Path | None) -> Iterator[Constat]:
    """Try the SDL file if any, then the published interface, the token, and the token on each démarche.

    Yields as it goes and changes nothing at DS; what cannot be reached is told once.
    """
    if sdl is not None:
        yield from _fichier(sdl)
    yield from _interface(ds)
    refus = _refus_du_jeton(ds)
    if refus:
        yield Constat(False, refus)
        return
    yield Constat(True, "Le jeton est reconnu.")
    for number in demarches:
        yield _demarche(ds, number)
    yield Constat(None, LECTURE_SEULE)


def _fichier(sdl: Path) -> Iterator[Constat]:
    try:
        ecarts = comparer(schema_du_fichier(sdl.read_text("utf-8")))
    except (OSError, ValueError):
        yield Constat(False, f"DS_SCHEMA_PATH ne désigne pas un schéma GraphQL lisible : {sdl}.")
        return
    yield from _en_constats(ecarts, f"le fichier {sdl}")


def _interface(ds: DemarchesSimplifiees) -> Iterator[Constat]:
    """What stops everything is told of the token, once."""
    try:
        yield from _en_constats(ds.controler(), "l’interface que Démarches Simplifiées publie")
    except (AccesRefuse, DSInjoignable):
        return
    except ErreurDS as panne:
        yield Constat(False, f"L’interface que Démarches Simplifiées publie n’a pas pu être lue. {panne}")


def _refus_du_jeton(ds: DemarchesSimplifiees) -> str:
    """Why the token opens nothing from here; "" when DS hears it."""
    try:
        ds.eprouver()
    except AccesRefuse as refus:
        return REMEDES.get(refus.motif, str(refus))
    except DSInjoignable:
        return "L’adresse de Démarches Simplifiées (DS_URL) est injoignable depuis ce serveur."
    except ErreurDS as panne:
        return str(panne)
    return ""


def _en_constats(ecarts: Sequence[Ecart], ou: str) -> Iterator[Constat]:
    if not ecarts:
        yield Constat(True, f"Toutes nos opérations sont valables pour {ou}.")
    for ecart in ecarts:
        yield Constat(False, f"Écart avec {ou}. {ecart.phrase}")


def _demarche(ds: DemarchesSimplifiees, number: int) -> Constat:
    try:
        titre = ds.eprouver_demarche(number)
    except AccesRefuse:
        return Constat(
            False,
            f"Le jeton est valable mais n’ouvre pas la démarche n° {number} : un administrateur de cette démarche doit "
            "l’y autoriser, et en rester administrateur.",
        )
    except ErreurDS as panne:
        return Constat(False, f"Démarche n° {number} : {panne}")
    return Constat(True, f"Le jeton ouvre la démarche n° {number}, « {titre} ».")
