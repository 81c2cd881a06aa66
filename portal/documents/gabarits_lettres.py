"""The text of a template of letter: its fields, its light marks (paragraphs, « - » lists, **bold**), and what fills them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.vocabulaire_instruction import GenreLettre
from portal.vocabulaire_lettres import CHAMPS_EN_LISTE, champs_de

DOSSIER = Path(__file__).parent / "textes" / "lettres"
_CHAMP = re.compile(r"{([^{}\n]*)}")
_GRAS = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TexteLettre:
    """A subject and a body, with their fields."""

    objet: str
    corps: str


@dataclass(frozen=True, slots=True)
class Morceau:
    """Words of one weight. `texte` may hold line breaks."""

    texte: str
    gras: bool = False


@dataclass(frozen=True, slots=True)
class Bloc:
    """A paragraph, or a list (`liste`) of items: one sequence of `Morceau` each."""

    lignes: tuple[tuple[Morceau, ...], ...]
    liste: bool = False


def texte_par_defaut(genre: GenreLettre) -> TexteLettre:
    """The words that a service has until it writes its own."""
    objet, _, corps = (DOSSIER / f"{genre}.md").read_text(encoding="utf-8").partition("\n")
    return TexteLettre(objet.strip(), corps.strip())


def champs_inconnus(genre: GenreLettre, texte: str) -> list[str]:
    """The fields of a text that a letter of this kind does not have, each once, in order; and what is not closed."""
    connus = champs_de(genre)
    fautifs = [nom for nom in _CHAMP.findall(texte) if nom not in connus]
    if re.search(r"[{}]", _CHAMP.sub("", texte)):
        fautifs.append("{" if "{" in _CHAMP.sub("", texte) else "}")
    return list(dict.fromkeys(fautifs))


def remplir(texte: str, valeurs: Mapping[str, str]) -> str:
    """One line of text with its fields filled. A field that has no value here leaves nothing."""
    return _CHAMP.sub(lambda trouve: valeurs.get(trouve[1], ""), texte).strip()


def composer(corps: str, valeurs: Mapping[str, str]) -> tuple[Bloc, ...]:
    """The blocks of a body. A value is never read as marks; a paragraph whose fields are all empty is left out."""
    paragraphes = (un.strip() for un in re.split(r"\n[ \t]*\n", corps.replace("\r\n", "\n")))
    blocs = (_bloc(un, valeurs) for un in paragraphes if un and not _vide(un, valeurs))
    return tuple(bloc for bloc in blocs if bloc.lignes)


def _vide(paragraphe: str, valeurs: Mapping[str, str]) -> bool:
    champs = _CHAMP.findall(paragraphe)
    return bool(champs) and not any(valeurs.get(nom, "").strip() for nom in champs)


def _bloc(paragraphe: str, valeurs: Mapping[str, str]) -> Bloc:
    seul = _CHAMP.fullmatch(paragraphe)
    if seul and seul[1] in CHAMPS_EN_LISTE:
        lignes = [ligne.strip() for ligne in valeurs.get(seul[1], "").splitlines()]
        return Bloc(tuple((Morceau(ligne),) for ligne in lignes if ligne), liste=True)
    lignes = paragraphe.splitlines()
    if all(ligne.lstrip().startswith("- ") for ligne in lignes):
        items = (ligne.lstrip().removeprefix("- ") for ligne in lignes if not _vide(ligne, valeurs))
        return Bloc(tuple(_morceaux(item, valeurs) for item in items), liste=True)
    return Bloc((_morceaux(paragraphe, valeurs),))


def _morceaux(texte: str, valeurs: Mapping[str, str]) -> tuple[Morceau, ...]:
    """Split by weight first, then fill: stars in a value stay stars."""
    morceaux = (
        Morceau(_CHAMP.sub(lambda trouve: valeurs.get(trouve[1], ""), partie), gras=rang % 2 == 1)
        for rang, partie in enumerate(_GRAS.split(texte))
        if partie
    )
    return tuple(morceau for morceau in morceaux if morceau.texte)
