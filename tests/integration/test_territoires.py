"""The reference table of territories, loaded and looked up, and the territories of a project."""

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cli import main
from portal.db import Fabrique
from portal.errors import Forbidden
from portal.models.connexion import User
from portal.models.demandes import Demande, Projet
from portal.models.journal import Evenement
from portal.models.territoires import Territoire
from portal.permissions import ANONYME, SYSTEME
from portal.queries.lecture_demandes import lire
from portal.services import depots
from portal.services.territoires import load
from portal.vocabulaire_demandes import GenreTerritoire, Place, SectionDemande
from tests import fabriques_depots
from tests.client import ClientStrict
from tests.fabriques_campagnes import territoire
from tests.factories import Fabriques
from tests.requetes import requetes

COMMUNE, QPV = GenreTerritoire.COMMUNE, GenreTerritoire.QPV
EPCI, DEPARTEMENT = GenreTerritoire.EPCI, GenreTerritoire.DEPARTEMENT
PROJET = Place(SectionDemande.PROJET)


@pytest.fixture
def demande(creer: Fabriques, client: ClientStrict) -> Demande:
    """A draft of the person logged in."""
    usager, association = creer.usager(), creer.association()
    creer.mandat(usager, association)
    client.connecter(usager)
    return creer.demande(association, usager)


def ecrire(client: ClientStrict, demande: Demande, *lignes: tuple[str, str, str]) -> int:
    """Type these lines (kind, code or name, share) in the project's page; the status of the answer."""
    typed = {
        f"territoires-{rang}-{nom}": valeur
        for rang, ligne in enumerate(lignes)
        for nom, valeur in zip(("genre", "lieu", "part"), ligne, strict=True)
    }
    client.get(f"/demandes/{demande.id}/projet")
    return client.soumettre({**typed, "intitule": "Lire"}).status_code


def plat(client: ClientStrict) -> str:
    return " ".join(client.texte().replace("\u00a0", " ").split())


class TestProjet:
    def test_an_action_may_cover_epci_and_departements_beside_several_qpv(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        territoire(session, EPCI, "200046977", "Métropole de Lyon", departement="69")
        territoire(session, DEPARTEMENT, "2A", "Corse-du-Sud")
        for code, nom in (("QN06901X", "Les Minguettes"), ("QN06902X", "La Duchère")):
            territoire(session, QPV, code, nom, departement="69", generation="2024")
        lieux = ("epci", "metropole de lyon", ""), ("departement", "2a", "")
        quartiers = ("qpv", "Les Minguettes", "40"), ("qpv", "QN06902X", "12,5")
        assert ecrire(client, demande, *lieux, *quartiers) == 200
        session.expire_all()
        assert lire(session.get_one(Demande, demande.id)).projets[0].projet.territoires.figes == (
            (EPCI, "200046977", "Métropole de Lyon", "", None),
            (DEPARTEMENT, "2A", "Corse-du-Sud", "", None),
            (QPV, "QN06901X", "Les Minguettes", "2024", Decimal(40)),
            (QPV, "QN06902X", "La Duchère", "2024", Decimal("12.5")),
        )

    def test_a_code_or_a_name_is_found_whatever_its_spelling_and_frozen_as_the_table_says(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        territoire(session, COMMUNE, "69266", "Villeurbanne", departement="69")
        territoire(session, COMMUNE, "69256", "Vaulx-en-Velin", departement="69")
        territoire(session, QPV, "QN06901X", "Les Minguettes", departement="69", generation="2024")
        lignes = ("commune", "69 266", ""), ("commune", "VAULX EN VELIN", ""), ("qpv", "qn06901x", "62,5 %")
        assert ecrire(client, demande, *lignes) == 200
        session.expire_all()
        projet = lire(session.get_one(Demande, demande.id)).projets[0].projet
        assert projet.territoires.figes == (
            (COMMUNE, "69266", "Villeurbanne", "", None),
            (COMMUNE, "69256", "Vaulx-en-Velin", "", None),
            (QPV, "QN06901X", "Les Minguettes", "2024", Decimal("62.5")),
        )
        dit = dict(projet.relire())["Territoires du projet"].replace("\u00a0", " ")
        assert "Les Minguettes, Quartier prioritaire (QPV), QN06901X, génération 2024, 62,5 % du public" in dit

    def test_a_name_that_several_bear_asks_for_the_code_and_lists_them(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        territoire(session, COMMUNE, "93066", "Saint-Denis", departement="93")
        territoire(session, COMMUNE, "97411", "Saint-Denis", departement="974")
        assert ecrire(client, demande, ("commune", "saint denis", "")) == 422
        assert "Plusieurs territoires s’appellent « saint denis » : écrivez le code" in plat(client)
        assert "93066 (Saint-Denis, 93), 97411 (Saint-Denis, 974)" in plat(client)
        assert ecrire(client, demande, ("commune", "97411", "")) == 200

    @pytest.mark.parametrize(
        ("lignes", "dit"),
        [
            ([("commune", "Atlantide", "")], "« Atlantide » n’est pas dans la liste officielle"),
            ([("commune", "69266", ""), ("commune", "Villeurbanne", "")], "déjà dans la liste"),
            ([("commune", "69266", "70"), ("qpv", "Cité", "40")], "dépassent 100 %"),
            ([("commune", "69266", "120")], "dépasse 100"),
            ([("pays", "69266", "")], "Choisissez une des réponses"),
            ([("commune", "x" * 201, "")], "au lieu de 200 au plus"),
        ],
    )
    def test_what_cannot_be_is_said_and_kept(
        self, client: ClientStrict, session: Session, demande: Demande, lignes: list[tuple[str, str, str]], dit: str
    ) -> None:
        territoire(session, COMMUNE, "69266", "Villeurbanne", departement="69")
        assert ecrire(client, demande, *lignes) == 422
        assert dit in plat(client)
        typed = [
            champ.get("value") for champ in client.arbre.iter("input") if (champ.get("name") or "").endswith("-lieu")
        ]
        assert typed[: len(lignes)] == [lieu for _, lieu, _ in lignes]

    def test_while_a_kind_is_not_loaded_its_places_are_taken_as_typed_and_said_not_verified(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        territoire(session, COMMUNE, "69266", "Villeurbanne", departement="69")
        assert ecrire(client, demande, ("qpv", "Quartier des Érables", "30")) == 200
        session.expire_all()
        form = lire(session.get_one(Demande, demande.id)).projets[0].projet
        assert form.territoires.figes == ((QPV, "Quartier des Érables", "Quartier des Érables", "", Decimal(30)),)
        assert "(non vérifié)" in dict(form.relire())["Territoires du projet"]

    def test_the_number_of_queries_does_not_depend_on_the_number_of_lines(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        for rang in range(20):
            territoire(session, COMMUNE, f"69{rang:03d}", f"Commune {rang}", departement="69")
        ecrire(client, demande, ("commune", "69000", ""))
        with requetes() as pour_une:
            client.get(f"/demandes/{demande.id}/projet")
        ecrire(client, demande, *(("commune", f"69{rang:03d}", "") for rang in range(20)))
        with requetes() as pour_vingt:
            client.get(f"/demandes/{demande.id}/projet")
        assert len(pour_vingt) == len(pour_une)

    def test_filing_keeps_what_the_table_said(self, session: Session, creer: Fabriques, demande: Demande) -> None:
        une = territoire(session, QPV, "QN06901X", "Les Minguettes", departement="69", generation="2024")
        auteur = session.get_one(User, demande.created_by_id)
        typed = {"territoires-0-genre": "qpv", "territoires-0-lieu": "les minguettes", "territoires-0-part": "40"}
        fabriques_depots.prete(session, demande, auteur, {"projet": typed})
        depots.file(session, by=fabriques_depots.acteur(session, auteur), demande=demande)
        une.nom = "Un autre nom"
        session.commit()
        (projet,) = session.scalars(select(Projet).where(Projet.demande_id == demande.id))
        figes = [(un.genre, un.code, un.nom, un.generation, un.part) for un in projet.territoires]
        assert figes == [(QPV, "QN06901X", "Les Minguettes", "2024", Decimal(40))]

    def test_names_are_proposed_while_they_are_typed_by_the_page_that_anybody_may_read(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        territoire(session, COMMUNE, "69290", "Saint-Priest", departement="69")
        territoire(session, COMMUNE, "69029", "Bron", departement="69")
        client.fragment("/territoires?territoires-0-genre=commune&territoires-0-lieu=priest")
        proposes = [(o.get("value"), o.text) for o in client.arbre.iter("option")]
        assert proposes == [("69290", "Saint-Priest, Commune, 69290")]
        client.get("/territoires?q=saint")
        assert "69290" in plat(client)
        assert "Bron" not in plat(client)
        client.get("/territoires?q=%25")
        assert "69290" not in plat(client)


def lignes(*valeurs: tuple[str, str, str]) -> list[tuple[int, dict[str, str | None]]]:
    return [(rang, dict(zip(("code", "nom", "departement"), une, strict=True))) for rang, une in enumerate(valeurs, 2)]


class TestCharger:
    def test_loaded_twice_it_is_the_same_and_what_changed_is_corrected(self, session: Session) -> None:
        lues = lignes(("69266", "Villeurbanne", "69"), ("2A004", "Ajaccio", "2A"), ("97411", "Saint-Denis", "974"))
        premier = load(session, by=SYSTEME, genre=COMMUNE, lignes=lues)
        second = load(session, by=SYSTEME, genre=COMMUNE, lignes=lues)
        corrige = load(session, by=SYSTEME, genre=COMMUNE, lignes=lignes(("69266", "Villeurbanne-Charpennes", "69")))
        assert [(b.ajoutes, b.modifies, b.inchanges) for b in (premier, second, corrige)] == [
            (3, 0, 0),
            (0, 0, 3),
            (0, 1, 0),
        ]
        assert session.scalar(select(func.count()).select_from(Territoire)) == 3
        actions = session.scalars(select(Evenement.action).where(Evenement.objet == "territoires:commune")).all()
        assert actions == ["territoires_charges"] * 2

    def test_bad_lines_are_listed_and_the_others_loaded(self, session: Session) -> None:
        bilan = load(
            session,
            by=SYSTEME,
            genre=COMMUNE,
            lignes=lignes(
                ("69266", "Villeurbanne", "69"),
                ("6926", "Trop court", "69"),
                ("69029", "", "69"),
                ("69029", "Bron", "Rhône"),
                ("69266", "Encore", "69"),
            ),
        )
        assert (bilan.ajoutes, bilan.ecartees) == (1, 4)
        assert [faute[:7] for faute in bilan.fautes] == ["ligne 3", "ligne 4", "ligne 5", "ligne 6"]

    def test_thousands_of_lines_take_one_statement_for_each_thousand(self, session: Session) -> None:
        beaucoup = lignes(*((f"{rang:05d}", f"Commune {rang}", "69") for rang in range(3_500)))
        with requetes() as vues:
            bilan = load(session, by=SYSTEME, genre=COMMUNE, lignes=beaucoup)
        assert bilan.ajoutes == 3_500
        assert len([une for une in vues if "INTO territoire" in une]) == 4

    def test_only_whoever_runs_the_portal_loads_it(self, session: Session) -> None:
        with pytest.raises(Forbidden):
            load(session, by=ANONYME, genre=COMMUNE, lignes=[])


class TestCommande:
    @pytest.fixture(autouse=True)
    def environnement(self, base_reelle: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for nom, valeur in {
            "PORTAL_MODE": "demo",
            "DATABASE_URL": base_reelle,
            "SECRET_KEY": "x" * 40,
            "PORTAL_URL": "http://portail.test",
            "STOCKAGE_DOSSIER": "var/fichiers",
        }.items():
            monkeypatch.setenv(nom, valeur)

    def charger(self, fichier: Path, contenu: bytes, *options: str) -> Result:
        fichier.write_bytes(contenu)
        return CliRunner().invoke(main, ["territoires", "charger", str(fichier), *options])

    def test_a_published_list_is_loaded_and_counted(self, tmp_path: Path, fabrique_reelle: Fabrique) -> None:
        contenu = "\ufeffcode;nom;departement;region\nQN06901X;Les Érables;69;84\nfaux;?;69;84\n".encode()
        faite = self.charger(tmp_path / "qpv.csv", contenu, "--genre", "qpv", "--generation", "2024")
        assert faite.exit_code == 0, faite.output
        assert "1 ajoutés, 0 corrigés, 0 inchangés, 1 lignes écartées." in faite.output.replace("\u00a0", " ")
        assert "ligne 3" in faite.output
        with fabrique_reelle() as session:
            assert session.scalars(select(Territoire)).one().generation == "2024"

    @pytest.mark.parametrize(
        ("contenu", "options", "dit"),
        [
            (b"nom;departement\nBron;69\n", ["--genre", "commune"], "Il manque des colonnes : code"),
            ("code;nom;departement\n69259;Vénissieux;69\n".encode("latin-1"), ["--genre", "commune"], "pas en UTF-8"),
            (b"", ["--genre", "commune"], "Il manque des colonnes"),
            (b"code;nom;departement\n", ["--genre", "qpv"], "ont une génération"),
            (b"code;nom;departement\n", ["--genre", "commune", "--generation", "2024"], "ont une génération"),
        ],
    )
    def test_a_file_that_is_not_one_changes_nothing(
        self, tmp_path: Path, fabrique_reelle: Fabrique, contenu: bytes, options: list[str], dit: str
    ) -> None:
        refusee = self.charger(tmp_path / "liste.csv", contenu, *options)
        assert refusee.exit_code == 1
        assert dit in " ".join(refusee.output.replace("\u00a0", " ").split())
        with fabrique_reelle() as session:
            assert session.scalars(select(Territoire)).first() is None
