"""Reads again the bytes of the receipts that are kept: fingerprint, seal, attached proof."""

from collections.abc import Iterable, Iterator

from integrations.cachet.pyhanko_cachet import CachetPyhanko
from integrations.cachet.trousseau import Trousseau
from integrations.stockage.api import FichierIntrouvable, Stockage, StockageIndisponible
from portal.documents import preuve_cer
from portal.queries.controle_arbres_cer import RecuGarde
from portal.queries.journal import Faute
from portal.services.recus_hors_ligne import attached_proof


def faults(stockage: Stockage, trousseau: Trousseau, recus: Iterable[RecuGarde]) -> Iterator[Faute]:
    """What is wrong with the bytes of these receipts."""
    for recu in recus:
        for constat in _constats(stockage, trousseau, recu):
            yield Faute(recu.lieu, constat)


def _constats(stockage: Stockage, trousseau: Trousseau, recu: RecuGarde) -> Iterator[str]:
    try:
        octets = stockage.lire(recu.cle_stockage)
    except FichierIntrouvable:
        yield "son fichier a disparu"
        return
    except StockageIndisponible:
        yield "son fichier n’a pas pu être lu"
        return
    if preuve_cer.empreinte_octets(octets) != recu.sha256:
        yield "son fichier n’est plus celui qui a été établi"
    if recu.scelle and not CachetPyhanko(trousseau).controler(octets).bon:
        yield "son cachet n’est pas bon, ou n’est pas d’un certificat connu du portail"
    if recu.empreinte is not None and _preuve_jointe(octets) != recu.empreinte:
        yield "la preuve qu’il porte n’est pas celle de la signature"


def _preuve_jointe(octets: bytes) -> str:
    """The print of the proof that a receipt bears, empty when none can be read."""
    try:
        jointe = attached_proof(octets)
    except ValueError:
        return ""
    return preuve_cer.empreinte(jointe.preuve) if jointe else ""
