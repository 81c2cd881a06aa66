"""The bank account of an association: whose it is, since when it is this one, and who confirmed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.formats import iban_fr, iban_masque, maintenant, mots_de_recherche
from portal.models.pieces import PieceCoffre

NOUVEAU_PENDANT = timedelta(days=30)
# Words that say nothing of whose account it is.
MOTS_VIDES = frozenset(
    [
        "a",
        "l",
        "d",
        "le",
        "la",
        "les",
        "de",
        "du",
        "des",
        "et",
        "en",
        "asso",
        "assoc",
        "ass",
        "association",
        "loi",
        "1901",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RibLu:
    """A RIB of the vault. `nouveau_depuis`: when its IBAN took the place of another (UTC), None when it is not so recent,
    was confirmed by a second member, or is the first one. `deposee_at`: when this very document came.
    """

    piece_id: int
    iban: str
    bic: str
    titulaire: str
    deposee_at: datetime
    nouveau_depuis: datetime | None
    change_at: datetime | None
    confirme_at: datetime | None
    concorde: bool

    @property
    def entier(self) -> str:
        """The IBAN by groups of four."""
        return iban_fr(self.iban)

    @property
    def masque(self) -> str:
        """The IBAN for those who need not know it."""
        return iban_masque(self.iban)


def concorde(titulaire: str, *noms: str) -> bool:
    """Whether the holder of an account bears one of the names of the association.

    Words are compared without case, accents, order nor those that say nothing; one side may say more than the other
    (« MJC DU CANAL » and « MJC du Canal Saint-Martin »), but not share nothing.
    """
    mots = _mots(titulaire)
    if not mots:
        return False
    candidats = [candidat for candidat in map(_mots, noms) if candidat]
    return any(mots <= candidat or candidat <= mots for candidat in candidats)


def _mots(nom: str) -> frozenset[str]:
    mots = frozenset(mots_de_recherche(nom).split())
    return mots - MOTS_VIDES or mots


def lire_rib(piece: PieceCoffre, histoire: Sequence[PieceCoffre], *noms: str, instant: datetime | None = None) -> RibLu:
    """A RIB among all those of its association, taken out or not, oldest first.

    Its IBAN counts as changed since the first of the uninterrupted row of RIBs that bear it: sent twice, it is no older;
    taken back after another, it is new again.
    """
    suite: list[PieceCoffre] = []
    avant = False
    for une in histoire:
        if une.iban != piece.iban:
            avant, suite = True, []
        else:
            suite.append(une)
        if une.id == piece.id:
            break
    change_at = suite[0].deposee_at if avant and suite else None
    confirme_at = next((une.confirme_at for une in suite if une.confirme_at is not None), None) or piece.confirme_at
    recent = change_at is not None and change_at > (instant or maintenant()) - NOUVEAU_PENDANT
    return RibLu(
        piece_id=piece.id,
        iban=piece.iban,
        bic=piece.bic,
        titulaire=piece.titulaire,
        deposee_at=piece.deposee_at,
        nouveau_depuis=change_at if recent and confirme_at is None else None,
        change_at=change_at,
        confirme_at=confirme_at,
        concorde=concorde(piece.titulaire, *noms),
    )
