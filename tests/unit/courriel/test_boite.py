"""The demonstration's mailbox and the message that every carrier sends."""

import os
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from integrations.courriel.api import CourrielIndisponible, CourrielRefuse, Lettre
from integrations.courriel.dossier import BoiteDemonstration
from integrations.courriel.message import composer

MAINTENANT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
LETTRE = Lettre(
    destinataire="claire.duval@amis-du-canal.example",
    objet="Votre reçu d’engagement est disponible",
    texte="Bonjour,\n\nVotre reçu est prêt : " + "https://portail.example/" + "a" * 120 + "\n",
    reference="courriel-42",
)


def test_a_letter_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    boite = BoiteDemonstration(tmp_path / "courriels", horloge=lambda: MAINTENANT)
    boite.envoyer(LETTRE)

    (recue,) = boite.lister()
    assert recue.destinataire == LETTRE.destinataire
    assert recue.objet == LETTRE.objet
    assert recue.texte == LETTRE.texte
    assert recue.reference == LETTRE.reference
    assert recue.recue_le == MAINTENANT


def test_the_same_letter_sent_twice_is_one_letter(tmp_path: Path) -> None:
    boite = BoiteDemonstration(tmp_path)
    boite.envoyer(LETTRE)
    boite.envoyer(LETTRE)

    assert len(boite.lister()) == 1


def test_letters_are_listed_newest_first_within_the_limit(tmp_path: Path) -> None:
    boite = BoiteDemonstration(tmp_path)
    for rang in range(3):
        boite.envoyer(Lettre("a@b.example", f"Objet {rang}", "texte", f"ref-{rang}"))
    for age, fichier in enumerate(sorted(tmp_path.glob("*.eml"))):
        os.utime(fichier, (1_000_000 - age, 1_000_000 - age))
    attendus = [str(_relire(f)["Subject"]) for f in sorted(tmp_path.glob("*.eml"))]

    assert [lettre.objet for lettre in boite.lister()] == attendus
    assert [lettre.objet for lettre in boite.lister(2)] == attendus[:2]


def test_an_empty_mailbox_has_no_letter(tmp_path: Path) -> None:
    assert BoiteDemonstration(tmp_path / "jamais-cree").lister() == []


def test_a_folder_that_cannot_be_used_is_a_temporary_failure(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_bytes(b"")

    with pytest.raises(CourrielIndisponible):
        BoiteDemonstration(tmp_path / "fichier").envoyer(LETTRE)


@pytest.mark.parametrize(
    "lettre",
    [
        Lettre("a@b.example\r\nBcc: tous@b.example", "Objet", "texte", "r"),
        Lettre("a@b.example", "Objet\nBcc: tous@b.example", "texte", "r"),
        Lettre("a@b.example", "Objet", "texte", "r\r\nX-Faux: oui"),
        Lettre("a@b.example, c@d.example", "Objet", "texte", "r"),
        Lettre("sans-arobase", "Objet", "texte", "r"),
        Lettre("", "Objet", "texte", "r"),
        Lettre("@b.example", "Objet", "texte", "r"),
    ],
)
def test_a_forged_header_or_a_second_recipient_is_refused_and_nothing_is_written(
    tmp_path: Path, lettre: Lettre
) -> None:
    with pytest.raises(CourrielRefuse):
        BoiteDemonstration(tmp_path).envoyer(lettre)

    assert list(tmp_path.iterdir()) == []


def test_the_message_id_depends_on_the_reference_only() -> None:
    def identifiant(lettre: Lettre) -> str:
        return str(composer(lettre, expediteur="portail@asso.example", date=MAINTENANT)["Message-ID"])

    autre_texte = Lettre(LETTRE.destinataire, "Autre objet", "autre texte", LETTRE.reference)
    autre_reference = Lettre(LETTRE.destinataire, LETTRE.objet, LETTRE.texte, "courriel-43")
    assert identifiant(LETTRE) == identifiant(autre_texte) != identifiant(autre_reference)
    assert identifiant(LETTRE).endswith("@asso.example>")


def test_the_message_says_that_a_machine_wrote_it() -> None:
    message = composer(LETTRE, expediteur="portail@asso.example", date=MAINTENANT)

    assert message["Auto-Submitted"] == "auto-generated"
    assert max(len(ligne) for ligne in message.as_bytes().splitlines()) <= 78


def _relire(fichier: Path) -> dict[str, str]:
    return dict(message_from_bytes(fichier.read_bytes(), policy=default).items())
