"""What a letter of a service holds, frozen, all in French words: it is laid out as a page (PDF) and as a text to edit (ODT)."""

from dataclasses import asdict, dataclass
from typing import Any

from portal.documents.gabarits_lettres import Bloc, Morceau
from portal.documents.modeles import Document, ServiceCite


@dataclass(frozen=True, slots=True)
class LettreAgent(Document):
    """A letter or an act of a service.

    `numero`: of the document, that its QR code holds. `nature`: its kind in words. `destinataire`: one line per line of the
    envelope, () for an act. `auteur`, `qualite` (CRPA L212-1), "" on what nobody signs yet. `mention`: why it bears no
    signature (L212-2), "" when it is to be signed. `suivi_par`: the agent in charge (L111-2). `voies`: ways and times of appeal,
    () when the act has none to tell.
    """

    numero: str
    nature: str
    reference: str
    service: ServiceCite
    destinataire: tuple[str, ...]
    fait_le: str
    objet: str
    blocs: tuple[Bloc, ...]
    auteur: str = ""
    qualite: str = ""
    mention: str = ""
    suivi_par: str = ""
    voies: tuple[Bloc, ...] = ()
    acte: bool = False


def figer(lettre: LettreAgent) -> dict[str, Any]:
    """As JSON keeps it, for the text to edit made later."""
    return asdict(lettre)


def relire(fige: dict[str, Any]) -> LettreAgent:
    """From what JSON keeps."""
    valeurs = fige | {
        "service": ServiceCite(**fige["service"]),
        "destinataire": tuple(fige["destinataire"]),
        "blocs": _blocs(fige["blocs"]),
        "voies": _blocs(fige["voies"]),
    }
    return LettreAgent(**valeurs)


def _blocs(figes: list[dict[str, Any]]) -> tuple[Bloc, ...]:
    return tuple(
        Bloc(tuple(tuple(Morceau(**morceau) for morceau in ligne) for ligne in bloc["lignes"]), liste=bloc["liste"])
        for bloc in figes
    )
