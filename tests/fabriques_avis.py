"""Makes what services ask each other and answer: saisines, demandes d'avis, experts, avis."""

import secrets
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Base
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis, Saisine
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.experts import Expert
from portal.models.services import Service
from portal.permissions import Acteur, GenreActeur
from portal.vocabulaire import Audience, SensAvis

Objet = TypeVar("Objet", bound=Base)


def saisine(session: Session, **valeurs: object) -> Saisine:
    """What is asked at once: `question`, `audience`, `scelle`, `sections`."""
    return _ajouter(
        session, Saisine(**{"cle": secrets.token_hex(20), "question": "Ce projet vous paraît-il sérieux ?", **valeurs})
    )


def expert(session: Session, email: str = "", **valeurs: object) -> Expert:
    """Somebody outside every service."""
    adresse = email or f"{secrets.token_hex(4)}@expert.test"
    return _ajouter(session, Expert(**{"email": adresse, "nom": "Noé Lafarge", "organisme": "Université", **valeurs}))


def demande(
    session: Session,
    objet: Dossier | Association,
    consulte: Service | Expert,
    demandeur: User,
    meme: Saisine | None = None,
    **valeurs: object,
) -> DemandeAvis:
    """A question of that agent to a service or an expert: alone, or with the others of the same saisine."""
    teneur = {nom: valeurs.pop(nom) for nom in ("question", "audience", "scelle", "sections") if nom in valeurs}
    meme = meme or saisine(session, **teneur)
    if isinstance(objet, Dossier):
        objet.avis_demandes += 1
    return _ajouter(
        session,
        DemandeAvis(
            **{
                "saisine_id": meme.id,
                "dossier_id" if isinstance(objet, Dossier) else "association_id": objet.id,
                "service_id" if isinstance(consulte, Service) else "expert_id": consulte.id,
                "demandeur_service_id": demandeur.affectations[0].service_id,
                "demandeur_id": demandeur.id,
                **valeurs,
            }
        ),
    )


def avis(session: Session, objet: Dossier | Association, auteur: User | Expert, **valeurs: object) -> Avis:
    """The avis of that agent's service, or of that expert: it answers what was asked of it."""
    agent = auteur if isinstance(auteur, User) else None
    a_elle = {"service_id": agent.affectations[0].service_id} if agent else {"expert_id": auteur.id}
    sur = {"dossier_id": objet.id} if isinstance(objet, Dossier) else {"association_id": objet.id}
    attendues = list(session.scalars(select(DemandeAvis).filter_by(**a_elle, **sur, repondue_at=None, close_at=None)))
    for une in attendues:
        une.repondue_at = maintenant()
    version = 1
    if isinstance(objet, Dossier):
        objet.avis_rendus += 1
        version = objet.contenu_version
    return _ajouter(
        session,
        Avis(
            **{
                **a_elle,
                **sur,
                "auteur_id": agent.id if agent else None,
                "demande_avis_id": attendues[0].id if attendues else None,
                "sens": SensAvis.FAVORABLE,
                "texte": "Projet solide.",
                "audience": Audience.SERVICES_SAISIS,
                "contenu_version": version,
                **valeurs,
            }
        ),
    )


def rendus(creer: Any, association: Association, agent: User, saisi: Service, joint: Fichier) -> dict[str, int]:
    """What two services have said of an association, and an avis with a file that both read on one of its dossiers."""
    session, dossier = creer.session, creer.dossier(agent.affectations[0].service, association=association)
    creer.demande_avis(dossier, saisi)
    for auteur in (agent, creer.agent(saisi)):
        avis(session, association, auteur, valable_jusqu_au=aujourdhui())
    lu = avis(session, dossier, agent, fichier_id=joint.id, fichier_nom="avis.pdf")
    return {"avis_rendu": lu.id, "association_a_aviser": association.id}


def _ajouter(session: Session, objet: Objet) -> Objet:
    session.add(objet)
    session.commit()
    return objet


def acteur_expert(expert: Expert) -> Acteur:
    """That expert, whom its link has let in."""
    return Acteur(genre=GenreActeur.EXPERT, expert_id=expert.id, nom_affiche=expert.nom_affiche, email=expert.email)


def sous_scelle(creer: Any, dossier: Dossier, saisi: Service) -> DemandeAvis:
    """Asked together under a seal: that service, which is awaited, and an expert, whose answer waits to be read."""
    session, agent = creer.session, creer.agent(dossier.service)
    meme, consulte = saisine(session, scelle=True), expert(session)
    attendue = creer.demande_avis(creer.dossier(dossier.service, association_id=None), saisi, meme)
    objet = session.get_one(Dossier, attendue.dossier_id)
    demande(session, objet, consulte, agent, meme)
    avis(session, objet, consulte, texte="Je suis réservé.")
    return attendue
