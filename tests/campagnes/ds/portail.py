"""The portal under trial: its configuration, its service, and an agent for each instructeur of the simulator's groups."""

from pathlib import Path

from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.verite import Donnees
from portal.config import Config
from portal.permissions import SYSTEME
from portal.services import synchronisation
from portal.vocabulaire import RoleAffectation
from tests.factories import Fabriques

__all__ = ["DELAI_LECTURE", "DEMARCHE", "INSTANCE", "configuration", "installer"]

INSTANCE = "127.0.0.1"
# Seconds: short, so that hangs and leases end during the campaign; a local exchange is far below.
DELAI_LECTURE, ATTENTE_AMBIGUE = 1.0, 1.0
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
        ds_crochet="campagne-" + "x" * 32,
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
