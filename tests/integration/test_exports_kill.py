"""Workers killed while they write an export: nothing half-written is given, and the next one writes it whole."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import func, select

from integrations.stockage.dossier import StockageDossier
from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.documents import Document, Fichier
from portal.queries.acteurs import agent_of
from portal.services import commandes_exports
from portal.services.fichiers import read_bytes
from portal.vocabulaire import EtatDocument
from portal.vocabulaire_file import ColonneFile
from portal.vocabulaire_imports import FormatExport
from tests.factories import Fabriques
from tests.integration import arret, exportateur

DOSSIERS = 120


def _fichiers(dossier: Path) -> list[Path]:
    return [chemin for chemin in dossier.rglob("*") if chemin.is_file()]


def test_kill_9_while_an_export_is_written_gives_nothing_half_written(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    ou = (base_reelle, config.stockage_dossier)
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        agent = creer.agent()
        service = agent.affectations[0].service
        attendues = {creer.dossier(service).reference for _ in range(DOSSIERS)}
        acteur = agent_of(session, agent.id, service.id)
        assert acteur is not None
        document_id = commandes_exports.order_queue(
            session, by=acteur, filtre={}, colonnes=[ColonneFile.DOSSIER], forme=FormatExport.XLSX
        ).id
        session.commit()
    for rang in (1, 97):
        arret.tuer(exportateur.main, *ou, rang)
        with fabrique_reelle.begin() as session:
            document = session.get_one(Document, document_id)
            assert (document.etat, document.fichier_id) == (EtatDocument.A_PRODUIRE, None)
            assert _fichiers(config.stockage_dossier) == []
            document.pris_at = maintenant() - timedelta(hours=1)  # its lease is over
    arret.finir(exportateur.main, *ou, 0)
    with fabrique_reelle() as session:
        document = session.get_one(Document, document_id)
        assert document.etat == EtatDocument.PRET
        assert session.scalar(select(func.count()).select_from(Fichier)) == 1
        octets = read_bytes(StockageDossier(config.stockage_dossier), session.get_one(Fichier, document.fichier_id))
    lignes = list(load_workbook(BytesIO(octets))["Dossiers"].iter_rows(min_row=2, values_only=True))
    assert {ligne[0] for ligne in lignes} == attendues
    assert len(lignes) == DOSSIERS
