"""What becomes of a demande d'avis: reminded, given more time, handed over, taken back, declined, stepped aside from."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid, NotFound, TransitionInterdite
from portal.formats import aujourdhui
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.avis import DemandeAvis, Recusation
from portal.models.connexion import User
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.envois import Courriel
from portal.models.experts import LienExpert
from portal.models.taches import Tache
from portal.permissions import Acteur, GenreActeur
from portal.queries import scelles as seals
from portal.queries import suites_avis as queries
from portal.queries.acteurs import agent_of
from portal.services import saisines, scelles
from portal.services import suites_avis as services
from portal.vocabulaire import Etat, RoleAffectation
from portal.vocabulaire_avis import ClotureAvis
from tests import fabriques_avis, fabriques_lectures
from tests.client import ClientStrict
from tests.factories import Fabriques

DANS_DIX_JOURS = aujourdhui() + timedelta(days=10)


@dataclass
class Lieu:
    """A dossier about which a service and an expert were asked together, and the agents of both services."""

    session: Session
    creer: Fabriques
    dossier: Dossier
    demandeur: User
    saisis: list[User]

    def demande(self, *, expert: bool = False) -> DemandeAvis:
        choix = select(DemandeAvis).where(DemandeAvis.expert_id.is_not(None) == expert)
        return self.session.scalars(choix.order_by(DemandeAvis.id)).one()

    @property
    def par(self) -> Acteur:
        return self.creer.acteur(self.demandeur)

    def saisi(self, rang: int = 0) -> Acteur:
        return self.creer.acteur(self.saisis[rang])

    def expert(self) -> Acteur:
        lui = self.demande(expert=True).expert
        assert lui is not None
        return Acteur(genre=GenreActeur.EXPERT, expert_id=lui.id, nom_affiche=lui.nom_affiche, email=lui.email)

    def lit(self) -> bool:
        service_id = self.saisis[0].affectations[0].service_id
        return self.session.get(AccesDossier, (service_id, self.dossier.id), populate_existing=True) is not None

    def courriels(self) -> list[tuple[str, str]]:
        """Those that left since the last time."""
        tous = list(self.session.scalars(select(Courriel).order_by(Courriel.id)))
        for un in tous:
            self.session.delete(un)
        self.session.flush()
        return [(un.gabarit, un.destinataire) for un in tous]

    def taches(self) -> set[int]:
        """The agents whose task waits."""
        return set(self.session.scalars(select(Tache.user_id).where(Tache.faite_at.is_(None))))


@pytest.fixture
def lieu(session: Session, creer: Fabriques) -> Lieu:
    ddets, drajes = creer.service("DDETS 69"), creer.service("DRAJES ARA", email="drajes@example.org")
    ici = Lieu(
        session,
        creer,
        creer.dossier(ddets, etat=Etat.EN_INSTRUCTION),
        creer.agent(ddets),
        [creer.agent(drajes), creer.agent(drajes)],
    )
    saisines.ask(
        session,
        by=ici.par,
        objets=[ici.dossier],
        consultes=[Consulte(service_id=drajes.id), Consulte(email="noe@univ.example")],
        teneur=TeneurSaisine(question="Tient-il debout ?", echeance=DANS_DIX_JOURS),
        cle=secrets.token_hex(20),
    )
    ici.courriels()
    session.commit()
    return ici


def test_a_reminder_leaves_once_a_day(lieu: Lieu) -> None:
    services.remind(lieu.session, by=lieu.par, demande=lieu.demande())
    services.remind(lieu.session, by=lieu.par, demande=lieu.demande(expert=True))
    assert lieu.courriels() == [("avis_rappele", "drajes@example.org"), ("avis_expert", "noe@univ.example")]
    with pytest.raises(Conflict, match="déjà parti aujourd’hui"):
        services.remind(lieu.session, by=lieu.par, demande=lieu.demande())
    with pytest.raises(Forbidden):
        services.remind(lieu.session, by=lieu.saisi(), demande=lieu.demande())


def test_more_time_is_given_to_one_or_to_all_who_were_asked_together(lieu: Lieu) -> None:
    plus_tard = DANS_DIX_JOURS + timedelta(days=5)
    services.extend(lieu.session, by=lieu.par, demande=lieu.demande(), echeance=plus_tard)
    assert lieu.courriels() == [("avis_prolonge", "drajes@example.org")]
    lieu.session.refresh(lieu.dossier)
    assert lieu.dossier.avis_echeance == DANS_DIX_JOURS
    encore = plus_tard + timedelta(days=1)
    services.extend(lieu.session, by=lieu.par, demande=lieu.demande(), echeance=encore, ensemble=True)
    assert {une.echeance for une in lieu.session.scalars(select(DemandeAvis))} == {encore}
    assert lieu.courriels() == [("avis_prolonge_expert", "noe@univ.example"), ("avis_prolonge", "drajes@example.org")]
    assert lieu.dossier.avis_echeance == encore
    with pytest.raises(Invalid, match="déjà passée"):
        services.extend(lieu.session, by=lieu.par, demande=lieu.demande(), echeance=date(2020, 1, 1))


def test_what_is_taken_back_is_closed_at_once_and_said(lieu: Lieu) -> None:
    services.revoke(lieu.session, by=lieu.par, demande=lieu.demande(), motif="Demandé par erreur.")
    assert (lieu.demande().cloture, lieu.lit()) == (ClotureAvis.REVOQUEE, False)
    services.revoke(lieu.session, by=lieu.par, demande=lieu.demande(expert=True))
    assert lieu.session.scalars(select(LienExpert)).one().revoque_at is not None
    assert lieu.courriels() == [("avis_retire", "drajes@example.org"), ("avis_retire", "noe@univ.example")]
    lieu.session.refresh(lieu.dossier)
    assert (lieu.dossier.avis_demandes, lieu.dossier.avis_echeance) == (0, None)
    with pytest.raises(Conflict, match="plus attendu"):
        services.remind(lieu.session, by=lieu.par, demande=lieu.demande())


def test_a_service_asked_twice_keeps_reading_what_it_is_still_asked_about(lieu: Lieu) -> None:
    demande = lieu.demande()
    demande.repondue_at = demande.created_at
    assert demande.service is not None
    deuxieme = fabriques_avis.demande(lieu.session, lieu.dossier, demande.service, lieu.demandeur)
    services.revoke(lieu.session, by=lieu.par, demande=deuxieme)
    assert lieu.lit()


def test_a_service_that_is_not_concerned_says_why_to_who_asked(lieu: Lieu) -> None:
    with pytest.raises(Invalid, match="pourquoi"):
        services.not_concerned(lieu.session, by=lieu.saisi(), demande=lieu.demande(), motif=" ")
    services.not_concerned(lieu.session, by=lieu.saisi(), demande=lieu.demande(), motif="Hors de notre ressort.")
    assert lieu.courriels() == [("avis_decline", lieu.demandeur.email)]
    assert (lieu.demande().close_motif, lieu.lit()) == ("Hors de notre ressort.", False)
    services.not_concerned(lieu.session, by=lieu.expert(), demande=lieu.demande(expert=True), motif="Je ne sais pas.")
    assert lieu.demande(expert=True).cloture == ClotureAvis.PAS_CONCERNE


def test_an_agent_who_steps_aside_leaves_the_answer_to_the_others(lieu: Lieu) -> None:
    services.transfer(lieu.session, by=lieu.saisi(1), demande=lieu.demande(), agent_id=lieu.saisis[0].id)
    assert lieu.taches() == {lieu.saisis[0].id}
    services.declare_conflict(lieu.session, by=lieu.saisi(), demande=lieu.demande(), motif="J’y suis bénévole.")
    demande = lieu.demande()
    assert (demande.attendue, demande.agent_id, lieu.lit()) == (True, None, True)
    assert lieu.taches() == {lieu.saisis[1].id}
    assert lieu.session.scalars(select(Recusation)).one().user_id == lieu.saisis[0].id
    with pytest.raises(NotFound):
        queries.get(lieu.session, lieu.saisi(), demande.id)
    assert queries.get(lieu.session, lieu.saisi(1), demande.id).agents == [
        (lieu.saisis[1].id, lieu.saisis[1].nom_affiche)
    ]
    with pytest.raises(Invalid, match="de votre service"):
        services.transfer(lieu.session, by=lieu.saisi(1), demande=demande, agent_id=lieu.saisis[0].id)


def test_an_expert_who_steps_aside_is_asked_no_more(lieu: Lieu) -> None:
    services.declare_conflict(lieu.session, by=lieu.expert(), demande=lieu.demande(expert=True), motif="Mon ami.")
    assert lieu.demande(expert=True).cloture == ClotureAvis.CONFLIT
    assert lieu.courriels() == [("avis_decline", lieu.demandeur.email)]
    with pytest.raises(Forbidden):
        services.declare_conflict(lieu.session, by=lieu.expert(), demande=lieu.demande(), motif="Et le reste.")


def test_once_the_dossier_is_decided_an_answer_is_neither_hastened_nor_handed_over(lieu: Lieu) -> None:
    lieu.dossier.etat = Etat.ACCEPTE
    lieu.session.commit()
    for acte in (
        lambda: services.remind(lieu.session, by=lieu.par, demande=lieu.demande()),
        lambda: services.extend(lieu.session, by=lieu.par, demande=lieu.demande(), echeance=None),
        lambda: services.transfer(lieu.session, by=lieu.saisi(), demande=lieu.demande(), agent_id=None),
    ):
        with pytest.raises(TransitionInterdite):
            acte()
    services.revoke(lieu.session, by=lieu.par, demande=lieu.demande())
    assert not lieu.lit()


def _adresse(client: ClientStrict, debut: str) -> str:
    """Where the link that begins so leads."""
    liens = [un for un in client.arbre.iter("a") if "".join(un.itertext()).strip().startswith(debut)]
    return liens[0].get("href", "")


def test_the_avis_of_a_dossier_lead_to_each_demande_and_tell_those_without_answer(
    client: ClientStrict, lieu: Lieu
) -> None:
    services.not_concerned(lieu.session, by=lieu.saisi(), demande=lieu.demande(), motif="Hors de notre ressort.")
    lieu.session.commit()
    client.connecter(lieu.demandeur)
    client.get(f"/instruction/dossiers/{lieu.dossier.reference}/avis")
    assert "pas concerné" in client.texte()
    client.get(_adresse(client, "Voir la demande faite à DRAJES ARA"))
    assert "Hors de notre ressort." in client.texte()


def test_an_avis_asked_on_an_association_is_in_the_tasks_of_the_service(client: ClientStrict, lieu: Lieu) -> None:
    association, drajes = lieu.creer.association(), lieu.saisis[0].affectations[0].service_id
    lieu.creer.dossier(lieu.dossier.service, association=association)
    saisines.ask(
        lieu.session,
        by=lieu.par,
        objets=[association],
        consultes=[Consulte(service_id=drajes)],
        teneur=TeneurSaisine(question="La connaissez-vous ?"),
        cle=secrets.token_hex(20),
    )
    lieu.session.commit()
    client.connecter(lieu.saisis[0])
    client.get("/instruction/taches")
    client.get(_adresse(client, association.denomination))
    assert "La connaissez-vous ?" in client.texte()
    assert association.denomination in client.texte()


def test_the_page_of_a_demande_offers_each_side_its_own_acts(client: ClientStrict, lieu: Lieu) -> None:
    page = f"/instruction/demandes-avis/{lieu.demande().id}"
    lecteur = lieu.creer.agent(lieu.dossier.service, RoleAffectation.LECTEUR)
    client.connecter(lecteur)
    client.get(page)
    assert "en attente" in client.texte()
    assert "Retirer la demande" not in client.texte()
    client.connecter(lieu.demandeur)
    client.get(page)
    jour = {"prolonger-echeance-jour": "31", "prolonger-echeance-mois": "2", "prolonger-echeance-annee": "2099"}
    assert client.soumettre(jour, action="/delai").status_code == 422
    assert "n’existe pas" in client.texte()
    client.get(page)
    jour = {"prolonger-echeance-jour": "1", "prolonger-echeance-mois": "2", "prolonger-echeance-annee": "2099"}
    client.soumettre({**jour, "prolonger-ensemble": "y"}, action="/delai")
    assert "1 février 2099" in client.texte() or "1er février 2099" in client.texte()
    assert "Confier à un collègue" not in client.texte()
    assert client.soumettre({}, action="/rappel").status_code == 200
    assert "Envoyer un rappel" not in client.texte()
    vide = dict.fromkeys(jour, "")
    assert client.soumettre(vide, action="/delai").status_code == 422
    assert "cochez « Ne plus fixer de date »" in client.texte()
    assert client.soumettre({**vide, "prolonger-sans_date": "y"}, action="/delai").status_code == 200
    assert "Aucune date" in client.texte()
    assert "Envoyer un rappel" not in client.texte(), "one a day, whatever becomes of the deadline"
    client.connecter(lieu.saisis[0])
    client.get(page)
    client.soumettre({"transferer-agent": str(lieu.saisis[1].id)}, action="/transfert")
    assert lieu.saisis[1].nom_affiche in client.texte()
    assert client.soumettre({"recuser-motif": ""}, action="/conflit").status_code == 422
    client.get(page)
    client.soumettre({"recuser-motif": "J’y suis bénévole."}, action="/conflit")
    assert client.get(page).status_code == 404
    client.connecter(lieu.saisis[1])
    client.get(page)
    client.soumettre({"decliner-motif": "Hors de notre ressort."}, action="/pas-concerne")
    client.connecter(lieu.demandeur)
    client.get(page)
    assert "pas concerné" in client.texte()
    assert "Hors de notre ressort." in client.texte()


@pytest.mark.parametrize("sur_association", [False, True])
def test_who_has_a_conflict_of_interest_does_nothing_more_with_the_demande_on_either_side(
    lieu: Lieu, sur_association: bool
) -> None:
    """The service refuses by itself, whatever page led to it."""
    association = lieu.creer.association()
    lieu.dossier.association_id = association.id
    scellee = fabriques_avis.saisine(lieu.session, scelle=True)
    objet = association if sur_association else lieu.creer.dossier(lieu.dossier.service, association=association)
    consultes = [lieu.saisis[0].affectations[0].service, lieu.creer.service()]
    une, _ = (fabriques_avis.demande(lieu.session, objet, un, lieu.demandeur, scellee) for un in consultes)
    for agent in (lieu.demandeur, lieu.saisis[0]):
        fabriques_lectures.recuser(lieu.session, agent, objet)
    par, saisi = (_avec_ses_recusations(lieu, un) for un in (lieu.demandeur, lieu.saisis[0]))
    actes: list[Callable[[], object]] = [
        lambda: services.remind(lieu.session, by=par, demande=une),
        lambda: services.extend(lieu.session, by=par, demande=une, echeance=DANS_DIX_JOURS),
        lambda: services.revoke(lieu.session, by=par, demande=une),
        lambda: services.transfer(lieu.session, by=saisi, demande=une, agent_id=None),
        lambda: services.not_concerned(lieu.session, by=saisi, demande=une, motif="Hors de mon champ."),
        lambda: scelles.break_seal(lieu.session, by=par, demande=une, motif="La commission est demain."),
    ]
    for acte in actes:
        with pytest.raises(Forbidden, match="conflit d’intérêts"):
            acte()
    with pytest.raises(NotFound):
        seals.get_to_break(lieu.session, par, une.id)
    assert une.attendue
    services.not_concerned(lieu.session, by=lieu.saisi(1), demande=une, motif="Hors de mon champ.")
    assert not une.attendue


def _avec_ses_recusations(lieu: Lieu, agent: User) -> Acteur:
    acteur = agent_of(lieu.session, agent.id, agent.affectations[0].service_id)
    assert acteur is not None
    return acteur
