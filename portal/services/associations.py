"""Registers associations and what each source says of them; attaches people to them."""

from datetime import date, datetime
from typing import Any, Unpack, cast

from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association, ConsultationAnnuaire, Mandat
from portal.permissions import Acteur
from portal.services import journal, mandats
from portal.services.faits import SAISIE
from portal.services.mandats import Declaration
from portal.services.recensement import Faits, Identifiant, PlaceVue, Vue, find_or_create
from portal.vocabulaire import TypeIdentifiant

__all__ = ["Faits", "PlaceVue", "attach", "get_or_create", "of_consultation"]

# Numbers that no register of ours answers to, as a look-up names them.
SANS_ANNUAIRE = {
    "ridet": TypeIdentifiant.RIDET,
    "tahiti": TypeIdentifiant.TAHITI,
    "registre": TypeIdentifiant.REGISTRE_LOCAL,
}


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
    autre: Identifiant | None = None,
    **faits: Unpack[Faits],
) -> Association:
    """The association of these identifiers (compact text, or empty), as `find_or_create` finds or creates it.

    `autre`: the number of one that has neither SIREN nor RNA.
    """
    places = (*faits.pop("places", ()), *((PlaceVue(siret),) if siret else ()))
    dits = {"denomination": denomination, **faits}
    vue = Vue(siren=siren, rna=rna, faits=dits, places=places, observed_at=observed_at, autre=autre)
    (association_id,), actes = find_or_create(session, source=source, vues=[vue])
    journal.record_all(session, by=by, actes=actes)
    return session.get_one(Association, association_id)


def attach(
    session: Session,
    *,
    by: Acteur,
    consultation: ConsultationAnnuaire,
    declaration: Declaration,
    **saisie: str,
) -> Mandat:
    """Attach the person to the association of that look-up, by a declared mandat.

    `saisie` (denomination, adresse, code_postal, commune) is used only when the register gave no answer.
    """
    association = of_consultation(session, by=by, consultation=consultation, **saisie)
    return mandats.declare(session, by=by, association=association, declaration=declaration)


def of_consultation(session: Session, *, by: Acteur, consultation: ConsultationAnnuaire, **saisie: str) -> Association:
    """The association of that look-up, found or created. `saisie` as in `attach`."""
    if consultation.fiche is None:
        return _from_typing(session, by=by, consultation=consultation, saisie=saisie)
    return _from_register(session, by=by, consultation=consultation)


def lire_fiche(fiche: dict[str, Any]) -> tuple[Faits, str, datetime]:
    """(facts, name, instant) of a register's answer kept as JSON."""
    faits: dict[str, Any] = dict(fiche["faits"])
    if "date_creation" in faits:
        faits["date_creation"] = date.fromisoformat(faits["date_creation"])
    faits["places"] = tuple(PlaceVue(**place) for place in fiche["etablissements"])
    denomination = faits.pop("denomination")
    return cast("Faits", faits), denomination, datetime.fromisoformat(fiche["observed_at"])


def _from_register(session: Session, *, by: Acteur, consultation: ConsultationAnnuaire) -> Association:
    fiche = consultation.fiche or {}
    faits, denomination, observed_at = lire_fiche(fiche)
    return get_or_create(
        session,
        by=by,
        siren=fiche["siren"],
        rna=fiche["rna"],
        siret=consultation.valeur if consultation.genre == "siret" else fiche["siret"],
        denomination=denomination,
        source=fiche["source"],
        observed_at=observed_at,
        **faits,
    )


def _from_typing(
    session: Session, *, by: Acteur, consultation: ConsultationAnnuaire, saisie: dict[str, str]
) -> Association:
    genre, valeur = consultation.genre, consultation.valeur
    return get_or_create(
        session,
        by=by,
        siren=valeur[:9] if genre in ("siren", "siret") else "",
        rna=valeur if genre == "rna" else "",
        siret=valeur if genre == "siret" else "",
        autre=(SANS_ANNUAIRE[genre], valeur) if genre in SANS_ANNUAIRE else None,
        denomination=saisie["denomination"],
        source=SAISIE,
        observed_at=maintenant(),
        adresse=saisie["adresse"],
        code_postal=saisie["code_postal"],
        commune=saisie["commune"],
    )
