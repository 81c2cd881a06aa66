"""The agents' queue: one list for every source, what each service sees, filters, pages, search."""

from datetime import timedelta
from itertools import pairwise
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.queries import dossiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.vocabulaire import Etat, RoleAffectation
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

FILE = "/instruction/dossiers"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, ddets: Service) -> User:
    """Logged in."""
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def references(client: ClientStrict, adresse: str = FILE) -> list[str]:
    """References shown by the queue, in order."""
    assert client.get(adresse).status_code == 200
    liens = [lien for lien in client.arbre.iter("a") if (lien.get("href") or "").startswith(f"{FILE}/")]
    return [html.texte(lien) for lien in liens]


def test_native_and_ds_dossiers_stand_side_by_side_newest_first(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    ancien = creer.dossier(ddets, date_depot=maintenant() - timedelta(days=2), intitule="Ateliers de lecture")
    recent = creer.dossier_ds(ddets)
    assert references(client) == [recent.reference, ancien.reference]
    texte = client.texte()
    assert "Démarches Simplifiées" in texte
    assert "Ateliers de lecture" in texte
    assert "1\u00a0500,00" in "".join(client.arbre.itertext())
    assert "déposé, à examiner" in texte
    assert "2 dossiers" in texte


def test_a_service_sees_its_dossiers_and_those_on_which_it_was_asked(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    ailleurs = creer.dossier()
    saisi = creer.dossier()
    creer.demande_avis(saisi, ddets)
    assert references(client) == [saisi.reference]
    assert client.get(f"{FILE}/{ailleurs.reference}").status_code == 404
    assert client.get(f"{FILE}/{saisi.reference}").status_code == 200


def test_each_criterion_narrows_the_queue_and_can_be_removed(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    voulu = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, instructeur_id=agent.id, exercice=2025)
    autre = creer.dossier_ds(ddets, exercice=2026)
    cas = {
        "etat=en_instruction": voulu,
        "source=ds": autre,
        f"demarche={voulu.demarche_id}": voulu,
        "instructeur=moi": voulu,
        "instructeur=aucun": autre,
        f"instructeur={agent.id}": voulu,
        "exercice=2026": autre,
    }
    for args, attendu in cas.items():
        assert references(client, f"{FILE}?{args}") == [attendu.reference], args
    references(client, f"{FILE}?etat=en_instruction&exercice=2026")
    assert "Aucun dossier ne répond à ces critères" in client.texte()
    retraits = [a.get("href") for a in client.arbre.iter("a") if "Retirer le filtre" in html.texte(a)]
    assert retraits == [f"{FILE}?exercice=2026", f"{FILE}?etat=en_instruction"]


@pytest.mark.parametrize(
    ("recherche", "trouve"),
    [
        ("canal", True),
        ("CANÂL amis", True),
        ("Velo", True),
        ("p-2026-424242", True),
        ("424242", True),
        ("732 829 320 00074", True),
        ("732829320", True),
        ("w691234567", True),
        ("anal", False),
        ("canal tennis", False),
        ("' | canal & !", True),
    ],
)
def test_search_finds_words_by_their_beginning_whatever_accents_and_spaces(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User, recherche: str, trouve: bool
) -> None:
    creer.dossier(
        ddets,
        reference="P-2026-424242",
        demandeur_nom="Les Amis du canal",
        intitule="Vélo-école",
        demandeur_siret="73282932000074",
        demandeur_rna="W691234567",
    )
    creer.dossier(intitule="Un autre canal, d’un autre service")
    assert references(client, f"{FILE}?q={quote(recherche)}") == (["P-2026-424242"] if trouve else [])


def test_search_of_a_word_that_every_dossier_holds(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User, session: Session
) -> None:
    tous = [creer.dossier(ddets, intitule=f"Projet commun {rang}") for rang in range(60)]
    assert len(references(client, f"{FILE}?q=commun")) == dossiers.PAR_PAGE
    assert "60 dossiers" in client.texte()
    assert len(tous) == 60


def test_the_queue_follows_what_changes_in_a_dossier(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User, session: Session
) -> None:
    dossier = creer.dossier(ddets, etat=Etat.EN_CONSTRUCTION, intitule="Ancien titre")
    dossier.etat, dossier.intitule, dossier.mots = Etat.ACCEPTE, "Nouveau titre", "nouveau titre"
    session.commit()
    assert references(client, f"{FILE}?etat=en_construction") == []
    assert references(client, f"{FILE}?etat=accepte&q=nouveau") == [dossier.reference]
    assert references(client, f"{FILE}?q=ancien") == []


def test_tabs_count_what_they_open_and_the_present_one_is_said(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    creer.dossier(ddets, etat=Etat.ACCEPTE)
    a_prendre = creer.dossier(ddets)
    suivi = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, instructeur_id=agent.id)
    client.get(FILE)
    assert onglet_present(client) == "Tous 3"
    for onglet, attendu in {
        "À prendre en charge 1": a_prendre,
        "Suivis par moi 1": suivi,
        "À décider 1": suivi,
    }.items():
        lien = next(a for a in client.arbre.iter("a") if html.texte(a) == onglet)
        assert references(client, lien.get("href", "")) == [attendu.reference]
        assert onglet_present(client) == onglet
    assert references(client, f"{FILE}?onglet=avis") == []


def onglet_present(client: ClientStrict) -> str:
    """The tab shown, in words."""
    nav = next(nav for nav in client.arbre.iter("nav") if nav.get("aria-label") == "Onglets de la file")
    return next(html.texte(lien) for lien in nav.iter("a") if lien.get("aria-current") == "page")


@pytest.mark.parametrize(
    "args", ["etat=inconnu", "demarche=abc", "exercice=12", "instructeur=x", "page=zzz", "q=%21%21"]
)
def test_a_value_that_cannot_be_read_is_left_out_and_said(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User, args: str
) -> None:
    dossier = creer.dossier(ddets)
    assert references(client, f"{FILE}?{args}") == [dossier.reference]
    assert "laissé de côté" in client.texte()


def test_pages_go_forth_and_back_without_loss_nor_repeat(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    instant = maintenant()
    for rang in range(120):  # several share one instant: the number decides between them
        creer.dossier(ddets, date_depot=instant - timedelta(minutes=rang // 7))
    pages = [references(client)]
    while suivante := _lien(client, "next"):
        pages.append(references(client, suivante))
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({reference for page in pages for reference in page}) == 120
    retour = [pages[-1]]
    while precedente := _lien(client, "prev"):
        retour.insert(0, references(client, precedente))
    assert retour == pages


def _lien(client: ClientStrict, rel: str) -> str | None:
    return next((lien.get("href") for lien in client.arbre.iter("a") if lien.get("rel") == rel), None)


def test_a_fragment_makes_the_same_page_as_a_fresh_one(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)
    creer.dossier(ddets)
    adresse = f"{FILE}?etat=en_instruction"
    client.get(FILE)
    depart = client.arbre
    client.fragment(adresse)
    echangee = html.echanger(depart, client.arbre)
    client.get(adresse)
    assert html.canonique(echangee) == html.canonique(client.arbre)


def test_counts_stop_at_a_thousand(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "COMPTE_MAXIMAL", 3)
    for _ in range(5):
        creer.dossier(ddets)
    references(client)
    assert "Plus de 1 000 dossiers" in client.texte()


def test_a_page_of_the_queue_takes_few_queries_and_little_html(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    for _ in range(60):
        creer.dossier(ddets, association=creer.association(), instructeur_id=agent.id)
    with requetes() as vues:
        reponse = client.get(f"{FILE}?q=projet&source=portail")
    assert len(vues) <= 12
    assert len(reponse.data) < 100_000


def test_cursors_are_opaque_and_read_back(session: Session, creer: Fabriques, ddets: Service) -> None:
    acteur = creer.acteur(creer.agent(ddets))
    lus: list[Dossier] = [creer.dossier(ddets, date_depot=maintenant() - timedelta(days=n)) for n in range(3)]
    vue = dossiers.list_dossiers(session, acteur, FiltreDossiers())
    assert [ligne.reference for ligne in vue.lignes] == [dossier.reference for dossier in lus]
    assert all(avant.date_depot > apres.date_depot for avant, apres in pairwise(vue.lignes))
    assert (vue.precedente, vue.suivante) == (None, None)


@pytest.mark.parametrize("role", list(RoleAffectation))
def test_every_agent_reads_the_queue_and_a_usager_does_not(
    client: ClientStrict, creer: Fabriques, role: RoleAffectation
) -> None:
    client.connecter(creer.agent(role=role))
    assert client.get(FILE).status_code == 200
    assert "Aucun dossier pour le moment" in client.texte()
    client.connecter(creer.usager())
    assert client.get(FILE).status_code == 403
