"""A tenth of the convergence campaign: `make campagne-ds` runs it whole and writes docs/preuves/ds.md."""

from pathlib import Path

from integrations.demarches_simplifiees.simulator.pannes.catalogue import PANNES
from tests.campagnes.ds.campagne import DIXIEME, PAR_REQUETE, run


def test_the_base_joins_ds_whatever_fails_and_each_act_is_applied_once(base_reelle: str, tmp_path: Path) -> None:
    bilan = run(DIXIEME, base=base_reelle, dossier=tmp_path)
    assert bilan.ecarts.ecarts == []
    assert bilan.morts == DIXIEME.morts
    assert bilan.dossiers >= DIXIEME.dossiers
    assert bilan.ecarts.compares["effets exacts"], "no act was asked on a dossier where counts must be exact"
    jamais = {nom for nom, panne in PANNES.items() if panne.lieu in PAR_REQUETE and not bilan.frappes[nom]}
    assert not jamais, "a fault of the requests never struck"
