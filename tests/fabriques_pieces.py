"""Makes documents of vaults and pieces of requests."""

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from integrations.stockage.api import Stockage
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.vocabulaire_demandes import GenrePiece

IBAN = "FR7630006000011234567890189"
AUTRE_IBAN = "FR1420041010050500013M02606"


def fichier(session: Session, stockage: Stockage, octets: bytes = b"%PDF-1.7 piece", **valeurs: Any) -> Fichier:
    """Bytes in the storage, and their row."""
    empreinte = hashlib.sha256(octets).hexdigest()
    stockage.ecrire(empreinte[:32], octets)
    garde = Fichier(
        **{
            "sha256": empreinte,
            "cle_stockage": empreinte[:32],
            "taille": len(octets),
            "type_mime": "application/pdf",
            **valeurs,
        }
    )
    session.add(garde)
    session.commit()
    return garde


def piece_coffre(
    session: Session, association: Association, user: User, garde: Fichier, genre: GenrePiece, **valeurs: Any
) -> PieceCoffre:
    """A document that this person has put in the vault of that association."""
    piece = PieceCoffre(
        association_id=association.id,
        genre=genre,
        fichier_id=garde.id,
        deposee_par_id=user.id,
        **{"nom": f"{genre}.pdf", **valeurs},
    )
    session.add(piece)
    session.commit()
    return piece


def rib(session: Session, association: Association, user: User, garde: Fichier, **valeurs: Any) -> PieceCoffre:
    """A RIB in the name of that association, unless told otherwise."""
    compte = {"iban": IBAN, "bic": "AGRIFRPP", "titulaire": association.denomination, **valeurs}
    return piece_coffre(session, association, user, garde, GenrePiece.RIB, **compte)


def piece_demande(
    session: Session, demande: Demande, garde: Fichier, *, code: str = "autre", **valeurs: Any
) -> PieceDemande:
    """A file that who began this request has joined to it."""
    piece = PieceDemande(
        demande_id=demande.id,
        code=code,
        fichier_id=garde.id,
        **{"nom": f"{code}.pdf", "deposee_par_id": demande.created_by_id, **valeurs},
    )
    session.add(piece)
    session.commit()
    return piece
