"""The templates of letters of a service: the one in use, and its versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.documents.gabarits_lettres import TexteLettre, texte_par_defaut
from portal.errors import NotFound
from portal.models.connexion import User
from portal.models.lettres import GabaritLettre
from portal.permissions import Acteur
from portal.vocabulaire_instruction import GenreLettre

VERSIONS_MONTREES = 50


def en_usage(session: Session, service_id: int, genre: GenreLettre) -> GabaritLettre | None:
    """The newest published version of a service, None while it has none: the text by default is then used."""
    return session.scalars(
        select(GabaritLettre)
        .where(
            GabaritLettre.service_id == service_id,
            GabaritLettre.genre == genre,
            GabaritLettre.publie_at.is_not(None),
        )
        .order_by(GabaritLettre.version.desc())
        .limit(1)
    ).first()


def texte_de(gabarit: GabaritLettre | None, genre: GenreLettre) -> TexteLettre:
    """The words of a version, or those by default."""
    return TexteLettre(gabarit.objet, gabarit.corps) if gabarit else texte_par_defaut(genre)


@dataclass(frozen=True, slots=True)
class LigneGabarit:
    """A kind of letter, with the version in use, None for the text by default, and the newest one when nobody published it."""

    genre: GenreLettre
    en_usage: GabaritLettre | None
    a_publier: GabaritLettre | None


def list_of_service(session: Session, viewer: Acteur) -> tuple[LigneGabarit, ...]:
    """Each kind of letter with its template, in one statement."""
    dernieres = (
        select(GabaritLettre)
        .where(GabaritLettre.service_id == viewer.service_id)
        .ext(distinct_on(GabaritLettre.genre, GabaritLettre.publie_at.is_(None)))
        .order_by(GabaritLettre.genre, GabaritLettre.publie_at.is_(None), GabaritLettre.version.desc())
    )
    publiees: dict[GenreLettre, GabaritLettre] = {}
    ecrites: dict[GenreLettre, GabaritLettre] = {}
    for une in session.scalars(dernieres):
        (publiees if une.publie_at else ecrites)[une.genre] = une
    return tuple(_ligne(genre, publiees.get(genre), ecrites.get(genre)) for genre in GenreLettre)


def _ligne(genre: GenreLettre, publiee: GabaritLettre | None, ecrite: GabaritLettre | None) -> LigneGabarit:
    en_attente = ecrite if ecrite and (publiee is None or ecrite.version > publiee.version) else None
    return LigneGabarit(genre, publiee, en_attente)


def check_genre(genre: str) -> GenreLettre:
    """The kind of letter that an address names. Raises NotFound."""
    if genre not in set(GenreLettre):
        raise NotFound
    return GenreLettre(genre)


def list_versions(session: Session, viewer: Acteur, genre: GenreLettre) -> Sequence[tuple[GabaritLettre, str]]:
    """(version, name of who wrote it), newest first; 50 at most."""
    versions = (
        select(GabaritLettre, User)
        .join(User, User.id == GabaritLettre.auteur_id)
        .where(GabaritLettre.service_id == viewer.service_id, GabaritLettre.genre == genre)
        .order_by(GabaritLettre.version.desc())
        .limit(VERSIONS_MONTREES)
    )
    return [(gabarit, auteur.nom_affiche) for gabarit, auteur in session.execute(versions)]


def get(session: Session, viewer: Acteur, genre: str, version: int) -> GabaritLettre:
    """A version of the viewer's service. Raises NotFound."""
    gabarit = session.scalars(
        select(GabaritLettre).where(
            GabaritLettre.service_id == viewer.service_id,
            GabaritLettre.genre == check_genre(genre),
            GabaritLettre.version == version,
        )
    ).first()
    if gabarit is None:
        raise NotFound
    return gabarit
