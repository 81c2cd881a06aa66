"""One bounded question to a register over HTTP: the only door to httpx here."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as DelaiDepasse
from typing import TypeVar

import httpx

from integrations.annuaire.api import AnnuaireIndisponible
from integrations.annuaire.disjoncteur import Disjoncteur
from integrations.annuaire.lecture import ReponseIllisible
from integrations.tls import confiance

Reponse = TypeVar("Reponse")
Lecture = Callable[[object], Reponse | None]


class Appel:
    """Asks, reads, and counts failures. `delai` is in seconds and covers the whole call, name resolution included.

    httpx bounds each network operation but not their sum, hence the thread: it may outlive the call, never the delays.
    """

    def __init__(
        self,
        url: str,
        *,
        en_tetes: Mapping[str, str] | None = None,
        delai: float = 2.0,
        disjoncteur: Disjoncteur | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        sans_reste = httpx.Limits(max_keepalive_connections=0)  # rare calls, and workers fork: no open socket is shared
        self._client = httpx.Client(
            base_url=url,
            headers=en_tetes,
            timeout=delai,
            transport=transport,
            limits=sans_reste,
            verify=confiance(),
        )
        self._delai = delai
        self._disjoncteur = disjoncteur or Disjoncteur()
        self._fils = ThreadPoolExecutor(max_workers=4, thread_name_prefix="annuaire")

    def fiche(self, chemin: str, parametres: Mapping[str, str], lire: Lecture[Reponse]) -> Reponse | None:
        """GET the JSON answer and give it to `lire`; 404 is None. Raises `AnnuaireIndisponible`."""
        if self._disjoncteur.ouvert():
            raise AnnuaireIndisponible(
                "L’annuaire a échoué plusieurs fois : il n’est plus interrogé pendant un moment."
            )
        try:
            trouvee = self._interroger(chemin, parametres, lire)
        except (httpx.HTTPError, DelaiDepasse, ValueError) as erreur:
            self._disjoncteur.echec()
            raise AnnuaireIndisponible(
                f"L’annuaire n’a pas donné de réponse exploitable : {type(erreur).__name__}."
            ) from erreur
        self._disjoncteur.reussite()
        return trouvee

    def _interroger(self, chemin: str, parametres: Mapping[str, str], lire: Lecture[Reponse]) -> Reponse | None:
        attente = self._fils.submit(self._client.get, chemin, params=dict(parametres))
        reponse = attente.result(timeout=self._delai)
        if reponse.status_code == httpx.codes.NOT_FOUND:
            return None
        if reponse.status_code != httpx.codes.OK:
            raise ReponseIllisible(f"Status {reponse.status_code}.")
        return lire(reponse.json())
