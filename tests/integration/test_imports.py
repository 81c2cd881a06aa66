"""The pages of imports: a file is deposited, read, checked by a person, imported, given back annotated, undone."""

import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.associations import FaitAssociation
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.imports import CorrespondanceImport
from portal.services import imports
from portal.services.fichiers import read_bytes
from portal.services.moyens import Moyens
from portal.services.travail_imports import run_due
from portal.vocabulaire_imports import EtatImport, EtatLigneImport, GenreImport
from tests.client import ClientStrict
from tests.fabriques_imports import acteur_de, annuler, importer, lignes_de, lot
from tests.factories import Fabriques
from tests.requetes import requetes

ENTETES = ("N° de dossier", "Association", "SIRET", "Montant demandé", "Remarque interne")
UNE = ("2026-001", "Les Amis du canal", "438 325 318 00014", "1 500,00 €", "rien")
DOUTEUSE = ("2026-002", "Club de la rive", "", "douze", "=cmd()")
IMPORTS = "/instruction/imports"


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict) -> User:
    agent = creer.agent()
    client.connecter(agent)
    return agent


def _xlsx(*lignes: tuple[str, ...], entetes: tuple[str, ...] = ENTETES) -> bytes:
    livre = Workbook()
    page = livre.create_sheet("Suivi")
    for ligne in (("Suivi des demandes",), (), entetes, *lignes):
        page.append(ligne)
    for rangee in page.iter_rows():
        for cellule in rangee:
            if cellule.value is not None:
                cellule.data_type = "s"
    page.row_dimensions[1].hidden = True
    tampon = io.BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def _envoyer(client: ClientStrict, action: str, valeurs: Any = None) -> Any:
    """Send that form of the page shown."""
    return client.soumettre(valeurs, action=action.removeprefix("http://localhost"), suivre=False)


def _lire(client: ClientStrict, moyens: Moyens, octets: bytes, nom: str = "suivi.xlsx", **champs: str) -> str:
    """The page of the import, once it is read."""
    client.get(f"{IMPORTS}/nouveau")
    reponse = _envoyer(client, IMPORTS, {"fichier": (io.BytesIO(octets), nom), **champs})
    assert reponse.status_code == 303, reponse.text
    adresse = reponse.headers["Location"]
    assert "en cours de lecture" in client.get(adresse).text
    run_due(moyens)
    return adresse


def _ranger(client: ClientStrict, moyens: Moyens, adresse: str, **champs: str) -> None:
    client.get(adresse)
    dits = {"demarche": "", "titre": "FDVA", "exercice": "2026", **champs}
    assert _envoyer(client, f"{adresse}/demarche", dits).status_code == 303
    run_due(moyens)


def _deposer(client: ClientStrict, moyens: Moyens, octets: bytes) -> str:
    """The page of an import of requests, once it is read and they have a démarche."""
    adresse = _lire(client, moyens, octets)
    _ranger(client, moyens, adresse)
    return adresse


def test_a_workbook_is_found_out_checked_imported_and_undone(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User
) -> None:
    adresse = _deposer(client, moyens, _xlsx(UNE, DOUTEUSE))
    apercu = client.get(adresse).text
    for dit in (
        "1 ligne prête",
        "1 rejetée",
        "Montant demandé : 1 500,00 €",
        "douze",
        "Importer 1 ligne",
        "Suivi",
        "1 ligne masquée",
    ):
        assert dit in apercu.replace("\u00a0", " "), dit
    assert session.scalar(select(func.count()).select_from(Dossier)) == 0, "nothing is written before the person agrees"
    assert _envoyer(client, f"{adresse}/confirmation").status_code == 303
    assert "Import en cours" in client.get(adresse).text or "import en cours" in client.get(adresse).text
    run_due(moyens)
    assert "1 ligne importée" in client.get(adresse).text
    (dossier,) = session.scalars(select(Dossier)).all()
    assert (dossier.demandeur_nom, str(dossier.montant_demande)) == ("Les Amis du canal", "1500.00")
    assert "Les Amis du canal" in client.get(f"/instruction/dossiers/{dossier.reference}").text
    client.get(adresse)
    assert _envoyer(client, f"{adresse}/annulation").status_code == 303
    assert "en cours d’annulation" in client.get(adresse).text
    run_due(moyens)
    assert "Import annulé" in client.get(adresse).text
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Dossier)) == 0
    assert "suivi.xlsx" in client.get(IMPORTS).text


def test_what_a_person_says_of_the_columns_is_read_again_and_remembered_for_the_service(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User
) -> None:
    adresse = _deposer(client, moyens, _xlsx(UNE))
    client.get(adresse)
    refus = _envoyer(client, f"{adresse}/lecture", {"colonne-4": "association_nom"})
    assert refus.status_code == 422
    assert "Une autre colonne donne déjà cela" in refus.text
    client.get(adresse)
    assert _envoyer(client, f"{adresse}/lecture", {"colonne-4": "intitule"}).status_code == 303
    run_due(moyens)
    assert "Intitulé du projet\u00a0: rien" in client.get(adresse).text
    _envoyer(client, f"{adresse}/confirmation")
    run_due(moyens)
    assert session.scalars(select(CorrespondanceImport)).one().colonnes["4"] == "intitule"
    suite = _deposer(client, moyens, _xlsx((*UNE[:4], "Fête"), DOUTEUSE))
    page = client.get(suite).text
    assert "Intitulé du projet\u00a0: Fête" in page
    assert "1 changée" in page
    client.get(suite)
    relue = _envoyer(client, f"{suite}/lecture", {"entete": "trois"})
    assert relue.status_code == 422
    assert _envoyer(client, f"{suite}/abandon").status_code in (303, 409)


def test_a_file_that_is_no_table_ends_in_a_sentence_and_can_be_left(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User
) -> None:
    client.get(f"{IMPORTS}/nouveau")
    refus = _envoyer(client, IMPORTS, {"fichier": (io.BytesIO(b"%PDF-1.7"), "scan.pdf")})
    assert refus.status_code == 422
    assert "pas un tableau" in refus.text
    adresse = _lire(client, moyens, b"PK\x03\x04rien", "casse.xlsx")
    assert "Ce fichier n’est pas lu" in client.get(adresse).text
    assert _envoyer(client, f"{adresse}/abandon").status_code == 303
    assert "abandonné" in client.get(adresse).text


def test_bad_cells_leave_coloured_and_commented_and_no_text_becomes_a_formula(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User
) -> None:
    brancher(moyens)
    adresse = _deposer(client, moyens, _xlsx(UNE, DOUTEUSE))
    client.get(adresse)
    document = _envoyer(client, f"{adresse}/annote").headers["Location"]
    fait = session.scalars(select(Document)).one()
    travaux.produire(fait.id)
    assert client.get(document).status_code == 200
    session.refresh(fait)
    assert fait.fichier is not None
    page = load_workbook(io.BytesIO(read_bytes(moyens.stockage, fait.fichier))).active
    assert page is not None
    rangees = [[un.value for un in rangee[:5]] for rangee in page.iter_rows()]
    debut = rangees.index(list(ENTETES)) + 1
    assert [page.cell(debut + rang, 2).value for rang in (1, 2)] == [UNE[1], DOUTEUSE[1]], "the whole file"
    assert debut > 1, "what stood above the header too"
    assert page.cell(debut + 1, 4).comment is None
    montant, remarque = page.cell(debut + 2, 4), page.cell(debut + 2, 5)
    assert (montant.value, remarque.value, remarque.data_type) == ("douze", "=cmd()", "s")
    assert montant.comment is not None
    assert montant.comment.text in str(page.cell(debut + 2, page.max_column).value)
    assert montant.fill.fgColor.rgb == "FFF8C9C9"


def test_what_was_imported_already_is_told_and_left_out_unless_the_person_says_otherwise(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User
) -> None:
    entetes = ENTETES[1:]
    premiere, deux = UNE[1:], ("Club", "", "10", "x")
    adresse = _deposer(client, moyens, _xlsx(premiere, deux, deux, entetes=entetes))
    client.get(adresse)
    assert _envoyer(client, f"{adresse}/confirmation", {"copies": "garder"}).status_code == 303
    run_due(moyens)
    assert session.scalar(select(func.count()).select_from(Dossier)) == 3, (
        "identical lines are two grants until somebody says"
    )
    suite = _deposer(client, moyens, _xlsx(premiere, deux, entetes=entetes))
    page = client.get(suite).text.replace("\u00a0", " ")
    for dit in (
        "2 inchangées",
        "1 disparue",
        "Moins de lignes que la dernière fois",
        "figuraient déjà",
        "rien de nouveau dans ce fichier",
    ):
        assert dit in page, dit
    refus = _envoyer(client, f"{suite}/confirmation", {"deja": "laisser"})
    assert refus.status_code == 422
    assert "Toutes les lignes de ce fichier sont déjà importées" in refus.text.replace("\u00a0", " ")


def test_an_association_keeps_what_is_known_and_what_the_file_says_stands_beside(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent, connue = creer.agent(), creer.association(denomination="Les Amis du canal", commune="Lyon")
    dites = {"association_nom": "Amis Canal", "siren": connue.siren, "commune": "Villeurbanne", "sigle": "ADC"}
    neuve = {"association_nom": "Neuve", "rna": "W691000001"}
    personne = {"association_nom": "M. Paul Petit", "siren": "438325318"}
    faite = importer(
        moyens,
        session,
        agent,
        lot(creer, agent, GenreImport.ASSOCIATIONS, [dites, neuve, personne, {"association_nom": "Seule"}]),
    )
    session.refresh(connue)
    assert (connue.denomination, connue.commune, connue.sigle, connue.verifiee) == (
        "Les Amis du canal",
        "Lyon",
        "ADC",
        True,
    )
    faits = dict(
        session.execute(
            select(FaitAssociation.champ, FaitAssociation.valeur).where(FaitAssociation.association_id == connue.id)
        ).all()
    )
    assert faits["commune"] == "Villeurbanne"
    etats = [un.etat for un in lignes_de(session, faite)]
    assert etats == [EtatLigneImport.FAITE, EtatLigneImport.FAITE, EtatLigneImport.REFUSEE, EtatLigneImport.REFUSEE]
    annuler(moyens, session, agent, faite)
    session.refresh(connue)
    assert (faite.etat, connue.sigle) == (EtatImport.ANNULE, "")
    assert session.scalar(select(func.count()).select_from(FaitAssociation)) == 0


def test_two_tabs_confirm_once_and_only_who_deposited_confirms(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent()
    collegue = creer.agent(agent.affectations[0].service)
    lu = lot(creer, agent, lignes=[{"association_nom": "Club", "montant_demande": "5.00"}])
    with pytest.raises(Forbidden):
        imports.confirm(session, by=acteur_de(session, collegue), lot=lu, version=lu.version)
    version = lu.version
    imports.confirm(session, by=acteur_de(session, agent), lot=lu, version=version)
    session.commit()
    with pytest.raises(Conflict):
        imports.confirm(session, by=acteur_de(session, agent), lot=lu, version=version)
    session.rollback()
    run_due(moyens)
    assert session.scalar(select(func.count()).select_from(Dossier)) == 1


def test_another_service_sees_no_import_and_pages_cost_the_same_whatever_they_hold(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User
) -> None:
    lu = lot(
        creer, agent, lignes=[{"association_nom": f"Club {rang}", "montant_demande": "5.00"} for rang in range(60)]
    )
    with requetes() as une:
        page = client.get(f"{IMPORTS}/{lu.id}")
    assert "Page suivante" in page.text
    petit = lot(
        creer, agent, lignes=[{"association_nom": "Club", "montant_demande": "5.00"}], demarche_id=lu.demarche_id
    )
    with requetes() as autre:
        client.get(f"{IMPORTS}/{petit.id}")
    assert len(une) == len(autre)
    assert "Club 59" in client.get(f"{IMPORTS}/{lu.id}?apres=55").text
    client.connecter(creer.responsable())
    assert client.get(f"{IMPORTS}/{lu.id}").status_code == 404
    assert "Aucun import" in client.get(IMPORTS).text
