"""What the client reads of DS: each method keeps the promise that `api.DemarchesSimplifiees` makes of it."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from integrations.demarches_simplifiees import parsing
from integrations.demarches_simplifiees.echange import Echange
from integrations.demarches_simplifiees.errors import ReponseInvalide
from integrations.demarches_simplifiees.noeuds import Noeud, objet, objets, texte
from integrations.demarches_simplifiees.types import Demarche, DossierSupprime, EnTete, FichierDS, Page

T = TypeVar("T")


class Lectures:
    """The reads, over the exchange that the client opened."""

    _echange: Echange

    def lire_demarche(self, number: int) -> Demarche:
        """See api.DemarchesSimplifiees."""
        donnees = self._echange.lire("lire_demarche", {"demarche": number})
        return parsing.lire_demarche(present(donnees, "demarche"))

    def lister_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[EnTete]:
        """See api.DemarchesSimplifiees."""
        page = self._page("lister_dossiers", "dossiers", demarche, premiers, apres, depuis)
        aretes = (une for une in objets(page, "edges") if une.get("node"))
        return _en_page(page, tuple(parsing.lire_en_tete(une) for une in aretes))

    def page_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 50, depuis: datetime | None
    ) -> Page[dict[str, Any]]:
        """See api.DemarchesSimplifiees."""
        page = self._page("page_dossiers", "dossiers", demarche, premiers, apres, depuis)
        return _en_page(page, tuple(dict(un) for un in objets(page, "nodes")))

    def lire_dossier(self, number: int) -> dict[str, Any]:
        """See api.DemarchesSimplifiees."""
        return dict(self._dossier("lire_dossier", number))

    def lire_fichiers(self, number: int) -> tuple[FichierDS, ...]:
        """See api.DemarchesSimplifiees."""
        return parsing.lire(self._dossier("lire_fichiers", number)).fichiers

    def dossiers_en_corbeille(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[DossierSupprime]:
        """See api.DemarchesSimplifiees."""
        champ = "pendingDeletedDossiers"
        page = self._page("dossiers_en_corbeille", champ, demarche, premiers, apres, depuis)
        return _en_page(page, tuple(parsing.lire_suppression(un) for un in objets(page, "nodes")))

    def dossiers_supprimes(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[DossierSupprime]:
        """See api.DemarchesSimplifiees."""
        page = self._page("dossiers_supprimes", "deletedDossiers", demarche, premiers, apres, depuis)
        return _en_page(page, tuple(parsing.lire_suppression(un) for un in objets(page, "nodes")))

    def _dossier(self, nom: str, number: int) -> Noeud:
        return present(self._echange.lire(nom, {"number": number}), "dossier")

    def _page(
        self, nom: str, champ: str, demarche: int, premiers: int, apres: str | None, depuis: datetime | None
    ) -> Noeud:
        variables = {
            "demarche": demarche,
            "premiers": premiers,
            "apres": apres,
            "depuis": depuis.astimezone(UTC).isoformat(timespec="seconds") if depuis else None,
        }
        return present(present(self._echange.lire(nom, variables), "demarche"), champ)


def present(noeud: Noeud, cle: str) -> Noeud:
    """The object under `cle`. Raises ReponseInvalide when DS left it out."""
    trouve = objet(noeud, cle)
    if not trouve:
        raise ReponseInvalide(f"La réponse de Démarches Simplifiées ne contient pas « {cle} ».")
    return trouve


def _en_page(page: Noeud, elements: tuple[T, ...]) -> Page[T]:
    infos = objet(page, "pageInfo")
    return Page(elements, texte(infos, "endCursor") or None, bool(infos.get("hasNextPage")))
