"""Registers associations and what each source says of them; attaches people to them."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, Unpack, cast

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import (
    Association,
    AssociationIdentifiant,
    ConsultationAnnuaire,
    Etablissement,
    Mandat,
)
from portal.permissions import Acteur
from portal.services import journal, mandats
from portal.services.faits import SAISIE, note_facts
from portal.vocabulaire import RoleMandat, TypeIdentifiant


@dataclass(frozen=True, slots=True)
class PlaceVue:
    """A place of an association as a source gives it."""

    siret: str
    siege: bool = False
    adresse: str = ""
    actif: bool = True


class Faits(TypedDict, total=False):
    """What a source may say besides identifiers and name; an unknown fact is left out."""

    sigle: str
    objet_social: str
    nature_juridique: str
    adresse: str
    code_postal: str
    commune: str
    date_creation: date
    places: tuple[PlaceVue, ...]


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
    """The association of these identifiers (compact text, or empty), found by SIREN, else by RNA, else created.

    Two callers at once make one association (advisory lock on each identifier until the end of the transaction, taken only
    when nothing is found). Each fact is kept with its source and time; a source never overwrites what another one says.
    `source` « saisie » (typed by a person) adds nothing to an association that a register has verified.
    """
    association = _find(session, siren, rna)
    if association is None:
        _lock(session, siren, rna)
        association = _find(session, siren, rna)
    if association is None:
        association = Association(denomination=denomination)
        session.add(association)
        session.flush()
        valeurs = {"denomination": denomination, "siren": siren, "rna": rna, "source": source}
        journal.record(
            session, by=by, action="association_creee", objet=f"association:{association.id}", valeurs=valeurs
        )
    elif source == SAISIE and association.verifiee:
        return association
    places = (*faits.pop("places", ()), *((PlaceVue(siret),) if siret else ()))
    _add_identifiers(session, association, siren=siren, rna=rna)
    _add_places(session, association, places)
    note_facts(session, association, {"denomination": denomination, **faits}, source=source, observed_at=observed_at)
    session.flush()
    return association


def _find(session: Session, siren: str, rna: str) -> Association | None:
    """By SIREN first. By RNA only an association that has no other SIREN: the two numbers are many-to-many."""
    for genre, valeur in ((TypeIdentifiant.SIREN, siren), (TypeIdentifiant.RNA, rna)):
        if not valeur:
            continue
        trouvees = session.scalars(
            select(Association)
            .join(AssociationIdentifiant)
            .where(AssociationIdentifiant.type == genre, AssociationIdentifiant.valeur == valeur)
            .order_by(Association.verifiee.desc(), Association.id)
        ).all()
        convient = (a for a in trouvees if genre == TypeIdentifiant.SIREN or not siren or a.siren in ("", siren))
        trouvee = next(convient, None)
        if trouvee is not None:
            return trouvee
    return None


def _lock(session: Session, *identifiants: str) -> None:
    """One lock per identifier, always taken in the same order. The key is a 64-bit hash made here."""
    cles = sorted(
        int.from_bytes(hashlib.sha256(f"association:{valeur}".encode()).digest()[:8], signed=True)
        for valeur in identifiants
        if valeur
    )
    for cle in cles:
        session.execute(select(func.pg_advisory_xact_lock(type_coerce(cle, BigInteger))))


def _add_identifiers(session: Session, association: Association, *, siren: str, rna: str) -> None:
    connus = {(i.type, i.valeur) for i in association.identifiants}
    nouveaux = {(TypeIdentifiant.SIREN, siren), (TypeIdentifiant.RNA, rna)} - connus
    for genre, valeur in sorted(nouveaux):
        if valeur:
            ligne = {"association_id": association.id, "type": genre, "valeur": valeur}
            session.execute(insert(AssociationIdentifiant).values(ligne).on_conflict_do_nothing())
            session.expire(association, ["identifiants"])


def _add_places(session: Session, association: Association, places: tuple[PlaceVue, ...]) -> None:
    connues = {place.siret: place for place in association.etablissements}
    for place in places:
        connue = connues.get(place.siret)
        if connue is None:
            ligne = {
                "association_id": association.id,
                "siret": place.siret,
                "siege": place.siege,
                "adresse": place.adresse,
                "actif": place.actif,
            }
            session.execute(insert(Etablissement).values(ligne).on_conflict_do_nothing())
            session.expire(association, ["etablissements"])
            connues = {connue.siret: connue for connue in association.etablissements}
        elif place.adresse:
            connue.siege, connue.adresse, connue.actif = place.siege, place.adresse, place.actif


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
