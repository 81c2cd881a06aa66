"""Reading JSON that others wrote: each value has the type that we expect, or the answer is unreadable."""

from collections.abc import Mapping
from datetime import date

from integrations.annuaire.api import Adresse


class ReponseIllisible(ValueError):
    """The answer has not the shape that its documentation gives."""


def objet(valeur: object) -> Mapping[str, object]:
    """A JSON object."""
    if not isinstance(valeur, dict):
        raise ReponseIllisible("An object was expected.")
    return valeur


def champ(valeur: object, cle: str) -> object:
    """The value of a key that must be there and not null."""
    contenu = objet(valeur).get(cle)
    if contenu is None:
        raise ReponseIllisible(f"The value of {cle} is missing.")
    return contenu


def objets(valeur: object) -> list[Mapping[str, object]]:
    """A JSON array of objects; null is an empty one."""
    if valeur is None:
        return []
    if not isinstance(valeur, list):
        raise ReponseIllisible("An array was expected.")
    return [objet(element) for element in valeur]


def texte(source: Mapping[str, object], cle: str) -> str | None:
    """A text without its outer spaces; absent, null and empty are None."""
    valeur = source.get(cle)
    if valeur is None:
        return None
    if not isinstance(valeur, str):
        raise ReponseIllisible(f"The value of {cle} is not a text.")
    return valeur.strip() or None


def exige(source: Mapping[str, object], cle: str) -> str:
    """A text that cannot be missing."""
    valeur = texte(source, cle)
    if valeur is None:
        raise ReponseIllisible(f"The value of {cle} is missing.")
    return valeur


def jour(source: Mapping[str, object], cle: str) -> date | None:
    """An ISO date, or None."""
    valeur = texte(source, cle)
    try:
        return date.fromisoformat(valeur[:10]) if valeur else None
    except ValueError as erreur:
        raise ReponseIllisible(f"The value of {cle} is not a date.") from erreur


def adresse(source: Mapping[str, object], *, commune: str, code_commune: str) -> Adresse:
    """An address in parts, `commune` and `code_commune` being the keys that this register gives them."""
    parties = (texte(source, cle) for cle in ("numero_voie", "type_voie", "libelle_voie"))
    return Adresse(
        voie=" ".join(partie for partie in parties if partie),
        code_postal=texte(source, "code_postal") or "",
        commune=texte(source, commune) or "",
        code_commune=texte(source, code_commune) or "",
    )
