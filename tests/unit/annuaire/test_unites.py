"""The demonstration's units are plausible: their numbers pass the keys, and each case of the demo is there."""

import re

from stdnum.fr import siren, siret

from integrations.annuaire.simulateur import UNITES


def test_every_number_passes_its_key_and_is_borne_once() -> None:
    sirens = [unite.siren for unite in UNITES if unite.siren]
    sirets = [numero for unite in UNITES for numero in unite.sirets]
    rnas = [unite.rna for unite in UNITES if unite.rna]

    assert all(siren.is_valid(numero) for numero in sirens)
    assert all(siret.is_valid(numero) for numero in sirets)
    assert all(re.fullmatch(r"W\d[A-Z\d]\d{7}", numero) for numero in rnas)
    assert all(len(set(numeros)) == len(numeros) for numeros in (sirens, sirets, rnas))
    assert all(numero.startswith(unite.siren or "?") for unite in UNITES for numero in unite.sirets)


def test_the_cases_that_the_portal_must_handle_are_there() -> None:
    assert any(not unite.active for unite in UNITES)
    assert any(unite.rna and not unite.siren for unite in UNITES)
    assert any(not unite.est_association for unite in UNITES)
    assert any(unite.nature_juridique == "9260" and not unite.rna for unite in UNITES)
    assert any(len(unite.sirets) > 1 for unite in UNITES)
