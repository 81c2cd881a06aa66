"""Answers made of ready pieces: each dossier is completed once, then kept as text for as long as it says the same."""

import json
import marshal
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from graphql import Executor, GraphQLError, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.execution.compilation import Completeur, Incompletable, Trou, compiler

# stands, in a JSON text, for what is put there afterwards; drawn at each start, so that no dossier can hold it
_MARQUE = secrets.token_hex(16)
# what a stored object that is not as the selection expects may raise on the short way
_IMPREVUS = (Incompletable, GraphQLError, LookupError, AttributeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Morceau:
    """A JSON text that stands for an object in an answer still to be written."""

    texte: str


@dataclass(frozen=True, slots=True)
class _Rendu:
    """A dossier completed: the mark of the content it was made from, the texts around its holes."""

    empreinte: int
    textes: list[str]
    trous: list[Trou]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A selection of dossiers: how to complete one (None: only graphql-core can), and those completed, by number.

    A light one, of a few keys, is sooner completed than looked for.
    A content that is the same gives the same text, whichever simulator of this process holds it.
    """

    completer: Completeur | None
    leger: bool
    rendus: dict[int, _Rendu] = field(default_factory=dict)


def en_json(corps: Json) -> str:
    """The JSON text of an answer, its ready pieces put in their places."""
    textes, morceaux = _decouper(corps)
    return _entrelacer(textes, (un.texte for un in morceaux))


class ExecuteurRapide(Executor[Any]):
    """graphql-core's, but for dossiers. Each document has a subclass of its own, which remembers its selections."""

    plans: ClassVar[dict[tuple[int, ...], _Plan]]

    def __init_subclass__(cls) -> None:
        """A document starts without memory."""
        cls.plans = {}

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """See graphql-core. A dossier is given as a Morceau, unless it holds an error, to be reported with its path."""
        pret = self._morceau(return_type, field_details_list, result, info) if return_type.name == "Dossier" else None
        return pret or super().complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _morceau(
        self, objet: GraphQLObjectType, choisis: list[FieldDetails], dossier: Json, info: GraphQLResolveInfo[Any]
    ) -> Morceau | None:
        """None when only graphql-core can tell what is wrong with the dossier."""
        try:
            return Morceau(_texte(self._plan(objet, choisis), dossier, info))
        except _IMPREVUS:
            return None

    def _plan(self, objet: GraphQLObjectType, choisis: list[FieldDetails]) -> _Plan:
        cle = tuple(id(un.node) for un in choisis)
        if cle not in self.plans:
            champs = self.collect_subfields(objet, choisis).grouped_field_set.values()
            leger = not any(un.node.selection_set for details in champs for un in details)
            try:
                self.plans[cle] = _Plan(compiler(self, objet, choisis), leger)
            except Incompletable:
                self.plans[cle] = _Plan(None, leger)
        return self.plans[cle]


def _texte(plan: _Plan, dossier: Json, info: GraphQLResolveInfo[Any]) -> str:
    """The JSON of a dossier: what it says from memory, what the server computes as things stand now."""
    if plan.completer is None:
        raise Incompletable
    if plan.leger:
        return en_json(plan.completer(dossier))
    empreinte, rendu = hash(marshal.dumps(dossier, 2)), plan.rendus.get(dossier["number"])
    if rendu is None or rendu.empreinte != empreinte:
        rendu = plan.rendus[dossier["number"]] = _Rendu(empreinte, *_decouper(plan.completer(dossier)))
    return _entrelacer(rendu.textes, (_remplir(un, info) for un in rendu.trous))


def _remplir(trou: Trou, info: GraphQLResolveInfo[Any]) -> str:
    textes, trous = _decouper(trou.completer(trou.resoudre(trou.source, info)))
    return _entrelacer(textes, (_remplir(un, info) for un in trous))


def _decouper(valeur: Any) -> tuple[list[str], list[Any]]:
    """The JSON text of `valeur` around what JSON cannot say, and those objects in order."""
    restes: list[Any] = []

    def garder(reste: object) -> str:
        restes.append(reste)
        return _MARQUE

    return json.dumps(valeur, ensure_ascii=False, default=garder).split(f'"{_MARQUE}"'), restes


def _entrelacer(textes: list[str], morceaux: Iterable[str]) -> str:
    """One text, then one piece, and so on: there is one more text than pieces."""
    suite = iter(textes)
    tout = [next(suite)]
    for morceau, texte in zip(morceaux, suite, strict=True):
        tout += (morceau, texte)
    return "".join(tout)
