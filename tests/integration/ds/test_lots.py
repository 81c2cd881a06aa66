"""Windows of DS dossiers are stored a few at a time, and none is lost for having waited for the others."""

from datetime import UTC, datetime

import pytest

from integrations.demarches_simplifiees.errors import DSIndisponible
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from portal.services.synchronisation.lecture import Allure, Lecteur, Lot
from tests.integration.ds.conftest import ClientCompteur


def lecteur(ds: ClientCompteur) -> Lecteur:
    par_deux = Lecteur(ds, DEMARCHE, datetime(2015, 1, 1, tzinfo=UTC))
    par_deux.fenetre = Allure(2)
    return par_deux


def test_a_few_windows_make_one_lot_that_ends_where_the_last_one_does(ds: ClientCompteur) -> None:
    fenetres = list(lecteur(ds).walk(None))
    lots = list(lecteur(ds).walk_by_lots(None))
    assert [len(lot.raws) for lot in lots] == [8, 4]
    assert [lot.curseur for lot in lots] == [fenetres[3].curseur, fenetres[5].curseur]


def test_what_was_read_before_an_outage_comes_before_it(ds: ClientCompteur) -> None:
    ds.panne_apres = 5
    lots = lecteur(ds).walk_by_lots(None)
    assert [len(next(lots).raws), len(next(lots).raws)] == [8, 2]
    with pytest.raises(DSIndisponible):
        next(lots)


def test_a_window_without_a_cursor_keeps_the_one_before() -> None:
    assert Lot(curseur="place").join(Lot(illisibles={1: "motif"})).curseur == "place"
