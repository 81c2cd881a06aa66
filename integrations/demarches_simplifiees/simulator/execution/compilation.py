"""A selection, compiled once into functions that take a stored object apart without graphql-core's ceremony.

A dossier is a plain tree of JSON, and a validated selection always asks the same keys of it. What the server computes (the
address of a file, a linked dossier) is left as a hole in the result. Whatever cannot be completed so, errors included,
raises Incompletable: graphql-core then does it, and says what is wrong and where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    Executor,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
)
from graphql.execution.collect_fields import FieldDetails

from integrations.demarches_simplifiees.noeuds import Json

Completeur = Callable[[Any], Any]

_REQUIS = object()
_NULLE_PART = "\0"
# scalars whose text goes out as it is; numbers, booleans and enumerations are always checked
_TEXTES = frozenset({"ID", "String", "ISO8601Date", "ISO8601DateTime", "URL"})


class Incompletable(Exception):
    """This value is for graphql-core: it holds an error, or its selection asks for what is not compiled."""


@dataclass(frozen=True, slots=True)
class Trou:
    """A field that the server computes: how, from what, and what to take of the result."""

    resoudre: Callable[..., Any]
    source: Json
    completer: Completeur


class _Stocke(NamedTuple):
    """A field to take from the object: its key in the answer, its name, what stands for null, what to do with the rest."""

    cle: str
    nom: str
    defaut: object
    completer: Completeur


class _Calcule(NamedTuple):
    """A field to compute: its key in the answer, how, what to do with the result."""

    cle: str
    resoudre: Callable[..., Any]
    completer: Completeur


def compiler(executeur: Executor[Any], objet: GraphQLObjectType, choisis: list[FieldDetails]) -> Completeur:
    """The function that completes an object of that type for that selection.

    Raises Incompletable when a field that the server computes takes arguments.
    """
    stockes, calcules = [], []
    for cle, details in executeur.collect_subfields(objet, choisis).grouped_field_set.items():
        nom = details[0].node.name.value
        champ = executeur.schema.get_field(objet, nom)
        if champ is None or (champ.args and champ.resolve):
            raise Incompletable
        if nom == "__typename":
            stockes.append(_Stocke(cle, _NULLE_PART, objet.name, _texte))
        elif champ.resolve is None:
            defaut = _REQUIS if isinstance(champ.type, GraphQLNonNull) else None
            stockes.append(_Stocke(cle, nom, defaut, _completeur(executeur, champ.type, details)))
        else:
            # a null keeps its place in the answer
            stockes.append(_Stocke(cle, _NULLE_PART, None, _texte))
            calcules.append(_Calcule(cle, champ.resolve, _du_calcul(executeur, champ.type, details)))
    return _prendre(tuple(stockes), tuple(calcules))


def _prendre(stockes: tuple[_Stocke, ...], calcules: tuple[_Calcule, ...]) -> Completeur:
    def completer(valeur: Json) -> Json:
        pris: Json = {}
        for cle, nom, defaut, suite in stockes:
            brut = valeur.get(nom)
            if brut is not None:
                pris[cle] = suite(brut)
            elif defaut is _REQUIS:
                raise Incompletable
            else:
                pris[cle] = defaut
        for cle, resoudre, suite in calcules:
            pris[cle] = Trou(resoudre, valeur, suite)
        return pris

    return completer


def _completeur(executeur: Executor[Any], genre: GraphQLOutputType, choisis: list[FieldDetails]) -> Completeur:
    """How to complete a value that is not null."""
    if isinstance(genre, GraphQLNonNull):
        return _completeur(executeur, genre.of_type, choisis)
    if isinstance(genre, GraphQLList):
        return _liste(_completeur(executeur, genre.of_type, choisis), requis=isinstance(genre.of_type, GraphQLNonNull))
    if isinstance(genre, GraphQLInterfaceType):
        possibles = executeur.schema.get_possible_types(genre)
        return _selon_le_type({un.name: compiler(executeur, un, choisis) for un in possibles})
    if isinstance(genre, GraphQLObjectType):
        return compiler(executeur, genre, choisis)
    if isinstance(genre, GraphQLScalarType) and genre.name in _TEXTES:
        return _texte
    if isinstance(genre, GraphQLLeafType):
        return genre.coerce_output_value
    raise Incompletable


def _du_calcul(executeur: Executor[Any], genre: GraphQLOutputType, choisis: list[FieldDetails]) -> Completeur:
    """The same for what a resolver returned, which may be null."""
    suite, requis = _completeur(executeur, genre, choisis), isinstance(genre, GraphQLNonNull)

    def completer(valeur: object) -> object:
        if valeur is None and requis:
            raise Incompletable
        return None if valeur is None else suite(valeur)

    return completer


def _liste(suite: Completeur, *, requis: bool) -> Completeur:
    def completer(valeurs: object) -> list[Any]:
        if not isinstance(valeurs, list) or (requis and None in valeurs):
            raise Incompletable
        return [None if une is None else suite(une) for une in valeurs]

    return completer


def _selon_le_type(suites: dict[str, Completeur]) -> Completeur:
    def completer(valeur: Json) -> object:
        suite = suites.get(valeur.get("__typename", ""))
        if suite is None:
            raise Incompletable
        return suite(valeur)

    return completer


def _texte(valeur: object) -> str:
    if not isinstance(valeur, str):
        raise Incompletable
    return valeur
