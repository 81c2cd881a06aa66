"""Reads the file of a version of the contrat d'engagement républicain: a YAML head, then the exact body that people sign."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from portal.documents.modeles import ArticleCer

TEXTE_NATIONAL = Path(__file__).parent / "textes" / "cer-1.md"
NOMBRE_ENGAGEMENTS = 7

_FICHIER = re.compile(r"---\n(?P<tete>.*?)\n---\n(?P<corps>.*)", re.DOTALL)
_ENGAGEMENT = re.compile(r"ENGAGEMENT N° (\d+) : (.+)")
_TEXTES = ("version", "reference", "nor", "jorf", "url")


class TexteIllisible(ValueError):
    """The file is not a version of the contract. The message, in French, tells what is wrong."""


@dataclass(frozen=True, slots=True)
class FichierCer:
    """A version as its file gives it. `corps` is normalised (NFC, LF): the bytes whose SHA-256 is signed."""

    version: str
    reference: str
    nor: str
    jorf: str
    date: date
    url: str
    verifie: bool
    corps: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the UTF-8 bytes of the body, in hexadecimal."""
        return hashlib.sha256(self.corps.encode()).hexdigest()


def lire(contenu: str) -> FichierCer:
    """Read a file. Raises TexteIllisible: bad head, missing datum, or not seven engagements in order."""
    normal = unicodedata.normalize("NFC", contenu.replace("\r\n", "\n").replace("\r", "\n")).lstrip("\ufeff")
    trouve = _FICHIER.fullmatch(normal)
    if trouve is None:
        raise TexteIllisible("Le fichier doit commencer par un en-tête entre deux lignes « --- ».")
    tete = _tete(trouve["tete"])
    corps = trouve["corps"].strip("\n") + "\n"
    _, articles = decouper(corps)
    numeros = [partie.numero for partie in numeroter(articles) if partie.numero]
    if numeros != list(range(1, NOMBRE_ENGAGEMENTS + 1)):
        raise TexteIllisible(f"Le texte doit compter sept engagements numérotés de 1 à 7 (lus : {numeros}).")
    textes = {nom: str(tete[nom]) for nom in _TEXTES}
    return FichierCer(**textes, date=tete["date"], verifie=tete["verifie_legifrance"], corps=corps)


def _tete(texte: str) -> dict[str, Any]:
    try:
        tete = yaml.safe_load(texte)
    except yaml.YAMLError as erreur:
        raise TexteIllisible("L’en-tête n’est pas du YAML.") from erreur
    attendus = dict.fromkeys(_TEXTES, str) | {"date": date, "verifie_legifrance": bool}
    fautes = [
        nom for nom, genre in attendus.items() if not isinstance(tete, dict) or not isinstance(tete.get(nom), genre)
    ]
    if fautes:
        raise TexteIllisible(f"L’en-tête ne donne pas, ou donne mal : {', '.join(fautes)}.")
    return dict(tete)


def decouper(corps: str) -> tuple[str, tuple[ArticleCer, ...]]:
    """The title, then the preamble and the engagements. Raises TexteIllisible when there is no title."""
    titre, *blocs = re.split(r"^## ", corps, flags=re.MULTILINE)
    if not titre.startswith("# ") or not blocs:
        raise TexteIllisible("Le texte doit commencer par son titre (« # … »), suivi de parties (« ## … »).")
    return titre.removeprefix("# ").strip(), tuple(_article(bloc) for bloc in blocs)


def _article(bloc: str) -> ArticleCer:
    titre, _, reste = bloc.partition("\n")
    paragraphes = (paragraphe.strip() for paragraphe in re.split(r"\n\s*\n", reste))
    return ArticleCer(titre.strip(), tuple(paragraphe for paragraphe in paragraphes if paragraphe))


@dataclass(frozen=True, slots=True)
class Partie:
    """A part to read: `numero` is 0 for the preamble, and `titre` goes without « ENGAGEMENT N° 1 : »."""

    numero: int
    titre: str
    paragraphes: tuple[str, ...]

    @property
    def intitule(self) -> str:
        """The title in lower case, for a list of links."""
        return self.titre.capitalize().replace("république", "République")


def numeroter(articles: tuple[ArticleCer, ...]) -> tuple[Partie, ...]:
    """The parts with their numbers."""
    return tuple(Partie(*_numero_et_titre(article.titre), article.paragraphes) for article in articles)


def _numero_et_titre(titre: str) -> tuple[int, str]:
    trouve = _ENGAGEMENT.fullmatch(titre.replace("\u00a0", " "))
    return (int(trouve[1]), trouve[2]) if trouve else (0, titre)
