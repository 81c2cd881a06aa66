"""The documents of an association that a service already reads: those joined to the requests whose files are open to it."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from portal.models.demandes import Demande
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.queries.lecteur import LECTEUR, ouvert
from portal.queries.lectures_dossiers import reads
from portal.vocabulaire_demandes import GenrePiece, SectionDemande

NOMBRE = 50


class PieceVue(NamedTuple):
    """A document: of what kind, its name, its own date, until when it is worth something, and the dossier that bears it."""

    genre: GenrePiece
    nom: str
    date_piece: date | None
    valide_jusqu_au: date | None
    recue_at: datetime
    reference: str


def known(association_id: Any) -> Select[*tuple[Any, ...]]:
    """For LECTEUR, those of the vault that filed requests bear, newest first, each once, as PieceVue. Never a RIB's number."""
    vues = (
        select(
            PieceCoffre.id,
            func.max(PieceDemande.recue_at).label("recue_at"),
            func.max(Dossier.reference).label("reference"),
        )
        .join(PieceDemande, PieceDemande.coffre_id == PieceCoffre.id)
        .join(Demande, Demande.id == PieceDemande.demande_id)
        .join(Dossier, Dossier.demande_id == Demande.id)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(
            Dossier.association_id == association_id,
            AccesDossier.service_id == LECTEUR.service_id,
            ouvert(Dossier.id),
            PieceDemande.retiree_at.is_(None),
            reads(SectionDemande.PIECES),
        )
        .group_by(PieceCoffre.id)
        .order_by(PieceCoffre.id.desc())
        .limit(NOMBRE)
        .subquery()
    )
    return (
        select(
            PieceCoffre.genre,
            PieceCoffre.nom,
            PieceCoffre.date_piece,
            PieceCoffre.valide_jusqu_au,
            vues.c.recue_at,
            vues.c.reference,
        )
        .join(vues, vues.c.id == PieceCoffre.id)
        .order_by(PieceCoffre.id.desc())
    )
