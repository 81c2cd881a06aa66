"""The child process that reads a file, and what its parent makes of whatever happens to it."""

import json
import signal
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from structlog.testing import capture_logs

from portal.classeurs import lecture, verdicts
from portal.classeurs.echange import bilan_lu, message_de
from portal.classeurs.lecture import Lecture, lire_feuilles, ouvrir
from portal.classeurs.moteur import examiner, lignes
from portal.classeurs.resultats import Bilan, ClasseurRefuse, Consigne
from portal.cli.importer import importer
from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.classeurs_ecrits import xlsx

AIDES = [
    ["Association", "SIRET", "Montant demandé", "Objet"],
    ["Les Amis", "21060004500012", "1 234,50 €", "Fête"],
    ["Sans montant", "21060004500012", "beaucoup", "Fête"],
]
DEMANDES = Consigne(GenreImport.DEMANDES)


@pytest.fixture
def classeur(tmp_path: Path) -> Path:
    chemin = tmp_path / "fichier"
    chemin.write_bytes(xlsx({"Aides": AIDES}).octets)
    return chemin


@pytest.fixture
def enfant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts another program in the place of the child."""

    def ecrire(programme: str) -> None:
        paquet = tmp_path / "racine" / "portal" / "classeurs"
        paquet.mkdir(parents=True)
        for dossier in (paquet.parent, paquet):
            (dossier / "__init__.py").touch()
        (paquet / "enfant.py").write_text(f"import json, os, sys\nsys.stdin.read()\n{programme}\n")
        monkeypatch.setattr(lecture, "RACINE", tmp_path / "racine")

    return ecrire


def test_a_file_comes_back_line_by_line_with_its_verdicts(classeur: Path) -> None:
    colonnes = {0: "association_nom", 1: "siret", 2: "montant_demande", 3: ""}
    with ouvrir(classeur, "aides.xls", Consigne(GenreImport.DEMANDES, "Aides", (1,), colonnes)) as lu:
        assert (lu.constat.format, lu.constat.feuille, lu.constat.entete) == ("xlsx", "Aides", (1,))
        assert "Malgré son nom" in lu.constat.remarques[0]
        assert [colonne.champ for colonne in lu.constat.colonnes] == list(colonnes.values())
        assert lu.bilan is None
        premiere, seconde = lu.lignes
        assert lu.bilan is not None
        assert lu.bilan.comptes == {"pret": 1, "rejete": 1}
    assert premiere.valeurs["montant_demande"] == "1234.50"
    assert (premiere.numero, premiere.verdict, premiere.lu[2]) == (2, VerdictLigne.PRET, "1 234,50 €")
    assert seconde.remarques[0].verdict is VerdictLigne.REJETE
    assert "montant_demande" not in seconde.valeurs


def test_the_raw_sheets_of_a_file_keep_their_types(tmp_path: Path) -> None:
    livre = Workbook()
    midi = datetime.fromisoformat("2024-05-01T12:30:00")
    valeurs = ["é", 12.0, 1.5, True, date(2024, 5, 1), midi, time(8, 15), timedelta(hours=30)]
    livre.active.append(valeurs)
    livre.create_sheet("Cachée").sheet_state = "hidden"
    livre.save(tmp_path / "types.xlsx")
    feuilles = lire_feuilles(tmp_path / "types.xlsx", "types.xlsx")
    assert [(feuille.nom, feuille.cachee) for feuille in feuilles] == [("Sheet", False), ("Cachée", True)]
    lues = list(feuilles[0].lignes[0])
    assert lues == valeurs
    assert [type(lue) for lue in lues] == [type(valeur) for valeur in valeurs]


def test_raw_sheets_are_held_whole_so_large_ones_are_refused(classeur: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lecture, "SORTIE_ENTIERE", 100)
    with pytest.raises(ClasseurRefuse, match="trop de mémoire"):
        lire_feuilles(classeur, "a.xlsx")


def test_a_cell_lost_at_the_end_of_the_sheet_costs_the_child_alone(tmp_path: Path) -> None:
    livre = Workbook()
    livre.active["A1"] = "Association"
    livre.active["XFD1048576"] = "perdue"
    livre.save(tmp_path / "loin.xlsx")
    with (
        pytest.raises(ClasseurRefuse, match="très lourd, ou quand une cellule est remplie très loin du tableau"),
        ouvrir(tmp_path / "loin.xlsx", "a.xlsx", DEMANDES),
    ):
        pass


def test_a_child_that_says_nothing_is_not_waited_for(classeur: Path) -> None:
    with pytest.raises(ClasseurRefuse, match="trop de temps"), ouvrir(classeur, "a.xlsx", DEMANDES, delai=0):
        pass


@pytest.mark.parametrize(
    ("programme", "phrase"),
    [
        (f"os.kill(os.getpid(), {signal.SIGSEGV:d})", "s’est interrompue"),
        (f"os.kill(os.getpid(), {signal.SIGABRT:d})", "trop de mémoire"),
        (f"os.kill(os.getpid(), {signal.SIGXCPU:d})", "trop de temps"),
        ("sys.exit(0)", "s’est interrompue"),
        ("print('pas du JSON')", "s’est interrompue"),
        ("print('[\"LigneLue\", {}]')", "s’est interrompue"),
        ("print('[\"Inconnu\", {}]')", "s’est interrompue"),
        ("print(json.dumps(['Panne', 'Traceback…']))", "une erreur de notre part"),
        ("print(json.dumps(['Refus', 'Ce fichier est vide.']))", "Ce fichier est vide."),
        ("sys.stdout.write('x' * (1 << 17)); sys.stdout.flush(); sys.stdin.close(); os.abort()", "trop de mémoire"),
    ],
)
def test_whatever_befalls_the_child_its_parent_says_one_sentence(
    classeur: Path, enfant, programme: str, phrase: str
) -> None:
    enfant(programme)
    with pytest.raises(ClasseurRefuse) as refus, ouvrir(classeur, "a.xlsx", DEMANDES):
        pass
    assert phrase in str(refus.value)


def test_a_line_without_end_is_not_kept(classeur: Path, enfant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lecture, "LIGNE", 1 << 20)
    enfant("while True: sys.stdout.write('x' * 65536)")
    with pytest.raises(ClasseurRefuse, match="trop de mémoire"), ouvrir(classeur, "a.xlsx", DEMANDES):
        pass


def test_the_child_inherits_no_secret_and_works_in_an_empty_directory(
    classeur: Path, enfant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    enfant("print(json.dumps(['Refus', json.dumps([sorted(os.environ), os.listdir('.')])]))")
    with pytest.raises(ClasseurRefuse) as refus, ouvrir(classeur, "a.xlsx", DEMANDES):
        pass
    noms, fichiers = json.loads(str(refus.value))
    assert set(noms) <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "TMPDIR"}
    assert fichiers == []


def test_the_command_line_gives_one_json_object(classeur: Path) -> None:
    fait = CliRunner().invoke(importer, [str(classeur), "--genre", "demandes", "--apercu", "--json"])
    assert fait.exit_code == 0
    lu = json.loads(fait.stdout)
    assert (lu["feuille"], lu["entete"], lu["genre"]) == ("Aides", [1], "demandes")
    assert [colonne["champ"] for colonne in lu["colonnes"]][:2] == ["association_nom", "siret"]
    assert [ligne["verdict"] for ligne in lu["lignes"]] == ["pret", "rejete"]
    assert lu["lignes"][0]["valeurs"]["montant_demande"] == "1234.50"
    assert lu["lignes"][1]["remarques"][0]["champ"] == "montant_demande"
    assert lu["bilan"] == {"lignes": 2, "comptes": {"pret": 1, "rejete": 1}}


def test_the_command_line_guesses_the_kind_and_tells_it_in_french(classeur: Path) -> None:
    fait = CliRunner().invoke(importer, [str(classeur), "--apercu"])
    assert fait.exit_code == 0
    assert "Demandes de subvention (deviné, 4\u00a0colonnes sur 4 conviennent" in fait.stdout
    assert "Ligne 3, Montant demandé «\u00a0beaucoup\u00a0» (rejeté)" in fait.stdout
    assert "2 lignes (prêt\u00a0: 1, avertissement\u00a0: 0, rejeté\u00a0: 1)" in fait.stdout


def test_the_command_line_refuses_with_a_sentence_and_code_2(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    fait = CliRunner().invoke(importer, [str(tmp_path / "a.xlsx"), "--apercu", "--json"])
    assert (fait.exit_code, fait.stdout) == (2, "")
    assert "c’est un PDF" in fait.stderr
    assert CliRunner().invoke(importer, [str(tmp_path / "a.xlsx")]).exit_code == 2


def test_the_command_line_takes_a_path_from_where_it_is_typed(classeur: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(classeur.parent)
    fait = CliRunner().invoke(importer, [classeur.name, "--genre", "demandes", "--apercu"])
    assert (fait.exit_code, "Feuille lue" in fait.stdout) == (0, True)
    assert lire_feuilles(Path(classeur.name), "a.xlsx")[0].nom == "Aides"


def test_a_cell_whose_reading_fails_is_refused_alone_and_the_failure_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echoue(_brut: object) -> None:
        raise ZeroDivisionError

    ecrit = xlsx({"Aides": AIDES})
    colonnes = verdicts._colonnes  # the one place where readers are chosen

    def piegees(*recus: object) -> list[verdicts.Colonne]:
        pretes = colonnes(*recus)
        pretes[2].lire = echoue
        return pretes

    monkeypatch.setattr(verdicts, "_colonnes", piegees)
    constat = examiner(ecrit.feuilles, DEMANDES, format_lu="xlsx")
    pannes: list[str] = []
    lues = list(lignes(ecrit.feuilles[0], constat, pannes))
    assert [[une.raison[:32] for une in lue.remarques] for lue in lues] == [["Le portail n’a pas su lire cette"]] * 2
    assert all(lue.verdict is VerdictLigne.REJETE and lue.valeurs["association_nom"] for lue in lues)
    assert ["ZeroDivisionError" in une for une in pannes] == [True, True]
    (_, recu) = json.loads(message_de(Bilan(2, {}, tuple(pannes))))
    with capture_logs() as journal:
        lecture_faite = Lecture(
            iter([("Constat", constat), *(("LigneLue", lue) for lue in lues), ("Bilan", bilan_lu(recu))])
        )
        assert list(lecture_faite.lignes) == lues
    assert [une["panne"] for une in journal] == pannes
