"""What an operator must know of the exchange with DS: does it answer, is the token heard, did its interface drift?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.controle import comparer, schema_du_fichier
from integrations.demarches_simplifiees.ecarts import Ecart
from integrations.demarches_simplifiees.errors import AccesRefuse, DSInjoignable, ErreurDS, MotifRefus

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
    """Try the SDL file if any, then the token, the published interface, and the token on each démarche.

    Yields as it goes and changes nothing at DS. Whatever shuts DS to us is told once, and ends it.
    """
    if sdl is not None:
        yield from _fichier(sdl)
    try:
        ds.eprouver()
    except ErreurDS as panne:
        yield Constat(False, _remede(panne))
        return
    yield Constat(True, "Le jeton est reconnu.")
    yield from _interface(ds)
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


def _remede(panne: ErreurDS) -> str:
    if isinstance(panne, AccesRefuse):
        return REMEDES.get(panne.motif, str(panne))
    if isinstance(panne, DSInjoignable):
        return "L’adresse de Démarches Simplifiées (DS_URL) est injoignable depuis ce serveur."
    return str(panne)


def _interface(ds: DemarchesSimplifiees) -> Iterator[Constat]:
    try:
        yield from _en_constats(ds.controler(), "l’interface que Démarches Simplifiées publie")
    except ErreurDS as panne:
        yield Constat(False, f"L’interface que Démarches Simplifiées publie n’a pas pu être lue. {panne}")


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
