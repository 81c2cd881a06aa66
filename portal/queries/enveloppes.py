"""The envelope of a démarche: what is granted, decided, proposed, and what would remain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.decisions import Decision, Proposition
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.vocabulaire import Etat, MotifAcces, SensDecision

RIEN = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enveloppe:
    """Euros of one démarche. `montant`: what it may grant, None when nobody has said.

    `accorde`: notified, by every service; `decide`, `propose`: of the viewer's service alone, not notified, not decided.
    """

    demarche_id: int
    titre: str
    exercice: int | None
    montant: Decimal | None
    accorde: Decimal = RIEN
    decide: Decimal = RIEN
    propose: Decimal = RIEN

    @property
    def engage(self) -> Decimal:
        """Granted or decided."""
        return self.accorde + self.decide

    @property
    def reste(self) -> Decimal | None:
        """What is neither granted nor decided, below zero when it is overrun; None without an envelope."""
        return None if self.montant is None else self.montant - self.engage

    def apres(self, montant: Decimal) -> Decimal | None:
        """What would remain after granting that much more."""
        return None if self.reste is None else self.reste - montant


@dataclass(frozen=True, slots=True)
class Simulation:
    """What granting a selection would make of an envelope. `nombre`: dossiers of the selection in that démarche."""

    enveloppe: Enveloppe
    nombre: int
    total: Decimal

    @property
    def reste(self) -> Decimal | None:
        """What would remain, below zero when overrun."""
        return self.enveloppe.apres(self.total)


def of_demarche(session: Session, viewer: Acteur, demarche_id: int) -> Enveloppe:
    """For the service whose démarche it is, or that owns dossiers of it. Raises NotFound."""
    demarche = session.get(Demarche, demarche_id)
    if demarche is None or not (demarche.service_id == viewer.service_id or _concerned(session, viewer, demarche_id)):
        raise NotFound
    return _read(session, viewer, [demarche_id])[demarche_id]


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> Enveloppe:
    """The envelope as it is without that dossier: what it may still be granted. For its owner service."""
    return _read(session, viewer, [dossier.demarche_id], sauf=[dossier.id])[dossier.demarche_id]


def list_du_service(session: Session, viewer: Acteur) -> list[Enveloppe]:
    """The hundred newest démarches of the service, by exercice."""
    ids = session.scalars(
        select(Demarche.id)
        .where(Demarche.service_id == viewer.service_id)
        .order_by(Demarche.exercice.desc().nulls_last(), Demarche.id.desc())
        .limit(100)
    ).all()
    lues = _read(session, viewer, ids)
    return [lues[id_] for id_ in ids]


def what_if(
    session: Session, viewer: Acteur, dossier_ids: Iterable[int], montants: Mapping[int, Decimal] | None = None
) -> tuple[Simulation, ...]:
    """What granting these dossiers (of the viewer's service) would make of the envelope of each démarche concerned.

    `montants`: euros by dossier id; else what is proposed for it, else what it asks. What these dossiers already hold,
    proposed or decided, is not counted twice.
    """
    ids = list(dossier_ids)
    lignes = session.execute(
        select(Dossier.id, Dossier.demarche_id, func.coalesce(Proposition.montant, Dossier.montant_demande, RIEN))
        .outerjoin(Proposition, Proposition.dossier_id == Dossier.id)
        .where(Dossier.id.in_(ids), Dossier.service_id == viewer.service_id)
        .order_by(Dossier.demarche_id, Dossier.id)
    ).all()
    par_demarche: dict[int, list[Decimal]] = {}
    for dossier_id, demarche_id, montant in lignes:
        par_demarche.setdefault(demarche_id, []).append(montants.get(dossier_id, RIEN) if montants else montant)
    lues = _read(session, viewer, list(par_demarche), sauf=ids)
    return tuple(
        Simulation(lues[demarche_id], len(siens), sum(siens, RIEN)) for demarche_id, siens in par_demarche.items()
    )


def _concerned(session: Session, viewer: Acteur, demarche_id: int) -> bool:
    siens = select(AccesDossier.dossier_id).where(
        AccesDossier.service_id == viewer.service_id,
        AccesDossier.demarche_id == demarche_id,
        AccesDossier.motif == MotifAcces.PROPRIETAIRE,
    )
    return session.scalar(siens.limit(1)) is not None


def _read(
    session: Session, viewer: Acteur, demarche_ids: Iterable[int], *, sauf: Iterable[int] = ()
) -> dict[int, Enveloppe]:
    """Two statements, whatever their number: the démarches, then the sums over their dossiers but `sauf`."""
    ids = list(demarche_ids)
    demarches = session.scalars(select(Demarche).where(Demarche.id.in_(ids)).order_by(Demarche.id)).all()
    sien = Dossier.service_id == viewer.service_id
    ouvert = Dossier.etat == Etat.EN_INSTRUCTION
    decidee = and_(sien, ouvert, Decision.notified_at.is_(None), Decision.sens == SensDecision.ACCEPTE)
    reprise = or_(Decision.id.is_(None), and_(Decision.notified_at.is_(None), Decision.delegation_id.is_(None)))
    proposee = and_(sien, ouvert, reprise, Proposition.sens == SensDecision.ACCEPTE)
    sommes = session.execute(
        select(
            Dossier.demarche_id,
            func.sum(Dossier.montant_accorde).filter(Dossier.etat == Etat.ACCEPTE),
            func.sum(Decision.montant_accorde).filter(decidee, ~reprise),
            func.sum(Proposition.montant).filter(proposee),
        )
        .outerjoin(Decision, Decision.dossier_id == Dossier.id)
        .outerjoin(Proposition, Proposition.dossier_id == Dossier.id)
        .where(Dossier.demarche_id.in_(ids), Dossier.id.not_in(list(sauf)))
        .group_by(Dossier.demarche_id)
    )
    trouvees: dict[int, tuple[Decimal, Decimal, Decimal]] = {
        demarche_id: (accorde or RIEN, decide or RIEN, propose or RIEN)
        for demarche_id, accorde, decide, propose in sommes
    }
    return {une.id: _enveloppe(une, *trouvees.get(une.id, (RIEN, RIEN, RIEN))) for une in demarches}


def _enveloppe(demarche: Demarche, accorde: Decimal, decide: Decimal, propose: Decimal) -> Enveloppe:
    return Enveloppe(
        demarche_id=demarche.id,
        titre=demarche.titre,
        exercice=demarche.exercice,
        montant=demarche.enveloppe,
        accorde=accorde,
        decide=decide,
        propose=propose,
    )
