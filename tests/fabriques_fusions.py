"""Associations to open, to merge and already merged, for the tables of access."""

from typing import Any

from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.fiches_associations import FusionAssociation


def fusion(session: Session, gardee: Association, absorbee: Association, par: User) -> FusionAssociation:
    """A merge that stands, of a row that bore nothing."""
    une = FusionAssociation(
        gardee_id=gardee.id,
        absorbee_id=absorbee.id,
        par_id=par.id,
        service_id=par.affectations[0].service_id,
        motif="Même siège et même présidente.",
        deplaces={},
        otes={},
    )
    absorbee.absorbee_par_id = gardee.id
    session.add(une)
    session.commit()
    return une


def objets(creer: Any, association: Association, responsable: User) -> dict[str, str | int]:
    """What the addresses of sheets and merges name."""
    libre, absorbee = creer.association(), creer.association()
    return {
        "association": association.id,
        "fiche_association": association.id,
        "fiche_lisible": association.id,
        "fiche_a_reunir": association.id,
        "fiche_absorbee": libre.id,
        "fusion": fusion(creer.session, association, absorbee, responsable).id,
    }
