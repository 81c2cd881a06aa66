"""Attaches a DS démarche to a service, queues its runs, and mirrors its title and groupes instructeurs."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.types import Demarche as DemarcheRecue
from integrations.demarches_simplifiees.types import GroupeInstructeur as GroupeRecu
from portal.errors import Conflict, Forbidden, Invalid
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.permissions import Acteur, may_set_up
from portal.queries.services import get_by_sigle
from portal.services import journal
from portal.travaux import commander
from portal.vocabulaire import Source

TITRE_MAXIMAL = 300
# DS did not exist before; only for a démarche whose date it would not tell.
ORIGINE = datetime(2015, 1, 1, tzinfo=UTC)


def attach(session: Session, *, by: Acteur, instance: str, number: int, sigle: str) -> Demarche:
    """Give a DS démarche to a service; doing it twice changes nothing.

    Raises Forbidden, Invalid (unknown service, no DS configured) and Conflict (the démarche already belongs to another service).
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    if not instance:
        raise Invalid(
            "instance",
            "Aucune instance de Démarches Simplifiées n’est configurée : renseignez DS_URL et DS_TOKEN. "
            "Rien n’a été changé.",
        )
    service = get_by_sigle(session, sigle)
    demarche = find(session, instance=instance, number=number)
    if demarche is None:
        demarche = Demarche(
            source=Source.DS,
            instance=instance,
            ds_number=number,
            titre=f"Démarche n° {number}",
            service_id=service.id,
        )
        session.add(demarche)
        session.flush()
        journal.record(session, by=by, action="demarche_rattachee", objet=f"demarche:{demarche.id}")
    elif demarche.service_id != service.id:
        raise Conflict(
            f"La démarche n° {number} appartient déjà à un autre service. Rien n’a été changé : "
            "ses dossiers devraient d’abord être transférés."
        )
    return demarche


def commander_passage(session: Session, number: int, *, suppressions: bool, complet: bool = False) -> None:
    """Queue one run over a démarche; runs of the same démarche follow each other and never pile up.

    `complet`: one that compares every dossier, which may wait beside an ordinary one.
    """
    verrou = f"synchronisation:{number}"
    commander(
        session,
        "synchronisation.lancer",
        verrou=verrou,
        unique=f"{verrou}:complet" if complet else verrou,
        number=number,
        suppressions=suppressions,
        complet=complet,
    )


def find(session: Session, *, instance: str, number: int) -> Demarche | None:
    """The démarche of that number in that DS, None while no service has it."""
    return session.scalars(select(Demarche).where(Demarche.instance == instance, Demarche.ds_number == number)).first()


def get_attached(session: Session, *, instance: str, number: int) -> Demarche:
    """The démarche of that number. Raises Invalid, naming the command to run, while no service has it."""
    demarche = find(session, instance=instance, number=number)
    if demarche is None:
        raise Invalid(
            "demarche",
            f"La démarche n° {number} n’est rattachée à aucun service : ses dossiers n’iraient à personne. "
            f"Lancez « portal ds rattacher --demarche {number} --service SIGLE ».",
        )
    return demarche


def hold(session: Session, demarche_id: int) -> Demarche:
    """The démarche, held until the end of the transaction: one lot of its dossiers is stored at a time.

    A run, a webhook and an act may bring the same dossier, or the same new group, at the same instant.
    """
    return session.get_one(Demarche, demarche_id, with_for_update={"key_share": True}, populate_existing=True)


def refresh(session: Session, demarche: Demarche, recue: DemarcheRecue) -> datetime:
    """Mirror the title, the state, the labels and the groupes instructeurs.

    Returns the instant that rules the list of its dossiers: fixed for ever, since cursors depend on it (ds/api §4). A group keeps
    the service that it was mapped to.
    """
    demarche.titre = recue.title[:TITRE_MAXIMAL] or demarche.titre
    demarche.ds_id, demarche.ds_state = recue.id, recue.state[:40]
    demarche.etiquettes = [{"id": un.id, "nom": un.name, "couleur": un.color} for un in recue.labels]
    demarche.date_creation = demarche.date_creation or recue.date_creation or ORIGINE
    connus = groupes(session, demarche.id)
    for groupe in recue.groupes:
        if groupe.number is not None:
            refresh_groupe(session, demarche.id, groupe, connus.get(groupe.number), complet=True)
    session.flush()
    return demarche.date_creation


def groupes(session: Session, demarche_id: int) -> dict[int, GroupeInstructeur]:
    """The groups of a démarche by their DS number."""
    lignes = session.scalars(select(GroupeInstructeur).where(GroupeInstructeur.demarche_id == demarche_id))
    return {groupe.number: groupe for groupe in lignes}


def refresh_groupe(
    session: Session, demarche_id: int, recu: GroupeRecu, groupe: GroupeInstructeur | None, *, complet: bool
) -> GroupeInstructeur:
    """Create or update a group. `complet`: DS told its members too, which a dossier's own group does not."""
    if groupe is None:
        groupe = GroupeInstructeur(demarche_id=demarche_id, number=recu.number, instructeurs=[])
        session.add(groupe)
    groupe.ds_id, groupe.label = recu.id, recu.label[:TITRE_MAXIMAL]
    if complet:
        membres: list[Any] = [{"id": un.id, "email": un.email} for un in recu.instructeurs]
        groupe.closed, groupe.instructeurs = recu.closed, membres
    return groupe
