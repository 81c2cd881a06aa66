"""The mailbox of the demonstration: letters are files, and a page shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from integrations.courriel.api import CourrielIndisponible, Lettre
from integrations.courriel.message import EN_TETE_REFERENCE, composer, empreinte
from integrations.stockage.ecriture import ecrire_durablement


@dataclass(frozen=True, slots=True)
class LettreRecue:
    """A letter as its reader finds it; `recue_le` is aware UTC."""

    destinataire: str
    objet: str
    texte: str
    reference: str
    recue_le: datetime


class BoiteDemonstration:
    """A `Messagerie` that writes one .eml file per reference: the same letter sent twice is one file."""

    def __init__(
        self,
        dossier: Path,
        *,
        expediteur: str = "ne-pas-repondre@portail.demo.example",
        horloge: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._dossier = dossier
        self._expediteur = expediteur
        self._horloge = horloge

    def envoyer(self, lettre: Lettre) -> None:
        """See `Messagerie.envoyer`."""
        message = composer(lettre, expediteur=self._expediteur, date=self._horloge())
        try:
            ecrire_durablement(self._dossier / f"{empreinte(lettre.reference)}.eml", message.as_bytes())
        except OSError as erreur:
            raise CourrielIndisponible(
                f"Le dossier des courriels n’est pas utilisable : {erreur.strerror}."
            ) from erreur

    def lister(self, limite: int = 50) -> list[LettreRecue]:
        """The latest letters, newest first. A folder that does not exist yet holds no letter."""
        fichiers = sorted(self._dossier.glob("*.eml"), key=lambda f: (-f.stat().st_mtime_ns, f.name))
        return [_lire(fichier) for fichier in fichiers[:limite]]


def _lire(fichier: Path) -> LettreRecue:
    message = message_from_bytes(fichier.read_bytes(), policy=default)
    corps = message.get_body(("plain",))
    return LettreRecue(
        destinataire=str(message["To"]),
        objet=str(message["Subject"]),
        texte=corps.get_content().replace("\r\n", "\n") if corps else "",
        reference=str(message[EN_TETE_REFERENCE]),
        recue_le=message["Date"].datetime.astimezone(UTC),
    )
