"""Maps a groupe instructeur of DS to one of our services, and hands it the group's dossiers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import Dossier, DossierDS
from portal.permissions import Acteur, may_set_up
from portal.queries.services import get_by_sigle
from portal.services import journal
from portal.services.synchronisation.demarches import get_attached
from portal.services.synchronisation.mise_a_jour import hand_over


def attach_group(session: Session, *, by: Acteur, instance: str, number: int, groupe: int, sigle: str) -> int:
    """Give the group `groupe` (DS number) of a démarche to a service; the number of dossiers that change hands.

    The group may be mapped before DS has named it. Raises Forbidden, Invalid (unknown service, démarche of no service).
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    demarche = get_attached(session, instance=instance, number=number)
    service = get_by_sigle(session, sigle)
    ligne = _groupe(session, demarche, groupe)
    if ligne.service_id == service.id:
        return 0
    ligne.service_id = service.id
    dossiers = session.scalars(
        select(Dossier)
        .join(DossierDS, DossierDS.dossier_id == Dossier.id)
        .where(DossierDS.groupe_id == ligne.id, Dossier.service_id != service.id)
        .order_by(Dossier.id)
        .with_for_update(of=Dossier)
    ).all()
    for dossier in dossiers:
        hand_over(session, dossier, service.id)
        journal.record(
            session, by=by, action="dossier_confie", objet=f"dossier:{dossier.id}", valeurs={"service": service.sigle}
        )
    journal.record(
        session,
        by=by,
        action="groupe_rattache",
        objet=f"demarche:{demarche.id}",
        valeurs={"groupe": groupe, "service": sigle},
    )
    return len(dossiers)


def _groupe(session: Session, demarche: Demarche, number: int) -> GroupeInstructeur:
    cherche = select(GroupeInstructeur).where(
        GroupeInstructeur.demarche_id == demarche.id, GroupeInstructeur.number == number
    )
    groupe = session.scalars(cherche.with_for_update()).first()
    if groupe is None:
        groupe = GroupeInstructeur(
            demarche_id=demarche.id, number=number, ds_id="", label=f"Groupe {number}", instructeurs=[]
        )
        session.add(groupe)
        session.flush()
    return groupe
