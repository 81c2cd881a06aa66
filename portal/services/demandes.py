"""Begins and saves grant requests."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.demandes import Demande, SectionSaisie
from portal.models.demarches import Demarche
from portal.permissions import Acteur, can_edit
from portal.queries.demandes import est_ouverte
from portal.queries.lecture_demandes import CHARGEMENT
from portal.services import journal
from portal.vocabulaire import SectionDemande


def start(session: Session, *, by: Acteur, cle: str, demarche: Demarche, association_id: int) -> Demande:
    """Begin a request. The same key gives the same request. Raises Forbidden, Invalid when the campaign is not open."""
    verdict = can_edit(by, Demande(association_id=association_id, created_by_id=by.user_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    if not est_ouverte(demarche, maintenant()):
        raise Invalid("demarche", "Cette campagne n’est pas ouverte. Choisissez-en une autre.")
    nouvelle = session.scalar(
        insert(Demande)
        .values(cle=cle, association_id=association_id, demarche_id=demarche.id, created_by_id=by.user_id)
        .on_conflict_do_nothing(index_elements=["cle"])
        .returning(Demande.id)
    )
    demande = session.scalars(select(Demande).where(Demande.cle == cle)).one()
    if demande.created_by_id != by.user_id:
        raise Conflict("Cette page a déjà servi à une autre personne. Rechargez-la, puis recommencez.")
    if nouvelle is not None:
        valeurs = {"association": association_id, "demarche": demarche.id}
        journal.record(session, by=by, action="demande_commencee", objet=f"demande:{demande.id}", valeurs=valeurs)
    return demande


def save_section(
    session: Session, *, by: Acteur, demande: Demande, section: SectionDemande, valeurs: dict[str, str], version: int
) -> bool:
    """Keep a section as typed, right or wrong. False when somebody else saved it since `version`: nothing is written then.

    The same values sent twice are one saving, whatever the version. Raises Forbidden.
    """
    lock(session, demande)
    verdict = can_edit(by, demande)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    saisie = next((s for s in demande.sections if s.section == section), None)
    if saisie is not None and saisie.valeurs == valeurs:
        return True
    if version != (saisie.version if saisie else 0):
        return False
    anciennes = saisie.valeurs if saisie else {}
    if saisie is None:
        saisie = SectionSaisie(demande_id=demande.id, section=section, version=0)
        demande.sections.append(saisie)
    saisie.valeurs, saisie.version, saisie.updated_by_id = valeurs, version + 1, by.user_id
    changees = {f"{section}.{nom}": v for nom, v in valeurs.items() if v != anciennes.get(nom, "")}
    changees |= {f"{section}.{nom}": "" for nom in anciennes if nom not in valeurs}
    journal.record(session, by=by, action="section_enregistree", objet=f"demande:{demande.id}", valeurs=changees)
    return True


def lock(session: Session, demande: Demande) -> None:
    """Lock the request and read it afresh with its sections: savings and filing of one request follow one another."""
    session.execute(select(Demande.id).where(Demande.id == demande.id).with_for_update())
    frais = select(Demande).where(Demande.id == demande.id).options(*CHARGEMENT)
    session.scalars(frais.execution_options(populate_existing=True)).one()
