"""Campaigns: found by anybody, prepared by a service, put off for all, and their questions answered."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import PARIS, maintenant
from portal.models.campagnes import PieceRequise, Question
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.services import campagnes, exigences
from portal.vocabulaire import RoleAffectation, Source
from portal.vocabulaire_demandes import GenrePiece, GenreQuestion
from tests.client import ClientStrict
from tests.fabriques_campagnes import campagne_complete, piece, question
from tests.factories import Fabriques
from tests.requetes import requetes

JOUR = timedelta(days=1)
SAISIE = {
    "titre": "Lire partout 2027",
    "exercice": "2027",
    "dispositif": "FDVA 2",
    "description": "Les projets qui font lire.",
    "public": "Toutes les associations.",
    "montants": "Jusqu’à 5 000 €.",
    "enveloppe": "120 000",
    "ouverture-jour": "1",
    "ouverture-mois": "1",
    "ouverture-annee": "2099",
    "cloture-jour": "31",
    "cloture-mois": "1",
    "cloture-annee": "2099",
    "cloture_heure": "12 h",
    "fuseau": "Indian/Reunion",
    "aides-projet": "Dites où l’action a lieu.",
}


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 974", email="contact@ddets974.example")


@pytest.fixture
def responsable(creer: Fabriques, service: Service, client: ClientStrict) -> User:
    """A responsable of the service, logged in."""
    agent = creer.responsable(service)
    client.connecter(agent)
    return agent


def plat(client: ClientStrict) -> str:
    return " ".join(client.texte().replace("\u00a0", " ").split())


class TestPublic:
    def test_open_coming_and_closed_campaigns_are_told_apart(self, client: ClientStrict, creer: Fabriques) -> None:
        creer.demarche(titre="Ouverte")
        creer.demarche(titre="Bientôt", ouverture=maintenant() + JOUR)
        creer.demarche(titre="Finie", cloture=maintenant() - JOUR)
        creer.demarche(titre="En préparation", publiee_at=None)
        creer.demarche(titre="De DS", source=Source.DS)
        for adresse, montree in (("", "Ouverte"), ("?quand=a_venir", "Bientôt"), ("?quand=closes", "Finie")):
            client.get(f"/campagnes{adresse}")
            vues = {
                titre for titre in ("Ouverte ", "Bientôt", "Finie", "En prép", "De DS") if f"{titre}" in plat(client)
            }
            assert any(montree in vue for vue in vues)
            assert not vues & {"En prép", "De DS"}

    @pytest.mark.parametrize("mots", ["ecole", "ÉCOLE", "l’école", "saint ecole", "ddets école"])
    def test_words_are_found_whatever_their_accents(self, client: ClientStrict, creer: Fabriques, mots: str) -> None:
        creer.demarche(creer.service("DDETS 69"), titre="L’École de Saint-Fons")
        creer.demarche(titre="Autre campagne")
        client.get("/campagnes", query_string={"q": mots})
        assert "L’École de Saint-Fons" in plat(client)
        assert "Autre campagne" not in plat(client)

    def test_the_list_narrows_to_a_service_a_territory_and_what_closes_soon(
        self, client: ClientStrict, creer: Fabriques
    ) -> None:
        rhone, reunion = creer.service("R", territoire="Rhône"), creer.service("L", territoire="La Réunion")
        creer.demarche(rhone, titre="Rhodanienne", cloture=maintenant() + 3 * JOUR)
        creer.demarche(reunion, titre="Réunionnaise", cloture=maintenant() + 40 * JOUR)
        for adresse in (f"?service={rhone.id}", "?territoire=rhone", "?bientot=1"):
            client.get(f"/campagnes{adresse}")
            assert "Rhodanienne" in plat(client), adresse
            assert "Réunionnaise" not in plat(client), adresse
        assert client.get("/campagnes?service=x&page=zzz&quand=hier").status_code == 200
        assert "laissé de côté" in plat(client)

    def test_pages_follow_one_another_with_the_same_number_of_queries(
        self, client: ClientStrict, creer: Fabriques
    ) -> None:
        service = creer.service()
        creer.demarche(service, titre="Campagne 00")
        client.get("/campagnes")
        with requetes() as pour_une:
            client.get("/campagnes")
        for rang in range(1, 25):
            creer.demarche(service, titre=f"Campagne {rang:02d}", cloture=maintenant() + 2 * JOUR)
        with requetes() as pour_beaucoup:
            client.get("/campagnes")
        assert len(pour_beaucoup) == len(pour_une)
        premiere = {f"Campagne {rang:02d}" for rang in range(25) if f"Campagne {rang:02d}" in plat(client)}
        suivante = next(lien.get("href", "") for lien in client.arbre.iter("a") if lien.get("rel") == "next")
        client.get(suivante)
        seconde = {f"Campagne {rang:02d}" for rang in range(25) if f"Campagne {rang:02d}" in plat(client)}
        assert len(premiere) == 20
        assert len(seconde) == 5
        assert not premiere & seconde

    def test_its_page_says_who_what_how_much_when_with_what_and_whom_to_ask(
        self, client: ClientStrict, creer: Fabriques, session: Session, service: Service
    ) -> None:
        campagne = campagne_complete(
            creer, service, cloture=datetime(2099, 1, 31, 12, tzinfo=PARIS), fuseau="Indian/Reunion"
        )
        piece(session, campagne)
        question(
            session, campagne, "Avec quels habitants ?", base_legale="Loi n° 2014-173, article 6", obligatoire=True
        )
        question(session, campagne, "Question abandonnée", retiree_at=maintenant())
        client.get(f"/campagnes/{campagne.id}")
        page = plat(client)
        for dit in (
            "Toutes les associations.",
            "Les projets qui font lire.",
            "De 1 000 à 10 000 €.",
            "31 janvier 2099 à 12 h 00 à Paris, 15 h 00 à La Réunion",
            "Pièce rib",
            "Avec quels habitants ?",
            "Loi n° 2014-173, article 6",
            "contact@service.example",
            "Commencer une demande",
        ):
            assert dit in page, dit
        assert "Question abandonnée" not in page

    def test_a_closed_or_coming_campaign_offers_no_request(self, client: ClientStrict, creer: Fabriques) -> None:
        for campagne in (
            creer.demarche(cloture=maintenant() - JOUR),
            creer.demarche(ouverture=maintenant() + JOUR),
        ):
            client.get(f"/campagnes/{campagne.id}")
            assert "Commencer une demande" not in plat(client)
        assert client.get(f"/campagnes/{creer.demarche(publiee_at=None).id}").status_code == 404

    def test_beginning_goes_through_the_login_and_comes_back_to_this_campaign(
        self, client: ClientStrict, creer: Fabriques
    ) -> None:
        campagne = creer.demarche()
        assert "/connexion" in client.get(f"/campagnes/{campagne.id}/demander").headers["Location"]
        usager = creer.usager()
        creer.mandat(usager, creer.association())
        client.connecter(usager)
        client.get(f"/campagnes/{campagne.id}/demander", follow_redirects=True)
        cases = client.formulaire("/nouvelle").iter("input")
        assert [c.get("value") for c in cases if c.get("name") == "demarche" and c.get("checked") is not None] == [
            str(campagne.id)
        ]


class TestPreparer:
    def test_a_campaign_is_prepared_completed_and_published(
        self, client: ClientStrict, session: Session, responsable: User
    ) -> None:
        client.get("/instruction/campagnes/nouvelle")
        client.soumettre({"titre": "Lire partout 2027"})
        assert "il manque" in plat(client)
        campagne = session.scalars(select(Demarche)).one()
        assert client.get(f"/campagnes/{campagne.id}").status_code == 404
        client.get(f"/instruction/campagnes/{campagne.id}")
        client.soumettre(action="/publier")
        assert "Il manque : la description, qui peut demander" in plat(client)
        client.get(f"/instruction/campagnes/{campagne.id}/modifier")
        client.soumettre(SAISIE)
        client.soumettre(action="/publier")
        assert "La campagne est publiée" in plat(client)
        session.expire_all()
        assert campagne.cloture == datetime(2099, 1, 31, 12, tzinfo=PARIS)
        assert campagne.aides == {"projet": "Dites où l’action a lieu."}
        assert client.get(f"/campagnes/{campagne.id}").status_code == 200
        assert "15 h 00 à La Réunion" in plat(client)
        actions = session.scalars(select(Evenement.action).where(Evenement.objet == f"demarche:{campagne.id}")).all()
        assert {"campagne_preparee", "campagne_modifiee", "campagne_publiee"} <= set(actions)

    def test_publishing_twice_is_publishing_once(
        self, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service, publiee_at=None)
        acteur = creer.acteur(responsable)
        campagnes.publish(session, by=acteur, campagne=campagne)
        instant = campagne.publiee_at
        campagnes.publish(session, by=acteur, campagne=campagne)
        assert campagne.publiee_at == instant

    @pytest.mark.parametrize(
        ("faute", "dit"),
        [
            ({"titre": " "}, "Écrivez le titre"),
            ({"cloture-jour": "31", "cloture-mois": "2"}, "n’existe pas"),
            ({"cloture_heure": "midi"}, "n’est pas lisible"),
            ({"cloture-annee": "2098"}, "n’est pas après l’ouverture"),
            ({"enveloppe": "1.234"}, "n’est pas lisible"),
            ({"exercice": "27"}, "n’est pas une année"),
            (
                {"cloture-jour": "29", "cloture-mois": "3", "cloture-annee": "2099", "cloture_heure": "2 h 30"},
                "n’existe pas à",
            ),
            ({"fuseau": "Mars/Olympe"}, "Choisissez une des réponses"),
        ],
    )
    def test_what_is_refused_is_said_and_what_was_typed_is_kept(
        self, client: ClientStrict, responsable: User, faute: dict[str, str], dit: str
    ) -> None:
        client.get("/instruction/campagnes/nouvelle")
        assert client.soumettre({**SAISIE, **faute}).status_code == 422
        assert dit in plat(client)
        valeurs = {champ.get("name"): champ.get("value") for champ in client.formulaire().iter("input")}
        assert valeurs["dispositif"] == "FDVA 2"

    def test_two_responsables_at_once_the_second_reads_it_and_keeps_what_she_typed(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service)
        client.get(f"/instruction/campagnes/{campagne.id}/modifier")
        page = client.arbre
        client.soumettre({"titre": "Le premier titre"})
        client.arbre = page
        reponse = client.soumettre({"titre": "Le second titre"})
        assert reponse.status_code == 409
        assert "Une autre personne a modifié cette campagne" in plat(client)
        session.expire_all()
        assert campagne.titre == "Le premier titre"
        client.soumettre()
        session.expire_all()
        assert campagne.titre == "Le second titre"

    def test_only_a_responsable_of_the_service_prepares_its_campaigns(
        self, session: Session, creer: Fabriques, service: Service
    ) -> None:
        campagne = campagne_complete(creer, service)
        for agent in (creer.responsable(), creer.agent(service), creer.agent(service, RoleAffectation.LECTEUR)):
            with pytest.raises(Forbidden):
                campagnes.publish(session, by=creer.acteur(agent), campagne=campagne)

    def test_a_published_closing_is_brought_forward_only_while_nobody_has_begun(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service, cloture=datetime(2099, 1, 31, 12, tzinfo=PARIS))
        adresse = f"/instruction/campagnes/{campagne.id}/modifier"
        client.get(adresse)
        assert client.soumettre({"cloture-annee": "2100"}).status_code == 422
        assert "utilisez « Repousser la clôture »" in plat(client)
        client.get(adresse)
        assert client.soumettre({"cloture-jour": "30"}).status_code == 200
        creer.demande(creer.association(), creer.usager(), campagne)
        client.get(adresse)
        assert client.soumettre({"cloture-jour": "29"}).status_code == 422
        assert "Des demandes sont déjà commencées" in plat(client)
        session.expire_all()
        assert campagne.cloture == datetime(2099, 1, 30, 12, tzinfo=PARIS)

    def test_next_year_s_campaign_is_taken_from_this_one_once(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(
            creer,
            service,
            titre="Lire partout 2026",
            exercice=2026,
            ouverture=datetime(2026, 1, 2, tzinfo=PARIS),
            cloture=datetime(2026, 3, 28, 12, tzinfo=PARIS),
            aides={"projet": "Où ?"},
        )
        piece(session, campagne)
        question(session, campagne, "Avec qui ?", code="texte-7")
        question(session, campagne, "Abandonnée", retiree_at=maintenant())
        for _ in range(2):
            client.get(f"/instruction/campagnes/{campagne.id}")
            client.soumettre(action="/reprendre")
        copie = session.scalars(select(Demarche).where(Demarche.precedente_id == campagne.id)).one()
        assert (copie.titre, copie.exercice, copie.publiee_at) == ("Lire partout 2027", 2027, None)
        assert copie.cloture == datetime(2027, 3, 28, 12, tzinfo=PARIS)
        assert copie.aides == {"projet": "Où ?"}
        copiees = session.scalars(select(Question).where(Question.demarche_id == copie.id)).all()
        assert [(une.libelle, une.code) for une in copiees] == [("Avec qui ?", "texte-7")]
        assert (
            session.scalars(select(PieceRequise).where(PieceRequise.demarche_id == copie.id)).one().genre
            == GenrePiece.RIB
        )

    def test_the_service_s_list_counts_what_was_begun_and_filed(
        self, client: ClientStrict, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service, titre="La nôtre")
        creer.demarche(titre="Celle d’un autre service")
        client.get("/instruction/campagnes")
        with requetes() as pour_une:
            client.get("/instruction/campagnes")
        for _ in range(3):
            creer.demande(creer.association(), creer.usager(), campagne)
        campagne_complete(creer, service, titre="La suivante", publiee_at=None)
        with requetes() as pour_plus:
            client.get("/instruction/campagnes")
        assert "La nôtre Ouverte" in plat(client)
        assert "En préparation" in plat(client)
        assert "Celle d’un autre service" not in plat(client)
        assert len(pour_plus) == len(pour_une)


class TestExigences:
    def test_a_question_with_its_legal_basis_is_asked(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service)
        client.get(f"/instruction/campagnes/{campagne.id}/questions/nouvelle")
        reponse = {
            "libelle": "Quel quartier d’abord ?",
            "genre": "choix",
            "choix": "Nord\n\nSud\nNord",
            "obligatoire": "oui",
        }
        assert client.soumettre(reponse).status_code == 422
        assert "doit nommer le texte qui permet de l’exiger" in plat(client)
        client.soumettre({**reponse, "base_legale": "Loi n° 2014-173, article 6"})
        posee = session.scalars(select(Question)).one()
        assert (posee.choix, posee.obligatoire, posee.genre) == (["Nord", "Sud"], True, GenreQuestion.CHOIX)

    @pytest.mark.parametrize(
        ("sorte", "valeurs", "dit"),
        [
            (
                "questions",
                {"libelle": "Votre numéro SIRET ?", "genre": "texte"},
                "le SIRET est dans la section « Association »",
            ),
            (
                "questions",
                {"libelle": "Budget prévisionnel", "genre": "fichier"},
                "la section « Budget de l’association »",
            ),
            (
                "pieces",
                {"genre": "autre", "libelle": "Copie du RIB"},
                "ajoutez-la aux pièces, nature « Relevé d’identité",
            ),
            ("pieces", {"genre": "autre", "libelle": "Contrat d’engagement républicain"}, "connue du portail"),
            ("pieces", {"genre": "statuts", "obligatoire": "oui", "base_legale": "Loi"}, "inscrite au RNA"),
            ("pieces", {"genre": "rib"}, "demande déjà cette pièce"),
            ("pieces", {"genre": "autre"}, "Écrivez ce qui est demandé"),
            ("questions", {"libelle": "Un choix", "genre": "choix", "choix": "Seul"}, "au moins deux réponses"),
            ("questions", {"libelle": "Sans genre"}, "Choisissez la sorte de réponse"),
            ("questions", {"libelle": "x" * 301, "genre": "texte"}, "au lieu de 300 au plus"),
        ],
    )
    def test_what_is_held_already_or_badly_asked_is_refused(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        service: Service,
        responsable: User,
        sorte: str,
        valeurs: dict[str, str],
        dit: str,
    ) -> None:
        campagne = campagne_complete(creer, service)
        piece(session, campagne)
        client.get(f"/instruction/campagnes/{campagne.id}/{sorte}/nouvelle")
        assert client.soumettre(valeurs).status_code == 422
        assert dit in plat(client)

    def test_once_begun_a_question_that_changes_meaning_is_another_one_and_answers_stay(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service)
        ancienne = question(session, campagne, "Combien de personnes ?")
        adresse = f"/instruction/campagnes/{campagne.id}/questions/{ancienne.id}"
        client.get(adresse)
        client.soumettre({"libelle": "Combien de familles ?"})
        session.expire_all()
        assert (ancienne.libelle, ancienne.retiree_at) == ("Combien de familles ?", None)
        creer.demande(creer.association(), creer.usager(), campagne)
        client.get(adresse)
        client.soumettre({"aide": "Une estimation suffit."})
        session.expire_all()
        assert ancienne.retiree_at is None
        client.get(adresse)
        client.soumettre({"libelle": "Combien d’enfants ?"})
        session.expire_all()
        assert ancienne.libelle == "Combien de familles ?"
        assert ancienne.retiree_at is not None
        nouvelle = session.scalars(select(Question).where(Question.retiree_at.is_(None))).one()
        assert nouvelle.libelle == "Combien d’enfants ?"
        assert nouvelle.code != ancienne.code
        assert client.get(adresse).status_code == 404

    def test_two_responsables_changing_one_question_do_not_overwrite_each_other(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service)
        posee = question(session, campagne, "Combien ?")
        client.get(f"/instruction/campagnes/{campagne.id}/questions/{posee.id}")
        page = client.arbre
        client.soumettre({"aide": "La première aide."})
        client.arbre = page
        assert client.soumettre({"aide": "La seconde aide."}).status_code == 409
        assert "La seconde aide." in plat(client)
        session.expire_all()
        assert posee.aide == "La première aide."

    def test_a_withdrawn_piece_is_asked_no_more_and_its_kind_may_be_asked_again_under_another_code(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service)
        premiere = piece(session, campagne)
        client.get(f"/instruction/campagnes/{campagne.id}")
        client.soumettre(action=f"/pieces/{premiere.id}/retirer")
        assert "La pièce n’est plus demandée" in plat(client)
        acteur = creer.acteur(responsable)
        valeurs = {"genre": "rib", "libelle": "", "aide": "", "obligatoire": False, "base_legale": ""}
        seconde = exigences.save(session, by=acteur, campagne=campagne, sorte="pieces", **valeurs)
        assert seconde is not None
        assert seconde.code not in ("", premiere.code)
