"""The workbook of the queue: exactly the view, real numbers and dates, the rights of its author read again."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.services import Service
from portal.queries.acteurs import agent_of
from portal.services import commandes_exports
from portal.services.exports import CELLULES, queue_view
from portal.vocabulaire import Etat, GenreDocument
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT, ColonneFile, Onglet, TriFile
from portal.vocabulaire_imports import FormatExport
from tests.client import ClientStrict
from tests.exports_lus import PORTAIL, classeur_de
from tests.factories import Fabriques

FILE = "/instruction/dossiers"
# Nothing here waits for an avis, a complement or a notification.
VIDES = (Onglet.AVIS, Onglet.COMPLEMENT, Onglet.A_NOTIFIER, Onglet.AVIS_A_DONNER)
DOSSIER = re.compile(r"/instruction/dossiers/([A-Z]-[0-9-]+)")


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, ddets: Service) -> User:
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def commander(client: ClientStrict, session: Session, args: str = "") -> Document:
    """Order the workbook of the view shown at that address."""
    client.get(f"{FILE}{args}")
    assert client.soumettre(action="/export").status_code == 200
    return session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()


def feuilles(session: Session, document: Document) -> tuple[list[dict[str, object]], Worksheet]:
    """The rows by column title, and the sheet that tells what the workbook is."""
    livre = load_workbook(BytesIO(classeur_de(session, document)))
    lignes = livre["Dossiers"].iter_rows(values_only=True)
    titres = [str(titre) for titre in next(lignes)]
    assert titres == [en_tete.titre for colonne in COLONNES_PAR_DEFAUT for en_tete, _ in CELLULES[colonne]]
    return [dict(zip(titres, ligne, strict=True)) for ligne in lignes], livre["À propos"]


def test_the_workbook_is_the_view_shown_with_real_types(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    voulu = creer.dossier(
        ddets,
        etat=Etat.EN_INSTRUCTION,
        intitule="=SOMME(A1:A9)",
        montant_demande=Decimal("1234.50"),
        demandeur_siret="01234567890123",
        date_depot=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    )
    creer.dossier(ddets)
    creer.dossier(etat=Etat.EN_INSTRUCTION)
    document = commander(client, session, "?etat=en_instruction")
    assert document.genre == GenreDocument.FILE_DOSSIERS
    (ligne,), a_propos = feuilles(session, document)
    assert ligne["Dossier"] == voulu.reference
    assert ligne["Projet"] == "=SOMME(A1:A9)"
    assert ligne["Montant demandé"] == pytest.approx(1234.5)
    assert ligne["SIRET"] == "01234567890123"
    assert ligne["Déposé le"] == datetime(2026, 3, 2)  # noqa: DTZ001  # a workbook has no time zone; Paris is a day ahead here
    assert ligne["État"] == "en instruction"
    dit = " ".join(str(valeur) for rangee in a_propos.iter_rows(values_only=True) for valeur in rangee)
    assert "État\u00a0: En instruction" in dit
    assert agent.nom_affiche in dit


def test_every_line_of_the_view_is_there_beyond_a_page(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    attendues = {creer.dossier(ddets).reference for _ in range(60)}
    lignes, _ = feuilles(session, commander(client, session))
    assert {ligne["Dossier"] for ligne in lignes} == attendues


@pytest.fixture
def diverses(creer: Fabriques, ddets: Service, agent: User) -> None:
    """Dossiers that each tab shares out, and whose sorts differ; two are equal in all but their numbers."""
    etats = (Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE)
    for rang in range(15):
        creer.dossier(
            ddets,
            etat=etats[rang % len(etats)],
            demandeur_nom=f"Club {(rang * 7) % 5}",
            montant_demande=Decimal((rang * 11) % 4 * 100),
            date_depot=datetime(2026, 3, 1 + (rang * 5) % 9, 10, tzinfo=UTC),
            instructeur_id=agent.id if rang % 3 else None,
        )


@pytest.mark.usefixtures("diverses")
@pytest.mark.parametrize("onglet", list(Onglet))
def test_each_tab_leaves_as_it_is_on_the_screen_in_each_order(
    client: ClientStrict, session: Session, agent: User, ddets: Service, onglet: Onglet
) -> None:
    acteur = agent_of(session, agent.id, ddets.id)
    assert acteur is not None
    for tri in (f"{sens}{un}" for un in TriFile for sens in ("", "-")):
        filtre = {"onglet": onglet.value, "tri": tri}
        client.get(f"{FILE}?{urlencode(filtre)}")
        document = commandes_exports.order_queue(
            session, by=acteur, filtre=filtre, colonnes=[ColonneFile.DOSSIER], forme=FormatExport.XLSX
        )
        sortie = [lien.texte for (lien,) in queue_view(session, document, PORTAIL).feuilles[0].lignes]
        assert sortie == _a_l_ecran(client), tri
        assert onglet in VIDES or len(sortie) > 1


def _a_l_ecran(client: ClientStrict) -> list[str]:
    """The references of the rows of the queue, in their order."""
    return [
        lu[1] for lien in client.arbre.iter("a") if (lu := DOSSIER.fullmatch(lien.get("href", "").partition("?")[0]))
    ]


def test_rights_are_those_of_the_moment_when_it_is_made(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    creer.dossier(ddets)
    document = commander(client, session)
    agent.affectations[0].ended_at = maintenant()
    session.commit()
    with pytest.raises(Forbidden, match="n’agissez plus"):
        classeur_de(session, document)
