"""What a dossier read back proves, whoever has been at work on it meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.demarches_simplifiees.parsing import lire
from portal.models.envois import OperationDS
from portal.models.mutations_ds import MUTATIONS
from portal.services import annotations_ds, preuves_ds
from portal.services.preuves_ds import Suite

AGENT, AUTRE = "agent@example.org", "autre@example.org"
REFERENCE = "N-7Q3K-0M2X"
VIDE: dict[str, Any] = {"traitements": [], "messages": []}


def examiner(
    mutation: str, *, avant: dict[str, Any] | None = None, arguments: dict[str, Any] | None = None, **raw: Any
) -> Suite:
    resultat = {"avant": avant} if avant is not None else {}
    operation = OperationDS(mutation=mutation, reference=REFERENCE, resultat=resultat, arguments=arguments or {})
    recu = lire({"number": 1, **raw})
    return preuves_ds.examine(operation, recu, email=AGENT.upper()).suite


def etape(evenement: str, email: str = AGENT, *, id_: str = "T9", motivation: str = "") -> dict[str, Any]:
    return {"id": id_, "event": evenement, "emailAgentTraitant": email, "motivation": motivation}


def champ(type_: str, cle: str, valeur: Any, texte: str | None) -> dict[str, Any]:
    return {"__typename": type_, "id": "C1", "champDescriptorId": "C1", "label": "x", cle: valeur, "stringValue": texte}


@pytest.mark.parametrize("mutation", [une.nom for une in MUTATIONS.values() if une.evenement])
def test_a_step_of_ours_proves_the_act_even_when_somebody_has_undone_it_since(mutation: str) -> None:
    evenement, etat = MUTATIONS[mutation].evenement, next(iter(MUTATIONS[mutation].depuis))
    assert examiner(mutation, state=etat, avant=VIDE, traitements=[etape(evenement)]) == Suite.FAIT
    assert examiner(mutation, state=etat, avant=VIDE, traitements=[etape(evenement, AUTRE)]) == Suite.A_FAIRE


def test_a_step_that_was_there_before_proves_nothing() -> None:
    traitements = [etape("passe_en_instruction")]
    avant = {"traitements": ["T9"], "messages": []}
    for connu in (avant, None):
        suite = examiner("passer_en_instruction", state="en_construction", avant=connu, traitements=traitements)
        assert suite == Suite.A_FAIRE


def test_the_same_decision_by_somebody_else_is_not_ours() -> None:
    autrui = {"state": "accepte", "motivation": "Accordé.", "traitements": [etape("accepte", AUTRE)]}
    assert examiner("accepter", avant=VIDE, **autrui) == Suite.SANS_OBJET
    assert examiner("accepter", state="accepte", motivation=f"Accordé. {REFERENCE}") == Suite.FAIT


def test_our_decision_is_found_in_the_history_of_a_dossier_taken_up_again() -> None:
    traitements = [etape("accepte", motivation=f"Oui. {REFERENCE}"), etape("repasse_en_instruction", AUTRE, id_="T10")]
    assert examiner("accepter", state="en_instruction", traitements=traitements) == Suite.FAIT


def test_an_unknown_state_of_ds_stops_the_act_with_its_name() -> None:
    operation = OperationDS(mutation="accepter", reference=REFERENCE, resultat={}, arguments={})
    constat = preuves_ds.examine(operation, lire({"number": 1, "state": "nouveau"}), email=AGENT)
    assert (constat.suite, "«\u00a0nouveau\u00a0»" in constat.raison) == (Suite.SANS_OBJET, True)


def test_a_message_known_to_ds_by_its_id_is_never_sent_again() -> None:
    operation = OperationDS(
        mutation="demander_correction",
        reference=REFERENCE,
        resultat={"message_id": "M1"},
        arguments={"correction": "incomplete"},
    )
    constat = preuves_ds.examine(operation, lire({"number": 1, "state": "en_instruction"}), email=AGENT)
    assert (constat.suite, constat.raison) == (Suite.FAIT, preuves_ds.CORRECTION_PERDUE)


@pytest.mark.parametrize(
    ("genre", "valeur", "tenue"),
    [
        ("text", "Bien.\nTrès bien.", champ("TextChamp", "text", "Bien.\r\nTrès bien. ", "Bien.\r\nTrès bien. ")),
        ("checkbox", True, champ("CheckboxChamp", "checked", True, "true")),
        ("yesNo", False, champ("YesNoChamp", "yesNo", False, "false")),
        ("integerNumber", 12, champ("IntegerNumberChamp", "integerNumber", "12", "12")),
        ("decimalNumber", str(Decimal("12.50")), champ("DecimalNumberChamp", "decimalNumber", 12.5, "12.5")),
        ("date", "2026-03-01", champ("DateChamp", "date", "2026-03-01", "01 mars 2026")),
        (
            "datetime",
            "2026-03-01T10:00:00+01:00",
            champ("DatetimeChamp", "datetime", "2026-03-01T09:00:00+00:00", "…"),
        ),
        ("multipleDropDownList", ["B", "A"], champ("MultipleDropDownListChamp", "values", ["A", "B"], "A, B")),
    ],
)
def test_a_value_is_recognised_whatever_the_way_ds_writes_it(genre: str, valeur: Any, tenue: dict[str, Any]) -> None:
    recu = lire({"number": 1, "annotations": [tenue]})
    ecriture = {"id": "C1", "genre": genre, "valeur": valeur}
    assert annotations_ds.remaining(recu, [ecriture]) == []
    vide = lire({"number": 1, "annotations": [champ(tenue["__typename"], "autre", None, None)]})
    assert [une.id for une in annotations_ds.remaining(vide, [ecriture])] == ["C1"]
