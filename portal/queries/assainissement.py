"""From other people's HTML to plain text. The only door to nh3."""

import re
from html import unescape

import nh3

_COUPURES = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_MARQUES = re.compile(r"[<&\r\0]")
_BALISE = re.compile(r"<[^>]*>")
_LIGNES_VIDES = re.compile(r"[ \t]*\n\s*\n\s*")
# The HTML that DS writes itself: paragraphs never nested, line breaks, a few inline tags. A browser's parser changes nothing
# of it, so that it need not be built (nh3 costs ten times more); whatever is written otherwise goes to nh3.
_EN_LIGNE = r"</?(?:strong|em|b|i|u)>|</a>|<a(?: [a-z]++=\"[^\"<>\0]*+\")*+>"
_TEXTE = rf"[^<&\r\0]++|&(?:amp|lt|gt|quot|nbsp|\#39);|{_EN_LIGNE}|<br ?/?>"
_SIMPLE = re.compile(rf"(?:{_TEXTE}|<p>(?:{_TEXTE})*+</p>)*+")
_MOTS = re.compile(_EN_LIGNE)


def texte_de_html(html: str) -> str:
    """The text that a browser would show, one line per block, without a single tag, script or style left.

    What DS sends as plain text passes unchanged, but for what looks like a tag. The result is text: escape it to show it.
    """
    if not _MARQUES.search(html):
        # Most texts bear no markup, and a pull reads thousands: nh3 would give them back as they are.
        return _LIGNES_VIDES.sub("\n", html).strip()
    sobre = _MOTS.sub("", html) if _SIMPLE.fullmatch(html) else _sans_danger(html)
    return _LIGNES_VIDES.sub("\n", unescape(_BALISE.sub("\n", sobre))).strip()


def _sans_danger(html: str) -> str:
    """The same HTML, with the tags of blocks only."""
    return nh3.clean(html, tags=_COUPURES, attributes={}, link_rel=None)
