"""Workers killed at seeded points while they write an import, or take it back: each line is written or taken back once."""

import random

from sqlalchemy import func, select

from portal.config import Config
from portal.db import Fabrique
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.imports import DossierTableur, LigneImport, LotImport
from portal.models.journal import Evenement
from portal.services import imports
from portal.services.annulations_imports import PAQUET
from portal.vocabulaire_imports import EtatImport, EtatLigneImport
from tests.fabriques_imports import acteur_de, lot
from tests.factories import Fabriques
from tests.integration import arret, importeur

LIGNES, KILLS = 230, 2
MOMENTS = ("before", "after")


def _confirmer(fabrique_reelle: Fabrique) -> int:
    """An import of many requests, that a person has confirmed; its number."""
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        agent = creer.agent()
        dites = [
            {"reference_source": f"R{rang:04d}", "association_nom": f"Club {rang}", "montant_demande": "10.00"}
            for rang in range(LIGNES)
        ]
        lu = lot(creer, agent, lignes=dites)
        imports.confirm(session, by=acteur_de(session, agent), lot=lu, version=lu.version)
        session.commit()
        return lu.id


def test_kill_9_while_an_import_is_written_loses_no_line_and_writes_none_twice(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    tirage, ou = random.Random(20261123), (base_reelle, config.stockage_dossier)
    lot_id = _confirmer(fabrique_reelle)
    for rang in range(KILLS):
        arret.tuer(importeur.main, *ou, tirage.randint(1, 110), MOMENTS[rang % len(MOMENTS)])
    with fabrique_reelle() as session:
        assert session.get_one(LotImport, lot_id).etat == EtatImport.A_APPLIQUER
    arret.finir(importeur.main, *ou, 0, "never")
    with fabrique_reelle() as session:
        fini = session.get_one(LotImport, lot_id)
        assert (fini.etat, fini.fait, fini.total) == (EtatImport.APPLIQUE, LIGNES, LIGNES)
        etats = select(LigneImport.etat, func.count()).where(LigneImport.lot_id == lot_id).group_by(LigneImport.etat)
        assert list(session.execute(etats)) == [(EtatLigneImport.FAITE, LIGNES)]
        for modele in (Dossier, AccesDossier, Financement, DossierTableur):
            assert session.scalar(select(func.count()).select_from(modele)) == LIGNES, modele
        racontes = select(func.count()).select_from(Evenement).where(Evenement.action == "dossier_importe")
        assert session.scalar(racontes) == LIGNES, "told twice"


def test_kill_9_while_an_import_is_taken_back_leaves_nothing_of_it(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    tirage, ou = random.Random(20261124), (base_reelle, config.stockage_dossier)
    lot_id = _confirmer(fabrique_reelle)
    arret.finir(importeur.main, *ou, 0, "never")
    with fabrique_reelle() as session:
        applique = session.get_one(LotImport, lot_id)
        imports.undo(session, by=acteur_de(session, applique.user), lot=applique, version=applique.version)
        session.commit()
    # In the first packet that is tried, then in the second one that is taken back: by then the first is gone for good.
    for rang, moment in ((tirage.randint(1, PAQUET), "after"), (LIGNES + PAQUET + tirage.randint(1, 20), "before")):
        arret.tuer(importeur.main, *ou, rang, moment)
    with fabrique_reelle() as session:
        assert session.get_one(LotImport, lot_id).etat == EtatImport.A_ANNULER
        assert session.scalar(select(func.count()).select_from(Dossier)) == LIGNES - PAQUET
    arret.finir(importeur.main, *ou, 0, "never")
    with fabrique_reelle() as session:
        assert session.get_one(LotImport, lot_id).etat == EtatImport.ANNULE
        for modele in (Dossier, AccesDossier, Financement, DossierTableur):
            assert session.scalar(select(func.count()).select_from(modele)) == 0, modele
        racontes = select(func.count()).select_from(Evenement).where(Evenement.action == "dossier_importe_retire")
        assert session.scalar(racontes) == LIGNES, "told twice"
