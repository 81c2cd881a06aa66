"""Takes imports back as a whole, in two passes of packets: nothing is written while something depends on a line.

Killed anywhere, a worker leaves each line as it was, or taken back; the next one goes on from there.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.errors import Forbidden, PortalError
from portal.formats import maintenant
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.queries.acteurs import agent_of
from portal.services.applications_imports import ESSAIS_MAXIMAUX, PAQUET, count_states, note
from portal.services.baux_imports import hold, renew
from portal.services.metiers_imports import METIERS
from portal.vocabulaire_imports import EtatImport, EtatLigneImport

MONTRES = 50
PLUS_DU_SERVICE = "La personne qui a demandé l’annulation n’est plus agente de ce service."
IMPREVU = "Une erreur imprévue est survenue\u00a0: rien n’est annulé. Réessayez plus tard."
SANS_REPONSE = (
    "quelqu’un modifiait ce qu’elle a écrit, et l’annulation n’a pas abouti après plusieurs essais. Réessayez."
)
journal_technique = structlog.get_logger("portal.imports")


@dataclass(frozen=True, slots=True)
class Avancement:
    """How far it is, as `comptes` of the import keeps it. `essayee`: the first pass has found nothing in the way.

    `objet`, `numero`: where the first pass, the second one stand; `vues`: lines seen by the pass; `pas`: how many at a time;
    `essais`: failures of the database on those. `bloquees`: lines that cannot be taken back, `blocages`: why, for the first ones.
    """

    essayee: bool = False
    objet: str = ""
    numero: int | None = None
    vues: int = 0
    pas: int = field(default_factory=lambda: PAQUET)
    essais: int = 0
    bloquees: int = 0
    blocages: list[str] = field(default_factory=list)


def advance(session: Session, lot_id: int, marque: datetime) -> datetime | None:
    """Try the next lines, or take them back, last line first; the new mark of the lease, None when all is done.

    Raises OperationalError (a deadlock, a lost connection): these lines are as they were.
    """
    lot = _held(session, lot_id, marque)
    if lot is None:
        return None
    ici = _avancement(lot)
    lignes = _next(session, lot, ici)
    if not lignes:
        return _end_pass(session, lot, marque, ici)
    raisons = _undo_all(session, lot, lignes, garder=ici.essayee)
    _keep(lot, _past(session, lot, ici, lignes, raisons))
    return renew(lot, marque)


def put_off(session: Session, lot_id: int, marque: datetime, faute: Exception) -> datetime | None:
    """After `advance` raised: lines go one by one, and the one that keeps failing stays, and says so.

    The new mark of the lease, None when it is somebody else's or nothing is left.
    """
    lot = _held(session, lot_id, marque)
    if lot is None:
        return None
    ici = replace(_avancement(lot), pas=1)
    lignes = _next(session, lot, ici)
    if not lignes:
        return None
    essais = ici.essais + 1
    journal_technique.warning("annulation_remise", lot=lot.id, essai=essais, genre=type(faute).__name__)
    if essais < ESSAIS_MAXIMAUX:
        _keep(lot, replace(ici, essais=essais))
    else:
        _keep(lot, _past(session, lot, ici, lignes, [(ligne.numero, SANS_REPONSE) for ligne in lignes]))
    return renew(lot, marque)


def _held(session: Session, lot_id: int, marque: datetime) -> LotImport | None:
    lot = hold(session, lot_id, marque)
    return lot if lot is not None and lot.etat == EtatImport.A_ANNULER else None


def _avancement(lot: LotImport) -> Avancement:
    return Avancement(**lot.comptes.get("annulation", {}))


def _keep(lot: LotImport, ici: Avancement) -> None:
    lot.comptes = {**lot.comptes, "annulation": asdict(ici)}


def _next(session: Session, lot: LotImport, ici: Avancement) -> Sequence[LigneImport]:
    """The next lines, the last of the file first. Those of one object are tried together: one may undo what another needs."""
    siennes = select(LigneImport).where(LigneImport.lot_id == lot.id, LigneImport.etat == EtatLigneImport.FAITE)
    siennes = siennes.order_by(LigneImport.numero.desc()).with_for_update()
    if not ici.essayee:
        return session.scalars(siennes.where(LigneImport.objet.in_(_objets(session, lot, ici)))).all()
    if ici.numero is not None:
        siennes = siennes.where(LigneImport.numero < ici.numero)
    return session.scalars(siennes.limit(ici.pas)).all()


def _objets(session: Session, lot: LotImport, ici: Avancement) -> Sequence[str]:
    objets = select(LigneImport.objet).where(LigneImport.lot_id == lot.id, LigneImport.objet > ici.objet)
    objets = objets.where(LigneImport.etat == EtatLigneImport.FAITE).distinct()
    return session.scalars(objets.order_by(LigneImport.objet).limit(ici.pas)).all()


def _past(
    session: Session, lot: LotImport, ici: Avancement, lignes: Sequence[LigneImport], raisons: list[tuple[int, str]]
) -> Avancement:
    """Beyond these lines, of which some stay for a reason."""
    dites = [f"Ligne {numero}\u00a0: {raison}" for numero, raison in raisons]
    suite = replace(
        ici,
        vues=ici.vues + len(lignes),
        pas=min(2 * ici.pas, PAQUET),
        essais=0,
        bloquees=ici.bloquees + len(raisons),
        blocages=[*ici.blocages, *dites][:MONTRES],
    )
    if ici.essayee:
        return replace(suite, numero=lignes[-1].numero)
    return replace(suite, objet=_objets(session, lot, ici)[-1])


def _undo_all(
    session: Session, lot: LotImport, lignes: Sequence[LigneImport], *, garder: bool
) -> list[tuple[int, str]]:
    """Take these lines back, and keep that or put it all as it was; (number, reason) of those that cannot be."""
    by = agent_of(session, int(lot.reglages.get("annule_par", lot.user_id)), lot.service_id)
    point = session.begin_nested()
    raisons = [(ligne.numero, _undo_one(session, by, lot, ligne)) for ligne in lignes]
    if garder:
        point.commit()
    else:
        point.rollback()
    return [(numero, raison) for numero, raison in raisons if raison]


def _undo_one(session: Session, by: Acteur | None, lot: LotImport, ligne: LigneImport) -> str:
    """Why the line cannot be taken back, "" once it is."""
    point = session.begin_nested()
    try:
        if by is None:
            raise Forbidden(PLUS_DU_SERVICE)
        METIERS[lot.contenu].undo(session, by=by, lot=lot, ligne=ligne)
        ligne.etat, ligne.message, ligne.objet = EtatLigneImport.ANNULEE, "", ""
        session.flush()
    except OperationalError:
        raise
    except Exception as faute:  # noqa: BLE001  # all that blocks is told at once
        point.rollback()
        if isinstance(faute, PortalError):
            return faute.message
        journal_technique.error("annulation_d_import", lot=lot.id, ligne=ligne.id, genre=type(faute).__name__)
        return IMPREVU
    point.commit()
    return ""


def _end_pass(session: Session, lot: LotImport, marque: datetime, ici: Avancement) -> datetime | None:
    """After the first pass, the second when nothing is in the way. What was done meanwhile on a line keeps that line alone."""
    if not ici.essayee and not ici.bloquees:
        _keep(lot, Avancement(essayee=True))
        return renew(lot, marque)
    comptes = {nom: un for nom, un in lot.comptes.items() if nom != "annulation"} | count_states(session, lot)
    if ici.bloquees:
        lot.etat, comptes = EtatImport.APPLIQUE, comptes | {"blocages": ici.blocages, "bloquees": ici.bloquees}
    else:
        lot.etat, lot.annule_at = EtatImport.ANNULE, maintenant()
    lot.comptes, lot.pris_at = comptes, None
    if ici.essayee:
        by = agent_of(session, int(lot.reglages.get("annule_par", lot.user_id)), lot.service_id)
        note(session, by, lot, "import_annule", {"lignes": comptes[EtatLigneImport.ANNULEE]})
    return None
