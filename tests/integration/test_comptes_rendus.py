"""The compte rendu financier: owed after a grant, reminded, filled in sheet by sheet, filed once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.formats import aujourdhui, maintenant
from portal.forms.comptes_rendus import CERTIFICATION
from portal.models.associations import Association
from portal.models.comptes_rendus import CompteRendu, Rappel, SectionSaisieCompteRendu
from portal.models.connexion import User
from portal.models.demandes import LigneBudget, SectionSaisie
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.queries import comptes_rendus as lus
from portal.services import comptes_rendus, rappels
from portal.vocabulaire import Etat, RoleMandat
from portal.vocabulaire_demandes import SectionDemande, SensBudget
from tests import saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

BILAN = {
    "mise_en_oeuvre": "Douze ateliers.",
    "dates_et_lieux": "De mars à juin, à Lyon.",
    "beneficiaires-0-public": "Enfants",
    "beneficiaires-0-nombre": "118",
    "objectifs_atteints": "Oui.",
}
TABLEAU = {"achats_matieres_fournitures": "1 300", "subventions_etat": "3 000"}
ANNEXE = {"ecarts_significatifs": "aucun"}


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DRAJES")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


def accorde(
    session: Session, creer: Fabriques, service: Service, association: Association, user: User, **demandes: str
) -> Dossier:
    """A granted dossier of a project, with what its request said."""
    demande = creer.demande(association, user, creer.demarche(service))
    valeurs = {"objet": "projet", **demandes}
    session.add(
        SectionSaisie(demande_id=demande.id, section=SectionDemande.DEMANDE, valeurs=valeurs, updated_by_id=user.id)
    )
    for sens, slug, montant in (
        (SensBudget.CHARGES, "achats_matieres_fournitures", "1234.50"),
        (SensBudget.PRODUITS, "subventions_etat", "3000"),
    ):
        session.add(
            LigneBudget(
                demande_id=demande.id,
                sens=sens,
                slug=slug,
                compte="60",
                libelle=slug,
                montant=Decimal(montant),
                ordre=1,
            )
        )
    dossier = creer.dossier(
        etat=Etat.ACCEPTE,
        association=association,
        demarche=demande.demarche,
        demande_id=demande.id,
        montant_accorde=Decimal(2000),
        exercice=2025,
    )
    creer.decision(dossier, creer.responsable(service), notified_at=maintenant())
    return dossier


@pytest.fixture
def dossier(
    session: Session, creer: Fabriques, service: Service, association: Association, presidente: User
) -> Dossier:
    return accorde(session, creer, service, association, presidente)


@pytest.fixture
def compte_rendu(session: Session, dossier: Dossier) -> CompteRendu:
    comptes_rendus.create_missing(session)
    session.commit()
    return session.scalars(select(CompteRendu)).one()


def adresse(dossier: Dossier, suite: str = "") -> str:
    return f"/dossiers/{dossier.reference}/compte-rendu{suite}"


def tout_remplir(client: ClientStrict, dossier: Dossier) -> None:
    for feuille, valeurs in (("bilan", BILAN), ("tableau", TABLEAU), ("annexe", ANNEXE)):
        client.get(adresse(dossier, f"/{feuille}"))
        assert client.soumettre({**valeurs, **saisies.cocher(client)}).status_code == 200, client.texte()


class TestCreation:
    def test_a_grant_for_a_project_owes_one_six_months_after_the_exercice(
        self, session: Session, compte_rendu: CompteRendu
    ) -> None:
        assert compte_rendu.echeance == date(2026, 6, 30)
        assert comptes_rendus.create_missing(session) == 0

    def test_an_exercice_that_is_not_the_civil_year_counts_from_its_own_end(
        self, session: Session, creer: Fabriques, dossier: Dossier, presidente: User
    ) -> None:
        fin = {"exercice_au-jour": "31", "exercice_au-mois": "8", "exercice_au-annee": "2026"}
        session.add(
            SectionSaisie(
                demande_id=dossier.demande_id,
                section=SectionDemande.BUDGET_ASSOCIATION,
                valeurs=fin,
                updated_by_id=presidente.id,
            )
        )
        session.flush()
        comptes_rendus.create_missing(session)
        assert session.scalars(select(CompteRendu.echeance)).one() == date(2027, 2, 28)

    def test_neither_fonctionnement_nor_what_is_not_notified_owes_anything(
        self, session: Session, creer: Fabriques, service: Service, association: Association, presidente: User
    ) -> None:
        accorde(session, creer, service, association, presidente, objet="fonctionnement")
        attente = creer.dossier(service, etat=Etat.ACCEPTE, association=association)
        creer.decision(attente, creer.responsable(service))
        assert comptes_rendus.create_missing(session) == 0

    def test_a_grant_of_a_ds_dossier_notified_here_owes_one(
        self, session: Session, creer: Fabriques, service: Service, association: Association
    ) -> None:
        dossier = creer.dossier_ds(service, etat=Etat.ACCEPTE, association_id=association.id)
        creer.decision(dossier, creer.responsable(service), notified_at=maintenant())
        assert comptes_rendus.create_missing(session) == 1


class TestFeuilles:
    @pytest.fixture(autouse=True)
    def _connectee(self, client: ClientStrict, presidente: User, compte_rendu: CompteRendu) -> None:
        client.connecter(presidente)

    def test_each_line_shows_what_was_expected_what_was_done_and_the_difference(
        self, client: ClientStrict, dossier: Dossier
    ) -> None:
        client.get(adresse(dossier, "/tableau"))
        client.soumettre(TABLEAU)
        texte = client.get(adresse(dossier)).text.replace("\u00a0", " ")
        for attendu in ("1 234,50 €", "1 300,00 €", "+65,50 €", "+5,3 %", "0,00 €"):
            assert attendu in texte

    def test_wrong_amount_is_kept_as_typed_and_named(self, client: ClientStrict, dossier: Dossier) -> None:
        client.get(adresse(dossier, "/tableau"))
        assert client.soumettre({"locations": "12,34,5"}).status_code == 422
        assert 'value="12,34,5"' in client.get(adresse(dossier, "/tableau")).text
        assert "à vérifier" in client.texte()

    def test_amounts_saved_are_added_up_when_the_sheet_is_opened_again(
        self, client: ClientStrict, dossier: Dossier
    ) -> None:
        client.get(adresse(dossier, "/tableau"))
        client.soumettre(TABLEAU)
        client.get(adresse(dossier, "/tableau"))
        assert "à vérifier" not in client.texte()
        (charges, *_) = [ligne for ligne in client.arbre.iter("tr") if "data-portal-total-ecart" in ligne.attrib]
        assert "1\u00a0300,00" in "".join(charges.itertext())

    def test_a_line_is_added_and_taken_out_without_losing_the_others(
        self, client: ClientStrict, session: Session, dossier: Dossier
    ) -> None:
        client.get(adresse(dossier, "/bilan"))
        client.soumettre({**BILAN, "rester": "beneficiaires"})
        client.soumettre(
            {"beneficiaires-1-public": "Parents", "beneficiaires-1-nombre": "40", "retirer": "beneficiaires-0"}
        )
        valeurs = session.scalars(select(SectionSaisieCompteRendu)).one().valeurs
        assert valeurs["beneficiaires-1-public"] == "Parents"
        assert "beneficiaires-0-public" not in valeurs

    def test_two_pages_at_once_show_both_versions(self, client: ClientStrict, dossier: Dossier) -> None:
        client.get(adresse(dossier, "/annexe"))
        premiere = client.arbre
        client.soumettre({"ecarts_significatifs": "Le transport a coûté plus."})
        client.arbre = premiere
        assert client.soumettre({"ecarts_significatifs": "Rien."}).status_code == 409
        assert "Le transport a coûté plus." in client.texte()
        assert "Rien." in client.texte()
        assert client.soumettre({"ecarts_significatifs": "Rien, et le transport."}).status_code == 200

    def test_unknown_sheet_does_not_exist(self, client: ClientStrict, dossier: Dossier) -> None:
        assert client.get(adresse(dossier, "/autre")).status_code == 404

    def test_a_reader_of_the_association_reads_and_does_not_write(
        self, client: ClientStrict, creer: Fabriques, dossier: Dossier, association: Association
    ) -> None:
        lecteur = creer.usager()
        creer.mandat(lecteur, association, RoleMandat.LECTEUR)
        client.connecter(lecteur)
        assert client.get(adresse(dossier)).status_code == 200
        assert client.get(adresse(dossier, "/bilan")).status_code == 403


class TestDepot:
    @pytest.fixture
    def pret(self, client: ClientStrict, presidente: User, dossier: Dossier, compte_rendu: CompteRendu) -> CompteRendu:
        client.connecter(presidente)
        tout_remplir(client, dossier)
        return compte_rendu

    def test_filing_freezes_a_document_and_tells_the_service(
        self, client: ClientStrict, session: Session, dossier: Dossier, service: Service, pret: CompteRendu
    ) -> None:
        client.get(adresse(dossier))
        client.soumettre(action="deposer")
        assert "Le compte rendu financier est déposé" in client.texte()
        document = session.scalars(select(Document).where(Document.gabarit == "CompteRenduFinancier")).one()
        page = " ".join((document.html or "").split())
        for attendu in ("Douze ateliers.", "Enfants, 118", "+65,50", CERTIFICATION, dossier.reference):
            assert attendu in page
        assert service.email in session.scalars(select(Courriel.destinataire)).all()
        assert "compte_rendu_depose" in session.scalars(select(Evenement.action)).all()

    def test_nothing_changes_once_filed(self, client: ClientStrict, dossier: Dossier, pret: CompteRendu) -> None:
        client.get(adresse(dossier, "/bilan"))
        page = client.arbre
        client.get(adresse(dossier))
        client.soumettre(action="deposer")
        client.arbre = page
        assert client.soumettre({"mise_en_oeuvre": "Autre."}).status_code == 403
        assert "déposé" in client.get(adresse(dossier)).text

    def test_an_unfinished_one_is_not_filed_and_says_what_is_missing(
        self, client: ClientStrict, presidente: User, dossier: Dossier, compte_rendu: CompteRendu
    ) -> None:
        client.connecter(presidente)
        client.get(adresse(dossier))
        assert client.poster(adresse(dossier, "/deposer"), {}).status_code == 422
        assert "Annexe explicative (à commencer)" in client.texte()

    def test_only_a_signataire_files(
        self, client: ClientStrict, creer: Fabriques, association: Association, dossier: Dossier, pret: CompteRendu
    ) -> None:
        redacteur = creer.usager()
        creer.mandat(redacteur, association, RoleMandat.REDACTEUR)
        client.connecter(redacteur)
        assert "Seule la personne qui représente l’association" in client.get(adresse(dossier)).text
        assert client.poster(adresse(dossier, "/deposer"), {}).status_code == 403

    def test_its_service_reads_it_once_filed_and_not_before(
        self,
        client: ClientStrict,
        creer: Fabriques,
        service: Service,
        presidente: User,
        dossier: Dossier,
        pret: CompteRendu,
    ) -> None:
        agent, chemin = creer.agent(service), f"/instruction/dossiers/{dossier.reference}/compte-rendu"
        client.connecter(agent)
        assert "Douze ateliers." not in client.get(chemin).text
        client.connecter(presidente)
        client.get(adresse(dossier))
        client.soumettre(action="deposer")
        client.connecter(agent)
        assert "Douze ateliers." in client.get(chemin).text


class TestRappels:
    def etapes(self, session: Session) -> list[str]:
        return list(session.scalars(select(Rappel.etape).order_by(Rappel.id)))

    def test_each_step_is_owed_once_to_the_people_of_the_association(
        self, session: Session, compte_rendu: CompteRendu, presidente: User
    ) -> None:
        jours = (-61, -60, -59, -30, 0, 1, 30, 90)
        for ecart in jours:
            rappels.remind(session, compte_rendu.echeance + timedelta(days=ecart))
        assert self.etapes(session) == ["avant_60_jours", "avant_30_jours", "echeance", "retard_30_jours"]
        lettres = session.scalars(select(Courriel).where(Courriel.gabarit == "compte_rendu_attendu")).all()
        assert [lettre.destinataire for lettre in lettres] == [presidente.email] * 4
        assert [lettre.donnees["en_retard"] for lettre in lettres] == [False, False, False, True]

    def test_of_several_missed_steps_only_the_last_is_sent(self, session: Session, compte_rendu: CompteRendu) -> None:
        assert rappels.remind(session, compte_rendu.echeance + timedelta(days=400)) == 1
        assert self.etapes(session) == ["retard_30_jours"]

    def test_a_filed_one_is_reminded_no_more(self, session: Session, compte_rendu: CompteRendu) -> None:
        compte_rendu.depose_at = maintenant()
        session.flush()
        assert rappels.remind(session, compte_rendu.echeance) == 0

    def test_two_workers_owe_one_letter(self, fabrique_reelle: Fabrique) -> None:
        with fabrique_reelle() as session:
            creer = Fabriques(session)
            association, user, service = creer.association(), creer.usager(), creer.service()
            creer.mandat(user, association)
            accorde(session, creer, service, association, user)
            session.commit()
        for acte in (comptes_rendus.create_missing, lambda session: rappels.remind(session, date(2026, 6, 30))):
            _ensemble(fabrique_reelle, acte)
        with fabrique_reelle() as session:
            assert session.scalar(select(func.count()).select_from(CompteRendu)) == 1
            assert session.scalar(select(func.count()).where(Courriel.gabarit == "compte_rendu_attendu")) == 1


def _ensemble(fabrique: Fabrique, acte: Callable[[Session], int]) -> None:
    def agir(_rang: int) -> int:
        with fabrique.begin() as session:
            return acte(session)

    with ThreadPoolExecutor(8) as fils:
        list(fils.map(agir, range(8)))


def test_the_page_of_the_dossier_says_until_when(
    client: ClientStrict, presidente: User, dossier: Dossier, compte_rendu: CompteRendu
) -> None:
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Compte rendu en retard de" in client.texte()
    assert "Ouvrir le compte rendu financier" in client.texte()


def test_a_renewal_says_what_is_due_and_what_is_not_yet(
    session: Session, association: Association, compte_rendu: CompteRendu
) -> None:
    (phrase,) = lus.sentences_for(session, association.id, compte_rendu.echeance)
    assert "pas encore dû" in phrase
    (phrase,) = lus.sentences_for(session, association.id, compte_rendu.echeance + timedelta(days=1))
    assert "n’est pas déposé" in phrase


def test_the_list_of_a_service_pages_and_asks_the_same_number_of_queries(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, association: Association
) -> None:
    jour = aujourdhui()
    for rang in range(lus.PAGE + 3):
        dossier = creer.dossier(service, association=association, etat=Etat.ACCEPTE)
        session.add(CompteRendu(dossier_id=dossier.id, echeance=jour + timedelta(days=rang - 2)))
    session.commit()
    client.connecter(creer.agent(service))
    with requetes() as faites:
        premiere = client.get("/instruction/comptes-rendus").text
    assert len(faites) <= 8
    assert premiere.count("en retard de") == 2
    suivante = next(a.get("href", "") for a in client.arbre.iter("a") if a.get("rel") == "next")
    assert client.get(suivante).text.count("pas encore dû") == 3
    assert client.get("/instruction/comptes-rendus?apres=n'importe").status_code == 200
