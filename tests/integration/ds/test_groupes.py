"""A groupe instructeur mapped to a service hands it its dossiers, before or after they arrive."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from portal.errors import Invalid
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.permissions import SYSTEME
from portal.services import synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire import MotifAcces
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE

DRAJES = 9002


def attacher(session: Session, sigle: str = "DRAJES ARA") -> int:
    deplaces = synchronisation.attach_group(
        session, by=SYSTEME, instance=INSTANCE, number=DEMARCHE, groupe=DRAJES, sigle=sigle
    )
    session.commit()
    return deplaces


def proprietaires(session: Session, groupe: int) -> set[int]:
    session.expire_all()
    du_groupe = (
        select(AccesDossier.service_id)
        .join(DossierDS, DossierDS.dossier_id == AccesDossier.dossier_id)
        .join(GroupeInstructeur, GroupeInstructeur.id == DossierDS.groupe_id)
        .where(GroupeInstructeur.number == groupe, AccesDossier.motif == MotifAcces.PROPRIETAIRE)
    )
    return set(session.scalars(du_groupe))


def test_dossiers_already_here_change_hands_and_the_former_service_no_longer_reads_them(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche
) -> None:
    drajes = creer.service("DRAJES ARA")
    synchronisation.sync(moyens, DEMARCHE)
    attendus = len(
        session.scalars(select(DossierDS).join(GroupeInstructeur).where(GroupeInstructeur.number == DRAJES)).all()
    )
    assert attacher(session) == attendus > 0
    assert proprietaires(session, DRAJES) == {drajes.id}
    assert attacher(session) == 0


def test_a_group_may_be_mapped_before_ds_has_named_it(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche
) -> None:
    drajes = creer.service("DRAJES ARA")
    assert attacher(session) == 0
    synchronisation.sync(moyens, DEMARCHE)
    assert proprietaires(session, DRAJES) == {drajes.id}
    autres = session.scalars(select(Dossier.service_id).where(Dossier.service_id != drajes.id).distinct()).all()
    assert autres == [demarche.service_id]
    assert session.scalars(select(GroupeInstructeur.label).where(GroupeInstructeur.number == DRAJES)).one() == "DRAJES"


def test_an_unknown_service_is_refused_with_the_list_of_those_that_exist(
    session: Session, creer: Fabriques, demarche: Demarche
) -> None:
    with pytest.raises(Invalid, match="Les services connus sont"):
        attacher(session, "inconnu")
