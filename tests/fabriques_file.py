"""Makes what agents keep of the queue."""

from portal.models.connexion import User
from portal.models.feuilles_travail import ModeleExport
from portal.models.file_agents import VueEnregistree
from portal.models.services import Service
from portal.vocabulaire_file import ColonneFile
from tests.factories import Fabriques


def vue(
    creer: Fabriques, service: Service, agent: User | None = None, nom: str = "Vue du service", **arguments: str
) -> VueEnregistree:
    """A view kept by that agent, or shared by the service."""
    par = agent or creer.responsable(service)
    une = VueEnregistree(
        service_id=service.id, user_id=agent.id if agent else None, nom=nom, arguments=arguments, par_id=par.id
    )
    creer.session.add(une)
    creer.session.commit()
    return une


def modele_export(
    creer: Fabriques,
    service: Service,
    nom: str = "Tableau de la commission",
    colonnes: tuple[ColonneFile, ...] = (ColonneFile.DOSSIER, ColonneFile.DEMANDE),
) -> ModeleExport:
    """Columns that the service keeps for its exports."""
    par = creer.responsable(service)
    un = ModeleExport(service_id=service.id, nom=nom, colonnes=[str(c) for c in colonnes], par_id=par.id)
    creer.session.add(un)
    creer.session.commit()
    return un
