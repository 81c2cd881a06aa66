"""What is longer than the portal keeps is told when it is read, and never cut in silence."""

import pytest

from portal.classeurs.champs import Champ
from portal.classeurs.genres import GENRES, champs_par_nom
from portal.db import Base
from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.classeurs_ecrits import comprendre, texte, xlsx

D, V, A, S = GenreImport.DEMANDES, GenreImport.VERSEMENTS, GenreImport.ASSOCIATIONS, GenreImport.SCDL
# The column of the database where each field goes.
COLONNES = {
    (D, "association_nom"): "dossier.demandeur_nom",
    (D, "commune"): "dossier.demandeur_commune",
    (D, "intitule"): "dossier.intitule",
    (D, "statut"): "dossier.statut_source",
    (D, "programme"): "financement.programme",
    (D, "reference_source"): "dossier_tableur.cle",
    (V, "beneficiaire_nom"): "versement.beneficiaire_nom",
    (V, "ej"): "versement.ej",
    (V, "programme"): "versement.programme",
    (V, "libelle"): "versement.libelle",
    (V, "cle_source"): "versement.cle",
    (A, "association_nom"): "association.denomination",
    (A, "sigle"): "association.sigle",
    (A, "adresse"): "association.adresse",
    (A, "commune"): "association.commune",
    (S, "nomAttribuant"): "subvention_publiee.attribuant_nom",
    (S, "nomBeneficiaire"): "subvention_publiee.beneficiaire_nom",
}


@pytest.mark.parametrize(("champ", "colonne"), COLONNES.items(), ids=str)
def test_a_field_tells_no_later_than_the_column_where_it_goes(champ: tuple[GenreImport, str], colonne: str) -> None:
    table, nom = colonne.split(".")
    lu: Champ = champs_par_nom(champ[0])[champ[1]]
    assert lu.maximum == Base.metadata.tables[table].columns[nom].type.length  # type: ignore[attr-defined]  # a text has a length


def test_every_bounded_field_is_looked_at_here() -> None:
    bornes = {(genre, champ.nom) for genre, champs in GENRES.items() for champ in champs if champ.maximum}
    assert bornes == set(COLONNES)


def test_a_text_too_long_is_cut_with_a_word_and_a_code_is_left_out() -> None:
    long, numero = "Fête " * 140, "0163 - Jeunesse et vie associative"
    lue = comprendre(
        xlsx({"Suivi": [["Association", "Montant demandé", "Intitulé", "Programme"], ["Club", 10, long, numero]]}), D
    )
    (ligne,) = lue.lignes
    assert (ligne.valeurs["intitule"], len(ligne.lu[2])) == (long[:500].strip(), len(long.strip()))
    assert "programme" not in ligne.valeurs
    assert [(une.champ, une.verdict) for une in ligne.remarques] == [
        ("intitule", VerdictLigne.AVERTISSEMENT),
        ("programme", VerdictLigne.AVERTISSEMENT),
    ]
    assert "500" in ligne.remarques[0].raison
    assert "laissée de côté" in ligne.remarques[1].raison


def test_a_key_made_of_several_cells_too_long_to_tell_two_payments_apart_refuses_its_line() -> None:
    cellules = ("A" * 120, "B" * 90)
    lue = comprendre(texte(f"Bénéficiaire;Montant payé;N° DP;N° poste DP\nClub;10;{cellules[0]};{cellules[1]}\n"), V)
    (ligne,) = lue.lignes
    assert ligne.verdict == VerdictLigne.REJETE
    assert [une.champ for une in ligne.remarques] == ["cle_source"]
    assert "200" in ligne.remarques[0].raison
