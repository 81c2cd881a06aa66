"""Campaigns that say everything, what they ask, and a reference table of territories."""

from sqlalchemy.orm import Session

from portal.formats import mots_de_recherche
from portal.models.campagnes import PieceRequise, Question
from portal.models.demarches import Demarche
from portal.models.services import Service
from portal.models.territoires import Territoire
from portal.vocabulaire_demandes import GenrePiece, GenreQuestion, GenreTerritoire
from tests.factories import Fabriques

COMPLETE = {
    "dispositif": "FDVA 2",
    "description": "Les projets qui font lire.",
    "public": "Toutes les associations.",
    "montants": "De 1\u00a0000 à 10\u00a0000\u00a0€.",
}


def campagne_complete(creer: Fabriques, service: Service, **valeurs: object) -> Demarche:
    """A campaign that may be published, if it is not yet; its service can be written to."""
    service.email = "contact@service.example"
    return creer.demarche(service, **{**COMPLETE, **valeurs})


def question(session: Session, campagne: Demarche, libelle: str, **valeurs: object) -> Question:
    """An optional question answered by a text."""
    rang = len(session.new) + (session.query(Question).count()) + 1
    posee = Question(
        **{
            "demarche_id": campagne.id,
            "code": f"texte-{rang}",
            "genre": GenreQuestion.TEXTE,
            "libelle": libelle,
            "obligatoire": False,
            "ordre": rang,
            **valeurs,
        }
    )
    session.add(posee)
    session.commit()
    return posee


def piece(session: Session, campagne: Demarche, genre: GenrePiece = GenrePiece.RIB) -> PieceRequise:
    """A piece that the campaign would like."""
    requise = PieceRequise(
        demarche_id=campagne.id, code=genre.value, genre=genre, libelle=f"Pièce {genre}", obligatoire=False, ordre=1
    )
    session.add(requise)
    session.commit()
    return requise


def territoire(session: Session, genre: GenreTerritoire, code: str, nom: str, **valeurs: str) -> Territoire:
    """A line of the reference table."""
    ligne = Territoire(genre=genre, code=code, nom=nom, mots=mots_de_recherche(nom), **valeurs)
    session.add(ligne)
    session.commit()
    return ligne
