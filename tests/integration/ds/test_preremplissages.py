"""A request started from an association's page: what leaves, what the person is told, and how it is found again once filed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import DSIndisponible
from integrations.demarches_simplifiees.ordres import EtatPrerempli, Prerempli
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.gens import brouillons
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.db import Fabrique
from portal.formats import maintenant, siret_fr
from portal.models.associations import Association, FaitAssociation
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.preremplissages import Preremplissage
from portal.permissions import Acteur, GenreActeur, MandatActif
from portal.queries.preremplissages import prepare as preparer
from portal.services import envoi_preremplissages, preremplissages, synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire import RoleMandat, Source
from portal.vocabulaire_ds import EtatPreremplissage
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE

NOM, ADRESSE, SIRET = "Nom de l’association", "Adresse du siège", "Numéro SIRET de l’association"


class ClientSansReponse(ClientDS):
    """The real client, whose next answers to a prefill are lost once DS has opened the draft; `mort`: with their worker."""

    pertes = 1
    mort = False

    def preremplir(self, *args: Any, **kwargs: Any) -> Prerempli:
        recu = super().preremplir(*args, **kwargs)
        if self.pertes:
            self.pertes -= 1
            if self.mort:
                raise KeyboardInterrupt
            raise DSIndisponible("Démarches Simplifiées n’a pas répondu à temps : l’échange sera repris.")
        return recu


class ClientMuet(ClientDS):
    """The client of a DS that answers nothing; it counts what it was asked."""

    demandes = 0

    def suivre_preremplis(self, demarche: int, jetons: Sequence[str]) -> tuple[EtatPrerempli, ...]:
        self.demandes += 1
        raise DSIndisponible("Démarches Simplifiées n’a pas répondu à temps : l’échange sera repris.")


@pytest.fixture
def lea(creer: Fabriques) -> User:
    """She represents an association, whose address is of a town that the simulated DS does not know."""
    return creer.usager(prenom="Léa", nom="Durand", email="lea@association.example")


@pytest.fixture
def association(creer: Fabriques, lea: User) -> Association:
    association = creer.association(denomination="Les Jardins du canal")
    creer.mandat(lea, association)
    return association


@pytest.fixture
def page(moyens: Moyens, demarche: Demarche, client: ClientStrict, lea: User, association: Association) -> str:
    """Where she starts the request; the form of the démarche has been read."""
    assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    client.connecter(lea)
    return f"/associations/{association.id}/demarches-simplifiees/{demarche.id}"


def commencer(client: ClientStrict, page: str, sauf: tuple[str, ...] = ()) -> int:
    """Tick off these questions and send; the id of the draft."""
    assert client.get(page).status_code == 200
    formulaire = client.formulaire()
    gardes = [
        case.get("value", "")
        for case in formulaire.iter("input")
        if case.get("name") == "champs" and _etiquette(formulaire, case.get("id", "")) not in sauf
    ]
    reponse = client.soumettre({"champs": gardes}, suivre=False)
    assert reponse.status_code == 303
    return int(reponse.location.rpartition("/")[2])


def _etiquette(formulaire: Any, ident: str) -> str:
    return next(html.texte(un) for un in formulaire.iter("label") if un.get("for") == ident)


def suivi(page: str, ident: int) -> str:
    return f"{page.rpartition('/')[0]}/brouillons/{ident}"


def relu(session: Session, ident: int) -> Preremplissage:
    session.expire_all()
    return session.get_one(Preremplissage, ident)


def plus_tard(session: Session, *, age: timedelta = timedelta()) -> None:
    """As if every wait were over, and the drafts that much older."""
    passe = maintenant() - timedelta(seconds=1)
    session.execute(update(Preremplissage).values(prochain_essai=passe, created_at=Preremplissage.created_at - age))
    session.commit()


def brouillon(simulateur: Simulateur) -> tuple[str, Any]:
    """The one draft of DS: its secret, and what it holds."""
    ((jeton, un),) = simulateur.donnees.brouillons.items()
    return jeton, un


def lien(client: ClientStrict) -> Any:
    return next(un for un in client.arbre.iter("a") if html.texte(un) == "Continuer sur Démarches Simplifiées")


def test_the_association_page_leads_to_the_open_demarches(
    client: ClientStrict,
    page: str,
    association: Association,
    demarche: Demarche,
    simulateur: Simulateur,
    moyens: Moyens,
) -> None:
    client.get(f"/associations/{association.id}")
    assert "Commencer une demande sur Démarches Simplifiées" in client.texte()
    client.get(page.rpartition("/")[0])
    assert demarche.service.nom in client.texte()
    simulateur.donnees.demarches[DEMARCHE]["state"] = "close"
    synchronisation.sync(moyens, DEMARCHE)
    client.get(f"/associations/{association.id}")
    assert "Commencer une demande sur Démarches Simplifiées" not in client.texte()
    assert client.get(page).status_code == 404


def test_the_page_says_each_answer_and_its_source_and_only_what_is_ticked_leaves(
    client: ClientStrict, page: str, association: Association, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    client.get(page)
    assert " ".join(f"« {siret_fr(association.siret_siege)} »".split()) in client.texte()
    assert "« Les Jardins du canal ». Source : fiche de l’association." in client.texte()
    ident = commencer(client, page, sauf=(SIRET, "Nom du demandeur"))
    assert simulateur.donnees.brouillons == {}
    envoi_preremplissages.run_one(moyens, ident)
    _, chez_ds = brouillon(simulateur)
    assert sorted(chez_ds["reponses"].values()) == ["Durand", "Les Jardins du canal", "Léa"]
    assert chez_ds["identite"] == {"identite_prenom": "Léa"}
    assert relu(session, ident).number == chez_ds["number"]


def test_the_page_waits_by_itself_until_the_link_is_there(
    client: ClientStrict, page: str, moyens: Moyens, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)
    attente = client.fragment(suivi(page, ident))
    assert "hx-trigger" in attente.text
    assert "Actualiser" in attente.text
    envoi_preremplissages.run_one(moyens, ident)
    assert "hx-trigger" not in client.fragment(suivi(page, ident)).text
    client.get(suivi(page, ident))
    assert lien(client).get("href").startswith(simulateur.url.partition("/api/")[0])
    assert "noopener" in lien(client).get("rel")
    assert "cinq jours" in client.texte()


def test_a_page_sent_twice_starts_one_request(
    client: ClientStrict, page: str, moyens: Moyens, simulateur: Simulateur
) -> None:
    client.get(page)
    premiere, seconde = (client.soumettre(suivre=False).location for _ in range(2))
    assert premiere == seconde
    envoi_preremplissages.run_due(moyens)
    envoi_preremplissages.run_due(moyens)
    assert len(simulateur.donnees.brouillons) == 1
    client.get(page)
    assert "Vous avez déjà commencé cette demande" in client.texte()


def test_once_filed_the_dossier_is_linked_its_secret_forgotten_and_what_ds_dropped_is_said(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)
    envoi_preremplissages.run_one(moyens, ident)
    jeton, chez_ds = brouillon(simulateur)
    brouillons.deposer(simulateur.donnees, jeton)
    plus_tard(session)
    envoi_preremplissages.run_due(moyens)
    client.get(suivi(page, ident))
    assert "Vous avez déposé cette demande" in client.texte()
    synchronisation.sync(moyens, DEMARCHE)
    envoi_preremplissages.run_due(moyens)
    depose = relu(session, ident)
    dossier = session.scalars(select(Dossier).join(DossierDS).where(DossierDS.number == chez_ds["number"])).one()
    assert (depose.etat, depose.dossier_id) == (EtatPreremplissage.DEPOSE, dossier.id)
    assert (depose.jeton, depose.dossier_url) == ("", "")
    client.get(suivi(page, ident))
    assert f"Démarches Simplifiées n’a pas repris : {ADRESSE}." in client.texte()
    assert f"Suivre le dossier {dossier.reference}" in client.texte()
    assert jeton not in client.texte()


def test_a_draft_that_ds_purged_is_told_and_may_be_started_again(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)
    envoi_preremplissages.run_one(moyens, ident)
    simulateur.donnees.brouillons.clear()
    plus_tard(session, age=timedelta(days=4))
    envoi_preremplissages.run_due(moyens)
    assert relu(session, ident).etat == EtatPreremplissage.EN_ATTENTE
    plus_tard(session, age=timedelta(days=1, minutes=1))
    envoi_preremplissages.run_due(moyens)
    perdu = relu(session, ident)
    assert (perdu.etat, perdu.jeton, perdu.dossier_url) == (EtatPreremplissage.EXPIRE, "", "")
    client.get(suivi(page, ident))
    assert "ne le connaît plus" in client.texte()
    assert commencer(client, page) != ident


def test_a_draft_that_the_person_opened_leaves_room_for_another(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)
    envoi_preremplissages.run_one(moyens, ident)
    brouillons.commencer(simulateur.donnees, brouillon(simulateur)[0])
    plus_tard(session, age=timedelta(days=8))
    envoi_preremplissages.run_due(moyens)
    client.get(suivi(page, ident))
    assert "il y reste jusqu’à son dépôt" in client.texte()
    assert commencer(client, page) != ident


def test_while_ds_is_down_the_page_says_so_and_the_draft_comes_when_it_is_back(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)
    with ClientDS("http://127.0.0.1:1/api/v2/graphql", "jeton", delai_lecture=1.0, tentatives=1) as muet:
        assert not envoi_preremplissages.run_one(replace(moyens, ds=muet), ident)
    client.get(suivi(page, ident))
    assert "est injoignable" in client.texte()
    assert "Ce que vous avez choisi est conservé" in client.texte()
    plus_tard(session)
    envoi_preremplissages.run_due(moyens)
    assert relu(session, ident).number == brouillon(simulateur)[1]["number"]


def test_while_ds_is_down_the_drafts_are_asked_for_once_not_one_batch_after_the_other(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envoi_preremplissages, "JETONS_PAR_DEMANDE", 1)
    ident = commencer(client, page)
    envoi_preremplissages.run_one(moyens, ident)
    mien = relu(session, ident)
    clefs = ("association_id", "demarche_id", "demande_par_id", "valeurs", "ignores", "etat", "prochain_essai")
    session.add(Preremplissage(jeton="un-autre", **{clef: getattr(mien, clef) for clef in clefs}))
    plus_tard(session)
    with ClientMuet("http://127.0.0.1:1/", "jeton") as muet:
        envoi_preremplissages.follow_due(replace(moyens, ds=muet))
    assert muet.demandes == 1
    assert envoi_preremplissages.follow_due(moyens) == 1


def test_after_a_day_without_an_answer_the_person_is_told_to_start_again(
    client: ClientStrict, page: str, moyens: Moyens, session: Session
) -> None:
    ident = commencer(client, page)
    plus_tard(session, age=timedelta(days=1, minutes=1))
    with ClientDS("http://127.0.0.1:1/api/v2/graphql", "jeton", delai_lecture=1.0, tentatives=1) as muet:
        envoi_preremplissages.run_one(replace(moyens, ds=muet), ident)
    assert relu(session, ident).etat == EtatPreremplissage.REFUSE
    client.get(suivi(page, ident))
    assert "n’a pas répondu depuis un jour" in client.texte()


@pytest.mark.parametrize("mort", [False, True])
def test_a_lost_answer_leaves_an_orphan_at_ds_and_one_draft_on_the_page(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur, *, mort: bool
) -> None:
    ident = commencer(client, page)
    with ClientSansReponse(simulateur.url, simulateur.jeton, delai_lecture=5.0, tentatives=1) as sourd:
        sourd.mort = mort
        if mort:
            with pytest.raises(KeyboardInterrupt):
                envoi_preremplissages.run_one(replace(moyens, ds=sourd), ident)
        else:
            envoi_preremplissages.run_one(replace(moyens, ds=sourd), ident)
    assert relu(session, ident).number is None
    envoi_preremplissages.run_due(moyens)
    assert len(simulateur.donnees.brouillons) == 1, "its lease, or its wait, is not over"
    plus_tard(session)
    envoi_preremplissages.run_due(moyens)
    assert len(simulateur.donnees.brouillons) == 2
    client.get(suivi(page, ident))
    assert relu(session, ident).jeton in lien(client).get("href")


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)

    class ClientLent(ClientDS):
        def preremplir(self, *args: Any, **kwargs: Any) -> Prerempli:
            recu = super().preremplir(*args, **kwargs)
            plus_tard(session)
            envoi_preremplissages.run_one(moyens, ident)
            return recu

    with ClientLent(simulateur.url, simulateur.jeton, delai_lecture=5.0, tentatives=1) as lent:
        envoi_preremplissages.run_one(replace(moyens, ds=lent), ident)
    premier, second = (un["number"] for un in simulateur.donnees.brouillons.values())
    assert relu(session, ident).number == second != premier


def test_a_demarche_that_closed_meanwhile_is_told_with_what_to_do(
    client: ClientStrict, page: str, moyens: Moyens, session: Session, simulateur: Simulateur
) -> None:
    ident = commencer(client, page)
    simulateur.donnees.demarches[DEMARCHE]["state"] = "close"
    envoi_preremplissages.run_one(moyens, ident)
    assert relu(session, ident).etat == EtatPreremplissage.REFUSE
    client.get(suivi(page, ident))
    assert "n’est plus, ouverte sur Démarches Simplifiées" in client.texte()
    assert "Demandez au service" in client.texte()


def test_what_changed_since_the_page_was_shown_does_not_leave(
    client: ClientStrict, page: str, session: Session, association: Association
) -> None:
    client.get(page)
    session.execute(update(Association).where(Association.id == association.id).values(denomination="Autre nom"))
    session.commit()
    assert client.soumettre().status_code == 422
    assert "a changé depuis l’affichage" in client.texte()
    assert session.scalars(select(Preremplissage)).all() == []
    assert client.soumettre(suivre=False).status_code == 303


def test_nobody_else_sees_a_draft_not_even_of_the_same_association(
    client: ClientStrict, page: str, creer: Fabriques, association: Association, moyens: Moyens
) -> None:
    ident = commencer(client, page)
    envoi_preremplissages.run_one(moyens, ident)
    collegue, etranger, agent = creer.usager(), creer.usager(), creer.agent()
    creer.mandat(collegue, association)
    creer.mandat(etranger, creer.association())
    for qui, statut, choix in ((collegue, 404, 200), (etranger, 404, 404), (agent, 403, 403)):
        client.connecter(qui)
        assert client.get(suivi(page, ident)).status_code == statut
        assert client.get(page).status_code == choix
    client.connecter(collegue)
    client.get(page.rpartition("/")[0])
    assert "Ce que vous avez commencé" not in client.texte()


def test_a_reader_of_the_association_may_not_start_a_request(
    client: ClientStrict, page: str, creer: Fabriques, association: Association
) -> None:
    lecteur = creer.usager()
    creer.mandat(lecteur, association, RoleMandat.LECTEUR)
    client.connecter(lecteur)
    assert client.get(page).status_code == 403
    assert client.poster(page).status_code == 403
    client.get(f"/associations/{association.id}")
    assert "Commencer une demande sur Démarches Simplifiées" not in client.texte()


def test_a_declared_redacteur_sends_neither_what_others_said_nor_a_representant_they_are_not(
    client: ClientStrict, page: str, creer: Fabriques, association: Association
) -> None:
    paul = creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(paul, association, RoleMandat.REDACTEUR, prouve=False)
    client.connecter(paul)
    client.get(page)
    texte = html.texte(client.formulaire())
    assert "Les Jardins du canal" in texte
    assert ADRESSE not in texte
    assert "représentant légal" not in texte


def test_sources_that_disagree_give_no_answer(
    client: ClientStrict, page: str, session: Session, association: Association
) -> None:
    for source, valeur in (("recherche-entreprises", "Les Jardins"), ("api-association", "Jardins du canal")):
        session.add(
            FaitAssociation(
                association_id=association.id,
                champ="denomination",
                valeur=valeur,
                source=source,
                observed_at=maintenant(),
            )
        )
    session.commit()
    client.get(page)
    assert NOM not in html.texte(client.formulaire())


def test_the_representant_may_come_from_the_persons_own_request(
    client: ClientStrict, page: str, creer: Fabriques, association: Association
) -> None:
    paul = creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(paul, association, RoleMandat.REDACTEUR)
    demande = creer.demande(association, paul)
    client.connecter(paul)
    client.get(f"/demandes/{demande.id}/identite")
    client.soumettre(
        {"representant_nom": "Diallo", "representant_prenom": "Awa"}, adresse=f"/demandes/{demande.id}/identite"
    )
    client.get(page)
    assert "« Diallo ». Source : votre demande commencée le" in client.texte()


def test_the_secret_of_a_draft_is_neither_logged_nor_kept_in_the_queue(
    client: ClientStrict,
    page: str,
    moyens: Moyens,
    session: Session,
    simulateur: Simulateur,
    capfd: pytest.CaptureFixture[str],
) -> None:
    ident = commencer(client, page)
    envoi_preremplissages.run_one(moyens, ident)
    plus_tard(session)
    envoi_preremplissages.run_due(moyens)
    client.get(suivi(page, ident))
    jeton, _ = brouillon(simulateur)
    sorti = capfd.readouterr()
    assert jeton not in sorti.out + sorti.err + repr(relu(session, ident))


def test_two_sendings_at_the_same_time_start_one_request(fabrique_reelle: Fabrique) -> None:
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        lea, association = creer.usager(), creer.association()
        mandat = creer.mandat(lea, association)
        demarche = creer.demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE, ds_state="publiee")
        actif = MandatActif(id=mandat.id, association_id=association.id, denomination="", role=mandat.role, prouve=True)
        qui = Acteur(genre=GenreActeur.USAGER, user_id=lea.id, mandats=(actif,))
        ou = {"association_id": association.id, "demarche_id": demarche.id, "instance": INSTANCE}
        repere = preparer(session, qui, **ou).repere

    def envoyer(_rang: int) -> int:
        with fabrique_reelle.begin() as sienne:
            return preremplissages.start(sienne, by=qui, retenus=(), repere=repere, **ou).id

    with ThreadPoolExecutor(4) as ensemble:
        assert len(set(ensemble.map(envoyer, range(4)))) == 1
