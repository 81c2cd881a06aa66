"""Filing a grant request: once, in time, complete, with everything frozen."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from time import sleep

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Conflict
from portal.formats import instant_fr, maintenant
from portal.forms.attestations import AttestationsForm
from portal.forms.saisie import Contexte, lier
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande, LigneBudget, SectionSaisie
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.permissions import Acteur, GenreActeur, MandatActif
from portal.queries.campagnes import est_ouverte
from portal.queries.recepisses import rejet_implicite
from portal.services import depots
from portal.services.demandes import lock
from portal.vocabulaire import Etat, GenreDocument, RoleMandat
from portal.vocabulaire_demandes import SectionDemande, SensBudget
from tests import fabriques_depots as preparer
from tests import saisies
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", nom="DDETS du Rhône")


@pytest.fixture
def demarche(creer: Fabriques, service: Service) -> Demarche:
    return creer.demarche(service, titre="Politique de la ville", programme="147")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques) -> User:
    return creer.usager()


@pytest.fixture
def demande(
    creer: Fabriques,
    association: Association,
    presidente: User,
    demarche: Demarche,
    client: ClientStrict,
    session: Session,
) -> Demande:
    """A request ready to be filed, of the person logged in."""
    creer.mandat(presidente, association)
    client.connecter(presidente)
    return preparer.prete(session, creer.demande(association, presidente, demarche), presidente)


@pytest.fixture
def depose(client: ClientStrict, session: Session, demande: Demande) -> Dossier:
    """Its dossier, once filed."""
    client.get(f"/demandes/{demande.id}/relecture")
    assert client.soumettre(action="deposer").status_code == 200
    session.expire_all()
    return session.scalars(select(Dossier)).one()


def test_filing_freezes_who_asks_what_and_how_much(
    session: Session, depose: Dossier, association: Association, service: Service
) -> None:
    assert depose.reference.startswith(f"P-{maintenant().year}-")
    assert (depose.etat, depose.service_id) == (Etat.EN_CONSTRUCTION, service.id)
    assert (depose.demandeur_nom, depose.demandeur_siret) == ("Lire ensemble", association.siret_siege)
    assert (depose.intitule, depose.exercice, depose.lien_verifie) == ("Lire au bord du canal", 2026, True)
    assert depose.montant_demande == Decimal(3000)
    financement = session.scalars(select(Financement)).one()
    assert (financement.demande, financement.programme, financement.exercice) == (Decimal(3000), "147", 2026)
    assert session.scalars(select(AccesDossier.service_id)).all() == [service.id]
    assert set(depose.contenu_empreintes) == {*saisies.SECTIONS, "pieces"}


def test_budget_lines_are_typed_in_the_order_of_the_plan(session: Session, depose: Dossier) -> None:
    lignes = session.scalars(select(LigneBudget).where(LigneBudget.projet_rang == 1).order_by(LigneBudget.ordre)).all()
    assert [(ligne.sens, ligne.slug, ligne.compte, ligne.montant) for ligne in lignes] == [
        (SensBudget.CHARGES, "achats_matieres_fournitures", "601", Decimal("1234.50")),
        (SensBudget.CHARGES, "remuneration_personnels", "641", Decimal("2765.50")),
        (SensBudget.PRODUITS, "subventions_etat", "74", Decimal(3000)),
        (SensBudget.PRODUITS, "cotisations", "756", Decimal(1000)),
        (SensBudget.CHARGES, "personnel_benevole", "864", Decimal(500)),
        (SensBudget.PRODUITS, "benevolat", "870", Decimal(500)),
    ]


def test_recepisse_bears_every_mention_of_the_law(session: Session, depose: Dossier) -> None:
    document = session.scalars(select(Document).where(Document.genre == GenreDocument.RECEPISSE)).one()
    assert document.dossier_id == depose.id
    page = " ".join((document.html or "").split())
    attendus = (
        depose.reference,
        "DDETS du Rhône",
        "elle sera réputée rejetée le",
        "Voies et délais de recours",
        "3 000,00 €",
        "Lire au bord du canal",
        "lien avec l’association vérifié sur pièce",
        "souscrit par l’attestation jointe",
        "Nombre de personnes concernées",
        "Achats matières et fournitures",
        "à jour de ses obligations",
        "500 000 €",
        "1 rue de la République",
        "Téléphone : 04 00 00 00 00",
        "(heure de Paris), soit",
        "Pièces reçues",
        hashlib.sha256(b"rib").hexdigest(),
        "ne préjuge ni du caractère complet",
        "Fait à Lyon",
        "/verifier/recepisse/" + document.numero,
    )
    assert [mention for mention in attendus if mention not in page] == []


def test_recepisse_bears_the_proof_of_the_signed_contract_and_when_appeals_run(
    client: ClientStrict, session: Session, creer: Fabriques, demande: Demande, presidente: User
) -> None:
    mandat = session.scalars(select(Mandat).where(Mandat.user_id == presidente.id)).one()
    engagement = creer.engagement(mandat)
    client.get(f"/demandes/{demande.id}/relecture")
    client.soumettre(action="deposer")
    html = session.scalars(select(Document.html).where(Document.genre == GenreDocument.RECEPISSE)).one()
    page = " ".join((html or "").split())
    attendus = (
        f"Version {engagement.texte.version} du texte",
        instant_fr(engagement.signed_at),
        engagement.texte_sha256,
        engagement.code,
        "dans les deux mois qui suivent la notification de la décision ou, sans réponse, la date de rejet implicite",
    )
    assert [mention for mention in attendus if " ".join(mention.split()) not in page] == []


def test_number_of_the_recepisse_is_checked_by_anybody_and_says_neither_project_nor_amount(
    client: ClientStrict, session: Session, depose: Dossier
) -> None:
    numero = session.scalars(select(Document.numero)).one()
    client.get(f"/verifier/recepisse/{numero.lower()}")
    page = client.texte()
    assert [mot for mot in (numero, depose.reference, "Lire ensemble", "DDETS du Rhône") if mot not in page] == []
    assert "Lire au bord du canal" not in page
    assert "3 000,00" not in page
    assert client.get("/verifier/recepisse/D-INCONNU").status_code == 404


def test_mail_is_owed_in_the_same_transaction(session: Session, depose: Dossier, presidente: User) -> None:
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.gabarit, courriel.destinataire) == ("recepisse_disponible", presidente.email)
    assert courriel.donnees["reference"] == depose.reference


def test_page_after_filing_leads_to_the_recepisse(client: ClientStrict, depose: Dossier) -> None:
    assert f"Votre demande est déposée sous le numéro {depose.reference}." in client.texte()
    recepisse = next(lien for lien in client.arbre.iter("a") if "Accusé de réception" in (lien.text or ""))
    assert client.get(recepisse.get("href", "")).status_code == 200
    fil = [lien.get("href") for lien in client.arbre.findall(".//nav[@class='fil']//a")]
    assert fil == ["/dossiers", f"/dossiers/{depose.reference}"], "and back"


def test_each_ticked_clause_is_kept_with_the_hash_of_its_text(session: Session, depose: Dossier) -> None:
    saisie = session.scalars(select(SectionSaisie).where(SectionSaisie.section == SectionDemande.ATTESTATIONS)).one()
    form = lier(
        AttestationsForm, saisie.valeurs, Contexte(montant_demande=depose.montant_demande, exercice=depose.exercice)
    )
    textes = form.textes()[:6]
    recues = [
        saisie.valeurs[nom] for nom in ("obligations", "engagement", "sincerite", "charte", "demande", "versement")
    ]
    assert recues == [hashlib.sha256(texte.encode()).hexdigest() for texte in textes]
    evenement = session.scalars(select(Evenement).where(Evenement.action == "dossier_depose")).one()
    assert set(evenement.champs) == {"reference", "montant_demande", "contenu", "attestations", "autres_dossiers"}


def test_filed_request_is_changed_no_more_and_filing_again_leads_to_the_same_dossier(
    client: ClientStrict, session: Session, demande: Demande, depose: Dossier
) -> None:
    assert client.get(f"/demandes/{demande.id}/projet").status_code == 403
    assert "Cette demande est déposée" in client.texte()
    client.poster(f"/demandes/{demande.id}/projet", {"version": "1", "intitule": "Autre"})
    client.poster(f"/demandes/{demande.id}/deposer", follow_redirects=True)
    assert depose.reference in client.texte()
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Dossier)) == 1
    assert session.scalar(select(func.count()).select_from(Document)) == 1
    client.get(f"/demandes/{demande.id}")
    assert f"Suivre le dossier {depose.reference}" in client.texte()


def test_incomplete_request_is_not_filed_and_says_what_is_left(
    client: ClientStrict, session: Session, demande: Demande
) -> None:
    saisies.remplir(client, demande.id, "projet", territoire="")
    client.get(f"/demandes/{demande.id}/relecture")
    assert "La demande n’est pas encore complète" in client.texte()
    assert client.poster(f"/demandes/{demande.id}/deposer").status_code == 422
    assert "Il reste à remplir ou à corriger : Projet" in client.texte()
    assert "(en cours). Rien n’est déposé." in client.texte()
    assert "Tout ce que vous avez écrit est conservé." in client.texte()
    assert session.scalars(select(Dossier)).all() == []


def test_closed_campaign_refuses_with_the_instant_and_keeps_everything(
    client: ClientStrict, session: Session, demande: Demande, demarche: Demarche
) -> None:
    session.get_one(Demarche, demarche.id).cloture = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
    session.commit()
    client.get(f"/demandes/{demande.id}/relecture")
    assert client.soumettre(action="deposer").status_code == 422
    assert "est close depuis le 1er mars 2026 à 12 h 00 (heure de Paris)" in client.texte()
    session.expire_all()
    assert session.get_one(Demande, demande.id).deposee_at is None
    assert session.scalars(select(Dossier)).all() == []
    client.get(f"/demandes/{demande.id}/projet")
    assert "Douze ateliers de lecture" in client.texte()


def test_the_refusal_says_the_closing_in_paris_and_where_the_association_is(
    client: ClientStrict, session: Session, demande: Demande, demarche: Demarche
) -> None:
    close = session.get_one(Demarche, demarche.id)
    close.cloture, close.fuseau = datetime(2026, 3, 1, 11, 0, tzinfo=UTC), "Indian/Reunion"
    session.commit()
    assert client.poster(f"/demandes/{demande.id}/deposer").status_code == 422
    refus = "du service DDETS du Rhône est close depuis le 1er mars 2026 à 12 h 00 à Paris, 15 h 00 à La Réunion."
    assert refus in client.texte()


def test_closing_instant_itself_is_too_late(demarche: Demarche) -> None:
    assert demarche.cloture is not None
    assert est_ouverte(demarche, demarche.cloture - timedelta(microseconds=1))
    assert not est_ouverte(demarche, demarche.cloture)


def test_declared_link_files_all_the_same_and_says_so(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, demarche: Demarche
) -> None:
    personne = creer.usager()
    creer.mandat(personne, association, prouve=False, fonction="")
    client.connecter(personne)
    brouillon = preparer.prete(session, creer.demande(association, personne, demarche), personne)
    client.get(f"/demandes/{brouillon.id}/relecture")
    client.soumettre(action="deposer")
    assert session.scalars(select(Dossier)).one().lien_verifie is False
    document = session.scalars(select(Document)).one()
    assert "lien avec l’association non vérifié" in " ".join((document.html or "").split())


@pytest.mark.parametrize(
    ("recu", "attendu"),
    [
        (datetime(2026, 3, 15, 12, tzinfo=UTC), date(2026, 5, 15)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), date(2027, 2, 28)),
        (datetime(2027, 12, 31, 12, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 7, 31, 12, tzinfo=UTC), date(2026, 9, 30)),
        (datetime(2026, 11, 22, 12, tzinfo=UTC), date(2027, 1, 22)),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), date(2026, 9, 1)),  # already July in Paris
    ],
)
def test_silence_means_rejection_two_months_after_receipt_in_paris(recu: datetime, attendu: date) -> None:
    assert rejet_implicite(recu) == attendu


class TestCourse:
    """Twenty filings at once, on a database where commits are real."""

    @pytest.fixture
    def fabrique(self, fabrique_reelle: Fabrique) -> Fabrique:
        return fabrique_reelle

    def test_twenty_filings_at_once_make_one_dossier(
        self,
        config: Config,
        fabrique: Fabrique,
        session: Session,
        demande: Demande,
        association: Association,
        presidente: User,
    ) -> None:
        mandat = MandatActif(
            id=1, association_id=association.id, denomination="Lire ensemble", role=RoleMandat.SIGNATAIRE, prouve=True
        )
        acteur = Acteur(genre=GenreActeur.USAGER, user_id=presidente.id, email=presidente.email, mandats=(mandat,))

        def deposer(_rang: int) -> str:
            with fabrique.begin() as sienne:
                return depots.file(sienne, by=acteur, demande=sienne.get_one(Demande, demande.id)).reference

        with ThreadPoolExecutor(20) as fils:
            references = set(fils.map(deposer, range(20)))
        assert len(references) == 1
        for table, nombre in ((Dossier, 1), (Document, 1), (Courriel, 1), (LigneBudget, 8), (Financement, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == nombre

    def test_a_filing_received_in_time_counts_however_long_it_waits_its_turn(
        self, fabrique: Fabrique, session: Session, demande: Demande, presidente: User
    ) -> None:
        qui = preparer.acteur(session, presidente)
        cloture = maintenant() + timedelta(seconds=2)
        session.get_one(Demarche, demande.demarche_id).cloture = cloture
        session.commit()

        def deposer() -> str:
            with fabrique.begin() as sienne:
                return depots.file(sienne, by=qui, demande=sienne.get_one(Demande, demande.id)).reference

        with ThreadPoolExecutor(1) as fil:
            with fabrique.begin() as autre:
                lock(autre, autre.get_one(Demande, demande.id))
                depot = fil.submit(deposer)
                while maintenant() <= cloture:
                    sleep(0.1)
                assert not depot.done()
            reference = depot.result()
        depose = session.scalars(select(Dossier).where(Dossier.reference == reference)).one()
        assert depose.date_depot < cloture


def test_a_link_verified_or_ended_while_she_files_counts_as_it_is_now(
    session: Session, demande: Demande, association: Association, presidente: User
) -> None:
    lu_avant = MandatActif(
        id=1, association_id=association.id, denomination="Lire ensemble", role=RoleMandat.SIGNATAIRE, prouve=False
    )
    acteur = Acteur(genre=GenreActeur.USAGER, user_id=presidente.id, email=presidente.email, mandats=(lu_avant,))
    mandat = session.scalars(select(Mandat).where(Mandat.user_id == presidente.id)).one()
    mandat.ended_at = maintenant()
    session.commit()
    with pytest.raises(Conflict, match="a pris fin"):
        depots.file(session, by=acteur, demande=demande)
    mandat.ended_at = None
    session.commit()
    assert depots.file(session, by=acteur, demande=demande).lien_verifie
