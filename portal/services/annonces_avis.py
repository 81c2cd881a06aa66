"""Tells those who are asked for an avis, by one mail per party whatever the number of dossiers."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import date_fr
from portal.models.avis import DemandeAvis, Saisine
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries.agents import of_service
from portal.queries.experts import object_names
from portal.queries.recusations import is_closed
from portal.services import appels_avis, courriels, liens_experts
from portal.vocabulaire import RoleAffectation

# A mail names these, and counts the others.
OBJETS_NOMMES = 20


def announce(session: Session, *, by: Acteur, saisine: Saisine, demandes: Sequence[DemandeAvis] | None = None) -> None:
    """Tell each party what is asked of it: by mail, at the address of the service or of who is named; else by a task.

    `demandes`: of that saisine, those to tell; all of them when None. What is answered or closed already is not told.
    """
    if demandes is None:
        demandes = list_of(session, saisine.id)
    for siennes in by_party(une for une in demandes if une.attendue):
        _announce(session, by, saisine, siennes)


def list_of(session: Session, saisine_id: int) -> list[DemandeAvis]:
    """Every demande of a saisine, in the order in which they were made."""
    choix = select(DemandeAvis).where(DemandeAvis.saisine_id == saisine_id).order_by(DemandeAvis.id)
    return list(session.scalars(choix))


def by_party(demandes: Iterable[DemandeAvis]) -> list[list[DemandeAvis]]:
    """Those that the same person, or the same service, has to answer."""

    def partie(une: DemandeAvis) -> tuple[int, int, int]:
        return une.service_id or 0, une.agent_id or 0, une.expert_id or 0

    return [list(siennes) for _, siennes in groupby(sorted(demandes, key=lambda une: (*partie(une), une.id)), partie)]


def _announce(session: Session, by: Acteur, saisine: Saisine, siennes: list[DemandeAvis]) -> None:
    une = siennes[0]
    if une.expert is not None:
        liens_experts.invite(session, by=by, saisine=saisine, expert=une.expert)
        return
    service = une.service
    adresse = une.agent.email if une.agent else service.email if service else ""
    for demande in siennes:
        # The queue shows dossiers to a service that a mail reaches; an association, or a name, is only in the tasks.
        if not adresse or une.agent or demande.dossier_id is None:
            appels_avis.call(session, par_id=by.user_id, demande=demande, prevenus=bool(adresse))
    if not adresse:
        return
    demandeur = une.demandeur_service.nom
    if une.agent is None and len(siennes) == 1 and une.dossier_id is not None:
        _one_dossier(session, adresse, demandeur, une)
        return
    nommement = {"consulte": une.consulte} if une.agent else {}
    courriels.enqueue(
        session,
        "avis_demande_agent" if une.agent else "avis_demandes",
        destinataire=adresse,
        service=demandeur,
        question=une.question,
        echeance=_iso(une.echeance),
        **_objets(session, siennes),
        **nommement,
    )


def _one_dossier(session: Session, adresse: str, demandeur: str, demande: DemandeAvis) -> None:
    dossier = session.get_one(Dossier, demande.dossier_id)
    courriels.enqueue(
        session,
        "avis_demande",
        destinataire=adresse,
        reference=dossier.reference,
        association=dossier.demandeur_nom,
        intitule=dossier.intitule,
        service=demandeur,
        question=demande.question,
        echeance=_iso(demande.echeance),
    )


def remind(session: Session, *, by: Acteur, demandes: Sequence[DemandeAvis]) -> None:
    """Tell one party once more of all that is awaited of it, whoever asks."""
    une = demandes[0]
    if une.expert is not None:
        # Its letter tells one saisine and counts the rest: the one to answer first.
        premiere = min(demandes, key=lambda autre: (autre.echeance or date.max, autre.id))
        liens_experts.invite(session, by=by, saisine=premiere.saisine, expert=une.expert, rappel=True)
        return
    noms = object_names(session, demandes)
    lignes = [f"{noms[demande.id]}, demandé par {_by_whom(demande)}" for demande in demandes[:OBJETS_NOMMES]]
    for adresse in addresses(session, une):
        courriels.enqueue(
            session, "avis_rappele", destinataire=adresse, lignes=lignes, autres=len(demandes) - len(lignes)
        )


def _by_whom(demande: DemandeAvis) -> str:
    pour = f", pour le {date_fr(demande.echeance)}" if demande.echeance else ""
    return f"{demande.demandeur_service.sigle}{pour}"


def tell_extension(session: Session, demandes: Sequence[DemandeAvis]) -> None:
    """There is more time, for what one party has still to answer."""
    une = demandes[0]
    for adresse in addresses(session, une):
        courriels.enqueue(
            session,
            "avis_prolonge_expert" if une.expert_id else "avis_prolonge",
            destinataire=adresse,
            service=une.demandeur_service.nom,
            echeance=_iso(une.echeance),
            **_objets(session, demandes),
        )


def tell_withdrawal(session: Session, demande: DemandeAvis) -> None:
    """It is asked no more."""
    for adresse in addresses(session, demande):
        courriels.enqueue(
            session,
            "avis_retire",
            destinataire=adresse,
            service=demande.demandeur_service.nom,
            **_objets(session, [demande]),
        )


def tell_refusal(session: Session, demande: DemandeAvis, raison: str) -> None:
    """To who asked, if it still acts for the service that did, with no conflict of interest: no avis will come.

    `raison`: in words.
    """
    encore = of_service(demande.demandeur_service_id, RoleAffectation).where(
        User.id == demande.demandeur_id, ~is_closed(User.id, demande.dossier_id or 0, demande.association_id)
    )
    for agent in session.scalars(encore):
        noms = object_names(session, [demande])
        courriels.enqueue(
            session,
            "avis_decline",
            destinataire=agent.email,
            consulte=demande.consulte,
            objets=[noms[demande.id]],
            raison=raison,
        )


def addresses(session: Session, demande: DemandeAvis) -> list[str]:
    """Of who is asked: the expert, the agent who is named, the service; the agents of a service that has no address."""
    if demande.expert is not None:
        return [demande.expert.email]
    if demande.agent is not None:
        return [demande.agent.email]
    if demande.service is not None and demande.service.email:
        return [demande.service.email]
    return [agent.email for agent in session.scalars(appels_avis.called(demande))]


def _objets(session: Session, demandes: Sequence[DemandeAvis]) -> dict[str, list[str] | int]:
    nommees = demandes[:OBJETS_NOMMES]
    noms = object_names(session, nommees)
    return {"objets": [noms[une.id] for une in nommees], "autres": len(demandes) - len(nommees)}


def _iso(jour: date | None) -> str | None:
    return jour.isoformat() if jour else None
