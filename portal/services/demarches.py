"""Opens campaigns of the portal: what associations may ask for, to which service, until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import date_fr, maintenant
from portal.models.demarches import Demarche
from portal.permissions import Acteur, may_set_up
from portal.queries.services import get_by_sigle
from portal.services import journal
from portal.vocabulaire import Source


@dataclass(frozen=True, kw_only=True)
class Campagne:
    """What a campaign says of itself. `ouverture` and `cloture` are aware instants; `enveloppe` is in euros."""

    titre: str
    ouverture: datetime
    cloture: datetime
    exercice: int
    description: str = ""
    dispositif: str = ""
    programme: str = ""
    enveloppe: Decimal | None = None
    public: str = ""
    montants: str = ""
    aides: Mapping[str, str] = field(default_factory=dict)
    fuseau: str = "Europe/Paris"


def open_campaign(session: Session, *, by: Acteur, sigle: str, campagne: Campagne) -> tuple[Demarche, bool]:
    """The campaign of that service with that title and exercice, and whether it was opened now; twice makes one.

    Raises Forbidden, and Invalid (unknown service, dates in the wrong order, same title with other dates).
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    service = get_by_sigle(session, sigle)
    if campagne.cloture <= campagne.ouverture:
        raise Invalid(
            "cloture",
            f"La clôture ({date_fr(campagne.cloture)}) n’est pas après l’ouverture ({date_fr(campagne.ouverture)}). "
            "Rien n’est créé.",
        )
    connue = session.scalars(
        select(Demarche)
        .where(Demarche.service_id == service.id, Demarche.titre == campagne.titre)
        .where(Demarche.source == Source.PORTAIL, Demarche.exercice == campagne.exercice)
        .order_by(Demarche.id)
    ).first()
    if connue is not None:
        if (connue.ouverture, connue.cloture) != (campagne.ouverture, campagne.cloture):
            raise Invalid("titre", "Une campagne de ce titre existe déjà avec d’autres dates. Rien n’a changé.")
        return connue, False
    ouverte = Demarche(source=Source.PORTAIL, service_id=service.id, publiee_at=maintenant(), **vars(campagne))
    session.add(ouverte)
    session.flush()
    journal.record(
        session,
        by=by,
        action="campagne_ouverte",
        objet=f"demarche:{ouverte.id}",
        valeurs={"titre": ouverte.titre, "service": sigle, "cloture": campagne.cloture.isoformat()},
    )
    return ouverte, True
