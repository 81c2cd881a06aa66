"""Ugly workbooks are read to what a person reads in them, and what is not read is told."""

import pytest

from tests.classeurs_ecrits import comprendre
from tests.unit.classeurs.vilains import Vilain
from tests.unit.classeurs.vilains_structures import STRUCTURE
from tests.unit.classeurs.vilains_valeurs import VALEURS

VILAINS = [*STRUCTURE, *VALEURS]


@pytest.mark.parametrize("vilain", VILAINS, ids=lambda un: un.nom)
def test_an_ugly_workbook_is_read_to_what_a_person_reads_in_it(vilain: Vilain) -> None:
    lecture = comprendre(vilain.ecrit(), vilain.genre, **vilain.choix)
    dits = [
        (ligne.numero, remarque.champ, remarque.verdict.value)
        for ligne in lecture.gardees
        for remarque in ligne.remarques
        if remarque.champ not in {"identifiant", "idAttribuant"}
    ]
    assert (lecture.constat.feuille, lecture.constat.entete) == (vilain.feuille, vilain.entete)
    assert [ligne.valeurs for ligne in lecture.gardees] == list(vilain.lignes)
    assert (lecture.dehors, sorted(dits)) == (list(vilain.dehors), sorted(vilain.dits))
    assert lecture.constat.manquants == vilain.manquants
    assert all(remarque.raison.endswith(".") for ligne in lecture.lignes for remarque in ligne.remarques)


def test_there_are_at_least_forty_of_them() -> None:
    assert len({un.nom for un in VILAINS}) >= 40
