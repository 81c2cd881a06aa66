"""What DS sends becomes what a French reader sees, and nothing unknown ever stops the reading."""

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.demarches_simplifiees.champs import lire_champ
from integrations.demarches_simplifiees.errors import ReponseInvalide
from integrations.demarches_simplifiees.parsing import lire, lire_demandeur, lire_demarche
from integrations.demarches_simplifiees.types import Genre, Label


@pytest.mark.parametrize(
    ("champ", "valeur", "brut"),
    [
        ({"__typename": "CheckboxChamp", "checked": True}, "Oui", "true"),
        ({"__typename": "CheckboxChamp", "stringValue": "false"}, "Non", "false"),
        ({"__typename": "YesNoChamp", "yesNo": None, "stringValue": ""}, "", ""),
        ({"__typename": "DateChamp", "date": "2025-03-01"}, "1er mars 2025", "2025-03-01"),
        ({"__typename": "DateChamp", "stringValue": "16 mai 2025"}, "16 mai 2025", "16 mai 2025"),
        (
            {"__typename": "DatetimeChamp", "datetime": "2025-07-14T10:05:00+02:00"},
            "14 juillet 2025 à 10\u00a0h\u00a005",
            "2025-07-14T08:05:00+00:00",
        ),
        ({"__typename": "IntegerNumberChamp", "integerNumber": "12345678901"}, "12\u00a0345\u00a0678\u00a0901", "12345678901"),
        (
            {"__typename": "DecimalNumberChamp", "decimalNumber": 256888, "stringValue": "256888.00"},
            "256\u00a0888,00",
            "256888.00",
        ),
        ({"__typename": "DecimalNumberChamp", "stringValue": "-0.5"}, "-0,5", "-0.5"),
        ({"__typename": "DecimalNumberChamp", "stringValue": "12 ou 13"}, "12 ou 13", "12 ou 13"),
        ({"__typename": "MultipleDropDownListChamp", "values": ["Jeunes", "Adultes"]}, "Jeunes, Adultes", "Jeunes, Adultes"),
        ({"__typename": "LinkedDropDownListChamp", "primaryValue": "A", "secondaryValue": "B"}, "A / B", "A / B"),
        ({"__typename": "CommuneChamp", "commune": {"name": "Rezé"}}, "Rezé", "Rezé"),
        ({"__typename": "TitreIdentiteChamp", "filled": True}, "Pièce fournie", "true"),
        ({"__typename": "CarteChamp", "geoAreas": [{"id": "1"}, {"id": "2"}]}, "2\u00a0zones", "2"),
        ({"__typename": "IntegerNumberChamp", "integerNumber": "9" * 5000}, "9" * 5000, "9" * 5000),
        (
            {"__typename": "DatetimeChamp", "datetime": "9999-12-31T23:30:00+00:00", "stringValue": "jamais"},
            "jamais",
            "jamais",
        ),
        ({"__typename": "ChampVenuDuFutur", "stringValue": "du texte"}, "du texte", "du texte"),
        ({"__typename": "ChampVenuDuFutur", "stringValue": None}, "", ""),
    ],
)  # fmt: skip
def test_a_champ_shows_what_a_french_reader_expects(champ: dict[str, Any], valeur: str, brut: str) -> None:
    lu = lire_champ(champ)
    assert (lu.valeur, lu.brut, lu.vide) == (valeur, brut, not valeur)


def test_files_keep_their_size_in_either_shape() -> None:
    recent = {"filename": "a.pdf", "byteSizeBigInt": "3000000000", "checksum": "x", "url": "u", "contentType": "t"}
    ancien = {"filename": "b.pdf", "byteSize": "12"}
    lu = lire_champ({"__typename": "PieceJustificativeChamp", "files": [recent, ancien, None]})
    assert lu.valeur == "a.pdf, b.pdf"
    assert [un.taille for un in lu.fichiers] == [3_000_000_000, 12]


def test_a_repetition_gives_its_rows() -> None:
    lignes = [{"id": "r1", "champs": [{"__typename": "TextChamp", "label": "Poste", "text": "60"}]}]
    lu = lire_champ({"__typename": "RepetitionChamp", "rows": lignes, "stringValue": ""})
    assert [[(un.label, un.valeur) for un in ligne] for ligne in lu.lignes] == [[("Poste", "60")]]
    assert lu.valeur == "1\u00a0ligne"


def test_every_file_of_a_dossier_says_where_it_stands() -> None:
    piece = {
        "filename": "devis.pdf",
        "checksum": "m",
        "virusScanResult": "safe",
        "createdAt": "2026-03-02T10:00:00+01:00",
    }
    champ = {"__typename": "PieceJustificativeChamp", "label": "Devis"}
    lu = lire({
        "number": 1,
        "champs": [
            {**champ, "id": "c1", "files": [piece, piece]},
            {"__typename": "RepetitionChamp", "id": "c2", "rows": [{"champs": [{**champ, "id": "c3|r1", "files": [piece]}]}]},
        ],
        "annotations": [{**champ, "id": "n1", "files": [piece]}],
        "avis": [{"id": "a1", "attachments": [piece]}],
        "messages": [{"id": "m1", "attachments": [piece]}],
        "motivationAttachment": piece,
        "attestation": piece,
    })  # fmt: skip
    assert [(un.partie.value, un.porteur, un.rang, un.libelle) for un in lu.fichiers] == [
        ("champs", "c1", 0, "Devis"),
        ("champs", "c1", 1, "Devis"),
        ("champs", "c3|r1", 0, "Devis"),
        ("annotations", "n1", 0, "Devis"),
        ("avis", "a1", 0, ""),
        ("messages", "m1", 0, ""),
        ("motivation", "", 0, ""),
        ("attestation", "", 0, ""),
    ]
    assert {(un.virus, un.cree_at) for un in lu.fichiers} == {("safe", datetime(2026, 3, 2, 9, tzinfo=UTC))}


def test_a_file_never_shows_its_address_by_accident() -> None:
    lu = lire({"number": 1, "attestation": {"filename": "a.pdf", "url": "https://ds.example/ouvert"}})
    assert "https" not in repr(lu)


def test_labels_and_followers_are_read_with_their_ids() -> None:
    lu = lire({
        "number": 1,
        "labels": [{"id": "l1", "name": "Urgent", "color": "green_tilleul"}],
        "instructeurs": [{"id": "i1", "email": "agent@nantes.example"}],
        "dateExpiration": "2027-01-01T00:00:00+01:00",
    })  # fmt: skip
    assert lu.labels == (Label("l1", "Urgent", "green_tilleul"),)
    assert [un.id for un in lu.instructeurs] == ["i1"]
    assert lu.date_expiration == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_a_form_keeps_its_order_and_its_nesting() -> None:
    question = {"__typename": "TextChampDescriptor", "description": None, "required": True}
    lue = lire_demarche({
        "number": 1,
        "labels": [{"id": "l1", "name": "Urgent", "color": "x"}],
        "declarative": None,
        "activeRevision": {"id": "r1", "champDescriptors": [
            {**question, "id": "q2", "label": "Second"},
            {"__typename": "RepetitionChampDescriptor", "id": "q1", "champDescriptors": [{**question, "id": "q3"}]},
            {"__typename": "DropDownListChampDescriptor", "id": "q4", "options": ["A", "B"], "otherOption": True},
        ]},
    })  # fmt: skip
    champs = lue.revision.champs
    assert [un.id for un in champs] == ["q2", "q1", "q4"]
    assert [un.id for un in champs[1].descripteurs] == ["q3"]
    assert (champs[2].options, champs[2].autre) == (("A", "B"), True)
    assert (lue.declarative, [un.name for un in lue.labels]) == ("", ["Urgent"])


def test_dates_become_utc_and_nulls_become_nothing() -> None:
    lu = lire(
        {"number": "12", "dateDepot": "2024-10-16T10:09:32+02:00", "dateTraitement": None, "state": "etat_nouveau"}
    )
    assert lu.number == 12
    assert lu.date_depot == datetime(2024, 10, 16, 8, 9, 32, tzinfo=UTC)
    assert lu.date_traitement is None
    assert lu.state == "etat_nouveau"
    assert lu.demandeur.genre is Genre.INCONNU
    assert lu.champs == ()


def test_a_dossier_whose_every_value_is_null_is_still_read() -> None:
    nul = dict.fromkeys(
        ("champs", "annotations", "avis", "messages", "traitements", "instructeurs", "labels", "demandeur", "usager",
         "groupeInstructeur", "demarche", "dateDepot", "motivation", "archived", "state", "id"),
    )  # fmt: skip
    assert lire({**nul, "number": 3}).motivation == ""


def test_a_dossier_without_number_cannot_be_filed() -> None:
    with pytest.raises(ReponseInvalide):
        lire({"id": "x"})


def test_an_avis_dated_but_unanswered_is_not_answered() -> None:
    avis = [{"id": "a", "reponse": None, "questionAnswer": None, "dateReponse": "2025-01-01T00:00:00+01:00"},
            {"id": "b", "reponse": None, "questionAnswer": False, "dateReponse": "2025-01-01T00:00:00+01:00"}]  # fmt: skip
    sans, tranche = lire({"number": 1, "avis": avis}).avis
    assert (sans.repondu, sans.date_reponse) == (False, None)
    assert tranche.repondu
    assert tranche.date_reponse is not None


def test_the_older_traitement_tells_its_event_by_the_state() -> None:
    traitements = [{"state": "sans_suite"}, {"event": "accepte_automatiquement"}, {"state": "inconnu"}]
    lus = lire({"number": 1, "traitements": traitements}).traitements
    assert [un.event for un in lus] == ["classe_sans_suite", "accepte_automatiquement", "inconnu"]


@pytest.mark.parametrize(
    ("brut", "genre", "denomination"),
    [
        ({"__typename": "PersonneMorale", "siret": "21670449400014", "association": {"titre": "Judo club"},
          "entreprise": {"raisonSociale": "JUDO CLUB"}}, Genre.MORALE, "Judo club"),
        ({"__typename": "PersonneMorale", "entreprise": {"raisonSociale": "", "nomCommercial": "Le Bar"}},
         Genre.MORALE, "Le Bar"),
        ({"__typename": "PersonneMoraleIncomplete", "siret": "21670449400014"}, Genre.MORALE_INCOMPLETE, ""),
        ({"__typename": "PersonnePhysique", "nom": "Petit", "prenom": "Léa"}, Genre.PHYSIQUE, "Léa Petit"),
        ({"__typename": "Anonymous", "id": "x"}, Genre.INCONNU, ""),
    ],
)  # fmt: skip
def test_every_kind_of_applicant_is_read(brut: dict[str, Any], genre: Genre, denomination: str) -> None:
    lu = lire_demandeur(brut)
    assert (lu.genre, lu.denomination) == (genre, denomination)
    assert lu.siren == brut.get("siret", "")[:9]


def test_an_address_on_several_lines_reads_on_one() -> None:
    lu = lire_demandeur({"address": {"label": "MAIRIE\r\n\r\n1 RUE X\r\n44400 REZE", "cityName": "Rezé"}})
    assert (lu.adresse, lu.commune) == ("MAIRIE, 1 RUE X, 44400 REZE", "Rezé")
