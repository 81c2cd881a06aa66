"""Makes of a letter a text that an agent may edit; what is kept and notified stays the letter itself."""

from portal.documents.modeles_lettres import relire
from portal.errors import NotFound
from portal.models.lettres import Lettre


def make(lettre: Lettre) -> bytes:
    """The .odt of a letter, from what was frozen with it. Raises NotFound for one that kept nothing to edit."""
    fige = (lettre.document.parametres or {}).get("lettre")
    if fige is None:
        raise NotFound
    from portal.documents.odt import texte_a_modifier  # noqa: PLC0415  # 0.1 s that only this page pays

    return texte_a_modifier(relire(fige))
