"""An agent as it stands now, outside any login session: for what is done in its name by a job."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.models.connexion import User
from portal.models.services import Affectation, Service
from portal.permissions import Acteur, GenreActeur
from portal.queries import recusations
from portal.queries.connexion import active


def agent_of(session: Session, user_id: int, service_id: int) -> Acteur | None:
    """With the rights of today in that service; None when it is no longer of that service, or its account is closed."""
    trouvee = session.execute(
        select(Affectation, User, recusations.closed_of(User.id))
        .join(User, User.id == Affectation.user_id)
        .where(
            Affectation.user_id == user_id,
            Affectation.service_id == service_id,
            Affectation.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
        .options(joinedload(Affectation.service).joinedload(Service.reglage))
        .execution_options(populate_existing=True)
    ).first()
    if trouvee is None:
        return None
    affectation, user, recusees = trouvee
    recuses, associations_recusees = recusations.read_closed(recusees)
    la_sienne = active(affectation)
    return Acteur(
        genre=GenreActeur(user.genre),
        user_id=user.id,
        nom_affiche=user.nom_affiche,
        email=user.email,
        affectation=la_sienne,
        affectations=(la_sienne,),
        recuses=recuses,
        associations_recusees=associations_recusees,
    )
