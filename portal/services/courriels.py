"""The outbox of mails: a row in the business transaction, a letter later, never a loss.

A row is taken (and that committed) before the network is touched. Taking it pushes its next try away, so that a row whose
worker was killed, or whose letter cannot be made, comes back by itself, later each time.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from integrations.courriel.api import CourrielIndisponible, CourrielRefuse, Lettre
from portal.formats import maintenant
from portal.models.envois import Courriel
from portal.services import lettres
from portal.services.moyens import Moyens
from portal.travaux import commander
from portal.vocabulaire import EtatEnvoi

BAIL = timedelta(seconds=60)
ATTENTE_MAXIMALE = timedelta(hours=1)
DOUBLEMENTS_MAXIMAUX = 10
SANS_OBJET = "Ce courriel n’avait plus d’objet au moment de partir."
DUS = (EtatEnvoi.A_ENVOYER, EtatEnvoi.EN_COURS)


def enqueue(session: Session, gabarit: str, *, destinataire: str, **donnees: object) -> Courriel:
    """Owe a letter to `destinataire`; one that bears a link or a code to go on with leaves before the others.

    `donnees` are JSON references (dates as ISO texts), never a secret.
    Raises ValueError when they are not those of `services.lettres.GABARITS`, KeyError when there is no such letter.
    """
    lettres.check(gabarit, donnees)
    courriel = Courriel(gabarit=gabarit, destinataire=destinataire, donnees=dict(donnees))
    session.add(courriel)
    session.flush()
    commander(session, "courriels.envoyer", urgent=gabarit in lettres.FRAPPES, courriel_id=courriel.id)
    return courriel


def send_due(moyens: Moyens, *, courriel_id: int | None = None, bail: timedelta = BAIL) -> bool:
    """Send one letter that is due (that one, or the oldest) and tell whether there was one.

    `bail` is how long a taken row is left to its worker; each failed try doubles it, up to an hour.
    """
    with moyens.fabrique.begin() as session:
        pris = _take(session, courriel_id, bail)
    if pris is None:
        return False
    with moyens.fabrique.begin() as session:
        lettre = lettres.compose(session, moyens.config, pris)
    etat, erreur = _send(moyens, lettre)
    with moyens.fabrique.begin() as session:
        _mark(session, pris, etat, erreur)
    return True


def waiting(session: Session) -> int:
    """How many letters have not left yet."""
    return session.scalar(select(func.count()).select_from(Courriel).where(Courriel.etat.in_(DUS))) or 0


def _take(session: Session, courriel_id: int | None, bail: timedelta) -> Courriel | None:
    instant = maintenant()
    dus = select(Courriel).where(Courriel.etat.in_(DUS), Courriel.prochain_essai <= instant)
    if courriel_id is not None:
        dus = dus.where(Courriel.id == courriel_id)
    courriel = session.scalars(
        dus.order_by(Courriel.prochain_essai, Courriel.id).limit(1).with_for_update(skip_locked=True)
    ).first()
    if courriel is not None:
        courriel.etat = EtatEnvoi.EN_COURS
        courriel.pris_at = instant
        courriel.prochain_essai = instant + _delai(courriel.essais, bail)
        courriel.essais += 1
    return courriel


def _delai(essais: int, bail: timedelta) -> timedelta:
    delai: timedelta = bail * 2 ** min(essais, DOUBLEMENTS_MAXIMAUX)
    return min(delai, ATTENTE_MAXIMALE)


def _send(moyens: Moyens, lettre: Lettre | None) -> tuple[EtatEnvoi, str]:
    if lettre is None:
        return EtatEnvoi.REFUSE, SANS_OBJET
    try:
        moyens.messagerie.envoyer(lettre)
    except CourrielRefuse as refus:
        return EtatEnvoi.REFUSE, str(refus)
    except CourrielIndisponible as panne:
        return EtatEnvoi.A_ENVOYER, str(panne)
    return EtatEnvoi.ENVOYE, ""


def _mark(session: Session, pris: Courriel, etat: EtatEnvoi, erreur: str) -> None:
    """Write how it ended, unless somebody else has taken the row since: the number of tries tells."""
    sent_at: datetime | None = maintenant() if etat == EtatEnvoi.ENVOYE else None
    session.execute(
        update(Courriel)
        .where(Courriel.id == pris.id, Courriel.essais == pris.essais)
        .values(etat=etat, erreur=erreur, sent_at=sent_at)
    )
