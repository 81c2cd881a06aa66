"""What somebody had before the eyes and what stands now: for whoever notifies or reopens just after somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.decisions import Decision, DecisionPassee
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement, EvenementDetail
from portal.permissions import Acteur
from portal.vocabulaire import MotifDecision, SensDecision

ENREGISTREMENTS = ("decision_enregistree", "decision_modifiee")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDecision:
    """A decision as it was recorded, by whom and when (aware, UTC). `lignes`: see Decision."""

    sens: SensDecision
    motif: MotifDecision | None
    motivation: str
    lignes: Sequence[dict[str, Any]]
    conditions: str
    auteur: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparaison:
    """What stands of a decision now, beside what the page had shown.

    `lue`: the version shown, None when it is still the one that stands, or is not kept; `notifiee_par`: who has asked for the
    notification; `reprise`: the last time that the dossier was reopened, by `rouverte_par`, « » from DS.
    """

    lue: VersionDecision | None
    notifiee_par: str
    reprise: DecisionPassee | None
    rouverte_par: str


def compare(session: Session, viewer: Acteur, dossier: Dossier, decision: Decision | None, version: int) -> Comparaison:
    """For the owner service. `version`: of the decision that the page had shown."""
    passees = select(DecisionPassee).where(DecisionPassee.dossier_id == dossier.id)
    reprise = session.scalars(passees.order_by(DecisionPassee.id.desc()).limit(1)).first()
    actuelle = decision is not None and decision.version == version
    return Comparaison(
        lue=None if actuelle else as_recorded(session, viewer, dossier, version),
        notifiee_par=_nom(session, decision.notifiee_par_id if decision else None),
        reprise=reprise,
        rouverte_par=_nom(session, reprise.rouverte_par_id if reprise else None),
    )


def as_recorded(session: Session, viewer: Acteur, dossier: Dossier, version: int) -> VersionDecision | None:
    """That version of the decision of a dossier of the viewer's service, None when the journal does not keep its words."""
    lignes = session.execute(
        select(Evenement.at, EvenementDetail.valeurs)
        .join(EvenementDetail, EvenementDetail.evenement_id == Evenement.id)
        .where(
            Evenement.objet == f"dossier:{dossier.id}",
            Evenement.action.in_(ENREGISTREMENTS),
            Evenement.service_id == viewer.service_id,
            EvenementDetail.valeurs["version"].as_integer() == version,
            EvenementDetail.valeurs.has_key("lignes"),
        )
        .order_by(Evenement.seq.desc())
        .limit(1)
    ).all()
    return _lire(*lignes[0]) if lignes else None


def _lire(at: datetime, valeurs: dict[str, Any]) -> VersionDecision:
    return VersionDecision(
        sens=SensDecision(valeurs["sens"]),
        motif=MotifDecision(valeurs["motif"]) if valeurs["motif"] else None,
        motivation=valeurs["motivation"],
        lignes=valeurs["lignes"],
        conditions=valeurs["conditions"],
        auteur=valeurs["auteur"],
        at=at,
    )


def _nom(session: Session, user_id: int | None) -> str:
    user = session.get(User, user_id) if user_id is not None else None
    return user.nom_affiche if user else ""
