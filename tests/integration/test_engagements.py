"""Reading and signing the contrat d'engagement républicain, and what the signature is worth."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.documents.cer import TEXTE_NATIONAL, decouper, lire
from portal.errors import Invalid
from portal.models.associations import Association
from portal.models.documents import Document
from portal.models.engagements import Engagement, TexteCer
from portal.models.envois import Courriel
from portal.models.journal import Evenement, EvenementDetail
from portal.permissions import SYSTEME, Acteur
from portal.queries import engagements, statuts_cer
from portal.queries.connexion import acteur_of
from portal.services import engagements as services
from portal.services.connexion import open_session
from portal.vocabulaire import EtatMandat, GenreDocument, RoleMandat
from portal.vocabulaire_cer import EtatCer
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

SIGNATURE = {"prenom": "Awa", "nom": "Diallo", "fonction": "Présidente", "consentement": "y"}
TEXTE = TEXTE_NATIONAL.read_text(encoding="utf-8")


@pytest.fixture
def association_id(client: ClientStrict, creer: Fabriques) -> int:
    """A published text, an association, and its proved signataire logged in."""
    creer.texte_cer()
    return connecter_signataire(client, creer)


def connecter_signataire(client: ClientStrict, creer: Fabriques, *, prouve: bool = True) -> int:
    """Log a signataire in; the id of the association."""
    usager, association = creer.usager(), creer.association(denomination="Les Amis du Canal")
    creer.mandat(usager, association, prouve=prouve)
    client.connecter(usager)
    return association.id


def signer(client: ClientStrict, association_id: int, **valeurs: str | list[str]) -> int:
    """Fill the signing page; the status of what comes after."""
    client.get(f"/associations/{association_id}/engagement/signer")
    return client.soumettre({**SIGNATURE, **valeurs}).status_code


def test_the_seven_engagements_are_read_one_by_one_to_the_signature(client: ClientStrict, association_id: int) -> None:
    client.get(f"/associations/{association_id}/engagement")
    assert "Texte à comparer à Légifrance" in client.texte()
    assert "L'importance des associations et des fondations dans la vie de la Nation" in client.texte()
    for numero in range(1, 8):
        client.get(f"/associations/{association_id}/engagement/{numero}")
        assert f"Engagement {numero} sur 7" in client.texte()
        suite = any(lien.text == "Engagement suivant" for lien in client.arbre.iter("a"))
        assert suite == (numero < 7)
    assert "le drapeau tricolore, l'hymne national, et la devise de la République" in client.texte()
    assert any(lien.text == "Aller à la signature" for lien in client.arbre.iter("a"))
    for absent in (0, 8):
        assert client.get(f"/associations/{association_id}/engagement/{absent}").status_code == 404


def test_the_whole_text_is_on_one_page_word_for_word(client: ClientStrict, association_id: int) -> None:
    client.get(f"/associations/{association_id}/engagement/texte")
    page = client.texte()
    _, articles = decouper(lire(TEXTE).corps)
    for article in articles:
        for paragraphe in article.paragraphes:
            assert " ".join(paragraphe.split()) in page


def test_signing_keeps_the_evidence_and_issues_the_receipt_and_its_mail(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    assert signer(client, association_id) == 200
    assert "Votre engagement est enregistré." in client.texte()
    engagement = session.scalars(select(Engagement)).one()
    texte = session.get_one(TexteCer, engagement.texte_id)
    assert engagement.texte_sha256 == texte.sha256
    assert "«\u00a0Les Amis du Canal\u00a0», que je déclare représenter" in engagement.phrase_consentement
    assert (engagement.prenom, engagement.mandat_etat, engagement.ip) == ("Awa", EtatMandat.PROUVE, "127.0.0.1")
    assert engagement.agent_utilisateur.startswith("Werkzeug/")
    assert engagement.annuaire["siren"]
    recu = session.scalars(select(Document).where(Document.engagement_id == engagement.id)).one()
    assert recu.genre == GenreDocument.RECU_ENGAGEMENT
    assert f"http://portail.test/verifier/{engagement.code}" in (recu.html or "")
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.gabarit, courriel.destinataire) == ("recu_disponible", engagement.email)


def test_the_journal_holds_the_whole_evidence_by_hash_and_its_values_apart(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    signer(client, association_id)
    evenement = session.scalars(select(Evenement).where(Evenement.action == "engagement_signe")).one()
    assert evenement.objet == f"association:{association_id}"
    assert {"texte_sha256", "phrase_consentement", "ip", "session_id", "signed_at"} <= set(evenement.champs)
    assert "Diallo" not in str(evenement.champs)
    assert session.get_one(EvenementDetail, evenement.id).valeurs["nom"] == "Diallo"


def test_consent_is_never_ticked_beforehand_and_is_required(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    client.get(f"/associations/{association_id}/engagement/signer")
    assert "consentement" not in dict(html.champs(client.formulaire()))
    assert dict(html.champs(client.formulaire()))["fonction"] == "Présidente"
    reponse = client.soumettre({"prenom": "Awa", "nom": "Diallo", "fonction": "Trésorière"})
    assert reponse.status_code == 422
    assert "Cochez la case pour souscrire" in client.texte()
    assert dict(html.champs(client.formulaire()))["fonction"] == "Trésorière"
    assert session.scalar(select(func.count()).select_from(Engagement)) == 0


def test_signing_twice_leads_to_the_first_signature(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    client.get(f"/associations/{association_id}/engagement/signer")
    champs = {**dict(html.champs(client.formulaire())), **SIGNATURE}
    adresse = f"/associations/{association_id}/engagement/signer"
    premiere = client.post(adresse, data=champs)
    seconde = client.post(adresse, data=champs)
    assert premiere.location == seconde.location
    assert session.scalar(select(func.count()).select_from(Engagement)) == 1
    assert session.scalar(select(func.count()).select_from(Courriel)) == 1
    client.get(adresse)
    assert "Vous avez signé cette version" in client.texte()


def test_a_text_that_changed_under_the_reader_is_not_signed(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    client.get(f"/associations/{association_id}/engagement/signer")
    nouveau = TEXTE.replace('version: "1"', 'version: "2"').replace("drapeau tricolore", "drapeau")
    services.publish_text(session, by=SYSTEME, contenu=nouveau)
    session.commit()
    assert client.soumettre(SIGNATURE).status_code == 409
    assert "Le texte à signer a changé" in client.texte()
    assert session.scalar(select(func.count()).select_from(Engagement)) == 0


def test_a_declared_signature_says_so_everywhere_and_counts_once_proved(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    creer.texte_cer()
    association_id = connecter_signataire(client, creer, prouve=False)
    client.get(f"/associations/{association_id}/engagement/signer")
    assert "Votre lien n’est pas encore vérifié" in client.texte()
    signer(client, association_id)
    assert "signé, lien non vérifié" in client.texte()
    engagement = session.scalars(select(Engagement)).one()
    assert "lien non vérifié" in (session.scalars(select(Document.html)).one() or "")
    assert statuts_cer.statut_cer(session, association_id).etat == EtatCer.DECLARE
    client.get(f"/verifier/{engagement.code}")
    assert "lien non vérifié" in client.texte()
    engagement.mandat.etat = EtatMandat.PROUVE
    session.commit()
    statut = statuts_cer.statut_cer(session, association_id)
    assert (statut.etat, statut.preuve) == (EtatCer.SIGNE, engagement.code)
    assert engagement.mandat_etat == EtatMandat.DECLARE
    client.get(f"/verifier/{engagement.code}")
    assert "lien non vérifié" not in client.texte()


def test_the_status_is_that_of_the_asked_date(creer: Fabriques, session: Session) -> None:
    engagement = creer.engagement(creer.mandat(creer.usager(), creer.association()))
    avant = engagement.signed_at.replace(year=2020)
    assert statuts_cer.statut_cer(session, engagement.association_id, on=avant).etat == EtatCer.MANQUANT
    statut = statuts_cer.statut_cer(session, engagement.association_id, on=engagement.signed_at)
    assert statut.etat == EtatCer.SIGNE
    autre = creer.association()
    statuts = statuts_cer.statuts_cer(session, [engagement.association_id, autre.id])
    assert [statuts[ident].etat for ident in (engagement.association_id, autre.id)] == [EtatCer.SIGNE, EtatCer.MANQUANT]


def test_who_only_prepares_requests_may_read_and_not_sign(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    creer.texte_cer()
    usager, association = creer.usager(), creer.association()
    creer.mandat(usager, association, RoleMandat.REDACTEUR)
    client.connecter(usager)
    adresse = f"/associations/{association.id}/engagement/signer"
    client.get(adresse)
    assert "Seule la personne qui représente l’association peut signer" in client.texte()
    texte = engagements.texte_en_vigueur(session)
    affiche = engagements.empreinte_affichee(engagements.phrase_consentement(association, texte), texte)
    assert client.poster(adresse, {**SIGNATURE, "affiche": affiche}).status_code == 403
    assert session.scalar(select(func.count()).select_from(Engagement)) == 0


@pytest.mark.parametrize("suite", ["", "/1", "/texte", "/signer"])
def test_the_pages_of_another_association_do_not_exist(
    client: ClientStrict, creer: Fabriques, association_id: int, suite: str
) -> None:
    autre = creer.association()
    assert client.get(f"/associations/{autre.id}/engagement{suite}").status_code == 404


def test_in_production_an_unverified_text_is_read_but_not_signed(
    creer: Fabriques, config: Config, fabrique: Fabrique, session: Session
) -> None:
    association_id, acteur = _signataire(creer, session)
    texte = creer.texte_cer()
    production = replace(config, mode="production")
    phrase = engagements.phrase_consentement(session.get_one(Association, association_id), texte)
    preuve = services.Preuve(engagements.empreinte_affichee(phrase, texte), "127.0.0.1", "Essai")

    def signer_en_production() -> Engagement:
        return services.sign(
            session,
            production,
            by=acteur,
            association_id=association_id,
            prenom="Awa",
            nom="Diallo",
            fonction="Présidente",
            preuve=preuve,
        )

    with pytest.raises(Invalid, match="pas encore été comparé à Légifrance"):
        signer_en_production()
    verifie = TEXTE.replace("verifie_legifrance: false", "verifie_legifrance: true")
    assert services.publish_text(session, by=SYSTEME, contenu=verifie).id == texte.id
    assert signer_en_production().code


def _signataire(creer: Fabriques, session: Session) -> tuple[int, Acteur]:
    usager, association = creer.usager(), creer.association()
    creer.mandat(usager, association)
    acteur = acteur_of(session, open_session(session, usager))
    assert acteur is not None
    session.commit()
    return association.id, acteur


def test_fifty_signatures_at_once_make_one(fabrique_reelle: Fabrique, config: Config) -> None:
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        texte = creer.texte_cer()
        association_id, acteur = _signataire(creer, session)
        phrase = engagements.phrase_consentement(session.get_one(Association, association_id), texte)
        preuve = services.Preuve(engagements.empreinte_affichee(phrase, texte), "127.0.0.1", "Essai")
    depart, codes = threading.Barrier(50), []

    def signer_ensemble() -> None:
        depart.wait()
        with fabrique_reelle.begin() as session:
            engagement = services.sign(
                session,
                config,
                by=acteur,
                association_id=association_id,
                prenom="Awa",
                nom="Diallo",
                fonction="Présidente",
                preuve=preuve,
            )
            codes.append(engagement.code)

    fils = [threading.Thread(target=signer_ensemble) for _ in range(50)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(codes) == 50
    assert len(set(codes)) == 1
    with fabrique_reelle() as session:
        for modele in (Engagement, Document, Courriel):
            assert session.scalar(select(func.count()).select_from(modele)) == 1
