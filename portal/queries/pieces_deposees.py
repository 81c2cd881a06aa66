"""The files joined to a filed request, under the labels of the pieces that were asked for; no form of the request is built."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.forms.pieces_attendues import PieceAttendue
from portal.models.associations import Association
from portal.models.demandes import Demande, SectionSaisie
from portal.models.demarches import Demarche
from portal.queries.contextes_demandes import entourage_de
from portal.vocabulaire_demandes import GenrePiece, Place


def list_joined(session: Session, demande: Demande) -> tuple[PieceAttendue, ...]:
    """Every piece for which a file was joined, in the order of the form. Three statements."""
    lue = (
        session.scalars(
            select(Demande)
            .where(Demande.id == demande.id)
            .options(
                selectinload(Demande.sections).load_only(
                    SectionSaisie.section, SectionSaisie.rang, SectionSaisie.valeurs, SectionSaisie.retiree_at
                ),
                joinedload(Demande.demarche).joinedload(Demarche.service),
                joinedload(Demande.association).joinedload(Association.identifiants),
            )
        )
        .unique()
        .one()
    )
    saisies = {Place(une.section, une.rang): une for une in lue.sections if une.retiree_at is None}
    pieces = entourage_de(lue, saisies).contexte.pieces
    return tuple(piece for piece in pieces if piece.jointes)


def shared(pieces: Iterable[PieceAttendue]) -> tuple[PieceAttendue, ...]:
    """Those that a service which was asked for its avis reads: all but the account, which is of the service that pays."""
    return tuple(piece for piece in pieces if piece.genre != GenrePiece.RIB)
