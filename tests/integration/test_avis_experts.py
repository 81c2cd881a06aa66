"""An expert answers on one page: the fields of an agent, a draft that keeps itself, changes until the deadline, a refusal."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.avis import Avis, BrouillonAvis, DemandeAvis, RevisionAvis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.experts import Expert
from portal.permissions import SYSTEME
from portal.services import liens_experts
from portal.vocabulaire import Audience, Etat, SensAvis
from portal.vocabulaire_avis import ClotureAvis
from tests import fabriques_avis, fabriques_experts
from tests.client import ClientStrict
from tests.factories import Fabriques

PDF = b"%PDF-1.7\nnote"
REPONSE = {"sens": "favorable", "montant_propose": "1 200", "texte": "Le lieu est sûr.", "audience": "service"}


@pytest.fixture
def demandeur(creer: Fabriques) -> User:
    return creer.agent(creer.service("DRAJES"))


@pytest.fixture
def expert(session: Session) -> Expert:
    return fabriques_avis.expert(session)


@pytest.fixture
def dossier(creer: Fabriques, demandeur: User) -> Dossier:
    return creer.dossier(demandeur.affectations[0].service, etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def demande(client: ClientStrict, session: Session, dossier: Dossier, demandeur: User, expert: Expert) -> DemandeAvis:
    """Asked of the expert whose browser this is."""
    une = fabriques_avis.demande(session, dossier, expert, demandeur, echeance=aujourdhui() + timedelta(days=5))
    fabriques_experts.lien(session, une, "lien")
    client.connecter_expert(expert)
    client.get(_page(une))
    return une


def _page(demande: DemandeAvis) -> str:
    return f"/experts/avis/{demande.id}"


def _avis(session: Session) -> Avis:
    session.expire_all()
    return session.scalars(select(Avis)).one()


def test_an_answer_is_sent_then_changed_until_the_deadline_and_every_version_is_kept(
    client: ClientStrict, session: Session, demande: DemandeAvis, expert: Expert
) -> None:
    assert client.soumettre(REPONSE, action=_page(demande)).status_code == 200
    assert "Votre avis est envoyé" in client.texte()
    avis = _avis(session)
    assert (avis.expert_id, avis.sens, avis.montant_propose, avis.audience) == (
        expert.id,
        SensAvis.FAVORABLE,
        1200,
        Audience.SERVICE,
    )
    assert session.get_one(DemandeAvis, demande.id).repondue_at is not None

    client.soumettre({"sens": "defavorable", "texte": "Le lieu a brûlé."}, action=_page(demande))
    assert _avis(session).texte == "Le lieu a brûlé."
    assert session.scalars(select(RevisionAvis.texte).order_by(RevisionAvis.version)).all() == [
        "Le lieu est sûr.",
        "Le lieu a brûlé.",
    ]

    session.get_one(DemandeAvis, demande.id).echeance = aujourdhui() - timedelta(days=1)
    session.commit()
    client.get(_page(demande))
    assert "Le délai est passé" in client.texte()
    assert client.poster(_page(demande), {**REPONSE, "version": "2.0"}).status_code == 403
    assert _avis(session).version == 2


def test_a_late_first_answer_is_taken_but_not_after_the_decision(
    client: ClientStrict, session: Session, dossier: Dossier, demande: DemandeAvis
) -> None:
    demande.echeance = aujourdhui() - timedelta(days=3)
    dossier.etat = Etat.ACCEPTE
    session.commit()
    assert client.get(_page(demande)).status_code == 200
    assert "La décision est prise" in client.texte()
    assert client.poster(_page(demande), REPONSE).status_code == 403
    dossier.etat = Etat.EN_INSTRUCTION
    session.commit()
    client.get(_page(demande))
    assert client.soumettre(REPONSE, action=_page(demande)).status_code == 200
    assert _avis(session).texte == "Le lieu est sûr."


def test_taken_back_while_he_was_writing_nothing_is_received_and_what_was_typed_is_shown(
    client: ClientStrict, session: Session, demande: DemandeAvis
) -> None:
    demande.close_at, demande.cloture = maintenant(), ClotureAvis.REVOQUEE
    session.commit()
    assert client.soumettre(REPONSE, action=_page(demande)).status_code == 404
    assert session.scalars(select(Avis)).all() == []

    liens_experts.revoke(session, by=SYSTEME, saisine_id=demande.saisine_id, expert_id=demande.expert_id or 0)
    session.commit()
    apres = client.poster(_page(demande), REPONSE)
    assert apres.status_code == 403
    assert "Le lieu est sûr." in apres.text
    assert "demandez un nouveau lien" in client.texte()


def test_a_refused_page_keeps_what_was_typed_and_the_file(
    client: ClientStrict, session: Session, demande: DemandeAvis
) -> None:
    fichier = (BytesIO(PDF), "note.pdf")
    refusee = client.soumettre({"texte": "Sans sens.", "fichier": fichier}, action=_page(demande))
    assert refusee.status_code == 422
    assert "Sans sens." in refusee.text
    assert "Fichier joint : note.pdf" in client.texte()
    client.soumettre(REPONSE, action=_page(demande))
    assert _avis(session).fichier_nom == "note.pdf"
    assert client.get(f"{_page(demande)}/document").data == PDF


def test_a_draft_is_kept_for_the_expert_alone_and_forgotten_when_asked_or_sent(
    client: ClientStrict, session: Session, demande: DemandeAvis, expert: Expert
) -> None:
    client.soumettre({"texte": "À mi-chemin.", "geste": "brouillon"}, action=_page(demande))
    garde = session.scalars(select(BrouillonAvis)).one()
    assert (garde.expert_id, garde.user_id) == (expert.id, None)
    assert "À mi-chemin." in client.get(_page(demande)).text
    assert session.scalars(select(Avis)).all() == []

    reponse = client.poster(f"{_page(demande)}/brouillon", {"texte": "Plus loin.", "version": f"0.{garde.version}"})
    assert reponse.status_code == 200
    client.get(_page(demande))
    client.soumettre(action="/effacement")
    session.expire_all()
    assert session.scalars(select(BrouillonAvis)).all() == []

    client.soumettre({"texte": "Encore.", "geste": "brouillon"}, action=_page(demande))
    client.soumettre(REPONSE, action=_page(demande))
    session.expire_all()
    assert session.scalars(select(BrouillonAvis)).all() == []


def test_an_empty_page_makes_no_draft_and_says_so(client: ClientStrict, session: Session, demande: DemandeAvis) -> None:
    vide = client.soumettre({"geste": "brouillon"}, action=_page(demande))
    assert "Rien n’est écrit" in client.texte()
    assert ("alert-warning" in vide.text, "Votre brouillon" in vide.text) == (True, False)
    assert session.scalars(select(BrouillonAvis)).all() == []
    client.soumettre({"texte": "Un mot.", "geste": "brouillon"}, action=_page(demande))
    client.soumettre({"texte": " ", "geste": "brouillon"}, action=_page(demande))
    assert "Plus rien n’est écrit" in client.texte()


def test_the_seal_is_said_once_above_who_reads(client: ClientStrict, session: Session, demande: DemandeAvis) -> None:
    demande.saisine.scelle = True
    session.commit()
    client.get(_page(demande))
    assert client.texte().count("Sous scellé jusqu’à ce que tous") == 1
    assert client.texte().count("Liront cet avis") > 1


@pytest.mark.parametrize("raison", ["pas_concerne", "conflit"])
def test_an_expert_who_declines_is_let_out_at_once(
    client: ClientStrict, session: Session, demande: DemandeAvis, raison: str
) -> None:
    client.get(f"{_page(demande)}/refus")
    assert client.soumettre({"raison": raison}).status_code == 422
    assert client.soumettre({"raison": raison, "motif": "Je préside ce club."}).status_code == 200
    session.expire_all()
    close = session.get_one(DemandeAvis, demande.id)
    assert (close.cloture, close.close_motif) == (ClotureAvis(raison), "Je préside ce club.")
    assert client.get(_page(demande)).status_code in (303, 404)
    assert session.scalars(select(Avis)).all() == []


def test_what_another_expert_answers_is_not_his_to_read_or_change(
    client: ClientStrict, session: Session, dossier: Dossier, demande: DemandeAvis, demandeur: User
) -> None:
    autre = fabriques_avis.expert(session)
    d_un_autre = fabriques_avis.demande(session, dossier, autre, demandeur, meme=demande.saisine)
    fabriques_avis.avis(session, dossier, autre, texte="Secret d’un autre.")
    assert "Secret d’un autre" not in client.get(_page(demande)).text
    for fin in ("", "/refus", "/brouillon", "/effacement"):
        assert client.poster(f"{_page(d_un_autre)}{fin}", REPONSE).status_code == 404


def test_an_association_is_answered_on_the_same_page(
    client: ClientStrict, session: Session, creer: Fabriques, demandeur: User, expert: Expert
) -> None:
    une = fabriques_avis.demande(session, creer.association(), expert, demandeur)
    fabriques_experts.lien(session, une, "autre-lien")
    client.connecter_expert(expert)
    client.get(_page(une))
    client.soumettre({**REPONSE, "montant_propose": ""}, action=_page(une))
    assert _avis(session).association_id == une.association_id
