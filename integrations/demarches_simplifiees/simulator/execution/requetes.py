"""Running one GraphQL body: parsing and validation kept, depth limited, errors coded as DS codes them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    Executor,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    get_introspection_query,
    get_operation_ast,
    parse,
    validate,
)

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.execution.rendus import ExecuteurRapide
from integrations.demarches_simplifiees.simulator.execution.resolution import Contexte, schema

PROFONDEUR = 15
INTERNE = "internal_server_error"


@dataclass(frozen=True, slots=True)
class Reponse:
    """An HTTP status and a JSON body."""

    statut: int
    corps: Json


def erreur(statut: int, message: str, code: str) -> Reponse:
    """A body with a single root error and no data."""
    return Reponse(statut, {"errors": [{"message": message, "extensions": {"code": code}}]})


def est_mutation(corps: Json) -> bool:
    """Whether a body asks for a change; False when it cannot be understood."""
    texte = corps.get("query")
    try:
        operation = get_operation_ast(_preparer(texte).document, corps.get("operationName")) if texte else None
    except (GraphQLSyntaxError, TypeError):
        return False
    return operation is not None and operation.operation is OperationType.MUTATION


def executer(corps: Json, contexte: Contexte) -> Reponse:
    """Run a body `{query | queryId, operationName, variables}` under the truth's lock."""
    texte = get_introspection_query() if corps.get("queryId") == "introspection" else corps.get("query")
    if not isinstance(texte, str):
        return erreur(400, f'No query with id "{corps.get("queryId")}"', "bad_request")
    try:
        prepare = _preparer(texte)
    except GraphQLSyntaxError as faute:
        return erreur(400, faute.message, "graphql_parse_failed")
    if prepare.fautes:
        return Reponse(200, {"errors": list(prepare.fautes)})
    with contexte.donnees.verrou:
        resultat = execute_sync(
            schema(),
            prepare.document,
            context_value=contexte,
            variable_values=corps.get("variables") or {},
            operation_name=corps.get("operationName"),
            executor_class=prepare.executeur,
        )
    reponse: Json = {"data": resultat.data}
    if resultat.errors:
        reponse["errors"] = [_formater(une) for une in resultat.errors]
        if any(une["extensions"].get("code") == INTERNE for une in reponse["errors"]):
            return erreur(500, "Internal Server Error", INTERNE)
    return Reponse(200, reponse)


@dataclass(frozen=True, slots=True)
class _Prepare:
    """A text parsed and validated: its faults, and what runs it."""

    document: DocumentNode
    fautes: tuple[Json, ...]
    executeur: type[Executor[Any]]


@lru_cache(maxsize=64)
def _preparer(texte: str) -> _Prepare:
    document = parse(texte)
    fautes = tuple(_formater(une) for une in validate(schema(), document))
    profondeur = 0 if fautes else _profondeur_totale(document)
    if profondeur > PROFONDEUR:
        fautes = ({"message": f"Query has depth of {profondeur}, which exceeds max depth of {PROFONDEUR}"},)
    # directives make a selection depend on variables: graphql-core alone knows
    executeur = Executor if "@" in texte else type("Executeur", (ExecuteurRapide,), {})
    return _Prepare(document, fautes, executeur)


def _formater(faute: GraphQLError) -> Json:
    """DS's codes: ours when we set one, that of the fault graphql-core found otherwise."""
    code = (faute.extensions or {}).get("code")
    if code is None and "for non-nullable field" in faute.message:
        code = "invalid_null"
    elif code is None and "Cannot query field" in faute.message:
        code = "undefinedField"
    elif code is None and faute.original_error is not None:
        code = INTERNE
    return {**faute.formatted, "extensions": {"code": code} if code else {}}


def _profondeur_totale(document: DocumentNode) -> int:
    fragments = {un.name.value: un for un in document.definitions if isinstance(un, FragmentDefinitionNode)}
    operations = (une for une in document.definitions if isinstance(une, OperationDefinitionNode))
    return max(_profondeur(une.selection_set, fragments) for une in operations)


def _profondeur(selection: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> int:
    """Fields nested in fields; fragments add nothing of their own, introspection does not count."""
    profondeurs = [0]
    for noeud in selection.selections if selection else ():
        if isinstance(noeud, FieldNode):
            if not noeud.name.value.startswith("__"):
                profondeurs.append(1 + _profondeur(noeud.selection_set, fragments))
        elif isinstance(noeud, FragmentSpreadNode):
            profondeurs.append(_profondeur(fragments[noeud.name.value].selection_set, fragments))
        else:
            profondeurs.append(_profondeur(getattr(noeud, "selection_set", None), fragments))
    return max(profondeurs)
