"""Drafts and forms of the simulator: what prefill keeps, what becomes of it, what a new revision changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.demarche.revisions import publier_revision, rebaser, revision_de
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.depart.preparation import preparer
from integrations.demarches_simplifiees.simulator.gens import brouillons
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees

Json = dict[str, Any]
ANCRAGE = datetime(2026, 6, 1, tzinfo=UTC)
INTITULE, MONTANT = "Intitulé du projet", "Montant de la subvention demandée (en euros)"


@pytest.fixture
def donnees() -> Donnees:
    verite = preparer(dossiers=3, ancrage=ANCRAGE).donnees
    verite.horloge = lambda: ANCRAGE
    return verite


def cle(donnees: Donnees, label: str) -> str:
    champs = donnees.demarches[DEMARCHE]["activeRevision"]["champDescriptors"]
    return "champ_" + next(str(un["id"]) for un in champs if un["label"] == label)


def preremplir(donnees: Donnees, **valeurs: Any) -> tuple[str, Json]:
    """Prefill by label."""
    return brouillons.creer(donnees, DEMARCHE, {cle(donnees, label): une for label, une in valeurs.items()})


@pytest.mark.parametrize(
    ("label", "valeur", "lu"),
    [
        (INTITULE, "Un stage", "Un stage"),
        (MONTANT, "1500.50", "1500.50"),
        (MONTANT, "beaucoup", None),
        ("Nombre d’adhérents", "12", "12"),
        ("Nombre d’adhérents", "12,5", None),
        ("Adresse électronique de l’association", "a@b.fr", "a@b.fr"),
        ("Adresse électronique de l’association", "a", None),
        ("Téléphone", "02 40 00 00 00", "02 40 00 00 00"),
        ("Civilité du représentant légal", "Mme", "Mme"),
        ("Civilité du représentant légal", "Madame", None),
        ("L’association a souscrit au contrat d’engagement républicain", "true", "true"),
        ("Date de début du projet", "2026-07-14", "14 juillet 2026"),
        ("Date de début du projet", "14/07/2026", None),
        ("Secteur d’activité", "Sport", "Sport"),
        ("Secteur d’activité", "Pêche", None),
        ("Publics visés", ["Jeunes", "Adultes"], "Jeunes, Adultes"),
        ("Publics visés", ["Jeunes", "Martiens"], None),
        ("Commune principale de réalisation", ["44000", "44109"], "Nantes (44000)"),
        ("Commune principale de réalisation", ["44000", "99999"], None),
        ("Département de réalisation", "44", "44 – Loire-Atlantique"),
        ("Adresse du siège", "3 rue de la Paix, 44000 Nantes", "3 rue de la Paix 44000 Nantes"),
        ("Numéro SIRET de l’association", "12345678901234", None),
        ("Dossier de votre précédente demande", PREMIER_NUMERO, str(PREMIER_NUMERO)),
        ("Dossier de votre précédente demande", 1, None),
        ("Numéro RNA de l’association", "W441234567", None),
        ("Statuts de l’association", "statuts.pdf", None),
    ],
)
def test_prefill_keeps_right_values_and_drops_the_others_in_silence(
    donnees: Donnees, label: str, valeur: Any, lu: str | None
) -> None:
    jeton, brouillon = preremplir(donnees, **{label: valeur})
    assert len(brouillon["reponses"]) == (lu is not None)
    champs = brouillons.deposer(donnees, jeton).contenu["champs"]
    champ = next(un for un in champs if un["label"] == label)
    assert champ["prefilled"] == (lu is not None)
    assert champ["stringValue"] == lu or not champ["prefilled"]


def test_rows_of_a_repetition_are_prefilled_without_their_wrong_values(donnees: Donnees) -> None:
    (question,) = (
        un
        for un in donnees.demarches[DEMARCHE]["activeRevision"]["champDescriptors"]
        if un["label"] == "Produits prévisionnels"
    )
    poste, _, montant = ("champ_" + un["id"] for un in question["champDescriptors"])
    jeton, _ = preremplir(donnees, **{question["label"]: [{montant: "12.5"}, {montant: "?"}, {poste: 3}]})
    champs = brouillons.deposer(donnees, jeton).contenu["champs"]
    (lignes,) = (un["rows"] for un in champs if un["label"] == question["label"])
    assert [[un["stringValue"] for un in ligne["champs"]] for ligne in lignes] == [["", "", "12.5"]]


def test_a_filed_draft_shows_with_its_number_its_siret_and_what_the_usager_added(donnees: Donnees) -> None:
    siret = donnees.dossiers[PREMIER_NUMERO].contenu["demandeur"]["siret"]
    jeton, brouillon = preremplir(donnees, **{INTITULE: "Un stage", "Numéro SIRET de l’association": siret})
    assert donnees.visible(brouillon["number"]) is None
    fiche = brouillons.deposer(donnees, jeton, complements={cle(donnees, MONTANT): "900"})
    champs = {un["label"]: un for un in fiche.contenu["champs"]}
    assert donnees.visible(brouillon["number"]) is fiche
    assert fiche.contenu["demandeur"]["siret"] == siret
    assert (champs[INTITULE]["prefilled"], champs[MONTANT]["prefilled"]) == (True, False)
    assert (champs[MONTANT]["stringValue"], fiche.contenu["prefilled"]) == ("900", True)
    with pytest.raises(KeyError):
        brouillons.deposer(donnees, jeton)


def test_a_person_files_what_no_siret_tells(donnees: Donnees) -> None:
    jeton, _ = brouillons.creer(
        donnees, DEMARCHE, {"identite_prenom": "Léa", "identite_nom": "Petit", "identite_genre": "Mme"}
    )
    demandeur = brouillons.deposer(donnees, jeton).contenu["demandeur"]
    assert (demandeur["civilite"], demandeur["prenom"], demandeur["nom"]) == ("Mme", "Léa", "Petit")


def test_drafts_take_numbers_that_no_dossier_will_bear(donnees: Donnees) -> None:
    numeros = [preremplir(donnees)[1]["number"] for _ in range(2)]
    assert numeros == [PREMIER_NUMERO + 3, PREMIER_NUMERO + 4]
    assert donnees.prochain_numero() == PREMIER_NUMERO + 5


def test_a_draft_nobody_opened_is_purged_after_five_days(donnees: Donnees) -> None:
    oublie, ouvert = preremplir(donnees)[0], preremplir(donnees)[0]
    brouillons.commencer(donnees, ouvert)
    donnees.horloge = lambda: ANCRAGE + timedelta(days=4)
    assert len(brouillons.suivre(donnees, DEMARCHE, [oublie, ouvert, "inconnu"])) == 2
    donnees.horloge = lambda: ANCRAGE + timedelta(days=6)
    ((jeton, brouillon),) = brouillons.suivre(donnees, DEMARCHE, [oublie, ouvert])
    assert (jeton, brouillon["state"]) == (ouvert, "brouillon")


def test_a_hidden_dossier_is_no_longer_followed(donnees: Donnees) -> None:
    jeton, brouillon = preremplir(donnees)
    brouillons.deposer(donnees, jeton)
    donnees.mettre_a_la_corbeille(brouillon["number"])
    assert brouillons.suivre(donnees, DEMARCHE, [jeton]) == []


def test_a_closed_demarche_takes_no_draft(donnees: Donnees) -> None:
    donnees.demarches[DEMARCHE]["state"] = "close"
    for demarche in (DEMARCHE, 1):
        with pytest.raises(LookupError):
            brouillons.creer(donnees, demarche, {})


def test_a_new_revision_moves_adds_withdraws_and_relabels_but_leaves_dossiers_on_theirs(donnees: Donnees) -> None:
    fiche = donnees.dossiers[PREMIER_NUMERO]
    ancienne, avant = revision_de(donnees, fiche), [un["label"] for un in fiche.contenu["champs"]]
    nouvelle = publier_revision(
        donnees,
        DEMARCHE,
        ajoutes=[Question(300, "Text", "Nouvelle question")],
        deplaces={INTITULE: 0},
        retires=["Sigle"],
        renommes={MONTANT: "Montant demandé"},
    )
    labels = {un["label"]: un["id"] for un in nouvelle["champDescriptors"]}
    premier, *_, dernier = labels
    assert (premier, dernier) == (INTITULE, "Nouvelle question")
    assert "Sigle" not in labels
    assert labels["Montant demandé"] in {un["champDescriptorId"] for un in fiche.contenu["champs"]}
    assert (revision_de(donnees, fiche), [un["label"] for un in fiche.contenu["champs"]]) == (ancienne, avant)
    assert nouvelle["id"] != ancienne["id"]
    neuf = brouillons.deposer(donnees, preremplir(donnees, **{"Nouvelle question": "oui"})[0])
    assert revision_de(donnees, neuf) == nouvelle


def test_a_rebased_dossier_keeps_its_answers_under_the_new_labels(donnees: Donnees) -> None:
    fiche = donnees.dossiers[PREMIER_NUMERO]
    montant = next(un["stringValue"] for un in fiche.contenu["champs"] if un["label"] == MONTANT)
    date = fiche.contenu["dateDerniereModification"]
    nouvelle = publier_revision(
        donnees, DEMARCHE, ajoutes=[Question(300, "Text", "Nouvelle")], renommes={MONTANT: "Montant demandé"}
    )
    assert fiche.contenu["dateDerniereModification"] == date
    rebaser(donnees, PREMIER_NUMERO)
    champs = {un["label"]: un["stringValue"] for un in fiche.contenu["champs"]}
    assert list(champs) == [un["label"] for un in nouvelle["champDescriptors"]]
    assert (champs["Montant demandé"], champs["Nouvelle"]) == (montant, "")
    assert fiche.contenu["dateDerniereModification"] > date
