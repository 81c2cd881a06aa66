"""Each thing the client orders has its effect at DS, read back through the client itself."""

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import Introuvable, LienExpire, RefusDS
from integrations.demarches_simplifiees.ordres import GenreAnnotation, MotifCorrection, ValeurAnnotation
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from integrations.demarches_simplifiees.types import Champ, DossierRecu, Partie
from tests.integration.ds.conftest import client

EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE = range(PREMIER_NUMERO, PREMIER_NUMERO + 3)
PDF = b"%PDF-1.7 lettre de notification"


def relire(ds: ClientDS, number: int) -> DossierRecu:
    return lire(ds.lire_dossier(number))


def acteurs(ds: ClientDS, number: int) -> tuple[str, str]:
    """The dossier's id and that of an instructeur of its group."""
    dossier = relire(ds, number)
    groupes = ds.lire_demarche(DEMARCHE).groupes
    sien = next(un for un in groupes if un.id == dossier.groupe_instructeur.id)
    return dossier.id, sien.instructeurs[0].id


def annotation(dossier: DossierRecu, genre: str) -> Champ:
    return next(une for une in dossier.annotations if une.type == genre)


def test_a_label_is_stuck_and_taken_off(ds: ClientDS) -> None:
    dossier, label = relire(ds, EN_INSTRUCTION), ds.lire_demarche(DEMARCHE).labels[0]
    for pose in [une for une in dossier.labels if une.id == label.id]:
        ds.supprimer_label(dossier.id, pose.id)
    assert ds.ajouter_label(dossier.id, label.id).state == "en_instruction"
    assert label in relire(ds, EN_INSTRUCTION).labels
    with pytest.raises(RefusDS):
        ds.ajouter_label(dossier.id, label.id)
    ds.supprimer_label(dossier.id, label.id)
    assert label not in relire(ds, EN_INSTRUCTION).labels


def test_only_a_decided_dossier_is_archived(ds: ClientDS) -> None:
    with pytest.raises(RefusDS):
        ds.archiver(*acteurs(ds, EN_INSTRUCTION))
    ds.archiver(*acteurs(ds, ACCEPTE))
    assert relire(ds, ACCEPTE).archived
    ds.desarchiver(*acteurs(ds, ACCEPTE))
    assert not relire(ds, ACCEPTE).archived


def test_an_instructeur_follows_then_leaves_a_dossier(ds: ClientDS) -> None:
    dossier_id, instructeur_id = acteurs(ds, EN_INSTRUCTION)
    ds.suivre(dossier_id, instructeur_id, suit=True)
    assert instructeur_id in {un.id for un in relire(ds, EN_INSTRUCTION).instructeurs}
    ds.suivre(dossier_id, instructeur_id, suit=False)
    assert instructeur_id not in {un.id for un in relire(ds, EN_INSTRUCTION).instructeurs}


def test_a_dossier_changes_hands(ds: ClientDS) -> None:
    avant = relire(ds, EN_INSTRUCTION)
    autre = next(un for un in ds.lire_demarche(DEMARCHE).groupes if un.id != avant.groupe_instructeur.id)
    ds.changer_groupe(avant.id, autre.id)
    assert relire(ds, EN_INSTRUCTION).groupe_instructeur.number == autre.number


def test_a_message_carries_its_file_and_asks_for_a_correction(ds: ClientDS) -> None:
    dossier_id, instructeur_id = acteurs(ds, EN_INSTRUCTION)
    depose = ds.televerser(dossier_id, nom="lettre.pdf", type_mime="application/pdf", octets=PDF)
    envoye = ds.envoyer_message(
        dossier_id, instructeur_id, texte="Il manque le budget.", piece=depose, correction=MotifCorrection.INCOMPLETE
    )
    apres = relire(ds, EN_INSTRUCTION)
    message = next(un for un in apres.messages if un.id == envoye.message_id)
    assert (apres.state, message.correction_reason) == ("en_construction", "incomplete")
    assert [un.filename for un in message.fichiers] == ["lettre.pdf"]


def test_a_message_is_emptied_by_its_author(ds: ClientDS) -> None:
    dossier_id, instructeur_id = acteurs(ds, EN_INSTRUCTION)
    envoye = ds.envoyer_message(dossier_id, instructeur_id, texte="Erreur")
    ds.supprimer_message(envoye.message_id or "", instructeur_id)
    message = next(un for un in relire(ds, EN_INSTRUCTION).messages if un.id == envoye.message_id)
    assert (message.body, message.discarded_at is None) == ("", False)


def test_a_decision_bears_its_letter_which_can_be_fetched(ds: ClientDS) -> None:
    dossier_id, instructeur_id = acteurs(ds, EN_INSTRUCTION)
    depose = ds.televerser(dossier_id, nom="lettre.pdf", type_mime="application/pdf", octets=PDF)
    ds.refuser(dossier_id, instructeur_id, motivation="Hors délai", justificatif=depose)
    (lettre,) = (un for un in ds.lire_fichiers(EN_INSTRUCTION) if un.partie is Partie.MOTIVATION)
    assert ds.telecharger(lettre.url, maximum=len(PDF)) == PDF
    with pytest.raises(LienExpire):
        ds.telecharger(lettre.url.replace(lettre.url.split("/")[4], "faux"), maximum=100)


def test_a_letter_that_was_never_deposited_is_refused_in_ds_words(ds: ClientDS) -> None:
    with pytest.raises(RefusDS, match="téléversé"):
        ds.accepter(*acteurs(ds, EN_INSTRUCTION), justificatif="inconnu")


def test_annotations_are_written_but_those_of_another_type(ds: ClientDS) -> None:
    dossier_id, instructeur_id = acteurs(ds, EN_INSTRUCTION)
    texte = annotation(relire(ds, EN_INSTRUCTION), "TextChamp")
    case = annotation(relire(ds, EN_INSTRUCTION), "CheckboxChamp")
    ecrites = ds.modifier_annotations(
        dossier_id,
        instructeur_id,
        annotations=[
            ValeurAnnotation(case.id, GenreAnnotation.CHECKBOX, True),
            ValeurAnnotation(texte.id, GenreAnnotation.DATE, "2026-03-02"),
        ],
    )
    apres = relire(ds, EN_INSTRUCTION)
    assert annotation(apres, "CheckboxChamp").brut == "true"
    assert annotation(apres, "TextChamp").brut == texte.brut
    assert len(ecrites.erreurs) == 1


def test_whole_dossiers_and_fresh_addresses_name_the_same_files(ds: ClientDS, simulateur: Simulateur) -> None:
    numbers = sorted(simulateur.donnees.dossiers)
    gardes = {number: relire(ds, number).fichiers for number in numbers}
    assert any(gardes.values())
    for number in numbers:
        frais = ds.lire_fichiers(number)
        assert [(un.partie, un.porteur, un.rang, un.checksum) for un in frais] == [
            (un.partie, un.porteur, un.rang, un.checksum) for un in gardes[number]
        ]
        assert all(un.url for un in frais)
        assert not any(un.url for un in gardes[number])


def test_a_reading_token_writes_nothing(simulateur: Simulateur, ds: ClientDS) -> None:
    agissant = acteurs(ds, EN_INSTRUCTION)
    with client(simulateur, jeton=simulateur.jeton_lecture) as lecteur, pytest.raises(RefusDS, match="lecture"):
        lecteur.suivre(*agissant, suit=True)


def test_what_ds_does_not_know_is_not_found(ds: ClientDS) -> None:
    instructeur_id = acteurs(ds, EN_INSTRUCTION)[1]
    with pytest.raises(Introuvable):
        ds.archiver("inconnu", instructeur_id)
    with pytest.raises(Introuvable):
        ds.supprimer_message("inconnu", instructeur_id)
    with pytest.raises(Introuvable):
        ds.lire_fichiers(1)
