"""Asks the registers for an association, and keeps the answer until the person has confirmed it."""

from typing import Any

import structlog
from sqlalchemy.orm import Session

from integrations.annuaire.api import Adresse, Annuaire, AnnuaireIndisponible, Fiche
from portal.errors import Forbidden, Invalid, NotFound
from portal.models.associations import ConsultationAnnuaire
from portal.permissions import Acteur, may_be_usager, may_instruct

journal_technique = structlog.get_logger("portal.annuaire")
# model.md: an association is of nature 92xx, or 93xx (the CER concerns foundations too: loi 2000-321, art. 10-1).
NATURES = ("92", "93")
SANS_REPONSE = (
    "L’annuaire ne répond pas pour le moment : il ne peut pas être cherché par nom. Ce que vous avez écrit est conservé. "
    "Écrivez plutôt un numéro (SIREN, SIRET ou RNA) : vous décrirez vous-même l’association, sans attendre."
)


def interroger(
    annuaire: Annuaire, genre: str, valeur: str, *, connait_les_rna: bool, saisir: bool = False
) -> Fiche | None:
    """What the register says of this siren, siret or rna. To be called without an open transaction.

    None: no answer to rely on (register down; no register of RNA is configured; or an unknown number that the person maintains,
    `saisir`), the person will type the rest. Raises Invalid with a sentence: unknown ("saisir"), closed, not an association.
    """
    questions = {"siren": annuaire.par_siren, "siret": annuaire.par_siret, "rna": annuaire.par_rna}
    try:
        fiche = questions[genre](valeur)
    except AnnuaireIndisponible:
        journal_technique.warning("annuaire_indisponible", genre=genre)
        return None
    if fiche is None:
        if saisir or (genre == "rna" and not connait_les_rna):
            return None
        raise Invalid("saisir", _inconnu(genre))
    _refuser_ce_qui_nepeut_demander(fiche)
    return fiche


def chercher_par_nom(annuaire: Annuaire, nom: str, lieu: str) -> tuple[Fiche, ...]:
    """Associations whose name holds these words, as the register orders them. To be called without an open transaction.

    Raises Invalid("identifiant") with what to do: none found, or the register is down, which only a number gets round.
    """
    try:
        fiches = annuaire.par_nom(nom, lieu)
    except AnnuaireIndisponible as panne:
        journal_technique.warning("annuaire_indisponible", genre="nom")
        raise Invalid("identifiant", SANS_REPONSE) from panne
    trouvees = tuple(fiche for fiche in fiches if peut_demander(fiche))
    if not trouvees:
        ou = f" à « {lieu} »" if lieu else ""
        raise Invalid(
            "identifiant",
            f"L’annuaire ne connaît aucune association de nom « {nom} »{ou}. Essayez moins de mots, sans le lieu, ou "
            "écrivez un numéro : SIREN, SIRET ou RNA. Une association sans aucun de ces numéros a sa propre page, plus bas.",
        )
    return trouvees


def _inconnu(genre: str) -> str:
    nom = {"siren": "SIREN", "siret": "SIRET", "rna": "numéro RNA"}[genre]
    return (
        f"L’annuaire ne connaît aucune association avec ce {nom}. Vérifiez les chiffres sur l’avis de situation de "
        "l’INSEE ou sur le récépissé de la préfecture."
    )


def peut_demander(fiche: Fiche) -> bool:
    """Whether the register gives an association, or a foundation."""
    return fiche.est_association or (fiche.nature_juridique or "").startswith(NATURES)


def _refuser_ce_qui_nepeut_demander(fiche: Fiche) -> None:
    if not peut_demander(fiche):
        raise Invalid(
            "identifiant",
            f"« {fiche.denomination} » n’est ni une association ni une fondation d’après l’annuaire. "
            "Ce portail leur est réservé. Vérifiez le numéro.",
        )
    if not fiche.active:
        raise Invalid("identifiant", _fermee(fiche.denomination))


def _fermee(denomination: str) -> str:
    return (
        f"D’après l’annuaire, l’association « {denomination} » est fermée ou dissoute : elle ne peut plus "
        "demander de subvention. Si c’est une erreur, faites corriger sa situation auprès de l’INSEE ou de la préfecture."
    )


def keep_answer(
    session: Session,
    *,
    by: Acteur,
    genre: str,
    valeur: str,
    fiche: Fiche | None = None,
    candidats: tuple[Fiche, ...] | None = None,
) -> ConsultationAnnuaire:
    """Keep the answer for the confirmation page of that person: nothing is asked twice, nothing comes back from the browser.

    `candidats`: the answers to a search by name, one of which is still to be chosen.
    """
    verdict = may_instruct(by) if by.est_agent else may_be_usager(by)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    consultation = ConsultationAnnuaire(
        user_id=by.user_id,
        genre=genre,
        valeur=valeur,
        fiche=en_json(fiche) if fiche else None,
        candidats=None if candidats is None else [en_json(un) for un in candidats],
    )
    session.add(consultation)
    session.flush()
    return consultation


def choose(session: Session, *, by: Acteur, consultation: ConsultationAnnuaire, rang: int) -> ConsultationAnnuaire:
    """Take one of the answers to a search by name. Raises Invalid("choix"): no such answer, or a closed association."""
    if consultation.user_id != by.user_id:
        raise NotFound
    candidats = consultation.candidats or []
    if not 0 <= rang < len(candidats):
        raise Invalid("choix", "Choisissez une des associations de la liste.")
    fiche = candidats[rang]
    if not fiche["active"]:
        raise Invalid("choix", _fermee(fiche["faits"]["denomination"]))
    consultation.fiche = fiche
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
        "active": fiche.active,
        "faits": {champ: valeur for champ, valeur in faits.items() if valeur},
        "etablissements": [
            {"siret": place.siret, "siege": place.siege, "adresse": _ligne(place.adresse), "actif": place.actif}
            for place in fiche.etablissements
        ],
    }


def _ligne(adresse: Adresse) -> str:
    return " ".join(filter(None, (adresse.voie, adresse.code_postal, adresse.commune)))
