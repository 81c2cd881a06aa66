"""A run and announcements that bring the same dossiers at the same instant: each is stored once, none is set aside."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import func, select

from integrations.demarches_simplifiees.simulator.serveur import demarrer
from portal.config import Config
from portal.db import Fabrique
from portal.models.associations import AssociationIdentifiant
from portal.models.demarches import GroupeInstructeur
from portal.models.dossiers import DossierDS
from portal.models.synchronisation import Quarantaine
from portal.services import synchronisation
from portal.services.moyens import make_moyens
from portal.services.synchronisation.passage import refresh_number
from portal.vocabulaire import Source, TypeIdentifiant
from tests.factories import Fabriques
from tests.integration.ds.conftest import DEMARCHE, INSTANCE, brancher, client

FILS = 8


def test_a_run_and_announcements_store_each_dossier_once(config: Config, fabrique_reelle: Fabrique) -> None:
    with demarrer(dossiers=60) as simulateur, client(simulateur) as ds:
        moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
        with fabrique_reelle() as session:
            demarche_id = Fabriques(session).demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE).id
            session.commit()
        numeros = sorted(simulateur.donnees.dossiers)
        with ThreadPoolExecutor(FILS) as fils:
            passage = fils.submit(synchronisation.sync, moyens, DEMARCHE)
            relus = [fils.submit(refresh_number, moyens, demarche_id, number) for number in numeros]
            assert passage.result().erreur == ""
            for un in relus:
                un.result()
    with fabrique_reelle() as session:
        assert sorted(session.scalars(select(DossierDS.number))) == numeros
        assert session.scalars(select(Quarantaine.motif)).all() == []
        groupes = session.scalars(select(GroupeInstructeur.number)).all()
        assert len(groupes) == len(set(groupes))
        par_siren = select(func.count()).where(AssociationIdentifiant.type == TypeIdentifiant.SIREN)
        assert set(session.scalars(par_siren.group_by(AssociationIdentifiant.valeur))) == {1}
