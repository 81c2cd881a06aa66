"""The simulator refuses what DS refuses, in its words, and changes no more than DS changes."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLError

from integrations.demarches_simplifiees.simulator.demarche.revisions import publier_revision
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.depart.preparation import preparer
from integrations.demarches_simplifiees.simulator.gens import comptes
from integrations.demarches_simplifiees.simulator.mutations import televersements
from integrations.demarches_simplifiees.simulator.mutations.catalogue import appliquer
from integrations.demarches_simplifiees.simulator.mutations.echeances import echoir, juger
from integrations.demarches_simplifiees.simulator.mutations.transitions import TransitionImpossible
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, iso

Json = dict[str, Any]
ANCRAGE = datetime(2026, 6, 1, tzinfo=UTC)
EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE, REFUSE, SANS_SUITE = range(PREMIER_NUMERO, PREMIER_NUMERO + 5)
PDF = b"%PDF-1.7 lettre"


class Horloge:
    """The simulator's present, moved by hand."""

    def __init__(self) -> None:
        self.instant = ANCRAGE

    def __call__(self) -> datetime:
        return self.instant

    def avancer(self, **duree: int) -> None:
        self.instant += timedelta(**duree)


@pytest.fixture
def horloge() -> Horloge:
    return Horloge()


@pytest.fixture
def donnees(horloge: Horloge) -> Donnees:
    verite = preparer(dossiers=5, ancrage=ANCRAGE).donnees
    verite.horloge = horloge
    return verite


def acteurs(donnees: Donnees, number: int) -> Json:
    contenu = donnees.dossiers[number].contenu
    return {"dossierId": contenu["id"], "instructeurId": contenu["groupeInstructeur"]["instructeurs"][0]["id"]}


def muter(donnees: Donnees, mutation: str, number: int, **entree: Any) -> Json:
    return appliquer(donnees, mutation, acteurs(donnees, number) | entree)


def refus(charge: Json) -> str:
    (erreur,) = charge["errors"]
    return str(erreur["message"])


def televerser(donnees: Donnees, octets: bytes = PDF, *, type_mime: str = "application/pdf", **annonce: Any) -> str:
    """Announce a file, put it, and give the name that mutations call it by."""
    entree = {
        "dossierId": donnees.dossiers[EN_INSTRUCTION].contenu["id"],
        "filename": "lettre.pdf",
        "byteSize": len(octets),
        "checksum": fichiers.somme(octets),
        "contentType": type_mime,
    } | annonce
    signed: str = appliquer(donnees, "createDirectUpload", entree)["directUpload"]["signedBlobId"]
    statut = televersements.recevoir(
        donnees, signed, octets, type_mime=entree["contentType"], somme=fichiers.somme(octets)
    )
    assert statut == 204
    return signed


# ------------------------------------------------------------------ decisions


def test_an_empty_mandatory_annotation_blocks_the_decision_with_a_misleading_sentence(donnees: Donnees) -> None:
    publier_revision(donnees, DEMARCHE, exiges=["Montant proposé (en euros)"])
    assert muter(donnees, "dossierAccepter", EN_INSTRUCTION)["errors"] is None, "it follows the form it was filed under"
    donnees.dossiers[REFUSE].contenu["_revision"] = donnees.demarches[DEMARCHE]["activeRevision"]["id"]
    muter(donnees, "dossierRepasserEnInstruction", REFUSE)
    assert refus(muter(donnees, "dossierAccepter", REFUSE)) == "Le dossier est déjà en instruction"


def test_a_decision_wipes_identity_documents_and_files_to_purge(donnees: Donnees) -> None:
    champs = {un["label"]: un for un in donnees.dossiers[EN_INSTRUCTION].contenu["champs"]}
    identite, rib = champs["Pièce d’identité du représentant légal"], champs["Relevé d’identité bancaire"]
    assert identite["filled"]
    assert rib["files"]
    muter(donnees, "dossierAccepter", EN_INSTRUCTION)
    assert (identite["filled"], rib["files"]) == (False, [])
    assert champs["Statuts de l’association"]["files"]


@pytest.mark.parametrize(
    ("mutation", "attestee"),
    [("dossierAccepter", True), ("dossierRefuser", True), ("dossierClasserSansSuite", False)],
)
def test_the_attestation_comes_later_without_dating_the_dossier(
    donnees: Donnees, horloge: Horloge, mutation: str, attestee: bool
) -> None:
    muter(donnees, mutation, EN_INSTRUCTION, motivation="Motif")
    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    date = contenu["dateDerniereModification"]
    echoir(donnees)
    assert contenu["attestation"] is None
    horloge.avancer(minutes=1)
    echoir(donnees)
    assert (contenu["attestation"] is not None) == attestee
    assert contenu["dateDerniereModification"] == date


def test_a_decision_taken_back_meanwhile_has_no_attestation(donnees: Donnees, horloge: Horloge) -> None:
    muter(donnees, "dossierAccepter", EN_INSTRUCTION, justificatif=televerser(donnees))
    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    assert contenu["motivationAttachment"]["filename"] == "lettre.pdf"
    muter(donnees, "dossierRepasserEnInstruction", EN_INSTRUCTION)
    horloge.avancer(minutes=1)
    echoir(donnees)
    assert (contenu["attestation"], contenu["motivationAttachment"]) == (None, None)


def test_only_a_dossier_in_instruction_never_expires(donnees: Donnees) -> None:
    contenu = donnees.dossiers[EN_CONSTRUCTION].contenu
    assert contenu["dateExpiration"]
    muter(donnees, "dossierPasserEnInstruction", EN_CONSTRUCTION)
    assert contenu["dateExpiration"] is None
    muter(donnees, "dossierAccepter", EN_CONSTRUCTION)
    assert contenu["dateExpiration"] > contenu["dateTraitement"]


def test_a_decision_is_final_once_the_account_is_gone_and_no_message_leaves(donnees: Donnees) -> None:
    date = donnees.dossiers[ACCEPTE].contenu["dateDerniereModification"]
    comptes.supprimer_compte(donnees, ACCEPTE)
    contenu = donnees.dossiers[ACCEPTE].contenu
    assert (contenu["usager"]["id"], contenu["connectionUsager"]) == ("<deleted>", "deleted")
    assert contenu["dateDerniereModification"] == date
    assert "compte de l’usager" in refus(muter(donnees, "dossierRepasserEnInstruction", ACCEPTE))
    assert muter(donnees, "dossierEnvoyerMessage", ACCEPTE, body="Bonjour")["errors"]


def test_a_demarche_that_answers_by_itself_lets_an_exception_escape(donnees: Donnees) -> None:
    donnees.demarches[DEMARCHE]["_sva_svr"] = "sva"
    with pytest.raises(TransitionImpossible):
        muter(donnees, "dossierRepasserEnConstruction", EN_INSTRUCTION)
    assert donnees.dossiers[EN_INSTRUCTION].contenu["state"] == "en_instruction"


# ------------------------------------------------------------------- messages


def test_a_correction_sends_the_dossier_back_and_a_second_one_is_dropped_in_silence(donnees: Donnees) -> None:
    premier = muter(donnees, "dossierEnvoyerMessage", EN_INSTRUCTION, body="Il manque le RIB.", correction="incomplete")
    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    assert premier["message"]["correction"] == {"reason": "incomplete", "dateResolution": None}
    assert (contenu["state"], contenu["traitements"][-1]["event"]) == ("en_construction", "repasse_en_construction")
    attendue = contenu["dateDerniereCorrectionEnAttente"]
    second = muter(donnees, "dossierEnvoyerMessage", EN_INSTRUCTION, body="Et les statuts.", correction="outdated")
    assert (second["errors"], second["message"]["correction"]) == (None, None)
    assert contenu["dateDerniereCorrectionEnAttente"] == attendue


def test_a_pending_correction_blocks_instruction_only_where_the_demarche_says_so(donnees: Donnees) -> None:
    muter(donnees, "dossierEnvoyerMessage", EN_INSTRUCTION, body="Il manque le RIB.", correction="incomplete")
    donnees.demarches[DEMARCHE]["_correction_bloquante"] = True
    assert "attente de correction" in refus(muter(donnees, "dossierPasserEnInstruction", EN_INSTRUCTION))
    donnees.demarches[DEMARCHE]["_correction_bloquante"] = False
    assert muter(donnees, "dossierPasserEnInstruction", EN_INSTRUCTION)["errors"] is None
    assert donnees.dossiers[EN_INSTRUCTION].contenu["dateDerniereCorrectionEnAttente"] is None


def test_a_message_is_emptied_by_its_author_alone(donnees: Donnees) -> None:
    message = muter(donnees, "dossierEnvoyerMessage", EN_INSTRUCTION, body="Bonjour")["message"]
    systeme = donnees.dossiers[EN_INSTRUCTION].contenu["messages"][0]
    acteur = {"instructeurId": acteurs(donnees, EN_INSTRUCTION)["instructeurId"]}
    assert appliquer(donnees, "dossierSupprimerMessage", {"messageId": systeme["id"], **acteur})["errors"]
    assert not appliquer(donnees, "dossierSupprimerMessage", {"messageId": message["id"], **acteur})["errors"]
    assert (message["body"], bool(message["discardedAt"])) == ("", True)
    with pytest.raises(GraphQLError, match="Message not found"):
        appliquer(donnees, "dossierSupprimerMessage", {"messageId": "inconnu", **acteur})


def test_an_archived_dossier_or_one_its_usager_hid_takes_no_message(donnees: Donnees) -> None:
    muter(donnees, "dossierArchiver", ACCEPTE)
    comptes.masquer_dossier(donnees, REFUSE)
    assert donnees.visible(REFUSE)
    for number in (ACCEPTE, REFUSE):
        assert muter(donnees, "dossierEnvoyerMessage", number, body="Bonjour")["errors"]


def test_a_usager_puts_a_dossier_in_the_bin_only_before_instruction(donnees: Donnees) -> None:
    comptes.masquer_dossier(donnees, EN_CONSTRUCTION)
    assert donnees.corbeille[EN_CONSTRUCTION]["reason"] == "user_request"
    with pytest.raises(ValueError, match="en instruction"):
        comptes.masquer_dossier(donnees, EN_INSTRUCTION)


# ---------------------------------------------------------------------- files


def test_a_file_sent_is_pending_then_sound_and_served_as_it_was_sent(donnees: Donnees, horloge: Horloge) -> None:
    charge = muter(donnees, "dossierEnvoyerMessage", EN_INSTRUCTION, body="Voici.", attachment=televerser(donnees))
    (piece,) = charge["message"]["attachments"]
    assert (piece["virusScanResult"], piece["byteSizeBigInt"]) == ("pending", str(len(PDF)))
    assert televersements.contenu(donnees, piece["_cle"]) == PDF
    horloge.avancer(minutes=1)
    echoir(donnees)
    assert piece["virusScanResult"] == "safe"


@pytest.mark.parametrize("verdict", ["infected", "integrity_error"])
def test_an_unsound_file_vanishes_without_a_word(donnees: Donnees, verdict: str) -> None:
    fiche = donnees.dossiers[EN_INSTRUCTION]
    statuts = next(un for un in fiche.contenu["champs"] if un["label"] == "Statuts de l’association")
    muter(donnees, "dossierAccepter", EN_INSTRUCTION, justificatif=televerser(donnees))
    juger(donnees, fiche, statuts["files"][0]["_cle"], verdict)
    juger(donnees, fiche, fiche.contenu["motivationAttachment"]["_cle"], verdict)
    assert (statuts["files"], fiche.contenu["motivationAttachment"]) == ([], None)


def test_files_are_refused_in_ds_words(donnees: Donnees, horloge: Horloge) -> None:
    def joindre(signed: str) -> str:
        return refus(muter(donnees, "dossierEnvoyerMessage", EN_INSTRUCTION, body="Voici.", attachment=signed))

    altere, jamais_mis = televerser(donnees), televerser(donnees)
    donnees.televersements[altere]["contenu"] = base64.b64encode(b"autre").decode()
    donnees.televersements[jamais_mis]["contenu"] = None
    assert joindre("inconnu") == "L’identifiant du fichier téléversé est invalide"
    assert joindre(altere) == "Le hash du fichier téléversé est invalide"
    assert joindre(jamais_mis) == "Le fichier n’a pas été correctement téléversé"
    assert "type" in joindre(televerser(donnees, type_mime="application/x-msdownload"))
    assert "20 Mo" in joindre(televerser(donnees, b"0" * 20_000_000))
    bon = televerser(donnees)
    horloge.avancer(minutes=61)
    assert joindre(bon) == "L’identifiant du fichier téléversé est invalide"
    assert donnees.effets == []


def test_storage_takes_the_announced_bytes_alone(donnees: Donnees) -> None:
    signed = televerser(donnees)
    somme = fichiers.somme(PDF)
    for attendu, octets, type_mime, annoncee in (
        (403, PDF, "text/plain", somme),
        (403, PDF, "application/pdf", fichiers.somme(b"autre")),
        (422, b"autre", "application/pdf", somme),
    ):
        assert televersements.recevoir(donnees, signed, octets, type_mime=type_mime, somme=annoncee) == attendu
    assert televersements.recevoir(donnees, "inconnu", PDF, type_mime="application/pdf", somme=somme) == 404


# --------------------------------------------------------------- other gestures


def test_labels_do_not_date_the_dossier(donnees: Donnees) -> None:
    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    date, (label, *_) = contenu["dateDerniereModification"], donnees.demarches[DEMARCHE]["labels"]
    assert muter(donnees, "dossierAjouterLabel", EN_INSTRUCTION, labelId=label["id"])["label"] == label
    assert muter(donnees, "dossierAjouterLabel", EN_INSTRUCTION, labelId=label["id"])["errors"]
    assert (contenu["labels"], contenu["dateDerniereModification"]) == ([label], date)
    muter(donnees, "dossierSupprimerLabel", EN_INSTRUCTION, labelId=label["id"])
    assert muter(donnees, "dossierSupprimerLabel", EN_INSTRUCTION, labelId=label["id"])["errors"]
    assert EN_INSTRUCTION in donnees.modifies
    with pytest.raises(GraphQLError, match="Label not found"):
        muter(donnees, "dossierAjouterLabel", EN_INSTRUCTION, labelId="inconnu")


def test_another_group_means_other_followers_and_other_rights(donnees: Donnees) -> None:
    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    ancien = acteurs(donnees, EN_INSTRUCTION)
    groupes = donnees.demarches[DEMARCHE]["groupeInstructeurs"]
    autre = next(un for un in groupes if un["id"] != contenu["groupeInstructeur"]["id"])
    muter(donnees, "dossierChangerGroupeInstructeur", EN_INSTRUCTION, groupeInstructeurId=autre["id"])
    assert (contenu["groupeInstructeur"]["number"], contenu["instructeurs"]) == (autre["number"], [])
    assert "n’a pas les droits" in refus(appliquer(donnees, "dossierAccepter", ancien))
    repete = muter(donnees, "dossierChangerGroupeInstructeur", EN_INSTRUCTION, groupeInstructeurId=autre["id"])
    assert "déjà avec le groupe" in refus(repete)


def test_to_follow_twice_changes_nothing_more(donnees: Donnees) -> None:
    muter(donnees, "dossierBasculeSuivi", EN_CONSTRUCTION, follow=True)
    contenu = donnees.dossiers[EN_CONSTRUCTION].contenu
    date = contenu["dateDerniereModification"]
    muter(donnees, "dossierBasculeSuivi", EN_CONSTRUCTION, follow=True)
    assert (len(contenu["instructeurs"]), contenu["dateDerniereModification"]) == (1, date)
    muter(donnees, "dossierBasculeSuivi", EN_CONSTRUCTION, follow=False)
    assert contenu["instructeurs"] == []


def test_right_annotations_are_written_and_wrong_ones_told(donnees: Donnees, horloge: Horloge) -> None:
    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    ids = {une["label"]: une["id"] for une in contenu["annotations"]}
    horloge.avancer(days=1)
    charge = muter(
        donnees,
        "dossierModifierAnnotations",
        EN_INSTRUCTION,
        annotations=[
            {"id": ids["Analyse du service"], "value": {"textarea": "Solide."}},
            {"id": ids["Montant proposé (en euros)"], "value": {"text": "1000"}},
            {"id": ids["Priorité"], "value": {"dropDownList": "Immense"}},
            {"id": ids["Date de la commission"], "value": {"date": "2026-02-30"}},
            {"id": "inconnue", "value": {"text": "?"}},
        ],
    )
    dits = [une["message"] for une in charge["errors"]]
    motifs = ("n’est pas de type attendu", "n’est pas dans la liste", "date n’est pas valide", "n’existe pas")
    assert all(motif in dit for motif, dit in zip(motifs, dits, strict=True))
    assert [une["stringValue"] for une in charge["annotations"]] == ["Solide."]
    assert contenu["dateDerniereModificationAnnotations"] == iso(horloge())
    assert contenu["dateDerniereModificationChamps"] == contenu["dateDepot"]


def test_a_repetition_grows_each_time_it_is_asked_and_its_rows_can_be_written(donnees: Donnees) -> None:
    def ecrire(annotation_id: str, **valeur: Any) -> Json:
        voulues = [{"id": annotation_id, "value": valeur}]
        return muter(donnees, "dossierModifierAnnotations", EN_INSTRUCTION, annotations=voulues)

    contenu = donnees.dossiers[EN_INSTRUCTION].contenu
    echanges = next(une for une in contenu["annotations"] if une["__typename"] == "RepetitionChamp")
    for _ in range(2):
        ecrire(echanges["id"], repetition=2)
    assert len({ligne["id"] for ligne in echanges["rows"]}) == 4
    resume = echanges["rows"][2]["champs"][1]
    assert ecrire(resume["id"], textarea="Appelée.")["errors"] is None
    assert [ligne["champs"][1]["stringValue"] for ligne in echanges["rows"]] == ["", "", "Appelée.", ""]
