"""The six-digit code of a connection letter: it works in the browser that asked for it, five tries, as long as the link.

Six digits are few: tries are counted twice, per letter and per address.
"""

from datetime import timedelta
from enum import StrEnum

from portal.config import Config
from portal.formats import maintenant
from portal.models.connexion import LienConnexion
from portal.services.codes import ESSAIS, are_right, hash_digits

# Somebody who asks letters for another's address may guess: 20 codes of a million a day, and each letter is seen.
ESSAIS_PAR_HEURE = 10
ESSAIS_PAR_JOUR = 20
FENETRES = ((ESSAIS_PAR_HEURE, timedelta(hours=1)), (ESSAIS_PAR_JOUR, timedelta(days=1)))

TROP_D_ESSAIS = (
    "Trop de codes ont été essayés pour cette adresse. Ouvrez plutôt le lien du courriel, s’il en contient un, ou recommencez "
    "dans une heure\u00a0; demain si ce message reste."
)


class Essai(StrEnum):
    """What a try is worth. `dernier_faux`: wrong, and the code dies of it. `perdu`: used, expired, or never asked for."""

    JUSTE = "juste"
    FAUX = "faux"
    DERNIER_FAUX = "dernier_faux"
    EPUISE = "epuise"
    PERDU = "perdu"


def hash_code(config: Config, lien_id: int, code: str) -> str:
    """What its row keeps of the code of a letter."""
    return hash_digits(config, _sujet(lien_id), code)


def attempt(config: Config, lien: LienConnexion, code: str) -> Essai:
    """Judge a try, and count it when it is wrong; the row is locked.

    A letter that has not left, or that nobody was owed, has no code: every try is wrong, in the same words and the same time.
    """
    juste = are_right(config, _sujet(lien.id), code, lien.code_hash)
    if lien.used_at is not None or lien.expires_at <= maintenant():
        return Essai.PERDU
    if lien.essais >= ESSAIS:
        return Essai.EPUISE
    if juste:
        return Essai.JUSTE
    lien.essais += 1
    return Essai.FAUX if lien.essais < ESSAIS else Essai.DERNIER_FAUX


def expliquer(essai: Essai, essais: int) -> str:
    """Why this try opens nothing, in French. `essais`: how many wrong ones so far."""
    restent = ESSAIS - essais
    reste = f"{restent}\u00a0essais" if restent > 1 else "un seul essai"
    suite = "Demandez un nouveau courriel."
    return {
        Essai.FAUX: "Ce code n’est pas le bon. Prenez celui du courriel le plus récent\u00a0; s’il n’est pas encore arrivé, "
        f"attendez-le. Il vous reste {reste}.",
        Essai.DERNIER_FAUX: f"Ce code n’est pas le bon, et c’était le dernier essai\u00a0: il ne sert plus. {suite}",
        Essai.EPUISE: f"Ce code ne sert plus, même juste\u00a0: cinq codes faux ont été saisis. {suite}",
        Essai.PERDU: f"Ce code a déjà servi ou n’est plus valable\u00a0: il l’était 60\u00a0minutes. {suite}",
    }[essai]


def _sujet(lien_id: int) -> str:
    return f"code-connexion:{lien_id}"
