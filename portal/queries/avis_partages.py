"""Avis that services share beyond their dossier: what another dossier of the same association shows of them."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, any_, case, false, func, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from portal.models.avis import Avis
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.lectures_avis import LectureAvis
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries.mes_dossiers import libelle_public
from portal.queries.recusations import open_to
from portal.queries.scelles import shared
from portal.vocabulaire import Etat

NOMBRE = 20
# Made once: an alias costs more than the statement that uses it.
SIEN, PARTAGE, AUTRE = aliased(Avis), aliased(Avis), aliased(Dossier)


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


def list_with_shared(
    session: Session, viewer: Acteur, dossier: Dossier
) -> tuple[tuple[Avis, ...], tuple[AvisPartage, ...], frozenset[int]]:
    """Every avis of a dossier, the oldest first and whoever may read it; then the last ones shared on the other dossiers of
    the association, newest first, at most NOMBRE; and the ids of those that the viewer's service was never shown: one statement.

    `dossier` is one that the viewer may read, which the caller has checked: it is what opens the others' avis.
    """
    # As an array: PostgreSQL would rather read every avis than look some up.
    lus = union_all(_siens(dossier), select(_partages(dossier).subquery().c.id))
    lignes = session.execute(
        select(
            Avis,
            Demarche.titre,
            Dossier.exercice,
            Service.sigle,
            Dossier.etat,
            Dossier.complement_demande,
            case((AccesDossier.dossier_id.is_not(None), Dossier.reference)),
            LectureAvis.avis_id.is_(None),
        )
        .join(Dossier, Dossier.id == Avis.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .join(Service, Service.id == Dossier.service_id)
        .outerjoin(
            AccesDossier, and_(AccesDossier.dossier_id == Dossier.id, AccesDossier.service_id == viewer.service_id)
        )
        .outerjoin(LectureAvis, and_(LectureAvis.avis_id == Avis.id, LectureAvis.service_id == viewer.service_id))
        .where(Avis.id == any_(func.array(lus.scalar_subquery())))
        .where(open_to(viewer, Avis.dossier_id))
        .options(joinedload(Avis.service), joinedload(Avis.expert), joinedload(Avis.auteur))
        .order_by(Avis.updated_at.desc(), Avis.id.desc())
    ).all()
    siens = [ligne[0] for ligne in lignes if ligne[0].dossier_id == dossier.id]
    return (
        tuple(sorted(siens, key=lambda avis: (avis.created_at, avis.id))),
        tuple(AvisPartage(*ligne[:-1]) for ligne in lignes if ligne[0].dossier_id != dossier.id),
        frozenset(ligne[0].id for ligne in lignes if ligne[-1]),
    )


def _siens(dossier: Dossier) -> Select[int]:
    return select(SIEN.id).where(SIEN.dossier_id == dossier.id)


def _partages(dossier: Dossier) -> Select[int]:
    """The last avis shared on the other dossiers of the association.

    The rule of model.md §3: an avis of audience `partage` that no seal hides, and no other, is read by the agents of every
    service that has, or is asked about, a dossier of the same association; a confidential démarche shares none.
    """
    partages = (
        select(PARTAGE.id)
        .select_from(PARTAGE)
        .join(AUTRE, AUTRE.id == PARTAGE.dossier_id)
        .join(Demarche, Demarche.id == AUTRE.demarche_id)
        .where(
            AUTRE.association_id == dossier.association_id,
            AUTRE.id != dossier.id,
            shared(PARTAGE),
            Demarche.confidentielle.is_(False),
        )
        .order_by(PARTAGE.updated_at.desc(), PARTAGE.id.desc())
        .limit(NOMBRE)
    )
    return partages.where(false()) if dossier.association_id is None else partages
