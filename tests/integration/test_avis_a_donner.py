"""« Avis à donner »: what waits for my service, several answered on one page, each line by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.vocabulaire import Audience, Etat, RoleAffectation, SensAvis
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

LISTE = "/instruction/avis"
REPONDRE = "/instruction/avis/repondre"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def demandes(creer: Fabriques, ddets: Service, drajes: Service, association: Association) -> list[DemandeAvis]:
    """Three requests to the DRAJES: two about one association, one about nobody known."""
    dossiers = [creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION) for _ in range(2)]
    dossiers.append(creer.dossier(ddets, etat=Etat.EN_INSTRUCTION))
    return [creer.demande_avis(un, drajes) for un in dossiers]


def test_what_waits_for_my_service_is_listed_the_nearest_deadline_first_and_a_past_one_is_without_answer(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, demandes: list[DemandeAvis]
) -> None:
    demandes[2].echeance = aujourdhui() - timedelta(days=1)
    demandes[1].echeance = aujourdhui()
    session.commit()
    client.connecter(creer.agent(drajes))
    with requetes() as vues:
        client.get(LISTE)
    assert len(vues) <= 6
    texte = client.texte()
    references = [session.get_one(Dossier, demandes[rang].dossier_id).reference for rang in (2, 1, 0)]
    places = [texte.index(reference) for reference in references]
    assert places == sorted(places)
    assert texte.count("sans réponse") == 1
    assert "Répondre aux 2 demandes sur" in texte
    client.connecter(creer.agent(creer.service()))
    client.get(LISTE)
    assert "Aucun avis n’est attendu de votre service" in client.texte()


def test_the_list_goes_on_after_twenty_five_lines(
    client: ClientStrict, creer: Fabriques, ddets: Service, drajes: Service
) -> None:
    for _ in range(26):
        creer.demande_avis(creer.dossier(ddets), drajes)
    client.connecter(creer.agent(drajes, RoleAffectation.LECTEUR))
    premiere = client.get(LISTE).text
    assert premiere.count("Donner l’avis") == 25
    assert "Répondre aux demandes cochées" not in premiere
    suite = premiere.split('rel="next"')[1].split('href="')[1].split('"')[0]
    assert client.get(suite).text.count("Donner l’avis") == 1


def _champs(demandes: list[DemandeAvis], **valeurs: str) -> dict[str, str]:
    return {f"d{une.id}-{nom}": valeur for une in demandes for nom, valeur in valeurs.items()}


def test_the_ticked_lines_take_the_same_answer_but_for_what_they_say_themselves(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, demandes: list[DemandeAvis]
) -> None:
    client.connecter(creer.agent(drajes))
    client.get(REPONDRE, query_string={"demande": [str(une.id) for une in demandes]})
    envoi = {"sens": "favorable", "texte": "Projets solides.", **_champs(demandes, meme="y")}
    envoi[f"d{demandes[1].id}-sens"] = "defavorable"
    envoi[f"d{demandes[1].id}-montant_propose"] = "300"
    assert client.soumettre(envoi, action=REPONDRE).status_code == 200
    assert "3 avis sont enregistrés" in client.texte()
    rendus = {avis.dossier_id: avis for avis in session.scalars(select(Avis))}
    assert [rendus[une.dossier_id].sens for une in demandes] == [
        SensAvis.FAVORABLE,
        SensAvis.DEFAVORABLE,
        SensAvis.FAVORABLE,
    ]
    assert {avis.texte for avis in rendus.values()} == {"Projets solides."}
    assert [rendus[une.dossier_id].montant_propose for une in demandes] == [None, 300, None]


def test_each_line_succeeds_or_fails_by_itself_and_keeps_what_was_typed(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, demandes: list[DemandeAvis]
) -> None:
    client.connecter(creer.agent(drajes))
    client.get(REPONDRE, query_string={"demande": [str(une.id) for une in demandes]})
    creer.avis(session.get_one(Dossier, demandes[0].dossier_id), creer.agent(drajes), texte="Celui d’un collègue.")
    envoi = _champs(demandes, sens="favorable", texte="Le mien.") | {f"d{demandes[2].id}-texte": ""}
    assert client.soumettre(envoi, action=REPONDRE).status_code == 422
    texte = client.texte()
    assert "Un autre agent de votre service a donné ou modifié cet avis" in texte
    assert "Écrivez cet avis en quelques mots." in texte
    assert "Avis enregistrés" in texte
    page = client.get(REPONDRE, query_string={"demande": str(demandes[2].id)})
    assert page.status_code == 200
    textes = {avis.dossier_id: avis.texte for avis in session.scalars(select(Avis))}
    assert textes == {demandes[0].dossier_id: "Celui d’un collègue.", demandes[1].dossier_id: "Le mien."}


def test_nothing_filled_in_is_said_and_nothing_ticked_leads_back_to_the_list(
    client: ClientStrict, creer: Fabriques, drajes: Service, demandes: list[DemandeAvis]
) -> None:
    client.connecter(creer.agent(drajes))
    for renvoi in (client.get(REPONDRE, follow_redirects=True), client.poster(REPONDRE, follow_redirects=True)):
        assert "Cochez les demandes auxquelles vous répondez ensemble." in renvoi.text
        assert ("alert-warning" in renvoi.text, "alert-success" in renvoi.text) == (True, False)
    client.get(REPONDRE, query_string={"demande": str(demandes[0].id)})
    assert client.soumettre({}, action=REPONDRE).status_code == 422
    assert "Aucune ligne n’est remplie" in client.texte()


def test_a_former_avis_is_given_again_only_when_one_says_so(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, demandes: list[DemandeAvis]
) -> None:
    agent = creer.agent(drajes)
    creer.avis(session.get_one(Dossier, demandes[0].dossier_id), agent, texte="Celui d’avant.")
    session.scalars(select(Avis)).one().audience = Audience.SERVICE
    demandes[0].repondue_at = None
    session.commit()
    client.connecter(agent)
    client.get(REPONDRE, query_string={"demande": [str(une.id) for une in demandes[:2]]})
    assert client.soumettre({}, action=REPONDRE).status_code == 422
    assert "Aucune ligne n’est remplie" in client.texte()
    client.soumettre(_champs(demandes[1:2], sens="favorable", texte="Oui."), action=REPONDRE)
    session.expire_all()
    assert [une.repondue_at is None for une in demandes[:2]] == [True, False]
    client.get(REPONDRE, query_string={"demande": str(demandes[0].id)})
    rien = client.soumettre({}, action=REPONDRE)
    assert rien.status_code == 422
    client.get(REPONDRE, query_string={"demande": str(demandes[0].id)})
    client.soumettre(_champs(demandes[:1], confirme="y"), action=REPONDRE)
    session.expire_all()
    assert demandes[0].repondue_at is not None
    assert (
        session.scalars(select(Avis.audience).where(Avis.dossier_id == demandes[0].dossier_id)).one()
        == Audience.SERVICE
    )
    demandes[0].repondue_at = None
    session.commit()
    client.get(REPONDRE, query_string={"demande": str(demandes[0].id)})
    client.soumettre(_champs(demandes[:1], audience=Audience.SERVICES_SAISIS.value), action=REPONDRE)
    session.expire_all()
    assert demandes[0].repondue_at is not None, "other readers are another answer"


def test_all_that_is_asked_about_one_association_is_answered_on_one_page(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    drajes: Service,
    association: Association,
    demandes: list[DemandeAvis],
) -> None:
    sur_elle = fabriques_avis.demande(session, association, drajes, creer.agent(ddets))
    client.connecter(creer.agent(drajes))
    client.get(REPONDRE, query_string={"association": association.id})
    assert client.texte().count("Lire le dossier") == 2
    assert "(l’association elle-même)" in client.texte()
    siennes = [*demandes[:2], sur_elle]
    envoi = {"sens": "favorable", "texte": "Oui.", **_champs(siennes, meme="y")}
    assert client.soumettre(envoi, action=REPONDRE).status_code == 200
    session.expire_all()
    assert all(une.repondue_at is not None for une in siennes)
    assert demandes[2].repondue_at is None


def test_an_earlier_avis_is_copied_into_its_line_and_nothing_typed_is_lost(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    drajes: Service,
    association: Association,
    demandes: list[DemandeAvis],
) -> None:
    agent = creer.agent(drajes)
    ancien = creer.avis(creer.dossier(ddets, association=association), agent, texte="Association solide.")
    client.connecter(agent)
    client.get(REPONDRE, query_string={"association": association.id})
    assert client.texte().count("Reprendre mon avis du") == 2
    premiere, seconde = demandes[:2]
    envoi = {
        "reprendre": f"{premiere.id}:{ancien.id}",
        **_champs([premiere], texte="Vu hier."),
        **_champs([seconde], texte="À moi."),
    }
    assert client.soumettre(envoi, action=REPONDRE).status_code == 200
    assert premiere.repondue_at is None
    assert "À moi." in client.texte()
    client.soumettre({}, action=REPONDRE)
    session.expire_all()
    repris = session.scalars(select(Avis).where(Avis.dossier_id == premiere.dossier_id)).one()
    assert (repris.texte.split(), repris.repris_de_id) == (["Vu", "hier.", "Association", "solide."], ancien.id)
    assert repris.sens == ancien.sens


def test_my_tasks_count_what_the_list_shows_requests_about_an_association_among_them(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, association: Association
) -> None:
    creer.demande_avis(creer.dossier(ddets, etat=Etat.EN_INSTRUCTION), drajes)
    fabriques_avis.demande(session, association, drajes, creer.agent(ddets))
    client.connecter(creer.agent(drajes))
    client.get("/instruction/taches")
    assert "2 avis à donner" in client.texte()


def test_somebody_elses_requests_are_not_found(
    client: ClientStrict, creer: Fabriques, ddets: Service, demandes: list[DemandeAvis], association: Association
) -> None:
    client.connecter(creer.agent(ddets))
    assert client.get(REPONDRE, query_string={"demande": str(demandes[0].id)}).status_code == 404
    assert client.get(REPONDRE, query_string={"association": association.id}).status_code == 404
    assert client.poster(REPONDRE, {"demande": str(demandes[0].id)}).status_code == 404


def test_the_audience_of_a_line_is_never_wider_than_what_was_asked(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service
) -> None:
    dossier = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)
    demande = creer.demande_avis(dossier, drajes, audience=Audience.SERVICE)
    client.connecter(creer.agent(drajes))
    page = client.get(REPONDRE, query_string={"demande": str(demande.id)}).text
    assert 'value="partage"' not in page
    envoi = _champs([demande], sens="favorable", texte="Oui.", audience="partage")
    assert client.soumettre(envoi, action=REPONDRE).status_code == 422
    assert session.scalars(select(Avis)).all() == []
