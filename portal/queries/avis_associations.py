"""The avis on an association as its sheet shows them: shared on its dossiers, given on itself, asked of itself and awaited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal.formats import aujourdhui
from portal.models.avis import Avis, DemandeAvis
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.experts import Expert
from portal.models.services import Service
from portal.permissions import Acteur
from portal.permissions.avis import asked_by, asks, audience, can_read_avis, is_author
from portal.queries.recusations import open_to
from portal.queries.scelles import Scelle, seals
from portal.vocabulaire import Audience

NOMBRE = 50
# Made once: an alias costs more than the statement that uses it.
CONSULTE, DEMANDEUR = aliased(Service), aliased(Service)


@dataclass(frozen=True, slots=True)
class AvisVu:
    """An avis and on what it was given: the little that is told of a dossier, or nothing when it is on the association."""

    avis: Avis
    demarche: str | None
    exercice: int | None
    service: str | None
    reference: str | None

    def perime_le(self, jour: date) -> bool:
        """Its validity is over on that day."""
        return self.avis.valable_jusqu_au is not None and self.avis.valable_jusqu_au < jour

    @property
    def perime(self) -> bool:
        """The same, today."""
        return self.perime_le(aujourdhui())


@dataclass(frozen=True, slots=True)
class AvisDeLaFiche:
    """What one viewer reads on the sheet. `demandes`: on the association itself, of its service or to it; `scelles`: theirs.

    `reserves`: who has answered what its service does not read, or not yet.
    """

    avis: tuple[AvisVu, ...]
    demandes: tuple[DemandeAvis, ...]
    scelles: tuple[Scelle, ...]
    reserves: tuple[str, ...]

    @property
    def repondants(self) -> list[str]:
        """Whose avis on the association itself is read here."""
        return [vu.avis.de_qui for vu in self.avis if vu.avis.association_id is not None]

    @property
    def en_cours(self) -> bool:
        """An answer may still come."""
        return any(une.attendue for une in self.demandes) or bool(self.scelles)


def read(session: Session, viewer: Acteur, association_id: int) -> AvisDeLaFiche:
    """The last avis that this viewer may read here, newest first, and what its service asks or is asked: two statements.

    On the dossiers, those of audience `partage` alone, none of a confidential démarche: their page shows the others. Who is
    asked what on the association is between those asked together and who asked. The caller has checked `can_open`.
    """
    lignes = _given(session, viewer, association_id)
    demandes = _demandes(session, [ligne[0] for ligne in lignes], association_id)
    siennes = demandes[None]
    lus = tuple(
        AvisVu(avis, demarche, exercice, service, reference if lisible else None)
        for avis, demarche, exercice, service, reference, lisible in lignes
        if _reads(viewer, avis, demandes[avis.dossier_id])
    )
    return AvisDeLaFiche(
        avis=lus,
        demandes=tuple(une for une in siennes if _concerns(viewer, une))[-NOMBRE:],
        scelles=seals(viewer, _asked_together(viewer, siennes)),
        reserves=_unread(siennes, lus),
    )


def _concerns(viewer: Acteur, une: DemandeAvis) -> bool:
    """Its service asked it; or is asked, and may still answer."""
    if viewer.service_id is not None and une.demandeur_service_id == viewer.service_id:
        return True
    return une.attendue and asks(viewer, une)


def _asked_together(viewer: Acteur, siennes: Sequence[DemandeAvis]) -> list[DemandeAvis]:
    """Of the requests on the association, whole, those where its service asks or was asked."""
    connues = {
        une.ensemble()
        for une in siennes
        if une.demandeur_service_id == viewer.service_id or (une.ouverte and asks(viewer, une))
    }
    return [une for une in siennes if une.ensemble() in connues]


def _unread(siennes: Sequence[DemandeAvis], lus: Sequence[AvisVu]) -> tuple[str, ...]:
    """Who has answered on the association, and whose avis is not among those that are read."""
    de_qui = {(vu.avis.service_id, vu.avis.expert_id) for vu in lus if vu.avis.association_id is not None}
    return tuple(une.consulte for une in siennes if une.repondue_at and (une.service_id, une.expert_id) not in de_qui)


def _given(session: Session, viewer: Acteur, association_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Avis,
            Demarche.titre,
            Dossier.exercice,
            Service.sigle,
            Dossier.reference,
            AccesDossier.dossier_id.is_not(None),
        )
        .outerjoin(Dossier, Dossier.id == Avis.dossier_id)
        .outerjoin(Demarche, Demarche.id == Dossier.demarche_id)
        .outerjoin(Service, Service.id == Dossier.service_id)
        .outerjoin(
            AccesDossier, and_(AccesDossier.dossier_id == Dossier.id, AccesDossier.service_id == viewer.service_id)
        )
        .where(
            open_to(viewer, Avis.dossier_id),
            _about(association_id),
        )
        .options(joinedload(Avis.service), joinedload(Avis.expert), joinedload(Avis.auteur))
        .order_by(Avis.updated_at.desc(), Avis.id.desc())
        .limit(NOMBRE)
    ).all()


def _about(association_id: int) -> ColumnElement[bool]:
    """On the association, or shared on a dossier of it that is not confidential."""
    siens = select(Dossier.id).where(Dossier.association_id == association_id)
    partage = and_(Avis.dossier_id.in_(siens), Avis.audience == Audience.PARTAGE, Demarche.confidentielle.is_(False))
    return or_(Avis.association_id == association_id, partage)


def _demandes(session: Session, tous: Sequence[Avis], association_id: int) -> dict[int | None, list[DemandeAvis]]:
    """Every demande about the dossiers of these avis, by dossier; by None about the association, each with its parties.

    One statement: nobody is named of those about a dossier, whose parties it does not read.
    """
    dossiers = {avis.dossier_id for avis in tous if avis.dossier_id}
    d_elle = DemandeAvis.association_id.is_not(None)
    lues = session.execute(
        select(DemandeAvis, CONSULTE, Expert, DEMANDEUR, User)
        .outerjoin(CONSULTE, and_(d_elle, CONSULTE.id == DemandeAvis.service_id))
        .outerjoin(Expert, and_(d_elle, Expert.id == DemandeAvis.expert_id))
        .outerjoin(DEMANDEUR, and_(d_elle, DEMANDEUR.id == DemandeAvis.demandeur_service_id))
        .outerjoin(User, and_(d_elle, User.id == DemandeAvis.demandeur_id))
        .where(or_(DemandeAvis.association_id == association_id, DemandeAvis.dossier_id.in_(dossiers)))
        .order_by(DemandeAvis.created_at, DemandeAvis.id)
    )
    par_objet: dict[int | None, list[DemandeAvis]] = {ident: [] for ident in (None, *dossiers)}
    for une, *parties in lues:
        par_objet[une.dossier_id].append(une)
        if une.dossier_id is None:
            for nom, partie in zip(("service", "expert", "demandeur_service", "demandeur"), parties, strict=True):
                set_committed_value(une, nom, partie)
    return par_objet


def _reads(viewer: Acteur, avis: Avis, demandes: Sequence[DemandeAvis]) -> bool:
    """What is shared with every agent; on the association, also what this service wrote, asked, or was asked about."""
    if not can_read_avis(viewer, avis, demandes):
        return False
    if audience(avis, demandes) == Audience.PARTAGE:
        return True
    saisi = any(une.service_id == viewer.service_id for une in demandes)
    demande = viewer.service_id is not None and asked_by(viewer.service_id, avis, demandes)
    return avis.association_id is not None and (is_author(viewer, avis) or demande or saisi)
