"""Mail by SMTP: the only door to smtplib."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.courriel.api import CourrielIndisponible, CourrielRefuse, Lettre
from integrations.courriel.message import composer


@dataclass(frozen=True, slots=True)
class MessagerieSMTP:
    """A `Messagerie` that hands each letter to an SMTP relay. `delai` is in seconds, for each network operation."""

    hote: str
    port: int
    expediteur: str
    starttls: bool = True
    identifiant: str = ""
    mot_de_passe: str = ""
    delai: float = 10.0

    def envoyer(self, lettre: Lettre) -> None:
        """See `Messagerie.envoyer`.

        A connection lost after the letter left is « indisponible »: sent again, it bears the same Message-ID.
        """
        message = composer(lettre, expediteur=self.expediteur, date=datetime.now(UTC))
        try:
            with smtplib.SMTP(self.hote, self.port, timeout=self.delai) as relais:
                self._ouvrir(relais)
                relais.send_message(message)
        except smtplib.SMTPRecipientsRefused as erreur:
            code = max(code for code, _ in erreur.recipients.values())
            raise _panne(code, "Le relais refuse le destinataire") from erreur
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as erreur:
            raise _panne(erreur.smtp_code, "Le relais refuse la lettre") from erreur
        except (smtplib.SMTPException, OSError) as erreur:
            raise CourrielIndisponible(f"Le relais ne répond pas comme prévu : {type(erreur).__name__}.") from erreur

    def _ouvrir(self, relais: smtplib.SMTP) -> None:
        if self.starttls:
            relais.starttls(context=ssl.create_default_context())
        if self.identifiant:
            relais.login(self.identifiant, self.mot_de_passe)


def _panne(code: int, quoi: str) -> CourrielRefuse | CourrielIndisponible:
    """RFC 5321 §4.2.1: 5yz is permanent, all else is worth another try."""
    if 500 <= code <= 599:
        return CourrielRefuse(f"{quoi} définitivement (code {code}).")
    return CourrielIndisponible(f"{quoi} pour l’instant (code {code}).")
