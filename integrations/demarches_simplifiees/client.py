"""The client of DS's GraphQL interface, version 2: what `api` promises, over our own operations.

>>> with ClientDS("https://demarche.numerique.gouv.fr/api/v2/graphql", jeton) as ds:
...     ds.lire_demarche(4501).title
"""

from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from integrations.demarches_simplifiees import parsing
from integrations.demarches_simplifiees.echange import Echange
from integrations.demarches_simplifiees.errors import ReponseInvalide
from integrations.demarches_simplifiees.lecture import Noeud, instant, objet, objets, texte
from integrations.demarches_simplifiees.types import Demarche, DossierSupprime, EnTete, Mutation, Page

T = TypeVar("T")


class ClientDS:
    """Keeps the contract of `api.DemarchesSimplifiees` over HTTP. Threads may share one; `fermer` ends it.

    Time limits in seconds: DS may take 30 s and its database is cut at 60 s. `tentatives` and `attente` (seconds)
    rule the repeats of reads, see `echange.Echange`.
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
    ) -> None:
        self._echange = Echange(
            url,
            token,
            delai_lecture=delai_lecture,
            delai_connexion=delai_connexion,
            tentatives=tentatives,
            attente=attente,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.fermer()

    def fermer(self) -> None:
        """Close the connections."""
        self._echange.fermer()

    # ------------------------------------------------------------------ reads

    def lire_demarche(self, number: int) -> Demarche:
        """See api.DemarchesSimplifiees."""
        donnees = self._echange.lire("lire_demarche", {"demarche": number})
        return parsing.lire_demarche(_present(donnees, "demarche"))

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
        return dict(_present(self._echange.lire("lire_dossier", {"number": number}), "dossier"))

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

    # -------------------------------------------------------------- mutations

    def passer_en_instruction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._transition("passer_en_instruction", dossier_id, instructeur_id, sans_notification)

    def repasser_en_construction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._transition("repasser_en_construction", dossier_id, instructeur_id, sans_notification)

    def repasser_en_instruction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._transition("repasser_en_instruction", dossier_id, instructeur_id, sans_notification)

    def accepter(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._transition("accepter", dossier_id, instructeur_id, sans_notification, motivation=motivation)

    def refuser(
        self, dossier_id: str, instructeur_id: str, *, motivation: str, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._transition("refuser", dossier_id, instructeur_id, sans_notification, motivation=motivation)

    def classer_sans_suite(
        self, dossier_id: str, instructeur_id: str, *, motivation: str, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._transition(
            "classer_sans_suite", dossier_id, instructeur_id, sans_notification, motivation=motivation
        )

    def envoyer_message(self, dossier_id: str, instructeur_id: str, *, texte: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        entree = {"dossierId": dossier_id, "instructeurId": instructeur_id, "body": texte}
        return _mutation("envoyer_message", self._echange.muter("envoyer_message", entree))

    def _page(
        self, nom: str, champ: str, demarche: int, premiers: int, apres: str | None, depuis: datetime | None
    ) -> Noeud:
        variables = {
            "demarche": demarche,
            "premiers": premiers,
            "apres": apres,
            "depuis": depuis.astimezone(UTC).isoformat(timespec="seconds") if depuis else None,
        }
        return _present(_present(self._echange.lire(nom, variables), "demarche"), champ)

    def _transition(
        self, nom: str, dossier_id: str, instructeur_id: str, sans_notification: bool, **texte: str | None
    ) -> Mutation:
        entree = {
            "dossierId": dossier_id,
            "instructeurId": instructeur_id,
            "disableNotification": sans_notification,
            **texte,
        }
        return _mutation(nom, self._echange.muter(nom, entree))


def _present(noeud: Noeud, cle: str) -> Noeud:
    trouve = objet(noeud, cle)
    if not trouve:
        raise ReponseInvalide(f"La réponse de Démarches Simplifiées ne contient pas « {cle} ».")
    return trouve


def _en_page(page: Noeud, elements: tuple[T, ...]) -> Page[T]:
    infos = objet(page, "pageInfo")
    return Page(elements, texte(infos, "endCursor") or None, bool(infos.get("hasNextPage")))


def _mutation(nom: str, charge: Noeud) -> Mutation:
    dossier, message = objet(charge, "dossier"), objet(charge, "message")
    return Mutation(
        nom=nom,
        state=texte(dossier, "state") or None,
        date_derniere_modification=instant(dossier, "dateDerniereModification"),
        message_id=texte(message, "id") or None,
    )
