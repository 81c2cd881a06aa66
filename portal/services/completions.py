"""Asks the register again about associations that somebody typed by hand while it was down, or did not know them yet."""

from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.annuaire.api import AnnuaireIndisponible, Fiche
from portal.formats import maintenant
from portal.models.associations import Association, AssociationIdentifiant, Etablissement
from portal.permissions import SYSTEME
from portal.services import annuaire, journal
from portal.services.associations import lire_fiche
from portal.services.moyens import Moyens
from portal.services.recensement import Vue, complete
from portal.vocabulaire import TypeIdentifiant

journal_technique = structlog.get_logger("portal.completions")
# The first try after an hour, each next one after as long again as all those before, a week at most.
PREMIERE = timedelta(hours=1)
DERNIERE = timedelta(days=7)
# Registers allow seven requests a second; a sweep that lasts leaves its place to others.
PAR_BALAYAGE = 100
A_CHERCHER = (TypeIdentifiant.SIREN, TypeIdentifiant.RNA)


def complete_due(moyens: Moyens) -> int:
    """Complete what is due; how many were. Stops at the first silence of the register: the rest waits for the next sweep."""
    completees = 0
    for _ in range(PAR_BALAYAGE):
        with moyens.fabrique.begin() as session:
            prise = _take(session)
        if prise is None:
            break
        association_id, genre, valeur = prise
        try:
            fiche = _ask(moyens, genre, valeur)
        except AnnuaireIndisponible:
            journal_technique.warning("annuaire_indisponible", genre=genre)
            break
        if fiche is not None and annuaire.peut_demander(fiche):
            with moyens.fabrique.begin() as session:
                completees += _fill(session, association_id, fiche)
    return completees


def _take(session: Session) -> tuple[int, str, str] | None:
    """The one that has waited longest, with the number to ask for; taken, it is due again later each time."""
    attente = func.least(func.greatest(Association.completion_essayee_at - Association.created_at, PREMIERE), DERNIERE)
    due = func.coalesce(Association.completion_essayee_at + attente, Association.created_at) <= maintenant()
    a_un_numero = select(AssociationIdentifiant.association_id).where(AssociationIdentifiant.type.in_(A_CHERCHER))
    association = session.scalars(
        select(Association)
        .where(Association.verifiee.is_(False), due, Association.id.in_(a_un_numero))
        .order_by(Association.completion_essayee_at.nulls_first(), Association.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if association is None:
        return None
    association.completion_essayee_at = maintenant()
    sirets = session.scalars(
        select(Etablissement.siret).where(Etablissement.association_id == association.id).order_by(Etablissement.id)
    ).all()
    if association.siren:
        return association.id, *(("siret", sirets[0]) if sirets else ("siren", association.siren))
    return association.id, "rna", association.rna


def _ask(moyens: Moyens, genre: str, valeur: str) -> Fiche | None:
    """No transaction is open meanwhile."""
    registre = moyens.annuaire
    questions = {"siren": registre.par_siren, "siret": registre.par_siret, "rna": registre.par_rna}
    return questions[genre](valeur)


def _fill(session: Session, association_id: int, fiche: Fiche) -> int:
    """Add what the register says beside what was typed, unless somebody has done so meanwhile."""
    association = session.get_one(Association, association_id, with_for_update=True, populate_existing=True)
    if association.verifiee:
        return 0
    dite = annuaire.en_json(fiche)
    faits, denomination, observed_at = lire_fiche(dite)
    places = faits.pop("places", ())
    vue = Vue(
        siren=fiche.siren or "",
        rna=fiche.rna or "",
        faits={"denomination": denomination, **faits},
        places=places,
        observed_at=observed_at,
    )
    complete(session, source=fiche.source, association=association, vue=vue)
    association.active = fiche.active
    valeurs = {"source": fiche.source, "siren": vue.siren, "rna": vue.rna}
    journal.record(
        session, by=SYSTEME, action="association_completee", objet=f"association:{association_id}", valeurs=valeurs
    )
    return 1
