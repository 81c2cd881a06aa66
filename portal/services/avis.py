"""Asks services for their avis, and receives them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import PARIS, maintenant
from portal.models.avis import Avis, DemandeAvis, RevisionAvis
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.services import Service
from portal.permissions import Acteur, can_give_avis, can_instruct
from portal.queries.avis import list_demandes
from portal.services import courriels, instruction, journal, resumes_avis
from portal.vocabulaire import Audience, MotifAcces, SensAvis


def ask(
    session: Session, *, by: Acteur, dossier: Dossier, service_id: int, question: str, echeance: date | None = None
) -> DemandeAvis:
    """Ask a service for its avis: it may read the dossier from now on, and is told by mail at its own address.

    Raises Forbidden, TransitionInterdite on a closed dossier, Invalid on an unknown or already asked service or a past date.
    """
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    instruction.check_open(dossier)
    saisi = _a_saisir(session, dossier, service_id)
    if echeance is not None and echeance < maintenant().astimezone(PARIS).date():
        raise Invalid("echeance", "Cette date est déjà passée. Donnez une date à venir, ou aucune.")
    demande = DemandeAvis(
        dossier_id=dossier.id,
        service_id=saisi.id,
        demandeur_service_id=dossier.service_id,
        demandeur_id=by.user_id,
        question=question,
        echeance=echeance,
    )
    session.add(demande)
    _ouvrir(session, dossier, saisi)
    _recompter(session, dossier)
    _prevenir(session, dossier, saisi, demande)
    journal.record(
        session,
        by=by,
        action="avis_demande",
        objet=f"dossier:{dossier.id}",
        valeurs={"service": saisi.sigle, "echeance": echeance.isoformat() if echeance else None},
    )
    return demande


def _a_saisir(session: Session, dossier: Dossier, service_id: int) -> Service:
    saisi = session.get(Service, service_id)
    if saisi is None or saisi.id == dossier.service_id:
        raise Invalid("service", "Choisissez dans la liste le service à saisir.")
    if any(demande.service_id == saisi.id for demande in list_demandes(session, dossier)):
        raise Invalid("service", f"L’avis de {saisi.sigle} est déjà demandé sur ce dossier.")
    return saisi


def _ouvrir(session: Session, dossier: Dossier, saisi: Service) -> None:
    if session.get(AccesDossier, (saisi.id, dossier.id)) is None:
        session.add(
            AccesDossier(
                service_id=saisi.id, dossier_id=dossier.id, motif=MotifAcces.SAISI, date_depot=dossier.date_depot
            )
        )
    session.flush()


def _prevenir(session: Session, dossier: Dossier, saisi: Service, demande: DemandeAvis) -> None:
    if saisi.email:
        courriels.enqueue(
            session,
            "avis_demande",
            destinataire=saisi.email,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            intitule=dossier.intitule,
            service=dossier.service.nom,
            question=demande.question,
            echeance=demande.echeance.isoformat() if demande.echeance else None,
        )


def give(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    sens: SensAvis,
    montant_propose: Decimal | None,
    texte: str,
    audience: Audience,
    version: int = 0,
) -> Avis:
    """Give the avis of the actor's service, or change it: each version is kept. `montant_propose` in euros.

    `version` is the one that the page showed, 0 for a first avis. Raises Forbidden, TransitionInterdite, Conflict.
    """
    demandes = list_demandes(session, dossier)
    verdict = can_give_avis(by, dossier, demandes)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    instruction.check_open(dossier)
    avis = _actuel(session, by, dossier, demandes)
    if version != avis.version:
        raise Conflict("Un autre agent de votre service a donné ou modifié cet avis pendant que vous écriviez.")
    revision = RevisionAvis(
        version=version + 1,
        auteur_id=by.user_id,
        sens=sens,
        montant_propose=montant_propose,
        texte=texte,
        audience=audience,
        at=maintenant(),
    )
    _garder(session, dossier, avis, revision)
    action = "avis_modifie" if version else "avis_donne"
    valeurs = {"service": by.libelle_service, "version": avis.version, "sens": sens, "audience": audience}
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)
    resumes_avis.order(session, by=by, dossier=dossier)
    return avis


def _actuel(session: Session, by: Acteur, dossier: Dossier, demandes: list[DemandeAvis]) -> Avis:
    """The avis of the actor's service as it stands, else a new one of version 0."""
    avis = session.scalars(
        select(Avis)
        .where(Avis.dossier_id == dossier.id, Avis.service_id == by.service_id)
        .execution_options(populate_existing=True)
    ).first()
    demande_id = next((demande.id for demande in demandes if demande.service_id == by.service_id), None)
    return avis or Avis(dossier_id=dossier.id, service_id=by.service_id, demande_avis_id=demande_id, version=0)


def _garder(session: Session, dossier: Dossier, avis: Avis, revision: RevisionAvis) -> None:
    """An avis is its last revision, given on the request as it stands; the other revisions stay."""
    for champ in ("version", "auteur_id", "sens", "montant_propose", "texte", "audience"):
        setattr(avis, champ, getattr(revision, champ))
    avis.updated_at, avis.contenu_version = revision.at, dossier.contenu_version
    session.add(avis)
    session.flush()
    revision.avis_id = avis.id
    session.add(revision)
    _recompter(session, dossier)


def _recompter(session: Session, dossier: Dossier) -> None:
    """Counters are counted, under the lock of the dossier. Only the avis that were asked for are « rendus »."""
    session.flush()
    demandes = select(func.count(DemandeAvis.id)).where(DemandeAvis.dossier_id == dossier.id)
    rendus = demandes.where(
        exists().where(Avis.dossier_id == DemandeAvis.dossier_id, Avis.service_id == DemandeAvis.service_id)
    )
    dossier.avis_demandes = session.scalar(demandes) or 0
    dossier.avis_rendus = session.scalar(rendus) or 0
    session.flush()
