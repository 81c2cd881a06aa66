"""The words of our mails."""

import re
from datetime import date

import pytest

from portal.documents import courriels_manquements as manquements
from portal.documents.courriels import (
    AvisDemande,
    Courriel,
    DecisionNotifiee,
    InvitationAgent,
    LienConnexion,
    PapierControle,
    RecepisseDisponible,
    RecuDisponible,
    SignatureDemandee,
    SignatureObtenue,
    SignatureRenvoyee,
    rediger,
)

ADRESSE = "https://portail.example/suite?jeton=abc&x=1"
LETTRES: list[Courriel] = [
    LienConnexion(ADRESSE, 15, "l’espace des associations"),
    RecuDisponible(ADRESSE, "Les Amis d’Ici & d’Ailleurs"),
    RecepisseDisponible(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS du Rhône"),
    DecisionNotifiee(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS du Rhône"),
    InvitationAgent(ADRESSE, "DDETS du Rhône", "instructeur", "Camille Martin"),
    AvisDemande(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS", "Le projet est-il utile ?", date(2026, 12, 5)),
    SignatureDemandee(ADRESSE, "Les Amis d’Ici", "Paul Martin", rappel=False),
    SignatureDemandee(ADRESSE, "Les Amis d’Ici", "Paul Martin", rappel=True),
    SignatureRenvoyee(ADRESSE, "Les Amis d’Ici", "Awa Diallo", "Le bureau n’a pas encore délibéré."),
    SignatureObtenue(ADRESSE, "Les Amis d’Ici", "Awa Diallo"),
    PapierControle(ADRESSE, "Les Amis d’Ici", "DDETS du Rhône", ""),
    PapierControle(ADRESSE, "Les Amis d’Ici", "DDETS du Rhône", "La page du texte manque."),
    manquements.ConstatConsigne(ADRESSE, "Les Amis"),
    manquements.ConstatRepondu(ADRESSE, "C-1"),
    manquements.RetraitEnvisage(ADRESSE, "P-2026-1", "Les Amis", "DDETS du Rhône"),
    manquements.RetraitObserve(ADRESSE, "P-2026-1"),
    manquements.RetraitAbandonne(ADRESSE, "P-2026-1", "Les Amis", "DDETS du Rhône"),
    manquements.RetraitNotifie(ADRESSE, "P-2026-1", "Les Amis", "DDETS du Rhône"),
]


@pytest.mark.parametrize("lettre", LETTRES, ids=lambda lettre: type(lettre).__name__)
def test_every_mail_has_an_object_greets_and_gives_its_address_alone_on_a_line(lettre: Courriel) -> None:
    objet, texte = rediger(lettre)

    assert 10 < len(objet) < 100
    assert "\n" not in objet
    assert texte.startswith("Bonjour,\n\n")
    assert ADRESSE in texte.splitlines()
    assert "envoyé automatiquement" in texte


@pytest.mark.parametrize("lettre", LETTRES, ids=lambda lettre: type(lettre).__name__)
def test_every_mail_is_plain_and_well_spaced(lettre: Courriel) -> None:
    objet, texte = rediger(lettre)

    for ecrit in (objet, texte):
        assert not re.search(r"&amp;|&#|\{\{|\{%", ecrit)
        assert not re.search(r"[^\u00a0][;!?»]|\w:\s|« ", ecrit.replace(ADRESSE, ""))
        assert not re.search(r"\n{4,}", ecrit)


def test_the_magic_link_says_how_long_it_lives_and_what_to_do_if_not_asked() -> None:
    _, texte = rediger(LETTRES[0])

    assert "15 minutes" in texte
    assert "une seule fois" in texte
    assert "Si vous n’avez rien demandé" in texte


def test_names_are_written_as_they_are() -> None:
    objet, texte = rediger(LETTRES[1])

    assert "Les Amis d’Ici & d’Ailleurs" in objet
    assert "Les Amis d’Ici & d’Ailleurs" in texte


def test_the_mail_of_a_decision_does_not_tell_the_decision() -> None:
    objet, texte = rediger(LETTRES[3])

    assert not re.search(r"accord|refus|rejet|sans suite", objet + texte)


def test_a_request_for_an_avis_gives_question_and_date() -> None:
    _, texte = rediger(LETTRES[5])

    assert "Le projet est-il utile ?" in texte
    assert "avant le 5 décembre 2026" in texte


def test_a_request_for_an_avis_without_date_names_none() -> None:
    _, texte = rediger(AvisDemande(ADRESSE, "P-1", "Les Amis", "Berges", "DDETS", "Qu’en pensez-vous ?", None))

    assert "avant le" not in texte


def test_a_line_break_in_a_name_cannot_add_a_line_to_the_object() -> None:
    objet, _ = rediger(RecuDisponible(ADRESSE, "Amis\r\nBcc: tous@b.example"))

    assert objet == "Reçu de l’engagement souscrit par Amis Bcc: tous@b.example"
