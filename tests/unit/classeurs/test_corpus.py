"""A tenth of the corpus of `make campagne-tableurs`, through the files and the child process that imports go through."""

from pathlib import Path

from tests.campagnes.tableurs.campagne import GRAINE, Bilan, run


def test_no_cell_of_the_corpus_is_changed_without_a_word(tmp_path: Path) -> None:
    bilan = Bilan()
    run(bilan, graine=GRAINE + 7, cellules=10_000, dossier=tmp_path)
    assert not bilan.silences
    assert (bilan.cellules, bilan.lignes_perdues) == (10_000, 0)


def test_the_usual_spellings_are_read_without_a_word(tmp_path: Path) -> None:
    """A reader that would tell of everything would lose nothing, and be of no use."""
    bilan = Bilan()
    run(bilan, graine=GRAINE + 8, cellules=4_000, dossier=tmp_path)
    usuelles = {("montant", "nombre"), ("date", "date"), ("siret", "texte"), ("objet", "texte"), ("statut", "nos mots")}
    for (champ, ecriture, fichier), compte in bilan.comptes.items():
        if (champ, ecriture) in usuelles:
            # A CSV keeps days as text, and some days of this column are written month first: those that read both ways are told.
            dites = compte.justes_et_dites if (champ, fichier) == ("date", "csv") else 0
            assert compte.justes + dites == compte.total
