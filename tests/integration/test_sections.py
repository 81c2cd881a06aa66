"""The pages of a request: all that the cerfa asks, what depends on an answer, lists of lines, and where one goes on."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.forms.demandes import FORMULAIRES
from portal.forms.demandes.identite import IdentiteForm
from portal.forms.demandes.projet import ProjetForm
from portal.forms.lignes import Lignes
from portal.forms.saisie import Contexte, Saisie, lier, tenable
from portal.models.associations import Association, AssociationIdentifiant, Etablissement
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.queries import demandes_lisibles
from portal.vocabulaire import TypeIdentifiant
from portal.vocabulaire_demandes import EtatSection, SectionDemande
from tests import html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

# Cerfa 12156*06, §0 to §6: label of each thing asked, by section.
CERFA = {
    SectionDemande.DEMANDE: {"Forme", "Fréquence", "Objet", "Période", "Montant demandé", "Exercice"},
    SectionDemande.IDENTITE: {
        "Nom de l’association", "Sigle", "Site internet", "Établissement qui porte la demande",
        "Numéro RNA, ou à défaut numéro du récépissé de la préfecture", "Adresse du siège",
        "Adresse de gestion ou de correspondance", "Prénom", "Nom", "Fonction", "Téléphone", "Adresse électronique",
        "Prénom de cette personne", "Nom de cette personne", "Fonction de cette personne", "Téléphone de cette personne",
        "Adresse électronique de cette personne", "Agréments",
        "L’association est-elle reconnue d’utilité publique ?", "Si oui, date de publication au Journal officiel",
        "L’association est-elle assujettie aux impôts commerciaux ?", "Si oui, depuis quelle date",
        "Réseaux, unions ou fédérations", "L’association a-t-elle des adhérents personnes morales ?",
        "Si oui, lesquelles",
    },
    SectionDemande.MOYENS: {
        "Nombre de bénévoles", "Nombre de volontaires", "Nombre total de salariés", "Dont nombre d’emplois aidés",
        "Salariés en équivalent temps plein travaillé (ETPT)",
        "Personnels mis à disposition ou détachés par une autorité publique", "Nombre d’adhérents",
    },
    SectionDemande.BUDGET_ASSOCIATION: {"Début de l’exercice", "Fin de l’exercice"},
    SectionDemande.PROJET: {
        "Intitulé du projet", "Objectifs", "Description", "Nombre de personnes concernées", "Public visé", "Âge du public",
        "Part de femmes", "Part d’hommes", "Le projet s’adresse-t-il à des habitants d’un quartier prioritaire (QPV) ?",
        "Territoire", "Date de début", "Date de fin", "Nombre de bénévoles du projet", "Nombre de salariés du projet",
        "Salariés du projet en équivalent temps plein travaillé (ETPT)",
        "Un recrutement est-il envisagé pour ce projet ?", "Moyens matériels", "Indicateurs d’évaluation",
        "Information complémentaire",
    },
}  # fmt: skip
INSCRIPTION = {"Tribunal", "Date d’inscription", "Volume", "Folio"}


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
    client.connecter(presidente)
    return creer.demande(association, presidente)


def libelles(form: Saisie) -> set[str]:
    return {str(champ.label.text).replace("\u00a0", " ") for champ in form.contenus()}


def examine(genre: type[Saisie], contexte: Contexte, valeurs: dict[str, str]) -> Saisie:
    form = lier(genre, valeurs, contexte)
    form.examiner()
    return form


LIEU = Contexte(siren="732829320", etablissements=(("73282932000074", "Lyon"),))
IDENTITE = {**saisies.IDENTITE, "siret": "73282932000074"}


class TestCerfa:
    @pytest.mark.parametrize("section", CERFA)
    def test_each_thing_that_the_cerfa_asks_has_its_field(self, section: SectionDemande) -> None:
        assert not CERFA[section] - libelles(lier(FORMULAIRES[section], {}, LIEU))

    def test_association_of_local_law_gives_its_registration_and_no_rna(self) -> None:
        locale = Contexte(siren=LIEU.siren, etablissements=LIEU.etablissements, droit_local=True)
        form = examine(IdentiteForm, locale, IDENTITE)
        assert libelles(form) >= INSCRIPTION
        assert not any("RNA" in libelle for libelle in libelles(form))
        assert set(form.manquants) == INSCRIPTION
        assert not INSCRIPTION & libelles(lier(IdentiteForm, {}, LIEU))
        assert examine(IdentiteForm, LIEU, IDENTITE).etat == EtatSection.REMPLIE

    @pytest.mark.parametrize(
        ("question", "suite", "libelle"),
        [
            ("rup", "rup_date-annee", "Si oui, date de publication au Journal officiel"),
            ("impots_commerciaux", "impots_depuis-annee", "Si oui, depuis quelle date"),
            ("adherents_morales", "adherents_morales_lesquels", "Si oui, lesquelles"),
        ],
    )
    def test_what_follows_a_yes_is_asked_after_a_yes_alone_and_never_lost(
        self, question: str, suite: str, libelle: str
    ) -> None:
        oui = examine(IdentiteForm, LIEU, {**IDENTITE, question: "oui"})
        assert oui.manquants == (libelle,)
        non = examine(IdentiteForm, LIEU, {**IDENTITE, question: "non", suite: "x"})
        assert non.etat == EtatSection.REMPLIE
        assert libelle not in dict(non.relire())
        assert non.brut()[suite] == "x"

    @pytest.mark.parametrize("adresse", ["pas un site", "http://", "javascript:alert(1)", "https://[", "www", "a@b.fr"])
    def test_a_site_is_a_site(self, adresse: str) -> None:
        assert "site_web" in examine(IdentiteForm, LIEU, {**IDENTITE, "site_web": adresse}).errors

    @pytest.mark.parametrize(
        "adresse", ["www.lire.org", "https://lire.org/bonjour?a=1", "lire-ensemble.asso.fr", "été.fr"]
    )
    def test_a_site_is_read_with_or_without_its_scheme(self, adresse: str) -> None:
        form = examine(IdentiteForm, LIEU, {**IDENTITE, "site_web": adresse})
        assert not form.errors
        assert form["site_web"].valeur.startswith("https://")

    def test_rna_is_checked_and_the_number_of_a_recepisse_kept_as_it_is(self) -> None:
        assert "rna" in examine(IdentiteForm, LIEU, {**IDENTITE, "rna": "W12"}).errors
        assert not examine(IdentiteForm, LIEU, {**IDENTITE, "rna": "0691012345 du 3 mai 1987"}).errors

    def test_association_known_by_a_ridet_alone_needs_no_siret(self) -> None:
        form = examine(IdentiteForm, Contexte(numero_local="0123456.001"), saisies.IDENTITE)
        assert form.etat == EtatSection.REMPLIE
        assert examine(IdentiteForm, Contexte(), saisies.IDENTITE).manquants == ("SIRET de l’association",)

    def test_parts_of_a_public_and_of_a_working_time_stay_within_their_whole(self) -> None:
        faux = {**saisies.PROJET, "part_femmes": "60 %", "part_hommes": "40,5", "salaries": "1", "etpt": "1,5"}
        assert set(examine(ProjetForm, LIEU, faux).errors) == {"part_hommes", "etpt"}
        assert "part_femmes" in examine(ProjetForm, LIEU, {**saisies.PROJET, "part_femmes": "120"}).errors


TEXTES = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [
        "oui",
        "non",
        "autre",
        "²",
        "-1",
        "1e9",
        "٣",
        "99999999999999999999",
        "1 234,50 €",
        "31",
        "0",
        "\r\n",
        "\u202e",
        "=1+1",
    ]
)


class TestNImporteQuoi:
    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_whatever_is_typed_is_kept_and_read_without_failing(self, data: st.DataObject) -> None:
        genre = data.draw(st.sampled_from(sorted(FORMULAIRES.values(), key=lambda form: form.__name__)))
        contexte = data.draw(st.sampled_from([LIEU, Contexte(), Contexte(droit_local=True, objet="fonctionnement")]))
        noms = sorted({nom for champ in lier(genre, {}, contexte).contenus() for nom in _entrees(champ)})
        if not noms:
            return
        typed = data.draw(st.dictionaries(st.sampled_from(noms), TEXTES, max_size=25))
        form = examine(genre, contexte, typed)
        assert form.etat in EtatSection
        assert all(isinstance(texte, str) for paire in form.relire() for texte in paire)
        if genre in (IdentiteForm, ProjetForm):
            garde = form.brut()
            perdus = {nom: texte for nom, texte in typed.items() if texte and garde.get(nom) != tenable(texte)}
            assert all(not tenable(texte).strip() and "-" in nom for nom, texte in perdus.items() if nom != "siret")

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(valeurs=st.dictionaries(st.sampled_from([*saisies.IDENTITE, "agrements-0-type", "retirer", "rester", "version",
                                                    "suite", "retour", "page", "rup"]), TEXTES))  # fmt: skip
    def test_no_text_makes_a_page_fail(self, client: ClientStrict, demande: Demande, valeurs: dict[str, str]) -> None:
        for section in ("identite", "projet", "demande", "moyens", "attestations"):
            statut = client.poster(f"/demandes/{demande.id}/{section}", {"version": "0", **valeurs}).status_code
            assert statut == 400 if "\x00" in "".join(valeurs.values()) else statut in (303, 409, 422)
            assert client.get(f"/demandes/{demande.id}/{section}").status_code == 200


def _entrees(champ: Any) -> set[str]:
    """Names of the inputs of a field; of two lines of a list."""
    if isinstance(champ, Lignes):
        debut = champ.entries[0].name
        noms = {nom for partie in champ.entries[0] for nom in _entrees(partie)}
        return noms | {nom.replace(debut, f"{champ.name}-7", 1) for nom in noms}
    return {partie.name for partie in champ.form} if hasattr(champ, "form") else {champ.name}


def ouvrir(client: ClientStrict, demande: Demande, section: str) -> dict[str, str]:
    assert client.get(f"/demandes/{demande.id}/{section}").status_code == 200
    return dict(html.champs(client.formulaire()))


def lignes(client: ClientStrict) -> dict[str, str]:
    return {nom: texte for nom, texte in html.champs(client.formulaire()) if nom.startswith("agrements-") and texte}


class TestLignes:
    def test_a_line_is_added_and_taken_out_without_losing_what_the_page_holds(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "identite")
        typed = {"sigle": "LE", "agrements-0-type": "Sport", "rester": "agrements"}
        reponse = client.soumettre(typed, suivre=False)
        assert reponse.status_code == 303
        assert reponse.location == f"/demandes/{demande.id}/identite#agrements"
        assert ouvrir(client, demande, "identite")["sigle"] == "LE"
        assert "Agrément 2" in client.texte()
        client.soumettre({"agrements-1-type": "Jeunesse", "sigle": "LEL", "retirer": "agrements-0"}, suivre=False)
        assert ouvrir(client, demande, "identite")["sigle"] == "LEL"
        assert lignes(client) == {"agrements-1-type": "Jeunesse"}

    def test_htmx_gets_the_page_itself_with_the_new_line_and_the_new_lock(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "identite")
        reponse = client.soumettre({"agrements-0-type": "Sport", "rester": "agrements"}, htmx=True)
        assert (reponse.status_code, "HX-Redirect" in reponse.headers) == (200, False)
        assert lignes(client) == {"agrements-0-type": "Sport"}
        assert html.par_id(client.arbre, "agrements-1") is not None
        suite = {"agrements-1-type": "Jeunesse", "rester": "agrements"}
        client.arbre = html.echanger(_page(client, demande), client.arbre)
        assert client.soumettre(suite, htmx=True).status_code == 200

    def test_errors_of_a_line_stand_at_its_fields_and_in_the_summary(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "identite")
        typed = {"agrements-4-type": "Sport", "agrements-4-date-jour": "31", "agrements-4-date-mois": "2"}
        assert client.soumettre({**typed, "agrements-4-date-annee": "2020"}).status_code == 422
        resume = html.par_id(client.arbre, "resume-erreurs")
        assert resume is not None
        liens = [lien.get("href", "") for lien in resume.iter("a")]
        assert liens == ["#agrements-4-date-jour"]
        assert html.par_id(client.arbre, liens[0][1:]) is not None
        assert html.texte(resume).count("La date « 31 2 2020 » n’existe pas") == 1

    def test_the_key_enter_never_takes_a_line_out(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "identite")
        client.soumettre({"agrements-0-type": "Sport", "rester": "agrements"})
        premier = next(b for b in client.formulaire().iter("button") if b.get("type") == "submit")
        assert premier.get("name") is None


def _page(client: ClientStrict, demande: Demande) -> html.Element:
    garde = client.arbre
    client.get(f"/demandes/{demande.id}/identite")
    page, client.arbre = client.arbre, garde
    return page


class TestSuite:
    def test_save_and_go_on_leads_to_the_next_page_that_is_not_filled_in(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        saisies.remplir(client, demande.id, "moyens")
        ouvrir(client, demande, "identite")
        reponse = client.soumettre({**saisies.IDENTITE, "suite": "suivante"}, suivre=False)
        assert reponse.location == f"/demandes/{demande.id}/budget-association"

    def test_what_is_changed_from_the_check_page_comes_back_to_it(self, client: ClientStrict, demande: Demande) -> None:
        client.get(f"/demandes/{demande.id}/moyens?retour=relecture")
        assert client.soumettre({**saisies.MOYENS, "benevoles": "beaucoup"}).status_code == 422
        reponse = client.soumettre(saisies.MOYENS, suivre=False)
        assert reponse.location == f"/demandes/{demande.id}/relecture#moyens"

    def test_coming_back_leads_nowhere_else(self, client: ClientStrict, demande: Demande) -> None:
        client.get(f"/demandes/{demande.id}/moyens?retour=https://ailleurs.example/")
        reponse = client.soumettre(saisies.MOYENS, suivre=False)
        assert reponse.location == f"/demandes/{demande.id}"

    def test_pages_are_read_in_a_fixed_number_of_queries(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        for section in ("identite", "projet", "moyens"):
            saisies.remplir(client, demande.id, section)
        for adresse in ("", "/projet", "/moyens"):
            with requetes() as vues:
                assert client.get(f"/demandes/{demande.id}{adresse}").status_code == 200
            assert len(vues) <= 12, vues


class TestAssociation:
    def test_registration_of_alsace_moselle_is_taken_from_what_was_said_when_attaching(
        self, client: ClientStrict, session: Session, demande: Demande, association: Association
    ) -> None:
        registre = AssociationIdentifiant(
            association_id=association.id, type=TypeIdentifiant.REGISTRE_LOCAL, valeur="Strasbourg, volume 45, folio 12"
        )
        session.add(registre)
        session.commit()
        champs = ouvrir(client, demande, "identite")
        assert (champs["tribunal"], champs["volume"], champs["folio"]) == ("Strasbourg", "45", "12")
        assert "rna" not in champs

    def test_association_with_a_ridet_and_no_place_is_not_stopped(
        self, client: ClientStrict, session: Session, demande: Demande, association: Association
    ) -> None:
        session.execute(delete(Etablissement).where(Etablissement.association_id == association.id))
        session.execute(delete(AssociationIdentifiant).where(AssociationIdentifiant.association_id == association.id))
        session.add(AssociationIdentifiant(association_id=association.id, type=TypeIdentifiant.RIDET, valeur="0123456"))
        session.commit()
        ouvrir(client, demande, "identite")
        client.soumettre(saisies.IDENTITE)
        assert "est enregistrée et remplie" in client.texte()

    def test_answers_that_are_not_asked_any_more_stay_as_typed(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "identite")
        client.soumettre({"rup": "oui", "rup_date-annee": "1987"})
        ouvrir(client, demande, "identite")
        client.soumettre({"rup": "non"})
        section = select(SectionSaisie).where(SectionSaisie.demande_id == demande.id)
        assert session.scalars(section).one().valeurs["rup_date-annee"] == "1987"


class TestDepot:
    def test_services_and_the_recepisse_read_all_that_was_typed(
        self, client: ClientStrict, session: Session, creer: Fabriques, demande: Demande
    ) -> None:
        saisies.tout_remplir(client, demande.id)
        agrement = {"agrements-0-type": "Sport", "agrements-0-attribue_par": "Préfecture du Rhône"}
        jour = {"agrements-0-date-jour": "3", "agrements-0-date-mois": "5", "agrements-0-date-annee": "1998"}
        saisies.remplir(client, demande.id, "identite", **agrement, **jour, site_web="www.lire.org")
        saisies.remplir(client, demande.id, "projet", part_femmes="62,5", complement="Avec la bibliothèque.")
        lue = demandes_lisibles.charger(session, session.get_one(Demande, demande.id))
        lignes = {ligne for section in demandes_lisibles.sections_de(lue) for ligne in section.lignes}
        attendues = {
            ("Agréments", "Sport, Préfecture du Rhône, 3 mai 1998"),
            ("Site internet", "www.lire.org"),
            ("Part de femmes", "62,5\u00a0%"),
            ("Information complémentaire", "Avec la bibliothèque."),
        }
        assert attendues <= lignes
        imprimees = {(un.libelle, un.valeur) for s in demandes_lisibles.sections_de_document(lue) for un in s.lignes}
        assert attendues <= imprimees
