"""Imports of the open data that others publish: each line is a grant as its giver tells it, beside what the portal knows."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.models.imports import LigneImport, LotImport
from portal.models.versements import SubventionPubliee
from portal.permissions import Acteur, may_instruct
from portal.queries.identifiants import association_of
from portal.services import journal


def key(valeurs: Mapping[str, str]) -> str:
    """None: several beneficiaries share the publisher's number, and a line written again is added. All that it says tells it."""
    del valeurs
    return ""


def apply(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Keep the line as it was published. Raises Forbidden, Invalid."""
    verdict = may_instruct(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    valeurs = ligne.valeurs
    if "montant" not in valeurs:
        raise Invalid("montant", "Le montant de cette subvention n’a pas été lu\u00a0: rien n’est écrit.")
    signee, exercice = valeurs.get("dateConvention"), valeurs.get("exercice") or valeurs.get("exerciceBudgetaire")
    publiee = SubventionPubliee(
        service_id=lot.service_id,
        association_id=association_of(session, _numbers(valeurs)),
        attribuant_nom=valeurs.get("nomAttribuant", ""),
        attribuant_siret=valeurs.get("idAttribuant", ""),
        beneficiaire_nom=valeurs.get("nomBeneficiaire", ""),
        beneficiaire_siret=valeurs.get("idBeneficiaire", ""),
        beneficiaire_rna=valeurs.get("rnaBeneficiaire", ""),
        date_convention=date.fromisoformat(signee) if signee else None,
        exercice=int(exercice) if exercice else int(signee[:4]) if signee else None,
        objet=valeurs.get("objet", ""),
        montant=Decimal(valeurs["montant"]),
        part=Decimal(valeurs["pourcentageSubvention"]) if valeurs.get("pourcentageSubvention") else None,
        donnees=dict(valeurs),
        ligne_id=ligne.id,
    )
    session.add(publiee)
    session.flush()
    ligne.objet, ligne.avant = f"subvention:{publiee.id}", {"cree": True}
    ligne.message = "" if publiee.association_id else "Bénéficiaire inconnu du portail\u00a0: gardé sans lien."
    noms = {"lot": lot.id, "ligne": ligne.numero}
    journal.record(session, by=by, action="subvention_publiee_importee", objet=ligne.objet, valeurs=noms)


def _numbers(valeurs: Mapping[str, str]) -> dict[str, str]:
    return {
        "siret": valeurs.get("idBeneficiaire", ""),
        "siren": valeurs.get("siren", ""),
        "rna": valeurs.get("rnaBeneficiaire", ""),
    }


def undo(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Take the line back: nothing depends on it."""
    del lot
    publiee = session.get(SubventionPubliee, int(ligne.objet.partition(":")[2]), with_for_update=True)
    if publiee is not None:
        noms = {"ligne": ligne.numero}
        journal.record(session, by=by, action="subvention_publiee_retiree", objet=ligne.objet, valeurs=noms)
        session.delete(publiee)
        session.flush()
