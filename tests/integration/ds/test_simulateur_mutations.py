"""What the simulator does over HTTP that no client method shows: storage, later effects, failures, drafts, revisions."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import Introuvable, LienExpire, RefusDS, ReponseAmbigue
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.demarche.revisions import publier_revision
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.gens import brouillons, comptes
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer

EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE = range(PREMIER_NUMERO, PREMIER_NUMERO + 3)
PDF = b"%PDF-1.7 lettre de notification"
TELEVERSER = """mutation ($input: CreateDirectUploadInput!) {
  createDirectUpload(input: $input) { directUpload { url headers blobId signedBlobId } }
}"""
INTITULE = "Intitulé du projet"


def acteurs(simulateur: Simulateur, number: int) -> tuple[str, str]:
    contenu = simulateur.donnees.dossiers[number].contenu
    return contenu["id"], contenu["groupeInstructeur"]["instructeurs"][0]["id"]


def interroger(simulateur: Simulateur, texte: str, **variables: Any) -> Any:
    entetes = {"Authorization": f"Bearer {simulateur.jeton}"}
    return httpx.post(simulateur.url, json={"query": texte, "variables": variables}, headers=entetes)


def avancer(simulateur: Simulateur, **duree: int) -> None:
    horloge = simulateur.donnees.horloge
    simulateur.donnees.horloge = lambda: horloge() + timedelta(**duree)


def cle(simulateur: Simulateur, label: str) -> str:
    champs = simulateur.donnees.demarches[DEMARCHE]["activeRevision"]["champDescriptors"]
    return "champ_" + next(str(un["id"]) for un in champs if un["label"] == label)


# ---------------------------------------------------------------------- files


def test_storage_refuses_our_token_and_headers_that_were_not_announced(simulateur: Simulateur) -> None:
    entree = {
        "dossierId": acteurs(simulateur, EN_INSTRUCTION)[0],
        "filename": "lettre.pdf",
        "byteSize": len(PDF),
        "checksum": "TU9sSA==",
        "contentType": "application/pdf",
    }
    depot = interroger(simulateur, TELEVERSER, input=entree).json()["data"]["createDirectUpload"]["directUpload"]
    entetes = {"Content-Type": "application/pdf", "Content-MD5": "TU9sSA=="}
    statuts = [
        httpx.put(depot["url"], content=PDF, headers=entetes | {"Authorization": "Bearer x"}).status_code,
        httpx.put(depot["url"], content=PDF).status_code,
        httpx.put(depot["url"], content=PDF, headers=entetes).status_code,
    ]
    assert statuts == [400, 403, 422]


def test_an_attachment_is_fetched_as_it_was_sent_until_its_address_dies(ds: ClientDS, simulateur: Simulateur) -> None:
    dossier, instructeur = acteurs(simulateur, EN_INSTRUCTION)
    signed = ds.televerser(dossier, nom="lettre.pdf", type_mime="application/pdf", octets=PDF)
    message = ds.envoyer_message(dossier, instructeur, texte="Voici.", piece=signed).message_id
    (fichier,) = (un for un in ds.lire_fichiers(EN_INSTRUCTION) if un.porteur == message)
    assert (fichier.virus, ds.telecharger(fichier.url, maximum=1000)) == ("pending", PDF)
    avancer(simulateur, minutes=61)
    with pytest.raises(LienExpire):
        ds.telecharger(fichier.url, maximum=1000)
    (relu,) = (un for un in ds.lire_fichiers(EN_INSTRUCTION) if un.porteur == message)
    assert (relu.virus, ds.telecharger(relu.url, maximum=1000)) == ("safe", PDF)


# -------------------------------------------------------------- later, or never


def test_the_attestation_appears_without_the_dossier_showing_among_the_changes(
    ds: ClientDS, simulateur: Simulateur
) -> None:
    ds.accepter(*acteurs(simulateur, EN_INSTRUCTION))
    decide = lire(ds.lire_dossier(EN_INSTRUCTION))
    assert "attestation.pdf" not in {un.filename for un in decide.fichiers}
    avancer(simulateur, minutes=1)
    relu = lire(ds.lire_dossier(EN_INSTRUCTION))
    assert "attestation.pdf" in {un.filename for un in relu.fichiers}
    assert relu.date_derniere_modification == decide.date_derniere_modification


def test_a_demarche_that_answers_by_itself_breaks_on_a_return_to_construction(
    ds: ClientDS, simulateur: Simulateur
) -> None:
    simulateur.donnees.demarches[DEMARCHE]["_sva_svr"] = "svr"
    dossier, instructeur = acteurs(simulateur, EN_INSTRUCTION)
    with pytest.raises(ReponseAmbigue):
        ds.repasser_en_construction(dossier, instructeur)
    reponse = interroger(
        simulateur,
        "mutation ($input: DossierRepasserEnConstructionInput!) "
        "{ dossierRepasserEnConstruction(input: $input) { errors { message } } }",
        input={"dossierId": dossier, "instructeurId": instructeur},
    )
    assert (reponse.status_code, reponse.json()["errors"][0]["message"]) == (500, "Internal Server Error")
    assert lire(ds.lire_dossier(EN_INSTRUCTION)).state == "en_instruction"


def test_labels_escape_whoever_asks_for_what_changed(ds: ClientDS, simulateur: Simulateur) -> None:
    label, depuis = ds.lire_demarche(DEMARCHE).labels[1], simulateur.donnees.horloge()
    avant = lire(ds.lire_dossier(EN_INSTRUCTION)).date_derniere_modification
    ds.ajouter_label(acteurs(simulateur, EN_INSTRUCTION)[0], label.id)
    relu = lire(ds.lire_dossier(EN_INSTRUCTION))
    assert (label in relu.labels, relu.date_derniere_modification) == (True, avant)
    assert ds.lister_dossiers(DEMARCHE, apres=None, depuis=depuis).elements == ()


def test_a_decided_dossier_that_its_usager_hid_stays_and_takes_no_message(ds: ClientDS, simulateur: Simulateur) -> None:
    comptes.masquer_dossier(simulateur.donnees, ACCEPTE)
    assert ds.lire_dossier(ACCEPTE)["dateSuppressionParUsager"]
    with pytest.raises(RefusDS):
        ds.envoyer_message(*acteurs(simulateur, ACCEPTE), texte="Bonjour")


# --------------------------------------------------------------------- drafts


def test_a_draft_is_followed_until_it_appears_with_its_prefilled_champs(ds: ClientDS, simulateur: Simulateur) -> None:
    brouillon = ds.preremplir(DEMARCHE, {cle(simulateur, INTITULE): "Un stage", cle(simulateur, "Sigle"): ["?"]})
    (prerempli,) = ds.suivre_preremplis(DEMARCHE, [brouillon.jeton, "inconnu"])
    assert (prerempli.state, prerempli.number, prerempli.url) == ("prefilled", brouillon.number, brouillon.url)
    with pytest.raises(Introuvable):
        ds.lire_dossier(brouillon.number)
    brouillons.deposer(simulateur.donnees, brouillon.jeton)
    (depose,) = ds.suivre_preremplis(DEMARCHE, [brouillon.jeton])
    assert (depose.state, bool(depose.submitted_at), depose.processed_at) == ("en_construction", True, None)
    champs = {un["label"]: un for un in ds.lire_dossier(brouillon.number)["champs"]}
    assert (champs[INTITULE]["stringValue"], champs[INTITULE]["prefilled"]) == ("Un stage", True)
    assert (champs["Sigle"]["stringValue"], champs["Sigle"]["prefilled"]) == ("", False)


def test_a_usager_files_the_draft_from_its_page(ds: ClientDS, simulateur: Simulateur) -> None:
    brouillon = ds.preremplir(DEMARCHE, {cle(simulateur, INTITULE): "Un stage"})
    assert f"nº\u00a0{brouillon.number}" in httpx.get(brouillon.url).text
    assert ds.suivre_preremplis(DEMARCHE, [brouillon.jeton])[0].state == "brouillon"
    siret = simulateur.donnees.dossiers[PREMIER_NUMERO].contenu["demandeur"]["siret"]
    saisie = {"courriel": "lea@asso.example", "siret": siret}
    assert httpx.post(brouillon.url, data=saisie).status_code == 200
    recu = ds.lire_dossier(brouillon.number)
    assert (recu["demandeur"]["siret"], recu["usager"]["email"]) == (siret, "lea@asso.example")
    assert [httpx.get(brouillon.url).status_code, httpx.post(brouillon.url, data=saisie).status_code] == [404, 404]


def test_prefill_tells_a_closed_demarche_from_a_body_that_is_no_json(ds: ClientDS, simulateur: Simulateur) -> None:
    adresse = simulateur.url.replace("/api/v2/graphql", f"/api/public/v1/demarches/{DEMARCHE}/dossiers")
    assert httpx.post(adresse, content="champ_x=1").status_code == 400
    assert httpx.get(adresse).json() == []
    simulateur.donnees.demarches[DEMARCHE]["state"] = "close"
    with pytest.raises(Introuvable):
        ds.preremplir(DEMARCHE, {})


# ------------------------------------------------------------------ revisions


def test_a_new_revision_shows_on_the_demarche_and_not_on_its_dossiers(ds: ClientDS, simulateur: Simulateur) -> None:
    avant = ds.lire_demarche(DEMARCHE).revision
    publier_revision(simulateur.donnees, DEMARCHE, ajoutes=[Question(300, "Text", "Nouvelle question")])
    apres = ds.lire_demarche(DEMARCHE).revision
    assert (apres.champs[-1].label, apres.id != avant.id) == ("Nouvelle question", True)
    assert ds.lire_dossier(EN_CONSTRUCTION)["demarche"]["revision"]["id"] == avant.id
    reponse = interroger(
        simulateur, f"{{ demarche(number: {DEMARCHE}) {{ publishedRevision {{ id }} revisions {{ id }} }} }}"
    )
    demarche = reponse.json()["data"]["demarche"]
    assert (demarche["publishedRevision"]["id"], [une["id"] for une in demarche["revisions"]]) == (
        apres.id,
        [avant.id, apres.id],
    )


def test_uploads_drafts_and_revisions_survive_a_restart(tmp_path: Any) -> None:
    memoire, ancrage = tmp_path / "etat.json", datetime.fromisoformat("2026-06-01T00:00:00+00:00")
    with demarrer(dossiers=3, etat=memoire, ancrage=ancrage) as un, ClientDS(un.url, un.jeton) as ds:
        dossier, instructeur = acteurs(un, EN_INSTRUCTION)
        publier_revision(un.donnees, DEMARCHE, renommes={INTITULE: "Titre"})
        jeton = ds.preremplir(DEMARCHE, {cle(un, "Titre"): "Un stage"}).jeton
        piece = ds.televerser(dossier, nom="lettre.pdf", type_mime="application/pdf", octets=PDF)
        ds.envoyer_message(dossier, instructeur, texte="Voici.", piece=piece)
    with demarrer(dossiers=3, etat=memoire, ancrage=ancrage) as un, ClientDS(un.url, un.jeton) as ds:
        assert "Titre" in {champ.label for champ in ds.lire_demarche(DEMARCHE).revision.champs}
        assert ds.suivre_preremplis(DEMARCHE, [jeton])[0].state == "prefilled"
        fichier = next(f for f in ds.lire_fichiers(EN_INSTRUCTION) if f.filename == "lettre.pdf")
        assert ds.telecharger(fichier.url, maximum=1000) == PDF
