"""Draws the codes that people copy: verification codes, document numbers."""

import secrets

from portal.formats import ALPHABET_CODE, code_fr


def draw_code(caracteres: int = 16) -> str:
    """A random code of 5 bits per character, by groups of four: 16 characters are 80 bits, that nobody enumerates."""
    return code_fr("".join(secrets.choice(ALPHABET_CODE) for _ in range(caracteres)))
