"""Avis that services share beyond their dossier: what another dossier of the same association shows of them."""

from dataclasses import dataclass

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session, joinedload

from portal.models.avis import Avis
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries.mes_dossiers import libelle_public
from portal.vocabulaire import Audience, Etat

NOMBRE = 20


@dataclass(frozen=True, slots=True)
class AvisPartage:
    """An avis given on another dossier, and the little that is told of that dossier.

    `service` is the sigle of the service that instructs it; `reference` is None when the viewer's service may not read it.
    """

    avis: Avis
    demarche: str
    exercice: int | None
    service: str
    etat: Etat
    complement_demande: bool
    reference: str | None

    @property
    def libelle_etat(self) -> str:
        """The état as the association reads it."""
        return libelle_public(self.etat, complement_demande=self.complement_demande)


def list_partages(session: Session, viewer: Acteur, dossier: Dossier) -> tuple[AvisPartage, ...]:
    """The last avis shared on the other dossiers of the association, newest first: one statement, at most NOMBRE.

    The rule of model.md §3: an avis of audience `partage`, and no other, is read by the agents of every service that has,
    or is asked about, a dossier of the same association; a confidential démarche shares none. `dossier` is one that the
    viewer may read, which the caller has checked: it is what opens the others' avis.
    """
    if dossier.association_id is None:
        return ()
    lignes = session.execute(
        select(
            Avis,
            Demarche.titre,
            Dossier.exercice,
            Service.sigle,
            Dossier.etat,
            Dossier.complement_demande,
            case((AccesDossier.dossier_id.is_not(None), Dossier.reference)),
        )
        .join(Dossier, Dossier.id == Avis.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .join(Service, Service.id == Dossier.service_id)
        .outerjoin(
            AccesDossier, and_(AccesDossier.dossier_id == Dossier.id, AccesDossier.service_id == viewer.service_id)
        )
        .where(
            Dossier.association_id == dossier.association_id,
            Dossier.id != dossier.id,
            Avis.audience == Audience.PARTAGE,
            Demarche.confidentielle.is_(False),
        )
        .options(joinedload(Avis.service), joinedload(Avis.auteur))
        .order_by(Avis.updated_at.desc(), Avis.id.desc())
        .limit(NOMBRE)
    )
    return tuple(AvisPartage(*ligne) for ligne in lignes)
