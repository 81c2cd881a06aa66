"""Working sheets as people really bend them: nothing that they wrote is lost without a word, nothing goes to somebody else."""

from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from portal.models.dossiers import Dossier
from portal.models.feuilles_travail import RetourFeuille
from portal.models.services import Service
from portal.models.taches import NotePersonnelle
from portal.queries import etiquettes as lues
from portal.services import etiquettes, notes, retours_feuilles
from portal.services.moyens import Moyens
from portal.vocabulaire_imports import ONGLET_DOSSIERS, ONGLET_JETON, ChampFeuille, EtatModification, EtatRetour
from tests import fabriques_feuilles
from tests.client import ClientStrict
from tests.fabriques_feuilles import Poste, changer, colonne_de, ecrire, rang_de
from tests.factories import Fabriques

PAGE = "/instruction/feuilles-travail"
Champ, Sort = ChampFeuille, EtatModification


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens, service: Service, client: ClientStrict) -> Poste:
    poste = fabriques_feuilles.poste(creer, moyens, service)
    client.connecter(poste.agent)
    return poste


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    return creer.dossier(service, association=creer.association(denomination="Les Amis"), intitule="Bal")


def page_de(client: ClientStrict, retour: RetourFeuille, vue: str = "") -> str:
    """What the agent reads of that return."""
    assert client.get(f"{PAGE}/retours/{retour.id}?vue={vue}").status_code == 200
    return client.texte()


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        (Champ.ETAT, "fini"),
        (Champ.AVIS_SENS, "plutôt oui"),
        (Champ.MONTANT_PROPOSE, "12 k€"),
        (Champ.MONTANT_PROPOSE, "NaN"),
        (Champ.AVIS_MONTANT, "quinze cents"),
    ],
)
def test_a_cell_that_cannot_be_read_is_shown_as_it_was_typed_beside_the_reason(
    client: ClientStrict, poste: Poste, dossier: Dossier, champ: ChampFeuille, valeur: str
) -> None:
    retour = poste.rendre(changer(poste.partir(dossier.reference), ecrire(dossier.reference, champ, valeur)))
    assert poste.etats(retour) == {champ: Sort.IMPOSSIBLE}
    texte = page_de(client, retour)
    assert f"« {valeur} »" in texte, "the reason"
    assert f" {valeur} " in texte, "the cell"


def test_once_applied_the_page_shows_what_was_refused_then_what_was_done_before_what_could_not_be(
    client: ClientStrict, poste: Poste, dossier: Dossier
) -> None:
    ref = dossier.reference
    gestes = [
        ecrire(ref, Champ.NOTE, "Vue"),
        ecrire(ref, Champ.ETAT, "fini"),
        ecrire(ref, Champ.INSTRUCTEUR, "Inconnue"),
    ]
    retour = poste.rendre(changer(poste.partir(ref), *gestes))
    assert "À appliquer (1) Impossible (2)" in page_de(client, retour)
    texte = page_de(client, poste.appliquer(retour))
    assert "Appliquée (1) Impossible (2)" in texte
    assert "1 changement fait, 2 impossibles" in texte
    assert "n’est pas un état" not in texte, "under its own heading"


def test_a_row_copied_then_changed_further_down_is_told_and_its_dossier_left_alone(
    client: ClientStrict, poste: Poste, dossier: Dossier
) -> None:
    def recopier(livre: Workbook) -> None:
        page = livre[ONGLET_DOSSIERS]
        page.append([cellule.value for cellule in page[2]])
        page.cell(3, colonne_de(page, "Ma note")).value = "Écrite dans la copie"

    retour = poste.rendre(changer(poste.partir(dossier.reference), recopier))
    assert poste.modifications(retour) == {}
    assert f"Plusieurs lignes différentes pour un même dossier, où rien ne change : {dossier.reference}." in page_de(
        client, retour
    )


@pytest.mark.parametrize(
    ("titre", "valeur"), [("Projet", "Grand bal"), ("Montant demandé", 99), ("Association", "Les Amies")]
)
def test_what_is_written_in_a_grey_cell_is_told_and_left_aside(
    client: ClientStrict, poste: Poste, dossier: Dossier, titre: str, valeur: str | int
) -> None:
    def griser(livre: Workbook) -> None:
        page = livre[ONGLET_DOSSIERS]
        page.cell(2, colonne_de(page, titre)).value = valeur

    retour = poste.rendre(changer(poste.partir(dossier.reference), griser))
    assert poste.modifications(retour) == {}
    assert f"Cellules grises changées : {dossier.reference} ({titre})." in page_de(client, retour)


def test_an_agent_is_told_from_another_of_the_same_name_even_once_one_has_left(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    premiere, seconde = (creer.agent(service, prenom="Awa", nom="Diallo") for _ in range(2))
    vers = [f"Awa Diallo ({une.email})" for une in (premiere, seconde)]
    feuille = poste.partir(dossier.reference)
    for une, nom in zip((premiere, seconde), vers, strict=True):
        geste = ecrire(dossier.reference, Champ.INSTRUCTEUR, nom)
        poste.appliquer(poste.rendre(changer(poste.partir(dossier.reference), geste)))
        assert dossier.instructeur_id == une.id
    trop_vague = poste.rendre(changer(feuille, ecrire(dossier.reference, Champ.INSTRUCTEUR, "Awa Diallo")))
    assert poste.etats(trop_vague) == {Champ.INSTRUCTEUR: Sort.IMPOSSIBLE}


def test_an_agent_is_told_from_another_whose_name_has_other_capitals(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    premier, second = (
        creer.agent(service, prenom="Jean", nom="Martin"),
        creer.agent(service, prenom="JEAN", nom="MARTIN"),
    )
    for un, nom in ((premier, "Jean Martin"), (second, "JEAN MARTIN")):
        geste = ecrire(dossier.reference, Champ.INSTRUCTEUR, f"{nom} ({un.email})")
        poste.appliquer(poste.rendre(changer(poste.partir(dossier.reference), geste)))
        assert dossier.instructeur_id == un.id


def test_a_label_that_another_one_resembles_stays_where_it_is(poste: Poste, dossier: Dossier) -> None:
    posee, _, _ = (
        etiquettes.create(poste.session, by=poste.acteur, nom=nom) for nom in ("Lyon;Bron", "Lyon,Bron", "urgent")
    )
    etiquettes.put(poste.session, by=poste.acteur, dossier=dossier, etiquette_id=posee.id)
    poste.session.commit()
    rempli = changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.ETIQUETTES, "Lyon,Bron ; urgent"))
    poste.appliquer(poste.rendre(rempli))
    assert {une.nom for une in lues.of_dossier(poste.session, poste.acteur, dossier).posees} == {"Lyon;Bron", "urgent"}


def test_a_text_that_excel_would_read_as_an_escaped_character_comes_back_as_it_left(
    poste: Poste, dossier: Dossier
) -> None:
    notes.save(poste.session, by=poste.acteur, dossier=dossier, texte="Voir le code _x0041_", version=0)
    poste.session.commit()
    retour = poste.travailler(poste.recevoir(poste.partir(dossier.reference)))
    assert (retour.etat, poste.modifications(retour)) == (EtatRetour.LU, {})


def test_lines_parted_anew_in_a_text_are_a_change(poste: Poste, dossier: Dossier) -> None:
    notes.save(poste.session, by=poste.acteur, dossier=dossier, texte="Vue. À suivre.", version=0)
    poste.session.commit()
    geste = ecrire(dossier.reference, Champ.NOTE, "Vue.\nÀ suivre.")
    retour = poste.appliquer(poste.rendre(changer(poste.partir(dossier.reference), geste)))
    assert poste.etats(retour) == {Champ.NOTE: Sort.APPLIQUEE}
    assert poste.session.scalars(select(NotePersonnelle.texte)).one() == "Vue.\nÀ suivre."


def test_a_label_whose_name_has_a_semicolon_is_put_and_taken_off(poste: Poste, dossier: Dossier) -> None:
    for nom in ("Lyon ; Villeurbanne", "urgent"):
        etiquettes.create(poste.session, by=poste.acteur, nom=nom)
    poste.session.commit()
    for voulues in ("Lyon , Villeurbanne", "urgent ; Lyon , Villeurbanne", "urgent"):
        rempli = changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.ETIQUETTES, voulues))
        retour = poste.appliquer(poste.rendre(rempli))
        assert poste.etats(retour) == {Champ.ETIQUETTES: Sort.APPLIQUEE}, voulues


def test_rows_and_tabs_that_are_hidden_or_renamed_are_read_as_the_others(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    autre = creer.dossier(service)

    def masquer(livre: Workbook) -> None:
        page = livre[ONGLET_DOSSIERS]
        page.row_dimensions[rang_de(page, dossier.reference)].hidden = True
        page.column_dimensions["C"].hidden = True
        page.title = "Commission de mars"
        livre[ONGLET_JETON].sheet_state = "hidden"

    gestes = [ecrire(un.reference, Champ.NOTE, "Vue") for un in (dossier, autre)]
    retour = poste.recevoir(changer(poste.partir(dossier.reference, autre.reference), *gestes, masquer))
    poste.travailler(retour)
    assert set(poste.modifications(retour)) == {(un.reference, Champ.NOTE) for un in (dossier, autre)}


@pytest.mark.parametrize("abime", ["", "FT-", "ft-aaaa-bbbb-cccc-dddd-eeee", "FT-AAAA-BBBB-CCCC-DDDD"])
def test_a_token_that_was_damaged_is_refused_in_a_sentence(poste: Poste, dossier: Dossier, abime: str) -> None:
    def abimer(livre: Workbook) -> None:
        livre[ONGLET_JETON]["B2"].value = abime or None

    retour = poste.rendre(changer(poste.partir(dossier.reference), abimer))
    assert (retour.etat, "n’est pas une feuille de travail" in retour.message) == (EtatRetour.ILLISIBLE, True)


def test_a_sheet_saved_as_csv_is_refused_with_what_to_do(client: ClientStrict, poste: Poste) -> None:
    liste = BytesIO(b"R\xe9f\xe9rence;Ma note\r\nP-1;Vue\r\n")
    envoi = {"fichier": (liste, "feuille.csv"), "cle": "cle-de-la-page-0001"}
    reponse = client.poster(f"{PAGE}/retours", envoi, content_type="multipart/form-data")
    assert reponse.status_code == 422
    assert "n’est pas un classeur .xlsx ou .ods" in client.texte()


def test_a_choice_made_in_a_tab_left_open_comes_too_late_and_says_so(
    client: ClientStrict, poste: Poste, dossier: Dossier
) -> None:
    retour = poste.rendre(changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.NOTE, "Là-bas")))
    ici = f"{PAGE}/retours/{retour.id}"
    for _ in range(2):
        assert client.poster(f"{ici}/application").status_code == 303, "asked in two tabs, ordered once"
    poste.travailler(retour)
    assert client.poster(f"{ici}/choix", {"tous": "portail"}).status_code == 409
    assert "n’attend plus de choix" in client.texte()
    assert client.poster(f"{ici}/application").status_code == 303
    assert poste.session.scalars(select(NotePersonnelle.version)).all() == [1]
    assert retours_feuilles.due(poste.session) == []
