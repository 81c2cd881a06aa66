"""Reading and signing the contrat d'engagement républicain, and what the signature is worth."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.documents.cer import TEXTE_NATIONAL, decouper, lire
from portal.models.documents import Document
from portal.models.engagements import Engagement, TexteCer
from portal.models.envois import Courriel
from portal.models.journal import Evenement, EvenementDetail
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import SYSTEME
from portal.queries import engagements, statuts_cer
from portal.services import textes_cer
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatMandat, GenreDocument, RoleMandat
from portal.vocabulaire_cer import EtatCer
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.parcours_cer import (
    QUI_SIGNE,
    adresse_du_code,
    connecter_signataire,
    lire_les_codes,
    preparer,
    saisir,
    signer,
)

TEXTE = TEXTE_NATIONAL.read_text(encoding="utf-8")


@pytest.fixture
def association_id(client: ClientStrict, creer: Fabriques) -> int:
    """A published text, an association, and its proved signataire logged in."""
    creer.texte_cer()
    return connecter_signataire(client, creer)


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
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    assert signer(client, moyens, association_id) == 200
    assert "Votre engagement est enregistré." in client.texte()
    engagement = session.scalars(select(Engagement)).one()
    texte = session.get_one(TexteCer, engagement.texte_id)
    assert engagement.texte_sha256 == texte.sha256
    assert "«\u00a0Les Amis du Canal\u00a0», que je déclare pouvoir engager" in engagement.phrase_consentement
    assert (engagement.prenom, engagement.mandat_etat, engagement.ip) == ("Awa", EtatMandat.PROUVE, "127.0.0.1")
    assert engagement.agent_utilisateur.startswith("Werkzeug/")
    assert engagement.annuaire["siren"]
    assert engagement.consenti_at <= engagement.code_demande_at < engagement.signed_at
    assert len(engagement.requete_id) == 16
    recu = session.scalars(select(Document).where(Document.engagement_id == engagement.id)).one()
    assert recu.genre == GenreDocument.RECU_ENGAGEMENT
    assert f"http://portail.test/verifier/{engagement.code}" in (recu.html or "")
    courriels = session.scalars(select(Courriel).order_by(Courriel.id)).all()
    assert [un.gabarit for un in courriels] == ["code_signature", "recu_disponible"]
    assert {un.destinataire for un in courriels} == {engagement.email}
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 0


def test_the_journal_holds_the_whole_evidence_by_hash_and_its_values_apart(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    signer(client, moyens, association_id)
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
    assert "titre" not in dict(html.champs(client.formulaire()))
    reponse = client.soumettre({"prenom": "Awa", "nom": "Diallo", "fonction": "Trésorière", "titre": "represente"})
    assert reponse.status_code == 422
    assert "Cochez la case pour souscrire" in client.texte()
    assert dict(html.champs(client.formulaire()))["fonction"] == "Trésorière"
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 0


def test_signing_twice_leads_to_the_first_signature(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    client.get(adresse_du_code(association_id))
    champs = {**dict(html.champs(client.formulaire("/engagement/code"))), "code": code}
    premiere = client.post(adresse_du_code(association_id), data=champs)
    seconde = client.post(adresse_du_code(association_id), data=champs)
    assert premiere.location == seconde.location
    assert session.scalar(select(func.count()).select_from(Engagement)) == 1
    assert client.get(adresse_du_code(association_id)).location == f"/associations/{association_id}/engagement/signer"
    client.get(f"/associations/{association_id}/engagement/signer")
    assert "Vous avez signé cette version" in client.texte()
    assert client.poster(f"/associations/{association_id}/engagement/signer", QUI_SIGNE).location == premiere.location


def test_a_text_that_changed_under_the_reader_is_not_signed(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    client.get(f"/associations/{association_id}/engagement/signer")
    nouveau = TEXTE.replace('version: "1"', 'version: "2"').replace("drapeau tricolore", "drapeau")
    textes_cer.publish_text(session, by=SYSTEME, contenu=nouveau)
    session.commit()
    assert client.soumettre(QUI_SIGNE).status_code == 409
    assert "Le texte à signer a changé" in client.texte()
    assert saisir(client, association_id, code) == 409
    assert "Le texte à signer a changé" in client.texte()
    assert session.scalar(select(func.count()).select_from(Engagement)) == 0


def test_a_declared_signature_says_so_everywhere_and_counts_once_proved(
    client: ClientStrict, creer: Fabriques, session: Session, moyens: Moyens
) -> None:
    creer.texte_cer()
    association_id = connecter_signataire(client, creer, prouve=False)
    client.get(f"/associations/{association_id}/engagement/signer")
    assert "Votre lien n’est pas encore vérifié" in client.texte()
    signer(client, moyens, association_id)
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
    assert client.poster(adresse, {**QUI_SIGNE, "affiche": affiche}).status_code == 403
    assert client.poster(adresse_du_code(association.id), {"code": "123456"}).status_code == 403
    assert client.poster(f"{adresse_du_code(association.id)}/nouveau").status_code == 403
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 0


@pytest.mark.parametrize("suite", ["", "/1", "/texte", "/signer", "/code"])
def test_the_pages_of_another_association_do_not_exist(
    client: ClientStrict, creer: Fabriques, association_id: int, suite: str
) -> None:
    autre = creer.association()
    assert client.get(f"/associations/{autre.id}/engagement{suite}").status_code == 404
