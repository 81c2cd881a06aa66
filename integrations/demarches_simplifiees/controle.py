"""Our operations against an interface of DS: each type, field, argument and value that they name must be there. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    NamedTypeNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    build_schema,
    get_named_type,
    parse,
    validate,
    visit,
)

from integrations.demarches_simplifiees.ecarts import Ecart
from integrations.demarches_simplifiees.echange import noms_operations, texte_operation
from integrations.demarches_simplifiees.errors import ReponseInvalide
from integrations.demarches_simplifiees.noeuds import Noeud
from integrations.demarches_simplifiees.ordres import GenreAnnotation, MotifCorrection

# what travels in variables, or is read, and so is named in no document
_ENVOYEES = {
    "CorrectionReason": ("envoyer_message", frozenset(MotifCorrection)),
    "AnnotationValueInput": ("modifier_annotations", frozenset(GenreAnnotation)),
}
_ETATS = frozenset({"en_construction", "en_instruction", "accepte", "refuse", "sans_suite"})
_LUES = {"DossierState": ("page_dossiers", _ETATS)}


class _Fait(NamedTuple):
    type: str
    champ: str
    dit: str


def schema_publie(introspection: Noeud) -> GraphQLSchema:
    """The interface that an introspection describes. Raises ReponseInvalide when it describes none."""
    try:
        return build_client_schema(dict(introspection), assume_valid=True)  # type: ignore[arg-type]  # JSON as it came
    except (TypeError, ValueError, KeyError) as illisible:
        raise ReponseInvalide("Démarches Simplifiées n’a pas décrit son interface.") from illisible


def schema_du_fichier(sdl: str) -> GraphQLSchema:
    """The interface that an SDL text describes. Raises ValueError when it describes none."""
    try:
        return build_schema(sdl, assume_valid=True)
    except (GraphQLSyntaxError, TypeError) as illisible:
        raise ValueError("this is no GraphQL schema") from illisible


def comparer(schema: GraphQLSchema) -> tuple[Ecart, ...]:
    """Every drift between our operations and this interface, each named once with the operations that meet it."""
    faits: dict[_Fait, list[str]] = {}
    for nom in noms_operations():
        for fait in _lire_operation(parse(texte_operation(nom)), schema):
            faits.setdefault(fait, []).append(nom)
    for nom, fait in _lire_valeurs(schema):
        faits.setdefault(fait, []).append(nom)
    return tuple(
        Ecart(tuple(noms), fait.type, fait.champ, f"{', '.join(noms)}\u00a0: {fait.dit}.")
        for fait, noms in faits.items()
    )


def _lire_operation(document: DocumentNode, schema: GraphQLSchema) -> list[_Fait]:
    """What is missing by name; when nothing is, whatever else the interface holds against the operation."""
    releve = _Releve(schema)
    visit(document, TypeInfoVisitor(releve.infos, releve))
    if releve.faits:
        return list(dict.fromkeys(releve.faits))
    return [
        _Fait("", "", f"la demande n’y est plus valable ({_cite(une.message)})") for une in validate(schema, document)
    ]


class _Releve(Visitor):
    """Notes each name of a document that the interface does not know; below an unknown name, nothing more is noted."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.schema = schema
        self.infos = TypeInfo(schema)
        self.faits: list[_Fait] = []

    def enter_field(self, noeud: FieldNode, *_: object) -> None:
        parent, nom = self.infos.get_parent_type(), noeud.name.value
        if not parent:
            return
        definition = self.infos.get_field_def()
        if not definition:
            self._noter(parent.name, nom, f"le champ {_cite(nom)} du type {_cite(parent.name)} n’existe pas")
            return
        for argument in (un.name.value for un in noeud.arguments or ()):
            if argument not in definition.args:
                ou = f"du champ {_cite(nom)} du type {_cite(parent.name)}"
                self._noter(parent.name, argument, f"l’argument {_cite(argument)} {ou} n’existe pas")

    def enter_object_field(self, noeud: ObjectFieldNode, *_: object) -> None:
        parent, nom = get_named_type(self.infos.get_parent_input_type()), noeud.name.value
        if isinstance(parent, GraphQLInputObjectType) and nom not in parent.fields:
            self._noter(parent.name, nom, f"la donnée {_cite(nom)} du type {_cite(parent.name)} n’existe pas")

    def enter_named_type(self, noeud: NamedTypeNode, *_: object) -> None:
        nom = noeud.name.value
        if nom not in self.schema.type_map:
            self._noter(nom, "", f"le type {_cite(nom)} n’existe pas")

    def _noter(self, type_: str, champ: str, dit: str) -> None:
        self.faits.append(_Fait(type_, champ, dit))


def _lire_valeurs(schema: GraphQLSchema) -> Iterator[tuple[str, _Fait]]:
    for type_, (nom, connues) in {**_ENVOYEES, **_LUES}.items():
        for valeur in sorted(connues - _valeurs(schema, type_)):
            yield nom, _Fait(type_, valeur, f"la valeur {_cite(valeur)} du type {_cite(type_)} n’existe pas")
    for type_, (nom, connues) in _LUES.items():
        for valeur in sorted(_valeurs(schema, type_) - connues):
            dit = f"la valeur {_cite(valeur)} du type {_cite(type_)} est nouvelle, le portail ne la connaît pas"
            yield nom, _Fait(type_, valeur, dit)


def _cite(nom: str) -> str:
    return f"«\u00a0{nom}\u00a0»"


def _valeurs(schema: GraphQLSchema, nom: str) -> frozenset[str]:
    match schema.type_map.get(nom):
        case GraphQLEnumType() as enumeration:
            return frozenset(enumeration.values)
        case GraphQLInputObjectType() as entree:
            return frozenset(entree.fields)
    return frozenset()
