"""Reports errors on what a register says of an association, and answers them. What the register says stays."""

from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import date_fr, maintenant
from portal.models.associations import FaitAssociation
from portal.models.liens_associations import Signalement
from portal.permissions import Acteur
from portal.permissions.mandats import can_settle
from portal.services import courriels, journal


def report(session: Session, *, by: Acteur, fait: FaitAssociation, correction: str) -> Signalement:
    """Say that a source is wrong, and what is right. The caller has checked that this person reads that fact.

    Raises Forbidden to who does not act for the association, Invalid("correction") when it says the same.
    """
    if by.mandat(fait.association_id) is None or by.user_id is None:
        raise Forbidden("Seule une personne qui agit pour l’association peut signaler une erreur.")
    if correction == fait.valeur:
        raise Invalid("correction", "C’est ce que dit déjà la source. Écrivez ce qui devrait s’y trouver.")
    signalement = Signalement(
        association_id=fait.association_id,
        champ=fait.champ,
        source=fait.source,
        valeur_vue=fait.valeur,
        correction=correction,
        auteur_id=by.user_id,
    )
    session.add(signalement)
    session.flush()
    _record(session, by, signalement, "erreur_signalee", champ=fait.champ, source=fait.source, correction=correction)
    return signalement


def answer(session: Session, *, by: Acteur, signalement: Signalement, fait: str, reponse: str) -> None:
    """A service answers; who reported is told. `fait`: the fact, in words. The caller has checked that the agent sees it.

    Raises Forbidden, Conflict when it is answered already.
    """
    verdict = can_settle(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    session.refresh(signalement, with_for_update={"of": Signalement})
    if signalement.traite_at is not None:
        raise Conflict(f"Ce signalement a déjà sa réponse depuis le {date_fr(signalement.traite_at)}.")
    signalement.traite_at, signalement.traite_par_id, signalement.reponse = maintenant(), by.user_id, reponse
    _record(session, by, signalement, "signalement_repondu")
    courriels.enqueue(
        session,
        "signalement_repondu",
        destinataire=signalement.auteur.email,
        association=signalement.association.denomination,
        association_id=signalement.association_id,
        fait=fait,
        service=by.libelle_service or "",
        reponse=reponse,
    )


def _record(session: Session, by: Acteur, signalement: Signalement, action: str, **valeurs: object) -> None:
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"association:{signalement.association_id}",
        valeurs={"signalement": signalement.id, **valeurs},
    )
