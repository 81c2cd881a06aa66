"""Every operation we ship is valid, for our own schema always, for the real one when it is there."""

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.utilities import find_schema_changes

from integrations.demarches_simplifiees.controle import comparer
from integrations.demarches_simplifiees.echange import noms_operations, texte_operation
from integrations.demarches_simplifiees.simulator.execution.resolution import texte_schema
from tests.reels import chemin

AJOUTS = {"TYPE_ADDED", "FIELD_ADDED", "OPTIONAL_ARG_ADDED", "OPTIONAL_INPUT_FIELD_ADDED", "VALUE_ADDED_TO_ENUM"}


@pytest.fixture(scope="module")
def vrai_schema() -> GraphQLSchema:
    return build_schema(chemin("DS_SCHEMA_PATH").read_text("utf-8"))


@pytest.mark.parametrize("nom", noms_operations())
def test_operation_is_valid_for_the_simulator(nom: str) -> None:
    assert validate(build_schema(texte_schema()), parse(texte_operation(nom))) == []


@pytest.mark.parametrize("nom", noms_operations())
def test_operation_is_valid_for_the_real_ds(nom: str, vrai_schema: GraphQLSchema) -> None:
    assert validate(vrai_schema, parse(texte_operation(nom))) == []


def test_no_drift_is_seen_in_the_real_ds(vrai_schema: GraphQLSchema) -> None:
    assert comparer(vrai_schema) == ()


def test_whole_dossiers_never_carry_the_addresses_of_their_files() -> None:
    """An address opens its file to anybody, and dies in an hour: raw JSON is kept for years."""
    assert [nom for nom in noms_operations() if "url" in texte_operation(nom).split()] == [
        "lire_fichiers",
        "preparer_televersement",
    ]


def test_a_degraded_company_is_always_asked_for_by_its_name() -> None:
    """Without the fragment DS answers `invalid_null` for the whole page (api v2 §6)."""
    for nom in ("lire_dossier", "page_dossiers"):
        assert "... on PersonneMoraleIncomplete" in texte_operation(nom)


def test_all_that_the_portal_orders_has_its_operation() -> None:
    assert len(noms_operations()) == 25


def test_our_schema_is_a_part_of_the_real_one(vrai_schema: GraphQLSchema) -> None:
    """Names, kinds, nullability and enum values are the same: from ours to the real one, things are only added."""
    ecarts = find_schema_changes(build_schema(texte_schema()), vrai_schema)
    assert [un.description for un in ecarts if un.type.name not in AJOUTS] == []
