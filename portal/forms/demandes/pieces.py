"""The pieces of a request: no input of its own, but a state that what was joined gives."""

from portal.forms.saisie import Saisie
from portal.vocabulaire_demandes import EtatSection


class PiecesForm(Saisie):
    """Computed: the page bears uploads, each kept by itself, and no input of this form."""

    calculee = True

    @property
    def manquants(self) -> tuple[str, ...]:
        """Labels of the required pieces that are not there."""
        return tuple(piece.libelle for piece in self.contexte.pieces if piece.manque)

    @property
    def etat(self) -> EtatSection:
        """« à corriger » with an infected file, « remplie » once every required piece is there."""
        jointes = [une for piece in self.contexte.pieces for une in piece.jointes]
        if any(une.infectee for une in jointes):
            return EtatSection.A_CORRIGER
        if not self.manquants:
            return EtatSection.REMPLIE
        return EtatSection.EN_COURS if jointes else EtatSection.A_COMMENCER

    def relire(self) -> list[tuple[str, str]]:
        """(label, files) of each piece that is required or was joined."""
        return [
            (piece.libelle, "\n".join(une.lisible for une in piece.jointes))
            for piece in self.contexte.pieces
            if piece.obligatoire or piece.jointes
        ]

    @property
    def recues(self) -> tuple[tuple[str, str, str], ...]:
        """(label, name, SHA-256) of each file joined, in order: what a récépissé lists."""
        return tuple((piece.libelle, une.nom, une.sha256) for piece in self.contexte.pieces for une in piece.jointes)

    def empreintes(self) -> dict[str, list[str]]:
        """SHA-256 of the files joined, by code: what is frozen at filing."""
        return {piece.code: [une.sha256 for une in piece.jointes] for piece in self.contexte.pieces if piece.jointes}
