"""From our letter to an Internet message (RFC 5322), the same for every carrier."""

import hashlib
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from integrations.courriel.api import CourrielRefuse, Lettre

EN_TETE_REFERENCE = "X-Reference"


def composer(lettre: Lettre, *, expediteur: str, date: datetime) -> EmailMessage:
    """Build the message; `date` is aware UTC. Raises `CourrielRefuse` when a header would be malformed or forged.

    The Message-ID derives from the reference alone, so that a letter sent twice is recognised as one by its reader.
    """
    for valeur in (lettre.destinataire, lettre.objet, lettre.reference, expediteur):
        if any(caractere in valeur for caractere in "\r\n\0"):
            raise CourrielRefuse("Un en-tête de la lettre contient un retour à la ligne.")
    depuis, vers = _adresse(expediteur), _adresse(lettre.destinataire)
    message = EmailMessage(policy=SMTP)
    message["From"] = depuis
    message["To"] = vers
    message["Subject"] = lettre.objet
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{empreinte(lettre.reference)}@{depuis.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message[EN_TETE_REFERENCE] = lettre.reference
    message.set_content(lettre.texte, charset="utf-8", cte="quoted-printable")
    return message


def empreinte(reference: str) -> str:
    """A name for a reference that is safe in a header and in a file system."""
    return hashlib.sha256(reference.encode()).hexdigest()[:32]


def _adresse(texte: str) -> Address:
    try:
        adresse = Address(addr_spec=texte)
    except (HeaderParseError, ValueError, IndexError) as erreur:
        raise CourrielRefuse("Une adresse de la lettre n’est pas une adresse électronique.") from erreur
    if not adresse.domain or not adresse.username:
        raise CourrielRefuse("Une adresse de la lettre n’a pas de nom ou de domaine.")
    return adresse
