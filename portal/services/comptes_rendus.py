"""Comptes rendus financiers: owed once a grant is notified, saved as typed, filed once."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden
from portal.formats import maintenant
from portal.forms.comptes_rendus import CERTIFICATION
from portal.forms.demandes.demande import PROJET
from portal.models.comptes_rendus import CompteRendu, SectionSaisieCompteRendu
from portal.models.decisions import Decision
from portal.models.delais import plus_mois
from portal.models.demandes import Demande, SectionSaisie
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.comptes_rendus import can_file, can_fill
from portal.queries import comptes_rendus_documents
from portal.queries.comptes_rendus import lire
from portal.queries.lecture_demandes import CHARGEMENT
from portal.queries.lecture_demandes import lire as lire_demande
from portal.services import completude, courriels, documents, journal
from portal.vocabulaire import Etat, GenreDocument
from portal.vocabulaire_demandes import (
    LIBELLES_SECTION_COMPTE_RENDU,
    SectionCompteRendu,
    SectionDemande,
)

MOIS = 6
LOT = 200


def create_missing(session: Session) -> int:
    """Owe the compte rendu of each grant notified here and affectée to a project; how many. `LOT` at a time, the oldest first.

    Loi 2000-321, art. 10: a grant affectée à une dépense déterminée. A request filed here says so by its objet; of a DS
    dossier nothing tells, and whoever granted it here expects the report.
    """
    affectee = exists().where(
        SectionSaisie.demande_id == Dossier.demande_id,
        SectionSaisie.section == SectionDemande.DEMANDE,
        SectionSaisie.complement_id.is_(None),
        SectionSaisie.valeurs["objet"].astext == PROJET,
    )
    dossiers = session.scalars(
        select(Dossier)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .outerjoin(CompteRendu, CompteRendu.dossier_id == Dossier.id)
        .where(
            Dossier.etat == Etat.ACCEPTE,
            Dossier.association_id.is_not(None),
            Decision.notified_at.is_not(None),
            CompteRendu.id.is_(None),
            Dossier.demande_id.is_(None) | affectee,
        )
        .options(joinedload(Dossier.demande).options(*CHARGEMENT))
        .order_by(Dossier.id)
        .limit(LOT)
    ).all()
    for dossier in dossiers:
        session.execute(
            insert(CompteRendu)
            .values(dossier_id=dossier.id, echeance=plus_mois(fin_exercice(dossier), MOIS))
            .on_conflict_do_nothing(index_elements=["dossier_id"])
        )
    return len(dossiers)


def fin_exercice(dossier: Dossier) -> date:
    """Last day of the exercice for which the grant was given: as the association's budget says, else 31 December."""
    annee = dossier.exercice or maintenant().year
    if dossier.demande is None:
        return date(annee, 12, 31)
    return _fin_dite(dossier.demande, annee) or date(annee, 12, 31)


def _fin_dite(demande: Demande, annee: int) -> date | None:
    fin = lire_demande(demande).budget_association.exercice_au.valeur
    return fin if fin is not None and fin.year in (annee, annee + 1) else None


def save_sheet(
    session: Session,
    *,
    by: Acteur,
    compte_rendu: CompteRendu,
    section: SectionCompteRendu,
    valeurs: Mapping[str, str],
    version: int,
) -> bool:
    """Keep a sheet as typed, right or wrong. False when somebody else saved it since `version`: nothing is written then.

    The same values sent twice are one saving. Raises Forbidden.
    """
    _lock(session, compte_rendu)
    verdict = can_fill(by, compte_rendu)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    saisie = next((s for s in compte_rendu.sections if s.section == section), None)
    if saisie is not None and saisie.valeurs == dict(valeurs):
        return True
    if version != (saisie.version if saisie else 0):
        return False
    if saisie is None:
        saisie = SectionSaisieCompteRendu(compte_rendu_id=compte_rendu.id, section=section, version=0)
        compte_rendu.sections.append(saisie)
    saisie.valeurs, saisie.version, saisie.updated_by_id = dict(valeurs), version + 1, by.user_id
    objet = f"dossier:{compte_rendu.dossier_id}"
    journal.record(session, by=by, action="compte_rendu_enregistre", objet=objet, valeurs={"feuille": section})
    return True


def file(session: Session, *, by: Acteur, compte_rendu: CompteRendu) -> bool:
    """File it, once: False when it was filed already. Its page is frozen, and the service told.

    Raises Forbidden, Invalid when a sheet is not filled in; what was typed is kept.
    """
    _lock(session, compte_rendu)
    if compte_rendu.depose_at is not None:
        return False
    verdict = can_file(by, compte_rendu)
    if not verdict:
        raise Forbidden(verdict.raison)
    lu = lire(session, compte_rendu)
    completude.require(
        ((LIBELLES_SECTION_COMPTE_RENDU[section], lu.etat(section)) for section in lu.feuilles),
        suite="Rien n’est déposé, ce que vous avez écrit est gardé.",
    )
    compte_rendu.depose_at, compte_rendu.depose_par_id = maintenant(), by.user_id
    session.flush()
    _acknowledge(session, by, compte_rendu)
    return True


def _acknowledge(session: Session, by: Acteur, compte_rendu: CompteRendu) -> None:
    dossier = compte_rendu.dossier
    objet, valeurs = f"dossier:{dossier.id}", {"certification": CERTIFICATION}
    journal.record(session, by=by, action="compte_rendu_depose", objet=objet, valeurs=valeurs)
    documents.issue(
        session,
        by=by,
        genre=GenreDocument.COMPTE_RENDU,
        nom=f"Compte rendu financier {dossier.reference}",
        document=comptes_rendus_documents.document(session, by, compte_rendu),
        dossier_id=dossier.id,
    )
    if dossier.service.email:
        courriels.enqueue(
            session,
            "compte_rendu_depose",
            destinataire=dossier.service.email,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
        )


def _lock(session: Session, compte_rendu: CompteRendu) -> None:
    """Lock it and read it afresh with its sheets."""
    session.execute(select(CompteRendu.id).where(CompteRendu.id == compte_rendu.id).with_for_update())
    session.refresh(compte_rendu, ["depose_at", "depose_par_id", "sections"])
