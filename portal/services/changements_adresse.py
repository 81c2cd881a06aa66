"""Changes the address that a usager logs in with: asked with a fresh proof, proved at the new one, cancelled from the old one."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict, Forbidden, Invalid, PreuveAncienne
from portal.formats import maintenant
from portal.models.connexion import ChangementAdresse, LienConnexion, SessionConnexion, User
from portal.permissions import SYSTEME, Acteur, may_be_usager
from portal.permissions.preuves import proved_recently
from portal.queries.changements_adresse import Etat, a_annuler, a_prouver, compte_usager, etat
from portal.services import courriels, journal, preuves_adresse, traces
from portal.services.jetons import DUREE_LIEN
from portal.services.lettres import ADRESSE_A_PROUVER, ADRESSE_QUI_CHANGE
from portal.vocabulaire import GenreUser

DEMANDES_PAR_JOUR = 5
DEJA_PRISE = (
    "Cette adresse a un compte depuis peu\u00a0: elle ne peut pas devenir celle du vôtre. Rien n’a changé. Choisissez-en "
    "une autre."
)
ANCIENNE_REPRISE = (
    "L’adresse à rendre au compte en a déjà un autre\u00a0: rien n’a changé. Écrivez-nous, à l’adresse que donnent les "
    "mentions légales, pour que nous le fassions ensemble."
)


def ask(session: Session, fabrique: Fabrique, *, by: Acteur, email: str) -> None:
    """Ask that `email` (normalised) becomes the address of the person who acts; a former request of hers is dropped.

    Two letters are owed, to the new address and to the present one. The work is the same whether the new one has an account or
    not: that is looked at when its letter leaves. Raises PreuveAncienne; Invalid (field `email`) for her present address, or at
    the sixth request in a day.
    """
    _check(by)
    if not proved_recently(by):
        raise PreuveAncienne
    if email == by.email:
        raise Invalid("email", "C’est déjà votre adresse de connexion. Écrivez celle qui doit la remplacer.")
    jour = timedelta(days=1)
    if not traces.count_attempt(fabrique, "adresse", str(by.user_id), maximum=DEMANDES_PAR_JOUR, fenetre=jour):
        raise Invalid(
            "email",
            f"{DEMANDES_PAR_JOUR}\u00a0changements ont déjà été demandés depuis un jour. Votre adresse reste la même. "
            "Recommencez demain.",
        )
    _drop_pending(session, by.user_id)
    demande = ChangementAdresse(
        user_id=by.user_id, ancienne=by.email, nouvelle=email, expires_at=maintenant() + DUREE_LIEN
    )
    session.add(demande)
    session.flush()
    courriels.enqueue(session, ADRESSE_A_PROUVER, destinataire=email, changement_id=demande.id)
    courriels.enqueue(session, ADRESSE_QUI_CHANGE, destinataire=by.email, changement_id=demande.id)
    _record(session, by, "changement_adresse_demande", demande)


def prove(session: Session, *, by: Acteur, secret: str) -> bool:
    """The person who asked, logged in, holds the new address: it is hers from now on. False when the link is used or expired.

    Her other sessions are closed; mandats follow the account. Raises NotFound for a link of somebody else's request, Conflict
    when that address has become another account meanwhile.
    """
    _check(by)
    demande = a_prouver(session, by, secret, verrou=True)
    if etat(demande) != Etat.VALABLE:
        return False
    _give(session, demande.user_id, demande.nouvelle, refus=DEJA_PRISE)
    demande.done_at = maintenant()
    _close_sessions(session, demande.user_id, sauf=by.session_id)
    _kill_letters(session, demande.ancienne)
    preuves_adresse.note_proof(session, by=by)
    _record(session, by, "adresse_changee", demande)
    return True


def cancel(session: Session, *, secret: str) -> bool:
    """Whoever holds the former address wants it back: the change is dropped or undone, every session of the account closed.

    False when the link is unknown, used, or older than 72 hours. Raises Conflict when that address has another account now.
    """
    demande = a_annuler(session, secret, verrou=True)
    if demande is None:
        return False
    user = session.get_one(User, demande.user_id, with_for_update=True)
    if user.email != demande.ancienne:
        perdue = user.email
        _give(session, demande.user_id, demande.ancienne, refus=ANCIENNE_REPRISE)
        _kill_letters(session, perdue)
    _drop_since(session, demande)
    _close_sessions(session, demande.user_id)
    _record(session, SYSTEME, "changement_adresse_annule", demande)
    return True


def _check(by: Acteur) -> None:
    verdict = may_be_usager(by)
    if not verdict:
        raise Forbidden(verdict.raison)


def _give(session: Session, user_id: int, email: str, *, refus: str) -> None:
    """Write the address, unless it is another account's: two claims of one address pass here one after the other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"adresse:{email}"))))
    if compte_usager(session, email) is not None:
        raise Conflict(refus)
    session.execute(update(User).where(User.id == user_id).values(email=email))


def _drop_pending(session: Session, user_id: int | None) -> None:
    en_attente = (ChangementAdresse.done_at.is_(None), ChangementAdresse.annule_at.is_(None))
    session.execute(
        update(ChangementAdresse)
        .where(ChangementAdresse.user_id == user_id, *en_attente)
        .values(annule_at=maintenant())
    )


def _drop_since(session: Session, demande: ChangementAdresse) -> None:
    """That change and those asked since are worth nothing: whoever made them could otherwise undo this one."""
    session.execute(
        update(ChangementAdresse)
        .where(
            ChangementAdresse.user_id == demande.user_id,
            ChangementAdresse.id >= demande.id,
            ChangementAdresse.annule_at.is_(None),
        )
        .values(annule_at=maintenant())
    )


def _kill_letters(session: Session, email: str) -> None:
    """A link on its way to an address that is no more the account's would make a new, empty account."""
    session.execute(
        update(LienConnexion)
        .where(LienConnexion.genre == GenreUser.USAGER, LienConnexion.email == email, LienConnexion.used_at.is_(None))
        .values(expires_at=maintenant())
    )


def _close_sessions(session: Session, user_id: int, *, sauf: int | None = None) -> None:
    ouvertes = update(SessionConnexion).where(SessionConnexion.user_id == user_id, SessionConnexion.ended_at.is_(None))
    if sauf is not None:
        ouvertes = ouvertes.where(SessionConnexion.id != sauf)
    session.execute(ouvertes.values(ended_at=maintenant()))


def _record(session: Session, by: Acteur, action: str, demande: ChangementAdresse) -> None:
    """The journal names the request, whose row holds the addresses: it never quotes one."""
    journal.record(session, by=by, action=action, objet=f"user:{demande.user_id}", valeurs={"changement": demande.id})
