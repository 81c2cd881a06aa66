"""The words and the closed-list facts of an access, as the index holds them: each behind the number of the service.

A word is « 12_canal », a fact « 12=etat:en_instruction » (12 is the service): a search reads nothing of another service, and a
filter is a search. The triggers of migration 0031 write them, this module alone reads them.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, cast, func
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.formats import compact, mots_de_recherche
from portal.permissions import Acteur

MOTS_MAXIMAUX = 8
# In half of all names: they tell nothing apart, and cost more to look up than the others together.
MOTS_VIDES = frozenset({"d", "de", "des", "du", "et", "l", "la", "le", "les"})
# What is looked for as it is: a word looked for by its beginning is looked for among all those that begin so.
ENTIER = re.compile(r"[a-z]|\d{1,4}")
# SIREN, SIRET, or a long number copied with its spaces: one word, not three.
NUMERO = re.compile(r"\d{5,}|W\d[A-Z\d]\d{7}")


def mots(texte: str) -> list[str]:
    """The words looked for in what somebody typed: nothing but a-z and 0-9, so that none can be an operator."""
    nu = compact(texte)
    trouves = [nu.lower()] if NUMERO.fullmatch(nu) else mots_de_recherche(texte).split()
    pleins = [mot for mot in trouves if mot not in MOTS_VIDES]
    return (pleins or trouves)[:MOTS_MAXIMAUX]


def requete(viewer: Acteur, faits: Mapping[str, str], texte: str) -> ColumnElement[str]:
    """Every fact and every word at once, among those of the viewer's service.

    A word is found by its beginning, but for a single letter and for a number of four digits at most, as a year, which must be
    the whole word. Facts are values of ours: enums, ids, codes.
    """
    par_mot = (f"'{viewer.service_id}_{mot}'{'' if ENTIER.fullmatch(mot) else ':*'}" for mot in mots(texte))
    par_fait = (f"'{viewer.service_id}={nom}:{valeur}'" for nom, valeur in faits.items())
    return cast(" & ".join((*par_fait, *par_mot)), TSQUERY)


def trouve(recherche: Any, cherche: ColumnElement[str]) -> ColumnElement[bool]:
    """Looked up in the index."""
    condition: ColumnElement[bool] = recherche.bool_op("@@")(cherche)
    return condition


def contient(recherche: Any, cherche: ColumnElement[str]) -> ColumnElement[bool]:
    """Read in each row, without the index: PostgreSQL looks an operator up in it, never a function."""
    return func.ts_match_vq(recherche, cherche)
