"""The six-digit code that proves, just before signing, that the signatory holds her address.

Minted at the moment its letter leaves, as magic links are: no table and no queue ever holds it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.config import Config
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.souscriptions import SignaturePreparee
from portal.services.codes import ESSAIS, are_right, draw_digits, hash_digits

DUREE_CODE = timedelta(minutes=10)
# A letter that could not leave in an hour brings nothing any more: whoever waits has asked for another one.
ATTENTE_LETTRE = timedelta(hours=1)


class Essai(StrEnum):
    """What a try is worth. `dernier_faux`: wrong, and the code dies of it."""

    JUSTE = "juste"
    FAUX = "faux"
    DERNIER_FAUX = "dernier_faux"
    EPUISE = "epuise"
    EXPIRE = "expire"
    PAS_PARTI = "pas_parti"


@dataclass(frozen=True, slots=True)
class Frappe:
    """A code that was just minted, the association that it signs for, and that one's number."""

    code: str
    association: str
    association_id: int


def mint(session: Session, config: Config, *, preparee_id: int, demande_at: str) -> Frappe | None:
    """Draw the code that the letter ordered at `demande_at` (ISO 8601) takes away, with its full ten minutes.

    None when no letter is due: signed, asked for again since, too late. A letter sent again after a failure bears a new
    code: the one before is dead.
    """
    preparee = session.get(SignaturePreparee, preparee_id, with_for_update=True)
    if preparee is None or preparee.code_demande_at != datetime.fromisoformat(demande_at):
        return None
    instant = maintenant()
    if preparee.code_demande_at + ATTENTE_LETTRE <= instant:
        return None
    code = draw_digits()
    preparee.code_hash = hash_digits(config, _sujet(preparee), code)
    preparee.code_envoye_at, preparee.code_expire_at = instant, instant + DUREE_CODE
    association = session.get_one(Association, preparee.association_id)
    session.flush()
    return Frappe(code, association.denomination, association.id)


def is_right(config: Config, preparee: SignaturePreparee, code: str) -> bool:
    """Whether this is the code that left."""
    return are_right(config, _sujet(preparee), code, preparee.code_hash)


def _sujet(preparee: SignaturePreparee) -> str:
    return f"code-signature:{preparee.id}"


def obstacle(preparee: SignaturePreparee) -> Essai | None:
    """Why no code would sign now, not even the right one; None while the one that left holds."""
    if preparee.essais >= ESSAIS:
        return Essai.EPUISE
    if preparee.code_expire_at <= maintenant():
        return Essai.EXPIRE
    return Essai.PAS_PARTI if preparee.code_hash is None else None


def attempt(config: Config, preparee: SignaturePreparee, code: str) -> Essai:
    """Judge a try, and count it when it is wrong; the row is locked."""
    mort = obstacle(preparee)
    if mort is not None:
        return mort
    if is_right(config, preparee, code):
        return Essai.JUSTE
    preparee.essais += 1
    return Essai.FAUX if preparee.essais < ESSAIS else Essai.DERNIER_FAUX


def expliquer(essai: Essai, essais: int) -> str:
    """Why this try does not sign, in French. `essais`: how many wrong ones so far."""
    restent = ESSAIS - essais
    return {
        Essai.FAUX: f"Ce code n’est pas le bon. Il vous reste {restent}\u00a0essais."
        if restent > 1
        else "Ce code n’est pas le bon. Il vous reste un seul essai.",
        Essai.DERNIER_FAUX: "Ce code n’est pas le bon, et c’était le dernier essai\u00a0: le code envoyé ne sert plus. "
        "Demandez un nouveau code.",
        Essai.EPUISE: "Ce code ne sert plus, même juste\u00a0: cinq codes faux ont été saisis. Demandez un nouveau code.",
        Essai.EXPIRE: "Ce code n’est plus valable\u00a0: il l’était dix minutes. Demandez un nouveau code.",
        Essai.PAS_PARTI: "Le code n’est pas encore parti\u00a0: attendez qu’il arrive dans votre messagerie, puis saisissez-le.",
    }[essai]
