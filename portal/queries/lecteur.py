"""The viewer as parameters of a statement: what is read on every page is built once per process, not once per request.

To build such a statement anew costs a page more than to execute it. `LECTEUR` stands for the agent who reads wherever a
selection takes a viewer; `valeurs` gives its place to the agent of the request.
"""

from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, ColumnElement, all_, bindparam

from portal.permissions import Acteur, AffectationActive, GenreActeur
from portal.vocabulaire import RoleAffectation

USER, SERVICE, FERMES = "lecteur_user_id", "lecteur_service_id", "lecteur_fermes"


def _place(nom: str) -> int:
    """A parameter where an Acteur holds a number: selections compare it with columns, and nothing else."""
    return cast("int", bindparam(nom, type_=BigInteger()))


LECTEUR = Acteur(
    genre=GenreActeur.AGENT,
    user_id=_place(USER),
    affectation=AffectationActive(id=0, service_id=_place(SERVICE), sigle="", role=RoleAffectation.LECTEUR),
)


def valeurs(viewer: Acteur, **autres: Any) -> dict[str, Any]:
    """The parameters of a statement about LECTEUR, for this agent; `autres`: the other parameters of the statement."""
    return {USER: viewer.user_id, SERVICE: viewer.service_id, **autres}


def ouvert(dossier_id: Any) -> ColumnElement[bool]:
    """A dossier, a column of the statement, that no conflict of interest closes to LECTEUR: `fermes` gives the parameter."""
    return cast("ColumnElement[bool]", dossier_id != all_(bindparam(FERMES, type_=ARRAY(BigInteger))))


def fermes(viewer: Acteur) -> dict[str, list[int]]:
    """The parameter of `ouvert` for this agent: hardly ever any."""
    return {FERMES: sorted(viewer.recuses)}
