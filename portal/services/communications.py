"""Answers an association that asks to read the avis given on its dossier: one month, what is hidden, the sending, the journal."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee
from portal.documents.modeles_communications import AvisCommunique, CommunicationAvis
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, maintenant
from portal.models.avis import Avis
from portal.models.communications import Communication, Occultation
from portal.models.delais import plus_mois
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.communications import (
    CLOSE,
    can_answer,
    can_ask_communication,
    can_enter_communication,
    can_propose,
)
from portal.queries import correspondants
from portal.queries.agents import of_service
from portal.queries.communications import check_all_read, occult
from portal.queries.recepisses import service_cite
from portal.services import courriels, documents, journal, taches
from portal.vocabulaire import LIBELLES_SENS, GenreDocument
from portal.vocabulaire_avis import EtatCommunication
from portal.vocabulaire_instruction import GenreTache

DEJA = "Une demande de communication attend déjà une réponse sur ce dossier\u00a0: rien n’est ajouté."
RIEN = "Aucun avis n’a été donné sur ce dossier\u00a0: il n’y a rien à communiquer."


def ask(session: Session, *, by: Acteur, dossier: Dossier) -> Communication:
    """A person of the association asks, on the portal. Raises Forbidden, Conflict: already asked, or no avis."""
    _require(can_ask_communication(by, dossier))
    return _open(session, by, dossier, recue_le=aujourdhui(), nom=by.nom_affiche, user_id=by.user_id)


def enter(session: Session, *, by: Acteur, dossier: Dossier, recue_le: date, demandeur_nom: str) -> Communication:
    """The service enters a request that came by mail. Raises Forbidden, Invalid on a day to come, Conflict."""
    _require(can_enter_communication(by, dossier))
    if recue_le > aujourdhui():
        raise Invalid("recue_le", "Cette date est à venir. Donnez le jour où la demande est arrivée.")
    return _open(session, by, dossier, recue_le=recue_le, nom=demandeur_nom, user_id=None)


def _open(
    session: Session, by: Acteur, dossier: Dossier, *, recue_le: date, nom: str, user_id: int | None
) -> Communication:
    avis = session.scalars(select(Avis.id).where(Avis.dossier_id == dossier.id).order_by(Avis.id)).all()
    if not avis:
        raise Conflict(RIEN)
    ident = session.scalar(
        insert(Communication)
        .values(
            dossier_id=dossier.id,
            user_id=user_id,
            demandeur_nom=nom,
            recue_le=recue_le,
            echeance=plus_mois(recue_le, 1),
            etat=EtatCommunication.A_TRAITER,
            motif="",
        )
        .on_conflict_do_nothing()
        .returning(Communication.id)
    )
    if ident is None:
        raise Conflict(DEJA)
    session.add_all(Occultation(communication_id=ident, avis_id=un) for un in avis)
    communication = session.get_one(Communication, ident)
    _call(session, by, communication, dossier.service_id, cle=f"communication:{ident}")
    _record(session, by, communication, "communication_demandee", recue_le=recue_le.isoformat())
    return communication


def consult(session: Session, *, by: Acteur, communication: Communication, occultation: Occultation) -> None:
    """Ask the service that gave an avis what is to be hidden of it; asked twice, asked once. Raises Forbidden."""
    _lock(session, communication)
    _require(can_answer(by, communication))
    service_id = occultation.avis.service_id
    if service_id is None or occultation.consultee_at is not None:
        return
    occultation.consultee_at = maintenant()
    _call(session, by, communication, service_id, cle=f"occultation:{occultation.id}")
    _record(session, by, communication, "occultation_demandee", avis=occultation.avis_id)


def hide(
    session: Session, *, by: Acteur, occultation: Occultation, passages: Sequence[str], refus: str, version: int
) -> None:
    """Keep what is hidden of an avis, or why none of it is sent: its own service proposes, the one that answers decides.

    Raises Forbidden, Conflict when somebody else has changed it, Invalid("passages") when one is not in the text.
    """
    _lock(session, occultation.communication)
    propose = can_propose(by, occultation)
    if not propose:
        _require(can_answer(by, occultation.communication))
    session.refresh(occultation)
    if occultation.version != version:
        raise Conflict("Une autre personne a changé ce qui est occulté pendant que vous aviez cette page ouverte.")
    absents = [passage for passage in passages if passage not in occultation.avis.texte]
    if absents:
        raise Invalid(
            "passages",
            f"«\u00a0{absents[0]}\u00a0» n’est pas dans l’avis\u00a0: recopiez le passage tel qu’il y est écrit, un par ligne.",
        )
    occultation.passages, occultation.refus, occultation.version = list(passages), refus, version + 1
    if propose:
        occultation.dite_at = maintenant()
    _record(
        session,
        by,
        occultation.communication,
        "occultation_enregistree",
        avis=occultation.avis_id,
        nombre=len(passages),
    )


def send(session: Session, *, by: Acteur, communication: Communication) -> Communication:
    """Send the avis to the association as one document, frozen now; its people are told by mail.

    Raises Forbidden, Conflict while one of them is closed to the service that sends them.
    """
    _lock(session, communication)
    _require(can_answer(by, communication))
    check_all_read(session, by, communication)
    dossier = communication.dossier
    document = documents.issue(
        session,
        by=by,
        genre=GenreDocument.COMMUNICATION,
        nom=f"Avis donnés sur le dossier {dossier.reference}",
        document=_page(communication),
        dossier_id=dossier.id,
    )
    communication.document_id = document.id
    _close(session, by, communication, EtatCommunication.ENVOYEE, "communication_envoyee")
    return communication


def refuse(session: Session, *, by: Acteur, communication: Communication, motif: str) -> Communication:
    """Refuse to send anything, with the reason that the association reads. Raises Forbidden."""
    _lock(session, communication)
    _require(can_answer(by, communication))
    communication.motif = motif
    _close(session, by, communication, EtatCommunication.REFUSEE, "communication_refusee")
    return communication


def _close(session: Session, by: Acteur, communication: Communication, etat: EtatCommunication, action: str) -> None:
    communication.etat, communication.close_at, communication.close_par_id = etat, maintenant(), by.user_id
    session.flush()
    taches.close(session, genres=[GenreTache.COMMUNICATION], dossier_id=communication.dossier_id)
    dossier = communication.dossier
    for adresse in correspondants.members(session, dossier):
        courriels.enqueue(
            session,
            "communication_repondue",
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            intitule=dossier.intitule,
            service=dossier.service.nom,
        )
    _record(session, by, communication, action)


def _page(communication: Communication) -> CommunicationAvis:
    dossier = communication.dossier
    siret = dossier.demandeur_siret
    return CommunicationAvis(
        reference=dossier.reference,
        demandeur=AssociationCitee(
            dossier.demandeur_nom, siren=siret[:9] or None, siret=siret or None, rna=dossier.demandeur_rna or None
        ),
        intitule=dossier.intitule,
        service=service_cite(dossier.service),
        recue_le=communication.recue_le,
        avis=tuple(_cited(une) for une in communication.occultations),
    )


def _cited(une: Occultation) -> AvisCommunique:
    avis = une.avis
    return AvisCommunique(
        de=avis.service.nom if avis.service else avis.de_qui,
        donne_le=avis.updated_at,
        sens="" if une.refus else LIBELLES_SENS[avis.sens],
        montant=None if une.refus else avis.montant_propose,
        texte="" if une.refus else occult(avis.texte, une.passages),
        refus=une.refus,
        occulte=bool(une.passages),
    )


def _call(session: Session, by: Acteur, communication: Communication, service_id: int, *, cle: str) -> None:
    """A task to each agent of that service who may answer."""
    for agent in session.scalars(of_service(service_id)).all():
        taches.add(
            session,
            user_id=agent.id,
            service_id=service_id,
            genre=GenreTache.COMMUNICATION,
            cle=cle,
            dossier_id=communication.dossier_id,
            objet_id=communication.id,
            par_id=by.user_id,
        )


def _lock(session: Session, communication: Communication) -> None:
    session.refresh(communication, with_for_update={"of": Communication})


def _require(verdict: Verdict) -> None:
    if verdict is CLOSE:
        raise Conflict(verdict.raison)
    if not verdict:
        raise Forbidden(verdict.raison)


def _record(session: Session, by: Acteur, communication: Communication, action: str, **valeurs: object) -> None:
    objet = f"dossier:{communication.dossier_id}"
    journal.record(session, by=by, action=action, objet=objet, valeurs={"communication": communication.id, **valeurs})
