"""What storing a page asks of PostgreSQL does not depend on how many dossiers it holds, nor on how many are known."""

import copy
from typing import Any

import pytest
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.simulator.serveur import demarrer
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.services.synchronisation import rangement
from tests.requetes import ordres, requetes

Json = dict[str, Any]


@pytest.fixture(scope="module")
def raws() -> list[Json]:
    """Whole dossiers as DS gives them, none of an association that another one has."""
    with demarrer(dossiers=110) as simulateur, ClientDS(simulateur.url, simulateur.jeton) as ds:
        pages = [ds.page_dossiers(4501, apres=None, premiers=100, depuis=None)]
        pages.append(ds.page_dossiers(4501, apres=pages[0].curseur_fin, premiers=100, depuis=None))
    par_siret = {str((raw["demandeur"] or {}).get("siret")): raw for page in pages for raw in page.elements}
    return list(par_siret.values())


def ranger(session: Session, demarche: Demarche, raws: list[Json]) -> int:
    """How many statements storing them sends."""
    connexion: Any = session.connection().connection.driver_connection
    with ordres(connexion) as envoyes:
        rangement.store_all(session, demarche, raws, lu_at=maintenant())
    session.commit()
    return len(envoyes)


def changer(raws: list[Json]) -> list[Json]:
    """The same dossiers, each with another answer and another state."""
    autres = copy.deepcopy(raws)
    for raw in autres:
        champ = next(un for un in raw["champs"] if un["label"] == "Intitulé du projet")
        champ["stringValue"] = champ["text"] = "Un autre projet"
        raw["dateDerniereModification"] = maintenant().isoformat()
    return autres


def test_a_page_of_new_dossiers_takes_the_same_statements_whatever_its_size(
    session: Session, demarche: Demarche, raws: list[Json]
) -> None:
    ranger(session, demarche, raws[:10])
    petite, grande = ranger(session, demarche, raws[10:15]), ranger(session, demarche, raws[15:65])
    assert grande <= petite
    assert grande < 45


def test_a_page_of_changed_dossiers_takes_the_same_statements_each_written_in_one_batch(
    session: Session, demarche: Demarche, raws: list[Json]
) -> None:
    ranger(session, demarche, raws)
    session.expire_all()
    comptes = []
    for lot in (raws[:5], raws[5:55]):
        with requetes() as vues:
            assert rangement.store_all(session, demarche, changer(lot), lu_at=maintenant()) == len(lot)
        session.commit()
        comptes.append(len(vues))
    petite, grande = comptes
    assert grande <= petite + 2


def test_what_has_not_changed_is_neither_told_nor_numbered(
    session: Session, demarche: Demarche, raws: list[Json]
) -> None:
    ranger(session, demarche, raws[:50])
    session.expire_all()
    assert rangement.store_all(session, demarche, raws[:50], lu_at=maintenant()) == 0
