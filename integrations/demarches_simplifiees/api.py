"""What the portal may ask of Démarches Simplifiées: the contract that the client keeps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from integrations.demarches_simplifiees.ecarts import Ecart
from integrations.demarches_simplifiees.ordres import (
    EtatPrerempli,
    MotifCorrection,
    Mutation,
    Prerempli,
    ValeurAnnotation,
)
from integrations.demarches_simplifiees.types import Demarche, DossierSupprime, EnTete, FichierDS, Page


class Debit(Protocol):
    """The limiter that all who share a token share: DS counts requests by token."""

    def attendre(self) -> None:
        """Called before every request: returns when it may leave, having slept if need be."""

    def ralentir(self, reprise: datetime | None) -> None:
        """DS throttles the token: nothing leaves before `reprise` (aware UTC; None when DS does not say)."""


class DemarchesSimplifiees(Protocol):
    """Reads and mutations of DS's GraphQL interface, version 2, its files, and its REST prefill.

    `demarche` and `number` are the numbers people see; `dossier_id` and `instructeur_id` are DS's opaque ids.
    `apres` is the cursor of the last element already read, `depuis` an aware instant. DS sorts by filing date,
    and by modification date when `depuis` is given: the cursors of one order are worthless in the other.
    Reads raise DSIndisponible, TropDeRequetes, AccesRefuse, Introuvable or ReponseInvalide; mutations raise
    these (nothing was applied), RefusDS (refused) or ReponseAmbigue (nobody knows).
    """

    def lire_demarche(self, number: int) -> Demarche:
        """Title, state, groupes instructeurs with their members, labels, and the form in force."""

    def lister_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[EnTete]:
        """Numbers, states and modification dates only, 100 at most."""

    def page_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 50, depuis: datetime | None
    ) -> Page[dict[str, Any]]:
        """Whole dossiers as DS's JSON, files without address, to be kept raw and read by `parsing.lire`."""

    def lire_dossier(self, number: int) -> dict[str, Any]:
        """One whole dossier as DS's JSON."""

    def lire_fichiers(self, number: int) -> tuple[FichierDS, ...]:
        """Every file of a dossier with an address that lives for an hour."""

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
        justificatif: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """From en_instruction to accepte. `justificatif` is what `televerser` gave for the letter."""

    def refuser(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str,
        justificatif: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """From en_instruction to refuse."""

    def classer_sans_suite(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str,
        justificatif: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """From en_instruction to sans_suite."""

    def envoyer_message(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        texte: str,
        piece: str | None = None,
        correction: MotifCorrection | None = None,
    ) -> Mutation:
        """A message to the usager, with what `televerser` gave for a file. Never repeat-safe: a repeat is a second one.

        `correction` sends the dossier back to its usager; DS drops it silently when one is already pending.
        """

    def supprimer_message(self, message_id: str, instructeur_id: str) -> Mutation:
        """Empty a message; its author alone may."""

    def modifier_annotations(
        self, dossier_id: str, instructeur_id: str, *, annotations: Sequence[ValeurAnnotation]
    ) -> Mutation:
        """Write annotations. DS keeps those it accepts: see `Mutation.erreurs` for the others. Raises RefusDS if none."""

    def archiver(self, dossier_id: str, instructeur_id: str) -> Mutation:
        """Put a decided dossier away."""

    def desarchiver(self, dossier_id: str, instructeur_id: str) -> Mutation:
        """Take it back."""

    def suivre(self, dossier_id: str, instructeur_id: str, *, suit: bool) -> Mutation:
        """Make the instructeur follow the dossier, or stop following it."""

    def ajouter_label(self, dossier_id: str, label_id: str) -> Mutation:
        """Stick a label of the démarche on the dossier."""

    def supprimer_label(self, dossier_id: str, label_id: str) -> Mutation:
        """Take a label off the dossier."""

    def changer_groupe(self, dossier_id: str, groupe_id: str) -> Mutation:
        """Hand the dossier to another group: instructeurs who are not in it stop following, and lose their rights."""

    def televerser(self, dossier_id: str, *, nom: str, type_mime: str, octets: bytes) -> str:
        """Deposit a file and return what `piece` and `justificatif` take, valid for an hour.

        Repeat-safe: a file that nothing takes is forgotten by DS. Raises what reads raise.
        """

    def telecharger(self, url: str, *, maximum: int) -> bytes:
        """The bytes at an address that `lire_fichiers` gave.

        Raises LienExpire when it no longer opens, ReponseInvalide when there are more than `maximum` bytes or when the
        address is not to be followed (anything but https), DSIndisponible otherwise.
        """

    def preremplir(self, demarche: int, valeurs: Mapping[str, Any]) -> Prerempli:
        """Open a draft with {"champ_<id>": value}. DS drops invalid values silently.

        A repeat opens another draft, that DS purges after 5 days if nobody takes it. Raises Introuvable when the
        démarche is unknown or closed, RefusDS with DS's words, and what reads raise.
        """

    def suivre_preremplis(self, demarche: int, jetons: Sequence[str]) -> tuple[EtatPrerempli, ...]:
        """Where drafts stand; those that DS has purged or hides are left out."""

    def eprouver(self) -> None:
        """Ask for nothing, to learn whether the token is heard. Raises AccesRefuse, whose `motif` tells why not."""

    def eprouver_demarche(self, number: int) -> str:
        """The title of a démarche that the token opens."""

    def controler(self) -> tuple[Ecart, ...]:
        """Every drift between our operations and the interface that DS publishes; it needs no valid token."""
