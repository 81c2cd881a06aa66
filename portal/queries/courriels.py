"""Where the mails that the portal owes stand, for whoever runs it: never what they say."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.envois import Courriel
from portal.vocabulaire import EtatEnvoi

REFUSES_MONTRES = 50


def counts(session: Session) -> dict[EtatEnvoi, int]:
    """How many mails there are in each state, zero included."""
    lus: dict[EtatEnvoi, int] = dict(session.execute(select(Courriel.etat, func.count()).group_by(Courriel.etat)).all())
    return {etat: lus.get(etat, 0) for etat in EtatEnvoi}


def list_refused(session: Session) -> list[Courriel]:
    """The latest mails that will not be tried again, newest first, with their reason (`erreur`)."""
    refuses = select(Courriel).where(Courriel.etat == EtatEnvoi.REFUSE)
    return list(
        session.scalars(refuses.order_by(Courriel.created_at.desc(), Courriel.id.desc()).limit(REFUSES_MONTRES))
    )
