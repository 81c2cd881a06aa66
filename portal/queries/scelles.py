"""Seals of avis: the condition for a statement, the words of a page, and what may be broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.errors import Forbidden, NotFound
from portal.formats import aujourdhui, date_fr
from portal.models.avis import DemandeAvis, Saisine
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.avis import can_break_seal, is_recused_from, is_sealed, opens_to_asker, together
from portal.queries import dossiers
from portal.vocabulaire import Audience

# Made once: an alias costs more than the statement that uses it.
REPONDUE, SIENNE, ATTENDUE = aliased(DemandeAvis), aliased(Saisine), aliased(DemandeAvis)
AUTRE_REPONDUE, AUTRE_SAISINE = aliased(DemandeAvis), aliased(Saisine)


def shared(avis: Any) -> ColumnElement[bool]:
    """In a statement on `avis` (the class or an alias): its audience is `partage`, and no seal hides it from anybody.

    What `can_read_avis` says of a service that has nothing to do with the object: held equal by a test.
    """
    return and_(avis.audience == Audience.PARTAGE, ~_restrained(avis), ~_sealed(avis))


def _restrained(avis: Any) -> ColumnElement[bool]:
    return exists().where(
        AUTRE_SAISINE.id == AUTRE_REPONDUE.saisine_id,
        _answers(avis, AUTRE_REPONDUE),
        AUTRE_SAISINE.audience != Audience.PARTAGE,
    )


def _sealed(avis: Any) -> ColumnElement[bool]:
    return exists().where(
        SIENNE.id == REPONDUE.saisine_id,
        _answers(avis, REPONDUE),
        SIENNE.scelle,
        ATTENDUE.saisine_id == REPONDUE.saisine_id,
        _same_object(ATTENDUE, REPONDUE),
        ATTENDUE.repondue_at.is_(None),
        ATTENDUE.close_at.is_(None),
    )


def _answers(avis: Any, demande: Any) -> ColumnElement[bool]:
    # One of each pair is null: equality finds the other, by an index.
    partie = or_(demande.service_id == avis.service_id, demande.expert_id == avis.expert_id)
    return and_(demande.repondue_at.is_not(None), _same_object(demande, avis), partie)


def _same_object(une: Any, autre: Any) -> ColumnElement[bool]:
    return or_(une.dossier_id == autre.dossier_id, une.association_id == autre.association_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scelle:
    """Of those asked together, as one viewer may know: who has answered, who is awaited.

    `ouvert`: the viewer reads the answers already. `jusqu_au`: the last day of the seal for the viewer, None when no date
    ends it. `leve_par`: sigle of the service that broke it.
    """

    demande_id: int
    rendus: tuple[str, ...]
    attendus: tuple[str, ...]
    ouvert: bool
    jusqu_au: date | None
    leve_par: str
    leve_at: datetime | None
    levable: Verdict

    @property
    def phrase(self) -> str:
        """Until when, in words."""
        if self.jusqu_au:
            return f"Sous scellé jusqu’au {date_fr(self.jusqu_au)}, ou jusqu’à ce que tous aient répondu."
        return "Sous scellé jusqu’à ce que tous aient répondu."

    @property
    def etat(self) -> str:
        """Who has answered under it, and who is awaited."""
        rendus = f"Ont répondu\u00a0: {', '.join(self.rendus)}." if self.rendus else "Personne n’a encore répondu."
        return f"{rendus} Attendus\u00a0: {', '.join(self.attendus)}."


def seals(viewer: Acteur, demandes: Sequence[DemandeAvis], *, jour: date | None = None) -> tuple[Scelle, ...]:
    """Each seal that still holds on an object, pure. `demandes`: all those about it, each party loaded."""
    ensembles = {une.ensemble(): une for une in demandes}
    tous = (together(une, demandes) for une in ensembles.values())
    return tuple(seal(viewer, ensemble, jour or aujourdhui()) for ensemble in tous if is_sealed(ensemble))


def seal(viewer: Acteur, ensemble: Sequence[DemandeAvis], jour: date) -> Scelle:
    """Of those asked together, under a seal that holds."""
    demandeur = viewer.service_id is not None and ensemble[0].demandeur_service_id == viewer.service_id
    attendues = [une for une in ensemble if une.attendue]
    fins = [une.echeance for une in attendues if une.echeance is not None]
    levee = next((une for une in ensemble if une.levee_at is not None), None)
    return Scelle(
        demande_id=min(une.id for une in ensemble),
        rendus=tuple(une.consulte for une in ensemble if une.repondue_at is not None),
        attendus=tuple(une.consulte for une in attendues),
        ouvert=demandeur and opens_to_asker(ensemble, jour),
        jusqu_au=max(fins) if demandeur and len(fins) == len(attendues) else None,
        leve_par=levee.demandeur_service.sigle if levee else "",
        leve_at=levee.levee_at if levee else None,
        levable=can_break_seal(viewer, ensemble, jour=jour),
    )


@dataclass(frozen=True, slots=True)
class ALever:
    """A seal that the viewer may break, one request of those asked together, and what it is about: a dossier, else `objet`."""

    scelle: Scelle
    demande: DemandeAvis
    dossier: Dossier | None
    objet: str


def get_to_break(session: Session, viewer: Acteur, demande_id: int) -> ALever:
    """The seal of those asked together with that one. Raises NotFound but to the service that asked, Forbidden."""
    une = session.scalars(_complete().where(DemandeAvis.id == demande_id)).first()
    if une is None or viewer.service_id is None or une.demandeur_service_id != viewer.service_id:
        raise NotFound
    if is_recused_from(viewer, une):
        raise NotFound
    ensemble = together(une, list(session.scalars(_complete().where(DemandeAvis.saisine_id == une.saisine_id))))
    dossier = session.get(Dossier, une.dossier_id) if une.dossier_id is not None else None
    if dossier is not None:
        dossier = dossiers.get(session, viewer, dossier.reference)
    verdict = can_break_seal(viewer, ensemble)
    if not verdict:
        raise Forbidden(verdict.raison)
    objet = une.association.denomination if une.association else ""
    return ALever(seal(viewer, ensemble, aujourdhui()), une, dossier, objet)


def _complete() -> Select[DemandeAvis]:
    """Demandes d'avis with what a page says of each."""
    return (
        select(DemandeAvis)
        .options(
            joinedload(DemandeAvis.service),
            joinedload(DemandeAvis.expert),
            joinedload(DemandeAvis.demandeur_service),
            joinedload(DemandeAvis.association),
        )
        .order_by(DemandeAvis.created_at, DemandeAvis.id)
    )
