"""A grant request from its beginning to its check page: nothing that was typed is ever lost."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association, Etablissement, FaitAssociation
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.models.demarches import Demarche
from portal.models.journal import Evenement
from portal.vocabulaire import RoleMandat, Source
from portal.vocabulaire_demandes import SectionDemande
from tests import html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def demande(creer: Fabriques, association: Association, presidente: User, client: ClientStrict) -> Demande:
    """A draft of the person logged in."""
    client.connecter(presidente)
    return creer.demande(association, presidente)


def saisie(session: Session, demande: Demande, section: SectionDemande) -> SectionSaisie:
    session.expire_all()
    return session.scalars(
        select(SectionSaisie).where(SectionSaisie.demande_id == demande.id, SectionSaisie.section == section)
    ).one()


def ouvrir(client: ClientStrict, demande: Demande, section: str) -> None:
    assert client.get(f"/demandes/{demande.id}/{section}").status_code == 200


class TestCommencer:
    def test_only_campaigns_open_now_are_offered(
        self, client: ClientStrict, creer: Fabriques, presidente: User
    ) -> None:
        instant = maintenant()
        creer.demarche(titre="Ouverte")
        creer.demarche(titre="Close hier", cloture=instant - timedelta(days=1))
        creer.demarche(titre="À venir", ouverture=instant + timedelta(days=1))
        creer.demarche(titre="Sur Démarches Simplifiées", source=Source.DS)
        client.connecter(presidente)
        client.get("/demandes/nouvelle")
        texte = client.texte()
        assert "Ouverte" in texte
        assert not any(titre in texte for titre in ("Close hier", "À venir", "Sur Démarches"))

    def test_same_page_sent_twice_begins_one_request(
        self, client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
    ) -> None:
        demarche = creer.demarche()
        client.connecter(presidente)
        client.get("/demandes/nouvelle")
        page = client.arbre
        for _ in range(2):
            client.arbre = page
            client.soumettre({"demarche": str(demarche.id), "association": str(association.id)})
            assert "Rien n’est encore déposé" in client.texte()
        assert session.scalar(select(func.count()).select_from(Demande)) == 1

    def test_unanswered_choice_is_asked_for_in_french(
        self, client: ClientStrict, creer: Fabriques, presidente: User
    ) -> None:
        creer.demarche()
        client.connecter(presidente)
        client.get("/demandes/nouvelle")
        reponse = client.soumettre({})
        assert reponse.status_code == 422
        assert "Choisissez une campagne." in client.texte()

    def test_reader_of_an_association_cannot_begin(
        self, client: ClientStrict, creer: Fabriques, association: Association
    ) -> None:
        lecteur = creer.usager()
        creer.mandat(lecteur, association, RoleMandat.LECTEUR)
        demarche = creer.demarche()
        client.connecter(lecteur)
        client.get("/demandes/nouvelle")
        assert "Aucune association pour laquelle demander" in client.texte()
        valeurs = {"cle": "x" * 20, "demarche": str(demarche.id), "association": str(association.id)}
        assert client.poster("/demandes/nouvelle", valeurs).status_code == 422

    def test_campaign_closed_while_the_page_was_open_is_refused_with_a_sentence(
        self, client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
    ) -> None:
        demarche = creer.demarche()
        client.connecter(presidente)
        client.get("/demandes/nouvelle")
        session.get_one(Demarche, demarche.id).cloture = maintenant()
        session.commit()
        creer.demarche(titre="Encore ouverte")
        reponse = client.soumettre({"demarche": str(demarche.id), "association": str(association.id)})
        assert reponse.status_code == 422
        assert "Choisissez une des réponses proposées." in client.texte()


class TestSections:
    def test_each_section_says_its_state_in_words(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "projet")
        client.soumettre({"intitule": "Lire au bord du canal"})
        assert "La section « Projet » est enregistrée. Il reste des réponses à donner" in client.texte()
        attendu = "Il reste 14 réponses à donner : Objectifs, Description, Nombre de personnes concernées et 11 autres. en cours"
        assert attendu in client.texte()
        saisies.remplir(client, demande.id, "projet")
        assert f"1 section remplie sur {len(saisies.SECTIONS) + 1}" in client.texte()
        ouvrir(client, demande, "budget-projet")
        client.soumettre({"locations": "100"})
        client.get(f"/demandes/{demande.id}")
        assert "à corriger" in client.texte()
        assert "Votre demande à commencer" in client.texte()
        assert "Rien n’est encore déposé" in client.texte()

    def test_every_section_opens_at_once_in_any_order_and_each_page_says_that_nothing_is_filed(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        client.get(f"/demandes/{demande.id}")
        liens = {"".join(un.itertext()).strip(): un.get("href", "") for un in client.arbre.iter("a")}
        sections = (
            "Attestations",
            "Pièces",
            "Cofinancements et aides publiques",
            "Budget du projet",
            "Projet",
            "Budget de l’association",
            "Moyens humains",
            "Association",
            "Votre demande",
            "Relire la demande",
        )
        for libelle in sections:
            assert client.get(liens[libelle]).status_code == 200, libelle
            assert "Rien n’est encore déposé" in client.texte(), libelle

    def test_wrong_values_are_saved_as_typed_and_shown_again(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        reponse = client.soumettre(
            {"intitule": "  Fête  ", "public_nombre": "une centaine", "date_debut-jour": "31", "date_debut-mois": "2",
             "date_debut-annee": "2026"}
        )  # fmt: skip
        assert reponse.status_code == 422
        texte = client.texte()
        assert "Ce que vous avez écrit est enregistré." in texte
        assert "« une centaine » n’est pas un nombre entier" in texte
        assert "La date « 31 2 2026 » n’existe pas" in texte
        valeurs = saisie(session, demande, SectionDemande.PROJET).valeurs
        assert (valeurs["intitule"], valeurs["public_nombre"]) == ("  Fête  ", "une centaine")
        ouvrir(client, demande, "projet")
        assert dict(html.champs(client.formulaire()))["public_nombre"] == "une centaine"
        assert "« une centaine » n’est pas un nombre entier" in client.texte()

    def test_amount_is_read_as_french_people_write_it(self, client: ClientStrict, demande: Demande) -> None:
        saisies.remplir(client, demande.id, "budget-projet")
        ouvrir(client, demande, "demande")
        reponse = client.soumettre({**saisies.DEMANDE, "montant_demande": "12,34,5"})
        assert reponse.status_code == 422
        assert "Le montant « 12,34,5 » n’est pas lisible. Écrivez par exemple 1 234,50." in client.texte()
        client.soumettre({**saisies.DEMANDE, "montant_demande": "1 234,50 €"})
        assert "est enregistrée et remplie" in client.texte()
        ouvrir(client, demande, "demande")
        assert "1 234,50 € représente 30,86 % du total des produits" in client.texte()

    def test_amount_above_the_produits_is_refused_and_kept(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        saisies.remplir(client, demande.id, "budget-projet")
        ouvrir(client, demande, "demande")
        assert client.soumettre({**saisies.DEMANDE, "montant_demande": "4000,01"}).status_code == 422
        assert "dépasse le total des produits du budget, 4 000,00 €" in client.texte()
        assert saisie(session, demande, SectionDemande.DEMANDE).valeurs["montant_demande"] == "4000,01"

    def test_unbalanced_budget_says_by_how_much_and_totals_are_right_without_javascript(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "budget-projet")
        assert client.soumettre({"locations": "1 500,50", "cotisations": "1000"}).status_code == 422
        texte = client.texte()
        assert "Il manque 500,50 € de produits." in texte
        assert "Total des charges 1 500,50 €" in texte
        assert "Total des produits 1 000,00 €" in texte

    def test_siret_that_fails_luhn_or_belongs_to_another_association_is_refused(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "identite")
        assert client.soumettre({"siret": "autre", "siret_autre": "732 829 320 00079"}).status_code == 422
        assert "Le SIRET « 732 829 320 00079 » n’est pas valide" in client.texte()
        assert client.soumettre({"siret": "autre", "siret_autre": "73282932000074"}).status_code == 422
        assert "n’est pas celui d’un établissement de votre association" in client.texte()

    def test_identity_starts_from_what_is_known(
        self, client: ClientStrict, demande: Demande, association: Association
    ) -> None:
        ouvrir(client, demande, "identite")
        champs = dict(html.champs(client.formulaire()))
        assert champs["siret"] == association.siret_siege
        assert champs["adresse"] == "2 quai des Célestins, 69002 Lyon"
        assert (champs["representant_prenom"], champs["fonction"]) == ("Léa", "Présidente")

    def test_identity_says_what_the_registers_hold_and_who_says_it(
        self, client: ClientStrict, session: Session, demande: Demande, association: Association
    ) -> None:
        dits = {"denomination": "Lire ensemble", "nature_juridique": "9220", "date_creation": "2009-09-01"}
        for champ, valeur in dits.items():
            fait = FaitAssociation(association_id=association.id, champ=champ, valeur=valeur)
            fait.source, fait.observed_at = "recherche-entreprises", maintenant()
            session.add(fait)
        session.commit()
        ouvrir(client, demande, "identite")
        for lu in ("annuaire des entreprises (INSEE)", "association déclarée", "1er septembre 2009"):
            assert lu in client.texte()

    def test_an_empty_section_announces_no_error(self, client: ClientStrict, demande: Demande) -> None:
        for section in saisies.SECTIONS:
            ouvrir(client, demande, section)
            assert "Erreur" not in client.texte()

    def test_association_without_known_places_gives_its_siret(
        self, client: ClientStrict, session: Session, demande: Demande, association: Association
    ) -> None:
        siret = association.siret_siege
        session.execute(delete(Etablissement).where(Etablissement.association_id == association.id))
        session.commit()
        ouvrir(client, demande, "identite")
        assert "Établissement qui porte la demande" not in client.texte()
        client.soumettre(saisies.IDENTITE)
        assert "Il reste des réponses à donner" in client.texte()
        ouvrir(client, demande, "identite")
        client.soumettre({**saisies.IDENTITE, "siret_autre": siret})
        assert "est enregistrée et remplie" in client.texte()

    def test_nothing_is_ticked_in_advance_and_a_clause_whose_text_changed_is_ticked_again(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        for section in ("budget-projet", "demande"):
            saisies.remplir(client, demande.id, section)
        ouvrir(client, demande, "attestations")
        cases = saisies.cocher(client)
        assert len(cases) == 6
        assert not set(cases) & dict(html.champs(client.formulaire())).keys()
        saisies.remplir(client, demande.id, "attestations")
        saisies.remplir(client, demande.id, "demande", montant_demande="2000")
        client.get(f"/demandes/{demande.id}")
        assert (
            "Une réponse au moins n’est pas lisible ou ne s’accorde pas avec les autres. à corriger" in client.texte()
        )
        ouvrir(client, demande, "attestations")
        assert "Le texte de cette phrase a changé depuis qu’elle a été cochée" in client.texte()
        assert "une subvention de 2 000,00 € au titre de l’exercice 2026" in client.texte()

    def test_request_never_waits_for_a_signature_of_the_cer(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "attestations")
        assert "Le dépôt n’attend pas cette signature." in client.texte()

    def test_text_that_is_too_long_is_kept_whole_with_the_rest(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        assert client.soumettre({"intitule": "Fête du canal", "objectifs": "a" * 5_001}).status_code == 422
        assert "« Objectifs » compte 5 001 caractères, au lieu de 5 000 au plus." in client.texte()
        valeurs = saisie(session, demande, SectionDemande.PROJET).valeurs
        assert valeurs["intitule"] == "Fête du canal"
        assert len(valeurs["objectifs"]) == 5_001

    def test_saving_is_recorded_with_the_fields_that_changed(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        client.soumettre({"intitule": "Un"})
        evenement = session.scalars(select(Evenement).where(Evenement.objet == f"demande:{demande.id}")).one()
        assert evenement.action == "section_enregistree"
        assert list(evenement.champs) == ["projet.intitule"]


class TestDeuxPersonnes:
    def test_somebody_elses_saving_is_never_overwritten_and_both_texts_are_shown(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        page = client.arbre
        ouvrir(client, demande, "projet")
        client.soumettre({"intitule": "Le titre de Léa", "territoire": "Lyon 9e"})
        client.arbre = page
        reponse = client.soumettre({"intitule": "Le titre de Paul", "territoire": "Lyon 9e"})
        assert reponse.status_code == 409
        assert "Cette section a été modifiée entre-temps" in client.texte()
        assert "Ce que vous avez écrit Le titre de Paul" in client.texte()
        assert "par vous, dans une autre page" in client.texte()
        assert html.par_id(client.arbre, "resume-erreurs") is not None  # where the focus goes
        assert dict(html.champs(client.formulaire()))["intitule"] == "Le titre de Paul"
        assert saisie(session, demande, SectionDemande.PROJET).valeurs["intitule"] == "Le titre de Léa"
        client.soumettre({})
        assert saisie(session, demande, SectionDemande.PROJET).valeurs["intitule"] == "Le titre de Paul"

    def test_same_text_sent_twice_is_no_conflict(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        page = client.arbre
        for _ in range(2):
            client.arbre = page
            assert client.soumettre({"intitule": "Un seul titre"}).status_code == 200
        assert saisie(session, demande, SectionDemande.PROJET).version == 1

    def test_lines_ended_as_browsers_end_them_are_the_same_text_and_count_once(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        page = client.arbre
        for fin in ("\r\n", "\n"):
            client.arbre = page
            assert client.soumettre({"objectifs": ("a" * 9 + fin) * 499 + "fin"}).status_code == 200
        gardee = saisie(session, demande, SectionDemande.PROJET)
        assert gardee.version == 1
        assert len(gardee.valeurs["objectifs"]) == 4_993


class TestAcces:
    def test_nobody_else_sees_or_changes_a_request(
        self, client: ClientStrict, creer: Fabriques, association: Association, demande: Demande
    ) -> None:
        etranger, impostrice = creer.usager(), creer.usager()
        creer.mandat(etranger, creer.association())
        creer.mandat(impostrice, association, prouve=False)
        for personne in (etranger, impostrice):
            client.connecter(personne)
            client.get("/demandes")
            assert "Aucune demande pour le moment" in client.texte()
            for fin in ("", "/projet", "/relecture"):
                assert client.get(f"/demandes/{demande.id}{fin}").status_code == 404
            for fin in ("/projet", "/deposer"):
                assert client.poster(f"/demandes/{demande.id}{fin}", {"version": "0"}).status_code == 404

    def test_reader_sees_but_does_not_change(
        self, client: ClientStrict, creer: Fabriques, association: Association, demande: Demande
    ) -> None:
        lecteur = creer.usager()
        creer.mandat(lecteur, association, RoleMandat.LECTEUR)
        client.connecter(lecteur)
        assert client.get(f"/demandes/{demande.id}").status_code == 200
        assert client.get(f"/demandes/{demande.id}/projet").status_code == 403
        assert client.poster(f"/demandes/{demande.id}/projet", {"version": "0"}).status_code == 403

    def test_agents_and_strangers_do_not_enter(self, client: ClientStrict, creer: Fabriques, demande: Demande) -> None:
        client.connecter(creer.agent())
        assert client.get("/demandes").status_code == 403
        assert client.get(f"/demandes/{demande.id}").status_code == 403

    def test_unknown_section_is_not_found(self, client: ClientStrict, demande: Demande) -> None:
        assert client.get(f"/demandes/{demande.id}/budget_projet").status_code == 404


class TestPages:
    @pytest.mark.parametrize("section", saisies.SECTIONS)
    def test_fragment_swapped_in_equals_a_fresh_page(
        self, client: ClientStrict, demande: Demande, section: str
    ) -> None:
        adresse = f"/demandes/{demande.id}/{section}"
        client.get(adresse)
        page = client.arbre
        client.fragment(adresse)
        assert html.canonique(html.echanger(page, client.arbre)) == html.canonique(_fraiche(client, adresse))

    def test_htmx_gets_the_errors_in_place_and_a_redirect_once_saved(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "projet")
        reponse = client.soumettre({"public_nombre": "beaucoup"}, htmx=True)
        assert reponse.status_code == 422
        assert reponse.text.lstrip().startswith('<div id="section">')
        reponse = client.post(
            f"/demandes/{demande.id}/projet",
            data={**dict(html.champs(next(client.arbre.iter("form")))), "public_nombre": "12"},
            headers={"HX-Request": "true"},
        )
        assert reponse.headers["HX-Redirect"] == f"/demandes/{demande.id}"

    def test_list_takes_as_many_queries_for_one_request_as_for_ten(
        self, client: ClientStrict, creer: Fabriques, association: Association, presidente: User
    ) -> None:
        client.connecter(presidente)
        creer.demande(association, presidente)
        une = _lectures(client)
        for _ in range(9):
            creer.demande(creer.association(), presidente)
            creer.demande(association, presidente)
        assert _lectures(client) == une <= 6

    def test_check_page_shows_everything_with_links_to_change_it(self, client: ClientStrict, demande: Demande) -> None:
        saisies.tout_remplir(client, demande.id)
        client.get(f"/demandes/{demande.id}/relecture")
        texte = client.texte()
        for mot in ("Lire au bord du canal", "1er septembre 2026", "Total des produits 4 000,00 €", "Oui, attesté"):
            assert mot in texte
        liens = {lien.get("href") for lien in client.arbre.iter("a")}
        assert {f"/demandes/{demande.id}/{section}?retour=relecture" for section in saisies.SECTIONS} <= liens


def _fraiche(client: ClientStrict, adresse: str) -> html.Element:
    client.get(adresse)
    return client.arbre


def _lectures(client: ClientStrict) -> int:
    with requetes() as vues:
        assert client.get("/demandes").status_code == 200
    return len(vues)
