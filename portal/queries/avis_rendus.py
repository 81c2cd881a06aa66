"""One avis and its versions, for whoever may read it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.associations import Association
from portal.models.avis import Avis, RevisionAvis, ServicePermis
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.permissions.avis import asks, can_read_avis, is_author, is_recused
from portal.queries.avis import knows, list_demandes
from portal.queries.dossiers import visible_dossiers
from portal.queries.remises import to_give


@dataclass(frozen=True, slots=True)
class AvisLu:
    """An avis with each of its versions, newest first, and who wrote each; `objet`: what it is about."""

    avis: Avis
    objet: Dossier | Association
    versions: tuple[tuple[RevisionAvis, str], ...]

    @property
    def dossier(self) -> Dossier | None:
        """The dossier that it is about, None when it is about an association."""
        return self.objet if isinstance(self.objet, Dossier) else None


def get(session: Session, viewer: Acteur, avis_id: int) -> AvisLu:
    """One avis that the viewer may read, on an object that it may open. Raises NotFound otherwise: a seal tells nothing."""
    avis = session.scalars(
        select(Avis)
        .where(Avis.id == avis_id)
        .options(joinedload(Avis.service), joinedload(Avis.expert), joinedload(Avis.auteur))
    ).first()
    if avis is None:
        raise NotFound
    objet = _object(session, viewer, avis)
    demandes = list_demandes(session, objet)
    if not can_read_avis(viewer, avis, demandes):
        raise NotFound
    lignes = session.execute(
        select(RevisionAvis, User)
        .outerjoin(User, User.id == RevisionAvis.auteur_id)
        .where(RevisionAvis.avis_id == avis.id)
        .order_by(RevisionAvis.version.desc())
    )
    # What was written for who asked, before the avis was shared, stays between them.
    versions = tuple(
        (revision, auteur.nom_affiche if auteur else avis.de_qui)
        for revision, auteur in lignes
        if can_read_avis(viewer, avis, demandes, revision=revision)
    )
    return AvisLu(avis, objet, versions)


def get_file(
    session: Session, viewer: Acteur, avis_id: int, version: int | None, *, antivirus: bool
) -> tuple[Fichier, str]:
    """The file of an avis, or of one of its versions, and its name. Raises NotFound, Forbidden (infected, not analysed)."""
    lu = get(session, viewer, avis_id)
    if version is None:
        fichier = session.get(Fichier, lu.avis.fichier_id) if lu.avis.fichier_id else None
        return to_give(fichier, antivirus=antivirus), lu.avis.fichier_nom
    revision = next((une for une, _ in lu.versions if une.version == version), None)
    if revision is None or revision.fichier_id is None:
        raise NotFound
    return to_give(session.get(Fichier, revision.fichier_id), antivirus=antivirus), revision.fichier_nom


def get_association(session: Session, viewer: Acteur, association_id: int) -> Association:
    """An association on which the viewer's service may have something to say. Raises NotFound otherwise."""
    association = session.get(Association, association_id)
    if association is None or is_recused(viewer, association) or not _may_open(session, viewer, association):
        raise NotFound
    return association


def own_of_association(session: Session, viewer: Acteur, association: Association) -> Avis:
    """The avis of the viewer's service on the association. Raises NotFound when it has given none."""
    mien = session.scalars(
        select(Avis).where(Avis.association_id == association.id, Avis.service_id == viewer.service_id)
    ).first()
    if mien is None:
        raise NotFound
    return mien


def allowed_services(session: Session, viewer: Acteur, avis: Avis | None) -> tuple[list[tuple[int, str]], list[int]]:
    """(id, name) of each other service, and the ids of those that this avis of the viewer's service answers by itself."""
    tous = session.execute(
        select(Service.id, Service.sigle, Service.nom)
        .where(Service.id != viewer.service_id)
        .order_by(Service.sigle, Service.id)
    )
    permis = select(ServicePermis.service_id).where(ServicePermis.avis_id == (avis.id if avis else 0))
    offerts = [(ident, f"{sigle} – {nom}") for ident, sigle, nom in tous]
    return offerts, list(session.scalars(permis.order_by(ServicePermis.service_id)))


def _may_open(session: Session, viewer: Acteur, association: Association) -> bool:
    """Its service has a dossier of it, asked or was asked about it."""
    demandes = list_demandes(session, association)
    siennes = any(asks(viewer, une) or une.demandeur_service_id == viewer.service_id for une in demandes)
    return siennes or knows(session, viewer, association.id)


def _object(session: Session, viewer: Acteur, avis: Avis) -> Dossier | Association:
    """What the avis is about, when the viewer may open it. Raises NotFound."""
    if avis.dossier_id is not None:
        dossier = session.scalars(visible_dossiers(viewer).where(Dossier.id == avis.dossier_id)).first()
        if dossier is None:
            raise NotFound
        return dossier
    association = session.get_one(Association, avis.association_id)
    if is_recused(viewer, association) or not (is_author(viewer, avis) or _may_open(session, viewer, association)):
        raise NotFound
    return association
