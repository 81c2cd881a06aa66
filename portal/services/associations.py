"""Registers associations and what each source says of them; attaches people to them."""

from datetime import date, datetime
from typing import Any, Unpack, cast

from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association, ConsultationAnnuaire, Mandat
from portal.permissions import Acteur
from portal.services import journal, mandats
from portal.services.faits import SAISIE
from portal.services.recensement import Faits, PlaceVue, Vue, find_or_create
from portal.vocabulaire import RoleMandat

__all__ = ["Faits", "PlaceVue", "attach", "get_or_create"]


def get_or_create(
    session: Session,
    *,
    by: Acteur,
    siren: str,
    rna: str,
    siret: str,
    denomination: str,
    source: str,
    observed_at: datetime,
    **faits: Unpack[Faits],
) -> Association:
    """The association of these identifiers (compact text, or empty), as `find_or_create` finds or creates it."""
    places = (*faits.pop("places", ()), *((PlaceVue(siret),) if siret else ()))
    dits = {"denomination": denomination, **faits}
    vue = Vue(siren=siren, rna=rna, faits=dits, places=places, observed_at=observed_at)
    (association_id,), actes = find_or_create(session, source=source, vues=[vue])
    journal.record_all(session, by=by, actes=actes)
    return session.get_one(Association, association_id)


def attach(
    session: Session,
    *,
    by: Acteur,
    consultation: ConsultationAnnuaire,
    role: RoleMandat,
    fonction: str,
    **saisie: str,
) -> Mandat:
    """Attach the person to the association of that look-up, by a declared mandat.

    `saisie` (denomination, adresse, code_postal, commune) is used only when the register gave no answer.
    """
    fiche = consultation.fiche
    if fiche is None:
        association = _from_typing(session, by=by, consultation=consultation, saisie=saisie)
    else:
        association = _from_register(session, by=by, consultation=consultation)
    return mandats.declare(session, by=by, association=association, role=role, fonction=fonction)


def _from_register(session: Session, *, by: Acteur, consultation: ConsultationAnnuaire) -> Association:
    fiche = consultation.fiche or {}
    faits: dict[str, Any] = dict(fiche["faits"])
    if "date_creation" in faits:
        faits["date_creation"] = date.fromisoformat(faits["date_creation"])
    faits["places"] = tuple(PlaceVue(**place) for place in fiche["etablissements"])
    return get_or_create(
        session,
        by=by,
        siren=fiche["siren"],
        rna=fiche["rna"],
        siret=consultation.valeur if consultation.genre == "siret" else fiche["siret"],
        denomination=faits.pop("denomination"),
        source=fiche["source"],
        observed_at=datetime.fromisoformat(fiche["observed_at"]),
        **cast("Faits", faits),
    )


def _from_typing(
    session: Session, *, by: Acteur, consultation: ConsultationAnnuaire, saisie: dict[str, str]
) -> Association:
    valeur = consultation.valeur
    return get_or_create(
        session,
        by=by,
        siren="" if consultation.genre == "rna" else valeur[:9],
        rna=valeur if consultation.genre == "rna" else "",
        siret=valeur if consultation.genre == "siret" else "",
        denomination=saisie["denomination"],
        source=SAISIE,
        observed_at=maintenant(),
        adresse=saisie["adresse"],
        code_postal=saisie["code_postal"],
        commune=saisie["commune"],
    )
