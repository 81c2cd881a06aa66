"""Makes a request to read the avis given on a dossier."""

from datetime import timedelta

from sqlalchemy import select

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.avis import Avis
from portal.models.communications import Communication, Occultation
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.vocabulaire import Etat
from tests.factories import Fabriques


def communication(creer: Fabriques, dossier: Dossier, *, consultees: bool = False, jours: int = 3) -> Communication:
    """Received `jours` days ago; `consultees`: the services that gave these avis have been asked what to hide."""
    recue_le = aujourdhui() - timedelta(days=jours)
    une = Communication(
        dossier_id=dossier.id, demandeur_nom="Léa Durand", recue_le=recue_le, echeance=recue_le + timedelta(days=30)
    )
    creer.session.add(une)
    creer.session.flush()
    for avis in creer.session.scalars(select(Avis).where(Avis.dossier_id == dossier.id).order_by(Avis.id)).all():
        consultee_at = maintenant() if consultees else None
        creer.session.add(Occultation(communication_id=une.id, avis_id=avis.id, consultee_at=consultee_at))
    creer.session.commit()
    return une


def objets(creer: Fabriques, association: Association, auteur: User) -> dict[str, str | int]:
    """A decided dossier of that agent's service, on which it had given its avis, and a request to read it."""
    dossier = creer.dossier(auteur.affectations[0].service, association=association, etat=Etat.ACCEPTE)
    creer.avis(dossier, auteur)
    une = communication(creer, dossier)
    return {
        "communication": une.id,
        "occultation": une.occultations[0].id,
        "dossier_decide": dossier.reference,
        "mon_dossier_decide": dossier.reference,
    }
