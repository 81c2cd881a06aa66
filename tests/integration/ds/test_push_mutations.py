"""Each act of an instructeur reaches DS as itself, once, in the agent's own name, and comes back in our mirror."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.models import refus_ds
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.demarches import GroupeInstructeur
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.lettres import Lettre
from portal.permissions import Acteur
from portal.services import actes_ds, decisions, dossiers, envoi_ds, fichiers
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, EtatEnvoi, RoleAffectation, SensDecision, Source
from portal.vocabulaire_instruction import EtatLettre
from tests.fabriques_decisions import deleguer, regler
from tests.fabriques_lettres import lettres_pretes
from tests.factories import Fabriques
from tests.integration.ds.conftest import client, modifier
from tests.integration.ds.poussee import (
    A_PRENDRE,
    EN_INSTRUCTION,
    MEMBRE,
    acteur,
    devoir,
    dossier_de,
    effets,
    perdre,
    plus_tard,
    relue,
)

ACCEPTE = EN_INSTRUCTION
Acte = Callable[[Session, Acteur, Dossier, Simulateur], OperationDS | None]


def contenu(simulateur: Simulateur, number: int) -> dict[str, Any]:
    return simulateur.donnees.dossiers[number].contenu


def annotation(simulateur: Simulateur, number: int, libelle: str) -> dict[str, Any]:
    annotations = contenu(simulateur, number)["annotations"]
    return next(une for une in annotations if une["label"] == libelle)


def label(simulateur: Simulateur, rang: int = 0) -> str:
    demarche = next(iter(simulateur.donnees.demarches.values()))
    return str(demarche["labels"][rang]["id"])


def autre_groupe(session: Session, dossier: Dossier) -> GroupeInstructeur:
    """A group of the same démarche that is not the dossier's."""
    actuel = dossier.ds.groupe_id if dossier.ds else None
    choix = select(GroupeInstructeur).where(
        GroupeInstructeur.demarche_id == dossier.demarche_id,
        GroupeInstructeur.id != actuel,
        GroupeInstructeur.closed.is_(False),
    )
    return session.scalars(choix.order_by(GroupeInstructeur.id)).first() or pytest.fail("one group only")


def agir(session: Session, agent: User, simulateur: Simulateur, acte: Acte, number: int) -> OperationDS | None:
    dossier = dossier_de(session, number)
    operation = acte(session, acteur(agent, dossier.service_id), dossier, simulateur)
    session.commit()
    return operation


def garder(session: Session, moyens: Moyens, octets: bytes) -> Fichier:
    fichier, _ = fichiers.keep(session, fichiers.store(moyens.stockage, octets, "application/pdf"))
    session.commit()
    return fichier


def accepter(session: Session, moyens: Moyens, agent: User) -> None:
    envoi_ds.run_one(moyens, devoir(session, agent, EN_INSTRUCTION, "accepter", motivation="Accordé."))


ACTES: dict[str, tuple[str, int, Acte]] = {
    "message": (
        "dossierEnvoyerMessage",
        A_PRENDRE,
        lambda s, by, d, sim: actes_ds.send_message(s, by=by, dossier=d, texte="Bonjour."),
    ),
    "correction": (
        "dossierEnvoyerMessage",
        EN_INSTRUCTION,
        lambda s, by, d, sim: actes_ds.send_message(s, by=by, dossier=d, texte="Il manque.", correction="incomplete"),
    ),
    "annotations": (
        "dossierModifierAnnotations",
        EN_INSTRUCTION,
        lambda s, by, d, sim: actes_ds.edit_annotations(
            s, by=by, dossier=d, valeurs={annotation(sim, EN_INSTRUCTION, "Analyse du service")["id"]: "Bon projet."}
        ),
    ),
    "etiquette": (
        "dossierAjouterLabel",
        EN_INSTRUCTION,
        lambda s, by, d, sim: actes_ds.add_label(s, by=by, dossier=d, label_id=label(sim, 1)),
    ),
    "groupe": (
        "dossierChangerGroupeInstructeur",
        EN_INSTRUCTION,
        lambda s, by, d, sim: actes_ds.change_group(s, by=by, dossier=d, groupe=autre_groupe(s, d)),
    ),
    "suivi": ("dossierBasculeSuivi", EN_INSTRUCTION, lambda s, by, d, sim: actes_ds.follow(s, by=by, dossier=d)),
    "construction": (
        "dossierRepasserEnConstruction",
        EN_INSTRUCTION,
        lambda s, by, d, sim: actes_ds.back_to_construction(s, by=by, dossier=d),
    ),
}
APRES_DECISION: dict[str, tuple[str, int, Acte]] = {
    "archive": ("dossierArchiver", ACCEPTE, lambda s, by, d, sim: actes_ds.archive(s, by=by, dossier=d)),
    "instruction": (
        "dossierRepasserEnInstruction",
        ACCEPTE,
        lambda s, by, d, sim: actes_ds.back_to_instruction(s, by=by, dossier=d),
    ),
}
TOUS = ACTES | APRES_DECISION


def preparer(session: Session, moyens: Moyens, agent: User, simulateur: Simulateur, nom: str) -> int:
    """Owe that act, on a dossier whose état allows it; nothing is in the simulator's memory of effects."""
    if nom in APRES_DECISION:
        accepter(session, moyens, agent)
        simulateur.donnees.effets.clear()
    contenu(simulateur, EN_INSTRUCTION)["instructeurs"] = []
    operation = agir(session, agent, simulateur, TOUS[nom][2], TOUS[nom][1])
    assert operation is not None
    return operation.id


@pytest.mark.parametrize("nom", TOUS)
def test_each_act_is_applied_once_in_the_name_of_its_agent(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur, nom: str
) -> None:
    operation_id = preparer(session, moyens, agent, simulateur, nom)
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    (effet,) = simulateur.donnees.effets
    assert (effet.mutation, effet.number) == TOUS[nom][:2]
    assert effet.instructeur in {"", MEMBRE["id"]}


@pytest.mark.parametrize("nom", TOUS)
@pytest.mark.parametrize("panne", ["delai_apres", "delai_avant"])
def test_an_act_whose_fate_is_unknown_is_proved_before_anything_is_sent_again(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur, nom: str, panne: str
) -> None:
    operation_id = preparer(session, moyens, agent, simulateur, nom)
    perdre(simulateur, panne)
    envoi_ds.run_one(moyens, operation_id)
    perdre(simulateur, None)
    assert relue(session, operation_id).etat == EtatEnvoi.A_VERIFIER
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    assert effets(simulateur) == [TOUS[nom][:2]]


@pytest.mark.parametrize(("mutation", "etat"), [("accepter", Etat.ACCEPTE), ("refuser", Etat.REFUSE)])
@pytest.mark.parametrize("panne", ["delai_apres", "delai_avant"])
def test_a_decision_whose_fate_is_unknown_is_applied_once(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur, mutation: str, etat: Etat, panne: str
) -> None:
    operation_id = devoir(session, agent, EN_INSTRUCTION, mutation, motivation="Pour ces raisons.")
    perdre(simulateur, panne)
    envoi_ds.run_one(moyens, operation_id)
    perdre(simulateur, None)
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    assert (len(effets(simulateur)), dossier_de(session, EN_INSTRUCTION).etat) == (1, etat)


def test_the_letter_of_a_decision_goes_with_it(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    dossier = dossier_de(session, EN_INSTRUCTION)
    par = acteur(agent, dossier.service_id)
    deleguer(session, agent, service_id=dossier.service_id)
    regler(session, dossier.service)
    teneur = decisions.Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1500.00"))
    decisions.decide(session, by=par, dossier=dossier, teneur=teneur)
    with pytest.raises(TransitionInterdite, match="en préparation"):
        decisions.notify(session, by=par, dossier=dossier, version=1)
    lettres_pretes(session, moyens.stockage)
    lettre = session.scalars(select(Lettre)).one()
    decisions.notify(session, by=par, dossier=dossier, version=1)
    session.commit()
    envoi_ds.run_due(moyens)
    jointe = contenu(simulateur, EN_INSTRUCTION)["motivationAttachment"]
    assert jointe["filename"] == f"{lettre.document.nom}.pdf"
    session.refresh(lettre)
    assert lettre.etat == EtatLettre.PARTIE
    decision = session.scalars(select(Decision).execution_options(populate_existing=True)).one()
    assert decision.notified_at is not None
    assert dossier_de(session, EN_INSTRUCTION).montant_accorde == Decimal("1500.00")


def test_a_decision_taken_up_again_at_ds_may_be_decided_anew(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    dossier = dossier_de(session, EN_INSTRUCTION)
    par = acteur(agent, dossier.service_id)
    deleguer(session, agent, service_id=dossier.service_id)
    regler(session, dossier.service)
    accord = decisions.Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1500.00"))
    decisions.decide(session, by=par, dossier=dossier, teneur=accord)
    lettres_pretes(session, moyens.stockage)
    decisions.notify(session, by=par, dossier=dossier, version=1)
    session.commit()
    envoi_ds.run_due(moyens)
    agir(session, agent, simulateur, APRES_DECISION["instruction"][2], EN_INSTRUCTION)
    envoi_ds.run_due(moyens)
    dossier = dossier_de(session, EN_INSTRUCTION)
    assert (dossier.etat, dossier.montant_accorde) == (Etat.EN_INSTRUCTION, None)
    version = session.scalars(select(Decision.version)).one()
    decisions.decide(session, by=par, dossier=dossier, teneur=accord, version=version)
    lettres_pretes(session, moyens.stockage)
    decisions.notify(session, by=par, dossier=dossier, version=version + 1)
    session.commit()
    envoi_ds.run_due(moyens)
    assert dossier_de(session, EN_INSTRUCTION).etat == Etat.ACCEPTE
    assert [un.mutation for un in simulateur.donnees.effets] == [
        "dossierAccepter",
        "dossierRepasserEnInstruction",
        "dossierAccepter",
    ]


def test_a_decision_waits_for_the_files_that_ds_wipes(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent, EN_INSTRUCTION, "accepter", motivation="Accordé.")
    simulateur.donnees.pannes.regler({"url_expiree": 1.0})
    envoi_ds.run_one(moyens, operation_id)
    operation = relue(session, operation_id)
    assert (operation.etat, effets(simulateur)) == (EtatEnvoi.A_ENVOYER, [])
    assert "efface des fichiers à la décision" in operation.erreur
    simulateur.donnees.pannes.regler({})
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE


def test_a_message_carries_its_file_and_bears_its_reference(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    fichier = garder(session, moyens, b"%PDF-1.7 avenant")
    envoyer: Acte = lambda s, by, d, sim: actes_ds.send_message(  # noqa: E731  # one act, as the table's
        s, by=by, dossier=d, texte="Voici l’avenant.", fichier=fichier, nom_fichier="avenant.pdf"
    )
    operation = agir(session, agent, simulateur, envoyer, A_PRENDRE)
    assert operation is not None
    envoi_ds.run_one(moyens, operation.id)
    assert relue(session, operation.id).etat == EtatEnvoi.ENVOYE
    message = contenu(simulateur, A_PRENDRE)["messages"][-1]
    assert message["body"] == f"Voici l’avenant.\n\nRéférence\u00a0: {operation.reference}"
    assert [piece["filename"] for piece in message["attachments"]] == ["avenant.pdf"]


def test_the_same_form_sent_twice_owes_one_message(session: Session, agent: User) -> None:
    dossier = dossier_de(session, A_PRENDRE)
    par = acteur(agent, dossier.service_id)
    envois = [actes_ds.send_message(session, by=par, dossier=dossier, texte="Une fois.", cle="k1") for _ in range(2)]
    autre = actes_ds.send_message(session, by=par, dossier=dossier, texte="Autre chose.", cle="k2")
    assert envois[0].id == envois[1].id != autre.id
    assert len({envois[0].reference, autre.reference, ""}) == 3


def test_the_same_words_from_a_page_taken_back_are_refused(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    dossier = dossier_de(session, A_PRENDRE)
    par = acteur(agent, dossier.service_id)
    actes_ds.send_message(session, by=par, dossier=dossier, texte="Une fois.", cle="k1")
    with pytest.raises(Invalid, match="déjà envoyé ce message") as refus:
        actes_ds.send_message(session, by=par, dossier=dossier, texte="Une fois.\n", cle="k2")
    assert refus.value.champ == "texte"
    piece = garder(session, moyens, b"%PDF-1.7 oubli")
    actes_ds.send_message(session, by=par, dossier=dossier, texte="Une fois.", fichier=piece, cle="k3")


def test_values_that_ds_holds_already_are_not_sent(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    montant = annotation(simulateur, EN_INSTRUCTION, "Montant proposé (en euros)")["id"]
    analyse = annotation(simulateur, EN_INSTRUCTION, "Analyse du service")["id"]
    ecrire: Acte = lambda s, by, d, sim: actes_ds.edit_annotations(  # noqa: E731  # one act, as the table's
        s, by=by, dossier=d, valeurs={montant: Decimal("1234.50"), analyse: "Solide."}
    )
    operation = agir(session, agent, simulateur, ecrire, EN_INSTRUCTION)
    assert operation is not None
    envoi_ds.run_one(moyens, operation.id)
    assert relue(session, operation.id).etat == EtatEnvoi.ENVOYE
    assert annotation(simulateur, EN_INSTRUCTION, "Montant proposé (en euros)")["stringValue"] == "1234.5"
    assert agir(session, agent, simulateur, ecrire, EN_INSTRUCTION) is None
    assert len(effets(simulateur)) == 1


def test_annotations_that_somebody_wrote_meanwhile_cost_no_call(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = preparer(session, moyens, agent, simulateur, "annotations")
    une = annotation(simulateur, EN_INSTRUCTION, "Analyse du service")
    une.update(value="Bon projet.", stringValue="Bon projet.")
    modifier(simulateur, EN_INSTRUCTION)
    envoi_ds.run_one(moyens, operation_id)
    assert (relue(session, operation_id).etat, effets(simulateur)) == (EtatEnvoi.ENVOYE, [])


def test_of_annotations_partly_refused_the_rest_is_kept_and_only_what_lacks_leaves_again(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    analyse = annotation(simulateur, EN_INSTRUCTION, "Analyse du service")["id"]
    priorite = annotation(simulateur, EN_INSTRUCTION, "Priorité")["id"]
    ecrire: Acte = lambda s, by, d, sim: actes_ds.edit_annotations(  # noqa: E731  # one act, as the table's
        s, by=by, dossier=d, valeurs={analyse: "Solide.", priorite: "Extrême"}
    )
    operation = agir(session, agent, simulateur, ecrire, EN_INSTRUCTION)
    assert operation is not None
    envoi_ds.run_one(moyens, operation.id)
    operation = relue(session, operation.id)
    assert (operation.etat, operation.erreur) == (
        EtatEnvoi.REFUSE,
        "Priorité\u00a0: la valeur n’est pas dans la liste",
    )
    assert operation.resultat["partiel"]
    assert annotation(simulateur, EN_INSTRUCTION, "Analyse du service")["stringValue"] == "Solide."
    service_id = dossier_de(session, EN_INSTRUCTION).service_id
    envoi_ds.operations_ds.retry(session, by=acteur(agent, service_id), operation_id=operation.id)
    session.commit()
    envoi_ds.run_one(moyens, operation.id)
    assert "Analyse" not in "".join(un.texte for un in simulateur.donnees.effets[1:])


@pytest.mark.parametrize("valeur", [None, "", "pas une date"])
def test_what_ds_cannot_hold_in_an_annotation_is_refused_in_words(
    session: Session, agent: User, simulateur: Simulateur, valeur: str | None
) -> None:
    date = annotation(simulateur, EN_INSTRUCTION, "Date de la commission")["id"]
    repetition = annotation(simulateur, EN_INSTRUCTION, "Échanges avec l’association")["id"]
    dossier = dossier_de(session, EN_INSTRUCTION)
    par = acteur(agent, dossier.service_id)
    for cle, donnee in ((date, valeur), (repetition, 1), ("inconnue", "x")):
        if donnee == "pas une date":
            continue
        with pytest.raises(Invalid) as refus:
            actes_ds.edit_annotations(session, by=par, dossier=dossier, valeurs={cle: donnee})
        assert refus.value.champ == cle


def test_a_label_a_follower_and_an_archive_are_taken_back(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    accepter(session, moyens, agent)
    retraits: list[Acte] = [
        lambda s, by, d, sim: actes_ds.add_label(s, by=by, dossier=d, label_id=label(sim, 1)),
        lambda s, by, d, sim: actes_ds.remove_label(s, by=by, dossier=d, label_id=label(sim, 1)),
        lambda s, by, d, sim: actes_ds.follow(s, by=by, dossier=d),
        lambda s, by, d, sim: actes_ds.unfollow(s, by=by, dossier=d),
        lambda s, by, d, sim: actes_ds.archive(s, by=by, dossier=d),
        lambda s, by, d, sim: actes_ds.unarchive(s, by=by, dossier=d),
    ]
    operations = [agir(session, agent, simulateur, acte, ACCEPTE) for acte in retraits]
    envoi_ds.run_due(moyens)
    assert {relue(session, une.id).etat for une in operations if une} == {EtatEnvoi.ENVOYE}
    la = contenu(simulateur, ACCEPTE)
    assert label(simulateur, 1) not in {un["id"] for un in la["labels"]}
    assert (MEMBRE in la["instructeurs"], la["archived"]) == (False, False)


def test_a_second_correction_is_refused_here_because_ds_would_drop_it_in_silence(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    demander = ACTES["correction"][2]
    premiere = agir(session, agent, simulateur, demander, EN_INSTRUCTION)
    assert premiere is not None
    envoi_ds.run_one(moyens, premiere.id)
    assert dossier_de(session, EN_INSTRUCTION).complement_demande
    with pytest.raises(TransitionInterdite, match="déjà demandée"):
        agir(session, agent, simulateur, demander, EN_INSTRUCTION)


def test_a_correction_asked_by_somebody_else_meanwhile_stops_ours_before_it_leaves(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = preparer(session, moyens, agent, simulateur, "correction")
    modifier(simulateur, EN_INSTRUCTION, dateDerniereCorrectionEnAttente="2026-01-15T14:52:35+01:00")
    envoi_ds.run_one(moyens, operation_id)
    operation = relue(session, operation_id)
    assert (operation.etat, effets(simulateur)) == (EtatEnvoi.REFUSE, [])
    assert "une seconde demande y serait perdue" in operation.erreur


def test_a_correction_that_ds_dropped_is_told(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = preparer(session, moyens, agent, simulateur, "correction")
    perdre(simulateur, "delai_apres")
    envoi_ds.run_one(moyens, operation_id)
    perdre(simulateur, None)
    contenu(simulateur, EN_INSTRUCTION)["messages"][-1]["correction"] = None
    modifier(simulateur, EN_INSTRUCTION)
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    operation = relue(session, operation_id)
    assert operation.etat == EtatEnvoi.ENVOYE
    assert "n’a pas enregistré la demande de correction" in operation.resultat["avertissement"]
    assert len(effets(simulateur)) == 1


def test_a_message_emptied_before_it_was_recognised_is_not_sent_again(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = preparer(session, moyens, agent, simulateur, "message")
    perdre(simulateur, "delai_apres")
    envoi_ds.run_one(moyens, operation_id)
    perdre(simulateur, None)
    contenu(simulateur, A_PRENDRE)["messages"][-1].update(body="", discardedAt="2026-01-15T14:52:35+01:00")
    modifier(simulateur, A_PRENDRE)
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert "pour ne pas l’envoyer deux fois" in relue(session, operation_id).erreur
    assert len(effets(simulateur)) == 1


@pytest.mark.parametrize("nom", TOUS)
def test_acts_are_for_the_instructeurs_of_the_owner_service_on_dossiers_that_ds_shows(
    session: Session, creer: Fabriques, agent: User, simulateur: Simulateur, nom: str
) -> None:
    _, number, acte = ACTES.get(nom, TOUS[nom])
    dossier = dossier_de(session, number)
    lecteur = acteur(agent, dossier.service_id, RoleAffectation.LECTEUR)
    ailleurs = acteur(agent, creer.service().id)
    for par in (lecteur, ailleurs):
        with pytest.raises(Forbidden):
            acte(session, par, dossier, simulateur)
    dossier.source = Source.PORTAIL
    with pytest.raises(TransitionInterdite):
        acte(session, acteur(agent, dossier.service_id), dossier, simulateur)


def test_only_whoever_may_decide_undoes_a_decision(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    accepter(session, moyens, agent)
    dossier = dossier_de(session, ACCEPTE)
    instructeur = acteur(agent, dossier.service_id, RoleAffectation.INSTRUCTEUR)
    with pytest.raises(Forbidden):
        actes_ds.back_to_instruction(session, by=instructeur, dossier=dossier)


def test_nobody_follows_a_dossier_that_ds_refused_to_put_in_instruction(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    dossier = dossier_de(session, A_PRENDRE)
    dossiers.take_in_charge(session, by=acteur(agent, dossier.service_id), dossier=dossier, version=dossier.version)
    session.commit()
    assert dossier_de(session, A_PRENDRE).instructeur_id is None
    with client(simulateur, jeton=simulateur.jeton_lecture) as lecteur:
        envoi_ds.run_due(replace(moyens, ds=lecteur))
    assert dossier_de(session, A_PRENDRE).instructeur_id is None
    operation = session.scalars(select(OperationDS)).one()
    assert operation.erreur == "Le jeton utilisé est configuré seulement en lecture"
    assert "jeton qui autorise l’écriture" in refus_ds.explain(operation.mutation, operation.erreur)
