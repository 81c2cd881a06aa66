"""From HTML to PDF: the only door to weasyprint. The child process alone imports it: that costs 1 to 2 s."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

DOSSIER = Path(__file__).parent.parent / "templates" / "documents"
# What a document may name, as asset:name; nothing else is ever read.
RESSOURCES = {"document.css": "text/css"}


class RessourceInterdite(ValueError):
    """The HTML named a resource that is not packaged with the portal: the document is not made."""


class Ressources(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """A fetcher that knows no protocol: it opens no socket, and no file but those of `RESSOURCES`."""

    def __init__(self) -> None:
        super().__init__(fail_on_errors=True)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002  # WeasyPrint's signature
        """The bytes of `asset:name`; any other address stops the document."""
        nom = url.removeprefix("asset:")
        if nom == url or nom not in RESSOURCES:
            raise RessourceInterdite("A document named a resource that is not packaged.")
        return URLFetcherResponse(url, (DOSSIER / nom).read_bytes(), {"Content-Type": RESSOURCES[nom]})


_RESSOURCES = Ressources()
_POLICES = FontConfiguration()
# Same content, same bytes: what is attached bears no date of its own.
_PAGE = re.compile(r"layout - Page (\d+)")
_SANS_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_FEUILLE = CSS(url="asset:document.css", url_fetcher=_RESSOURCES, font_config=_POLICES)


def _rien(_page: int) -> None:
    """Nobody follows a short document."""


def rendre_pdf(html: str, jointes: Mapping[str, str] | None = None, suivre: Callable[[int], None] = _rien) -> bytes:
    """A tagged PDF (PDF/UA-1) titled as the page is: same page, same bytes. Raises `RessourceInterdite`.

    `jointes`: texts that the PDF bears as attached files (UTF-8), by name. `suivre` is told the number of each page laid out.
    """
    with _suivi(suivre):
        return _rendre(html, jointes)


def _rendre(html: str, jointes: Mapping[str, str] | None) -> bytes:
    page = HTML(string=html, base_url="asset:", url_fetcher=_RESSOURCES)
    try:
        octets: bytes = page.write_pdf(
            stylesheets=[_FEUILLE],
            font_config=_POLICES,
            pdf_variant="pdf/ua-1",
            attachments=[_jointe(nom, texte) for nom, texte in sorted((jointes or {}).items())],
        )
    except FatalURLFetchingError as erreur:
        raise RessourceInterdite("A document named a resource that is not packaged.") from erreur
    return octets


@contextmanager
def _suivi(suivre: Callable[[int], None]) -> Iterator[None]:
    """WeasyPrint writes « Step 5 - Creating layout - Page 12 » in a journal of its own."""
    journal, oreille = logging.getLogger("weasyprint.progress"), _Oreille(suivre)
    niveau, passe = journal.level, journal.propagate
    journal.addHandler(oreille)
    journal.setLevel(logging.INFO)
    journal.propagate = False
    try:
        yield
    finally:
        journal.removeHandler(oreille)
        journal.setLevel(niveau)
        journal.propagate = passe


class _Oreille(logging.Handler):
    def __init__(self, suivre: Callable[[int], None]) -> None:
        super().__init__()
        self._suivre = suivre

    def emit(self, record: logging.LogRecord) -> None:
        trouvee = _PAGE.search(record.getMessage())
        if trouvee is not None:
            self._suivre(int(trouvee[1]))


def _jointe(nom: str, texte: str) -> Attachment:
    return Attachment(
        string=texte, name=nom, description=nom, created=_SANS_DATE, modified=_SANS_DATE, relationship="Supplement"
    )
