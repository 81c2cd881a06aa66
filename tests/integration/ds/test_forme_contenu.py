"""An upgrade that writes the content of dossiers down otherwise changes no dossier: what an avis has read keeps its number."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.journal import Evenement
from portal.services import rejeu, synchronisation
from portal.services.moyens import Moyens
from tests.integration.ds.conftest import modifier, repondre

UN = PREMIER_NUMERO + 1
ANCIENNE = {"champs": "0" * 64, "annotations": "0" * 64}


def ancien(element: dict[str, Any]) -> dict[str, Any]:
    """As a former version of the portal wrote it: without DS's id, every key there."""
    return {"valeur": "", "niveau": None, **{cle: un for cle, un in element.items() if cle != "id"}}


@pytest.fixture
def ancienne(session: Session, moyens: Moyens, demarche: Demarche) -> Demarche:
    """A démarche whose dossiers were read by a former version."""
    synchronisation.sync(moyens, DEMARCHE)
    for dossier, ds in session.execute(select(Dossier, DossierDS).join(DossierDS)):
        ds.contenu, dossier.contenu_empreintes = [ancien(un) for un in ds.contenu], ANCIENNE
    session.commit()
    return demarche


def versions(session: Session) -> dict[int, int]:
    session.expire_all()
    return dict(session.execute(select(DossierDS.number, Dossier.contenu_version).join(DossierDS.dossier)).all())


def actualises(session: Session) -> int:
    action = Evenement.action == "dossier_actualise_depuis_ds"
    return session.scalar(select(func.count()).select_from(Evenement).where(action)) or 0


def test_a_replay_after_the_upgrade_writes_the_new_shape_and_no_new_version(
    session: Session, moyens: Moyens, ancienne: Demarche
) -> None:
    assert rejeu.replay(moyens, ancienne.id).changes == 0
    assert set(versions(session).values()) == {1}
    assert actualises(session) == 0
    for ds in session.scalars(select(DossierDS)):
        assert all(un["id"] for un in ds.contenu if un["partie"] == "champs")
        assert ds.dossier.contenu_empreintes["champs"] != ANCIENNE["champs"]


def test_a_dossier_that_ds_touches_after_the_upgrade_keeps_its_version(
    session: Session, moyens: Moyens, ancienne: Demarche, simulateur: Simulateur
) -> None:
    modifier(simulateur, UN)
    assert synchronisation.sync(moyens, DEMARCHE).changes == 0
    assert versions(session)[UN] == 1


def test_an_answer_changed_across_the_upgrade_is_a_new_version_once(
    session: Session, moyens: Moyens, ancienne: Demarche, simulateur: Simulateur
) -> None:
    repondre(simulateur, UN, "Intitulé du projet", stringValue="Un autre projet", value="Un autre projet")
    assert synchronisation.sync(moyens, DEMARCHE).changes == 1
    assert versions(session)[UN] == 2
    assert rejeu.replay(moyens, ancienne.id).changes == 0
    assert versions(session) == {number: 2 if number == UN else 1 for number in versions(session)}
