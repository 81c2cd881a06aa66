"""The closing of a campaign put off for all: shown, told, never silently."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.courriel.dossier import BoiteDemonstration
from portal.db import Fabrique
from portal.errors import PortalError
from portal.formats import PARIS, maintenant
from portal.models.associations import Mandat
from portal.models.campagnes import Prolongation
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.services import campagnes, courriels, prolongations
from portal.services.moyens import Moyens
from portal.vocabulaire_demandes import Place, SectionDemande
from tests import fabriques_depots
from tests.client import ClientStrict
from tests.fabriques_campagnes import COMPLETE, campagne_complete
from tests.factories import Fabriques

JOUR = timedelta(days=1)


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


class TestProlongations:
    def test_a_later_closing_is_shown_and_told_once_to_each_author_of_a_draft(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service, cloture=datetime(2099, 1, 31, 12, tzinfo=PARIS))
        auteur, deposante, partie, commune = (creer.usager() for _ in range(4))
        association = creer.association()
        for qui in (auteur, deposante, partie, commune):
            creer.mandat(qui, association)
        for _ in range(2):
            creer.demande(association, auteur, campagne)
        deposee = creer.demande(association, deposante, campagne)
        deposee.deposee_at = maintenant()
        creer.demande(association, partie, campagne)
        session.scalars(select(Mandat).where(Mandat.user_id == partie.id)).one().ended_at = maintenant()
        ailleurs = creer.demande(association, commune)
        place = Place(SectionDemande.DEMANDE)
        fabriques_depots.ecrire(session, ailleurs, commune, place, {f"destinataire-{campagne.id}": "1 000"})
        creer.demande(creer.association(), creer.usager())
        session.commit()
        client.get(f"/instruction/campagnes/{campagne.id}/cloture")
        client.soumettre(
            {
                "cloture-jour": "15",
                "cloture-mois": "2",
                "cloture-annee": "2099",
                "cloture_heure": "18:00",
                "motif": "Panne.",
            }
        )
        assert "La clôture est repoussée" in plat(client)
        lettres = session.scalars(select(Courriel).where(Courriel.gabarit == "cloture_repoussee")).all()
        assert sorted(lettre.destinataire for lettre in lettres) == sorted((auteur.email, commune.email))
        client.get(f"/campagnes/{campagne.id}")
        assert "Clôture repoussée du 31 janvier 2099 à 12 h 00 (heure de Paris) au 15 février 2099 à 18 h 00" in plat(
            client
        )
        assert "Panne." in plat(client)
        prolongation = session.scalars(select(Prolongation)).one()
        assert prolongation.by_id == responsable.id
        assert "campagne_prolongee" in session.scalars(select(Evenement.action)).all()

    def test_the_letter_says_the_closings_in_paris_and_where_the_associations_are(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        service: Service,
        responsable: User,
        moyens: Moyens,
    ) -> None:
        cloture = datetime(2099, 1, 31, 12, tzinfo=PARIS)
        campagne = campagne_complete(creer, service, cloture=cloture, fuseau="Indian/Reunion")
        auteur, association = creer.usager(), creer.association()
        creer.mandat(auteur, association)
        creer.demande(association, auteur, campagne)
        jour = {"cloture-jour": "15", "cloture-mois": "7", "cloture-annee": "2099", "cloture_heure": "18:00"}
        client.get(f"/instruction/campagnes/{campagne.id}/cloture")
        client.soumettre({**jour, "motif": "Panne."})
        while courriels.send_due(moyens):
            pass
        boite = moyens.messagerie
        assert isinstance(boite, BoiteDemonstration)
        (lettre,) = [une.texte.replace("\u00a0", " ") for une in boite.lister()]
        assert "31 janvier 2099 à 12 h 00 à Paris, 15 h 00 à La Réunion" in " ".join(lettre.split())
        assert "15 juillet 2099 à 18 h 00 à Paris, 20 h 00 à La Réunion" in " ".join(lettre.split())

    @pytest.mark.parametrize(
        ("valeurs", "dit"),
        [
            ({"cloture-annee": "2098", "motif": "Panne."}, "ne peut être que repoussée"),
            ({"cloture-annee": "2099"}, "Écrivez pourquoi"),
            (
                {"cloture-annee": "", "cloture-jour": "", "cloture-mois": "", "motif": "Panne."},
                "Écrivez le nouveau dernier jour",
            ),
        ],
    )
    def test_an_earlier_closing_or_no_reason_is_refused(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        service: Service,
        responsable: User,
        valeurs: dict[str, str],
        dit: str,
    ) -> None:
        campagne = campagne_complete(creer, service, cloture=datetime(2099, 1, 31, 12, tzinfo=PARIS))
        client.get(f"/instruction/campagnes/{campagne.id}/cloture")
        assert client.soumettre({"cloture-jour": "15", "cloture-mois": "2", **valeurs}).status_code == 422
        assert dit in plat(client)
        assert session.scalars(select(Prolongation)).first() is None

    def test_two_putting_off_at_once_the_second_is_told(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service)
        client.get(f"/instruction/campagnes/{campagne.id}/cloture")
        page = client.arbre
        repousser = {"cloture-jour": "1", "cloture-mois": "2", "cloture-annee": "2099", "motif": "Panne."}
        client.soumettre(repousser)
        client.arbre = page
        reponse = client.soumettre({**repousser, "cloture-jour": "3", "motif": "Autre motif."})
        assert reponse.status_code == 409
        assert "Autre motif." in plat(client)
        assert len(session.scalars(select(Prolongation)).all()) == 1

    def test_a_closed_campaign_opens_again(
        self, client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: User
    ) -> None:
        campagne = campagne_complete(creer, service, cloture=maintenant() - JOUR)
        client.get(f"/instruction/campagnes/{campagne.id}/cloture")
        client.soumettre({"cloture-jour": "1", "cloture-mois": "2", "cloture-annee": "2099", "motif": "Panne."})
        client.get("/campagnes")
        assert campagne.titre in plat(client)


class TestEnMemeTemps:
    """Two transactions at once, on a real database."""

    def preparer(self, fabrique: Fabrique, **valeurs: object) -> tuple[int, int]:
        """(campaign, responsable) of a service."""
        with fabrique() as session:
            creer = Fabriques(session)
            service = creer.service(email="contact@service.example")
            return creer.demarche(service, **{**COMPLETE, **valeurs}).id, creer.responsable(service).id

    def test_two_responsables_putting_off_at_once_make_one_putting_off(self, fabrique_reelle: Fabrique) -> None:
        campagne_id, agent_id = self.preparer(fabrique_reelle)

        def repousser(jours: int) -> bool:
            with fabrique_reelle() as session:
                acteur = Fabriques(session).acteur(session.get_one(User, agent_id))
            with fabrique_reelle.begin() as session:
                campagne = session.get_one(Demarche, campagne_id)
                cloture = maintenant() + (60 + jours) * JOUR
                faite = prolongations.extend(
                    session, by=acteur, campagne=campagne, version=1, cloture=cloture, motif="Panne."
                )
                return faite is not None

        with ThreadPoolExecutor(4) as fils:
            faites = list(fils.map(repousser, range(4)))
        assert sorted(faites) == [False, False, False, True]
        with fabrique_reelle() as session:
            assert len(session.scalars(select(Prolongation)).all()) == 1

    def test_publishing_at_once_is_recorded_once(self, fabrique_reelle: Fabrique) -> None:
        campagne_id, agent_id = self.preparer(fabrique_reelle, publiee_at=None)
        with fabrique_reelle() as session:
            acteur = Fabriques(session).acteur(session.get_one(User, agent_id))

        def publier(_rang: int) -> None:
            with fabrique_reelle.begin() as session:
                campagnes.publish(session, by=acteur, campagne=session.get_one(Demarche, campagne_id))

        with ThreadPoolExecutor(4) as fils:
            list(fils.map(publier, range(4)))
        with fabrique_reelle() as session:
            assert list(session.scalars(select(Evenement.action))).count("campagne_publiee") == 1

    def test_a_request_begun_while_the_closing_is_brought_forward_waits_and_either_stands_or_prevents_it(
        self, fabrique_reelle: Fabrique
    ) -> None:
        cloture = maintenant() + 30 * JOUR
        campagne_id, agent_id = self.preparer(fabrique_reelle, cloture=cloture)
        with fabrique_reelle() as session:
            creer = Fabriques(session)
            acteur = creer.acteur(session.get_one(User, agent_id))
            association_id, usager_id = creer.association().id, creer.usager().id

        def avancer() -> str:
            with fabrique_reelle.begin() as session:
                campagne = session.get_one(Demarche, campagne_id)
                valeurs = {
                    nom: getattr(campagne, nom) for nom in ("titre", "exercice", "enveloppe", "ouverture", "fuseau")
                }
                valeurs |= {**COMPLETE, "programme": "", "aides": {}, "cloture": cloture - JOUR}
                try:
                    campagnes.save(session, by=acteur, campagne=campagne, version=1, **valeurs)
                except PortalError:
                    session.rollback()
                    return "refusée"
                return "avancée"

        def commencer() -> str:
            with fabrique_reelle.begin() as session:
                session.add(
                    Demande(
                        cle="c" * 24, association_id=association_id, demarche_id=campagne_id, created_by_id=usager_id
                    )
                )
            return "commencée"

        with ThreadPoolExecutor(2) as fils:
            avance, _ = fils.submit(avancer), fils.submit(commencer)
            resultat = avance.result()
        with fabrique_reelle() as session:
            attendue = cloture - JOUR if resultat == "avancée" else cloture
            assert session.get_one(Demarche, campagne_id).cloture == attendue
