"""Asks the registers for an association, and keeps the answer until the person has confirmed it."""

from typing import Any

import structlog
from sqlalchemy.orm import Session

from integrations.annuaire.api import Adresse, Annuaire, AnnuaireIndisponible, Fiche
from portal.errors import Forbidden, Invalid
from portal.models.associations import ConsultationAnnuaire
from portal.permissions import Acteur, may_be_usager

journal_technique = structlog.get_logger("portal.annuaire")
# model.md: an association is of nature 92xx, or 93xx (the CER concerns foundations too: loi 2000-321, art. 10-1).
NATURES = ("92", "93")


def interroger(annuaire: Annuaire, genre: str, valeur: str, *, connait_les_rna: bool) -> Fiche | None:
    """What the register says of this siren, siret or rna. To be called without an open transaction.

    None: no answer to rely on (register down; or no register of RNA is configured), the person will type the rest.
    Raises Invalid("identifiant") with a sentence: unknown, closed, not an association.
    """
    questions = {"siren": annuaire.par_siren, "siret": annuaire.par_siret, "rna": annuaire.par_rna}
    try:
        fiche = questions[genre](valeur)
    except AnnuaireIndisponible:
        journal_technique.warning("annuaire_indisponible", genre=genre)
        return None
    if fiche is None:
        if genre == "rna" and not connait_les_rna:
            return None
        raise Invalid("identifiant", _inconnu(genre))
    _refuser_ce_qui_ne_peut_demander(fiche)
    return fiche


def _inconnu(genre: str) -> str:
    nom = {"siren": "SIREN", "siret": "SIRET", "rna": "numéro RNA"}[genre]
    return (
        f"L’annuaire ne connaît aucune association avec ce {nom}. Vérifiez les chiffres sur l’avis de situation de "
        "l’INSEE ou sur le récépissé de la préfecture."
    )


def _refuser_ce_qui_ne_peut_demander(fiche: Fiche) -> None:
    if not fiche.est_association and not (fiche.nature_juridique or "").startswith(NATURES):
        raise Invalid(
            "identifiant",
            f"« {fiche.denomination} » n’est ni une association ni une fondation d’après l’annuaire. "
            "Ce portail leur est réservé. Vérifiez le numéro.",
        )
    if not fiche.active:
        raise Invalid(
            "identifiant",
            f"D’après l’annuaire, l’association « {fiche.denomination} » est fermée ou dissoute : elle ne peut plus "
            "demander de subvention. Si c’est une erreur, faites corriger sa situation auprès de l’INSEE ou de la préfecture.",
        )


def keep_answer(session: Session, *, by: Acteur, genre: str, valeur: str, fiche: Fiche | None) -> ConsultationAnnuaire:
    """Keep the answer for the confirmation page of that person: nothing is asked twice, nothing comes back from the browser."""
    verdict = may_be_usager(by)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    consultation = ConsultationAnnuaire(
        user_id=by.user_id, genre=genre, valeur=valeur, fiche=en_json(fiche) if fiche else None
    )
    session.add(consultation)
    session.flush()
    return consultation


def en_json(fiche: Fiche) -> dict[str, Any]:
    """A register's answer as JSON: identifiers, facts by name of our columns (texts), places."""
    faits = {
        "denomination": fiche.denomination,
        "sigle": fiche.sigle,
        "objet_social": fiche.objet,
        "nature_juridique": fiche.nature_juridique,
        "adresse": fiche.adresse.voie,
        "code_postal": fiche.adresse.code_postal,
        "commune": fiche.adresse.commune,
        "date_creation": fiche.date_creation.isoformat() if fiche.date_creation else None,
    }
    return {
        "source": fiche.source,
        "observed_at": fiche.observed_at.isoformat(),
        "siren": fiche.siren or "",
        "rna": fiche.rna or "",
        "siret": fiche.siret_siege or "",
        "faits": {champ: valeur for champ, valeur in faits.items() if valeur},
        "etablissements": [
            {"siret": place.siret, "siege": place.siege, "adresse": _ligne(place.adresse), "actif": place.actif}
            for place in fiche.etablissements
        ],
    }


def _ligne(adresse: Adresse) -> str:
    return " ".join(filter(None, (adresse.voie, adresse.code_postal, adresse.commune)))
