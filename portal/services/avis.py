"""Receives the avis of services and experts."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis, RevisionAvis
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.avis import asks, is_author
from portal.queries import avis_perimes, lectures_dossiers
from portal.queries.avis import list_demandes, may_give
from portal.services import attentes_avis, brouillons_avis, instruction, journal, resumes_avis
from portal.vocabulaire import Audience, SensAvis
from portal.vocabulaire_avis import narrowest

# What a revision keeps of the avis.
CHAMPS_REVISES = (
    "version",
    "auteur_id",
    "sens",
    "montant_propose",
    "texte",
    "audience",
    "fichier_id",
    "fichier_nom",
    "valable_jusqu_au",
)

CHANGE_SERVICE = "Un autre agent de votre service a donné ou modifié cet avis pendant que vous écriviez."
CHANGE_EXPERT = "Vous avez déjà donné ou modifié cet avis sur une autre page pendant que vous écriviez ici."


def give(
    session: Session,
    *,
    by: Acteur,
    objet: Dossier | Association,
    sens: SensAvis,
    montant_propose: Decimal | None,
    texte: str,
    audience: Audience,
    version: int = 0,
    fichier: Fichier | None = None,
    fichier_nom: str = "",
    valable_jusqu_au: date | None = None,
    repris_de_id: int | None = None,
) -> Avis:
    """Give the avis of the actor's service, or of that expert, on a dossier or an association, or change it: all is kept.

    `montant_propose` in euros; `version`: the one that the page showed, 0 at first; `fichier`: joined from now on. All requests
    that wait for it are answered. Raises Forbidden, TransitionInterdite, Conflict, Invalid.
    """
    demandes = lock(session, by, objet)
    avis = current(session, by, objet)
    if version != avis.version:
        raise Conflict(CHANGE_EXPERT if by.est_expert else CHANGE_SERVICE)
    _note_origin(session, by, objet, avis, repris_de_id)
    revision = RevisionAvis(
        version=version + 1,
        auteur_id=by.user_id,
        sens=sens,
        montant_propose=montant_propose,
        texte=texte,
        audience=_within(audience, _answer(by, avis, demandes)),
        fichier_id=fichier.id if fichier else None,
        fichier_nom=fichier_nom,
        valable_jusqu_au=valable_jusqu_au,
        at=maintenant(),
    )
    keep(session, avis, revision)
    _tell(session, by, objet, avis, demandes)
    return avis


def lock(session: Session, by: Acteur, objet: Dossier | Association) -> list[DemandeAvis]:
    """Lock what the avis is about, and read what is asked about it. Raises Forbidden, TransitionInterdite on a closed dossier."""
    if isinstance(objet, Dossier):
        instruction.lock(session, objet)
    else:
        session.scalars(select(Association.id).where(Association.id == objet.id).with_for_update()).one()
    demandes = list_demandes(session, objet)
    verdict = may_give(session, by, objet, demandes)
    if not verdict:
        raise Forbidden(verdict.raison)
    if isinstance(objet, Dossier):
        instruction.check_open(objet)
    return demandes


def current(session: Session, by: Acteur, objet: Dossier | Association) -> Avis:
    """The avis of the actor's service, or of that expert, as it stands, else a new one of version 0; the object is locked."""
    sur = {"dossier_id": objet.id} if isinstance(objet, Dossier) else {"association_id": objet.id}
    par = {"expert_id": by.expert_id} if by.est_expert else {"service_id": by.service_id}
    connu = session.scalars(
        select(Avis).filter_by(**sur, **par).order_by(Avis.id).execution_options(populate_existing=True)
    ).first()
    return connu or Avis(**sur, **par, version=0)


def _answer(by: Acteur, avis: Avis, demandes: list[DemandeAvis]) -> list[DemandeAvis]:
    """The requests that wait for the avis are answered by it; those that it answers, former ones too."""
    siennes = [une for une in demandes if asks(by, une) and une.close_at is None]
    for une in siennes:
        if une.attendue:
            une.repondue_at = maintenant()
            avis.demande_avis_id = une.id
    return siennes


def _note_origin(
    session: Session, by: Acteur, objet: Dossier | Association, avis: Avis, repris_de_id: int | None
) -> None:
    """The avis that it takes up again, and what was before the eyes of its author: only a change of that makes it stale."""
    avis.repris_de_id = _copied(session, by, repris_de_id) or avis.repris_de_id
    avis.contenu_version = 0
    if isinstance(objet, Dossier):
        avis.contenu_version = objet.contenu_version
        avis.empreintes = avis_perimes.read_by(objet, lectures_dossiers.get(session, by, objet))


def _within(audience: Audience, siennes: list[DemandeAvis]) -> Audience:
    """Never wider than what was asked."""
    for une in siennes:
        audience = narrowest(audience, une.saisine.audience)
    return audience


def _copied(session: Session, by: Acteur, avis_id: int | None) -> int | None:
    """The avis of the same service that this one takes up again. Raises Invalid on another's."""
    if avis_id is None:
        return None
    repris = session.get(Avis, avis_id)
    if repris is None or not is_author(by, repris):
        raise Invalid(
            "texte", "L’avis à reprendre n’est pas celui de votre service. Votre texte est conservé sur cette page."
        )
    return repris.id


def keep(session: Session, avis: Avis, revision: RevisionAvis) -> None:
    """An avis is its last revision, given on the request as it stands; the other revisions stay."""
    for champ in CHAMPS_REVISES:
        setattr(avis, champ, getattr(revision, champ))
    avis.updated_at = revision.at
    session.add(avis)
    session.flush()
    revision.avis_id = avis.id
    session.add(revision)
    session.flush()


def _tell(session: Session, by: Acteur, objet: Dossier | Association, avis: Avis, demandes: list[DemandeAvis]) -> None:
    """The journal never says which way: it is read by those who may not read the avis."""
    ou = f"dossier:{objet.id}" if isinstance(objet, Dossier) else f"association:{objet.id}"
    valeurs = {"service": avis.de_qui, "version": avis.version, "audience": avis.audience}
    action = "avis_modifie" if avis.version > 1 else "avis_donne"
    journal.record(session, by=by, action=action, objet=ou, valeurs=valeurs)
    if isinstance(objet, Dossier):
        recount(session, objet)
        resumes_avis.order(session, by=by, dossier=objet)
        attentes_avis.answered(session, by=by, dossier=objet, avis=avis, demandes=demandes)
    else:
        attentes_avis.answered_on_association(session, by=by, avis=avis, demandes=demandes)
    brouillons_avis.drop(session, by=by, objet=objet)


def recount(session: Session, dossier: Dossier) -> None:
    """Counters are counted, under the lock of the dossier. Only the avis that were asked for are « rendus »."""
    session.flush()
    rendue, close = DemandeAvis.repondue_at.is_not(None), DemandeAvis.close_at.is_not(None)
    dossier.avis_demandes, dossier.avis_rendus, dossier.avis_echeance = session.execute(
        select(
            func.count().filter(rendue | ~close),
            func.count().filter(rendue),
            func.min(DemandeAvis.echeance).filter(~rendue, ~close),
        ).where(DemandeAvis.dossier_id == dossier.id)
    ).one()
    session.flush()
