"""What commits an association, once a request is filed, asks for a recent proof of the address, and nothing is done before."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.comptes_rendus import CompteRendu
from portal.models.connexion import SessionConnexion, User
from portal.models.dossiers import Dossier
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat
from tests import fabriques_pieces, fabriques_suivi
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def dossier(creer: Fabriques, association: Association, presidente: User) -> Dossier:
    return fabriques_suivi.depose(creer, association, presidente, creer.service(), remplie=True)


def _proof_is_asked(client: ClientStrict, session: Session, adresse: str) -> None:
    """With a proof of yesterday, that button leads to the page of the code."""
    session.execute(update(SessionConnexion).values(prouvee_at=maintenant() - timedelta(hours=13)))
    session.commit()
    reponse = client.poster(adresse, {}, follow_redirects=False)
    assert reponse.status_code == 303
    assert "/compte/preuve" in reponse.headers["Location"]
    session.expire_all()


def test_withdrawing(client: ClientStrict, session: Session, presidente: User, dossier: Dossier) -> None:
    client.connecter(presidente)
    _proof_is_asked(client, session, f"/dossiers/{dossier.reference}/retirer")
    reponse = client.get(f"/dossiers/{dossier.reference}/retirer")
    assert reponse.status_code == 303, "asked before anything is typed"
    assert dossier.etat == Etat.EN_CONSTRUCTION


def test_sending_corrections_that_are_attested_and_not_the_others(
    client: ClientStrict, session: Session, creer: Fabriques, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(dossier.service)
    asked = fabriques_suivi.complement(session, dossier, agent, ["demande", "attestations"], copies=True)
    client.connecter(presidente)
    adresse = f"/dossiers/{dossier.reference}/complement"
    client.get(adresse)
    _proof_is_asked(client, session, f"{adresse}/envoyer")
    asked.annule_at = maintenant()
    session.commit()
    autre = fabriques_suivi.complement(session, dossier, agent, ["projet"], copies=True)
    assert (
        client.poster(f"{adresse}/envoyer", {}, follow_redirects=False).headers["Location"].endswith(dossier.reference)
    )
    session.refresh(autre)
    assert autre.repondu_at is not None


def test_filing_a_compte_rendu(client: ClientStrict, session: Session, presidente: User, dossier: Dossier) -> None:
    dossier.etat = Etat.ACCEPTE
    session.add(CompteRendu(dossier_id=dossier.id, echeance=aujourdhui()))
    session.commit()
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}/compte-rendu")
    _proof_is_asked(client, session, f"/dossiers/{dossier.reference}/compte-rendu/deposer")


def test_a_document_of_the_vault_whose_bytes_are_filed_already_changes_nothing_that_is_filed(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens, presidente: User, dossier: Dossier
) -> None:
    garde = fabriques_pieces.fichier(session, moyens.stockage)
    association, demande = dossier.demande.association, dossier.demande
    ancien = fabriques_pieces.rib(session, association, presidente, garde)
    deposee = fabriques_pieces.piece_demande(session, demande, garde, code="rib", coffre_id=ancien.id)
    ancien.retiree_at = maintenant()
    nouveau = fabriques_pieces.rib(session, association, presidente, garde, iban=fabriques_pieces.AUTRE_IBAN)
    fabriques_suivi.complement(session, dossier, creer.agent(dossier.service), ["pieces"])
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}/complement/pieces")
    reponse = client.poster(f"/dossiers/{dossier.reference}/complement/pieces/coffre/{nouveau.id}", {})
    assert reponse.status_code == 422
    session.refresh(deposee)
    assert (deposee.coffre_id, deposee.retiree_at) == (ancien.id, None)
