"""The client against the simulator, over real HTTP: what one tells, the other reads."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from stdnum.fr import siret

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import AccesRefuse, Introuvable, RefusDS
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.demarche.lexique import CHARGES
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, ETATS, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.depart.preparation import preparer
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.types import DossierRecu, Genre, Page, Partie
from tests.reels import chemin

ANCRAGE = datetime(2026, 6, 1, tzinfo=UTC)
DEBUT = datetime(2020, 1, 1, tzinfo=UTC)
ANCIEN = Path(__file__).parents[1] / "data" / "dossier_ds_ancien.json"
EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE, REFUSE, SANS_SUITE = range(PREMIER_NUMERO, PREMIER_NUMERO + 5)
INCOMPLET = PREMIER_NUMERO + 21


@pytest.fixture(scope="module")
def lecture() -> Iterator[Simulateur]:
    """A simulator nobody changes."""
    with demarrer(dossiers=60, ancrage=ANCRAGE, fichiers=(ANCIEN,)) as simulateur:
        yield simulateur


@pytest.fixture
def simulateur() -> Iterator[Simulateur]:
    """One to change at will."""
    with demarrer(dossiers=22, ancrage=ANCRAGE) as un:
        yield un


@pytest.fixture
def ds(simulateur: Simulateur) -> Iterator[ClientDS]:
    with ClientDS(simulateur.url, simulateur.jeton, attente=0) as client:
        yield client


@pytest.fixture
def lecteur(lecture: Simulateur) -> Iterator[ClientDS]:
    with ClientDS(lecture.url, lecture.jeton, attente=0) as client:
        yield client


def tout(lire_page: Callable[[str | None], Page[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Follow a connection to its end."""
    elements: list[dict[str, Any]] = []
    curseur = None
    while True:
        page = lire_page(curseur)
        elements += page.elements
        curseur = page.curseur_fin or curseur
        if not page.suite:
            return elements


def instructeur(ds: ClientDS, number: int) -> tuple[str, str]:
    """The dossier's id and that of an instructeur of its group."""
    dossier = lire(ds.lire_dossier(number))
    groupes = ds.lire_demarche(DEMARCHE).groupes
    membres = next(un.instructeurs for un in groupes if un.id == dossier.groupe_instructeur.id)
    return dossier.id, membres[0].id


# --------------------------------------------------------------------- reading


def test_demarche_has_its_groups_and_its_form(lecteur: ClientDS) -> None:
    demarche = lecteur.lire_demarche(DEMARCHE)
    adresses = {une.email for groupe in demarche.groupes for une in groupe.instructeurs}
    assert adresses == {
        "camille.martin@ddets.demo.example",
        "nadia.benali@ddets.demo.example",
        "paul.leroy@drajes.demo.example",
    }
    produits = next(un for un in demarche.revision.champs if un.label == "Produits prévisionnels")
    assert [un.label for un in produits.descripteurs] == ["Poste", "Nature", "Montant (en euros)"]


@pytest.mark.parametrize("depuis", [None, DEBUT], ids=["par dépôt", "par modification"])
def test_paging_gives_every_dossier_once_in_order(
    lecteur: ClientDS, lecture: Simulateur, depuis: datetime | None
) -> None:
    lus = [
        lire(un) for un in tout(lambda apres: lecteur.page_dossiers(DEMARCHE, apres=apres, premiers=17, depuis=depuis))
    ]
    dates = [un.date_derniere_modification if depuis else un.date_depot for un in lus]
    assert sorted(un.number for un in lus) == sorted(un.number for un in lecture.donnees.visibles(DEMARCHE))
    assert dates == sorted(une for une in dates if une)


def test_headers_resume_from_any_cursor(lecteur: ClientDS) -> None:
    page = lecteur.lister_dossiers(DEMARCHE, apres=None, premiers=10, depuis=DEBUT)
    suite = lecteur.lister_dossiers(DEMARCHE, apres=page.elements[3].cursor, premiers=6, depuis=DEBUT)
    assert suite.elements == page.elements[4:]


def test_empty_page_has_no_cursor(lecteur: ClientDS) -> None:
    page = lecteur.lister_dossiers(DEMARCHE, apres=None, depuis=datetime(2090, 1, 1, tzinfo=UTC))
    assert page == Page((), None, suite=False)


def test_page_size_is_clamped_to_a_hundred_without_a_word() -> None:
    with demarrer(dossiers=103, ancrage=ANCRAGE) as un, ClientDS(un.url, un.jeton) as ds:
        page = ds.lister_dossiers(DEMARCHE, apres=None, premiers=500, depuis=None)
    assert len(page.elements) == 100
    assert page.suite


def test_since_is_inclusive_and_follows_a_change(ds: ClientDS, simulateur: Simulateur) -> None:
    dernier = ds.lister_dossiers(DEMARCHE, apres=None, depuis=DEBUT).elements[-1]
    ds.envoyer_message(*instructeur(ds, EN_CONSTRUCTION), texte="Bonjour")
    apres = ds.lister_dossiers(DEMARCHE, apres=None, depuis=dernier.date_derniere_modification).elements
    assert [un.number for un in apres] == [dernier.number, EN_CONSTRUCTION]


def test_generated_dossiers_show_every_state_and_every_kind_of_applicant(lecteur: ClientDS) -> None:
    lus = [lire(un) for un in tout(lambda apres: lecteur.page_dossiers(DEMARCHE, apres=apres, depuis=None))]
    assert {un.state for un in lus} == set(ETATS)
    assert {un.demandeur.genre for un in lus} == {Genre.MORALE, Genre.MORALE_INCOMPLETE, Genre.PHYSIQUE}
    assert all(siret.is_valid(un.demandeur.siret) for un in lus if un.demandeur.siret)
    assert {avis.repondu for un in lus for avis in un.avis} == {True, False}
    assert all(len(un.champs) == 48 and len(un.annotations) == 8 for un in lus)


def test_generated_budgets_balance(lecteur: ClientDS) -> None:
    dossier = lire(lecteur.lire_dossier(EN_INSTRUCTION))
    champs = {un.label: un for un in dossier.champs}
    charges = sum(round(float(champs[poste].brut) * 100) for poste in CHARGES)
    produits = sum(round(float(ligne[2].brut) * 100) for ligne in champs["Produits prévisionnels"].lignes)
    assert charges == produits == round(float(champs["Total du budget (en euros)"].brut) * 100)


def test_same_seed_gives_the_same_dossiers_and_another_seed_others() -> None:
    def contenus(graine: int) -> list[str]:
        donnees = preparer(dossiers=5, graine=graine, ancrage=ANCRAGE).donnees
        return [json.dumps(un.contenu, default=str) for un in donnees.dossiers.values()]

    assert contenus(1) == contenus(1)
    assert contenus(1) != contenus(2)


def test_attachments_are_served_with_their_checksum_and_size(lecteur: ClientDS) -> None:
    fichiers = [un for un in lecteur.lire_fichiers(EN_INSTRUCTION) if un.partie == Partie.CHAMPS]
    assert {un.content_type for un in fichiers} == {"application/pdf", "image/png", "text/plain"}
    for un in fichiers:
        octets = httpx.get(un.url).content
        assert base64.b64encode(hashlib.md5(octets, usedforsecurity=False).digest()).decode() == un.checksum
        assert len(octets) == un.taille


def test_a_file_address_dies_after_an_hour(ds: ClientDS, simulateur: Simulateur) -> None:
    url = ds.lire_fichiers(EN_INSTRUCTION)[0].url
    assert httpx.get(url).status_code == 200
    simulateur.donnees.horloge = lambda: datetime.now(UTC) + timedelta(hours=2)
    assert httpx.get(url).status_code == 403


# ---------------------------------------------------------------------- access


def test_unknown_demarche_and_unknown_dossier_are_told_apart(lecteur: ClientDS) -> None:
    with pytest.raises(AccesRefuse):
        lecteur.lire_demarche(1)
    with pytest.raises(Introuvable):
        lecteur.lire_dossier(1)


@pytest.mark.parametrize("suffixe", ["-inconnu", "-expire"])
def test_wrong_token_is_refused(lecture: Simulateur, suffixe: str) -> None:
    with ClientDS(lecture.url, lecture.jeton + suffixe) as ds, pytest.raises(AccesRefuse):
        ds.lire_demarche(DEMARCHE)


def test_a_dossier_that_expired_is_nowhere_until_it_is_gone_for_good() -> None:
    number = PREMIER_NUMERO
    with demarrer(dossiers=3, ancrage=ANCRAGE) as un, ClientDS(un.url, un.jeton) as ds:
        un.donnees.expirer(number)
        with pytest.raises(Introuvable):
            ds.lire_dossier(number)
        assert number not in {une.number for une in ds.lister_dossiers(DEMARCHE, apres=None, depuis=None).elements}
        assert not ds.dossiers_en_corbeille(DEMARCHE, apres=None, depuis=None).elements
        un.donnees.supprimer(number)
        (parti,) = ds.dossiers_supprimes(DEMARCHE, apres=None, depuis=None).elements
    assert (parti.number, parti.reason) == (number, "expired")


def test_the_interface_is_published_to_whoever_asks(lecture: Simulateur) -> None:
    with ClientDS(lecture.url, "jeton-inconnu") as ds:
        assert ds.controler() == ()


def test_without_token_only_stored_queries_are_heard(lecture: Simulateur) -> None:
    libre = httpx.post(lecture.url, json={"query": "{ __typename }"})
    stockee = httpx.post(lecture.url, json={"queryId": "ds-query-v2"})
    assert (libre.status_code, libre.json()["errors"][0]["extensions"]["code"]) == (403, "forbidden")
    assert (stockee.status_code, stockee.json()["errors"][0]["extensions"]["code"]) == (200, "unauthorized")


@pytest.mark.parametrize(
    ("corps", "statut", "code"),
    [
        (b"{", 400, "bad_request"),
        (b'{"query": "{"}', 400, "graphql_parse_failed"),
        (b'{"queryId": "inconnue"}', 400, "bad_request"),
        (b'{"query": "{ inconnu }"}', 200, "undefinedField"),
        (
            b'{"query": "{ demarche(number: 4501) { dossiers(first: -1) { pageInfo { endCursor } } } }"}',
            200,
            "bad_request",
        ),
    ],
)
def test_malformed_requests_are_coded_as_ds_codes_them(
    lecture: Simulateur, corps: bytes, statut: int, code: str
) -> None:
    reponse = httpx.post(lecture.url, content=corps, headers={"Authorization": f"Bearer {lecture.jeton}"})
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (statut, code)


def test_a_query_too_deep_is_refused(lecture: Simulateur) -> None:
    niveaux = "champs { ... on DossierLinkChamp { dossier { " * 7
    texte = f"{{ dossier(number: {EN_INSTRUCTION}) {{ {niveaux} id {'} } } ' * 7} }} }}"
    reponse = httpx.post(lecture.url, json={"query": texte}, headers={"Authorization": f"Bearer {lecture.jeton}"})
    assert "exceeds max depth of 15" in reponse.json()["errors"][0]["message"]


# ------------------------------------------------------------------- mutations


def relire(ds: ClientDS, number: int) -> DossierRecu:
    return lire(ds.lire_dossier(number))


def test_instruction_then_decision_leave_their_trace(ds: ClientDS, simulateur: Simulateur) -> None:
    acteurs = instructeur(ds, EN_CONSTRUCTION)
    avant = relire(ds, EN_CONSTRUCTION)
    assert ds.passer_en_instruction(*acteurs).state == "en_instruction"
    assert ds.accepter(*acteurs, motivation="Beau projet (réf. X1)").state == "accepte"
    apres = relire(ds, EN_CONSTRUCTION)
    assert (apres.state, apres.motivation) == ("accepte", "Beau projet (réf. X1)")
    assert [un.event for un in apres.traitements] == ["depose", "passe_en_instruction", "accepte"]
    assert [un.id for un in apres.instructeurs] == [acteurs[1]]
    assert apres.date_derniere_correction_en_attente is None
    assert apres.date_traitement is not None
    assert len(apres.messages) == len(avant.messages) + 2
    assert [un.mutation for un in simulateur.donnees.effets] == ["dossierPasserEnInstruction", "dossierAccepter"]


def test_a_decision_can_be_taken_back(ds: ClientDS) -> None:
    acteurs = instructeur(ds, REFUSE)
    assert ds.repasser_en_instruction(*acteurs).state == "en_instruction"
    assert relire(ds, REFUSE).motivation == ""
    assert ds.repasser_en_construction(*acteurs).state == "en_construction"


@pytest.mark.parametrize(
    ("number", "geste", "refus"),
    [
        (EN_INSTRUCTION, "passer_en_instruction", "Le dossier est déjà en instruction"),
        (EN_CONSTRUCTION, "repasser_en_construction", "Le dossier est déjà en construction"),
        (EN_INSTRUCTION, "repasser_en_instruction", "Le dossier est déjà en instruction"),
        (ACCEPTE, "accepter", "Le dossier est déjà accepté"),
        (REFUSE, "refuser", "Le dossier est déjà refusé"),
        (SANS_SUITE, "classer_sans_suite", "Le dossier est déjà classé sans suite"),
        (EN_CONSTRUCTION, "accepter", "Le dossier est déjà en construction"),
    ],
)
def test_a_transition_from_the_wrong_state_is_refused_in_ds_words(
    ds: ClientDS, simulateur: Simulateur, number: int, geste: str, refus: str
) -> None:
    motif = {"motivation": "Motif"} if geste in {"refuser", "classer_sans_suite"} else {}
    with pytest.raises(RefusDS) as dit:
        getattr(ds, geste)(*instructeur(ds, number), **motif)
    assert dit.value.messages == (refus,)
    assert simulateur.donnees.effets == []


@pytest.mark.parametrize("geste", ["refuser", "classer_sans_suite"])
def test_a_refusal_needs_its_reason(ds: ClientDS, geste: str) -> None:
    with pytest.raises(RefusDS, match="motivation"):
        getattr(ds, geste)(*instructeur(ds, EN_INSTRUCTION), motivation="  ")
    assert relire(ds, EN_INSTRUCTION).state == "en_instruction"
    assert getattr(ds, geste)(*instructeur(ds, EN_INSTRUCTION), motivation="Hors sujet").state is not None


def test_a_company_ds_could_not_look_up_blocks_the_decision(ds: ClientDS) -> None:
    acteurs = instructeur(ds, INCOMPLET)
    if relire(ds, INCOMPLET).state == "en_construction":
        ds.passer_en_instruction(*acteurs)
    elif relire(ds, INCOMPLET).state != "en_instruction":
        ds.repasser_en_instruction(*acteurs)
    with pytest.raises(RefusDS, match="déjà en instruction"):
        ds.accepter(*acteurs)


def test_an_instructeur_of_another_group_has_no_say(ds: ClientDS) -> None:
    dossier = relire(ds, EN_CONSTRUCTION)
    autres = next(un for un in ds.lire_demarche(DEMARCHE).groupes if un.id != dossier.groupe_instructeur.id)
    with pytest.raises(RefusDS, match="n’a pas les droits d’accès"):
        ds.passer_en_instruction(dossier.id, autres.instructeurs[0].id)


def test_unknown_dossier_or_instructeur_is_not_found(ds: ClientDS) -> None:
    dossier_id, instructeur_id = instructeur(ds, EN_CONSTRUCTION)
    with pytest.raises(Introuvable):
        ds.passer_en_instruction("inconnu", instructeur_id)
    with pytest.raises(Introuvable):
        ds.passer_en_instruction(dossier_id, "inconnu")


def test_a_reading_token_changes_nothing(ds: ClientDS, simulateur: Simulateur) -> None:
    acteurs = instructeur(ds, EN_CONSTRUCTION)
    with ClientDS(simulateur.url, simulateur.jeton_lecture) as lecteur, pytest.raises(RefusDS, match="en lecture"):
        lecteur.passer_en_instruction(*acteurs)
    assert relire(ds, EN_CONSTRUCTION).state == "en_construction"


def test_the_same_message_twice_is_two_messages(ds: ClientDS, simulateur: Simulateur) -> None:
    acteurs = instructeur(ds, EN_INSTRUCTION)
    ids = {ds.envoyer_message(*acteurs, texte="Réf. M1").message_id for _ in range(2)}
    assert len(ids) == 2
    assert [un.body for un in relire(ds, EN_INSTRUCTION).messages].count("Réf. M1") == 2
    assert len(simulateur.donnees.effets) == 2


def test_deletions_flow_in_their_own_streams_and_a_restore_comes_back(ds: ClientDS, simulateur: Simulateur) -> None:
    simulateur.donnees.mettre_a_la_corbeille(ACCEPTE)
    simulateur.donnees.supprimer(REFUSE)
    corbeille = ds.dossiers_en_corbeille(DEMARCHE, apres=None, depuis=None).elements
    supprimes = ds.dossiers_supprimes(DEMARCHE, apres=None, depuis=None).elements
    assert ([un.number for un in corbeille], [un.number for un in supprimes]) == ([ACCEPTE], [REFUSE])
    with pytest.raises(Introuvable):
        ds.lire_dossier(ACCEPTE)
    simulateur.donnees.restaurer(ACCEPTE)
    assert relire(ds, ACCEPTE).state == "accepte"
    assert ds.dossiers_en_corbeille(DEMARCHE, apres=None, depuis=None).elements == ()


# ---------------------------------------------------------------------- memory


def test_a_restart_remembers_what_happened(tmp_path: Path) -> None:
    etat = tmp_path / "etat.json"
    with demarrer(dossiers=8, etat=etat) as un, ClientDS(un.url, un.jeton) as ds:
        ds.passer_en_instruction(*instructeur(ds, EN_CONSTRUCTION))
        avant = [json.dumps(un.contenu, sort_keys=True) for un in un.donnees.dossiers.values()]
        ordre = ds.lister_dossiers(DEMARCHE, apres=None, depuis=DEBUT)
    with demarrer(dossiers=8, etat=etat) as un, ClientDS(un.url, un.jeton) as ds:
        assert [json.dumps(un.contenu, sort_keys=True) for un in un.donnees.dossiers.values()] == avant
        assert ds.lister_dossiers(DEMARCHE, apres=None, depuis=DEBUT) == ordre
        assert [un.mutation for un in un.donnees.effets] == ["dossierPasserEnInstruction"]


def test_a_memory_of_other_dossiers_or_a_broken_one_is_set_aside_and_said(tmp_path: Path) -> None:
    etat = tmp_path / "etat.json"
    assert preparer(dossiers=3, etat=etat).annonces == ()
    assert "repart de zéro" in preparer(dossiers=4, etat=etat).annonces[0]
    etat.write_text("{", "utf-8")
    assert "repart de zéro" in preparer(dossiers=4, etat=etat).annonces[0]


# ------------------------------------------------------------------- real files


def test_an_older_file_is_served_whole_and_each_substitution_is_said(lecteur: ClientDS) -> None:
    annonces = " ".join(preparer(dossiers=0, fichiers=(ANCIEN,), ancrage=ANCRAGE).annonces)
    for mot in ("9876543210", "Traitement.event", "ChampVenuDuFutur", "devis.pdf", "Profile.id", "Dossier.messages"):
        assert mot in annonces
    dossier = relire(lecteur, 876543210)
    assert {un.label: un.valeur for un in dossier.champs} == {
        "Intitulé": "Toit de l’école",
        "Travaux": "Oui",
        "Coût": "1\u00a0234,50",
        "Devis": "devis.pdf",
        "Lots": "1\u00a0ligne",
        "Nouveauté": "inédit",
    }
    assert [un.event for un in dossier.traitements] == ["depose", "passe_en_instruction"]
    assert (dossier.demarche_number, dossier.demandeur.denomination) == (654321, "COMMUNE FICTIVE")
    assert lecteur.lire_demarche(654321).revision.champs[0].label == "Intitulé"


def test_a_loaded_dossier_can_be_decided_upon() -> None:
    with demarrer(dossiers=0, fichiers=(ANCIEN,)) as un, ClientDS(un.url, un.jeton) as ds:
        assert ds.accepter("ID_FICTIF_1", "ID_FICTIF_INSTRUCTEUR").state == "accepte"


@pytest.mark.parametrize(
    "enveloppe", ['{"data": {"dossier": %s}}', '{"dossiers": [%s]}', '{"dossiers": {"nodes": [%s]}}']
)
def test_a_dossier_may_come_in_any_of_ds_wrappings(tmp_path: Path, enveloppe: str) -> None:
    fichier = tmp_path / "dossier.json"
    fichier.write_text(enveloppe % ANCIEN.read_text("utf-8"), "utf-8")
    assert list(preparer(dossiers=0, fichiers=(fichier,)).donnees.dossiers) == [876543210]


@pytest.mark.parametrize("contenu", ["{", "{}", "[]", '{"data": null}', '{"dossiers": []}'])
def test_a_file_without_dossier_is_refused_in_french(tmp_path: Path, contenu: str) -> None:
    fichier = tmp_path / "autre.json"
    fichier.write_text(contenu, "utf-8")
    with pytest.raises(ValueError, match=r"autre\.json.*(aucun dossier|pas du JSON)"):
        preparer(dossiers=0, fichiers=(fichier,))


def test_the_same_number_twice_is_renumbered_and_said(tmp_path: Path) -> None:
    depart = preparer(dossiers=0, fichiers=(ANCIEN, ANCIEN))
    assert sorted(depart.donnees.dossiers) == [876543210, 876543211]
    assert any("déjà pris" in une for une in depart.annonces)


def test_the_real_dossier_comes_out_with_all_its_champs() -> None:
    fichier = chemin("DS_DOSSIER_REEL")
    with demarrer(dossiers=0, fichiers=(fichier,)) as un, ClientDS(un.url, un.jeton) as ds:
        (number,) = un.donnees.dossiers
        recu = relire(ds, number)
    source = json.loads(fichier.read_text("utf-8"))
    assert (len(recu.champs), len(recu.annotations)) == (56, 13)
    assert [un.label for un in recu.champs] == [un["label"] for un in source["champs"]]
    for lu, brut in zip(recu.champs + recu.annotations, source["champs"] + source["annotations"], strict=True):
        attendue = brut["stringValue"] or brut.get("files") or brut.get("rows")
        assert lu.vide == (not attendue), lu.label
