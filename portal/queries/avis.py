"""Avis on a dossier: who was asked, what may be read, who would read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.avis import can_give_avis, can_give_on_association, can_read_avis, is_recused
from portal.queries.avis_perimes import Peremption, staleness
from portal.queries.dossiers import visible_dossiers


def list_demandes(session: Session, objet: Dossier | Association) -> list[DemandeAvis]:
    """Every avis asked about this dossier or this association, in the order in which they were."""
    sur = DemandeAvis.dossier_id if isinstance(objet, Dossier) else DemandeAvis.association_id
    return list(
        session.scalars(
            select(DemandeAvis)
            .where(sur == objet.id)
            .options(
                joinedload(DemandeAvis.service),
                joinedload(DemandeAvis.expert),
                joinedload(DemandeAvis.demandeur_service),
                joinedload(DemandeAvis.demandeur),
            )
            .order_by(DemandeAvis.created_at, DemandeAvis.id)
        )
    )


def may_give(
    session: Session, viewer: Acteur, objet: Dossier | Association, demandes: Sequence[DemandeAvis]
) -> Verdict:
    """Whether the viewer gives an avis on that object; on an association, also unasked when its service has a dossier of it.

    `demandes`: all those about that object.
    """
    verdict = can_give_avis(viewer, objet, demandes)
    if verdict or isinstance(objet, Dossier) or viewer.est_expert or is_recused(viewer, objet):
        return verdict
    return can_give_on_association(viewer, connue=knows(session, viewer, objet.id))


def knows(session: Session, viewer: Acteur, association_id: int) -> bool:
    """The viewer's service reads a dossier of that association."""
    lu = visible_dossiers(viewer).where(Dossier.association_id == association_id)
    return session.scalar(select(lu.exists())) is True


@dataclass(frozen=True, slots=True)
class AvisDuDossier:
    """The avis that the viewer may read, those who were asked and whose answer is not for it, and its own service's avis."""

    lisibles: tuple[Avis, ...]
    reserves: tuple[str, ...]
    mien: Avis | None
    perimes: Mapping[int, Peremption] = field(default_factory=dict)


def readable(
    viewer: Acteur, tous: Sequence[Avis], demandes: list[DemandeAvis], dossier: Dossier | None = None
) -> AvisDuDossier:
    """All the avis of a dossier as this viewer may read them, sorted by `can_read_avis`; stale ones are told with `dossier`."""
    repondues = {demande.consulte for demande in demandes if demande.repondue_at is not None}
    lisibles = tuple(avis for avis in tous if can_read_avis(viewer, avis, demandes))
    return AvisDuDossier(
        lisibles=lisibles,
        reserves=tuple(avis.de_qui for avis in tous if avis not in lisibles and avis.de_qui in repondues),
        mien=next((avis for avis in tous if avis.service_id == viewer.service_id), None),
        perimes=_stale(lisibles, dossier) if dossier is not None else {},
    )


def _stale(lisibles: Sequence[Avis], dossier: Dossier) -> dict[int, Peremption]:
    trouvees = {avis.id: staleness(avis, dossier) for avis in lisibles}
    return {ident: peremption for ident, peremption in trouvees.items() if peremption is not None}
