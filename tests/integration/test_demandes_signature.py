"""Asking somebody else to sign the contrat d'engagement républicain, and what that person, and only she, can answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.documents.cer import TEXTE_NATIONAL
from portal.formats import maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.souscriptions import DemandeSignature
from portal.permissions import SYSTEME
from portal.queries import demandes_signature as queries
from portal.queries.connexion import acteur_of
from portal.services import demandes_signature as services
from portal.services import lettres
from portal.services.connexion import open_session
from portal.services.textes_cer import publish_text
from portal.vocabulaire import EtatMandat, RoleMandat
from portal.vocabulaire_cer import EtatDemandeSignature
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

AWA = "awa.diallo@example.org"
PERSONNE = {"prenom": "Awa", "nom": "Diallo", "fonction": "Présidente", "message": "Le bureau est d’accord."}
PAR_COURRIEL = {**PERSONNE, "moyen": "courriel", "email": "Awa.Diallo@Example.org "}


@pytest.fixture
def association(creer: Fabriques) -> Association:
    """An association, once the text is published."""
    creer.texte_cer()
    return creer.association(denomination="Les Amis du Canal")


@pytest.fixture
def paul(client: ClientStrict, creer: Fabriques, association: Association) -> User:
    """Who prepares, logged in; nobody has verified his link."""
    paul = creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(paul, association, RoleMandat.REDACTEUR, prouve=False, fonction="Secrétaire")
    client.connecter(paul)
    return paul


@pytest.fixture
def demande(creer: Fabriques, association: Association, paul: User) -> DemandeSignature:
    """What he has asked of Awa."""
    return creer.demande_signature(association, paul, email=AWA, message="Le bureau est d’accord.")


def demander(client: ClientStrict, association: Association, **valeurs: str) -> int:
    """Fill the form; the status of what comes after."""
    client.get(f"/associations/{association.id}/signatures/nouvelle")
    return client.soumettre({**PAR_COURRIEL, **valeurs}).status_code


def lettres_dues(session: Session, gabarit: str) -> list[Courriel]:
    """Letters of that kind, in order."""
    return list(session.scalars(select(Courriel).where(Courriel.gabarit == gabarit).order_by(Courriel.id)))


def test_the_person_asked_receives_a_letter_with_the_link_and_without_the_message(
    client: ClientStrict, association: Association, paul: User, session: Session, config: Config
) -> None:
    assert demander(client, association) == 200
    assert "La demande part à awa.diallo@example.org" in client.texte()
    assert "en attente de la personne qui signe" in client.texte()
    demande = session.scalars(select(DemandeSignature)).one()
    (courriel,) = lettres_dues(session, "signature_demandee")
    lettre = lettres.compose(session, config, courriel)
    assert lettre is not None
    assert (lettre.destinataire, demande.email) == (AWA, AWA)
    assert f"http://portail.test/signatures/{demande.code}" in lettre.texte
    assert "Paul Martin vous demande de signer" in lettre.texte
    assert "Le bureau" not in lettre.texte
    assert session.scalars(select(Evenement.objet).where(Evenement.action == "signature_demandee")).one() == (
        f"association:{association.id}"
    )


def test_an_address_is_required_unless_the_signature_is_on_paper(
    client: ClientStrict, association: Association, paul: User, session: Session
) -> None:
    assert demander(client, association, email="") == 422
    assert "Écrivez l’adresse électronique de cette personne, ou choisissez la signature sur papier." in client.texte()
    assert dict(html.champs(client.formulaire()))["nom"] == "Diallo"
    assert demander(client, association, email="awa") == 422
    assert "n’est pas une adresse électronique" in client.texte()
    assert demander(client, association, email=paul.email) == 422
    assert "Cette adresse est la vôtre" in client.texte()
    assert session.scalars(select(DemandeSignature)).all() == []


def test_asking_again_reminds_once_a_day(
    client: ClientStrict, association: Association, paul: User, session: Session
) -> None:
    demander(client, association)
    assert demander(client, association) == 422
    assert "une relance par jour suffit" in client.texte()
    demande = session.scalars(select(DemandeSignature)).one()
    assert client.poster(f"/signatures/{demande.code}/rappel").status_code == 409
    demande.sollicitee_at = maintenant() - timedelta(days=1, minutes=1)
    session.commit()
    assert demander(client, association) == 200
    premiere, rappel = lettres_dues(session, "signature_demandee")
    assert (premiere.donnees["rappel"], rappel.donnees["rappel"]) == (False, True)
    assert len(session.scalars(select(DemandeSignature)).all()) == 1


def test_the_eleventh_request_of_a_day_is_refused(
    client: ClientStrict, association: Association, paul: User, session: Session
) -> None:
    for rang in range(services.DEMANDES_PAR_JOUR):
        assert demander(client, association, email=f"personne{rang}@example.org") == 200
    assert demander(client, association, email="encore@example.org") == 422
    assert "recommencez demain" in client.texte().lower()
    assert len(lettres_dues(session, "signature_demandee")) == services.DEMANDES_PAR_JOUR


def test_a_lecteur_cannot_ask(client: ClientStrict, creer: Fabriques, association: Association) -> None:
    lecteur = creer.usager()
    creer.mandat(lecteur, association, RoleMandat.LECTEUR)
    client.connecter(lecteur)
    adresse = f"/associations/{association.id}/signatures/nouvelle"
    client.get(adresse)
    assert "ne permet pas de demander une signature" in client.texte()
    assert client.poster(adresse, PAR_COURRIEL).status_code == 403


def test_whoever_holds_the_link_reads_and_changes_nothing(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, session: Session
) -> None:
    client.poster("/deconnexion")
    assert client.get(f"/signatures/{demande.code.lower().replace('-', ' ')}").status_code == 200
    page = client.texte()
    assert "Paul Martin, Secrétaire (lien avec l’association déclaré, que personne n’a vérifié)" in page
    assert "Le bureau est d’accord." in page
    assert "le drapeau tricolore, l'hymne national, et la devise de la République" in page
    assert "Texte à comparer à Légifrance" in page
    assert AWA not in page
    assert "a…o@example.org" in page
    client.connecter(creer.usager(email="autre@example.org"))
    client.get(f"/signatures/{demande.code}")
    assert "Seule la personne à qui cette demande est adressée peut y répondre" in client.texte()
    for acte in ("suite", "renvoi", "annulation", "rappel"):
        assert client.poster(f"/signatures/{demande.code}/{acte}", {"motif": "Non"}).status_code == 404
    session.refresh(demande)
    assert demande.etat == EtatDemandeSignature.ENVOYEE
    assert client.get("/signatures/0000-0000-0000-0000").status_code == 404


def test_logging_in_from_the_link_leads_back_to_it(client: ClientStrict, demande: DemandeSignature) -> None:
    client.poster("/deconnexion")
    client.get(f"/signatures/{demande.code}")
    (lien,) = [un for un in client.arbre.iter("a") if un.text == "Se connecter pour répondre"]
    client.get(lien.get("href", ""))
    client.soumettre({"email": AWA})
    assert "Si l’adresse est juste" in client.texte()


def test_reading_is_limited_as_the_verification_of_receipts(client: ClientStrict, demande: DemandeSignature) -> None:
    statuts = [client.get(f"/signatures/{demande.code}").status_code for _ in range(31)]
    assert statuts == [200] * 30 + [429]


def test_the_person_asked_goes_on_to_the_signing_page_and_represents_the_association_by_her_word(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, session: Session
) -> None:
    awa = creer.usager(email=AWA, prenom="Awa", nom="Diallo")
    client.connecter(awa)
    client.get(f"/signatures/{demande.code}")
    assert client.soumettre(action="/suite").status_code == 200
    assert html.texte(client.arbre).count("Signer") >= 1
    mandat = session.scalars(select(Mandat).where(Mandat.user_id == awa.id)).one()
    assert (mandat.role, mandat.etat, mandat.fonction) == (RoleMandat.SIGNATAIRE, EtatMandat.DECLARE, "Présidente")
    session.refresh(demande)
    assert demande.etat == EtatDemandeSignature.ENVOYEE
    assert (
        queries.open_for(session, email=AWA, association_id=demande.association_id, texte_id=demande.texte_id)
        == demande
    )


def test_a_declared_redactrice_who_is_asked_to_sign_becomes_signataire(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, association: Association, session: Session
) -> None:
    awa = creer.usager(email=AWA)
    mandat = creer.mandat(awa, association, RoleMandat.REDACTEUR, prouve=False)
    client.connecter(awa)
    client.get(f"/signatures/{demande.code}")
    client.soumettre(action="/suite")
    session.refresh(mandat)
    assert (mandat.role, mandat.etat) == (RoleMandat.SIGNATAIRE, EtatMandat.DECLARE)


@pytest.mark.parametrize(
    ("role", "fini", "mots"),
    [
        (RoleMandat.SIGNATAIRE, True, "a pris fin le"),
        (RoleMandat.REDACTEUR, False, "ne lui permet pas de représenter l’association"),
    ],
)
def test_a_link_that_ended_or_was_proved_for_another_role_is_told_in_words(
    client: ClientStrict,
    creer: Fabriques,
    demande: DemandeSignature,
    association: Association,
    session: Session,
    role: RoleMandat,
    fini: bool,
    mots: str,
) -> None:
    awa = creer.usager(email=AWA)
    mandat = creer.mandat(awa, association, role)
    mandat.ended_at = maintenant() if fini else None
    session.commit()
    client.connecter(awa)
    client.get(f"/signatures/{demande.code}")
    assert mots in client.texte()
    assert client.poster(f"/signatures/{demande.code}/suite").status_code == 409
    session.refresh(mandat)
    assert mandat.role == role
    client.connecter(demande.demandeur)
    client.get(f"/associations/{association.id}/signatures")
    assert mots in client.texte()


def test_a_text_that_changed_since_the_request_is_told_and_not_signed(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, session: Session
) -> None:
    contenu = TEXTE_NATIONAL.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    publish_text(session, by=SYSTEME, contenu=contenu.replace("drapeau tricolore", "drapeau"))
    session.commit()
    client.connecter(creer.usager(email=AWA))
    client.get(f"/signatures/{demande.code}")
    assert "Le texte du contrat a changé depuis cette demande" in client.texte()
    assert client.poster(f"/signatures/{demande.code}/suite").status_code == 409


def test_sending_back_asks_a_reason_and_tells_it_to_who_asked(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, session: Session, paul: User
) -> None:
    client.connecter(creer.usager(email=AWA))
    client.get(f"/signatures/{demande.code}")
    assert client.soumettre(action="/renvoi").status_code == 422
    assert "Écrivez pourquoi vous renvoyez cette demande." in client.texte()
    assert client.soumettre({"motif": "Le bureau n’a pas délibéré."}, action="/renvoi").status_code == 200
    assert "renvoyée sans signature" in client.texte()
    (courriel,) = lettres_dues(session, "signature_renvoyee")
    assert (courriel.destinataire, courriel.donnees["motif"]) == (paul.email, "Le bureau n’a pas délibéré.")
    assert client.poster(f"/signatures/{demande.code}/suite").status_code == 403
    client.connecter(paul)
    client.get(f"/associations/{demande.association_id}/signatures")
    assert "Le bureau n’a pas délibéré." in client.texte()


def test_who_asked_cancels_and_the_person_asked_reads_it(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, session: Session
) -> None:
    client.get(f"/associations/{demande.association_id}/signatures")
    assert client.soumettre(action="/annulation").status_code == 200
    assert "La demande est annulée." in client.texte()
    client.connecter(creer.usager(email=AWA))
    client.get(f"/signatures/{demande.code}")
    assert "Cette demande est close" in client.texte()
    assert client.poster(f"/signatures/{demande.code}/renvoi", {"motif": "Non"}).status_code == 403
    assert client.poster(f"/signatures/{demande.code}/suite").status_code == 403


def test_a_member_whose_link_is_declared_sees_only_what_it_asked(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, association: Association
) -> None:
    adresse = f"/associations/{association.id}/signatures"
    for prouve in (False, True):
        membre = creer.usager()
        creer.mandat(membre, association, RoleMandat.REDACTEUR, prouve=prouve)
        client.connecter(membre)
        client.get(adresse)
        assert ("Awa Diallo" in client.texte()) == prouve
        attendu = 409 if prouve else 404
        assert client.poster(f"/signatures/{demande.code}/rappel").status_code == attendu


def test_the_signature_closes_its_request_and_tells_who_asked(
    client: ClientStrict,
    creer: Fabriques,
    demande: DemandeSignature,
    association: Association,
    session: Session,
    paul: User,
) -> None:
    awa = creer.usager(email=AWA, prenom="Awa", nom="Diallo")
    engagement = creer.engagement(creer.mandat(awa, association, prouve=False), demande_id=demande.id)
    acteur = acteur_of(session, open_session(session, awa))
    assert acteur is not None
    for _ in range(2):
        services.close_signed(session, by=acteur, engagement=engagement)
    session.commit()
    session.refresh(demande)
    assert (demande.etat, demande.closed_at is not None) == (EtatDemandeSignature.SIGNEE, True)
    (courriel,) = lettres_dues(session, "signature_obtenue")
    assert (courriel.destinataire, courriel.donnees["personne"]) == (paul.email, "Awa Diallo")
    client.get(f"/associations/{association.id}/signatures")
    assert "signée" in client.texte()


def test_a_request_made_after_the_signature_is_answered_by_it(
    client: ClientStrict, creer: Fabriques, demande: DemandeSignature, association: Association, session: Session
) -> None:
    awa = creer.usager(email=AWA, prenom="Awa", nom="Diallo")
    creer.engagement(creer.mandat(awa, association, prouve=False))
    client.connecter(awa)
    client.get(f"/signatures/{demande.code}")
    client.soumettre(action="/suite")
    assert "Vous avez signé cette version" in client.texte()
    session.refresh(demande)
    assert demande.etat == EtatDemandeSignature.SIGNEE
