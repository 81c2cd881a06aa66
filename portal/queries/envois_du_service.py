"""The acts on DS dossiers that wait to leave or were refused: those of a service, or counted for whoever may not read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS, QUI_DEPLACENT, Preuve
from portal.models.refus_ds import explain
from portal.permissions import Acteur, Verdict, can_decide, can_instruct
from portal.queries.operations_ds import situation
from portal.queries.recusations import open_to
from portal.vocabulaire import EtatEnvoi

MAXIMUM = 50
RAISONS = 5
# A second message does not say what the first one said: neither takes the place of the other.
SANS_SUITE = frozenset(une.nom for une in MUTATIONS.values() if une.preuve == Preuve.MESSAGE)


@dataclass(frozen=True, slots=True)
class Envoi:
    """An act asked of DS by somebody of the owner service.

    `situation`: what a waiting one waits for. Of a refused one, `erreur` holds DS's words, or ours, and `explication` what they
    mean when we know it. `droit`: may the viewer send it again, and why not.
    """

    id: int
    reference: str
    demandeur: str
    libelle: str
    auteur: str
    created_at: datetime
    situation: str
    erreur: str
    explication: str
    droit: Verdict


@dataclass(frozen=True, slots=True)
class Liste:
    """The first lines of a list, and how many more there are."""

    lignes: tuple[Envoi, ...]
    reste: int


@dataclass(frozen=True, slots=True)
class Comptes:
    """How many operations wait, since when the oldest does, and how many DS refused."""

    en_attente: int = 0
    depuis: datetime | None = None
    refusees: int = 0


AUCUN = Comptes()


def waiting(session: Session, viewer: Acteur) -> Liste:
    """What waits to leave for the dossiers of the viewer's service, oldest first.

    A service that is only asked for its avis knows nothing of them: an act under way may be a decision not yet notified.
    """
    return _liste(session, viewer, OperationDS.etat.in_(EN_ATTENTE))


def refused(session: Session, viewer: Acteur) -> Liste:
    """What DS refused for the dossiers of the viewer's service and that nothing has replaced, oldest first."""
    return _liste(session, viewer, _refusee())


def get(session: Session, viewer: Acteur, operation_id: int) -> OperationDS:
    """An operation on a dossier that the viewer's service owns. Raises NotFound otherwise."""
    sienne = select(OperationDS).join(Dossier, Dossier.id == OperationDS.dossier_id)
    sienne = sienne.where(OperationDS.id == operation_id, *_siens(viewer))
    operation = session.scalars(sienne).first()
    if operation is None:
        raise NotFound
    return operation


def count_all(session: Session) -> Comptes:
    """Over every service."""
    en_attente, depuis, refusees = session.execute(_compte()).one()
    return Comptes(en_attente, depuis, refusees)


def count_by_demarche(
    session: Session, demarches: Sequence[int], *, service_id: int | None = None
) -> dict[int, Comptes]:
    """By démarche, for every service or for the dossiers of one; a démarche without any is left out."""
    comptes = _compte().add_columns(Dossier.demarche_id).where(Dossier.demarche_id.in_(demarches))
    if service_id is not None:
        comptes = comptes.where(Dossier.service_id == service_id)
    lignes = session.execute(comptes.group_by(Dossier.demarche_id))
    return {cle: Comptes(en_attente, depuis, refusees) for en_attente, depuis, refusees, cle in lignes}


def reasons(session: Session, demarche_id: int) -> Sequence[tuple[str, int]]:
    """Why DS refuses, with how many acts each: neither the act nor the dossier, which only the owner service may know."""
    raisons = (
        select(OperationDS.erreur, func.count())
        .join(Dossier, Dossier.id == OperationDS.dossier_id)
        .where(Dossier.demarche_id == demarche_id, _refusee())
        .group_by(OperationDS.erreur)
        .order_by(func.count().desc(), OperationDS.erreur)
        .limit(RAISONS)
    )
    return [(raison, combien) for raison, combien in session.execute(raisons)]


def _refusee() -> ColumnElement[bool]:
    """Refused, and it still matters: neither asked again since, nor overtaken by another change of état."""
    suivante = aliased(OperationDS)
    encore = and_(suivante.mutation == OperationDS.mutation, suivante.mutation.not_in(SANS_SUITE))
    deplacee = and_(suivante.mutation.in_(QUI_DEPLACENT), OperationDS.mutation.in_(QUI_DEPLACENT))
    remplacee = exists().where(
        suivante.dossier_id == OperationDS.dossier_id, suivante.id > OperationDS.id, encore | deplacee
    )
    return (OperationDS.etat == EtatEnvoi.REFUSE) & ~remplacee


def _compte() -> Select[int, datetime | None, int]:
    attend = OperationDS.etat.in_(EN_ATTENTE)
    return (
        select(
            func.count().filter(attend),
            func.min(OperationDS.created_at).filter(attend),
            func.count().filter(_refusee()),
        )
        .join(Dossier, Dossier.id == OperationDS.dossier_id)
        .where(OperationDS.etat.in_((*EN_ATTENTE, EtatEnvoi.REFUSE)))
    )


def _liste(session: Session, viewer: Acteur, critere: ColumnElement[bool]) -> Liste:
    precedente = aliased(OperationDS)
    devancee = exists().where(
        precedente.dossier_id == OperationDS.dossier_id,
        precedente.id < OperationDS.id,
        precedente.etat.in_(EN_ATTENTE),
    )
    lignes = session.execute(
        select(OperationDS, Dossier, User, devancee, func.count().over())
        .join(Dossier, Dossier.id == OperationDS.dossier_id)
        .join(User, User.id == OperationDS.demande_par_id)
        .where(critere, *_siens(viewer))
        .order_by(OperationDS.created_at, OperationDS.id)
        .limit(MAXIMUM)
    ).all()
    total = lignes[0][4] if lignes else 0
    instant = maintenant()
    return Liste(tuple(_envoi(ligne, viewer, instant) for ligne in lignes), total - len(lignes))


def _siens(viewer: Acteur) -> tuple[ColumnElement[bool], ...]:
    """Of the dossiers that the viewer's service owns, those that this agent reads."""
    return Dossier.service_id == viewer.service_id, open_to(viewer, Dossier.id)


def _envoi(ligne: Row[OperationDS, Dossier, User, bool, int], viewer: Acteur, instant: datetime) -> Envoi:
    operation, dossier, auteur, devancee, _ = ligne
    connue = MUTATIONS.get(operation.mutation)
    droit = can_decide if operation.mutation in DE_DECISION else can_instruct
    return Envoi(
        id=operation.id,
        reference=dossier.reference,
        demandeur=dossier.demandeur_nom,
        libelle=connue.libelle if connue else operation.mutation,
        auteur=auteur.nom_affiche,
        created_at=operation.created_at,
        situation=situation(operation, instant=instant, devancees=(operation.id,) if devancee else ()),
        erreur=operation.erreur,
        explication=explain(operation.mutation, operation.erreur),
        droit=droit(viewer, dossier),
    )
