"""Makes an association that many services know: its dossiers over the years, what was shared about them, its papers."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, Etablissement, FaitAssociation
from portal.models.comptes_rendus import CompteRendu
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.fiches_associations import ConsultationAssociation
from portal.models.services import Service
from portal.vocabulaire import Audience, Etat
from portal.vocabulaire_avis import MotifConsultation
from portal.vocabulaire_demandes import AudienceMessage, GenrePiece
from tests import fabriques_avis, fabriques_pieces, fabriques_recoupements
from tests.fabriques_recoupements import Contenu
from tests.factories import Fabriques

ETATS = (Etat.ACCEPTE, Etat.REFUSE, Etat.EN_INSTRUCTION, Etat.EN_CONSTRUCTION)
SOURCES = ("recherche-entreprises", "ds", "saisie")


def connue(creer: Fabriques, services: Sequence[Service], *, dossiers: int, exercices: int = 5) -> Association:
    """That association: its dossiers are spread evenly over these services and years, those of the first with their papers."""
    session = creer.session
    association, usager = creer.association(denomination="Les Canotiers réunis du Rhône et de la Saône"), creer.usager()
    creer.engagement(creer.mandat(usager, association))
    demarches = [creer.demarche(service, titre="Soutien à la vie associative et au bénévolat") for service in services]
    agents = [creer.agent(service) for service in services]
    for rang in range(dossiers):
        contenu = Contenu(titre=f"Accueil des jeunes sur la rivière, {rang}e édition", exercice=2026 - rang % exercices)
        ou = rang % len(services)
        demande = fabriques_recoupements.demande(session, association, demarches[ou], usager, contenu)
        etat = ETATS[rang // len(services) % len(ETATS)]
        dossier = creer.dossier(
            demarche=demarches[ou],
            association=association,
            etat=etat,
            reference=f"P-2025-{900_000 + rang}",
            intitule=contenu.titre,
            exercice=contenu.exercice,
            montant_demande=Decimal(1500 + rang),
            montant_accorde=Decimal(1000 + rang) if etat == Etat.ACCEPTE else None,
            date_traitement=maintenant() if etat in (Etat.ACCEPTE, Etat.REFUSE) else None,
            demande_id=demande.id,
        )
        _share(session, dossier, agents[ou], agents[(ou + 1) % len(agents)], rang)
        if ou == 0:
            _join(session, dossier, usager, rang)
    _tell(session, association, agents)
    session.commit()
    return association


def _share(session: Session, dossier: Dossier, agent: User, autre: User, rang: int) -> None:
    """An avis that was asked for, a message to all, a compte rendu that is due."""
    service = session.get_one(Service, autre.affectations[0].service_id)
    fabriques_avis.demande(session, dossier, service, agent)
    fabriques_avis.avis(session, dossier, autre, audience=Audience.PARTAGE, texte="Le projet est solide. " * 8)
    session.add(
        Message(
            cle=secrets.token_hex(20),
            dossier_id=dossier.id,
            audience=AudienceMessage.PARTAGE,
            auteur_id=agent.id,
            service_id=dossier.service_id,
            texte="La commune s’est engagée. " * 6,
        )
    )
    if dossier.etat == Etat.ACCEPTE:
        rendu = maintenant() if rang % 2 else None
        session.add(CompteRendu(dossier_id=dossier.id, echeance=aujourdhui(), depose_at=rendu))


def _join(session: Session, dossier: Dossier, usager: User, rang: int) -> None:
    """Documents of the vault, of several kinds, joined to the request of that dossier."""
    assert dossier.association is not None
    assert dossier.demande is not None
    for genre in (GenrePiece.STATUTS, GenrePiece.COMPTES, GenrePiece.RIB):
        empreinte = hashlib.sha256(f"{genre} {dossier.id} {rang}".encode()).hexdigest()
        garde = Fichier(sha256=empreinte, cle_stockage=empreinte[:32], taille=1_024, type_mime="application/pdf")
        session.add(garde)
        session.flush()
        coffre = fabriques_pieces.piece_coffre(
            session, dossier.association, usager, garde, genre, date_piece=aujourdhui(), iban=""
        )
        fabriques_pieces.piece_demande(session, dossier.demande, garde, coffre_id=coffre.id)


def _tell(session: Session, association: Association, agents: Sequence[User]) -> None:
    """What sources say of it, its places, and who has looked."""
    for champ in ("denomination", "adresse", "code_postal", "commune", "objet_social"):
        for source in SOURCES:
            session.add(
                FaitAssociation(
                    association_id=association.id,
                    champ=champ,
                    valeur=f"Ce que dit {source}",
                    source=source,
                    observed_at=maintenant(),
                )
            )
    for rang in range(6):
        session.add(Etablissement(association_id=association.id, siret=f"{association.siren}{rang + 90_100:05d}"))
    for agent in agents[1:]:
        session.add(
            ConsultationAssociation(
                association_id=association.id,
                user_id=agent.id,
                service_id=agent.affectations[0].service_id,
                jour=aujourdhui() - timedelta(days=1),
                motif=MotifConsultation.LIEN,
            )
        )
