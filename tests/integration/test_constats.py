"""Statements of facts: read by very few, answered by the association, closed and erased in time."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.journal import Evenement, EvenementDetail
from portal.models.manquements import Constat, ReponseConstat
from portal.models.services import Service
from portal.queries import constats as queries
from portal.queries.constats import aujourdhui
from portal.services import constats
from portal.vocabulaire import Etat, GenreDocument, RoleAffectation, RoleMandat
from portal.vocabulaire_cer import ClotureConstat
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques

CANARI = "CANARI-CONSTAT-5521"
REPONSE = "CANARI-REPONSE-1187"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Amis du Canal")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, association=association)


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    presidente = creer.usager()
    creer.mandat(presidente, association)
    return presidente


@pytest.fixture
def auteur(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def constat(creer: Fabriques, auteur: User, dossier: Dossier, association: Association) -> Constat:
    return creer.constat(auteur, association, faits=CANARI)


def champs_de_date(nom: str, jour: date) -> dict[str, str]:
    return {f"{nom}-jour": str(jour.day), f"{nom}-mois": str(jour.month), f"{nom}-annee": str(jour.year)}


def saisie(**valeurs: str) -> dict[str, str]:
    """What an agent types."""
    jour = champs_de_date("date_faits", aujourdhui() - timedelta(days=2))
    return {**jour, "faits": CANARI, "source": "Visite du service", "sans_personne": "y", **valeurs}


def consigner(client: ClientStrict, dossier: Dossier, **valeurs: str) -> int:
    client.get(f"/instruction/dossiers/{dossier.reference}/constats/nouveau")
    return client.soumettre(saisie(**valeurs), action="/constats/nouveau").status_code


def page(constat: Constat) -> str:
    return f"/instruction/constats/{constat.reference}"


def test_facts_are_recorded_from_the_dossier_and_the_association_is_told_without_content(
    client: ClientStrict, session: Session, auteur: User, dossier: Dossier, presidente: User
) -> None:
    client.connecter(auteur)
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert "Consigner un constat" in client.texte()
    assert consigner(client, dossier) == 200
    assert CANARI in client.texte()
    constat = session.scalars(select(Constat)).one()
    assert constat.reponse_avant == aujourdhui() + timedelta(days=30)
    assert (constat.conserve_jusqu_au - aujourdhui()).days in (365, 366)
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.destinataire, courriel.gabarit) == (presidente.email, "constat_consigne")
    assert CANARI not in str(courriel.donnees)
    assert "Visite" not in str(courriel.donnees)


@pytest.mark.parametrize(
    ("valeurs", "message"),
    [
        ({"faits": " "}, "Écrivez les faits constatés."),
        ({"source": ""}, "Dites d’où ces faits sont connus."),
        ({"date_faits-jour": "", "date_faits-mois": "", "date_faits-annee": ""}, "Donnez la date des faits."),
        ({"reponse_jours": "14"}, "de 15 à 150"),
        (champs_de_date("date_faits", aujourdhui() + timedelta(days=1)), "Cette date est à venir"),
    ],
)
def test_what_is_missing_or_unlawful_comes_back_with_what_was_typed(
    client: ClientStrict, session: Session, auteur: User, dossier: Dossier, valeurs: dict[str, str], message: str
) -> None:
    client.connecter(auteur)
    assert consigner(client, dossier, **{"source": "Rapport du 2 mars", **valeurs}) == 422
    assert message in client.texte()
    assert session.scalars(select(Constat)).all() == []


def test_nothing_is_recorded_until_the_author_says_that_nobody_private_is_named(
    client: ClientStrict, session: Session, auteur: User, dossier: Dossier
) -> None:
    client.connecter(auteur)
    client.get(f"/instruction/dossiers/{dossier.reference}/constats/nouveau")
    assert "ni nom de personne privée" in client.texte()
    sans_case = {nom: valeur for nom, valeur in saisie().items() if nom != "sans_personne"}
    assert client.soumettre(sans_case, action="/constats/nouveau").status_code == 422
    assert "puis cochez cette case" in client.texte()
    assert session.scalars(select(Constat)).all() == []


def test_it_is_read_by_its_author_the_responsables_and_the_agents_named_and_by_nobody_else(
    client: ClientStrict, creer: Fabriques, ddets: Service, auteur: User, constat: Constat, dossier: Dossier
) -> None:
    collegue, saisi = creer.agent(ddets, RoleAffectation.LECTEUR), creer.responsable()
    creer.demande_avis(dossier, saisi.affectations[0].service)
    for lecteur, statut in ((auteur, 200), (creer.responsable(ddets), 200), (collegue, 404), (saisi, 404)):
        client.connecter(lecteur)
        assert client.get(page(constat)).status_code == statut
    client.connecter(auteur)
    client.get(page(constat))
    assert client.soumettre({"agent": str(collegue.id)}, action="/lecteurs").status_code == 200
    client.connecter(collegue)
    assert client.get(page(constat)).status_code == 200
    assert "Classer sans suite" not in client.texte()
    assert client.poster(f"{page(constat)}/cloture", {"cloture": "sans_suite"}).status_code == 403
    client.connecter(auteur)
    client.get(page(constat))
    client.soumettre(action="/lecteurs/retrait")
    client.connecter(collegue)
    assert client.get(page(constat)).status_code == 404


def test_only_an_agent_of_the_service_may_be_named(
    session: Session, creer: Fabriques, auteur: User, constat: Constat
) -> None:
    acteur, etranger = creer.acteur(auteur), creer.agent()
    fiche = queries.get(session, acteur, constat.reference)
    with pytest.raises(Invalid):
        constats.name_reader(session, by=acteur, fiche=fiche, user_id=etranger.id)


def test_a_lecteur_and_another_service_record_nothing(
    session: Session, creer: Fabriques, ddets: Service, association: Association, dossier: Dossier
) -> None:
    faits = constats.Faits(faits=CANARI, date_faits=aujourdhui(), source="Visite")
    for agent in (creer.agent(ddets, RoleAffectation.LECTEUR), creer.responsable()):
        with pytest.raises(Forbidden):
            constats.state(
                session,
                by=creer.acteur(agent),
                association=association,
                faits=faits,
                reponse_jours=30,
                conservation_mois=12,
            )


DERNIERE_VISITE = r"Depuis votre dernière visite, le [^<:]*"


def _vues(client: ClientStrict, creer: Fabriques, session: Session, agents: list[User], dossier: Dossier) -> list[str]:
    """What these agents see of the portal, page by page, without the tokens that change at each answer."""
    vues = []
    for agent in agents:
        client.connecter(agent)
        for adresse in (
            "/",
            "/instruction/dossiers",
            "/instruction/dossiers?q=Canal",
            f"/instruction/dossiers/{dossier.reference}",
            f"/instruction/dossiers/{dossier.reference}/decision",
            f"/instruction/dossiers/{dossier.reference}/impression",
            "/instruction/mandats",
            "/instruction/cer",
            "/instruction/cer/bilan",
            "/plan-du-site",
        ):
            reponse = client.get(adresse)
            assert reponse.status_code < 500, adresse
            jetons = r'(name="csrf_token" value="|X-CSRFToken"?: ?"|X-CSRFToken&#34;: ?&#34;)[^"&]+'
            vues.append(f"{reponse.status_code} {re.sub(jetons, '', re.sub(DERNIERE_VISITE, '', reponse.text))}")
        acteur = creer.acteur(agent)
        parametres = {"service_id": acteur.service_id, "filtre": {}}
        genre, at = GenreDocument.FILE_DOSSIERS, dossier.created_at
        export = Document(auteur_id=agent.id, genre=genre, parametres=parametres, created_at=at)
        livre = load_workbook(BytesIO(classeur_de(session, export)))
        vues.append(str([list(feuille.iter_rows(values_only=True)) for feuille in livre]))
    return vues


def test_with_or_without_a_statement_others_see_the_very_same_pages_and_exports(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, auteur: User, dossier: Dossier
) -> None:
    saisi = creer.responsable()
    creer.demande_avis(dossier, saisi.affectations[0].service)
    autres = [saisi, creer.responsable(), creer.agent(ddets), creer.agent(ddets, RoleAffectation.LECTEUR)]
    _vues(client, creer, session, autres, dossier)
    avant = _vues(client, creer, session, autres, dossier)
    association = session.get_one(Association, dossier.association_id)
    constat = creer.constat(auteur, association, faits=CANARI)
    constats.close(session, by=creer.acteur(auteur), constat=constat, cloture=ClotureConstat.SANS_SUITE)
    creer.constat(auteur, association, faits=CANARI)
    session.commit()
    apres = _vues(client, creer, session, autres, dossier)
    assert avant == apres
    client.connecter(auteur)
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert constat.reference in client.texte(), "the same pages do show it to who may read it"


def test_the_association_reads_and_its_answer_travels_with_the_statement(
    client: ClientStrict, session: Session, creer: Fabriques, auteur: User, constat: Constat, presidente: User
) -> None:
    client.connecter(presidente)
    client.get(f"/associations/{constat.association_id}")
    assert "Constats de services" in client.texte()
    client.get(f"/constats/{constat.reference}")
    assert CANARI in client.texte()
    assert auteur.nom_affiche not in client.texte()
    assert client.soumettre({"texte": REPONSE}, action="/reponse").status_code == 200
    assert REPONSE in client.texte()
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.destinataire, courriel.gabarit) == (auteur.email, "constat_repondu")
    client.connecter(auteur)
    client.get(page(constat))
    assert REPONSE in client.texte()


def test_only_those_who_represent_the_association_read_it_on_its_side(
    client: ClientStrict, creer: Fabriques, constat: Constat, association: Association
) -> None:
    declaree, redactrice, autre = creer.usager(), creer.usager(), creer.usager()
    creer.mandat(declaree, association, prouve=False)
    creer.mandat(redactrice, association, RoleMandat.REDACTEUR)
    creer.mandat(autre, creer.association())
    for usager in (declaree, redactrice, autre):
        client.connecter(usager)
        assert client.get(f"/constats/{constat.reference}").status_code == 404
        assert client.poster(f"/constats/{constat.reference}/reponse", {"texte": "x"}).status_code == 404
    client.connecter(redactrice)
    client.get(f"/associations/{association.id}")
    assert "Constats de services" not in client.texte()


def test_after_the_date_or_the_closing_nobody_answers_and_the_page_says_so(
    client: ClientStrict, session: Session, creer: Fabriques, auteur: User, constat: Constat, presidente: User
) -> None:
    constat.reponse_avant = aujourdhui()
    session.commit()
    client.connecter(presidente)
    client.get(f"/constats/{constat.reference}")
    assert "Envoyer la réponse" in client.texte(), "the last day is of the delay"
    constat.reponse_avant = aujourdhui() - timedelta(days=1)
    session.commit()
    client.get(f"/constats/{constat.reference}")
    assert "Le délai de réponse est passé" in client.texte()
    assert "Envoyer la réponse" not in client.texte()
    assert client.poster(f"/constats/{constat.reference}/reponse", {"texte": "Trop tard"}).status_code == 409
    constats.close(session, by=creer.acteur(auteur), constat=constat, cloture=ClotureConstat.SANS_SUITE)
    session.commit()
    client.get(f"/constats/{constat.reference}")
    assert "classé sans suite" in client.texte()
    assert session.scalars(select(ReponseConstat)).all() == []


def test_every_reading_is_journaled_and_no_word_of_it_enters_the_journal(
    client: ClientStrict, session: Session, auteur: User, dossier: Dossier, presidente: User
) -> None:
    client.connecter(auteur)
    consigner(client, dossier)
    constat = session.scalars(select(Constat)).one()
    client.connecter(presidente)
    client.get(f"/constats/{constat.reference}")
    client.soumettre({"texte": REPONSE}, action="/reponse")
    evenements = session.scalars(
        select(Evenement).where(Evenement.objet == f"constat:{constat.id}").order_by(Evenement.seq)
    ).all()
    lecteurs = [e.acteur for e in evenements if e.action == "constat_consulte"]
    assert lecteurs == [f"agent:{auteur.id}", f"usager:{presidente.id}", f"usager:{presidente.id}"]
    details = str([detail.valeurs for detail in session.scalars(select(EvenementDetail))])
    assert CANARI not in details
    assert REPONSE not in details
    client.connecter(auteur)
    client.get(page(constat))
    assert f"{presidente.nom_affiche}, le" in client.texte()


def test_when_nobody_represents_the_association_it_is_told_later_with_its_whole_delay(
    client: ClientStrict, session: Session, creer: Fabriques, auteur: User, dossier: Dossier, association: Association
) -> None:
    client.connecter(auteur)
    consigner(client, dossier)
    assert "L’association n’est pas encore informée" in client.texte()
    constat = session.scalars(select(Constat)).one()
    with pytest.raises(Conflict):
        constats.inform(session, by=creer.acteur(auteur), constat=constat)
    constat.created_at -= timedelta(days=10)
    constat.reponse_avant -= timedelta(days=10)
    creer.mandat(creer.usager(), association)
    client.get(page(constat))
    client.soumettre(action="/information")
    assert "L’association est informée depuis" in client.texte()
    session.refresh(constat)
    assert constat.reponse_avant == aujourdhui() + timedelta(days=30)


def test_what_nobody_closes_closes_by_itself_and_its_words_are_erased(
    client: ClientStrict, session: Session, auteur: User, constat: Constat, presidente: User
) -> None:
    session.add(ReponseConstat(constat_id=constat.id, auteur_id=presidente.id, texte=REPONSE))
    constat.conserve_jusqu_au = aujourdhui()
    assert constats.expire(session) == 0, "the last day is of the delay"
    constat.conserve_jusqu_au = aujourdhui() - timedelta(days=1)
    session.commit()
    assert (constats.expire(session), constats.expire(session)) == (1, 0)
    session.commit()
    session.refresh(constat)
    assert (constat.cloture, constat.faits, constat.source) == (ClotureConstat.DELAI, "", "")
    client.connecter(auteur)
    client.get(page(constat))
    assert "les faits et les réponses sont effacés" in client.texte()
    assert REPONSE not in client.texte()


def test_a_statement_that_a_withdrawal_leans_on_outlives_its_delay_until_the_end_of_the_procedure(
    session: Session, creer: Fabriques, ddets: Service, auteur: User, association: Association
) -> None:
    accorde = creer.dossier(ddets, etat=Etat.ACCEPTE, association=association)
    creer.decision(accorde, creer.responsable(ddets), notified_at=accorde.created_at)
    constat = creer.constat(auteur, association, conserve_jusqu_au=aujourdhui() - timedelta(days=1))
    retrait = creer.retrait(accorde, constat_id=constat.id)
    assert constats.expire(session) == 0
    retrait.renonce_at = accorde.created_at
    session.flush()
    assert constats.expire(session) == 1
