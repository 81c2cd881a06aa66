"""Reminders of the comptes rendus that are due: each step once, its letters in the same transaction."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from portal.models.comptes_rendus import CompteRendu, Rappel
from portal.queries.decisions import destinataires
from portal.services import courriels

LOT = 200


@dataclass(frozen=True, slots=True)
class Etape:
    """A step: so many days from the échéance, negative before it."""

    nom: str
    jours: int


ETAPES = (
    Etape("avant_60_jours", -60),
    Etape("avant_30_jours", -30),
    Etape("echeance", 0),
    Etape("retard_30_jours", 30),
)


def remind(session: Session, jour: date) -> int:
    """Owe the reminders of the day (Paris) to the people of the associations; how many comptes rendus were reminded.

    A step whose day was missed (the worker was down) is made up for; of several missed, only the last one is sent. A
    compte rendu that is filed is reminded no more. `LOT` at a time.
    """
    rappeles = 0
    for rang, etape in enumerate(ETAPES):
        suivante = ETAPES[rang + 1] if rang + 1 < len(ETAPES) else None
        for compte_rendu in _dus(session, jour, etape, suivante):
            rappeles += _rappeler(session, compte_rendu, etape)
    return rappeles


def _dus(session: Session, jour: date, etape: Etape, suivante: Etape | None) -> list[CompteRendu]:
    deja = exists().where(Rappel.compte_rendu_id == CompteRendu.id, Rappel.etape == etape.nom)
    attendus = (
        select(CompteRendu)
        .where(CompteRendu.depose_at.is_(None), CompteRendu.echeance <= jour - timedelta(days=etape.jours), ~deja)
        .options(joinedload(CompteRendu.dossier))
        .order_by(CompteRendu.id)
        .limit(LOT)
    )
    if suivante is not None:
        attendus = attendus.where(CompteRendu.echeance > jour - timedelta(days=suivante.jours))
    return list(session.scalars(attendus))


def _rappeler(session: Session, compte_rendu: CompteRendu, etape: Etape) -> bool:
    """True when this call owes it: of two workers, one does."""
    nouveau = session.scalar(
        insert(Rappel)
        .values(compte_rendu_id=compte_rendu.id, etape=etape.nom)
        .on_conflict_do_nothing(index_elements=["compte_rendu_id", "etape"])
        .returning(Rappel.id)
    )
    if nouveau is None:
        return False
    dossier = compte_rendu.dossier
    for adresse in destinataires(session, dossier):
        courriels.enqueue(
            session,
            "compte_rendu_attendu",
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            echeance=compte_rendu.echeance.isoformat(),
            en_retard=etape.jours > 0,
        )
    return True
