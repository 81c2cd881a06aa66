"""What bounds an exchange with DS or its storage: where a request may go, how much may come back, and for how long."""

import time
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address

import httpx

from integrations.demarches_simplifiees.errors import DelaiDepasse, ErreurDS, ReponseInvalide

EN_TOUT = 300.0  # seconds, from the first byte of an answer to its last
TAILLE_MAXIMALE = 64 * 2**20  # bytes of a JSON answer: a page of a hundred whole dossiers has a few millions
ADRESSE_REFUSEE = "Démarches Simplifiées a donné une adresse que le portail ne suit pas : elle n’est pas en https."
_TROP = "Démarches Simplifiées a répondu plus que le portail n’en lit : il demandera moins à la fois."
_LENT = "Une réponse de Démarches Simplifiées arrive trop lentement : elle sera redemandée."


def gardien(racine: str) -> Callable[[httpx.Request], None]:
    """A hook of httpx, called before each request, those of redirections included.

    It lets https pass; http too from this machine to itself, when DS (`racine`) is there, as its simulator is.
    """
    ds_est_ici = _ici(httpx.URL(racine))

    def exiger(requete: httpx.Request) -> None:
        url = requete.url
        chez_nous = ds_est_ici and url.scheme == "http" and _ici(url)
        if not chez_nous and (url.scheme != "https" or not url.host):
            raise ReponseInvalide(ADRESSE_REFUSEE)

    return exiger


def mesurer(morceaux: Iterable[bytes], *, maximum: int, trop: ErreurDS) -> Iterator[bytes]:
    """The same pieces. Raises `trop` beyond `maximum` bytes, DelaiDepasse beyond EN_TOUT."""
    fin, recus = time.monotonic() + EN_TOUT, 0
    for morceau in morceaux:
        recus += len(morceau)
        if recus > maximum:
            raise trop
        if time.monotonic() > fin:
            raise DelaiDepasse(_LENT)
        yield morceau


def borner(reponse: httpx.Response) -> None:
    """A hook of httpx, called before an answer is read: reading raises DelaiDepasse when there is too much of it."""
    if isinstance(reponse.stream, httpx.SyncByteStream):
        reponse.stream = _Borne(reponse.stream)


class _Borne(httpx.SyncByteStream):
    def __init__(self, flux: httpx.SyncByteStream) -> None:
        self._flux = flux

    def __iter__(self) -> Iterator[bytes]:
        yield from mesurer(self._flux, maximum=TAILLE_MAXIMALE, trop=DelaiDepasse(_TROP))

    def close(self) -> None:
        """See httpx."""
        self._flux.close()


def _ici(url: httpx.URL) -> bool:
    try:
        return url.host == "localhost" or ip_address(url.host).is_loopback
    except ValueError:
        return False
