"""Reminds people that the last day of their mandat comes, once, thirty days before."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Mandat
from portal.services import courriels

AVANT = timedelta(days=30)
PAR_LOT = 100


def remind_due(session: Session) -> int:
    """Owe a letter to each person whose mandat ends within thirty days and who was not told; how many.

    Row and letter are one transaction: a worker killed between two tells nobody twice.
    """
    jour = aujourdhui()
    mandats = session.scalars(
        select(Mandat)
        .where(Mandat.valant_le(jour), Mandat.fin_le <= jour + AVANT, Mandat.rappele_at.is_(None))
        .options(joinedload(Mandat.user), joinedload(Mandat.association))
        .order_by(Mandat.fin_le, Mandat.id)
        .limit(PAR_LOT)
        .with_for_update(of=Mandat, skip_locked=True)
    ).all()
    for mandat in mandats:
        mandat.rappele_at = maintenant()
        courriels.enqueue(
            session,
            "mandat_bientot_fini",
            destinataire=mandat.user.email,
            association=mandat.association.denomination,
            association_id=mandat.association_id,
            fin_le=mandat.fin_le.isoformat() if mandat.fin_le else None,
        )
    return len(mandats)
