"""Writes the proof of a signature and its place in the one chain of all signatures (docs/adr/0018).

Its fields: `PUBLICS` and `PRIVES` of portal/documents/preuve_cer.py.
"""

import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.documents import preuve_cer
from portal.models.engagements import Engagement


def lock(session: Session) -> None:
    """Hold the end of the chain: no other signature enters it until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("preuves_cer"))))


def chain(session: Session, engagement: Engagement) -> None:
    """Give a signature, complete but for that, its rank and its proof. The next one waits until this transaction ends."""
    lock(session)
    derniere = session.execute(
        select(Engagement.rang, Engagement.empreinte).order_by(Engagement.rang.desc()).limit(1)
    ).first()
    engagement.rang, engagement.precedente = (
        (derniere.rang + 1, derniere.empreinte) if derniere else (1, preuve_cer.ORIGINE)
    )
    colonnes = {nom: getattr(engagement, nom) for nom in (*preuve_cer.CHAINE, *preuve_cer.PUBLICS, *preuve_cer.PRIVES)}
    sel, prive = secrets.token_hex(16), preuve_cer.composer_prive(colonnes)
    engagement.preuve_privee = preuve_cer.ecrire({"sel": sel, "texte": prive})
    engagement.preuve = preuve_cer.composer(colonnes, prive=preuve_cer.empreinte_privee(sel, prive))
    engagement.empreinte = preuve_cer.empreinte(engagement.preuve)
