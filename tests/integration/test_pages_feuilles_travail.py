"""The pages of working sheets: prepared from the queue, given back, conflicts resolved, results told."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.jobs.documents import FABRICANTS
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.feuilles_travail import FeuilleTravail, RetourFeuille
from portal.models.services import Service
from portal.models.taches import NotePersonnelle
from portal.queries import retours_feuilles as queries
from portal.services import notes
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, GenreDocument
from portal.vocabulaire_imports import ChampFeuille, EtatModification, EtatRetour
from tests import fabriques_feuilles
from tests.client import ClientStrict
from tests.fabriques_feuilles import Poste, changer, ecrire
from tests.factories import Fabriques
from tests.requetes import requetes

PAGE = "/instruction/feuilles-travail"


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens, service: Service, client: ClientStrict) -> Poste:
    poste = fabriques_feuilles.poste(creer, moyens, service)
    client.connecter(poste.agent)
    return poste


def deux_conflits(poste: Poste, creer: Fabriques, service: Service) -> tuple[RetourFeuille, list[Dossier]]:
    """Two notes written on both sides, a third cell that may not be written."""
    dossiers = [creer.dossier(service) for _ in range(2)]
    feuille = poste.partir(*(un.reference for un in dossiers))
    for un in dossiers:
        notes.save(poste.session, by=poste.acteur, dossier=un, texte="Écrite ici", version=0)
    poste.session.commit()
    remplies = [ecrire(un.reference, ChampFeuille.NOTE, "Écrite là-bas") for un in dossiers]
    return poste.rendre(
        changer(feuille, *remplies, ecrire(dossiers[0].reference, ChampFeuille.ETAT, "accordé"))
    ), dossiers


def test_a_sheet_is_prepared_from_the_dossiers_ticked_in_the_queue(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service
) -> None:
    choisi, ailleurs = creer.dossier(service), creer.dossier()
    creer.dossier(service)
    client.get("/instruction/dossiers")
    assert "Feuille de travail" in client.texte()
    args = [("dossier", choisi.reference), ("dossier", ailleurs.reference)]
    client.get(f"{PAGE}/preparer", query_string=args)
    assert client.soumettre(action=PAGE).status_code == 200
    document = poste.session.scalars(select(Document)).one()
    assert (document.genre, document.service_id) == (GenreDocument.FEUILLE_TRAVAIL, service.id)
    livre = load_workbook(BytesIO(FABRICANTS[document.genre][0](poste.session, document)))
    lignes = list(livre["Dossiers"].iter_rows(min_row=2, values_only=True))
    assert [ligne[0] for ligne in lignes] == [choisi.reference], "a dossier that is not read is left out"
    jeton = poste.session.scalars(select(FeuilleTravail.jeton)).one()
    assert livre["Ne pas modifier"]["B2"].value == jeton
    client.get(PAGE)
    assert "Feuille du" in client.texte()


def test_a_sheet_of_a_whole_view_follows_its_order_and_its_filters(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service
) -> None:
    voulus = {creer.dossier(service, etat=Etat.EN_INSTRUCTION).reference for _ in range(3)}
    creer.dossier(service)
    client.get(f"{PAGE}/preparer?portee=vue&etat=en_instruction")
    assert "3 dossiers dans un classeur" in client.texte()
    client.soumettre(action=PAGE)
    assert set(poste.session.scalars(select(FeuilleTravail)).one().base) == voulus
    client.get(f"{PAGE}/preparer")
    assert "Aucun dossier n’est choisi" in client.texte()
    assert client.poster(PAGE, {"references": "P-1999-000001"}).status_code == 422


def test_a_sheet_given_back_is_received_once_and_waits_for_its_reading(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service
) -> None:
    octets = poste.partir(creer.dossier(service).reference)
    for _ in range(2):
        envoi = {"fichier": (BytesIO(octets), "ma feuille.xlsx"), "cle": "cle-de-la-page-0001"}
        reponse = client.poster(f"{PAGE}/retours", envoi, content_type="multipart/form-data")
        assert reponse.status_code == 303
    retour = poste.session.scalars(select(RetourFeuille)).one()
    assert (retour.nom, retour.etat) == ("ma feuille.xlsx", EtatRetour.A_LIRE)
    client.get(f"{PAGE}/retours/{retour.id}")
    assert "Le portail lit la feuille" in client.texte()


def test_a_file_that_is_no_workbook_is_refused_and_nothing_is_kept(client: ClientStrict, poste: Poste) -> None:
    for octets, nom, phrase in ((b"%PDF-1.4", "a.xlsx", "n’est pas un classeur"), (b"", "vide.xlsx", "est vide")):
        envoi = {"fichier": (BytesIO(octets), nom), "cle": "cle-de-la-page-0001"}
        reponse = client.poster(f"{PAGE}/retours", envoi, content_type="multipart/form-data")
        assert reponse.status_code == 422
        assert phrase in client.texte()
    assert poste.session.scalars(select(RetourFeuille)).all() == []


def test_conflicts_are_shown_with_three_values_and_chosen_one_by_one_then_applied(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service
) -> None:
    retour, (premier, second) = deux_conflits(poste, creer, service)
    ici = f"{PAGE}/retours/{retour.id}"
    client.get(ici)
    texte = client.texte()
    assert "2 conflits à trancher, 1 changement impossible" in texte
    assert [mot for mot in ("Écrite là-bas", "Écrite ici", "vide") if mot not in texte] == []
    ids = {reference: une.id for (reference, champ), une in poste.modifications(retour).items() if champ == "note"}
    client.poster(f"{ici}/choix", {f"m{ids[premier.reference]}-garder": "feuille"})
    client.get(ici)
    assert "1 conflit à trancher" in client.texte()
    assert client.poster(f"{ici}/application").status_code == 422
    assert "Il reste 1 conflit à trancher" in client.texte()
    client.poster(f"{ici}/choix", {"tous": "portail"})
    client.get(ici)
    client.soumettre(action="/application")
    assert "Changements faits" in client.texte()
    poste.travailler(retour)
    client.get(ici)
    assert "1 changement fait" in client.texte()
    lues = {n.dossier_id: n.texte for n in poste.session.scalars(select(NotePersonnelle))}
    assert lues == {premier.id: "Écrite là-bas", second.id: "Écrite ici"}
    client.get(f"{ici}?vue=impossible")
    assert "passe seulement en instruction" in client.texte()


def test_each_page_begins_with_the_conflicts_that_wait_and_a_choice_may_change(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAR_PAGE", 1)
    retour, (premier, second) = deux_conflits(poste, creer, service)
    ici = f"{PAGE}/retours/{retour.id}"
    client.get(ici)
    assert second.reference not in client.texte(), "one for each page"
    for dossier in (premier, second):
        note = poste.modifications(retour)[dossier.reference, "note"]
        client.get(ici)
        client.soumettre({f"m{note.id}-garder": "feuille"}, action="/choix?vue=conflits")
    client.get(f"{ici}?vue=conflits")
    assert "Conflits tranchés (2)" in client.texte()
    assert "à trancher" not in client.texte()
    note = poste.modifications(retour)[premier.reference, "note"]
    client.soumettre({f"m{note.id}-garder": "portail"}, action="/choix?vue=tranches")
    poste.session.expire_all()
    etats = {
        dossier.reference: poste.modifications(retour)[dossier.reference, "note"].etat for dossier in (premier, second)
    }
    assert etats == {premier.reference: EtatModification.ECARTEE, second.reference: EtatModification.A_APPLIQUER}


def test_what_a_file_cannot_say_is_told_on_its_page(
    client: ClientStrict, poste: Poste, creer: Fabriques, moyens: Moyens, service: Service
) -> None:
    collegue = fabriques_feuilles.poste(creer, moyens, service)
    retour = poste.rendre(collegue.partir(creer.dossier(service).reference))
    client.get(f"{PAGE}/retours/{retour.id}")
    assert f"préparée pour {collegue.agent.nom_affiche}" in client.texte()
    client.get(PAGE)
    assert "refusée" in client.texte()


def test_a_dossier_closed_since_is_not_shown_on_the_page_of_the_return(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service
) -> None:
    retour, (premier, _) = deux_conflits(poste, creer, service)
    premier.demandeur_nom = "Nom à ne plus lire"
    poste.session.commit()
    client.get(f"{PAGE}/retours/{retour.id}")
    assert "Nom à ne plus lire" in client.texte()
    fabriques_feuilles.fermer(poste.session, premier)
    client.get(f"{PAGE}/retours/{retour.id}")
    assert "Nom à ne plus lire" not in client.texte()


def test_the_page_of_a_return_reads_in_a_fixed_number_of_statements(
    client: ClientStrict, poste: Poste, creer: Fabriques, service: Service
) -> None:
    nombres = []
    for combien in (3, 30):
        dossiers = [creer.dossier(service) for _ in range(combien)]
        feuille = poste.partir(*(un.reference for un in dossiers))
        retour = poste.rendre(changer(feuille, *(ecrire(un.reference, ChampFeuille.NOTE, "Vue") for un in dossiers)))
        client.get(f"{PAGE}/retours/{retour.id}")
        with requetes() as vues:
            client.get(f"{PAGE}/retours/{retour.id}")
        nombres.append(len(vues))
    assert nombres[0] == nombres[1]
