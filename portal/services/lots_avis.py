"""Gives several avis from one page: each line succeeds or fails by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.errors import PortalError
from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.services import avis
from portal.vocabulaire import Audience, SensAvis


@dataclass(frozen=True, slots=True, kw_only=True)
class Reponse:
    """One line: what it answers about an object; `version` is the one that the page showed, `repris_de_id` the avis copied."""

    demande_id: int
    objet: Dossier | Association
    sens: SensAvis
    montant_propose: Decimal | None
    texte: str
    audience: Audience
    version: int
    repris_de_id: int | None = None


def give_each(session: Session, *, by: Acteur, reponses: Sequence[Reponse]) -> dict[int, str]:
    """Give each of them; returns the French reason of those that were refused, by request, and keeps the others.

    Objects are locked in one order: two people who answer the same lines never wait for each other in a circle.
    """
    refus: dict[int, str] = {}
    for une in sorted(reponses, key=lambda reponse: (isinstance(reponse.objet, Association), reponse.objet.id)):
        point = session.begin_nested()
        try:
            _give(session, by, une)
        except PortalError as raison:
            point.rollback()
            refus[une.demande_id] = raison.message
        else:
            point.commit()
    return refus


def _give(session: Session, by: Acteur, une: Reponse) -> None:
    avis.give(
        session,
        by=by,
        objet=une.objet,
        sens=une.sens,
        montant_propose=une.montant_propose,
        texte=une.texte,
        audience=une.audience,
        version=une.version,
        repris_de_id=une.repris_de_id,
    )
