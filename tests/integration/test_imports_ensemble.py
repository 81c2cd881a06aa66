"""Two imports that speak of the same things, written at once by two workers."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from portal.config import Config
from portal.db import Fabrique
from portal.models.imports import LotImport
from portal.models.versements import Versement
from portal.services import imports
from portal.services.moyens import make_moyens
from portal.services.travail_imports import run, run_due
from portal.vocabulaire_imports import EtatImport, GenreImport
from tests.fabriques_imports import acteur_de, lot
from tests.factories import Fabriques

COMMUNES = 40


def _confirmer(fabrique_reelle: Fabrique) -> list[int]:
    """Two imports of payments without a key, confirmed: the second holds those of the first and one more."""
    payes = [{"beneficiaire_nom": f"Club {rang}", "montant": "10.00"} for rang in range(COMMUNES + 1)]
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        agent = creer.agent()
        lus = [lot(creer, agent, GenreImport.VERSEMENTS, dits) for dits in (payes[:COMMUNES], payes)]
        for lu in lus:
            imports.confirm(session, by=acteur_de(session, agent), lot=lu, version=lu.version)
        session.commit()
        return [lu.id for lu in lus]


def test_what_two_files_share_is_written_once_when_two_workers_write_them(
    config: Config, fabrique_reelle: Fabrique
) -> None:
    moyens, lots = make_moyens(config, fabrique=fabrique_reelle), _confirmer(fabrique_reelle)
    with ThreadPoolExecutor(2) as travailleurs:
        list(travailleurs.map(lambda lot_id: run(moyens, lot_id), lots))
    run_due(moyens)  # the sweep takes up the one that stood back
    with fabrique_reelle() as session:
        assert set(session.scalars(select(LotImport.etat))) == {EtatImport.APPLIQUE}
        assert session.scalar(select(func.count()).select_from(Versement)) == COMMUNES + 1
