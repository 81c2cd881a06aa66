"""Notes agréments and recognitions of public utility seen on a document, and withdraws what was a mistake."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.associations import Association
from portal.models.delais import plus_mois
from portal.models.souscriptions import Reconnaissance
from portal.permissions import Acteur
from portal.permissions.reconnaissances import can_note, can_withdraw
from portal.queries.mandats import services_proprietaires
from portal.services import etats_cer, journal
from portal.vocabulaire_cer import TypeReconnaissance

# Décret n° 2017-908: the tronc commun d'agrément holds for five years.
MOIS_AGREMENT = 60


def last_day(genre: TypeReconnaissance, debut: date, fin: date | None) -> date | None:
    """The last day on which it holds: five years after an agrément under art. 25-1 unless the document says sooner.

    A RUP does not end by itself, and takes no end. Raises Invalid.
    """
    if genre == TypeReconnaissance.RUP:
        if fin is not None:
            raise Invalid(
                "date_fin", "Une reconnaissance d’utilité publique n’a pas de date de fin. Laissez ces champs vides."
            )
        return None
    limite = plus_mois(debut, MOIS_AGREMENT) if genre == TypeReconnaissance.AGREMENT_25_1 else None
    if fin is not None and fin < debut:
        raise Invalid("date_fin", "La fin précède la date de l’agrément.")
    if fin is not None and limite is not None and fin > limite:
        raise Invalid("date_fin", f"Cet agrément vaut cinq ans\u00a0: il finit au plus tard le {date_fr(limite)}.")
    return fin or limite


def note(
    session: Session,
    *,
    by: Acteur,
    association_id: int,
    genre: TypeReconnaissance,
    autorite: str,
    reference: str,
    date_debut: date,
    date_fin: date | None = None,
) -> Reconnaissance:
    """Note what a document shows; noting the same twice gives the first.

    Raises Forbidden, and Invalid for dates that cannot be.
    """
    verdict = can_note(by, services_proprietaires(session, association_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    if date_debut > aujourdhui():
        raise Invalid("date_debut", "Cette date n’est pas encore arrivée.")
    valeurs = {"type": genre, "autorite": autorite, "reference": reference, "date_debut": date_debut}
    fin = last_day(genre, date_debut, date_fin)
    session.get(Association, association_id, with_for_update=True)
    deja = select(Reconnaissance).filter_by(association_id=association_id, date_fin=fin, retiree_at=None, **valeurs)
    notee = session.scalars(deja.order_by(Reconnaissance.id)).first()
    if notee is not None:
        return notee
    notee = Reconnaissance(
        association_id=association_id, notee_par_id=by.user_id, service_id=by.service_id, date_fin=fin, **valeurs
    )
    session.add(notee)
    session.flush()
    _record(session, by, "reconnaissance_notee", notee)
    return notee


def withdraw(session: Session, *, by: Acteur, reconnaissance: Reconnaissance) -> Reconnaissance:
    """Say that it was noted by mistake: it never counted. Raises Forbidden, and Conflict when it is withdrawn already."""
    session.refresh(reconnaissance, with_for_update=True)
    if reconnaissance.retiree_at is not None:
        raise Conflict(f"Cette reconnaissance est déjà retirée depuis le {date_fr(reconnaissance.retiree_at)}.")
    verdict = can_withdraw(by, reconnaissance, services_proprietaires(session, reconnaissance.association_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    reconnaissance.retiree_at, reconnaissance.retiree_par_id = maintenant(), by.user_id
    _record(session, by, "reconnaissance_retiree", reconnaissance)
    return reconnaissance


def _record(session: Session, by: Acteur, action: str, notee: Reconnaissance) -> None:
    etats_cer.refresh(session, [notee.association_id])
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"association:{notee.association_id}",
        valeurs={
            "reconnaissance": notee.id,
            "type": notee.type,
            "autorite": notee.autorite,
            "reference": notee.reference,
            "date_debut": notee.date_debut.isoformat(),
            "date_fin": notee.date_fin.isoformat() if notee.date_fin else None,
        },
    )
