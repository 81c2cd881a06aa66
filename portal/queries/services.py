"""The services that instruct requests, as whoever runs the portal names them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.models.services import Service


def get_by_sigle(session: Session, sigle: str) -> Service:
    """The service of that sigle. Raises Invalid, with the sigles that exist."""
    service = session.scalars(select(Service).where(Service.sigle == sigle)).first()
    if service is None:
        connus = session.scalars(select(Service.sigle).order_by(Service.sigle)).all()
        suite = (
            f"Les services connus sont\u00a0: {', '.join(connus)}."
            if connus
            else "Aucun service n’existe encore\u00a0: créez-le d’abord avec «\u00a0portal services creer\u00a0»."
        )
        raise Invalid("service", f"Le service «\u00a0{sigle}\u00a0» n’existe pas. {suite}")
    return service
