"""Corrections asked of a filed request: only what is asked changes, all at once, and what it was is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import PortalError
from portal.formats import PARIS, maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.demandes import LigneBudget, Projet, SectionSaisie
from portal.models.dossiers import Dossier, Financement
from portal.models.echanges import Complement, RevisionSection
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries import complements as lectures
from portal.queries import fiches
from portal.services import corrections, decisions
from portal.vocabulaire import Etat, RoleAffectation, RoleMandat, SensDecision
from portal.vocabulaire_instruction import GenreTache, PartieDossier
from tests import fabriques_suivi, html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

HOSTILE = "<b>gras</b> {{ 7*7 }} 'or 1=1"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association, presidente: User) -> Dossier:
    """A filed request, every page of which is filled in."""
    return fabriques_suivi.depose(creer, association, presidente, ddets, remplie=True)


def chez_le_service(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}/complement{suite}"


def chez_l_association(dossier: Dossier, suite: str = "") -> str:
    return f"/dossiers/{dossier.reference}/complement{suite}"


def demander(client: ClientStrict, dossier: Dossier, agent: User, **sections: str) -> None:
    """Ask for these pages, as an agent does."""
    client.connecter(agent)
    client.get(chez_le_service(dossier, "/nouveau"))
    motifs = {f"section_{slug.replace('_', '-')}": motif for slug, motif in sections.items()}
    reponse = client.soumettre({"motif": "Quelques précisions.", **motifs})
    assert "Les corrections sont demandées à l’association" in client.texte(), reponse.text


def corriger(client: ClientStrict, dossier: Dossier, slug: str, **valeurs: str) -> int:
    client.get(chez_l_association(dossier, f"/{slug}"))
    return client.soumettre(valeurs).status_code


def envoyer(client: ClientStrict, dossier: Dossier) -> str:
    client.get(chez_l_association(dossier))
    client.soumettre(action="/envoyer")
    return client.texte()


def adresses(session: Session) -> list[str]:
    return sorted(session.scalars(select(Courriel.destinataire)))


def test_a_correction_goes_from_the_demand_to_what_has_changed(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    demander(client, dossier, agent, projet="Décrivez les ateliers.", budget_projet="Un devis manque.")
    session.refresh(dossier)
    assert dossier.complement_demande
    assert adresses(session) == [presidente.email]
    client.get(f"/instruction/dossiers/{dossier.reference}")
    assert "complément demandé" in client.texte()
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Complément demandé" in client.texte()
    client.get(chez_l_association(dossier))
    assert "Décrivez les ateliers." in client.texte()
    _begun_with_the_last_request(session)
    client.get(chez_l_association(dossier, "/projet"))
    assert "Réponse déposée : Douze ateliers de lecture à voix haute." in client.texte().replace("\u00a0", " ")
    assert "Repris de votre demande" not in client.texte(), "the filed answer alone stands beside the field"
    assert corriger(client, dossier, "projet", description=HOSTILE) == 200
    changes = {"achats_matieres_fournitures": "1 334,50", "subventions_etat": "3 100"}
    assert corriger(client, dossier, "budget-projet", **changes) == 200
    client.connecter(agent)
    assert HOSTILE not in client.get(f"/instruction/dossiers/{dossier.reference}/impression").text, "not sent yet"
    client.connecter(presidente)
    assert "Vos corrections sont envoyées au service." in envoyer(client, dossier)
    _check_kept(session, dossier)
    assert sorted(set(adresses(session))) == sorted({"ddets@example.org", presidente.email})
    client.connecter(agent)
    page = client.get(chez_le_service(dossier)).text
    assert "&lt;b&gt;gras&lt;/b&gt; {{ 7*7 }} &#39;or 1=1" in page
    texte = client.texte().replace("\u00a0", " ")
    assert all(lu in texte for lu in ("Douze ateliers de lecture à voix haute.", "1 234,50", "1 334,50"))


def _begun_with_the_last_request(session: Session) -> None:
    reprise = {"valeur": "Douze ateliers de lecture à voix haute.", "source": "Repris de votre demande D-1."}
    for projet in session.scalars(select(SectionSaisie).where(SectionSaisie.section == "projet")):
        projet.provenances = {"description": reprise}
    session.flush()


def _check_kept(session: Session, dossier: Dossier) -> None:
    """The former and the new texts, and the frozen rows."""
    session.expire_all()
    assert (dossier.complement_demande, dossier.contenu_version, dossier.etat) == (False, 2, Etat.EN_CONSTRUCTION)
    revisions = session.scalars(select(RevisionSection).order_by(RevisionSection.id)).all()
    assert [r.section for r in revisions] == ["projet", "budget_projet"]
    assert revisions[0].anciennes["description"] == "Douze ateliers de lecture à voix haute."
    assert revisions[0].nouvelles["description"] == HOSTILE
    charges = select(LigneBudget.montant).where(LigneBudget.slug == "achats_matieres_fournitures")
    assert session.scalars(charges).all() == [Decimal("1334.50")]
    assert len(session.scalars(select(Projet)).all()) == 1


def test_who_instructs_the_dossier_finds_the_corrections_in_its_tasks_rather_than_its_service_in_its_mail(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    dossier.instructeur_id = agent.id
    session.commit()
    demander(client, dossier, agent, projet="Décrivez les ateliers.")
    client.connecter(presidente)
    corriger(client, dossier, "projet", description="Six ateliers.")
    envoyer(client, dossier)
    assert "ddets@example.org" not in adresses(session)
    (tache,) = session.scalars(select(Tache)).all()
    assert (tache.user_id, tache.genre, tache.a_faire) == (agent.id, GenreTache.COMPLEMENT_REPONDU, True)
    client.connecter(agent)
    client.get("/instruction/taches")
    assert "Des corrections demandées sont arrivées" in client.texte()


def test_only_the_pages_asked_can_be_changed_and_only_by_the_association(
    client: ClientStrict, creer: Fabriques, ddets: Service, association: Association, presidente: User, dossier: Dossier
) -> None:
    demander(client, dossier, creer.agent(ddets), projet="Décrivez les ateliers.")
    client.connecter(presidente)
    for slug in ("identite", "budget-projet", "moyens", "projet-2", "pieces", "inconnue"):
        assert client.get(chez_l_association(dossier, f"/{slug}")).status_code == 404
        assert client.poster(chez_l_association(dossier, f"/{slug}"), {"adresse": "x"}).status_code == 404
    assert client.poster(f"/demandes/{dossier.demande_id}/projet", {"intitule": "x"}).status_code == 403
    lecteur, etranger = creer.usager(), creer.usager()
    creer.mandat(lecteur, association, RoleMandat.LECTEUR)
    creer.mandat(etranger, creer.association())
    for personne, statut in ((lecteur, 403), (etranger, 404)):
        client.connecter(personne)
        assert client.get(chez_l_association(dossier)).status_code == statut
        assert client.poster(chez_l_association(dossier, "/projet"), {"intitule": "x"}).status_code == statut
        assert client.poster(chez_l_association(dossier, "/envoyer")).status_code == statut


def test_a_page_in_error_blocks_the_sending_and_nothing_moves(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    demander(client, dossier, creer.agent(ddets), projet="Précisez.", budget_projet="Équilibrez.")
    client.connecter(presidente)
    assert corriger(client, dossier, "budget-projet", subventions_etat="12,34,5") == 422
    texte = envoyer(client, dossier)
    assert "Il reste à remplir ou à corriger" in texte
    assert "Budget du projet (à corriger)" in texte
    session.expire_all()
    assert (dossier.contenu_version, dossier.complement_demande) == (1, True)
    client.get(chez_l_association(dossier, "/budget-projet"))
    assert any(champ.get("value") == "12,34,5" for champ in client.arbre.iter("input")), "kept as typed"


def test_a_correction_that_unsettles_a_page_that_was_not_asked_is_refused_with_what_to_do(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    demander(client, dossier, creer.agent(ddets), budget_projet="Réduisez.")
    client.connecter(presidente)
    reduit = {"achats_matieres_fournitures": "10", "remuneration_personnels": "", "subventions_etat": "10"}
    assert corriger(client, dossier, "budget-projet", **reduit, cotisations="") == 200
    texte = envoyer(client, dossier)
    assert "ne s’accordent plus avec une section que le service n’a pas demandée" in texte
    session.expire_all()
    assert dossier.contenu_version == 1


def test_a_changed_amount_is_attested_again_by_who_represents_the_association(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    association: Association,
    presidente: User,
    dossier: Dossier,
) -> None:
    demander(client, dossier, creer.agent(ddets), demande="Baissez le montant.")
    redacteur = creer.usager()
    creer.mandat(redacteur, association, RoleMandat.REDACTEUR)
    client.connecter(redacteur)
    client.get(chez_l_association(dossier))
    assert "la personne qui représente l’association les envoie" in client.texte()
    assert corriger(client, dossier, "demande", montant_demande="2 500") == 200
    client.connecter(presidente)
    assert "Attestations (" in envoyer(client, dossier), "the clause that bears the amount is to be ticked again"
    client.get(chez_l_association(dossier, "/attestations"))
    client.soumettre(saisies.cocher(client))
    assert "Vos corrections sont envoyées au service." in envoyer(client, dossier)
    session.expire_all()
    assert dossier.montant_demande == Decimal(2500)
    assert session.scalars(select(Financement.demande)).all() == [Decimal(2500)]


def test_who_sends_corrections_has_ticked_the_attestations_herself(
    client: ClientStrict, creer: Fabriques, ddets: Service, association: Association, presidente: User, dossier: Dossier
) -> None:
    demander(client, dossier, creer.agent(ddets), demande="Baissez le montant.")
    redacteur = creer.usager()
    creer.mandat(redacteur, association, RoleMandat.REDACTEUR)
    client.connecter(redacteur)
    corriger(client, dossier, "demande", montant_demande="2 500")
    client.get(chez_l_association(dossier, "/attestations"))
    assert client.soumettre({"qualite": "representant", **saisies.cocher(client)}).status_code == 200
    client.connecter(presidente)
    assert "cochez-les vous-même" in envoyer(client, dossier)
    client.get(chez_l_association(dossier, "/attestations"))
    client.soumettre(saisies.cocher(client))
    assert "Vos corrections sont envoyées au service." in envoyer(client, dossier)


def test_two_members_at_once_lose_nothing_and_sending_twice_sends_once(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    demander(client, dossier, creer.agent(ddets), projet="Précisez.")
    client.connecter(presidente)
    client.get(chez_l_association(dossier, "/projet"))
    adresse = chez_l_association(dossier, "/projet")
    ouverte = {nom: valeur for nom, valeur in html.champs(client.formulaire()) if nom != "page"}
    assert client.post(adresse, data={**ouverte, "objectifs": "Version une."}).status_code == 303
    assert client.post(adresse, data={**ouverte, "description": "Autre champ."}).status_code == 303
    assert client.post(adresse, data={**ouverte, "objectifs": "Version deux."}).status_code == 409
    assert "Version une." in client.texte()
    saisie = session.scalars(select(SectionSaisie).where(SectionSaisie.complement_id.is_not(None))).one()
    session.refresh(saisie)
    assert (saisie.valeurs["objectifs"], saisie.valeurs["description"]) == ("Version une.", "Autre champ.")
    envoyer(client, dossier)
    encore = client.poster(chez_l_association(dossier, "/envoyer"), follow_redirects=True)
    assert "étaient déjà envoyées" in encore.text
    assert client.post(adresse, data=ouverte).status_code == 404
    assert len(session.scalars(select(RevisionSection)).all()) == 1


def test_an_answer_after_the_date_is_taken_and_marked_late(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    demander(client, dossier, agent, projet="Précisez.")
    asked = session.scalars(select(Complement)).one()
    asked.echeance = (maintenant().astimezone(PARIS) - timedelta(days=1)).date()
    session.commit()
    client.connecter(presidente)
    client.get(chez_l_association(dossier))
    assert "Cette date est passée" in client.texte()
    corriger(client, dossier, "projet", description="Treize ateliers.")
    envoyer(client, dossier)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Corrections envoyées, après la date" in client.texte()
    client.connecter(agent)
    client.get(chez_le_service(dossier))
    assert "en retard" in client.texte()


def test_the_service_may_cancel_and_what_was_begun_is_not_sent(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    demander(client, dossier, agent, projet="Précisez.")
    client.connecter(presidente)
    corriger(client, dossier, "projet", description="Commencé.")
    client.connecter(agent)
    client.get(chez_le_service(dossier))
    client.soumettre(action="/annuler")
    assert "Plus rien n’est demandé" in client.texte()
    assert adresses(session) == [presidente.email, presidente.email]
    client.connecter(presidente)
    assert client.get(chez_l_association(dossier)).status_code == 404
    session.expire_all()
    assert (dossier.complement_demande, dossier.contenu_version) == (False, 1)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Corrections plus demandées par le service" in client.texte()
    client.connecter(agent)
    assert client.poster(chez_le_service(dossier, "/annuler")).status_code == 409


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"section_projet": "Précisez."}, "Écrivez en quelques mots ce que vous demandez."),
        ({"motif": "Précisez."}, "dans une section au moins"),
        ({"motif": "M", "section_projet": "P", "echeance-annee": "2020"}, "donnez une date à venir"),
        ({"motif": "M", "section_projet": "P", "echeance-annee": "2090"}, "donnez une date à venir"),
        ({"motif": "M", "section_projet": "P", "echeance-jour": "31", "echeance-mois": "2"}, "n’existe pas"),
        ({"motif": "M", "section_projet": "P", "echeance-jour": ""}, "n’existe pas"),
        ({"motif": "M", "section_projet": "x" * 5_001}, "trop long"),
    ],
)
def test_what_cannot_be_asked_is_said_and_kept(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    dossier: Dossier,
    valeurs: dict[str, str],
    phrase: str,
) -> None:
    client.connecter(creer.agent(ddets))
    client.get(chez_le_service(dossier, "/nouveau"))
    assert client.soumettre(valeurs).status_code == 422
    assert phrase in client.texte()
    assert session.scalars(select(Complement)).all() == []


def test_one_demand_at_a_time_and_only_by_who_instructs_a_dossier_of_ours_that_is_not_decided(
    client: ClientStrict, creer: Fabriques, ddets: Service, association: Association, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    demander(client, dossier, agent, projet="Précisez.")
    client.get(chez_le_service(dossier, "/nouveau"))
    assert "Des corrections sont déjà demandées" in client.texte()
    jour = {"echeance-jour": "1", "echeance-mois": "1", "echeance-annee": str(maintenant().year + 1)}
    envoi = {"motif": "Encore.", "section_projet": "Encore.", **jour}
    assert client.poster(chez_le_service(dossier, "/nouveau"), envoi).status_code == 409
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    assert client.get(chez_le_service(dossier)).status_code == 200
    assert client.get(chez_le_service(dossier, "/nouveau")).status_code == 403
    client.connecter(creer.responsable())
    assert client.get(chez_le_service(dossier)).status_code == 404
    client.connecter(agent)
    ds = creer.dossier_ds(ddets, association=association)
    assert client.get(chez_le_service(ds)).status_code == 404


def test_other_services_of_a_demande_commune_are_told_and_read_the_same_change(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    association: Association,
    presidente: User,
    dossier: Dossier,
) -> None:
    drac = creer.service("DRAC", email="drac@example.org")
    frere = fabriques_suivi.depose(creer, association, presidente, drac, demande=dossier.demande)
    decide = fabriques_suivi.depose(
        creer, association, presidente, creer.service("SDJES", email="sdjes@example.org"), demande=dossier.demande
    )
    decide.etat = Etat.REFUSE
    session.commit()
    demander(client, dossier, creer.agent(ddets), projet="Précisez.")
    client.connecter(presidente)
    corriger(client, dossier, "projet", intitule="Lire sur l’île")
    envoyer(client, dossier)
    session.expire_all()
    assert [un.contenu_version for un in (dossier, frere, decide)] == [2, 2, 2]
    assert (frere.intitule, decide.intitule) == ("Lire sur l’île", decide.intitule)
    assert decide.intitule != "Lire sur l’île", "what was decided on stays named as it was"
    assert "drac@example.org" in adresses(session)
    assert "sdjes@example.org" not in adresses(session)
    client.connecter(creer.agent(drac))
    client.get(f"/instruction/dossiers/{frere.reference}/messagerie")
    assert "Ce qui a changé" in client.texte()
    client.get(chez_le_service(frere))
    assert "Corrigé à la demande de DDETS 69" in client.texte()


def test_a_file_asked_again_is_added_beside_what_was_filed(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    demander(client, dossier, agent, pieces="Joignez les comptes.")
    client.connecter(presidente)
    assert "Pièces (à commencer)" in envoyer(client, dossier)
    client.get(chez_l_association(dossier, "/pieces"))
    pdf = b"%PDF-1.7 comptes"
    client.soumettre({"code": "comptes", "fichier": saisies.fichier(pdf, "comptes.pdf")}, action="/fichiers")
    assert "Le fichier est ajouté" in client.texte()
    client.soumettre({"code": "comptes", "fichier": saisies.fichier(pdf, "comptes.pdf")}, action="/fichiers")
    assert "est déjà joint à cette demande" in client.texte()
    client.get(chez_l_association(dossier, "/pieces"))
    client.soumettre(action="/retrait")
    assert "retiré de vos corrections" in client.texte()
    client.soumettre({"code": "comptes", "fichier": saisies.fichier(pdf, "comptes.pdf")}, action="/fichiers")
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
    assert "comptes.pdf" not in client.texte()
    client.connecter(presidente)
    envoye = envoyer(client, dossier)
    assert "Vos corrections sont envoyées" in envoye, envoye
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
    assert "comptes.pdf" in client.texte()


def test_the_pages_stay_within_a_fixed_number_of_statements(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    demander(client, dossier, agent, projet="Précisez.", budget_projet="Précisez.")
    with requetes() as vues:
        fiche = fiches.get(session, creer.acteur(agent), dossier.reference, frozenset({PartieDossier.SYNTHESE}))
    assert fiche.entete.attendu is not None
    assert len(vues) <= 5, "two on the agents’ page: the rest refreshes the objects of this test"
    comptes = []
    for personne, adresse in (
        (agent, chez_le_service(dossier)),
        (presidente, chez_l_association(dossier)),
        (presidente, chez_l_association(dossier, "/projet")),
        (presidente, f"/dossiers/{dossier.reference}"),
    ):
        client.connecter(personne)
        with requetes() as vues:
            assert client.get(adresse).status_code == 200
        comptes.append(len(vues))
    assert all(compte <= plafond for compte, plafond in zip(comptes, (16, 22, 22, 20), strict=True)), comptes


@pytest.fixture
def course(fabrique_reelle: Fabrique) -> tuple[Dossier, Complement, Acteur, Acteur]:
    """A recorded decision about to be notified, and corrections about to be sent: the dossier, the demand, who does which."""
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        service, association, usager = creer.service(), creer.association(), creer.usager()
        creer.mandat(usager, association)
        dossier = fabriques_suivi.depose(creer, association, usager, service, remplie=True, etat=Etat.EN_INSTRUCTION)
        asked = fabriques_suivi.complement(session, dossier, usager, ("projet",), copies=True)
        responsable = creer.acteur(creer.responsable(service))
        accord = {"sens": SensDecision.ACCEPTE, "montant_accorde": Decimal(100), "version": 1}
        signe = {"auteur_nom": "Camille", "auteur_qualite": "Responsable", "auteur_id": responsable.user_id}
        session.add(Decision(dossier_id=dossier.id, **accord, **signe))
        session.commit()
        session.refresh(dossier)
        session.refresh(asked)
        return dossier, asked, fabriques_suivi.acteur_usager(session, usager), responsable


def test_decision_and_corrections_wait_for_each_other_and_the_second_is_told(
    fabrique_reelle: Fabrique, course: tuple[Dossier, Complement, Acteur, Acteur]
) -> None:
    dossier, asked, membre, responsable = course
    depart = Barrier(2)

    def faire(acte: str) -> str:
        try:
            with fabrique_reelle.begin() as session:
                lu = session.get_one(Dossier, dossier.id)
                correction = lectures.correction(session, lu, session.get_one(Complement, asked.id))
                depart.wait()
                if acte == "corriger":
                    corrections.answer(session, by=membre, correction=correction)
                else:
                    decisions.notify(session, by=responsable, dossier=lu, version=1)
        except PortalError as refus:
            return type(refus).__name__
        return "fait"

    with ThreadPoolExecutor(2) as fils:
        issues = dict(zip(("corriger", "notifier"), fils.map(faire, ("corriger", "notifier")), strict=True))
    assert sorted(issues.values()) in (["Conflict", "fait"], ["TransitionInterdite", "fait"]), issues
    with fabrique_reelle() as session:
        lu = session.get_one(Dossier, dossier.id)
        assert (lu.etat == Etat.ACCEPTE) == (issues["notifier"] == "fait")
        assert (lu.contenu_version == 2) == (issues["corriger"] == "fait")
