"""A drift of DS's interface is named: the operation, the type, the field, the argument or the value that no longer fits."""

import pytest

from integrations.demarches_simplifiees.controle import comparer, schema_du_fichier
from integrations.demarches_simplifiees.ecarts import Ecart
from integrations.demarches_simplifiees.simulator.execution.resolution import texte_schema


def ecarts(*remplacements: tuple[str, str]) -> list[Ecart]:
    """The drifts from an interface where each of these texts has become the other."""
    sdl = texte_schema()
    for avant, apres in remplacements:
        assert avant in sdl, f"{avant!r} is not in the schema"
        sdl = sdl.replace(avant, apres)
    return list(comparer(schema_du_fichier(sdl)))


def test_an_interface_that_has_all_we_use_shows_no_drift() -> None:
    assert ecarts() == []


def test_what_ds_adds_and_nobody_uses_is_no_drift() -> None:
    assert ecarts(("type Message {", "type Message {\n  humeur: String")) == []


def test_a_vanished_field_is_named_once_with_every_operation_that_reads_it() -> None:
    (ecart,) = ecarts(("  discardedAt: ISO8601DateTime\n", ""))
    assert ecart.operations == ("lire_dossier", "page_dossiers", "supprimer_message")
    assert (ecart.type, ecart.champ) == ("Message", "discardedAt")
    assert ecart.phrase == (
        "lire_dossier, page_dossiers, supprimer_message\u00a0: "
        "le champ «\u00a0discardedAt\u00a0» du type «\u00a0Message\u00a0» n’existe pas."
    )


def test_a_vanished_argument_is_named() -> None:
    (ecart,) = ecarts(
        ("dossiers(first: Int, after: String, updatedSince: ISO8601DateTime)", "dossiers(first: Int, after: String)")
    )
    assert ecart.operations == ("lister_dossiers", "page_dossiers")
    assert (ecart.type, ecart.champ) == ("Demarche", "updatedSince")
    assert "«\u00a0updatedSince\u00a0» du champ «\u00a0dossiers\u00a0» du type «\u00a0Demarche\u00a0»" in ecart.phrase


def test_a_vanished_input_is_named() -> None:
    (ecart,) = ecarts(("  attachment: ID\n", ""))
    assert (ecart.operations, ecart.type, ecart.champ) == (
        ("envoyer_message",),
        "DossierEnvoyerMessageInput",
        "attachment",
    )


def test_a_renamed_type_is_named_and_hides_nothing_else() -> None:
    trouves = ecarts(("PersonneMoraleIncomplete", "PersonneMoraleDegradee"))
    assert [(un.type, un.champ) for un in trouves] == [("PersonneMoraleIncomplete", "")]


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [
        ("  outdated\n", "", ("CorrectionReason", "outdated")),
        ("  yesNo: Boolean\n", "", ("AnnotationValueInput", "yesNo")),
        ("enum DossierState {", "enum DossierState {\n  suspendu", ("DossierState", "suspendu")),
    ],
)
def test_a_value_that_comes_or_goes_is_named(avant: str, apres: str, attendu: tuple[str, str]) -> None:
    assert [(un.type, un.champ) for un in ecarts((avant, apres))] == [attendu]


def test_a_demand_that_no_longer_fits_is_told_even_when_every_name_is_there() -> None:
    (ecart,) = ecarts(("input DossierArchiverInput {", "input DossierArchiverInput {\n  motif: String!"))
    assert ecart.operations == ("archiver",)
    assert "motif" in ecart.phrase


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="no GraphQL schema"):
        schema_du_fichier("<html>")
