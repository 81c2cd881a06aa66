"""A signature asked of an address that the portal does not know: its letter leads to the filing, and never to a closed door."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.courriel.dossier import BoiteDemonstration
from portal.formats import maintenant
from portal.models.associations import Association, AssociationIdentifiant, Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande, SignatureDepot
from portal.models.dossiers import Dossier
from portal.services import courriels
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatMandat, RoleMandat, TypeIdentifiant
from tests import fabriques_depots as preparer
from tests import saisies
from tests.client import ClientStrict
from tests.factories import Fabriques

LEA = "lea@amis-du-canal.example"
DU_REGISTRE = {TypeIdentifiant.SIREN: "999900178", TypeIdentifiant.RNA: "W691000178"}


@pytest.fixture
def association(session: Session, creer: Fabriques) -> Association:
    """One that the register knows too."""
    amis = creer.association(denomination="Les Amis du Canal")
    for identifiant in session.scalars(
        select(AssociationIdentifiant).where(AssociationIdentifiant.association_id == amis.id)
    ):
        identifiant.valeur = DU_REGISTRE[identifiant.type]
    amis.etablissements[0].siret = "99990017800016"
    session.commit()
    session.expire_all()
    return amis


@pytest.fixture
def secretaire(creer: Fabriques, association: Association, client: ClientStrict) -> User:
    usager = creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(usager, association, RoleMandat.REDACTEUR, fonction="Secrétaire")
    client.connecter(usager)
    return usager


@pytest.fixture
def demande(
    session: Session, creer: Fabriques, association: Association, secretaire: User, client: ClientStrict
) -> Demande:
    """Complete, and its signature asked of an address that has no account."""
    brouillon = creer.demande(association, secretaire, creer.demarche(titre="Politique de la ville"))
    preparer.remplir(session, brouillon, secretaire)
    client.get(f"/demandes/{brouillon.id}/signature")
    client.soumettre({"email": LEA, "mot": "Avant jeudi."}, action="signature")
    assert f"La signature est demandée à {LEA}" in client.texte()
    return brouillon


def lettre(moyens: Moyens) -> str:
    """The last letter that has left."""
    while courriels.send_due(moyens):
        pass
    boite = moyens.messagerie
    assert isinstance(boite, BoiteDemonstration)
    return boite.lister()[0].texte


def chemin(texte: str) -> str:
    """The path of the only page that a letter names."""
    (trouve,) = set(re.findall(r"http://portail\.test(/\S+)", texte))
    return str(trouve)


def entrer(client: ClientStrict, moyens: Moyens, adresse: str, page: str) -> None:
    """Open a page without being logged in, log in by the letter that comes, and say one's name."""
    with client.session_transaction() as cookie:
        cookie.clear()
    client.get(client.get(page).headers["Location"])
    client.soumettre({"email": adresse})
    client.get(re.search(r"http://portail\.test(\S+/lien/\S+)", lettre(moyens))[1])
    client.soumettre()
    client.soumettre({"prenom": "Léa", "nom": "Durand"})


def suivre(client: ClientStrict, mots: str) -> None:
    """Click the link that says so."""
    (trouve,) = {un.get("href", "") for un in client.arbre.iter("a") if mots in "".join(un.itertext())}
    assert client.get(trouve).status_code == 200, client.texte()


def test_the_letter_leads_a_person_unknown_so_far_to_the_filing(
    client: ClientStrict, session: Session, moyens: Moyens, demande: Demande
) -> None:
    entrer(client, moyens, LEA, chemin(lettre(moyens)))
    page = client.texte()
    for mots in ("Signature demandée", "Paul Martin", "Les Amis du Canal", "Politique de la ville", "999 900 178"):
        assert mots in page.replace("\u00a0", " ")
    assert "Avant jeudi." not in page, "what is written on a request is read once one acts for the association"

    suivre(client, "Rattacher Les Amis du Canal")
    client.soumettre()
    client.soumettre({"role": "signataire", "fonction": "Présidente", "declaration": "y"})
    assert "À signer" in client.texte()
    suivre(client, "Les Amis du Canal, Politique de la ville")
    assert "Votre signature est demandée" in client.texte()
    assert "Avant jeudi." in client.texte()

    saisies.remplir(client, demande.id, "attestations")
    client.get(f"/demandes/{demande.id}/relecture")
    assert client.soumettre(action="deposer").status_code == 200
    session.expire_all()
    dossier = session.scalars(select(Dossier)).one()
    mandat = session.scalars(select(Mandat).join(User, User.id == Mandat.user_id).where(User.email == LEA)).one()
    assert (mandat.role, mandat.etat, dossier.lien_verifie) == (RoleMandat.SIGNATAIRE, EtatMandat.DECLARE, False)
    assert dossier.signature_demandee_at is not None
    assert dossier.demande.deposee_par_id == mandat.user_id


def test_an_association_that_no_register_knows_is_attached_by_the_number_that_the_page_gives(
    client: ClientStrict, session: Session, moyens: Moyens, creer: Fabriques, demande: Demande, association: Association
) -> None:
    page = chemin(lettre(moyens))
    siren, rna = association.identifiants
    siren.type, siren.valeur = TypeIdentifiant.RIDET, "123456"
    session.delete(rna)
    session.commit()
    client.connecter(creer.usager(email=LEA))
    client.get(page)
    assert "RIDET 123456" in client.texte()
    suivre(client, "Rattacher Les Amis du Canal")
    assert "En Nouvelle-Calédonie, par un numéro RID ou RIDET" in client.texte()


def test_once_attached_the_letter_leads_straight_to_the_request(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, demande: Demande, association: Association
) -> None:
    lea = creer.usager(email=LEA)
    creer.mandat(lea, association, prouve=False)
    client.connecter(lea)
    page = client.get(chemin(lettre(moyens)))
    assert (page.status_code, page.headers["Location"]) == (303, f"/demandes/{demande.id}/relecture")


def test_a_signature_asked_no_more_says_so(
    client: ClientStrict, session: Session, moyens: Moyens, creer: Fabriques, demande: Demande
) -> None:
    page = chemin(lettre(moyens))
    session.scalars(select(SignatureDepot)).one().close_at = maintenant()
    session.commit()
    client.connecter(creer.usager(email=LEA))
    assert client.get(page).status_code == 200
    assert "Cette signature ne vous est plus demandée" in client.texte()
    assert "Rattacher" not in client.texte()


def test_another_account_learns_nothing_but_which_address_to_use(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, demande: Demande
) -> None:
    page = chemin(lettre(moyens))
    client.connecter(creer.usager())
    assert client.get(page).status_code == 404
    adressee = client.texte()
    assert client.get(page.replace(str(demande.id), "999999999")).status_code == 404
    assert "l’adresse à laquelle il est arrivé" in adressee
    assert client.texte() == adressee
