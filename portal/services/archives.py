"""Makes one ZIP archive of many files as it is taken: one file at a time in memory, whatever they weigh together."""

import io
import zipfile
from collections.abc import Iterator

from integrations.stockage.api import Stockage
from portal.errors import PortalError
from portal.queries.archives import Archive
from portal.services.fichiers import read_bytes

LISEZ_MOI = "LISEZ-MOI.txt"
MORCEAU = 256 * 1024


class _Sortie(io.RawIOBase):
    """Where the archive is written: what was written since the last `prendre`."""

    def __init__(self) -> None:
        self._morceaux: list[bytes] = []

    def writable(self) -> bool:
        """The archive only writes; it cannot come back on what has left."""
        return True

    def write(self, octets: bytes) -> int:  # type: ignore[override]  # RawIOBase takes any buffer, zipfile gives bytes
        """Keep until it is taken."""
        self._morceaux.append(bytes(octets))
        return len(octets)

    def prendre(self) -> bytes:
        """What was written since."""
        pris, self._morceaux = b"".join(self._morceaux), []
        return pris


def produce(stockage: Stockage, archive: Archive) -> Iterator[bytes]:
    """The bytes of the archive. A file that cannot be read meanwhile is named in it, and it is whole all the same.

    To be called without an open transaction.
    """
    sortie, perdues = _Sortie(), list(archive.laissees)
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_STORED) as paquet:
        for entree in archive.entrees:
            try:
                octets = read_bytes(stockage, entree.fichier)
            except PortalError as panne:
                perdues.append(f"{entree.nom}\u00a0: {panne}")
                continue
            with paquet.open(entree.nom, "w", force_zip64=len(octets) > zipfile.ZIP64_LIMIT) as cible:
                for debut in range(0, len(octets), MORCEAU):
                    cible.write(octets[debut : debut + MORCEAU])
                    yield sortie.prendre()
        if perdues:
            texte = "Ces fichiers ne sont pas dans l’archive\u00a0:\r\n" + "".join(f"- {une}\r\n" for une in perdues)
            paquet.writestr(LISEZ_MOI, texte.encode())
    yield sortie.prendre()
