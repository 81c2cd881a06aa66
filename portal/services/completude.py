"""What is still to be filled in keeps a form of several pages from leaving."""

from collections.abc import Iterable

from portal.errors import Invalid
from portal.vocabulaire_demandes import LIBELLES_ETAT_SECTION, EtatSection


def require(pages: Iterable[tuple[str, EtatSection]], *, suite: str) -> None:
    """Raise Invalid, naming each page (label, état) that is not filled in, then `suite`: what was not done, what is kept."""
    restes = [f"{nom} ({LIBELLES_ETAT_SECTION[etat]})" for nom, etat in pages if etat != EtatSection.REMPLIE]
    if restes:
        raise Invalid("", f"Il reste à remplir ou à corriger\u00a0: {', '.join(restes)}. {suite}")
