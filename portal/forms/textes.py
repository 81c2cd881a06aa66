"""Free texts of agents: trimmed, and bounded with a sentence that says by how much."""

from wtforms.validators import Length

MAXIMUM = 5_000
LONGUEUR_TEXTE = Length(max=MAXIMUM, message="Ce texte est trop long : raccourcissez-le à 5\u00a0000\u00a0caractères.")


def net(texte: str | None) -> str:
    """Without the blanks around."""
    return (texte or "").strip()
