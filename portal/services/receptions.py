"""Enters the requests that come by post, mail or counter, with their scans."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import PARIS, aujourdhui, date_fr, maintenant
from portal.models.associations import Association
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier, Financement
from portal.models.receptions import PieceReception, Reception
from portal.permissions import Acteur, may_instruct
from portal.permissions.receptions import can_join_scan
from portal.queries.departements import of_code_postal
from portal.services import accuses, delais, dossiers, instruction, journal
from portal.vocabulaire import Etat, Source
from portal.vocabulaire_instruction import OrigineDossier

MAXIMUM_DE_SCANS = 40


@dataclass(frozen=True, slots=True)
class Demandeur:
    """Who asks, frozen in the dossier; `association` when it is one. `siret`: of the place that asks."""

    nom: str
    association: Association | None = None
    siret: str = ""
    code_postal: str = ""
    commune: str = ""


@dataclass(frozen=True, slots=True)
class DemandeRecue:
    """What the paper says. Euros; `envoyee_le`: the postmark, None when nobody knows; `recue_le`: the day it came."""

    canal: OrigineDossier
    intitule: str
    exercice: int | None
    montant: Decimal | None
    envoyee_le: date | None
    recue_le: date
    email: str = ""
    observations: str = ""


def enter(
    session: Session,
    *,
    by: Acteur,
    cle: str,
    demandeur: Demandeur,
    demarche_id: int,
    recue: DemandeRecue,
    racine: str = "",
) -> Dossier:
    """Make a dossier of a request that came on paper, once per `cle`, and acknowledge it.

    The day of receipt decides the implicit rejection (CRPA L231-4, L114-3). After the closing it is entered all the same: the
    page says so. `racine` is PORTAL_URL. Raises Forbidden, Invalid, Conflict when the page was another person's.
    """
    verdict = may_instruct(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    deja = _deja(session, by, cle)
    if deja is not None:
        return deja
    demarche = _demarche(session, by, demarche_id)
    check_dates(recue.envoyee_le, recue.recue_le)
    dossier = dossiers.register(
        session, _dossier(session, demarche, demandeur, recue), programme=demarche.programme, demande=recue.montant
    )
    reception = Reception(cle=cle, dossier_id=dossier.id, saisie_par_id=by.user_id)
    _write(reception, recue)
    session.add(reception)
    session.flush()
    valeurs = {"canal": recue.canal, "recue_le": recue.recue_le.isoformat(), "montant": str(recue.montant or "")}
    journal.record(session, by=by, action="demande_recue", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    accuses.issue(session, by=by, dossier=dossier, reception=reception, racine=racine)
    return dossier


def _deja(session: Session, by: Acteur, cle: str) -> Dossier | None:
    """What this very form has made already; two sendings of it wait for each other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"reception:{cle}"))))
    reception = session.scalars(select(Reception).where(Reception.cle == cle)).first()
    if reception is None:
        return None
    if reception.saisie_par_id != by.user_id:
        raise Conflict("Cette page a déjà servi à une autre saisie. Rechargez-la, puis recommencez.")
    return session.get_one(Dossier, reception.dossier_id)


def _demarche(session: Session, by: Acteur, demarche_id: int) -> Demarche:
    demarche = session.get(Demarche, demarche_id)
    if demarche is None or demarche.service_id != by.service_id or demarche.source != Source.PORTAIL:
        raise Invalid("demarche", "Choisissez dans la liste une campagne de votre service.")
    return demarche


def check_dates(envoyee_le: date | None, recue_le: date) -> None:
    """Neither is to come, and nothing is received before it is sent. Raises Invalid."""
    for champ, jour in (("recue_le", recue_le), ("envoyee_le", envoyee_le)):
        if jour is not None and jour > aujourdhui():
            raise Invalid(champ, f"Le {date_fr(jour)} n’est pas encore passé\u00a0: vérifiez cette date.")
    if envoyee_le is not None and envoyee_le > recue_le:
        raise Invalid("envoyee_le", f"La demande ne peut pas être envoyée après sa réception, le {date_fr(recue_le)}.")


def _dossier(session: Session, demarche: Demarche, demandeur: Demandeur, recue: DemandeRecue) -> Dossier:
    """Nobody's link to the association is at stake: no account has filed, so that there is none to verify."""
    association = demandeur.association
    return Dossier(
        reference=dossiers.next_reference(session),
        source=Source.PORTAIL,
        origine=recue.canal,
        demarche_id=demarche.id,
        association_id=association.id if association else None,
        service_id=demarche.service_id,
        etat=Etat.EN_CONSTRUCTION,
        demandeur_nom=demandeur.nom,
        demandeur_siret=demandeur.siret,
        demandeur_rna=association.rna if association else "",
        demandeur_commune=demandeur.commune,
        departement=of_code_postal(demandeur.code_postal),
        intitule=recue.intitule,
        exercice=recue.exercice or demarche.exercice,
        date_depot=_instant(recue.recue_le),
    )


def _instant(recue_le: date) -> datetime:
    """Now for what came today; else the beginning of that day in Paris: its hour was not noted, and no delay depends on it."""
    instant = maintenant()
    return instant if recue_le == aujourdhui() else datetime.combine(recue_le, time.min, tzinfo=PARIS)


def correct(
    session: Session, *, by: Acteur, dossier: Dossier, recue: DemandeRecue, version: int, racine: str = ""
) -> Dossier:
    """Write again what was entered by mistake, until the dossier is decided; a new acknowledgement says it.

    `version`: the one that the page showed. Raises Forbidden, Conflict, TransitionInterdite, Invalid.
    """
    instruction.lock(session, dossier)
    _check_join(by, dossier)
    instruction.check_open(dossier)
    instruction.check_version(version, dossier.version)
    check_dates(recue.envoyee_le, recue.recue_le)
    reception = session.scalars(select(Reception).where(Reception.dossier_id == dossier.id).with_for_update()).one()
    if recue.recue_le != reception.recue_le:
        dossier.date_depot = _instant(recue.recue_le)
    dossier.origine, dossier.intitule = recue.canal, recue.intitule
    dossier.exercice, dossier.montant_demande = recue.exercice or dossier.demarche.exercice, recue.montant
    _write(reception, recue)
    _amount(session, dossier)
    dossier.version += 1
    dossiers.refresh_words(dossier)
    delais.refresh(session, dossier)
    valeurs = {"canal": recue.canal, "recue_le": recue.recue_le.isoformat(), "montant": str(recue.montant or "")}
    journal.record(session, by=by, action="reception_corrigee", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    accuses.issue(session, by=by, dossier=dossier, reception=reception, racine=racine)
    return dossier


def _write(reception: Reception, recue: DemandeRecue) -> None:
    for nom in ("envoyee_le", "recue_le", "email", "observations"):
        setattr(reception, nom, getattr(recue, nom))


def _amount(session: Session, dossier: Dossier) -> None:
    """The line of what is asked says it too."""
    ligne = session.scalars(
        select(Financement).where(Financement.dossier_id == dossier.id).order_by(Financement.id).limit(1)
    ).first()
    if ligne is None:
        ligne = Financement(dossier_id=dossier.id, programme=dossier.demarche.programme)
        session.add(ligne)
    ligne.demande, ligne.exercice = dossier.montant_demande, dossier.exercice


def join(session: Session, *, by: Acteur, dossier: Dossier, fichier: Fichier, nom: str) -> tuple[PieceReception, bool]:
    """Join a scan to a dossier that came on paper; False with it when the same bytes are there. Raises Forbidden, Invalid."""
    _check_join(by, dossier)
    session.execute(select(Dossier.id).where(Dossier.id == dossier.id).with_for_update(key_share=True))
    presentes = list(
        session.scalars(
            select(PieceReception)
            .where(PieceReception.dossier_id == dossier.id, PieceReception.retiree_at.is_(None))
            .order_by(PieceReception.id)
        )
    )
    meme = next((une for une in presentes if une.fichier_id == fichier.id), None)
    if meme is not None:
        return meme, False
    if len(presentes) >= MAXIMUM_DE_SCANS:
        raise Invalid(
            "fichiers", f"Ce dossier a déjà {MAXIMUM_DE_SCANS}\u00a0fichiers\u00a0: réunissez-les, ou retirez-en."
        )
    piece = PieceReception(dossier_id=dossier.id, fichier_id=fichier.id, nom=nom, ajoutee_par_id=by.user_id)
    session.add(piece)
    session.flush()
    _note(session, by, piece, "scan_joint", sha256=fichier.sha256)
    return piece, True


def remove(session: Session, *, by: Acteur, dossier: Dossier, piece: PieceReception) -> PieceReception:
    """Take a scan off; it stays in the storage and in the journal. Done already, nothing changes. Raises Forbidden."""
    _check_join(by, dossier)
    session.refresh(piece, with_for_update={"of": PieceReception})
    if piece.retiree_at is None:
        piece.retiree_at = maintenant()
        _note(session, by, piece, "scan_retire")
    return piece


def _check_join(by: Acteur, dossier: Dossier) -> None:
    verdict = can_join_scan(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)


def _note(session: Session, by: Acteur, piece: PieceReception, action: str, **valeurs: object) -> None:
    journal.record(
        session, by=by, action=action, objet=f"dossier:{piece.dossier_id}", valeurs={"piece": piece.id, **valeurs}
    )
