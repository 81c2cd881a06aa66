"""How the services of the demonstration decide and notify, and who decides in their name."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli.histoires import NADIA, SOPHIE
from portal.cli.recits import au_nom_de
from portal.models.connexion import User
from portal.models.services import Affectation
from portal.permissions import Acteur
from portal.queries import delegations as lues
from portal.services import delegations, reglages
from portal.vocabulaire import GenreUser, MotifDecision
from portal.vocabulaire_instruction import ModeNotification, QuiDecide

TRIBUNAL = "tribunal administratif de Lyon, 184 rue Duguesclin, 69003 Lyon"
CREDITS = """Les crédits de « {demarche} » sont entièrement engagés pour {exercice}. La demande de {association} pour \
« {intitule} », de {montant_demande}, ne peut donc pas être retenue. Elle peut être déposée de nouveau l’an prochain."""
PRIORITE = """Le projet « {intitule} » répond à un besoin réel. D’autres demandes déposées à « {demarche} » répondaient plus \
directement aux priorités publiées, et les crédits n’ont pas permis de toutes les retenir."""
MODELES = {
    "Crédits épuisés": (MotifDecision.CREDITS_EPUISES, CREDITS),
    "Projet moins prioritaire": (MotifDecision.PRIORITE, PRIORITE),
}


def regler(session: Session) -> None:
    """Said once by the responsable of each service; run again, it changes nothing."""
    for email, qualite in ((NADIA, "Directrice départementale"), (SOPHIE, "Secrétaire générale")):
        service = select(Affectation.service_id).join(User, User.id == Affectation.user_id).where(User.email == email)
        if lues.reglage(session, session.scalars(service).first()) is None:
            with au_nom_de(session, GenreUser.AGENT, email) as acteur:
                _regler(session, acteur, qualite)


def _regler(session: Session, acteur: Acteur, qualite: str) -> None:
    reglages.save(
        session,
        by=acteur,
        qui_decide=QuiDecide.RESPONSABLE,
        proposition_requise=False,
        mode_notification=ModeNotification.TELESERVICE,
        ville="Lyon",
        tribunal=TRIBUNAL,
    )
    delegations.add(
        session,
        by=acteur,
        user_id=acteur.user_id or 0,
        qualite=qualite,
        reference="Arrêté de démonstration n°\u00a02026-01",
        debut=date(2026, 1, 1),
    )
    for titre, (motif, texte) in MODELES.items():
        mots = texte.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        reglages.add_model(session, by=acteur, titre=titre, texte=mots, motif=motif)
