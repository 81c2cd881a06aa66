"""The personas of the demonstration: invented people, and what each is there to show."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.connexion import User
from portal.vocabulaire import GenreUser


@dataclass(frozen=True)
class Persona:
    """Somebody whom a visitor of the demonstration may be, by a click."""

    genre: GenreUser
    email: str
    prenom: str
    nom: str
    phrase: str


PERSONAS = (
    Persona(
        GenreUser.USAGER,
        "awa.diallo@amis-du-canal.demo.example",
        "Awa",
        "Diallo",
        "Présidente des Amis du Canal. Elle arrive pour la première fois : elle n’a encore rattaché aucune association.",
    ),
    Persona(
        GenreUser.USAGER,
        "marc.petit@lire-ensemble.demo.example",
        "Marc",
        "Petit",
        "Président de Lire ensemble. Son mandat a été vérifié sur pièce ; son association a déjà des dossiers.",
    ),
    Persona(
        GenreUser.USAGER,
        "lea.robin@demo.example",
        "Léa",
        "Robin",
        "Elle n’est d’aucune association : ce que les autres ont fait lui reste fermé.",
    ),
    Persona(
        GenreUser.AGENT,
        "camille.martin@ddets.demo.example",
        "Camille",
        "Martin",
        "Instructrice à la DDETS 69. Elle examine les dossiers de son service, ceux du portail et ceux de Démarches Simplifiées.",
    ),
    Persona(
        GenreUser.AGENT,
        "nadia.benali@ddets.demo.example",
        "Nadia",
        "Benali",
        "Responsable à la DDETS 69. Elle décide et notifie.",
    ),
    Persona(
        GenreUser.AGENT,
        "paul.leroy@drajes.demo.example",
        "Paul",
        "Leroy",
        "Instructeur à la DRAJES ARA. Il donne un avis quand un autre service le lui demande.",
    ),
    Persona(
        GenreUser.AGENT,
        "sophie.garnier@prefecture.demo.example",
        "Sophie",
        "Garnier",
        "Responsable à la Préfecture 69.",
    ),
    Persona(
        GenreUser.AGENT,
        "helene.faure@portail.demo.example",
        "Hélène",
        "Faure",
        "Administratrice du portail, lectrice à la Préfecture 69.",
    ),
)


def list_personas(session: Session) -> list[tuple[User, str]]:
    """The accounts of the personas that exist, each with its sentence, in the order of the story."""
    comptes = session.scalars(select(User).where(User.email.in_([p.email for p in PERSONAS])).order_by(User.id))
    par_cle = {(compte.genre, compte.email): compte for compte in comptes}
    trouves = ((par_cle.get((p.genre, p.email)), p.phrase) for p in PERSONAS)
    return [(compte, phrase) for compte, phrase in trouves if compte is not None]


def get_persona(session: Session, user_id: int) -> User:
    """The account of a persona. Raises NotFound for any other account: a click opens invented people only."""
    for compte, _phrase in list_personas(session):
        if compte.id == user_id:
            return compte
    raise NotFound
