"""What administrators decided of a démarche's form: which champ feeds which of our facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.correspondances import Correspondance, RevisionDS
from portal.vocabulaire_ds import CibleChamp, EtatCorrespondance

# A mapping outlives its champ: the dossiers of the older form still hold it.
RETENUES = (EtatCorrespondance.CONFIRMEE, EtatCorrespondance.DISPARUE)
LUES = (*RETENUES, EtatCorrespondance.ECARTEE)


@dataclass(frozen=True, slots=True)
class Plan:
    """Decisions on one démarche, by champ id (`champDescriptorId`).

    `champs`: what feeds a target, latest decision first; a dossier uses the one that it holds. `budget`: champ -> slug of its
    budget line. `ecartes`: (target, champ) that must never be read. `revisions`: for a target, the forms (DS revision ids)
    that hold one of its champs: on their dossiers labels no longer speak, even when the champ is hidden.
    """

    champs: Mapping[CibleChamp, tuple[str, ...]] = field(default_factory=dict)
    budget: Mapping[str, str] = field(default_factory=dict)
    ecartes: frozenset[tuple[CibleChamp, str]] = frozenset()
    revisions: Mapping[CibleChamp, frozenset[str]] = field(default_factory=dict)


PLAN_VIDE = Plan()


def read_plan(session: Session, demarche_id: int) -> Plan:
    """The decisions in force, in one statement, or two when something is confirmed."""
    lignes = session.scalars(
        select(Correspondance)
        .where(Correspondance.demarche_id == demarche_id, Correspondance.etat.in_(LUES))
        .order_by(Correspondance.decidee_at.desc().nulls_last(), Correspondance.id)
    ).all()
    if not lignes:
        return PLAN_VIDE
    retenues = [ligne for ligne in lignes if ligne.etat in RETENUES]
    champs: dict[CibleChamp, tuple[str, ...]] = {}
    for ligne in retenues:
        champs[ligne.cible] = (*champs.get(ligne.cible, ()), ligne.champ_id)
    return Plan(
        champs=champs,
        budget={ligne.champ_id: ligne.detail for ligne in retenues if ligne.cible == CibleChamp.BUDGET},
        ecartes=frozenset(
            (ligne.cible, ligne.champ_id) for ligne in lignes if ligne.etat == EtatCorrespondance.ECARTEE
        ),
        revisions=_revisions(session, demarche_id) if retenues else {},
    )


def _revisions(session: Session, demarche_id: int) -> dict[CibleChamp, frozenset[str]]:
    tient = RevisionDS.descripteurs.contains(
        func.jsonb_build_array(func.jsonb_build_object("id", Correspondance.champ_id))
    )
    couples = session.execute(
        select(Correspondance.cible, RevisionDS.ds_id)
        .join(RevisionDS, RevisionDS.demarche_id == Correspondance.demarche_id)
        .where(Correspondance.demarche_id == demarche_id, Correspondance.etat.in_(RETENUES), tient)
        .distinct()
    ).all()
    cibles = {cible for cible, _ in couples}
    return {cible: frozenset(ds_id for autre, ds_id in couples if autre == cible) for cible in cibles}
