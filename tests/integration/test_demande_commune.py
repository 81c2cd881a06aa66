"""One request to several services: a dossier for each, each récépissé naming the others; and the signature of another person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Forbidden, Invalid
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import SessionConnexion, User
from portal.models.demandes import Demande, Projet, SectionSaisie, SignatureDepot
from portal.models.demarches import Demarche
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier, Financement
from portal.models.envois import Courriel
from portal.models.pieces import PieceDemande
from portal.models.services import Service
from portal.queries.lecture_demandes import lire
from portal.services import depots, signatures_depot
from portal.vocabulaire import GenreDocument, RoleMandat, VerdictAntivirus
from portal.vocabulaire_demandes import Place, SectionDemande
from tests import fabriques_depots as preparer
from tests.client import ClientStrict
from tests.factories import Fabriques

DEMANDE = Place(SectionDemande.DEMANDE)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def etat(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", nom="DDETS du Rhône")


@pytest.fixture
def ville(creer: Fabriques) -> Service:
    return creer.service("LYON", nom="Ville de Lyon")


@pytest.fixture
def brouillon(
    creer: Fabriques, association: Association, presidente: User, etat: Service, client: ClientStrict
) -> Demande:
    client.connecter(presidente)
    return creer.demande(association, presidente, creer.demarche(etat, titre="Politique de la ville"))


@pytest.fixture
def culture(creer: Fabriques, ville: Service) -> Demarche:
    return creer.demarche(ville, titre="Culture pour tous")


@pytest.fixture
def commune(session: Session, brouillon: Demande, presidente: User, culture: Demarche) -> Demande:
    """Ready, addressed to both services: 3 000 and 1 000 euros, the whole of the produits."""
    return preparer.prete(session, brouillon, presidente, {"demande": {f"destinataire-{culture.id}": "1 000 €"}})


class TestPlusieursServices:
    def test_campaigns_of_other_services_are_offered_and_those_of_the_same_are_not(
        self, client: ClientStrict, creer: Fabriques, brouillon: Demande, culture: Demarche, etat: Service
    ) -> None:
        creer.demarche(etat, titre="Une autre de la DDETS")
        creer.demarche(titre="Close hier", cloture=maintenant() - timedelta(days=1))
        client.get(f"/demandes/{brouillon.id}/demande")
        page = client.texte()
        assert "Montant demandé au service Ville de Lyon, campagne « Culture pour tous »" in page
        assert "Une autre de la DDETS" not in page
        assert "Close hier" not in page

    def test_amounts_typed_are_kept_and_the_whole_is_checked_against_the_budget(
        self, client: ClientStrict, session: Session, brouillon: Demande, presidente: User, culture: Demarche
    ) -> None:
        preparer.remplir(session, brouillon, presidente)
        client.get(f"/demandes/{brouillon.id}/demande")
        assert client.soumettre({f"destinataire-{culture.id}": "mille"}).status_code == 422
        client.get(f"/demandes/{brouillon.id}/demande")
        client.soumettre({f"destinataire-{culture.id}": "2 000"})
        assert "Le montant demandé en tout, 5 000,00 €, dépasse le total des produits" in client.texte()
        client.soumettre({f"destinataire-{culture.id}": "0"})
        assert "Le montant demandé au service Ville de Lyon est nul" in client.texte()

    def test_filing_makes_a_dossier_for_each_service_with_its_own_amount(
        self, client: ClientStrict, session: Session, commune: Demande, etat: Service, ville: Service
    ) -> None:
        client.get(f"/demandes/{commune.id}/relecture")
        assert "Montant demandé en tout" in client.texte()
        client.soumettre(action="deposer")
        assert "déposée auprès de 2 services" in client.texte()
        dossiers = session.scalars(select(Dossier).order_by(Dossier.id)).all()
        assert [(un.service_id, un.montant_demande) for un in dossiers] == [
            (etat.id, Decimal(3000)),
            (ville.id, Decimal(1000)),
        ]
        assert len({un.reference for un in dossiers}) == 2
        assert session.scalars(select(Financement.demande).order_by(Financement.id)).all() == [3000, 1000]
        projet = session.scalars(select(Projet)).one()
        assert (projet.intitule, projet.montant_demande) == ("Lire au bord du canal", Decimal(4000))
        assert session.scalar(select(func.count()).select_from(Courriel)) == 2

    def test_each_recepisse_names_the_other_service_its_amount_and_its_reference(
        self, session: Session, commune: Demande, presidente: User
    ) -> None:
        premier = depots.file(session, by=preparer.acteur(session, presidente), demande=commune)
        (second,) = session.scalars(select(Dossier).where(Dossier.id != premier.id))
        pages = dict(
            session.execute(
                select(Document.dossier_id, Document.html).where(Document.genre == GenreDocument.RECEPISSE)
            ).all()
        )
        page, autre = (" ".join((pages[un.id] or "").split()) for un in (premier, second))
        assert [
            mot for mot in ("Demande commune", "Ville de Lyon", "1 000,00 €", second.reference) if mot not in page
        ] == []
        assert [mot for mot in ("DDETS du Rhône", "3 000,00 €", premier.reference) if mot not in autre] == []
        assert "4 000,00 € (3 000,00 € à DDETS du Rhône, 1 000,00 € à Ville de Lyon)" in page

    def test_everybody_sees_the_others_of_a_demande_commune(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        commune: Demande,
        presidente: User,
        ville: Service,
    ) -> None:
        premier = depots.file(session, by=preparer.acteur(session, presidente), demande=commune)
        session.commit()
        (second,) = session.scalars(select(Dossier).where(Dossier.id != premier.id))
        client.get(f"/dossiers/{premier.reference}")
        assert f"Ville de Lyon, 1 000,00 €, dossier {second.reference}" in client.texte()
        client.get(f"/demandes/{commune.id}")
        assert f"Suivre le dossier {second.reference}, adressé à Ville de Lyon" in client.texte()
        client.get("/demandes")
        assert premier.reference in client.texte()
        assert second.reference in client.texte()
        client.connecter(creer.agent(ville))
        client.get(f"/instruction/dossiers/{second.reference}")
        assert f"Demande commune avec DDETS du Rhône (3 000,00 €, dossier {premier.reference})." in client.texte()
        assert client.get(f"/instruction/dossiers/{premier.reference}").status_code == 404

    def test_one_closed_campaign_stops_the_filing_and_is_named(
        self, client: ClientStrict, session: Session, commune: Demande, culture: Demarche
    ) -> None:
        culture.cloture = maintenant() - timedelta(minutes=1)
        session.commit()
        client.get(f"/demandes/{commune.id}/relecture")
        assert "La campagne « Culture pour tous » est close depuis" in client.texte()
        assert client.soumettre(action="deposer").status_code == 422
        assert "« Culture pour tous » du service Ville de Lyon est close" in client.texte()
        assert session.scalars(select(Dossier)).all() == []
        client.get(f"/demandes/{commune.id}/demande")
        client.soumettre({f"destinataire-{culture.id}": ""})
        session.expire_all()
        assert lire(session.get_one(Demande, commune.id)).ce_qui_est_demande.adressees == ()

    def test_a_changed_amount_is_to_be_attested_again(
        self, client: ClientStrict, session: Session, commune: Demande, culture: Demarche
    ) -> None:
        client.get(f"/demandes/{commune.id}/demande")
        client.soumettre({f"destinataire-{culture.id}": "500"})
        client.get(f"/demandes/{commune.id}/attestations")
        assert "a changé depuis qu’elle a été cochée, par exemple parce que le montant a changé" in client.texte()
        client.get(f"/demandes/{commune.id}/relecture")
        assert "Déposer la demande" not in client.texte()

    def test_several_years_agree_with_the_amount_of_the_year(
        self, client: ClientStrict, session: Session, brouillon: Demande, presidente: User
    ) -> None:
        preparer.remplir(session, brouillon, presidente)
        annees = {"periode": "pluriannuelle", "pluriannuel-0-annee": "2026", "pluriannuel-0-montant": "2 000"}
        client.get(f"/demandes/{brouillon.id}/demande")
        client.soumettre(annees)
        assert "Pour 2026, vous écrivez 2 000,00 € ici et 3 000,00 € comme montant demandé" in client.texte()
        suite = {"pluriannuel-1-annee": "2027", "pluriannuel-1-montant": "3 500"}
        client.get(f"/demandes/{brouillon.id}/demande")
        client.soumettre({**annees, "pluriannuel-0-montant": "3000", **suite})
        client.get(f"/demandes/{brouillon.id}/relecture")
        assert "Montant demandé pour toutes les années 6 500,00 €" in client.texte()


class TestCourse:
    """Twenty filings at once, on a database where commits are real."""

    @pytest.fixture
    def fabrique(self, fabrique_reelle: Fabrique) -> Fabrique:
        return fabrique_reelle

    def test_twenty_filings_at_once_make_one_set_of_dossiers(
        self, fabrique: Fabrique, session: Session, commune: Demande, presidente: User
    ) -> None:
        qui = preparer.acteur(session, presidente)

        def deposer(_rang: int) -> str:
            with fabrique.begin() as sienne:
                return depots.file(sienne, by=qui, demande=sienne.get_one(Demande, commune.id)).reference

        with ThreadPoolExecutor(20) as fils:
            references = set(fils.map(deposer, range(20)))
        assert len(references) == 1
        for table, nombre in ((Dossier, 2), (Document, 2), (Courriel, 2), (Financement, 2), (Projet, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == nombre


@pytest.fixture
def secretaire(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association, RoleMandat.REDACTEUR, fonction="Secrétaire")
    return usager


@pytest.fixture
def redigee(
    session: Session, creer: Fabriques, association: Association, secretaire: User, etat: Service, client: ClientStrict
) -> Demande:
    """Complete but for the attestations, typed by somebody who may not sign."""
    client.connecter(secretaire)
    brouillon = creer.demande(association, secretaire, creer.demarche(etat, titre="Politique de la ville"))
    return preparer.remplir(session, brouillon, secretaire)


class TestSignature:
    def test_whoever_may_not_sign_does_not_file_and_asks_for_the_signature(
        self, client: ClientStrict, session: Session, redigee: Demande, secretaire: User, presidente: User
    ) -> None:
        client.get(f"/demandes/{redigee.id}/relecture")
        assert "Déposer engage l’association" in client.texte()
        with pytest.raises(Forbidden, match="demandez-lui sa signature"):
            depots.file(session, by=preparer.acteur(session, secretaire), demande=redigee)
        client.get(f"/demandes/{redigee.id}/signature")
        client.soumettre({"signataire": presidente.email, "mot": "À signer avant jeudi."})
        assert f"La signature est demandée à {presidente.email}" in client.texte()
        courriel = session.scalars(select(Courriel)).one()
        assert (courriel.gabarit, courriel.destinataire) == ("signature_depot_demandee", presidente.email)

    def test_incomplete_request_is_not_sent_to_be_signed(
        self, session: Session, creer: Fabriques, association: Association, secretaire: User
    ) -> None:
        vide = creer.demande(association, secretaire)
        with pytest.raises(Invalid, match="Il reste à remplir"):
            signatures_depot.ask(
                session, by=preparer.acteur(session, secretaire), demande=vide, email="lea@example.org"
            )

    def test_signataire_finds_it_ticks_the_clauses_herself_and_files(
        self,
        client: ClientStrict,
        session: Session,
        redigee: Demande,
        secretaire: User,
        presidente: User,
        creer: Fabriques,
        etat: Service,
    ) -> None:
        preparer.attester(session, redigee, secretaire)
        signatures_depot.ask(
            session, by=preparer.acteur(session, secretaire), demande=redigee, email=presidente.email, mot="Merci."
        )
        session.commit()
        client.connecter(presidente)
        client.get("/associations")
        assert "À signer" in client.texte()
        client.get(f"/demandes/{redigee.id}/relecture")
        assert "Votre signature est demandée" in client.texte()
        assert "même si une autre personne les avait cochées" in client.texte()
        with pytest.raises(Invalid, match="cochées par une autre personne"):
            depots.file(session, by=preparer.acteur(session, presidente), demande=redigee)
        session.rollback()
        client.get(f"/demandes/{redigee.id}/attestations")
        cases = [c for c in client.formulaire().iter("input") if c.get("type") == "checkbox"]
        assert cases
        assert not [case for case in cases if case.get("checked") is not None]
        preparer.attester(session, redigee, presidente)
        client.get(f"/demandes/{redigee.id}/relecture")
        client.soumettre(action="deposer")
        session.expire_all()
        dossier = session.scalars(select(Dossier)).one()
        question = session.scalars(select(SignatureDepot)).one()
        assert dossier.signature_demandee_at == question.demandee_at
        assert (question.close_par_id, dossier.demande.deposee_par_id) == (presidente.id, presidente.id)
        client.connecter(creer.agent(etat))
        client.get(f"/instruction/dossiers/{dossier.reference}/demande")
        assert "Demande complète et signature demandée le" in client.texte()
        assert "Empreinte SHA-256 du texte" in client.texte()

    def test_unproved_signataire_sees_the_one_draft_that_she_is_asked_to_sign(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        association: Association,
        redigee: Demande,
        secretaire: User,
    ) -> None:
        nouvelle = creer.usager()
        creer.mandat(nouvelle, association, prouve=False)
        client.connecter(nouvelle)
        assert client.get(f"/demandes/{redigee.id}/relecture").status_code == 404
        signatures_depot.ask(session, by=preparer.acteur(session, secretaire), demande=redigee, email=nouvelle.email)
        session.commit()
        assert client.get(f"/demandes/{redigee.id}/relecture").status_code == 200
        client.connecter(secretaire)
        client.get(f"/demandes/{redigee.id}/relecture")
        client.soumettre(action="reprendre")
        assert "La signature n’est plus demandée" in client.texte()
        client.connecter(nouvelle)
        assert client.get(f"/demandes/{redigee.id}/relecture").status_code == 404

    def test_signature_asked_in_time_lets_an_unchanged_request_be_filed_after_the_closing(
        self, session: Session, redigee: Demande, secretaire: User, presidente: User
    ) -> None:
        signatures_depot.ask(session, by=preparer.acteur(session, secretaire), demande=redigee, email=presidente.email)
        preparer.attester(session, redigee, presidente)
        cloture = redigee.demarche.cloture
        assert cloture is not None
        qui = preparer.acteur(session, presidente)
        with pytest.raises(Invalid, match="est close"):
            depots.file(session, by=qui, demande=redigee, instant=cloture + timedelta(days=7))
        dossier = depots.file(session, by=qui, demande=redigee, instant=cloture + timedelta(days=6))
        assert dossier.signature_demandee_at is not None
        assert dossier.signature_demandee_at < cloture < dossier.date_depot

    def test_who_asked_another_person_to_sign_gains_no_time_for_herself(
        self, client: ClientStrict, session: Session, redigee: Demande, presidente: User
    ) -> None:
        par_elle = preparer.acteur(session, presidente)
        signatures_depot.ask(session, by=par_elle, demande=redigee, email="lea@example.org")
        preparer.attester(session, redigee, presidente)
        cloture = redigee.demarche.cloture
        assert cloture is not None
        with pytest.raises(Invalid, match="est close"):
            depots.file(session, by=par_elle, demande=redigee, instant=cloture + timedelta(hours=1))

    def test_a_request_changed_since_is_told_and_is_not_filed_after_the_closing(
        self, client: ClientStrict, session: Session, redigee: Demande, secretaire: User, presidente: User
    ) -> None:
        signatures_depot.ask(session, by=preparer.acteur(session, secretaire), demande=redigee, email=presidente.email)
        session.commit()
        client.get(f"/demandes/{redigee.id}/projet")
        client.soumettre({"description": "Treize ateliers."})
        client.connecter(presidente)
        client.get(f"/demandes/{redigee.id}/relecture")
        assert "La demande a changé depuis que la signature est demandée" in client.texte()
        session.expire_all()
        preparer.attester(session, redigee, presidente)
        cloture = redigee.demarche.cloture
        assert cloture is not None
        with pytest.raises(Invalid, match="est close"):
            depots.file(
                session,
                by=preparer.acteur(session, presidente),
                demande=redigee,
                instant=cloture + timedelta(hours=1),
            )

    def test_asking_twice_is_one_question_and_another_person_replaces_the_first(
        self, session: Session, redigee: Demande, secretaire: User
    ) -> None:
        qui = preparer.acteur(session, secretaire)
        for adresse in ("lea@example.org", "lea@example.org", "awa@example.org"):
            signatures_depot.ask(session, by=qui, demande=redigee, email=adresse)
        ouvertes = session.scalars(select(SignatureDepot.email).where(SignatureDepot.close_at.is_(None))).all()
        assert ouvertes == ["awa@example.org"]
        assert session.scalar(select(func.count()).select_from(SignatureDepot)) == 2
        with pytest.raises(Invalid, match="C’est votre adresse"):
            signatures_depot.ask(session, by=qui, demande=redigee, email=secretaire.email)

    def test_letters_to_whom_one_likes_are_counted(
        self, client: ClientStrict, session: Session, redigee: Demande
    ) -> None:
        for rang in range(signatures_depot.PAR_JOUR + 1):
            client.get(f"/demandes/{redigee.id}/signature")
            client.soumettre({"signataire": "autre", "email": f"quelqu-un-{rang}@example.org"})
        assert "Vous avez déjà demandé 20 signatures depuis hier" in client.texte().replace("\u00a0", " ")
        assert session.scalar(select(func.count()).select_from(Courriel)) == signatures_depot.PAR_JOUR


def test_saving_the_same_ticks_makes_them_those_of_who_saves(
    client: ClientStrict, session: Session, redigee: Demande, secretaire: User, presidente: User
) -> None:
    preparer.attester(session, redigee, secretaire)
    client.connecter(presidente)
    client.get(f"/demandes/{redigee.id}/attestations")
    cases = {
        c.get("name", ""): c.get("value", "") for c in client.formulaire().iter("input") if c.get("type") == "checkbox"
    }
    client.soumettre({**cases, "prenom": "Léa", "nom": "Durand", "qualite": "representant"})
    session.expire_all()
    saisie = session.scalars(select(SectionSaisie).where(SectionSaisie.section == SectionDemande.ATTESTATIONS)).one()
    assert saisie.updated_by_id == presidente.id


def test_whoever_joins_the_pouvoir_that_she_was_given_files_herself(
    session: Session, redigee: Demande, secretaire: User
) -> None:
    preparer.attester(session, redigee, secretaire, qualite="mandataire")
    qui = preparer.acteur(session, secretaire)
    with pytest.raises(Forbidden, match="joignez le pouvoir"):
        depots.file(session, by=qui, demande=redigee)
    session.rollback()
    preparer.attester(session, preparer.remplir(session, redigee, secretaire), secretaire, qualite="mandataire")
    assert depots.file(session, by=qui, demande=redigee).reference


def test_a_pouvoir_in_which_a_virus_was_found_is_none(
    client: ClientStrict, session: Session, redigee: Demande, secretaire: User
) -> None:
    preparer.attester(session, redigee, secretaire, qualite="mandataire")
    preparer.attester(session, preparer.remplir(session, redigee, secretaire), secretaire, qualite="mandataire")
    pouvoir = session.scalars(
        select(Fichier).join(PieceDemande, PieceDemande.fichier_id == Fichier.id).where(PieceDemande.code == "pouvoir")
    ).one()
    client.get(f"/demandes/{redigee.id}/relecture")
    assert "Déposer engage l’association" not in client.texte()
    pouvoir.verdict = VerdictAntivirus.INFECTE
    session.commit()
    client.get(f"/demandes/{redigee.id}/relecture")
    assert "Déposer engage l’association" in client.texte()
    with pytest.raises(Forbidden, match="joignez le pouvoir"):
        depots.file(session, by=preparer.acteur(session, secretaire), demande=redigee)


def test_filing_asks_for_a_recent_proof_of_the_address_and_comes_back(
    client: ClientStrict, session: Session, commune: Demande
) -> None:
    client.get(f"/demandes/{commune.id}/relecture")
    session.execute(update(SessionConnexion).values(prouvee_at=maintenant() - timedelta(hours=13)))
    session.commit()
    reponse = client.soumettre(action="deposer", suivre=False)
    assert reponse.status_code == 303
    assert "/compte/preuve" in reponse.headers["Location"]
    assert session.scalars(select(Dossier)).all() == []
