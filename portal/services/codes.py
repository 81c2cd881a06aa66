"""Draws the codes that people copy: verification codes, document numbers, the six digits that a letter brings.

Six digits are few: their hash is keyed with the portal's secret, so that a table alone gives nothing to search in.
"""

import hashlib
import hmac
import secrets

from portal.config import Config
from portal.formats import ALPHABET_CODE, code_fr

CHIFFRES = 6
# Wrong tries after which six digits are dead.
ESSAIS = 5


def draw_code(caracteres: int = 16) -> str:
    """A random code of 5 bits per character, by groups of four: 16 characters are 80 bits, that nobody enumerates."""
    return code_fr("".join(secrets.choice(ALPHABET_CODE) for _ in range(caracteres)))


def draw_digits() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CHIFFRES):0{CHIFFRES}}"


def hash_digits(config: Config, sujet: str, code: str) -> str:
    """HMAC-SHA-256 of a code under the portal's secret. `sujet`: what it opens; the same code has another hash elsewhere."""
    return hmac.new(config.secret_key.encode(), f"{sujet}:{code}".encode(), hashlib.sha256).hexdigest()


def are_right(config: Config, sujet: str, code: str, empreinte: str | None) -> bool:
    """Whether this is the code of that hash, in the same time whatever it is; never when there is none."""
    return hmac.compare_digest(empreinte or "", hash_digits(config, sujet, code))
