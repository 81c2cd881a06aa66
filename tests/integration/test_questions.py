"""The questions of a campaign in the form of a request: asked, kept whatever happens to them, read by the service."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.demandes import Demande, SectionSaisie
from portal.models.demarches import Demarche
from portal.queries.demandes_lisibles import sections_de
from portal.queries.lecture_demandes import lire
from portal.vocabulaire_demandes import EtatSection, GenreQuestion, Place, SectionDemande
from tests.client import ClientStrict
from tests.fabriques_campagnes import question
from tests.factories import Fabriques

QUESTIONS = Place(SectionDemande.QUESTIONS)


@pytest.fixture
def campagne(creer: Fabriques) -> Demarche:
    return creer.demarche(aides={"questions": "Répondez en quelques mots."})


@pytest.fixture
def demande(creer: Fabriques, campagne: Demarche, client: ClientStrict) -> Demande:
    """A draft of the person logged in."""
    usager, association = creer.usager(), creer.association()
    creer.mandat(usager, association)
    client.connecter(usager)
    return creer.demande(association, usager, campagne)


def relire(session: Session, demande: Demande) -> Demande:
    session.expire_all()
    return session.get_one(Demande, demande.id)


def test_without_questions_there_is_no_page_for_them(client: ClientStrict, session: Session, demande: Demande) -> None:
    assert QUESTIONS not in lire(relire(session, demande)).forms
    assert client.get(f"/demandes/{demande.id}/questions").status_code == 404


def test_each_kind_is_asked_read_and_shown_with_its_legal_basis(
    client: ClientStrict, session: Session, campagne: Demarche, demande: Demande
) -> None:
    loi = {"obligatoire": True, "base_legale": "Loi n° 2014-173, article 6"}
    texte = question(session, campagne, "Comment ?", **loi)
    choix = question(session, campagne, "Lequel ?", genre=GenreQuestion.CHOIX, choix=["Nord", "Sud"])
    montant = question(session, campagne, "Combien ?", genre=GenreQuestion.MONTANT)
    question(session, campagne, "Le plan ?", genre=GenreQuestion.FICHIER)
    client.get(f"/demandes/{demande.id}/questions")
    page = client.texte().replace("\u00a0", " ")
    assert "Base légale : Loi n° 2014-173, article 6." in page
    assert "Répondez en quelques mots." in page
    assert "Le plan ?" not in page
    reponses = {f"q-{texte.id}": "Avec eux.\nToujours.", f"q-{choix.id}": "Sud", f"q-{montant.id}": "1.234"}
    assert client.soumettre(reponses).status_code == 422
    assert "n’est pas lisible" in client.texte()
    client.get(f"/demandes/{demande.id}/questions")
    client.soumettre({f"q-{montant.id}": "1 234,50"})
    lue = lire(relire(session, demande))
    assert lue.etat(QUESTIONS) == EtatSection.REMPLIE
    dites = dict(next(section.lignes for section in sections_de(lue) if section.place == QUESTIONS))
    assert dites["Comment ?"] == "Avec eux.\nToujours."
    assert dites["Lequel ?"] == "Sud"
    assert dites["Combien ?"].replace("\u00a0", " ") == "1 234,50 €"


def test_questions_that_may_be_passed_over_do_not_hold_the_request_back(
    client: ClientStrict, session: Session, campagne: Demarche, demande: Demande
) -> None:
    question(session, campagne, "Et encore ?")
    assert lire(relire(session, demande)).etat(QUESTIONS) == EtatSection.REMPLIE
    for page in (f"/demandes/{demande.id}", f"/demandes/{demande.id}/relecture"):
        client.get(page)
        assert "facultative" in client.texte(), "nobody filled it in"
        assert "remplie." not in client.texte()
    client.get(f"/demandes/{demande.id}")
    assert "0 section remplie sur 9" in client.texte()
    client.get(f"/demandes/{demande.id}/questions")
    client.soumettre({})
    assert "1 section remplie sur 10" in client.texte()
    question(session, campagne, "Exigée ?", obligatoire=True, base_legale="Loi")
    assert lire(relire(session, demande)).etat(QUESTIONS) == EtatSection.A_COMMENCER


def test_an_answer_is_kept_when_its_question_is_withdrawn_and_the_page_saved_again(
    client: ClientStrict, session: Session, campagne: Demarche, demande: Demande
) -> None:
    gardee, autre = question(session, campagne, "Retirée ensuite ?"), question(session, campagne, "Toujours là ?")
    client.get(f"/demandes/{demande.id}/questions")
    client.soumettre({f"q-{gardee.id}": "Deux\nlignes", f"q-{autre.id}": "Oui."})
    gardee.retiree_at = maintenant()
    session.commit()
    client.get(f"/demandes/{demande.id}/questions")
    assert "Retirée ensuite ?" not in client.texte()
    assert client.soumettre({f"q-{autre.id}": "Non."}).status_code == 200
    session.expire_all()
    valeurs = session.scalars(select(SectionSaisie.valeurs)).one()
    assert valeurs == {f"q-{gardee.id}": "Deux\nlignes", f"q-{autre.id}": "Non."}
    dites = dict(lire(relire(session, demande)).forms[QUESTIONS].relire())
    assert dites["Retirée ensuite ? (question retirée)"] == "Deux\nlignes"


def test_a_page_opened_before_the_withdrawal_is_saved_whole(
    client: ClientStrict, session: Session, campagne: Demarche, demande: Demande
) -> None:
    gardee, _ = question(session, campagne, "Retirée pendant ?"), question(session, campagne, "Toujours là ?")
    client.get(f"/demandes/{demande.id}/questions")
    gardee.retiree_at = maintenant()
    session.commit()
    assert client.soumettre({f"q-{gardee.id}": "Tapé quand même"}).status_code == 200
    session.expire_all()
    assert session.scalars(select(SectionSaisie.valeurs)).one()[f"q-{gardee.id}"] == "Tapé quand même"


def test_a_question_asked_after_filing_is_no_part_of_what_was_filed(
    client: ClientStrict, session: Session, campagne: Demarche, demande: Demande
) -> None:
    posee = question(session, campagne, "Posée à temps ?")
    client.get(f"/demandes/{demande.id}/questions")
    client.soumettre({f"q-{posee.id}": "Oui."})
    relire(session, demande).deposee_at = maintenant()
    session.commit()
    question(session, campagne, "Posée après ?", obligatoire=True, base_legale="Loi")
    form = lire(relire(session, demande)).forms[QUESTIONS]
    assert [libelle for libelle, _ in form.relire()] == ["Posée à temps ?"]
