"""Makes what comes by other doors than a filing, and what a service keeps of its queue: labels, receptions, reorientations."""

import secrets

from portal.formats import PARIS
from portal.models.associations import ConsultationAnnuaire
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.file_agents import Etiquette
from portal.models.receptions import PieceReception, Reception
from portal.models.services import Service
from portal.vocabulaire_instruction import OrigineDossier
from tests.factories import Fabriques


def etiquette(creer: Fabriques, service: Service, nom: str = "À revoir") -> Etiquette:
    """A label of that service."""
    une = Etiquette(service_id=service.id, nom=nom)
    creer.session.add(une)
    creer.session.commit()
    return une


def fichier(creer: Fabriques) -> Fichier:
    """A PDF of which only the row is here."""
    empreinte = secrets.token_hex(32)
    un = Fichier(sha256=empreinte, cle_stockage=empreinte[:32], taille=1_024, type_mime="application/pdf")
    creer.session.add(un)
    creer.session.commit()
    return un


def dossier_recu(creer: Fabriques, service: Service, par: User, *, email: str = "", **valeurs: object) -> Dossier:
    """A request that came by post, entered by that agent: it has no demande."""
    dossier = creer.dossier(service, **{"origine": OrigineDossier.COURRIER, **valeurs})
    recue_le = dossier.date_depot.astimezone(PARIS).date()
    creer.session.add(
        Reception(
            cle=secrets.token_urlsafe(24), dossier_id=dossier.id, recue_le=recue_le, email=email, saisie_par_id=par.id
        )
    )
    creer.session.commit()
    return dossier


def scan(creer: Fabriques, dossier: Dossier, fichier: Fichier, par: User) -> PieceReception:
    """A scan of it."""
    piece = PieceReception(dossier_id=dossier.id, fichier_id=fichier.id, nom="demande.pdf", ajoutee_par_id=par.id)
    creer.session.add(piece)
    creer.session.commit()
    return piece


def consultation(creer: Fabriques, agent: User, **valeurs: object) -> ConsultationAnnuaire:
    """What the register answered to that agent: nothing, unless said otherwise."""
    une = ConsultationAnnuaire(
        **{"user_id": agent.id, "genre": "siren", "valeur": "732829320", "fiche": None, **valeurs}
    )
    creer.session.add(une)
    creer.session.commit()
    return une


def portes(creer: Fabriques, service: Service, saisi: Service, agent: User, fichier: Fichier) -> dict[str, str | int]:
    """For the table of access: a request that came by post, its scan, what an agent looked up to enter others."""
    dossier = dossier_recu(creer, service, agent)
    creer.demande_avis(dossier, saisi)
    return {
        "etiquette": etiquette(creer, service).id,
        "dossier_recu": dossier.reference,
        "scan": scan(creer, dossier, fichier, agent).id,
        "consultation_agent": consultation(creer, agent).id,
        "consultation_par_nom_agent": consultation(creer, agent, genre="nom", valeur="canal", candidats=[]).id,
    }
