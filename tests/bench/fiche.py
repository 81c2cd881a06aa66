"""The association of the bench that many services know: 200 dossiers over 30 services and 5 years."""

from sqlalchemy import select

from portal.db import Fabrique
from portal.models.services import Service
from tests import fabriques_fiches
from tests.factories import Fabriques

DOSSIERS, SERVICES, EXERCICES = 200, 30, 5


def make(fabrique: Fabrique) -> None:
    """After natif.py, which has restarted the keys."""
    with fabrique() as session:
        services = session.scalars(select(Service).order_by(Service.id).limit(SERVICES)).all()
        fabriques_fiches.connue(Fabriques(session), services, dossiers=DOSSIERS, exercices=EXERCICES)
