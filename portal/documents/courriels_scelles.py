"""The words of our mails on the seal of avis: that it was broken, never what was under it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScelleLeve:
    """Who asked reads the answers given so far. `objet`: « le dossier P-1 »; `repondu`: the reader's own is among them."""

    adresse: str
    objet: str
    service: str
    repondu: bool


Courriel = ScelleLeve
GABARIT_DE: dict[type, str] = {ScelleLeve: "courriels/scelle_leve.txt"}
