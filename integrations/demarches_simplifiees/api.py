"""What the portal may ask of Démarches Simplifiées: the contract that the client keeps."""

from datetime import datetime
from typing import Any, Protocol

from integrations.demarches_simplifiees.types import Demarche, DossierSupprime, EnTete, Mutation, Page


class DemarchesSimplifiees(Protocol):
    """Reads and mutations of DS's GraphQL interface, version 2.

    `demarche` and `number` are the numbers people see; `dossier_id` and `instructeur_id` are DS's opaque ids.
    `apres` is the cursor of the last element already read, `depuis` an aware instant. DS sorts by filing date,
    and by modification date when `depuis` is given: the cursors of one order are worthless in the other.
    Reads raise DSIndisponible, TropDeRequetes, AccesRefuse, Introuvable or ReponseInvalide; mutations raise
    these (nothing was applied), RefusDS (refused) or ReponseAmbigue (nobody knows).
    """

    def lire_demarche(self, number: int) -> Demarche:
        """Title, state, groupes instructeurs with their members, and the form in force."""

    def lister_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[EnTete]:
        """Numbers, states and modification dates only, 100 at most."""

    def page_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 50, depuis: datetime | None
    ) -> Page[dict[str, Any]]:
        """Whole dossiers as DS's JSON, to be kept raw and read by `parsing.lire`."""

    def lire_dossier(self, number: int) -> dict[str, Any]:
        """One whole dossier as DS's JSON."""

    def dossiers_en_corbeille(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[DossierSupprime]:
        """Dossiers that were deleted and may still be restored (slow at DS: ask rarely)."""

    def dossiers_supprimes(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[DossierSupprime]:
        """Dossiers that are gone for good."""

    def passer_en_instruction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """From en_construction to en_instruction."""

    def repasser_en_construction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """From en_instruction back to en_construction."""

    def repasser_en_instruction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """From a decision back to en_instruction: DS erases the motivation and the attestation."""

    def accepter(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """From en_instruction to accepte."""

    def refuser(
        self, dossier_id: str, instructeur_id: str, *, motivation: str, sans_notification: bool = False
    ) -> Mutation:
        """From en_instruction to refuse."""

    def classer_sans_suite(
        self, dossier_id: str, instructeur_id: str, *, motivation: str, sans_notification: bool = False
    ) -> Mutation:
        """From en_instruction to sans_suite."""

    def envoyer_message(self, dossier_id: str, instructeur_id: str, *, texte: str) -> Mutation:
        """A message to the usager. Never repeat-safe: a repeat is a second message."""
