"""What is kept of a DS dossier for its pages, and how they read it."""

from typing import Any

import pytest

from integrations.demarches_simplifiees.parsing import lire
from portal.queries import contenus_ds
from portal.queries.elements_ds import contenu, partie

Json = dict[str, Any]
FICHIER = {"filename": "statuts.pdf", "contentType": "application/pdf", "checksum": "q83v", "byteSizeBigInt": "12"}


def champ(libelle: str, identifiant: str = "Q2hhbXAtMQ==", **autres: object) -> Json:
    base = {"__typename": "TextChamp", "id": identifiant, "champDescriptorId": identifiant, "label": libelle}
    return {**base, "stringValue": "", **autres}


def message(corps: str, email: str = "usager@example.org", **autres: object) -> Json:
    return {"id": "TQ==", "email": email, "body": corps, "createdAt": "2026-03-01T10:00:00+01:00", **autres}


def elements(nom: str, **dossier: object) -> list[Json]:
    recu = lire({"number": 1, "usager": {"email": "Usager@example.org"}, **dossier})
    return partie(contenu(recu), nom)


def test_an_answer_keeps_ds_s_id_and_leaves_out_what_is_empty() -> None:
    lus = elements("champs", champs=[champ("Projet", stringValue="Lire"), champ("Vide")])
    assert lus[0] == {
        "partie": "champs",
        "id": "Q2hhbXAtMQ==",
        "libelle": "Projet",
        "type": "TextChamp",
        "valeur": "Lire",
    }
    assert lus[1].keys() == {"partie", "id", "libelle", "type"}


def test_a_row_keeps_its_own_id_and_the_one_that_all_rows_share() -> None:
    ligne = {
        "id": "r",
        "champs": [champ("Nom", "Q2hhbXAtMnxMMQ==", champDescriptorId="Q2hhbXAtMg==", stringValue="Mairie")],
    }
    lus = elements("champs", champs=[champ("Partenaires", __typename="RepetitionChamp", rows=[ligne])])
    dans_la_ligne = lus[0]["lignes"][0][0]
    assert (dans_la_ligne["id"], dans_la_ligne["descripteur"]) == ("Q2hhbXAtMnxMMQ==", "Q2hhbXAtMg==")
    assert "valeur" not in lus[0]


def test_an_annotation_keeps_what_a_form_begins_with() -> None:
    date = champ("Comité du", __typename="DateChamp", date="2026-03-05", stringValue="05 mars 2026")
    lue = elements("annotations", annotations=[date])[0]
    assert (lue["valeur"].split(), lue["brut"]) == (["5", "mars", "2026"], "2026-03-05")


def test_a_file_is_known_by_what_bears_it() -> None:
    lus = elements("champs", champs=[champ("Statuts", __typename="PieceJustificativeChamp", files=[FICHIER])])
    cle = ("champs", "Q2hhbXAtMQ==", "statuts.pdf", "q83v")
    assert [piece.cle for piece in contenus_ds.pieces(lus)] == [cle]


@pytest.mark.parametrize(
    ("email", "attendu"),
    [
        ("usager@example.org", "usager"),
        ("suiveur@example.org", "instructeur"),
        ("expert@example.org", "expert"),
        ("contact@demarches.example.org", "systeme"),
        ("", "systeme"),
        ("quelqu-un@prefecture.example.org", "instructeur"),
    ],
)
def test_the_author_of_a_message_is_told_by_its_address(email: str, attendu: str) -> None:
    lus = elements(
        "messages",
        messages=[message("Bonjour", email)],
        instructeurs=[{"id": "i", "email": "suiveur@example.org"}],
        avis=[{"id": "a", "question": "?", "expert": {"email": "Expert@example.org"}}],
    )
    assert lus[0]["role"] == attendu


def test_a_message_is_text_and_its_scripts_are_gone() -> None:
    lus = elements(
        "messages", messages=[message("<p>Bonjour &amp; merci</p><script>alert(1)</script><p>À bientôt</p>")]
    )
    assert lus[0]["valeur"] == "Bonjour & merci\nÀ bientôt"


def test_a_deleted_message_is_told_and_a_correction_says_whether_it_came_back() -> None:
    lus = elements(
        "messages",
        messages=[
            message("", discardedAt="2026-03-02T10:00:00+01:00"),
            message("Il manque les statuts.", correction={"reason": "incomplete", "dateResolution": None}),
            message("Merci", correction={"reason": "incorrect", "dateResolution": "2026-03-04T10:00:00+01:00"}),
        ],
    )
    supprime, demandee, resolue = contenus_ds.messages(lus)
    assert supprime.supprime
    assert (demandee.correction, demandee.resolue_at) == ("dossier incomplet", None)
    assert resolue.correction == "dossier incorrect"
    assert resolue.resolue_at is not None


def test_an_avis_is_answered_only_when_its_answer_is_there() -> None:
    questions = [
        {"id": "1", "question": "Qu’en dites-vous ?", "dateReponse": "2026-03-01T10:00:00+01:00"},
        {"id": "2", "question": "?", "questionLabel": "Favorable ?", "questionAnswer": False},
        {"id": "3", "question": "?", "reponse": "<p>Oui.</p>"},
    ]
    attendu, tranche, ecrit = contenus_ds.avis(elements("avis", avis=questions))
    assert (attendu.repondu, tranche.repondu, ecrit.repondu) == (False, True, True)
    assert (tranche.texte, ecrit.texte) == ("Favorable ? Non", "Oui.")


def test_the_life_of_the_dossier_reads_in_french_newest_first() -> None:
    lus = elements(
        "traitements",
        traitements=[
            {"id": "1", "event": "depose", "dateTraitement": "2026-03-01T10:00:00+01:00"},
            {"id": "2", "event": "un_nouvel_evenement", "motivation": "Complet"},
        ],
    )
    nouveau, depose = contenus_ds.traitements(lus)
    assert (nouveau.libelle, nouveau.texte, nouveau.at) == ("un nouvel evenement", "Complet", None)
    assert (depose.libelle, depose.auteur) == ("Dossier déposé", "")


def test_labels_followers_group_and_decision_are_mirrored() -> None:
    dossier: Json = {
        "labels": [{"id": "L", "name": "Urgent", "color": "beige"}],
        "instructeurs": [{"id": "i", "email": "suiveur@example.org"}],
        "groupeInstructeur": {"id": "g", "number": 3, "label": "DDETS"},
        "motivation": "Projet solide",
        "motivationAttachment": FICHIER,
        "attestation": {**FICHIER, "filename": "attestation.pdf"},
    }
    assert elements("labels", **dossier)[0]["couleur"] == "beige"
    assert elements("suiveurs", **dossier)[0]["libelle"] == "suiveur@example.org"
    assert elements("groupe", **dossier)[0]["libelle"] == "DDETS"
    motivation = elements("motivation", **dossier)[0]
    assert (motivation["valeur"], motivation["fichiers"][0]["nom"]) == ("Projet solide", "statuts.pdf")
    assert elements("attestation", **dossier)[0]["fichiers"][0]["nom"] == "attestation.pdf"


def test_a_dossier_without_anything_has_no_element() -> None:
    assert contenu(lire({"number": 1})) == []
