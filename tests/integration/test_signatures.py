"""The code that signs: where it goes, how it dies, what it leaves. Commits are real here: what is counted stays counted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.associations import Mandat
from portal.models.documents import Document, Fichier
from portal.models.engagements import Engagement, TexteCer
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.souscriptions import DemandeSignature, SignaturePreparee
from portal.services.codes import draw_code
from portal.services.entretien import purge
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire_cer import CapaciteSignataire, EtatDemandeSignature
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

POUVOIR = b"%PDF-1.7 pouvoir du bureau"


@pytest.fixture
def fabrique(fabrique_reelle: Fabrique) -> Iterator[Fabrique]:
    """Commits are real in this module."""
    return fabrique_reelle


@pytest.fixture
def association_id(client: ClientStrict, creer: Fabriques) -> int:
    """A published text, an association, and its proved signataire logged in."""
    creer.texte_cer()
    return connecter_signataire(client, creer)


def faux(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def preparee(session: Session) -> SignaturePreparee:
    """What waits for its code, as it is now."""
    session.rollback()
    return session.scalars(select(SignaturePreparee)).one()


def signatures(session: Session) -> int:
    """How many there are."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(Engagement)) or 0


def test_the_code_goes_to_the_signatory_alone_and_no_table_holds_it(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    assert "Rien n’est encore signé" in client.texte()
    code = lire_les_codes(moyens)[0]
    attendue, courriel = preparee(session), session.scalars(select(Courriel)).one()
    assert (courriel.gabarit, code in str(courriel.donnees)) == ("code_signature", False)
    assert attendue.code_hash is not None
    assert attendue.code_envoye_at is not None
    assert attendue.code_expire_at - attendue.code_envoye_at == timedelta(minutes=10)
    client.get(adresse_du_code(association_id))
    assert courriel.destinataire in client.texte()
    champ = html.par_id(client.arbre, "code")
    assert champ is not None
    assert (champ.get("inputmode"), champ.get("autocomplete"), champ.get("value")) == ("numeric", "one-time-code", "")
    assert signatures(session) == 0


def test_the_code_is_typed_as_people_copy_it(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    assert saisir(client, association_id, "12345") == 422
    assert "Le code compte six chiffres" in client.texte()
    assert preparee(session).essais == 0
    assert saisir(client, association_id, f" {code[:3]} {code[3:]} ") == 200
    assert signatures(session) == 1


def test_a_code_tried_six_times_dies_even_when_the_sixth_is_right(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    for restent in ("4 essais", "3 essais", "2 essais", "un seul essai"):
        assert saisir(client, association_id, faux(code)) == 422
        assert f"Il vous reste {restent}" in " ".join(client.texte().split("\u00a0"))
    jeton = dict(html.champs(client.formulaire("/engagement/code")))
    assert saisir(client, association_id, faux(code)) == 422
    assert "c’était le dernier essai" in client.texte()
    sixieme = client.post(adresse_du_code(association_id), data={**jeton, "code": code})
    assert sixieme.status_code == 422
    assert "Ce code ne sert plus, même juste" in client.texte()
    assert html.par_id(client.arbre, "code") is None, "no field is left for a dead code"
    assert signatures(session) == 0


def test_parallel_guesses_get_no_more_tries_than_five(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens, config: Config
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    app = create_app(config, moyens=moyens)
    app.config["WTF_CSRF_ENABLED"] = False
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]

    def deviner(rang: int) -> int:
        navigateur = app.test_client()
        with navigateur.session_transaction() as cookie:
            cookie["_user_id"] = secret
        tente = f"{(int(code) + 1 + rang) % 1_000_000:06}"
        return navigateur.post(adresse_du_code(association_id), data={"code": tente}).status_code

    with ThreadPoolExecutor(20) as fils:
        assert set(fils.map(deviner, range(20))) == {422}
    assert preparee(session).essais == 5
    assert signatures(session) == 0


def test_fifty_submissions_of_the_right_code_make_one_signature_and_all_lead_to_it(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens, config: Config
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    app = create_app(config, moyens=moyens)
    app.config["WTF_CSRF_ENABLED"] = False
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]

    def envoyer(_rang: int) -> str | None:
        navigateur = app.test_client()
        with navigateur.session_transaction() as cookie:
            cookie["_user_id"] = secret
        return navigateur.post(adresse_du_code(association_id), data={"code": code}).location

    with ThreadPoolExecutor(50) as fils:
        adresses = set(fils.map(envoyer, range(50)))
    engagement = session.scalars(select(Engagement)).one()
    assert adresses == {f"/engagements/{engagement.code}"}
    assert session.scalar(select(func.count()).select_from(Document)) == 1


def test_an_expired_code_signs_nothing_and_another_one_does(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    ancien = lire_les_codes(moyens)[0]
    client.get(adresse_du_code(association_id))
    jeton = dict(html.champs(client.formulaire("/engagement/code")))
    preparee(session).code_expire_at = maintenant() - timedelta(seconds=1)
    session.commit()
    assert client.post(adresse_du_code(association_id), data={**jeton, "code": ancien}).status_code == 422
    assert "Ce code n’est plus valable" in client.texte()
    client.soumettre(action="/engagement/code/nouveau")
    assert "Un nouveau code part à votre adresse" in client.texte()
    nouveau = lire_les_codes(moyens)[0]
    assert saisir(client, association_id, nouveau) == 200
    assert signatures(session) == 1


def test_a_new_code_kills_the_one_before_and_the_letter_that_had_not_left(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    premier = lire_les_codes(moyens)[0]
    for _ in range(2):
        client.get(adresse_du_code(association_id))
        client.soumettre(action="/engagement/code/nouveau")
    assert saisir(client, association_id, premier) == 422
    assert "Le code n’est pas encore parti" in client.texte()
    codes = lire_les_codes(moyens)
    assert len(codes) == 2, "the letter of the second demand has lost its object"
    assert saisir(client, association_id, codes[0]) == 200
    assert signatures(session) == 1


def test_the_sixth_code_in_an_hour_is_refused_and_what_was_typed_stays(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    for _ in range(5):
        assert preparer(client, association_id) == 200
    assert preparer(client, association_id, fonction="Co-présidente") == 422
    assert "codes vous ont déjà été envoyés depuis une heure" in client.texte()
    assert dict(html.champs(client.formulaire()))["fonction"] == "Co-présidente"
    client.get(adresse_du_code(association_id))
    assert client.soumettre(action="/engagement/code/nouveau").status_code == 422
    assert preparee(session).fonction == "Présidente"


def test_what_was_filled_in_is_kept_to_be_corrected_but_for_the_consent(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id, fonction="Presidente")
    client.get(f"/associations/{association_id}/engagement/signer")
    champs = dict(html.champs(client.formulaire()))
    assert (champs["fonction"], champs["titre"], champs.get("consentement")) == ("Presidente", "represente", None)
    client.soumettre({"fonction": "Présidente", "consentement": "y"})
    assert saisir(client, association_id, lire_les_codes(moyens)[0]) == 200
    assert session.scalars(select(Engagement.fonction)).one() == "Présidente"


def test_whoever_signs_by_delegation_joins_the_pouvoir_which_the_proof_names(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    assert preparer(client, association_id, titre="delegation") == 422
    assert "Joignez le pouvoir qui vous autorise à signer." in client.texte()
    faux_pdf = (BytesIO(b"Bonjour"), "pouvoir.pdf")
    assert preparer(client, association_id, titre="delegation", pouvoir=faux_pdf) == 422
    assert "n’est ni un PDF, ni une image" in client.texte()
    assert preparer(client, association_id, titre="delegation", pouvoir=(BytesIO(POUVOIR), "pouvoir.pdf")) == 200
    assert preparer(client, association_id, titre="delegation", fonction="Trésorière") == 200, "joined once is enough"
    assert saisir(client, association_id, lire_les_codes(moyens)[0]) == 200
    assert "Signe par délégation, pouvoir joint" in client.texte()
    engagement, fichier = session.scalars(select(Engagement)).one(), session.scalars(select(Fichier)).one()
    assert engagement.capacite == CapaciteSignataire.MANDATAIRE
    assert (engagement.pouvoir_id, engagement.pouvoir_nom) == (fichier.id, "pouvoir.pdf")
    assert engagement.pouvoir_sha256 == fichier.sha256
    assert fichier.sha256 in engagement.preuve
    assert client.get(f"/engagements/{engagement.code}/pouvoir").data == POUVOIR
    assert session.scalar(select(func.count()).where(Evenement.action == "pouvoir_consulte")) == 1


def test_a_pouvoir_joined_by_who_represents_the_association_is_a_contradiction(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    assert preparer(client, association_id, pouvoir=(BytesIO(POUVOIR), "pouvoir.pdf")) == 422
    assert "Un pouvoir est joint" in client.texte()
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 0


def test_a_mandat_that_ended_before_the_code_signs_nothing(
    client: ClientStrict, association_id: int, session: Session, moyens: Moyens
) -> None:
    preparer(client, association_id)
    code = lire_les_codes(moyens)[0]
    client.get(adresse_du_code(association_id))
    jeton = dict(html.champs(client.formulaire("/engagement/code")))
    session.scalars(select(Mandat)).one().ended_at = maintenant()
    session.commit()
    assert client.post(adresse_du_code(association_id), data={**jeton, "code": code}).status_code == 404
    assert signatures(session) == 0


def test_in_production_an_unconfirmed_text_is_read_and_never_signed(
    config: Config, fabrique: Fabrique, creer: Fabriques, session: Session
) -> None:
    texte = creer.texte_cer()
    production = replace(config, mode="production")
    app = create_app(production, moyens=make_moyens(production, fabrique=fabrique))
    app.config.update(TRUSTED_HOSTS=None, SESSION_COOKIE_SECURE=False)
    client = ClientStrict(app, app.response_class)
    usager, association = creer.usager(), creer.association()
    creer.mandat(usager, association)
    client.connecter(usager)
    adresse = f"/associations/{association.id}/engagement/signer"
    client.get(adresse)
    assert "Ce texte ne peut pas encore être signé" in client.texte()
    assert not [f for f in client.arbre.iter("form") if f.get("action", "").endswith("/signer")]
    assert client.poster(adresse, QUI_SIGNE).status_code == 422
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 0
    session.get_one(TexteCer, texte.id).verifie_at = maintenant()
    session.commit()
    client.get(adresse)
    assert "Ce texte ne peut pas encore être signé" not in client.texte()


def test_what_nobody_finished_is_forgotten_after_a_week(
    client: ClientStrict, association_id: int, session: Session
) -> None:
    preparer(client, association_id)
    preparee(session).code_demande_at = maintenant() - timedelta(days=6)
    purge(session)
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 1
    session.scalars(select(SignaturePreparee)).one().code_demande_at = maintenant() - timedelta(days=8)
    session.flush()
    purge(session)
    assert session.scalar(select(func.count()).select_from(SignaturePreparee)) == 0


def test_two_signatures_are_asked_for_by_a_proved_signataire_and_the_pages_wait_for_the_second(
    client: ClientStrict, association_id: int, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    client.get(f"/associations/{association_id}/engagement")
    client.soumettre(action="/deux-signatures")
    assert "L’association demande deux signatures" in client.texte()
    signer(client, moyens, association_id)
    assert "Une seconde personne doit signer" in client.texte()
    premiere = session.scalars(select(Engagement)).one()
    tresorier = creer.usager()
    creer.mandat(tresorier, premiere.association, fonction="Trésorier")
    client.connecter(tresorier)
    signer(client, moyens, association_id)
    assert "Une seconde personne doit signer" not in client.texte()
    client.get(f"/associations/{association_id}/engagement")
    client.soumettre(action="/deux-signatures")
    assert "L’association demande deux signatures" not in client.texte()


def test_an_agent_who_verifies_the_link_reads_the_pouvoir_and_others_do_not(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    creer.texte_cer()
    association_id = connecter_signataire(client, creer, prouve=False)
    signer(client, moyens, association_id, titre="delegation", pouvoir=(BytesIO(POUVOIR), "pouvoir.pdf"))
    engagement = session.scalars(select(Engagement)).one()
    service = creer.service()
    creer.dossier(service, association=engagement.association)
    client.connecter(creer.agent(service))
    client.get(f"/instruction/mandats/{engagement.mandat_id}")
    assert "Télécharger «" in client.texte()
    assert client.get(f"/instruction/pouvoirs/{engagement.code}").data == POUVOIR
    client.connecter(creer.agent())
    assert client.get(f"/instruction/pouvoirs/{engagement.code}").status_code == 404


def test_a_signature_closes_the_request_that_it_answers(
    client: ClientStrict, association_id: int, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    texte, signataire = session.scalars(select(TexteCer)).one(), session.scalars(select(Mandat)).one().user
    demandeur = creer.usager()
    demande = DemandeSignature(
        code=draw_code(),
        association_id=association_id,
        texte_id=texte.id,
        demandeur_id=demandeur.id,
        email=signataire.email,
        prenom="Awa",
        nom="Diallo",
        fonction="Présidente",
    )
    session.add(demande)
    session.commit()
    assert signer(client, moyens, association_id) == 200
    session.rollback()
    assert session.scalars(select(Engagement.demande_id)).one() == demande.id
    session.refresh(demande)
    assert demande.etat == EtatDemandeSignature.SIGNEE
    avis = session.scalars(select(Courriel).where(Courriel.gabarit == "signature_obtenue")).one()
    assert avis.destinataire == demandeur.email
