"""Registers dossiers of every source, and takes them in charge."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import maintenant, mots_de_recherche
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.workflow import Action
from portal.permissions import Acteur, can_instruct
from portal.services import instruction, journal
from portal.vocabulaire import MotifAcces

CHERCHES = ("reference", "intitule", "demandeur_nom", "demandeur_siret", "demandeur_rna", "demandeur_commune")


def next_reference(session: Session) -> str:
    """A reference of ours, « P-2026-000123 »: unique, never reused."""
    rang = session.scalar(text("SELECT nextval('reference_dossier')"))
    return f"P-{maintenant().year}-{rang:06d}"


def register(session: Session, dossier: Dossier, *, programme: str = "", demande: Decimal | None = None) -> Dossier:
    """Add a new dossier with its search words, its owner service's access and the amount it asks for (euros)."""
    session.add(dossier)
    refresh_words(dossier)
    session.flush()
    session.add(
        AccesDossier(
            service_id=dossier.service_id,
            dossier_id=dossier.id,
            motif=MotifAcces.PROPRIETAIRE,
            date_depot=dossier.date_depot,
        )
    )
    if demande is not None:
        dossier.montant_demande = demande
        session.add(Financement(dossier_id=dossier.id, exercice=dossier.exercice, programme=programme, demande=demande))
    session.flush()
    return dossier


def refresh_words(dossier: Dossier) -> None:
    """Keep the searched words in step with what the dossier says."""
    dossier.mots = search_words({nom: getattr(dossier, nom) for nom in CHERCHES})


def search_words(colonnes: Mapping[str, Any]) -> str:
    """The words by which a dossier (its columns by name) is found: a place's SIRET gives its association's SIREN too."""
    textes = [colonnes[nom] for nom in CHERCHES]
    return mots_de_recherche(*textes, colonnes["demandeur_siret"][:9])


def take_in_charge(session: Session, *, by: Acteur, dossier: Dossier, version: int) -> Dossier:
    """The actor follows the dossier, which goes « en instruction »: at once when it is ours, when DS says so otherwise.

    Until then nobody follows it: DS may refuse, and names the followers itself when it accepts. `version` is the one that the
    page showed. Raises Forbidden, TransitionInterdite when it is already done, Conflict.
    """
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    deplace = instruction.advance(session, by=by, dossier=dossier, action=Action.PRENDRE_EN_CHARGE, arguments={})
    instruction.check_version(version, dossier.version)
    if deplace:
        dossier.instructeur_id, dossier.date_passage_en_instruction = by.user_id, maintenant()
    dossier.version += 1
    action = "dossier_pris_en_charge" if deplace else "prise_en_charge_demandee"
    valeurs = {"etat": dossier.etat, "instructeur": by.user_id}
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return dossier
