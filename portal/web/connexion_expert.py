"""The browser of an expert: its own entry of the cookie, beside that of an account, which it neither needs nor touches."""

from datetime import datetime

from flask import g, request
from flask import session as cookie

from portal.permissions import Acteur
from portal.queries import experts
from portal.web.session import session

ENTREE = "expert"
# The pages where an expert answers, even in a browser where an account is open.
CHEZ_LUI = "avis_expert"
FIN = "fin"


def chez_lui() -> bool:
    """Whether this request is for a page where experts answer."""
    return request.blueprint == CHEZ_LUI


def courant() -> Acteur | None:
    """The expert whose session this browser keeps, None when there is none in force."""
    secret = cookie.get(ENTREE)
    return experts.acteur_of(session(), str(secret)) if secret else None


def ouvrir(secret: str, fin_at: datetime, *, a_cote: bool) -> None:
    """Keep an expert's session that was just created. `a_cote`: beside the account that is logged in here, which stays.

    When nobody is, all that this browser held before is forgotten (session fixation).
    """
    if not a_cote:
        cookie.clear()
        cookie.permanent = True
        cookie[FIN] = int(fin_at.timestamp())
    cookie[ENTREE] = secret
    g.pop("acteur", None)


def fermer() -> None:
    """Forget the expert's session in this browser (the row is ended by the service)."""
    cookie.pop(ENTREE, None)
    g.pop("acteur", None)
