"""The list of payments leaves as it is on the screen, and its export is kept a day."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.jobs import documents as travaux
from portal.jobs import entretien
from portal.jobs.application import brancher
from portal.models.documents import Document
from portal.models.versements import Versement, VersementDossier
from portal.queries.exports_gardes import GARDE
from portal.services.moyens import Moyens
from portal.vocabulaire_imports import MethodeRapprochement, SourceVersement
from tests import fabriques_versements
from tests.client import ClientStrict
from tests.factories import Fabriques

PAGE = "/instruction/versements"


@pytest.fixture(autouse=True)
def ouvrier(moyens: Moyens) -> None:
    """This process makes documents, as a worker does."""
    brancher(moyens)


@pytest.mark.parametrize(
    ("liste", "attendus"), [("", ["-20,00", "100,00"]), ("?tous=1", ["-20,00", "55,00", "100,00"])]
)
def test_each_list_leaves_with_the_payments_it_shows_and_none_of_another_service(
    client: ClientStrict, session: Session, creer: Fabriques, liste: str, attendus: list[str]
) -> None:
    agent, ailleurs = creer.responsable(creer.service("DDETS 69")), creer.responsable(creer.service("DRAJES"))
    objets = fabriques_versements.objets(creer, agent)
    fabriques_versements.objets(creer, ailleurs)
    service_id = agent.affectations[0].service_id
    sur, rendu = (
        Versement(source=SourceVersement.CHORUS, service_id=service_id, montant=Decimal(montant))
        for montant in ("55.00", "-20.00")
    )
    session.add_all([sur, rendu])
    session.flush()
    session.add(
        VersementDossier(
            versement_id=sur.id,
            dossier_id=int(objets["dossier_paye"]),
            methode=MethodeRapprochement.MANUEL,
            confiance=100,
        )
    )
    session.commit()
    client.connecter(agent)
    client.get(f"{PAGE}{liste}")
    client.soumettre({"format": "csv"}, action=f"{PAGE}/export")
    document = session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()
    travaux.produire(document_id=document.id)
    reponse = client.get(f"/documents/{document.numero}/fichier")
    titres, *lignes = csv.reader(StringIO(reponse.data.decode("utf-8-sig")), delimiter=";")
    lues = [dict(zip(titres, ligne, strict=True)) for ligne in lignes]
    assert [lue["Montant"].lstrip("'") for lue in lues] == attendus
    assert lues[-1]["Comment on le sait"].endswith("à confirmer")
    session.refresh(document)
    assert document.produced_at is not None
    document.produced_at -= GARDE
    session.commit()
    entretien.balayer_exports(timestamp=0)
    client.get(f"/documents/{document.numero}")
    assert "24 heures" in client.texte()
