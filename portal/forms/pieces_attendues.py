"""What may or must be joined to a request, and what was: plain data that the section reads."""

from dataclasses import dataclass
from datetime import datetime

from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_demandes import GenrePiece

LONGUEUR_EMPREINTE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceJointe:
    """A file joined to a request. `taille` in bytes, `recue_at`: when its sending began (UTC).

    `coffre_id`: the document of the vault that it repeats, None when it was sent for this request alone.
    """

    id: int
    nom: str
    taille: int
    sha256: str
    verdict: VerdictAntivirus
    recue_at: datetime
    coffre_id: int | None = None

    @property
    def infectee(self) -> bool:
        """Whether the antivirus has found something in it: it then counts for nothing."""
        return self.verdict == VerdictAntivirus.INFECTE

    @property
    def lisible(self) -> str:
        """Name and beginning of the fingerprint, for the check page, the agents and the récépissé."""
        return f"{self.nom} (SHA-256 {self.sha256[:LONGUEUR_EMPREINTE]}…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceAttendue:
    """What may or must be joined, and what was. `code` never changes; without `base_legale` it is never required."""

    code: str
    genre: GenrePiece
    libelle: str
    aide: str = ""
    base_legale: str = ""
    obligatoire: bool = False
    jointes: tuple[PieceJointe, ...] = ()

    @property
    def manque(self) -> bool:
        """Required, and nothing that counts was joined."""
        return self.obligatoire and all(une.infectee for une in self.jointes)
