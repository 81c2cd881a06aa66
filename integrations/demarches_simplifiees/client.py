"""The client of DS: what `api` promises, over our own operations.

>>> with ClientDS("https://demarche.numerique.gouv.fr/api/v2/graphql", jeton) as ds:
...     ds.lire_demarche(4501).title
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import urljoin

import httpx

from integrations.demarches_simplifiees import controle, preremplissage, transfert
from integrations.demarches_simplifiees.api import Debit
from integrations.demarches_simplifiees.ecarts import Ecart
from integrations.demarches_simplifiees.echange import AGENT, Echange
from integrations.demarches_simplifiees.lectures import Lectures, present
from integrations.demarches_simplifiees.limites import gardien
from integrations.demarches_simplifiees.mutations import Mutations
from integrations.demarches_simplifiees.noeuds import texte
from integrations.demarches_simplifiees.ordres import EtatPrerempli, Prerempli
from integrations.tls import confiance


class ClientDS(Lectures, Mutations):
    """Keeps the contract of `api.DemarchesSimplifiees` over HTTP. Threads may share one; `fermer` ends it.

    Time limits in seconds: DS may take 30 s and its database is cut at 60 s. `tentatives` and `attente` (seconds)
    rule the repeats of reads, see `echange.Echange`. What needs no token (files, prefill) goes without it.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        delai_lecture: float = 60.0,
        delai_connexion: float = 5.0,
        tentatives: int = 3,
        attente: float = 1.0,
        debit: Debit | None = None,
    ) -> None:
        delais = httpx.Timeout(delai_lecture, connect=delai_connexion)
        tls = confiance()
        self._echange = Echange(url, token, tls=tls, delais=delais, tentatives=tentatives, attente=attente, debit=debit)
        self._racine = urljoin(url, "/")
        garde = {"request": [gardien(self._racine)]}
        self._sans_jeton = httpx.Client(verify=tls, timeout=delais, headers=AGENT, max_redirects=3, event_hooks=garde)
        self._debit = debit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.fermer()

    def fermer(self) -> None:
        """Close the connections."""
        self._echange.fermer()
        self._sans_jeton.close()

    def televerser(self, dossier_id: str, *, nom: str, type_mime: str, octets: bytes) -> str:
        """See api.DemarchesSimplifiees."""
        variables = {
            "dossier": dossier_id,
            "nom": nom,
            "typeMime": type_mime,
            "taille": len(octets),
            "checksum": transfert.checksum(octets),
        }
        charge = present(self._echange.lire("preparer_televersement", variables), "createDirectUpload")
        return transfert.deposer(self._sans_jeton, present(charge, "directUpload"), octets)

    def telecharger(self, url: str, *, maximum: int) -> bytes:
        """See api.DemarchesSimplifiees."""
        return transfert.telecharger(self._sans_jeton, url, maximum=maximum)

    def preremplir(self, demarche: int, valeurs: Mapping[str, Any]) -> Prerempli:
        """See api.DemarchesSimplifiees."""
        return preremplissage.creer(self._sans_jeton, self._racine, demarche, valeurs, debit=self._debit)

    def suivre_preremplis(self, demarche: int, jetons: Sequence[str]) -> tuple[EtatPrerempli, ...]:
        """See api.DemarchesSimplifiees."""
        if not jetons:
            return ()
        return preremplissage.suivre(self._sans_jeton, self._racine, demarche, jetons, debit=self._debit)

    def eprouver(self) -> None:
        """See api.DemarchesSimplifiees."""
        self._echange.lire("eprouver", {})

    def eprouver_demarche(self, number: int) -> str:
        """See api.DemarchesSimplifiees."""
        return texte(present(self._echange.lire("eprouver_demarche", {"demarche": number}), "demarche"), "title")

    def controler(self) -> tuple[Ecart, ...]:
        """See api.DemarchesSimplifiees."""
        return controle.comparer(controle.schema_publie(self._echange.introspecter()))
