"""Sends messages on dossiers, between an association and the owner service or within services."""

import hashlib
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.permissions import Acteur
from portal.permissions.messages import ENTRE_SERVICES, can_write
from portal.queries import correspondants, mentions
from portal.queries.lecteurs_messages import AgentLecteur, agents_of
from portal.services import courriels, journal, taches
from portal.vocabulaire_demandes import AudienceMessage
from portal.vocabulaire_instruction import GenreTache

A_L_ASSOCIATION = (
    "Un message que l’association lit n’appelle pas de collègue\u00a0: décochez les noms, ou écrivez à votre service. Rien n’est "
    "envoyé."
)


def send(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    audience: AudienceMessage,
    texte: str,
    cle: str,
    fichier: Fichier | None = None,
    fichier_nom: str = "",
    prevenir: Collection[int] = (),
) -> Message:
    """Send a message, once per `cle`, and tell its readers, without a word of it.

    An agent named in it (« @prenom.nom »), or chosen (`prevenir`: user ids), has a task; the association is told by mail. Raises
    Forbidden, Invalid when somebody chosen does not read it, Conflict when the page was another person's or another dossier's.
    """
    verdict = can_write(by, dossier, audience)
    if not verdict:
        raise Forbidden(verdict.raison)
    prevenus = _named(session, by, dossier, audience, texte, prevenir)
    valeurs = {
        "cle": cle,
        "dossier_id": dossier.id,
        "audience": audience,
        "auteur_id": by.user_id,
        "service_id": by.service_id,
        "texte": texte,
        "fichier_id": fichier.id if fichier else None,
        "fichier_nom": fichier_nom if fichier else "",
    }
    unique = insert(Message).values(valeurs).on_conflict_do_nothing(index_elements=["cle"])
    nouveau = session.scalar(unique.returning(Message.id))
    message = session.scalars(select(Message).where(Message.cle == cle)).one()
    if (message.auteur_id, message.dossier_id) != (by.user_id, dossier.id):
        raise Conflict("Cette page a déjà servi à un autre message. Rechargez-la, puis envoyez de nouveau le vôtre.")
    if nouveau is not None:
        _note(session, by, message)
        _tell(session, by, dossier, message, prevenus)
    return message


def _note(session: Session, by: Acteur, message: Message) -> None:
    """Who wrote to whom, and the hash of what: the words themselves stay in the message."""
    valeurs = {
        "message": message.id,
        "audience": message.audience,
        "texte_sha256": hashlib.sha256(message.texte.encode()).hexdigest(),
    }
    journal.record(session, by=by, action="message_envoye", objet=f"dossier:{message.dossier_id}", valeurs=valeurs)


def _named(
    session: Session, by: Acteur, dossier: Dossier, audience: AudienceMessage, texte: str, choisis: Collection[int]
) -> Sequence[AgentLecteur]:
    """The agents named or chosen. The association names nobody, and nobody is called into what it reads."""
    if not by.est_agent:
        return ()
    if audience == AudienceMessage.ASSOCIATION:
        if choisis:
            raise Invalid("prevenir", A_L_ASSOCIATION)
        return ()
    lecteurs = agents_of(session, dossier)
    trouvees = mentions.resolve(lecteurs, by, audience, texte, choisis)
    sourds = [agent.nom for agent in trouvees.sourds if agent.id in choisis]
    if sourds:
        raise Invalid(
            "prevenir", f"{', '.join(sourds)} ne lira pas ce message. Décochez, ou écrivez aux services saisis."
        )
    return trouvees.agents


def _tell(session: Session, by: Acteur, dossier: Dossier, message: Message, prevenus: Sequence[AgentLecteur]) -> None:
    """The association by mail; the agents named, and who instructs, by a task; a service without one at its own address."""
    if by.est_agent and message.audience == AudienceMessage.ASSOCIATION:
        _mail(session, dossier, "message_recu", correspondants.members(session, dossier))
        return
    for agent in prevenus:
        _call(session, by, dossier, message, agent)
    instructeur = correspondants.instructeur(session, dossier)
    if instructeur is not None and instructeur.id not in {agent.id for agent in prevenus}:
        taches.tell_message(
            session,
            user_id=instructeur.id,
            service_id=dossier.service_id,
            dossier_id=dossier.id,
            message_id=message.id,
            par_id=by.user_id,
        )
    # A note between colleagues while nobody follows the dossier: the service's shared box need not ring.
    entre_collegues = by.est_agent and by.service_id == dossier.service_id
    adresses = [] if instructeur is not None or entre_collegues else correspondants.shared_box(dossier)
    if message.audience in ENTRE_SERVICES:
        adresses = adresses + correspondants.services_saisis(session, dossier, sauf=by.service_id)
    _mail(session, dossier, "message_recu_agent", adresses)


def _call(session: Session, by: Acteur, dossier: Dossier, message: Message, agent: AgentLecteur) -> None:
    taches.add(
        session,
        user_id=agent.id,
        service_id=agent.service_id,
        genre=GenreTache.MENTION,
        cle=f"mention:{message.id}",
        dossier_id=dossier.id,
        objet_id=message.id,
        par_id=by.user_id,
    )


def _mail(session: Session, dossier: Dossier, gabarit: str, adresses: Iterable[str]) -> None:
    for adresse in adresses:
        courriels.enqueue(
            session,
            gabarit,
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            service=dossier.service.nom,
        )
