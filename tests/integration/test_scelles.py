"""Sealed avis: what each reads before and after, who breaks the seal and who is told, what other dossiers show."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis, RevisionAvis, Saisine
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel, OperationDS
from portal.models.experts import Expert
from portal.models.journal import Evenement, EvenementDetail
from portal.models.services import Service
from portal.permissions.avis import audience, can_be_told_to_ds, can_give_avis, can_read_avis
from portal.queries.avis import list_demandes
from portal.queries.scelles import shared
from portal.services import avis as services_avis
from portal.services import scelles as services
from portal.services import suites_avis
from portal.services.lettres import compose
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, Etat, GenreDocument, SensAvis
from portal.vocabulaire_avis import ClotureAvis
from tests import fabriques_avis, fabriques_communications
from tests.client import ClientStrict
from tests.factories import Fabriques

CANARI = "CANARI-SOUS-SCELLE-7720"
HIER = aujourdhui() - timedelta(days=1)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def cd(creer: Fabriques) -> Service:
    return creer.service("CD 69", email="avis@cd69.example")


@pytest.fixture
def caf(creer: Fabriques) -> Service:
    return creer.service("CAF 69", email="")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    return creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def saisine(session: Session) -> Saisine:
    return fabriques_avis.saisine(session, scelle=True)


@pytest.fixture
def noe(session: Session) -> Expert:
    return fabriques_avis.expert(session, "noe@expert.test", nom="Noé Lafarge", organisme="")


@pytest.fixture
def demandes(
    session: Session, creer: Fabriques, dossier: Dossier, saisine: Saisine, cd: Service, caf: Service, noe: Expert
) -> list[DemandeAvis]:
    """Asked together under a seal: a département, which has answered, a caisse and an expert."""
    agent = creer.agent(dossier.service)
    ensemble = [creer.demande_avis(dossier, service, saisine) for service in (cd, caf)]
    ensemble.append(fabriques_avis.demande(session, dossier, noe, agent, saisine))
    creer.avis(dossier, creer.agent(cd), texte=CANARI, montant_propose=Decimal("7720"), audience=Audience.PARTAGE)
    return ensemble


@pytest.fixture
def avis(session: Session, demandes: list[DemandeAvis]) -> Avis:
    assert demandes
    return session.scalars(select(Avis)).one()


def page(dossier: Dossier) -> str:
    return f"/instruction/dossiers/{dossier.reference}/avis"


def lit(creer: Fabriques, service: Service, avis: Avis, demandes: list[DemandeAvis], **options: object) -> bool:
    return can_read_avis(creer.acteur(creer.agent(service)), avis, demandes, **options).ok


def repondre(session: Session, *demandes: DemandeAvis) -> None:
    for une in demandes:
        une.repondue_at = maintenant()
    session.commit()


def test_before_all_have_answered_the_pages_say_a_seal_and_no_more(
    client: ClientStrict, creer: Fabriques, dossier: Dossier, demandes: list[DemandeAvis], caf: Service
) -> None:
    assert demandes
    for agent in (creer.agent(dossier.service), creer.agent(caf)):
        client.connecter(agent)
        for adresse in (page(dossier), f"/instruction/dossiers/{dossier.reference}/impression"):
            vue = client.get(adresse)
            assert "Sous scellé jusqu’à ce que tous aient répondu." in client.texte()
            assert "Ont répondu : CD 69. Attendus : CAF 69, Noé Lafarge." in client.texte().replace("\u00a0", " ")
            assert (CANARI in vue.text, "7\u00a0720" in vue.text) == (False, False)
            assert "avis rendu, que votre service ne lit pas encore" in client.texte()


def test_once_all_have_answered_or_waived_each_reads_and_a_new_version_is_read_too(
    session: Session, creer: Fabriques, avis: Avis, demandes: list[DemandeAvis], ddets: Service, caf: Service
) -> None:
    _, de_la_caf, de_noe = demandes
    repondre(session, de_la_caf)
    assert not lit(creer, ddets, avis, demandes)
    de_noe.close_at, de_noe.cloture = maintenant(), ClotureAvis.PAS_CONCERNE
    assert lit(creer, ddets, avis, demandes)
    assert lit(creer, caf, avis, demandes)
    assert lit(creer, creer.service(), avis, demandes), "its audience is that of all agents"


def test_at_the_deadline_who_asked_reads_the_others_do_not(
    creer: Fabriques, avis: Avis, demandes: list[DemandeAvis], ddets: Service, caf: Service
) -> None:
    for une in demandes[1:]:
        une.echeance = HIER
    assert lit(creer, ddets, avis, demandes)
    assert not lit(creer, ddets, avis, demandes, jour=HIER), "until the end of the last day"
    assert not lit(creer, caf, avis, demandes)
    demandes[2].echeance = None
    assert not lit(creer, ddets, avis, demandes), "no date ends the seal of one that has none"


def test_breaking_the_seal_is_journaled_with_its_reason_and_told_without_any_content(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    moyens: Moyens,
    dossier: Dossier,
    demandes: list[DemandeAvis],
    caf: Service,
) -> None:
    agent_caf, instructrice = creer.agent(caf), creer.agent(dossier.service)
    client.connecter(instructrice)
    client.get(page(dossier))
    client.get(f"/instruction/demandes-avis/{demandes[0].id}/scelle")
    assert client.soumettre({"motif": " "}).status_code == 422
    assert "Écrivez pourquoi" in client.texte()
    assert client.soumettre({"motif": "La commission siège demain."}).status_code == 200
    assert CANARI in client.texte()
    evenement = session.scalars(select(Evenement).where(Evenement.action == "scelle_leve")).one()
    detail = session.scalars(select(EvenementDetail).where(EvenementDetail.evenement_id == evenement.id)).one()
    assert (evenement.objet, detail.valeurs["motif"]) == (f"dossier:{dossier.id}", "La commission siège demain.")
    partis = session.scalars(select(Courriel).where(Courriel.gabarit == "scelle_leve")).all()
    assert {un.destinataire for un in partis} == {"avis@cd69.example", agent_caf.email, "noe@expert.test"}
    for un in partis:
        lettre = compose(session, moyens.config, un)
        assert lettre is not None
        assert dossier.reference in lettre.texte
        assert not any(secret in lettre.texte for secret in (CANARI, "7\u00a0720", "favorable", "commission"))
    client.connecter(agent_caf)
    vue = client.get(page(dossier))
    assert "Le service DDETS 69 a levé le scellé" in client.texte()
    assert (CANARI in vue.text, "commission" in vue.text) == (False, False)
    assert client.get(f"/instruction/dossiers/{dossier.reference}/historique").status_code == 200
    assert "Scellé des avis levé par DDETS 69" in client.texte()
    assert "commission" not in client.texte()


def test_withdrawing_the_last_request_awaited_breaks_the_seal_and_says_so(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    dossier: Dossier,
    demandes: list[DemandeAvis],
    caf: Service,
) -> None:
    client.connecter(creer.agent(dossier.service))
    suivre = f"/instruction/demandes-avis/{demandes[1].id}"
    client.get(suivre)
    assert "la dernière attendue sous scellé" not in client.texte(), "the expert is awaited too"
    repondre(session, demandes[2])
    client.get(suivre)
    assert "la dernière attendue sous scellé" in client.texte()
    assert client.soumettre({"retirer-motif": " "}, action="/retrait").status_code == 422
    assert "écrivez pourquoi vous l’ouvrez sans elle" in client.texte()
    assert CANARI not in client.get(page(dossier)).text
    client.get(suivre)
    assert client.soumettre({"retirer-motif": "La CAF ne répondra pas."}, action="/retrait").status_code == 200
    assert CANARI in client.get(page(dossier)).text
    assert session.scalars(select(Evenement).where(Evenement.action == "scelle_leve")).one()
    partis = session.scalars(select(Courriel.destinataire).where(Courriel.gabarit == "scelle_leve")).all()
    assert set(partis) == {"avis@cd69.example", "noe@expert.test"}


def test_who_has_answered_is_told_the_seal_for_as_long_as_it_holds(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, demandes: list[DemandeAvis], cd: Service
) -> None:
    client.connecter(creer.agent(cd))
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/donner")
    assert "Sous scellé jusqu’à ce que tous ceux qui sont saisis ensemble aient répondu." in client.texte()
    repondre(session, *demandes[1:])
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/donner")
    assert "Sous scellé" not in client.texte()


def test_nobody_else_breaks_a_seal_and_none_is_broken_for_nothing(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    dossier: Dossier,
    demandes: list[DemandeAvis],
    caf: Service,
) -> None:
    adresse = f"/instruction/demandes-avis/{demandes[0].id}/scelle"
    for agent, statut in ((creer.agent(caf), 404), (creer.responsable(), 404), (creer.agent(dossier.service), 200)):
        client.connecter(agent)
        assert client.get(adresse).status_code == statut
    with pytest.raises(Forbidden):
        services.break_seal(session, by=creer.acteur(creer.agent(caf)), demande=demandes[0], motif="Pour voir.")
    by = creer.acteur(creer.agent(dossier.service))
    with pytest.raises(Invalid):
        services.break_seal(session, by=by, demande=demandes[0], motif="")
    repondre(session, *demandes)
    assert client.get(adresse).status_code == 403
    with pytest.raises(Conflict, match="le scellé est tombé"):
        services.break_seal(session, by=by, demande=demandes[0], motif="Pour voir.")


def test_a_seal_is_not_broken_while_there_is_nothing_under_it(
    session: Session, creer: Fabriques, dossier: Dossier, saisine: Saisine, cd: Service
) -> None:
    seule = creer.demande_avis(dossier, cd, saisine)
    with pytest.raises(Forbidden, match="rien à lire"):
        services.break_seal(session, by=creer.acteur(creer.agent(dossier.service)), demande=seule, motif="Pour voir.")


def test_another_dossier_of_the_association_does_not_show_what_is_sealed_nor_what_the_request_kept_narrow(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, demandes: list[DemandeAvis]
) -> None:
    autre = creer.dossier(creer.service("DRAC"), association=association, etat=Etat.EN_INSTRUCTION)
    client.connecter(creer.agent(autre.service))
    assert CANARI not in client.get(page(autre)).text
    repondre(session, *demandes)
    assert CANARI in client.get(page(autre)).text
    demandes[0].saisine.audience = Audience.SERVICES_SAISIS
    session.commit()
    assert CANARI not in client.get(page(autre)).text


def test_who_asked_the_same_in_the_open_reads_unless_it_is_asked_under_the_same_seal(
    session: Session, creer: Fabriques, association: Association, ddets: Service, cd: Service, caf: Service
) -> None:
    """On an association, several services ask: one avis answers them all."""
    drac = creer.service("DRAC")
    scellee = fabriques_avis.saisine(session, scelle=True)
    ouvertes = [fabriques_avis.demande(session, association, cd, creer.agent(un)) for un in (drac, caf)]
    ensemble = [fabriques_avis.demande(session, association, un, creer.agent(ddets), meme=scellee) for un in (cd, caf)]
    donne = fabriques_avis.avis(session, association, creer.agent(cd), audience=Audience.SERVICES_SAISIS)
    toutes = [*ouvertes, *ensemble]
    assert [lit(creer, un, donne, toutes) for un in (cd, drac, caf, ddets)] == [True, True, False, False]
    repondre(session, ensemble[1])
    assert [lit(creer, un, donne, toutes) for un in (cd, drac, caf, ddets)] == [True, True, True, True]
    assert not lit(creer, creer.service(), donne, toutes), "asked about the same object: it was not"


def test_the_audience_is_the_narrowest_that_the_requests_allow(
    session: Session, creer: Fabriques, dossier: Dossier, cd: Service, caf: Service
) -> None:
    demande = creer.demande_avis(dossier, cd, audience=Audience.SERVICE)
    donne = creer.avis(dossier, creer.agent(cd), audience=Audience.PARTAGE)
    assert audience(donne, [demande]) == Audience.SERVICE
    assert [lit(creer, un, donne, [demande]) for un in (dossier.service, caf)] == [True, False]


def test_whose_request_was_closed_gives_no_avis_any_more_and_an_expert_gives_what_is_asked_of_it(
    session: Session, creer: Fabriques, demandes: list[DemandeAvis], dossier: Dossier, cd: Service, noe: Expert
) -> None:
    agent, expert = creer.acteur(creer.agent(cd)), fabriques_avis.acteur_expert(noe)
    assert can_give_avis(agent, dossier, demandes)
    assert can_give_avis(expert, dossier, demandes)
    for une in demandes:
        une.close_at, une.cloture = maintenant(), ClotureAvis.REVOQUEE
    assert not can_give_avis(agent, dossier, demandes)
    assert not can_give_avis(expert, dossier, demandes)


@pytest.mark.parametrize("qui_attend", [0, 1, 2])
def test_the_condition_of_statements_says_what_the_rule_says(
    session: Session, creer: Fabriques, demandes: list[DemandeAvis], avis: Avis, qui_attend: int
) -> None:
    ailleurs: User = creer.responsable()
    repondre(session, *demandes[: len(demandes) - qui_attend])
    for une in Audience:
        avis.audience = une
        session.commit()
        dit = session.scalars(select(Avis.id).where(shared(Avis))).first() is not None
        # On a dossier, who may read it beyond `partage` is the caller's to check.
        regle = can_read_avis(creer.acteur(ailleurs), avis, demandes).ok and une == Audience.PARTAGE
        assert dit == regle, (une, qui_attend)


def test_the_association_is_sent_no_avis_that_its_service_does_not_read_yet(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, demandes: list[DemandeAvis]
) -> None:
    dossier.etat = Etat.ACCEPTE
    une = fabriques_communications.communication(creer, dossier)
    adresse = f"/instruction/communications/{une.id}"
    client.connecter(creer.agent(dossier.service))
    assert CANARI not in client.get(adresse).text
    assert "Des avis ne sont pas lisibles par votre service" in client.texte()
    assert client.get(f"{adresse}/avis/{une.occultations[0].id}").status_code == 404
    client.get(adresse)
    assert client.soumettre(action="/envoyer").status_code == 409
    assert session.scalars(select(Document)).all() == []
    repondre(session, *demandes)
    assert CANARI in client.get(adresse).text
    assert client.soumettre(action="/envoyer").status_code == 200
    assert session.scalars(select(Document.genre)).all() == [GenreDocument.COMMUNICATION]


def test_a_former_version_written_for_who_asked_is_not_opened_by_a_wider_one(
    session: Session, creer: Fabriques, dossier: Dossier, cd: Service, caf: Service
) -> None:
    toutes = [creer.demande_avis(dossier, un) for un in (cd, caf)]
    donne = creer.avis(dossier, creer.agent(cd), audience=Audience.PARTAGE)
    etroite = RevisionAvis(avis_id=donne.id, version=1, texte=CANARI, sens=donne.sens, audience=Audience.SERVICE)
    lue = {un: lit(creer, un, donne, toutes, revision=etroite) for un in (cd, dossier.service, caf)}
    assert lue == {cd: True, dossier.service: True, caf: False}
    assert lit(creer, caf, donne, toutes)


def test_ds_is_told_what_was_sealed_once_the_last_one_awaited_is_taken_back(session: Session, creer: Fabriques) -> None:
    dossier = creer.dossier_ds(etat=Etat.EN_INSTRUCTION)
    dossier.demarche.annotation_avis = "A1"
    scellee, agent = fabriques_avis.saisine(session, scelle=True), creer.agent(dossier.service)
    noe, attendue = fabriques_avis.expert(session), creer.demande_avis(dossier, creer.service(), scellee)
    fabriques_avis.demande(session, dossier, noe, agent, scellee)
    services_avis.give(
        session,
        by=fabriques_avis.acteur_expert(noe),
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte=CANARI,
        audience=Audience.PARTAGE,
    )
    session.query(OperationDS).delete()
    demandes = list_demandes(session, dossier)
    donne = session.scalars(select(Avis)).one()
    assert not can_be_told_to_ds(donne, demandes)
    suites_avis.revoke(session, by=creer.acteur(agent), demande=attendue, motif="Elle ne viendra pas.")
    assert can_be_told_to_ds(donne, demandes)
    assert session.scalars(select(OperationDS.mutation)).all() == ["resumer_avis"]
