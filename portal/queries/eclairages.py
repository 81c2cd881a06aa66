"""What helps to fill in a section: what the registers hold, the share of the grant, where the association stands with the CER."""

from typing import Any

from sqlalchemy.orm import Session

from portal.permissions import Acteur
from portal.queries import associations, cofinancements, statuts_cer
from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire_demandes import SectionDemande


def eclairages_de(session: Session, viewer: Acteur, lue: DemandeLue, section: SectionDemande) -> dict[str, Any]:
    """By the names that the page of that section knows; nothing for most of them."""
    association_id = lue.demande.association_id
    if section == SectionDemande.IDENTITE:
        mienne = associations.get_mine(session, viewer, association_id)
        return {"faits": associations.list_facts(session, mienne)}
    if section == SectionDemande.DEMANDE:
        return {"phrase_part": lue.phrase_part}
    if section == SectionDemande.COFINANCEMENTS:
        return {"ecarts": cofinancements.list_ecarts(lue)}
    if section == SectionDemande.ATTESTATIONS:
        return {"cer": statuts_cer.statuts_vus(session, viewer, [association_id])[association_id]}
    return {}
