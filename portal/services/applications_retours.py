"""Applies the changes of a working sheet that came back, dossier by dossier, as ordinary acts of the agent who gave it back.

The acts on a dossier and its rows are written together: killed anywhere, a worker leaves each dossier done with its rows, or not
begun. What the portal holds is compared once more, under the lock of the dossier, with what the agent saw.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.classeurs.trois_voies import comparable
from portal.errors import PortalError
from portal.formats import maintenant
from portal.models.feuilles_travail import ModificationFeuille, RetourFeuille
from portal.permissions import Acteur
from portal.queries import feuilles_travail as queries
from portal.queries.acteurs import agent_of
from portal.queries.feuilles_travail import Contenu
from portal.services import instruction
from portal.services.cellules_feuilles import ACTES, Acte, Admis
from portal.services.retours_feuilles import ESSAIS_MAXIMAUX, PLUS_DU_SERVICE, PLUS_LISIBLE
from portal.vocabulaire_imports import ChampFeuille, EtatModification, EtatRetour

CHANGE_DEPUIS = (
    "Cette valeur a changé sur le portail depuis que vous l’avez vue ici\u00a0: rien n’est remplacé. Ouvrez le dossier pour la "
    "changer."
)
DEJA = "Le portail le disait déjà."
SANS_REPONSE = (
    "L’action n’a pas abouti, après plusieurs essais\u00a0: rien n’est changé sur ce dossier. Ouvrez-le pour la faire "
    "vous-même."
)
journal_technique = structlog.get_logger("portal.retours_feuilles")


def advance(session: Session, retour_id: int, marque: datetime) -> datetime | None:
    """Do what is to be done of one dossier; the new mark of the lease. None when all is done, or the lease is somebody else's.

    Raises OperationalError (a deadlock, a lost connection): its rows still wait.
    """
    retour = _held(session, retour_id, marque)
    if retour is None:
        return None
    lignes = _next(session, retour)
    if not lignes:
        retour.etat, retour.applique_at, retour.pris_at = EtatRetour.APPLIQUE, maintenant(), None
        return None
    _do(session, retour, lignes)
    return _renew(retour, marque)


def put_off(session: Session, retour_id: int, marque: datetime, faute: Exception) -> datetime | None:
    """After `advance` raised: that dossier waits behind the others, and after some tries it is given up and said so.

    The new mark of the lease. None when the lease is somebody else's, or when no row is the cause.
    """
    retour = _held(session, retour_id, marque)
    lignes = _next(session, retour) if retour is not None else []
    if retour is None or not lignes:
        return None
    journal_technique.warning(
        "feuille_remise", retour=retour.id, ligne=lignes[0].id, essai=lignes[0].essais + 1, genre=type(faute).__name__
    )
    for ligne in lignes:
        ligne.essais += 1
        if ligne.essais >= ESSAIS_MAXIMAUX:
            _say(ligne, EtatModification.REFUSEE, SANS_REPONSE)
    return _renew(retour, marque)


def release(session: Session, retour_id: int, marque: datetime) -> None:
    """Let somebody else take it at once."""
    session.execute(
        update(RetourFeuille).where(RetourFeuille.id == retour_id, RetourFeuille.pris_at == marque).values(pris_at=None)
    )


def _held(session: Session, retour_id: int, marque: datetime) -> RetourFeuille | None:
    tenu = select(RetourFeuille).where(
        RetourFeuille.id == retour_id, RetourFeuille.pris_at == marque, RetourFeuille.etat == EtatRetour.A_APPLIQUER
    )
    return session.scalars(tenu.with_for_update()).first()


def _renew(retour: RetourFeuille, marque: datetime) -> datetime:
    """Later than the former one, even twice within a tick of the clock."""
    neuve = max(maintenant(), marque + timedelta(microseconds=1))
    retour.pris_at = neuve
    return neuve


def _next(session: Session, retour: RetourFeuille) -> Sequence[ModificationFeuille]:
    """What is to be done of the next dossier: those that failed come last."""
    attendent = select(ModificationFeuille).where(
        ModificationFeuille.retour_id == retour.id, ModificationFeuille.etat == EtatModification.A_APPLIQUER
    )
    premiere = session.scalars(attendent.order_by(ModificationFeuille.essais, ModificationFeuille.id).limit(1)).first()
    if premiere is None:
        return []
    siennes = attendent.where(ModificationFeuille.reference == premiere.reference)
    return session.scalars(siennes.order_by(ModificationFeuille.id)).all()


def _do(session: Session, retour: RetourFeuille, lignes: Sequence[ModificationFeuille]) -> None:
    by = agent_of(session, retour.user_id, retour.service_id)
    if by is None:
        _say_all(lignes, EtatModification.REFUSEE, PLUS_DU_SERVICE)
        return
    contenu = _locked(session, by, lignes[0].reference)
    if contenu is None:
        _say_all(lignes, EtatModification.REFUSEE, PLUS_LISIBLE)
        return
    par_champ = {ChampFeuille(ligne.champ): ligne for ligne in lignes}
    admis = Admis.read(session, by)
    for champs, acte in ACTES:
        siennes = [par_champ[champ] for champ in champs if champ in par_champ]
        if siennes:
            _act(session, by, contenu, siennes, admis, acte)


def _locked(session: Session, by: Acteur, reference: str) -> Contenu | None:
    """What the dossier holds, read once nobody else can change it; None when the agent does not read it any more."""
    vu = queries.of_references(session, by, [reference]).get(reference)
    if vu is None:
        return None
    instruction.lock(session, vu.dossier)
    return queries.of_references(session, by, [reference]).get(reference)


def _act(
    session: Session, by: Acteur, contenu: Contenu, lignes: Sequence[ModificationFeuille], admis: Admis, acte: Acte
) -> None:
    """One act: all of it is done, or none of it, with the reason."""
    tenues = {ligne: comparable(contenu.valeurs[ChampFeuille(ligne.champ)]) for ligne in lignes}
    if all(tenue == comparable(ligne.feuille) for ligne, tenue in tenues.items()):
        _say_all(lignes, EtatModification.APPLIQUEE, DEJA)
        return
    if any(tenue != comparable(ligne.portail) for ligne, tenue in tenues.items()):
        _say_all(lignes, EtatModification.REFUSEE, CHANGE_DEPUIS)
        return
    point = session.begin_nested()
    try:
        message = acte(session, by, contenu, {ChampFeuille(une.champ): une.feuille for une in lignes}, admis)
        session.flush()
    except PortalError as refus:
        point.rollback()
        _say_all(lignes, EtatModification.REFUSEE, refus.message or PLUS_LISIBLE)
    else:
        point.commit()
        _say_all(lignes, EtatModification.APPLIQUEE, message)


def _say_all(lignes: Sequence[ModificationFeuille], etat: EtatModification, message: str) -> None:
    for ligne in lignes:
        _say(ligne, etat, message)


def _say(ligne: ModificationFeuille, etat: EtatModification, message: str) -> None:
    ligne.etat, ligne.message = etat, message
