"""Sends a notified withdrawal to those whom the law names, once to each address, and keeps what was sent."""

from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, TransitionInterdite
from portal.formats import maintenant
from portal.models.envois import Courriel
from portal.models.manquements import EnvoiRetrait, Retrait
from portal.permissions import Acteur, can_instruct
from portal.queries import lettres_retrait
from portal.queries.retraits import FicheRetrait
from portal.services import courriels, journal
from portal.vocabulaire_cer import DestinataireRetrait


def send_to_association(session: Session, *, by: Acteur, fiche: FicheRetrait, email: str) -> EnvoiRetrait:
    """Tell one of its people that the withdrawal is notified. The caller has checked that the actor may decide."""
    courriel = courriels.enqueue(
        session,
        "retrait_notifie",
        destinataire=email,
        reference=fiche.dossier.reference,
        association=fiche.dossier.demandeur_nom,
        service=fiche.dossier.service.nom,
    )
    return _keep(session, by, fiche, DestinataireRetrait.ASSOCIATION, fiche.dossier.demandeur_nom, courriel)


def transmit(
    session: Session, *, by: Acteur, fiche: FicheRetrait, genre: DestinataireRetrait, nom: str, email: str
) -> EnvoiRetrait:
    """Send the notified decision, in words, to the préfet or to a co-funder.

    Raises Forbidden, TransitionInterdite before the notification, Conflict when it has been sent to that address.
    """
    verdict = can_instruct(by, fiche.dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    # The row's lock makes two agents follow each other; what the first has sent is then read afresh.
    session.refresh(fiche.retrait, ["notified_at", "version"], with_for_update={"of": Retrait})
    session.refresh(fiche.retrait, ["envois"])
    if fiche.retrait.notified_at is None:
        raise TransitionInterdite("Ce retrait n’est pas notifié\u00a0: seule une décision notifiée se transmet.")
    if any((envoi.genre, envoi.email) == (genre, email) for envoi in fiche.retrait.envois):
        raise Conflict(f"Cette décision a déjà été envoyée à {email}\u00a0: rien n’est parti de nouveau.")
    transmis = lettres_retrait.transmission(session, fiche)
    courriel = courriels.enqueue(session, "retrait_transmis", destinataire=email, **transmis)
    return _keep(session, by, fiche, genre, nom, courriel)


def _keep(
    session: Session, by: Acteur, fiche: FicheRetrait, genre: DestinataireRetrait, nom: str, courriel: Courriel
) -> EnvoiRetrait:
    envoi = EnvoiRetrait(
        retrait_id=fiche.retrait.id,
        genre=genre,
        nom=nom,
        email=courriel.destinataire,
        courriel_id=courriel.id,
        created_at=maintenant(),
    )
    session.add(envoi)
    session.flush()
    journal.record(
        session,
        by=by,
        action="retrait_transmis",
        objet=f"retrait:{fiche.retrait.id}",
        valeurs={"genre": genre, "nom": nom, "email": envoi.email},
    )
    return envoi
