"""How a service decides and notifies: its settings, its délégations, its words for a motivation."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid, TransitionInterdite
from portal.formats import aujourdhui, maintenant
from portal.models.decisions import Decision, Delegation, ModeleMotivation
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.lettres import Lettre
from portal.models.services import ReglageService, Service
from portal.models.taches import Tache
from portal.queries import fiches
from portal.services import decisions, delegations
from portal.services.decisions import LigneOctroi, Teneur
from portal.vocabulaire import Etat, MotifDecision, RoleAffectation, SensDecision
from portal.vocabulaire_instruction import EtatLettre, GenreTache, ModeNotification, NatureOctroi, QuiDecide
from tests.client import ClientStrict
from tests.fabriques_decisions import deleguer, regler
from tests.fabriques_octrois import modele, proposition
from tests.factories import Fabriques

ACCORD = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1200.00"))


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    return creer.dossier(service, etat=Etat.EN_INSTRUCTION)


def test_a_responsable_sets_how_the_service_decides_and_is_told_of_another_hand(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service
) -> None:
    client.connecter(creer.responsable(service))
    client.get("/instruction/reglages")
    choix = {
        "qui_decide": "instructeur",
        "proposition_requise": "oui",
        "mode_notification": "parapheur",
        "ville": "Lyon",
        "siret": "130 025 265 00013",
    }
    client.soumettre({**choix, "siret": "130 025 265 00014"}, action="/reglages")
    assert "SIRET" in client.texte()
    assert session.get_one(Service, service.id, populate_existing=True).siret == ""
    client.get("/instruction/reglages")
    client.soumettre(choix, action="/reglages")
    assert "Les réglages du service sont enregistrés." in client.texte()
    reglage = session.get_one(ReglageService, service.id, populate_existing=True)
    assert (reglage.qui_decide, reglage.proposition_requise) == (QuiDecide.INSTRUCTEUR, True)
    assert (reglage.mode_notification, reglage.ville, reglage.version) == (ModeNotification.PARAPHEUR, "Lyon", 2)
    assert session.get_one(Service, service.id, populate_existing=True).siret == "13002526500013"
    assert client.poster("/instruction/reglages", {**choix, "version": "1"}).status_code == 409
    assert "Une autre personne a modifié" in client.texte()
    client.connecter(creer.agent(service))
    assert client.get("/instruction/reglages").status_code == 403


def test_a_service_that_has_said_nothing_cannot_notify_and_reads_why(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    regler(session, service, mode_notification=None)
    responsable = creer.responsable(service)
    acteur = creer.acteur(responsable)
    decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD)
    session.commit()
    with pytest.raises(Forbidden, match="n’a pas encore dit comment"):
        decisions.notify(session, by=acteur, dossier=dossier, version=1)
    client.connecter(responsable)
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert "n’a pas encore dit comment ses décisions partent" in client.texte()
    assert "Notifier la décision" not in client.texte()


def test_where_acts_are_signed_nothing_leaves_before_the_letter_is_back(
    session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    regler(session, service, mode_notification=ModeNotification.PARAPHEUR)
    acteur = creer.acteur(creer.responsable(service))
    decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD)
    with pytest.raises(Forbidden, match="n’est pas revenue du parapheur"):
        decisions.notify(session, by=acteur, dossier=dossier, version=1)
    lettre = session.scalars(select(Lettre)).one()
    lettre.etat = EtatLettre.SIGNEE
    decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD, version=1)
    session.refresh(lettre)
    assert lettre.etat == EtatLettre.REMPLACEE
    with pytest.raises(Forbidden, match="n’est pas revenue du parapheur"):
        decisions.notify(session, by=acteur, dossier=dossier, version=2)
    session.scalars(select(Lettre).where(Lettre.decision_version == 2)).one().etat = EtatLettre.SIGNEE
    decision = decisions.notify(session, by=acteur, dossier=dossier, version=2)
    assert (dossier.etat, decision.mode) == (Etat.ACCEPTE, ModeNotification.PARAPHEUR)


def test_an_instructeur_decides_where_the_service_says_so_and_under_a_delegation(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    agent = creer.agent(service)
    adresse = f"/instruction/dossiers/{dossier.reference}/decider"
    client.connecter(agent)
    assert client.get(adresse).status_code == 403
    regler(session, service, qui_decide=QuiDecide.INSTRUCTEUR)
    assert client.get(adresse).status_code == 403
    assert "Aucune délégation de signature à votre nom" in client.texte()
    deleguer(session, agent, qualite="Cheffe de pôle")
    client.get(adresse)
    client.soumettre({"sens": "accepte", "lignes-0-montant": "900"}, action="/decider")
    decision = session.scalars(select(Decision)).one()
    assert decision.auteur_qualite == f"Cheffe de pôle, {service.nom}"


def test_a_proposition_comes_first_where_the_service_asks_for_it(
    session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    regler(session, service, proposition_requise=True)
    agent, acteur = creer.agent(service), creer.acteur(creer.responsable(service))
    with pytest.raises(TransitionInterdite, match="aucune proposition"):
        decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD)
    decisions.propose(session, by=creer.acteur(agent), dossier=dossier, teneur=ACCORD, commentaire="Solide.")
    decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD)
    with pytest.raises(TransitionInterdite, match="Une décision est déjà enregistrée"):
        decisions.propose(session, by=creer.acteur(agent), dossier=dossier, teneur=ACCORD, version=1)


@pytest.mark.parametrize(
    ("valeurs", "erreur", "message"),
    [
        ({"fin": -1}, Forbidden, "elle a pris fin le"),
        ({"debut": 1}, Forbidden, "elle ne commence que le"),
        ({"demarches": [0]}, Forbidden, "elle ne porte pas sur cette démarche"),
        ({"retiree_at": maintenant()}, Forbidden, "elle a été retirée le"),
        ({"plafond": Decimal(1000)}, Invalid, "dépasse le plafond de votre délégation"),
    ],
)
def test_the_dates_the_demarches_and_the_ceiling_of_a_delegation_bound_what_is_decided(
    session: Session,
    creer: Fabriques,
    service: Service,
    dossier: Dossier,
    valeurs: dict[str, object],
    erreur: type[Exception],
    message: str,
) -> None:
    agent = creer.agent(service)
    regler(session, service, qui_decide=QuiDecide.INSTRUCTEUR)
    jours = {nom: aujourdhui() + timedelta(days=n) for nom, n in valeurs.items() if isinstance(n, int)}
    deleguer(session, agent, **{**valeurs, **jours})
    en_nature = LigneOctroi(exercice=2026, nature=NatureOctroi.NATURE, montant=Decimal(300))
    teneur = Teneur(sens=SensDecision.ACCEPTE, lignes=(LigneOctroi(exercice=2026, montant=Decimal(800)), en_nature))
    with pytest.raises(erreur, match=message):
        decisions.decide(session, by=creer.acteur(agent), dossier=dossier, teneur=teneur)


def test_a_delegation_that_ends_before_the_notification_stops_it(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    responsable, autre = creer.responsable(service), creer.responsable(service)
    acteur = creer.acteur(responsable)
    decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD)
    session.commit()
    client.connecter(autre)
    client.get("/instruction/reglages/delegations")
    sienne = session.scalars(select(Delegation).where(Delegation.user_id == responsable.id)).one()
    client.soumettre(action=f"/delegations/{sienne.id}/fin")
    assert "La délégation a pris fin." in client.texte()
    with pytest.raises(Forbidden, match="ne vaut plus ici : elle a été retirée le"):
        decisions.notify(session, by=creer.acteur(autre), dossier=dossier, version=1)
    decisions.decide(session, by=creer.acteur(autre), dossier=dossier, teneur=ACCORD, version=1)
    decisions.notify(session, by=creer.acteur(autre), dossier=dossier, version=2)
    assert dossier.etat == Etat.ACCEPTE
    with pytest.raises(Conflict, match="a déjà pris fin"):
        delegations.end(session, by=creer.acteur(autre), delegation=sienne)
    actes = session.scalars(select(Evenement.action).where(Evenement.objet == f"service:{service.id}"))
    assert "delegation_retiree" in list(actes)


@pytest.mark.parametrize(
    ("valeurs", "raison"),
    [
        ({"fin": -1}, "elle a pris fin le"),
        ({"retiree_at": maintenant()}, "elle a été retirée le"),
        ({"plafond": Decimal(1000)}, "le total, 1 200,00 €, dépasse son plafond, 1 000,00 €"),
        ({"demarches": [0]}, "elle ne porte pas sur cette démarche"),
    ],
)
def test_a_decision_leaves_only_within_the_bounds_of_the_delegation_it_was_taken_under(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    service: Service,
    dossier: Dossier,
    valeurs: dict[str, object],
    raison: str,
) -> None:
    responsable, seconde = creer.responsable(service), creer.responsable(service)
    decisions.decide(session, by=creer.acteur(responsable), dossier=dossier, teneur=ACCORD)
    sous = session.scalars(select(Delegation).where(Delegation.user_id == responsable.id)).one()
    for nom, valeur in valeurs.items():
        setattr(sous, nom, aujourdhui() + timedelta(days=valeur) if isinstance(valeur, int) else valeur)
    session.commit()
    client.connecter(seconde)
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert "Notifier la décision" not in client.texte()
    assert f"La délégation de {responsable.nom_affiche}" in client.texte()
    for phrase in raison.split(", "):
        assert phrase in client.texte()
    reponse = client.poster(f"/instruction/dossiers/{dossier.reference}/notifier", {"version": "1"})
    assert reponse.status_code == 403
    assert "Rien n’est parti." in client.texte()
    session.refresh(dossier)
    assert dossier.etat == Etat.EN_INSTRUCTION


def test_a_delegation_is_added_by_a_responsable_to_somebody_who_instructs(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service
) -> None:
    agent, lecteur = creer.agent(service), creer.agent(service, RoleAffectation.LECTEUR)
    demarche = creer.demarche(service)
    client.connecter(creer.responsable(service))
    client.get("/instruction/reglages/delegations")
    valeurs: dict[str, str | list[str]] = {
        "agent": str(agent.id),
        "qualite": "Cheffe de pôle",
        "reference": "Arrêté n° 12",
        "debut-jour": "1",
        "debut-mois": "1",
        "debut-annee": "2026",
        "plafond": "23 000",
        "demarches": [str(demarche.id)],
    }
    client.soumettre(valeurs, action="/delegations")
    assert "La délégation est notée." in client.texte()
    assert "23 000,00 €" in client.texte()
    notee = session.scalars(select(Delegation).where(Delegation.user_id == agent.id)).one()
    assert (notee.plafond, notee.demarches) == (Decimal(23000), [demarche.id])
    assert client.poster("/instruction/reglages/delegations", {**valeurs, "agent": str(lecteur.id)}).status_code == 422
    client.soumettre({**valeurs, "fin-jour": "1", "fin-mois": "1", "fin-annee": "2025"}, action="/delegations")
    assert "La fin vient après le début" in client.texte()


def test_a_model_gives_its_words_to_a_motivation_and_an_unknown_field_is_refused(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    client.connecter(creer.responsable(service))
    client.get("/instruction/reglages/motivations")
    client.soumettre({"titre": "Épuisés", "texte": "Pour {assocation}."}, action="/motivations")
    assert "Ces champs n’existent pas : {assocation}." in client.texte()
    mots = "Les crédits de {demarche} manquent à {association}."
    client.soumettre({"titre": "Épuisés", "texte": mots, "motif": "credits_epuises"}, action="/motivations")
    connu = session.scalars(select(ModeleMotivation)).one()
    attendu = f"Les crédits de {dossier.demarche.titre} manquent à {dossier.demandeur_nom}."
    adresse = f"/instruction/dossiers/{dossier.reference}/decider"
    client.get(f"{adresse}?modele={connu.id}")
    assert attendu in client.texte()
    client.get(adresse)
    garde = {"sens": "refuse", "motif": "priorite", "conditions": "Rien", "modele": str(connu.id), "rester": "modele"}
    assert client.poster(adresse, garde).status_code == 200
    assert attendu in client.texte()
    assert session.scalars(select(Decision)).all() == []
    d_un_autre = modele(creer, creer.service())
    assert client.get(f"{adresse}?modele={d_un_autre.id}").status_code == 404
    client.get("/instruction/reglages/motivations")
    client.soumettre(action=f"/motivations/{connu.id}/retirer")
    assert "Aucun modèle pour le moment." in client.texte()


def test_what_is_proposed_begins_the_decision(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    agent = creer.agent(service)
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/proposer")
    client.soumettre(
        {"sens": "refuse", "motif": "priorite", "motivation": "Moins prioritaire.", "commentaire": "À confirmer."},
        action="/proposer",
    )
    assert "La proposition est enregistrée." in client.texte()
    client.connecter(creer.responsable(service))
    client.get(f"/instruction/dossiers/{dossier.reference}/decider")
    for attendu in ("Moins prioritaire.", "À confirmer.", agent.nom_affiche):
        assert attendu in client.texte()
    client.get(f"/instruction/dossiers/{dossier.reference}")
    assert "À confirmer." in client.texte(), "the page that the task opens"
    client.get(f"/instruction/dossiers/{dossier.reference}/decider")
    client.soumettre(action="/decider")
    decision = session.scalars(select(Decision)).one()
    assert (decision.sens, decision.motif) == (SensDecision.REFUSE, MotifDecision.PRIORITE)
    assert not fiches.get(session, creer.acteur(agent), dossier.reference).offre.proposer


def test_two_propositions_at_once_show_each_other(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    proposition(creer, dossier, creer.agent(service), Decimal(777))
    client.connecter(creer.agent(service))
    adresse = f"/instruction/dossiers/{dossier.reference}/proposer"
    envoi = {"sens": "refuse", "motif": "priorite", "motivation": "Mes mots.", "version": "0"}
    assert client.poster(adresse, envoi).status_code == 409
    texte = client.texte()
    for attendu in ("777,00 €", "Mes mots.", "Une autre personne a enregistré entre-temps"):
        assert attendu in texte


def test_a_proposition_waits_for_each_responsable_once_whatever_its_changes_until_somebody_decides(
    session: Session, creer: Fabriques, service: Service, dossier: Dossier
) -> None:
    premiere, seconde = creer.responsable(service), creer.responsable(service)
    creer.agent(service, RoleAffectation.LECTEUR)
    creer.responsable()
    instructeur = creer.acteur(creer.agent(service))
    attendues = select(Tache.user_id).where(Tache.genre == GenreTache.PROPOSITION, Tache.faite_at.is_(None))
    for version in (0, 1):
        decisions.propose(session, by=instructeur, dossier=dossier, teneur=ACCORD, version=version)
        assert sorted(session.scalars(attendues)) == sorted((premiere.id, seconde.id))
    decisions.propose(session, by=creer.acteur(premiere), dossier=dossier, teneur=ACCORD, version=2)
    assert list(session.scalars(attendues)) == [seconde.id], "nobody is told of her own"
    decisions.decide(session, by=creer.acteur(premiere), dossier=dossier, teneur=ACCORD)
    assert list(session.scalars(attendues)) == []
