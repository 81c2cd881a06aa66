"""The letter of a decision is prepared with it, and nobody outside the service reads it before the decision is notified."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound, TransitionInterdite
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.lettres import GabaritLettre, Lettre
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import documents, lettres
from portal.queries.connexion import acteur_of
from portal.services import decisions, reouvertures
from portal.services import lettres_service as services
from portal.services.connexion import open_session
from portal.services.decisions import Teneur
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, MotifDecision, RoleAffectation, RoleMandat, SensDecision
from portal.vocabulaire_instruction import EtatLettre, GenreLettre, ModeNotification
from tests.client import ClientStrict
from tests.fabriques_decisions import deleguer, regler
from tests.fabriques_lettres import lettres_pretes
from tests.factories import Fabriques

ACCORD = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1200.00"), motivation="Utile au quartier.")


@pytest.fixture
def service(creer: Fabriques, session: Session) -> Service:
    service = creer.service(nom="DDETS du Rhône", adresse="8 rue du Nord\n69100 Villeurbanne", email="d@rhone.example")
    regler(session, service, ville="Lyon", tribunal="Tribunal administratif de Lyon")
    return service


@pytest.fixture
def agent(creer: Fabriques, session: Session, service: Service) -> User:
    agent = creer.agent(service, role=RoleAffectation.RESPONSABLE)
    deleguer(session, agent)
    return agent


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    association = creer.association(denomination="Les Amis du Canal")
    return creer.dossier(service, etat=Etat.EN_INSTRUCTION, association=association, intitule="Berges propres")


def acteur(session: Session, user: User) -> Acteur:
    trouve = acteur_of(session, open_session(session, user))
    session.commit()
    assert trouve is not None
    return trouve


def prepare(session: Session, agent: User, dossier: Dossier, decision: Decision) -> Lettre | None:
    lettre = services.prepare(session, by=acteur(session, agent), dossier=dossier, decision=decision)
    session.commit()
    return lettre


def page(lettre: Lettre | None) -> str:
    assert lettre is not None
    return " ".join((lettre.document.html or "").split()).replace("\u00a0", " ")


REFUS: dict[str, Any] = {
    "sens": SensDecision.REFUSE,
    "motif": MotifDecision.PRIORITE,
    "motivation": "Le budget de l’année est engagé.",
    "montant_accorde": None,
}


@pytest.mark.parametrize(
    ("valeurs", "genre"),
    [
        ({"montant_accorde": Decimal(1500)}, GenreLettre.NOTIFICATION),
        ({"montant_accorde": Decimal(1200)}, GenreLettre.NOTIFICATION_PARTIELLE),
        (REFUS, GenreLettre.REFUS),
        (
            {"sens": SensDecision.SANS_SUITE, "motif": MotifDecision.INCOMPLET, "montant_accorde": None},
            GenreLettre.SANS_SUITE,
        ),
    ],
)
def test_each_decision_has_its_letter_and_what_may_be_contested_tells_how(
    valeurs: dict[str, Any], genre: GenreLettre, creer: Fabriques, session: Session, agent: User, dossier: Dossier
) -> None:
    lettre = prepare(session, agent, dossier, creer.decision(dossier, agent, **valeurs))
    assert lettre is not None
    assert (lettre.genre, lettre.etat, lettre.decision_version) == (genre, EtatLettre.PREPAREE, 1)
    texte = page(lettre)
    for mention in (
        "Les Amis du Canal",
        "DDETS du Rhône",
        "8 rue du Nord",
        dossier.reference,
        agent.nom_affiche,
        "Lyon, le ",
    ):
        assert mention in texte
    assert ("le tribunal administratif de Lyon" in texte) == (genre != GenreLettre.NOTIFICATION)
    assert ("Télérecours" in texte) == (genre != GenreLettre.NOTIFICATION)


def test_a_closing_that_nobody_contests_has_no_letter(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier
) -> None:
    decision = creer.decision(
        dossier, agent, sens=SensDecision.SANS_SUITE, motif=MotifDecision.DOUBLON, montant_accorde=None
    )
    assert prepare(session, agent, dossier, decision) is None


def test_amounts_are_told_line_by_line_in_figures_and_in_words(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier
) -> None:
    lignes = [
        {"exercice": 2026, "programme": "163", "nature": "numeraire", "montant": "1200.50", "conditionnelle": True},
        {"exercice": 2027, "programme": "", "nature": "nature", "montant": "80", "conditionnelle": False},
    ]
    decision = creer.decision(dossier, agent, montant_accorde=Decimal("1200.50"), lignes=lignes)
    texte = page(prepare(session, agent, dossier, decision))
    assert "mille deux cents euros et cinquante centimes" in texte
    assert "exercice 2026, programme 163 : 1 200,50 € en argent, une fois les conditions remplies" in texte
    assert "exercice 2027 : 80,00 € en nature" in texte


def test_a_new_version_of_the_decision_replaces_its_letter(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier
) -> None:
    decision = creer.decision(dossier, agent)
    premiere = prepare(session, agent, dossier, decision)
    decision.version = 2
    seconde = prepare(session, agent, dossier, decision)
    assert premiere is not None
    assert seconde is not None
    session.refresh(premiere)
    assert (premiere.etat, seconde.etat) == (EtatLettre.REMPLACEE, EtatLettre.PREPAREE)


def test_a_letter_is_the_service_s_alone_until_it_leaves(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier
) -> None:
    assert dossier.association is not None
    usager = creer.usager()
    creer.mandat(usager, dossier.association)
    saisi = creer.service()
    creer.demande_avis(dossier, saisi)
    autres = [acteur(session, usager), acteur(session, creer.agent(saisi))]
    decision = creer.decision(dossier, agent, notified_at=None)
    lettre = prepare(session, agent, dossier, decision)
    assert lettre is not None
    numero = lettre.document.numero
    for autre in autres:
        assert documents.list_of_dossier(session, autre, dossier.id) == []
        assert lettres.of_dossier(session, autre, dossier).lettres == []
        with pytest.raises(NotFound):
            documents.get(session, autre, numero)
    assert lettres.of_dossier(session, acteur(session, agent), dossier).lettres == [lettre]

    decision.notified_at = decision.decided_at
    session.flush()
    services.leave(session, dossier)
    session.commit()
    assert lettre.etat == EtatLettre.PARTIE
    for autre in autres:
        assert documents.get(session, autre, numero) == lettre.document
    assert documents.list_of_dossier(session, autres[0], dossier.id) == [lettre.document]
    assert lettres.of_dossier(session, autres[1], dossier).lettres == [lettre]


def test_an_arrete_waits_for_its_signature_where_acts_are_signed(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier, service: Service
) -> None:
    regler(session, service, mode_notification=ModeNotification.PARAPHEUR)
    creer.decision(dossier, agent)
    par = acteur(session, agent)
    arrete = services.order(session, by=par, dossier=dossier, genre=GenreLettre.ARRETE)
    convention = services.order(session, by=par, dossier=dossier, genre=GenreLettre.CONVENTION)
    decision = session.scalars(select(Decision)).one()
    decision.notified_at = decision.decided_at
    session.flush()
    services.leave(session, dossier)
    assert (arrete.etat, convention.etat) == (EtatLettre.PREPAREE, EtatLettre.PARTIE)
    assert "dispensé de signature" not in page(arrete)


def test_nothing_is_prepared_without_what_it_tells(session: Session, agent: User, dossier: Dossier) -> None:
    par = acteur(session, agent)
    for genre in (GenreLettre.ARRETE, GenreLettre.CONVENTION, GenreLettre.COMPLEMENT):
        with pytest.raises(TransitionInterdite):
            services.order(session, by=par, dossier=dossier, genre=genre)
    assert session.scalars(select(Document)).all() == []


def test_a_published_template_of_the_service_replaces_the_text_by_default(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier, service: Service
) -> None:
    def gabarit(version: int, corps: str, **valeurs: object) -> None:
        session.add(
            GabaritLettre(
                service_id=service.id,
                genre=GenreLettre.REFUS,
                version=version,
                objet="Réponse à {association}",
                corps=corps,
                auteur_id=agent.id,
                **valeurs,
            )
        )

    gabarit(1, "Ancien texte.", publie_at=dossier.date_depot)
    gabarit(2, "Votre projet **{intitule}** n’est pas retenu.\n\n- {motif}", publie_at=dossier.date_depot)
    gabarit(3, "Pas encore publié.")
    texte = page(prepare(session, agent, dossier, creer.decision(dossier, agent, **REFUS)))
    assert "Réponse à Les Amis du Canal" in texte
    assert "Votre projet <strong>Berges propres</strong> n’est pas retenu." in texte
    assert "moins prioritaire" in texte


def test_what_told_a_decision_that_is_taken_back_is_replaced_wherever_it_stands(
    creer: Fabriques, session: Session, agent: User, dossier: Dossier, service: Service
) -> None:
    regler(session, service, mode_notification=ModeNotification.PARAPHEUR)
    par = acteur(session, agent)
    decisions.decide(session, by=par, dossier=dossier, teneur=ACCORD)
    arrete = services.order(session, by=par, dossier=dossier, genre=GenreLettre.ARRETE)
    (lettre,) = session.scalars(select(Lettre).where(Lettre.genre != GenreLettre.ARRETE))
    lettre.etat = EtatLettre.SIGNEE
    session.flush()
    decisions.notify(session, by=par, dossier=dossier, version=1)
    assert (lettre.etat, arrete.etat) == (EtatLettre.PARTIE, EtatLettre.PREPAREE)
    reouvertures.reopen(session, by=par, dossier=dossier, motif="Erreur de programme.", version=1)
    session.refresh(arrete)
    assert (lettre.etat, arrete.etat) == (EtatLettre.PARTIE, EtatLettre.REMPLACEE)


def test_the_letter_taken_from_the_documents_is_the_first_reading_of_the_decision_that_it_tells(
    client: ClientStrict, creer: Fabriques, session: Session, moyens: Moyens, agent: User, dossier: Dossier
) -> None:
    assert dossier.association is not None
    lectrice, aidant, par = creer.usager(), creer.usager(), acteur(session, agent)
    creer.mandat(lectrice, dossier.association, RoleMandat.LECTEUR)
    creer.mandat(aidant, dossier.association, RoleMandat.AIDANT)
    for version in (0, 2):
        if version:
            reouvertures.reopen(session, by=par, dossier=dossier, motif="Erreur de programme.", version=version - 1)
        decisions.decide(session, by=par, dossier=dossier, teneur=ACCORD, version=version)
        decisions.notify(session, by=par, dossier=dossier, version=version + 1)
    lettres_pretes(session, moyens.stockage)
    session.commit()
    ancienne, actuelle = session.scalars(select(Document).where(Document.genre == "lettre").order_by(Document.id))
    decision = session.scalars(select(Decision)).one()

    def lue_par(qui: User, document: Document, suite: str, statut: int = 200) -> int | None:
        client.connecter(qui)
        assert client.get(f"/documents/{document.numero}{suite}").status_code == statut
        session.refresh(decision)
        return decision.consultee_par_id

    assert lue_par(agent, actuelle, "/fichier") is None
    assert lue_par(aidant, actuelle, "/fichier", 404) is None
    assert lue_par(lectrice, actuelle, "") is None, "this page only says that the letter is ready"
    assert lue_par(lectrice, ancienne, "/fichier") is None, "that decision was taken back"
    assert lue_par(lectrice, actuelle, "/fichier") == lectrice.id
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert "Ouverte par l’association le " in " ".join(client.texte().split())
