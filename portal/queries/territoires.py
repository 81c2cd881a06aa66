"""The reference table of territories: what a person looks for, and what the typed territories of a request may mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Select, case, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.formats import mots_de_recherche
from portal.forms.supplements import TerritoireConnu, Territoires, code
from portal.models.territoires import Territoire
from portal.queries.lots import Lignes
from portal.vocabulaire_demandes import GenreTerritoire

PROPOSES = 20
TYPED = re.compile(r"territoires-([0-9]+)-(genre|lieu)", re.ASCII)


def search(session: Session, texte: str, genre: GenreTerritoire | None = None) -> list[TerritoireConnu]:
    """At most PROPOSES territories of that code or with those words; the names that begin so come first."""
    mots = mots_de_recherche(texte)
    if not mots:
        return []
    commence = Territoire.mots.startswith(mots, autoescape=True)
    trouve = or_(
        commence,
        Territoire.mots.contains(f" {mots}", autoescape=True),
        Territoire.code.startswith(code(texte), autoescape=True),
    )
    choix = select(Territoire).where(trouve)
    if genre is not None:
        choix = choix.where(Territoire.genre == genre)
    ordre = (case((commence, 0), else_=1), Territoire.mots, Territoire.generation.desc(), Territoire.id)
    return [_connu(une) for une in session.scalars(choix.order_by(*ordre).limit(PROPOSES))]


def typed_in(saisies: Iterable[Mapping[str, str]]) -> frozenset[tuple[str, str]]:
    """(kind, text) of each territory typed in the pages of the projects."""
    lignes: dict[tuple[int, str], dict[str, str]] = {}
    for rang, valeurs in enumerate(saisies):
        for nom, valeur in valeurs.items():
            lu = TYPED.fullmatch(nom)
            if lu and valeur:
                lignes.setdefault((rang, lu[1]), {})[lu[2]] = str(valeur)
    genres = set(GenreTerritoire)
    return frozenset((une["genre"], une["lieu"]) for une in lignes.values() if len(une) == 2 and une["genre"] in genres)


def select_named(typed: frozenset[tuple[str, str]]) -> Select[*tuple[Any, ...]]:
    """The lines of the table that bear one of these codes or names."""
    codes = [(genre, code(texte)) for genre, texte in typed]
    noms = [(genre, mots) for genre, texte in typed if (mots := mots_de_recherche(texte))]
    de_ce_code = tuple_(Territoire.genre, Territoire.code).in_(codes)
    de_ce_nom = tuple_(Territoire.genre, Territoire.mots).in_(noms)
    return (
        select(
            Territoire.genre,
            Territoire.code,
            Territoire.nom,
            Territoire.generation,
            Territoire.departement,
            Territoire.mots,
        )
        .where(or_(de_ce_code, de_ce_nom))
        .order_by(Territoire.genre, Territoire.code, Territoire.generation.desc(), Territoire.id)
        .limit(2_000)
    )


def select_loaded(genres: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """One line: for each of these kinds, whether the table holds any."""
    return select(*(exists().where(Territoire.genre == GenreTerritoire(genre)) for genre in genres))


def known(trouves: Lignes, charges: Iterable[str]) -> Territoires:
    """What the table says: the newest generation of each code found, by code and by name. `charges`: kinds that it holds."""
    par_cle: dict[tuple[str, str], list[TerritoireConnu]] = {}
    for _, memes in groupby(trouves, key=lambda une: une[:2]):
        *recente, mots = next(memes)
        connu = TerritoireConnu(*recente)
        for cle in dict.fromkeys([(str(connu.genre), connu.code), (str(connu.genre), mots)]):
            par_cle.setdefault(cle, []).append(connu)
    return Territoires({cle: tuple(liste) for cle, liste in par_cle.items()}, frozenset(charges))


def _connu(une: Territoire) -> TerritoireConnu:
    return TerritoireConnu(une.genre, une.code, une.nom, une.generation, une.departement)
