"""A file that somebody joined, for whoever may see it: whether its bytes may leave the portal."""

from portal.errors import Forbidden, NotFound
from portal.models.documents import Fichier
from portal.permissions.fichiers import can_give


def to_give(fichier: Fichier | None, *, antivirus: bool) -> Fichier:
    """The file, when its bytes may leave. `antivirus`: the portal has one. Raises NotFound when nothing was joined, Forbidden
    with the reason.
    """
    if fichier is None:
        raise NotFound
    verdict = can_give(fichier, antivirus=antivirus)
    if not verdict:
        raise Forbidden(verdict.raison)
    return fichier
