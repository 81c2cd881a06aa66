"""The pieces of a filed request that are asked again: what was filed, what these corrections add, what the vault offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.forms.complements import PieceCorrectionForm
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.permissions import Acteur
from portal.queries import coffre, complements
from portal.queries.complements import Correction
from portal.vocabulaire_demandes import GenrePiece, Place, SectionDemande


@dataclass(frozen=True, slots=True)
class PiecesACorriger:
    """The page: `offertes` by the vault, each for the piece that it answers."""

    correction: Correction
    offertes: Sequence[tuple[PieceCoffre, PieceAttendue, str]]
    form: PieceCorrectionForm

    @property
    def attendues(self) -> tuple[PieceAttendue, ...]:
        """Every piece of the request, with what was filed for it."""
        return self.correction.deposee.contexte.pieces

    @property
    def envoyables(self) -> list[tuple[str, str]]:
        """(code, label) of what a file may be sent for; a RIB comes from the vault, where its IBAN is checked."""
        return envoyables(self.correction)

    @property
    def ajoutees(self) -> Sequence[PieceDemande]:
        """What these corrections add."""
        return self.correction.pieces

    def libelle(self, code: str) -> str:
        """The name of a piece."""
        return next((une.libelle for une in self.attendues if une.code == code), "Autre pièce")

    def with_form(self, form: PieceCorrectionForm) -> "PiecesACorriger":
        """The same page with what was sent."""
        return replace(self, form=form)


def envoyables(correction: Correction) -> list[tuple[str, str]]:
    """See `PiecesACorriger.envoyables`."""
    return [(une.code, une.libelle) for une in correction.deposee.contexte.pieces if une.genre != GenrePiece.RIB]


def get_mine(session: Session, viewer: Acteur, reference: str) -> PiecesACorriger:
    """The page, when pieces are asked of a dossier of the association. Raises NotFound, Forbidden."""
    correction, _place = complements.get_place(session, viewer, reference, Place(SectionDemande.PIECES).slug)
    return get(session, viewer, correction)


def get(session: Session, viewer: Acteur, correction: Correction) -> PiecesACorriger:
    """The page of these corrections."""
    reprises = coffre.list_reusable(session, viewer, correction.deposee.demande.association_id)
    prises = {une.coffre_id for une in correction.pieces}
    offertes = [
        (une, attendue, coffre.nom_de(une))
        for une in reprises
        for attendue in correction.deposee.contexte.pieces
        if attendue.genre == une.genre and une.id not in prises and not _filed(attendue, une)
    ]
    return PiecesACorriger(correction, offertes, PieceCorrectionForm.offer(envoyables(correction)))


def _filed(attendue: PieceAttendue, piece: PieceCoffre) -> bool:
    return any(une.coffre_id == piece.id for une in attendue.jointes)


def get_offered(vue: PiecesACorriger, coffre_id: int) -> tuple[PieceCoffre, PieceAttendue]:
    """A document of the vault that the page offers, with the piece that it answers. Raises NotFound."""
    trouvee = next(((une, attendue) for une, attendue, _ in vue.offertes if une.id == coffre_id), None)
    if trouvee is None:
        raise NotFound
    return trouvee


def get_added(vue: PiecesACorriger, piece_id: int) -> PieceDemande:
    """A file that these corrections add. Raises NotFound."""
    trouvee = next((une for une in vue.ajoutees if une.id == piece_id), None)
    if trouvee is None:
        raise NotFound
    return trouvee
