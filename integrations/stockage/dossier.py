"""Storage in a folder of this machine, spread over two levels so that no folder grows too large."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integrations.stockage.api import FichierIntrouvable, StockageIndisponible, verifier_cle
from integrations.stockage.ecriture import copier_durablement, ecrire_durablement, synchroniser_dossier


class StockageDossier:
    """A `Stockage` under `racine`: the key abcdef… is the file ab/cd/abcdef…"""

    def __init__(self, racine: Path) -> None:
        self._racine = racine

    def ecrire(self, cle: str, octets: bytes) -> None:
        """See `Stockage.ecrire`."""
        chemin = self._chemin(cle)
        with _pannes_nommees():
            ecrire_durablement(chemin, octets)

    def deposer(self, cle: str, source: Path) -> None:
        """See `Stockage.deposer`."""
        chemin = self._chemin(cle)
        with _pannes_nommees():
            copier_durablement(chemin, source)

    def lire(self, cle: str) -> bytes:
        """See `Stockage.lire`."""
        chemin = self._chemin(cle)
        with _pannes_nommees():
            return chemin.read_bytes()

    def existe(self, cle: str) -> bool:
        """See `Stockage.existe`."""
        chemin = self._chemin(cle)
        with _pannes_nommees():
            return chemin.is_file()

    def supprimer(self, cle: str) -> None:
        """See `Stockage.supprimer`."""
        chemin = self._chemin(cle)
        with _pannes_nommees():
            if chemin.exists():
                chemin.unlink(missing_ok=True)
                synchroniser_dossier(chemin.parent)

    def _chemin(self, cle: str) -> Path:
        verifier_cle(cle)
        return self._racine / cle[:2] / cle[2:4] / cle


@contextmanager
def _pannes_nommees() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as erreur:
        raise FichierIntrouvable("Rien n’est conservé sous cette clé.") from erreur
    except OSError as erreur:
        raise StockageIndisponible(f"Le dossier de stockage n’est pas utilisable : {erreur.strerror}.") from erreur
