"""Hands a dossier over to another service or to another call: the association is told, everything of it follows."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.models.decisions import Decision
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.documents import Document
from portal.models.dossiers import Dossier, Financement
from portal.models.receptions import Reception, Reorientation
from portal.models.services import Service
from portal.permissions import Acteur
from portal.permissions.reorientations import can_reorient
from portal.queries import correspondants, fiches, syntheses
from portal.queries.agents import of_service
from portal.services import accuses, actes_ds, changements_de_main, courriels, documents, instruction, journal, taches
from portal.vocabulaire import GenreDocument, RoleAffectation, Source
from portal.vocabulaire_instruction import GenreTache

LONGUEUR_MOTIF = 2_000


def reorient(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    service_id: int | None = None,
    demarche_id: int | None = None,
    motif: str,
    version: int | None = None,
) -> Reorientation:
    """Hand a dossier of ours over to a service, under its present call, or to the call `demarche_id` and its service.

    Its date, pieces, avis, messages, complement and delay follow (CRPA L114-2, L114-3); the former owner keeps a summary
    frozen now, and reads nothing that comes later. Raises Forbidden, Conflict, Invalid("cible", "motif").
    """
    instruction.lock(session, dossier)
    _check(session, by, dossier, version)
    if dossier.source != Source.PORTAIL:
        raise Invalid("cible", "Un dossier de Démarches Simplifiées se réoriente vers un groupe de sa démarche.")
    service, demarche = _cible(session, dossier, service_id, demarche_id)
    motif = _motif(motif)
    passage = _passage(session, by, dossier, service.id, demarche.id, motif)
    ancien = session.get_one(Service, dossier.service_id)
    dossier.service_id, dossier.demarche_id, dossier.instructeur_id = service.id, demarche.id, None
    dossier.version += 1
    session.flush()
    session.expire(dossier, ["service", "demarche", "instructeur"])
    session.execute(
        update(Financement)
        .where(Financement.dossier_id == dossier.id, Financement.accorde.is_(None))
        .values(programme=demarche.programme)
    )
    if ancien.id != service.id:
        changements_de_main.hand_over(session, by=by, dossier=dossier, ancien=ancien.id)
        _task(session, by.user_id, dossier)
    valeurs = {"service": service.sigle, "demarche": demarche.id, "motif": motif, "de": ancien.sigle}
    journal.record(session, by=by, action="dossier_reoriente", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    tell(session, dossier, ancien)
    return passage


def ask_ds(
    session: Session, *, by: Acteur, dossier: Dossier, groupe_id: int, motif: str, version: int | None = None
) -> Reorientation:
    """Ask DS to give the dossier to another groupe instructeur of its démarche: it changes hands when DS has done it.

    The summary that the present owner keeps is frozen now. Raises Forbidden, Conflict, TransitionInterdite, Invalid.
    """
    instruction.lock(session, dossier)
    _check(session, by, dossier, version)
    groupe = session.get(GroupeInstructeur, groupe_id)
    if groupe is None or groupe.demarche_id != dossier.demarche_id or groupe.closed:
        raise Invalid("cible", "Choisissez dans la liste un groupe de cette démarche.")
    motif = _motif(motif)
    vers = groupe.service_id or session.get_one(Demarche, dossier.demarche_id).service_id
    passage = _passage(session, by, dossier, vers, dossier.demarche_id, motif)
    actes_ds.change_group(session, by=by, dossier=dossier, groupe=groupe)
    dossier.version += 1
    valeurs = {"groupe": groupe.label, "motif": motif}
    journal.record(session, by=by, action="reorientation_demandee", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return passage


def _check(session: Session, by: Acteur, dossier: Dossier, version: int | None) -> None:
    decision = session.scalars(select(Decision).where(Decision.dossier_id == dossier.id).with_for_update()).first()
    verdict = can_reorient(by, dossier, decision)
    if not verdict:
        raise Forbidden(verdict.raison)
    if version is not None:
        instruction.check_version(version, dossier.version)


def _motif(motif: str) -> str:
    propre = motif.strip()
    if not propre:
        raise Invalid("motif", "Écrivez pourquoi ce dossier est transmis.")
    if len(propre) > LONGUEUR_MOTIF:
        raise Invalid("motif", f"Ce motif dépasse {LONGUEUR_MOTIF}\u00a0caractères\u00a0: raccourcissez-le.")
    return propre


def _cible(
    session: Session, dossier: Dossier, service_id: int | None, demarche_id: int | None
) -> tuple[Service, Demarche]:
    """The service and the call: the present one of each that is not given. Raises Invalid, Conflict."""
    demarche = session.get(Demarche, demarche_id or dossier.demarche_id)
    change = demarche_id is not None and demarche_id != dossier.demarche_id
    service = session.get(Service, demarche.service_id if change and demarche else service_id or dossier.service_id)
    if service is None or demarche is None or (change and not _ouverte_ici(demarche)):
        raise Invalid("cible", "Choisissez dans la liste le service, ou la campagne, qui examinera ce dossier.")
    if service.id == dossier.service_id and not change:
        raise Invalid(
            "cible", "Ce dossier est déjà celui de ce service, dans cette campagne\u00a0: choisissez autre chose."
        )
    if dossier.demande_id is not None:
        freres = session.scalars(
            select(Dossier).where(Dossier.demande_id == dossier.demande_id, Dossier.id != dossier.id)
        ).all()
        if any(demarche.id == un.demarche_id or service.id == un.service_id for un in freres):
            raise Conflict(
                f"La même demande est déjà adressée à {service.sigle}\u00a0: ce service a son propre dossier. Rien n’a changé."
            )
    return service, demarche


def _ouverte_ici(demarche: Demarche) -> bool:
    """A published call of this portal; a closed one too: the date of filing follows."""
    return demarche.source == Source.PORTAIL and demarche.publiee_at is not None


def _passage(
    session: Session, by: Acteur, dossier: Dossier, vers_service: int, vers_demarche: int, motif: str
) -> Reorientation:
    """The row, with what the present owner keeps when it is another service that receives."""
    document = _freeze(session, by, dossier) if vers_service != dossier.service_id else None
    passage = Reorientation(
        dossier_id=dossier.id,
        de_service_id=dossier.service_id,
        vers_service_id=vers_service,
        de_demarche_id=dossier.demarche_id,
        vers_demarche_id=vers_demarche,
        motif=motif,
        par_id=by.user_id,
        document_id=document.id if document else None,
    )
    session.add(passage)
    session.flush()
    return passage


def _freeze(session: Session, by: Acteur, dossier: Dossier) -> Document:
    """What the actor sees now, apart from the dossier, whose later documents are the new owner's."""
    page = syntheses.synthese(by, fiches.get(session, by, dossier.reference))
    nom = f"Synthèse {dossier.reference} à sa réorientation"
    return documents.issue(session, by=by, genre=GenreDocument.SYNTHESE, nom=nom, document=page)


def complete(session: Session, dossier: Dossier, ancien_id: int) -> None:
    """DS has given the dossier to another service: told to its people and to the new owner if an agent had asked for it."""
    demandee = session.scalars(
        select(Reorientation)
        .where(
            Reorientation.dossier_id == dossier.id,
            Reorientation.de_service_id == ancien_id,
            Reorientation.vers_service_id == dossier.service_id,
        )
        .order_by(Reorientation.id.desc())
        .limit(1)
    ).first()
    if demandee is not None:
        _task(session, demandee.par_id, dossier)
        tell(session, dossier, session.get_one(Service, ancien_id))


def _task(session: Session, par_id: int | None, dossier: Dossier) -> None:
    """Something for each responsable of the new owner; for whoever instructs there when it has none."""
    responsables = session.scalars(of_service(dossier.service_id, [RoleAffectation.RESPONSABLE])).all()
    for agent in responsables or session.scalars(of_service(dossier.service_id)).all():
        taches.add(
            session,
            user_id=agent.id,
            service_id=dossier.service_id,
            genre=GenreTache.REORIENTATION,
            cle=f"reorientation:{dossier.id}:{dossier.version}",
            dossier_id=dossier.id,
            par_id=par_id,
        )


def tell(session: Session, dossier: Dossier, ancien: Service) -> None:
    """A mail to whoever asked: its people here, the address given with a request that came on paper (CRPA L114-2)."""
    donnee = session.scalars(select(Reception.email).where(Reception.dossier_id == dossier.id)).first() or ""
    service, demarche = session.get_one(Service, dossier.service_id), session.get_one(Demarche, dossier.demarche_id)
    for adresse in sorted({donnee, *correspondants.members(session, dossier)} - {""}):
        courriels.enqueue(
            session,
            "demande_transmise",
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            intitule=dossier.intitule,
            ancien=ancien.nom,
            service=service.nom,
            coordonnees=accuses.coordonnees(service.adresse, service.email, service.telephone),
            demarche=demarche.titre,
        )
