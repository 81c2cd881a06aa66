"""What a demande lets its expert read: the sections that it names, and their files; nothing that is said around the dossier."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from portal.errors import NotFound
from portal.formats import montant_fr
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.pieces import PieceDemande
from portal.permissions import Acteur
from portal.permissions.lectures import Lecture
from portal.queries import (
    contenus_ds,
    demandes_lisibles,
    fichiers_ds,
    lectures_dossiers,
    lectures_figees,
    pieces_deposees,
)
from portal.queries.cibles_ds import lignes_de_budget
from portal.queries.contenus_ds import Rubrique
from portal.queries.demandes_lisibles import SectionLisible
from portal.queries.elements_ds import elements
from portal.queries.fichiers_ds import FichierSuivi
from portal.vocabulaire_demandes import SectionDemande


@dataclass(frozen=True, slots=True)
class DossierLu:
    """A dossier as an expert reads it; what the demande does not open is empty. `fichiers`: those of a DS form."""

    dossier: Dossier
    lecture: Lecture
    sections: tuple[SectionLisible, ...] = ()
    pieces: tuple[PieceAttendue, ...] = ()
    champs: tuple[Rubrique, ...] = ()
    fichiers: tuple[FichierSuivi, ...] = ()

    @property
    def budget_ds(self) -> tuple[tuple[str, str], ...]:
        """(line, amount) of the budget that a confirmed mapping reads in a DS dossier."""
        lignes = self.dossier.ds.budget if self.dossier.ds and self.lecture.budget else []
        return tuple(
            (lignes_de_budget().get(une["ligne"], une["ligne"]), montant_fr(Decimal(une["montant"]))) for une in lignes
        )

    @property
    def vide(self) -> bool:
        """Nothing can be read here besides who asks for what."""
        return not (self.sections or self.pieces or self.champs or self.fichiers or self.budget_ds)


def read(session: Session, viewer: Acteur, demande: DemandeAvis, *, antivirus: bool) -> DossierLu | None:
    """The dossier of a demande that is open to this expert; None when it is about an association.

    `antivirus`: the portal has one.
    """
    if demande.dossier_id is None:
        return None
    dossier = _dossier(session, demande.dossier_id)
    lecture = lectures_dossiers.get(session, viewer, dossier)
    if dossier.ds:
        return _from_ds(session, dossier, lecture, antivirus=antivirus)
    return _from_portal(session, dossier, lecture)


def object_of(session: Session, demande: DemandeAvis) -> Dossier | Association:
    """What a demande is about; an association comes with its identifiers."""
    if demande.dossier_id is not None:
        return _dossier(session, demande.dossier_id)
    return (
        session.scalars(
            select(Association)
            .where(Association.id == demande.association_id)
            .options(joinedload(Association.identifiants), joinedload(Association.etablissements))
        )
        .unique()
        .one()
    )


def get_piece(session: Session, viewer: Acteur, demande: DemandeAvis, piece_id: int) -> tuple[Dossier, PieceDemande]:
    """A file joined to the request, that the demande opens. Raises NotFound."""
    lu = read(session, viewer, demande, antivirus=True)
    jointes: Iterable[int] = (une.id for piece in lu.pieces for une in piece.jointes) if lu else ()
    if lu is None or piece_id not in jointes:
        raise NotFound
    piece = session.scalars(
        select(PieceDemande).where(PieceDemande.id == piece_id).options(joinedload(PieceDemande.fichier))
    ).one()
    return lu.dossier, piece


def get_file(
    session: Session, viewer: Acteur, demande: DemandeAvis, fichier_id: int, *, antivirus: bool
) -> tuple[Dossier, FichierSuivi]:
    """A file of a DS form, that the demande opens. Raises NotFound."""
    lu = read(session, viewer, demande, antivirus=antivirus)
    suivi = next((un for un in lu.fichiers if un.id == fichier_id), None) if lu else None
    if lu is None or suivi is None:
        raise NotFound
    return lu.dossier, suivi


def _dossier(session: Session, dossier_id: int) -> Dossier:
    return session.scalars(
        select(Dossier)
        .where(Dossier.id == dossier_id)
        .options(
            joinedload(Dossier.demande).options(undefer(Demande.lecture)),
            joinedload(Dossier.demarche),
            joinedload(Dossier.service),
            joinedload(Dossier.ds),
        )
    ).one()


def _from_portal(session: Session, dossier: Dossier, lecture: Lecture) -> DossierLu:
    demande = dossier.demande
    if demande is None:
        return DossierLu(dossier, lecture)
    gardees = lectures_figees.sections(demande)
    if gardees is None:
        gardees = demandes_lisibles.sections_de(demandes_lisibles.charger(session, demande))
    pieces = pieces_deposees.shared(pieces_deposees.list_joined(session, demande)) if lecture.pieces else ()
    # The page of the files names those that are not shared too: the files themselves are listed instead.
    lues = (une for une in gardees if une.place.section != SectionDemande.PIECES)
    ouvertes = tuple(une for une in lues if lecture.opens(une.place.section))
    return DossierLu(dossier, lecture, sections=ouvertes, pieces=pieces)


def _from_ds(session: Session, dossier: Dossier, lecture: Lecture, *, antivirus: bool) -> DossierLu:
    """DS shows its experts the form, and nothing of what is said around it: neither do we."""
    champs: tuple[Rubrique, ...] = ()
    if lecture.reponses:
        formulaire = contenus_ds.par_partie(elements(dossier.ds))["champs"]
        champs = contenus_ds.without_files(contenus_ds.rubriques(formulaire))
    fichiers: tuple[FichierSuivi, ...] = ()
    if lecture.pieces:
        suivis = fichiers_ds.list_files(session, dossier.id, antivirus=antivirus).values()
        fichiers = tuple(un for un in suivis if un.fichier.partie in fichiers_ds.LIEUX_PARTAGES)
    return DossierLu(dossier, lecture, champs=champs, fichiers=fichiers)
