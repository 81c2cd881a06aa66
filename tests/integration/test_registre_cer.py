"""The registry of the CER: whose associations, which of them, in which order, and a workbook of exactly that."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.services import Service
from portal.models.souscriptions import AttestationCer
from portal.queries.departements import departement
from portal.vocabulaire import GenreDocument, RoleAffectation
from portal.vocabulaire_cer import EtatAttestation, OrigineCer
from tests import html
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques
from tests.requetes import requetes

REGISTRE = "/instruction/cer"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, ddets: Service) -> User:
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def connue(creer: Fabriques, service: Service, denomination: str, **valeurs: object) -> Association:
    """An association of which that service has a dossier."""
    association = creer.association(denomination=denomination, **valeurs)
    creer.dossier(service, association=association)
    return association


def signer(creer: Fabriques, association: Association, le: datetime | None = None) -> str:
    """The code of a signature that counts."""
    quand = {"signed_at": le} if le else {}
    return creer.engagement(creer.mandat(creer.usager(), association), **quand).code


def papier(session: Session, association: Association, auteur: User, le: date) -> None:
    """A signed paper that a service has admitted."""
    session.add(
        AttestationCer(
            association_id=association.id,
            origine=OrigineCer.PAPIER,
            date=le,
            reference="Courrier 12",
            deposee_par_id=auteur.id,
            etat=EtatAttestation.ADMISE,
        )
    )
    session.commit()


def noms(client: ClientStrict, args: str = "") -> list[str]:
    """Associations shown, in order."""
    assert client.get(f"{REGISTRE}{args}").status_code == 200
    entetes = [cellule for cellule in client.arbre.iter("th") if cellule.get("scope") == "row"]
    return [(cellule.findtext("a") or "").strip() for cellule in entetes]


def test_by_default_the_associations_of_the_service_s_dossiers_by_name(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    connue(creer, ddets, "Canal")
    creer.dossier(ddets, association=connue(creer, ddets, "Berges"))
    creer.association(denomination="Ailleurs")
    assert noms(client) == ["Berges", "Canal"]
    assert noms(client, "?portee=toutes") == ["Ailleurs", "Berges", "Canal"]


def test_a_lecteur_does_not_browse_beyond_the_service_s_dossiers(
    client: ClientStrict, creer: Fabriques, ddets: Service
) -> None:
    connue(creer, ddets, "Berges")
    creer.association(denomination="Ailleurs")
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    assert noms(client, "?portee=toutes") == ["Berges"]
    assert "Votre rôle de lecteur" in client.texte()


def test_status_origin_and_proof_are_those_of_the_one_definition(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    code = signer(creer, connue(creer, ddets, "Aviron"), datetime(2026, 3, 12, 10, tzinfo=UTC))
    papier(session, connue(creer, ddets, "Berges"), agent, date(2026, 5, 2))
    connue(creer, ddets, "Canal")
    assert noms(client, "?etat=signe") == ["Aviron", "Berges"]
    for attendu in ("12 mars 2026", code, "signé sur ce portail", "2 mai 2026", "Courrier 12", "pièce vérifiée"):
        assert attendu in client.texte()
    assert noms(client, "?etat=manquant") == ["Canal"]
    assert noms(client, "?origine=papier") == ["Berges"]
    assert "Situation\u00a0: signé" not in client.texte()


def test_the_dossier_of_another_service_is_not_named_as_a_proof(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    association = connue(creer, ddets, "Aviron")
    chez_nous = creer.dossier_ds(ddets, association_id=association.id)
    chez_eux = creer.dossier_ds(association_id=connue(creer, ddets, "Berges").id)
    for dossier in (chez_nous, chez_eux):
        assert dossier.ds is not None
        dossier.ds.cer_atteste = True
    creer.session.commit()
    assert noms(client, "?origine=ds") == ["Aviron", "Berges"]
    assert chez_nous.reference in client.texte()
    assert chez_eux.reference not in client.texte()
    assert "dossier d’un autre service" in client.texte()


def test_the_status_at_a_date_and_between_two_days_of_paris(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    # 23:30 UTC on 31 May is 1 June in Paris.
    signer(creer, connue(creer, ddets, "Aviron"), datetime(2026, 5, 31, 23, 30, tzinfo=UTC))
    assert noms(client, "?etat=signe&le=2026-05-31") == []
    assert noms(client, "?etat=signe&le=2026-06-01") == ["Aviron"]
    assert "Situation au 1 juin 2026" in client.texte().replace("1er", "1")
    assert noms(client, "?du=2026-06-01&au=2026-06-01") == ["Aviron"]
    assert noms(client, "?du=2026-05-01&au=31/05/2026") == []
    assert noms(client, "?du=2026-06-02") == []


@pytest.mark.parametrize(
    ("code_postal", "attendu"),
    [
        ("69002", "69"),
        ("01000", "01"),
        ("20090", "2A"),
        ("20167", "2A"),
        ("20200", "2B"),
        ("20600", "2B"),
        ("97110", "971"),
        ("97400", "974"),
        ("97133", "977"),
        ("97150", "978"),
        ("98800", "988"),
        ("", "inconnu"),
        ("6900", "inconnu"),
    ],
)
def test_the_departement_of_a_postal_code(session: Session, creer: Fabriques, code_postal: str, attendu: str) -> None:
    association = creer.association(code_postal=code_postal)
    lu = session.scalar(select(departement(Association.code_postal)).where(Association.id == association.id))
    assert lu == attendu


def test_a_departement_keeps_its_associations(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    connue(creer, ddets, "Aviron", code_postal="20090", commune="Ajaccio")
    connue(creer, ddets, "Berges", code_postal="20200", commune="Bastia")
    connue(creer, ddets, "Canal", code_postal="")
    assert noms(client, "?departement=2A") == ["Aviron"]
    assert "2A – Corse-du-Sud" in client.texte()
    assert noms(client, "?departement=inconnu") == ["Canal"]


def test_a_name_is_found_without_accents_and_an_identifier_as_copied(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    ete = connue(creer, ddets, "Théâtre de l’Été", sigle="TDE")
    connue(creer, ddets, "Canal")
    siren, siret = ete.siren, ete.siret_siege
    for recherche in ("theatre ete", "TDE", f"{siren[:3]} {siren[3:6]} {siren[6:]}", siret, ete.rna.lower()):
        assert noms(client, f"?q={recherche}") == ["Théâtre de l’Été"], recherche
    assert noms(client, "?q=100%") == []


def test_what_cannot_be_read_is_left_out_and_said(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    connue(creer, ddets, "Aviron")
    args = "?etat=rouge&du=demain&departement=20&origine=x&page=12&portee=terre"
    assert noms(client, args) == ["Aviron"]
    assert client.texte().count("laissé de côté") == 6


def test_pages_go_on_and_back_even_when_names_are_alike_and_cost_as_many_statements(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    connue(creer, ddets, "Aviron")
    client.get(REGISTRE)
    with requetes() as peu:
        client.get(REGISTRE)
    for _ in range(60):
        signer(creer, connue(creer, ddets, "Homonyme"))
    with requetes() as beaucoup:
        premiere = noms(client)
    assert len(beaucoup) <= len(peu)
    assert len(premiere) == 50
    suivante = next(lien for lien in client.arbre.iter("a") if lien.get("rel") == "next").get("href", "")
    deuxieme = noms(client, suivante.removeprefix(REGISTRE))
    assert (premiere[0], len(deuxieme), set(deuxieme)) == ("Aviron", 11, {"Homonyme"})
    precedente = next(lien for lien in client.arbre.iter("a") if lien.get("rel") == "prev").get("href", "")
    assert noms(client, precedente.removeprefix(REGISTRE)) == premiere


def test_the_fragment_is_the_page_s_own_part(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    connue(creer, ddets, "Aviron")
    client.get(f"{REGISTRE}?q=aviron")
    entiere = html.par_id(client.arbre, "registre")
    client.fragment(f"{REGISTRE}?q=aviron")
    fragment = html.par_id(client.arbre, "registre")
    assert entiere is not None
    assert fragment is not None
    assert html.canonique(entiere) == html.canonique(fragment)


def commander(client: ClientStrict, session: Session, args: str = "") -> Document:
    """Order the workbook of the view shown at that address."""
    client.get(f"{REGISTRE}{args}")
    assert client.soumettre(action="/export").status_code == 200
    return session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()


def test_the_workbook_is_the_view_and_its_texts_are_never_formulas(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    code = signer(creer, connue(creer, ddets, "=SOMME(A1:A9)"), datetime(2026, 3, 12, 10, tzinfo=UTC))
    connue(creer, ddets, "Canal")
    document = commander(client, session, "?etat=signe")
    assert document.genre == GenreDocument.REGISTRE_CER
    livre = load_workbook(BytesIO(classeur_de(session, document)))
    titres, *lignes = livre["Associations"].iter_rows()
    (ligne,) = [dict(zip((t.value for t in titres), cellules, strict=True)) for cellules in lignes]
    assert ligne["Association"].value == "=SOMME(A1:A9)"
    assert ligne["Association"].data_type == "s"
    assert ligne["Département"].value == "69 – Rhône"
    assert ligne["Dernière preuve"].value == code
    assert ligne["Depuis"].value == datetime(2026, 3, 12)  # noqa: DTZ001  # a workbook has no time zone
    dit = " ".join(str(valeur) for rangee in livre["À propos"].iter_rows(values_only=True) for valeur in rangee)
    assert "Situation\u00a0: signé" in dit


def test_rights_of_the_workbook_are_those_of_the_moment_when_it_is_made(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    connue(creer, ddets, "Berges")
    creer.association(denomination="Ailleurs")
    document = commander(client, session, "?portee=toutes")
    agent.affectations[0].role = RoleAffectation.LECTEUR
    session.commit()
    associations = load_workbook(BytesIO(classeur_de(session, document)))["Associations"]
    assert [ligne[0] for ligne in associations.iter_rows(min_row=2, values_only=True)] == ["Berges"]
    agent.affectations[0].ended_at = maintenant() - timedelta(minutes=1)
    session.commit()
    with pytest.raises(Forbidden, match="n’agissez plus"):
        classeur_de(session, document)
