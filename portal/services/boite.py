"""Reads the demonstration's mailbox for a page: letters, with their links told apart from their words."""

import re
from dataclasses import dataclass
from datetime import datetime

from integrations.courriel.dossier import BoiteDemonstration, LettreRecue
from portal.services.moyens import Moyens


@dataclass(frozen=True)
class LettreLue:
    """A letter cut into (text, address or None); only addresses of this portal are links."""

    destinataire: str
    objet: str
    recue_le: datetime
    morceaux: tuple[tuple[str, str | None], ...]


def read_letters(moyens: Moyens, limite: int = 50) -> list[LettreLue]:
    """The latest letters, newest first; none when mails really leave."""
    if not isinstance(moyens.messagerie, BoiteDemonstration):
        return []
    racine = moyens.config.portal_url.rstrip("/")
    return [_lire(lettre, racine) for lettre in moyens.messagerie.lister(limite)]


def _lire(lettre: LettreRecue, racine: str) -> LettreLue:
    coupes = re.split(rf"({re.escape(racine)}/[^\s<>\"]*)", lettre.texte.strip())
    return LettreLue(
        destinataire=lettre.destinataire,
        objet=lettre.objet,
        recue_le=lettre.recue_le,
        morceaux=tuple((texte, texte if rang % 2 else None) for rang, texte in enumerate(coupes) if texte),
    )
