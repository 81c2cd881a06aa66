"""The pieces of a filed request: frozen, read by the agents of its service, its account watched."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import iban_fr, iban_masque, maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.pieces import PieceCoffre
from portal.queries.connexion import acteur_of
from portal.queries.pieces import list_begun_before
from portal.services import pieces as services
from portal.services.connexion import open_session
from portal.services.moyens import Moyens
from tests import fabriques_lectures, fabriques_pieces, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.parcours_pieces import PDF, attendues, envoyer, jointes


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def lea(client: ClientStrict, creer: Fabriques, association: Association) -> User:
    lea = creer.usager()
    creer.mandat(lea, association)
    client.connecter(lea)
    return lea


@pytest.fixture
def demande(creer: Fabriques, association: Association, lea: User) -> Demande:
    """A draft of the person logged in."""
    return creer.demande(association, lea)


@pytest.fixture
def deposee(client: ClientStrict, session: Session, demande: Demande) -> Demande:
    """The request, filed with a RIB and an estimate."""
    saisies.joindre_un_rib(client, demande.id)
    envoyer(client, demande, (PDF, "devis.pdf"))
    demande.deposee_at = maintenant()
    session.commit()
    return demande


@pytest.fixture
def dossier(creer: Fabriques, association: Association, deposee: Demande) -> Dossier:
    return creer.dossier(demarche=deposee.demarche, association=association, demande_id=deposee.id)


def test_nothing_is_added_or_taken_out_any_more(client: ClientStrict, session: Session, deposee: Demande) -> None:
    piece = jointes(session, deposee)[1]
    assert client.poster(f"/demandes/{deposee.id}/pieces/{piece.id}/retrait").status_code == 403
    assert envoyer(client, deposee, (PDF + b"2", "tard.pdf")).status_code == 403
    assert client.get(f"/demandes/{deposee.id}/pieces").status_code == 403
    assert client.get(f"/demandes/{deposee.id}/pieces/{piece.id}/fichier").status_code == 200
    assert len(jointes(session, deposee)) == 2


def test_a_file_whose_sending_began_before_the_filing_still_comes_in(
    session: Session, deposee: Demande, lea: User, moyens: Moyens
) -> None:
    by = acteur_of(session, open_session(session, lea))
    assert by is not None
    assert deposee.deposee_at is not None
    garde = fabriques_pieces.fichier(session, moyens.stockage, b"%PDF-1.7 en route")
    autre = attendues(session, deposee)["autre"]
    demande = session.get_one(Demande, deposee.id)
    avant, apres = (deposee.deposee_at + timedelta(seconds=ecart) for ecart in (-5, 5))
    with pytest.raises(Forbidden):
        services.join(session, by=by, demande=demande, attendue=autre, fichier=garde, nom="n.pdf", recue_at=apres)
    piece, _ = services.join(
        session, by=by, demande=demande, attendue=autre, fichier=garde, nom="n.pdf", recue_at=avant
    )
    assert piece.recue_at == avant
    assert piece in list_begun_before(session, demande, deposee.deposee_at)


def test_services_that_read_a_dossier_take_its_files_and_the_owner_alone_reads_the_account(
    client: ClientStrict, session: Session, creer: Fabriques, deposee: Demande, dossier: Dossier
) -> None:
    agent = creer.agent(dossier.service)
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
    assert iban_fr(fabriques_pieces.IBAN).replace("\u00a0", " ") in client.texte()
    assert "devis.pdf" in client.texte()
    piece = jointes(session, deposee)[1]
    adresse = f"/instruction/dossiers/{dossier.reference}/pieces/{piece.id}"
    assert client.get(adresse).data == PDF
    client.connecter(fabriques_lectures.saisi(session, creer, dossier))
    client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
    assert iban_masque(fabriques_pieces.IBAN).replace("\u00a0", " ") in client.texte()
    assert iban_fr(fabriques_pieces.IBAN).replace("\u00a0", " ") not in client.texte()
    assert client.get(adresse).data == PDF
    rib = next(une for une in jointes(session, deposee) if une.coffre_id is not None)
    assert f"/pieces/{rib.id}" not in str(client.get(f"/instruction/dossiers/{dossier.reference}/pieces").text)
    for suite in ("", "/apercu"):
        assert client.get(f"/instruction/dossiers/{dossier.reference}/pieces/{rib.id}{suite}").status_code == 404


def test_agents_are_told_of_a_new_account_of_another_holder_and_of_a_later_one(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    deposee: Demande,
    dossier: Dossier,
    lea: User,
    moyens: Moyens,
) -> None:
    garde = fabriques_pieces.fichier(session, moyens.stockage, b"%PDF-1.7 ancien")
    avant = maintenant() - timedelta(days=300)
    ancien = {"iban": fabriques_pieces.AUTRE_IBAN, "deposee_at": avant, "retiree_at": avant}
    fabriques_pieces.rib(session, association, lea, garde, **ancien)
    rib = session.scalars(select(PieceCoffre).where(PieceCoffre.iban == fabriques_pieces.IBAN)).one()
    rib.titulaire = "Jean Dupont"
    session.commit()
    agent = creer.agent(dossier.service)
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
    assert "IBAN nouveau depuis le" in client.texte()
    assert "« Jean Dupont », ne porte pas le nom de l’association" in client.texte()
    fabriques_pieces.rib(session, association, lea, garde, iban="FR7699999000010000000000115")
    client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
    assert "Un autre RIB a été déposé depuis" in client.texte()
