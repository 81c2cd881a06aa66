"""Asks for avis as the pages do, and what of it stands in an address."""

import secrets
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.avis import DemandeAvis, ModeleQuestion
from portal.models.dossiers import Dossier
from portal.models.experts import ConsulteDemarche
from portal.models.services import Service
from portal.permissions import Acteur
from portal.services import saisines
from tests import fabriques_lectures


def saisir(
    session: Session, *, by: Acteur, dossier: Dossier, service_id: int, question: str, echeance: date | None = None
) -> DemandeAvis:
    """Ask that service about that dossier: what the service made."""
    teneur = TeneurSaisine(question=question, echeance=echeance)
    saisine = saisines.ask(
        session,
        by=by,
        objets=[dossier],
        consultes=[Consulte(service_id=service_id)],
        teneur=teneur,
        cle=secrets.token_hex(20),
    )
    return session.scalars(select(DemandeAvis).where(DemandeAvis.saisine_id == saisine.id)).one()


def du_monde(creer: Any, dossier: Dossier, saisi: Service) -> dict[str, str | int]:
    """A demande that waits for that service, about another dossier of the same association, closed to an agent of its own."""
    autre = creer.dossier(dossier.service, association_id=dossier.association_id)
    demande = creer.demande_avis(autre, saisi)
    recuse = fabriques_lectures.recuser(creer.session, creer.agent(dossier.service), autre)
    return {
        "demande_avis": demande.id,
        "recusation_demande": recuse.id,
        "association_a_saisir": dossier.association_id or 0,
    }


def reglage_du_monde(session: Session, demarche_id: int, saisi: Service) -> dict[str, str | int]:
    """A question that a démarche proposes, and a service of its list."""
    modele = ModeleQuestion(demarche_id=demarche_id, libelle="Territoire", texte="Connaissez-vous cette association ?")
    consulte = ConsulteDemarche(demarche_id=demarche_id, service_id=saisi.id)
    session.add_all([modele, consulte])
    session.commit()
    return {"question_avis": modele.id, "consulte_propose": consulte.id}
