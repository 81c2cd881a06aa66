"""Joins files to a request as its page does, and reads what is joined."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.forms.pieces_attendues import PieceAttendue
from portal.models.demandes import Demande
from portal.models.pieces import PieceDemande
from portal.queries.lecture_demandes import lire
from tests import saisies
from tests.client import ClientStrict

PDF = b"%PDF-1.7 devis"


def envoyer(
    client: ClientStrict, demande: Demande, *envois: tuple[Any, str], code: str = "autre", **valeurs: Any
) -> TestResponse:
    """Send files for a piece as its form does; the page that follows."""
    contenus = [saisies.fichier(octets, nom) for octets, nom in envois]
    champs = {"code": code, "fichiers": contenus, **valeurs}
    reponse = client.poster(f"/demandes/{demande.id}/pieces", champs, follow_redirects=True)
    reponse.request.environ["wsgi.input"].close()
    return reponse


def jointes(session: Session, demande: Demande) -> list[PieceDemande]:
    session.expire_all()
    return list(
        session.scalars(select(PieceDemande).where(PieceDemande.demande_id == demande.id).order_by(PieceDemande.id))
    )


def attendues(session: Session, demande: Demande) -> dict[str, PieceAttendue]:
    session.expire_all()
    return {piece.code: piece for piece in lire(session.get_one(Demande, demande.id)).contexte.pieces}
