"""The association of an imported line: found by its numbers, never by its name alone; what the line adds can be taken back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from portal.copie import among
from portal.db import Base
from portal.errors import Conflict
from portal.formats import ValeurIllisible, parse_siren, parse_siret
from portal.models.associations import Association, AssociationIdentifiant, Etablissement, FaitAssociation
from portal.models.imports import LotImport
from portal.models.services import Service
from portal.permissions import Acteur
from portal.services import journal
from portal.services.faits import TABLEUR
from portal.services.recensement import Identifiant, PlaceVue, Vue, find_or_create
from portal.vocabulaire import TypeIdentifiant

# Our fields of a line, and the columns of an association that they fill.
COLONNES = {
    "association_nom": "denomination",
    "sigle": "sigle",
    "adresse": "adresse",
    "code_postal": "code_postal",
    "commune": "commune",
    "objet_social": "objet_social",
    "date_creation": "date_creation",
}
PERSONNE = re.compile(r"^(M|MM|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle)\b\.?\s", re.IGNORECASE)
RIDET = re.compile(r"\d{7}|\d{10}")
# What comes with an association, or is looked at by machines: nobody's work is lost with it.
SIENNES = frozenset(
    {
        "association_identifiant",
        "etablissement",
        "fait_association",
        "association_a_recouper",
        "consultation_association",
    }
)
LIBELLES_TABLES = {
    "dossier": "un dossier",
    "mandat": "le compte d’une personne",
    "avis": "un avis",
    "demande_avis": "une demande d’avis",
    "versement": "un versement",
    "subvention_publiee": "une subvention publiée",
    "engagement": "un engagement signé",
    "abonnement_association": "un abonnement",
    "demande": "une demande en préparation",
}


@dataclass(frozen=True, slots=True)
class Trouvee:
    """The association, and what an undo needs to know of what the line added to it."""

    association: Association
    avant: dict[str, Any]


def numbers(valeurs: Mapping[str, str]) -> tuple[str, str, Identifiant | None]:
    """SIREN, RNA, and the number of one that has neither (RIDET, Tahiti). A SIREN whose key is wrong designates nobody."""
    possibles = (valeurs.get("siren", ""), valeurs.get("siret", "")[:9])
    siren = next((un for un in possibles if _right(parse_siren, un)), "")
    ridet = valeurs.get("ridet", "")
    genre = TypeIdentifiant.RIDET if RIDET.fullmatch(ridet) else TypeIdentifiant.TAHITI
    return siren, valeurs.get("rna", ""), (genre, ridet) if ridet else None


def _right(read: Callable[[str], str], number: str) -> bool:
    try:
        return bool(read(number))
    except ValeurIllisible:
        return False


def is_person(nom: str) -> bool:
    """Whether a name is that of a natural person: no association is made of one."""
    return PERSONNE.match(nom) is not None


def find_or_make(session: Session, *, by: Acteur, lot: LotImport, valeurs: Mapping[str, str]) -> Trouvee | None:
    """The association of these numbers, found or made, with what the file says of it; None when no number tells it.

    The file never overwrites what others say, nor what is known of an association by a register.
    """
    siren, rna, autre = numbers(valeurs)
    if not (siren or rna or autre):
        return None
    sigle = session.scalar(select(Service.sigle).where(Service.id == lot.service_id))
    source = f"{TABLEUR}{sigle}"[:60]
    dits: dict[str, Any] = {colonne: valeurs.get(champ, "") for champ, colonne in COLONNES.items()}
    dits["denomination"] = dits["denomination"] or siren or rna or (autre or ("", ""))[1]
    dits["date_creation"] = date.fromisoformat(dits["date_creation"]) if dits["date_creation"] else None
    siret = valeurs.get("siret", "")
    vue = Vue(
        siren=siren,
        rna=rna,
        faits=dits,
        places=(PlaceVue(siret),) if _right(parse_siret, siret) else (),
        observed_at=lot.created_at,
        autre=autre,
    )
    avant = _snapshot(session, vue)
    (association_id,), actes = find_or_create(session, source=source, vues=[vue])
    journal.record_all(session, by=by, actes=actes)
    association = session.get_one(Association, association_id)
    session.flush()
    return Trouvee(association, _difference(session, association, avant, creee=bool(actes), source=source))


def _snapshot(session: Session, vue: Vue) -> dict[int, dict[str, Any]]:
    """How the associations of these numbers stand before the line, by id."""
    valeurs = [valeur for _, valeur in vue.identifiants]
    ids = session.scalars(
        select(AssociationIdentifiant.association_id).where(among(AssociationIdentifiant.valeur, valeurs)).distinct()
    )
    return {ident: _state(session, ident) for ident in ids}


def _state(session: Session, association_id: int) -> dict[str, Any]:
    association = session.get_one(Association, association_id)
    faits = session.execute(
        select(
            FaitAssociation.source, FaitAssociation.champ, FaitAssociation.valeur, FaitAssociation.observed_at
        ).where(FaitAssociation.association_id == association_id)
    )
    identifiants = select(AssociationIdentifiant.id).where(AssociationIdentifiant.association_id == association_id)
    places = select(Etablissement.id).where(Etablissement.association_id == association_id)
    return {
        "colonnes": {colonne: _plain(getattr(association, colonne)) for colonne in COLONNES.values()},
        "faits": {(source, champ): (valeur, at.isoformat()) for source, champ, valeur, at in faits},
        "identifiants": set(session.scalars(identifiants)),
        "places": set(session.scalars(places)),
    }


def _plain(valeur: Any) -> str | None:
    return valeur.isoformat() if isinstance(valeur, date) else valeur


def _difference(
    session: Session, association: Association, avant: Mapping[int, dict[str, Any]], *, creee: bool, source: str
) -> dict[str, Any]:
    ici: dict[str, Any] = {"id": association.id, "creee": creee, "source": source}
    if creee or association.id not in avant:
        return ici
    ancien, neuf = avant[association.id], _state(session, association.id)
    changes = {nom: un for nom, un in neuf["colonnes"].items() if un != ancien["colonnes"][nom]}
    faits = {champ: ancien["faits"].get((dit, champ)) for (dit, champ), un in neuf["faits"].items() if dit == source}
    return ici | {
        "ecrit": changes,
        "ancien": {nom: ancien["colonnes"][nom] for nom in changes},
        "faits": {champ: list(un) if un else None for champ, un in faits.items() if un != neuf["faits"][source, champ]},
        "identifiants": sorted(neuf["identifiants"] - ancien["identifiants"]),
        "places": sorted(neuf["places"] - ancien["places"]),
    }


def put_back(session: Session, *, by: Acteur, avant: Mapping[str, Any], strict: bool) -> None:
    """Take back what a line made or added. A new association on which something depends stays; `strict`: raises Conflict."""
    association = session.get(Association, int(avant["id"]), with_for_update=True)
    if association is None:
        return
    if avant["creee"]:
        bloque = blocked(session, association)
        if not bloque:
            _remove(session, by, association)
        elif strict:
            raise Conflict(f"l’association {association.denomination} sert à autre chose depuis ({bloque}).")
        return
    for nom, ecrit in avant["ecrit"].items():
        if _plain(getattr(association, nom)) == ecrit:
            ancien = avant["ancien"][nom]
            setattr(association, nom, date.fromisoformat(ancien) if nom == "date_creation" and ancien else ancien)
    _put_back_facts(session, association, avant)
    session.execute(delete(AssociationIdentifiant).where(AssociationIdentifiant.id.in_(avant["identifiants"])))
    session.execute(delete(Etablissement).where(Etablissement.id.in_(avant["places"])))
    session.flush()
    session.expire(association)


def _put_back_facts(session: Session, association: Association, avant: Mapping[str, Any]) -> None:
    for champ, ancien in avant["faits"].items():
        ici = (
            FaitAssociation.association_id == association.id,
            FaitAssociation.source == avant["source"],
            FaitAssociation.champ == champ,
        )
        if ancien is None:
            session.execute(delete(FaitAssociation).where(*ici))
        else:
            valeur, at = ancien
            dit = update(FaitAssociation).where(*ici)
            session.execute(dit.values(valeur=valeur, observed_at=datetime.fromisoformat(at)))


def blocked(session: Session, association: Association) -> str:
    """What stands on the association, in words; "" when nothing does."""
    if association.absorbee_par_id is not None:
        return "elle est réunie à une autre"
    return ", ".join(references_to(session, "association", association.id, SIENNES, LIBELLES_TABLES))


def references_to(
    session: Session, table: str, ident: int, sauf: frozenset[str], libelles: Mapping[str, str]
) -> list[str]:
    """The tables that name that row, in words: whatever is added to the model later is found too."""
    colonnes = [
        cle.parent
        for autre in Base.metadata.sorted_tables
        if autre.name not in sauf
        for cle in sorted(autre.foreign_keys, key=lambda une: une.parent.name)
        if cle.column.table.name == table
    ]
    lues = session.execute(select(*(exists().where(colonne == ident) for colonne in colonnes))).one()
    noms = (colonne.table.name for colonne, nomme in zip(colonnes, lues, strict=True) if nomme)
    return list(dict.fromkeys(libelles.get(nom, nom.replace("_", " ")) for nom in noms))


def _remove(session: Session, by: Acteur, association: Association) -> None:
    for modele in (FaitAssociation, AssociationIdentifiant, Etablissement):
        session.execute(delete(modele).where(modele.association_id == association.id))
    for nom in ("association_a_recouper", "consultation_association"):
        table = Base.metadata.tables[nom]
        session.execute(delete(table).where(table.c.association_id == association.id))
    journal.record(session, by=by, action="association_retiree", objet=f"association:{association.id}")
    session.expire(association)
    session.execute(delete(Association).where(Association.id == association.id))
