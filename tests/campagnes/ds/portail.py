"""The portal under trial: its configuration, its service, and an agent for each instructeur of the simulator's groups."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees
from portal.app import create_app
from portal.config import Config
from portal.permissions import SYSTEME
from portal.services import synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire import RoleAffectation
from tests.factories import Fabriques

__all__ = ["DELAI_LECTURE", "DEMARCHE", "INSTANCE", "SECRET_CROCHET", "configuration", "ecoute", "fermer", "installer"]

INSTANCE = "127.0.0.1"
# Seconds: short, so that hangs and leases end during the campaign; a local exchange is far below.
DELAI_LECTURE, ATTENTE_AMBIGUE = 1.0, 1.0
CROCHET, SECRET_CROCHET = "campagne-" + "x" * 32, "whsec_Y2FtcGFnbmUtZGUtY29udmVyZ2VuY2U="
SECRET = "secret-de-la-campagne-" + "x" * 32


def configuration(base: str, url: str, jeton: str, dossier: Path) -> Config:
    """The same for the driver and for its workers."""
    return Config(
        mode="demo",
        database_url=base,
        secret_key=SECRET,
        portal_url="http://portail.test",
        stockage_dossier=dossier / "fichiers",
        courriel_dossier=dossier / "courriels",
        ds_url=url,
        ds_token=jeton,
        ds_demarches=(DEMARCHE,),
        ds_delai_lecture=DELAI_LECTURE,
        ds_attente_ambigue=ATTENTE_AMBIGUE,
        ds_requetes_par_minute=0,
        ds_crochet=CROCHET,
        ds_crochet_secret=SECRET_CROCHET,
    )


def installer(session: Session, donnees: Donnees) -> dict[str, int]:
    """Give the démarche to a service whose agents are the members of its groups; returns their accounts by e-mail."""
    creer = Fabriques(session)
    service = creer.service("CAMPAGNE")
    synchronisation.attach(session, by=SYSTEME, instance=INSTANCE, number=DEMARCHE, sigle=service.sigle)
    groupes = donnees.demarches[DEMARCHE]["groupeInstructeurs"]
    emails = sorted({membre["email"] for groupe in groupes for membre in groupe["instructeurs"]})
    agents = {une: creer.agent(service, RoleAffectation.RESPONSABLE, email=une).id for une in emails}
    session.commit()
    return agents


def fermer(moyens: Moyens) -> None:
    """Give back every connection to the database."""
    moyens.fabrique.kw["bind"].dispose()


class _Muet(WSGIRequestHandler):
    def log_request(self, *_: object, **__: object) -> None:
        """Say nothing: the campaign counts by itself."""


@contextmanager
def ecoute(base: str, dossier: Path) -> Iterator[str]:
    """The web portal, for as long as the block lasts; gives the address where it hears what DS announces.

    Only the host of DS matters to it: an announcement is a row, and a worker reads the dossier.
    """
    app = create_app(configuration(base, f"http://{INSTANCE}/", "jeton", dossier))
    with make_server(INSTANCE, 0, app, threaded=True, request_handler=_Muet) as serveur:
        fil = threading.Thread(target=serveur.serve_forever)
        fil.start()
        try:
            yield f"http://{INSTANCE}:{serveur.port}/crochets/ds/{CROCHET}"
        finally:
            serveur.shutdown()
            fil.join()
            fermer(app.extensions["moyens"])
