"""What a known person was typing when the session ended comes back to that person, and to nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.config import Config
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion, User
from portal.models.demandes import SectionSaisie
from portal.models.journal import Evenement
from portal.services import entretien
from portal.services.jetons import mint
from tests import saisies
from tests.client import ClientStrict
from tests.factories import Fabriques

NOM = "Diallo\nd’Arloing <b>"


def _terminer(session: Session, *, heures: int = 0) -> None:
    """End every login session, so many hours ago."""
    instant = maintenant() - timedelta(hours=heures)
    session.execute(update(SessionConnexion).values(ended_at=instant, expires_at=instant))
    session.commit()


def _taper(client: ClientStrict, session: Session, user: User, **valeurs: str) -> None:
    """The session ends while that person types her name."""
    client.connecter(user)
    client.get("/compte")
    _terminer(session)
    reponse = client.soumettre({"prenom": "Awa", "nom": NOM, **valeurs})
    assert reponse.request.path == "/connexion"


def _nombre(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SaisieParquee)) or 0


def test_typing_survives_the_end_of_the_session_and_is_sent_again_by_a_button(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    awa = creer.usager(prenom="", nom="")
    _taper(client, session, awa)
    assert "conservé pendant 24 heures" in client.texte()
    client.connecter(awa)
    client.get("/saisies/")
    assert "/compte" in client.texte()
    saisie = session.scalars(select(SaisieParquee)).one()
    page = client.get(f"/saisies/{saisie.id}")
    assert "Diallo\nd’Arloing &lt;b&gt;" in page.text
    assert client.soumettre(action="/compte", suivre=False).status_code == 303
    session.refresh(awa)
    assert (awa.prenom, awa.nom) == ("Awa", "Diallo d’Arloing <b>")


def test_login_leads_to_what_waits(client: ClientStrict, creer: Fabriques, session: Session, config: Config) -> None:
    awa = creer.usager()
    _taper(client, session, awa)
    client.get("/connexion")
    client.soumettre({"email": awa.email})
    frappe = mint(session, config, session.scalars(select(LienConnexion.id)).one())
    session.commit()
    assert frappe is not None
    client.get(f"/connexion/lien/{frappe.secret}")
    client.soumettre()
    assert "Une saisie vous attend" in client.texte()
    assert "/compte" in client.texte()


def test_nobody_else_sees_it(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    _taper(client, session, creer.usager())
    saisie = session.scalars(select(SaisieParquee)).one()
    for autre in (creer.usager(), creer.agent()):
        client.connecter(autre)
        client.get("/saisies/")
        assert "Aucune saisie en attente" in client.texte()
        assert client.get(f"/saisies/{saisie.id}").status_code == 404
        assert client.poster(f"/saisies/{saisie.id}/supprimer").status_code == 404
    assert _nombre(session) == 1


def test_its_owner_deletes_it_for_good(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    awa = creer.usager()
    _taper(client, session, awa)
    client.connecter(awa)
    saisie = session.scalars(select(SaisieParquee)).one()
    client.get(f"/saisies/{saisie.id}")
    client.soumettre(action="/supprimer")
    assert "La saisie est supprimée." in client.texte()
    assert _nombre(session) == 0
    assert session.scalars(select(Evenement.action).order_by(Evenement.id.desc())).first() == "saisie_supprimee"


def test_an_unknown_session_stores_nothing(client: ClientStrict, session: Session) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "jamais-connu"
    client.poster("/compte", {"prenom": "Awa", "nom": "Diallo"})
    assert _nombre(session) == 0


def test_a_session_that_ended_more_than_a_day_ago_stores_nothing(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    client.connecter(creer.usager())
    client.get("/compte")
    _terminer(session, heures=25)
    client.soumettre({"prenom": "Awa", "nom": "Diallo"})
    assert "Connectez-vous pour continuer." in client.texte()
    assert _nombre(session) == 0


@pytest.mark.parametrize("valeurs", [{"prenom": "", "nom": "  "}])
def test_an_empty_form_is_not_kept(
    client: ClientStrict, creer: Fabriques, session: Session, valeurs: dict[str, str]
) -> None:
    client.connecter(creer.usager())
    client.get("/compte")
    _terminer(session)
    client.soumettre(valeurs)
    assert _nombre(session) == 0


def test_a_forged_form_stores_nothing(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    client.connecter(creer.usager())
    _terminer(session)
    assert client.post("/compte", data={"prenom": "Awa", "nom": "Diallo"}).status_code == 400
    assert _nombre(session) == 0


def test_it_is_forgotten_after_a_day(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    awa = creer.usager()
    _taper(client, session, awa)
    session.execute(update(SaisieParquee).values(created_at=maintenant() - timedelta(hours=25)))
    session.commit()
    client.connecter(awa)
    client.get("/saisies/")
    assert "Aucune saisie en attente" in client.texte()
    entretien.purge(session)
    session.commit()
    assert _nombre(session) == 0


def test_a_number_beyond_any_saisie_is_not_found(client: ClientStrict, creer: Fabriques) -> None:
    client.connecter(creer.usager())
    assert client.get(f"/saisies/{10**20}").status_code == 404


def test_a_section_of_a_request_comes_back_in_the_words_of_its_form(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    awa, association = creer.usager(), creer.association()
    creer.mandat(awa, association)
    demande = creer.demande(association, awa)
    client.connecter(awa)
    for section, valeurs in saisies.SECTIONS.items():
        client.get(f"/demandes/{demande.id}/{section}")
        _terminer(session)
        client.soumettre({**valeurs, **saisies.cocher(client)})
        client.connecter(awa)
    client.get("/saisies/")
    assert "Demande de subvention, section « Budget du projet »" in client.texte()
    lues = ""
    for saisie in session.scalars(select(SaisieParquee)).all():
        client.get(f"/saisies/{saisie.id}")
        lues += client.texte()
    for lu in (
        "Prénom",
        "Achats matières et fournitures 1 234,50 €",
        "1er septembre 2026",
        "Oui, attesté",
        "En numéraire",
    ):
        assert lu in lues
    assert "Version" not in lues


def test_a_long_text_comes_back_whole_and_is_saved_by_one_button(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    awa, association, texte = creer.usager(), creer.association(), "« Été » <b>&</b> 😀\n" * 1_200
    creer.mandat(awa, association)
    demande = creer.demande(association, awa)
    client.connecter(awa)
    client.get(f"/demandes/{demande.id}/projet")
    _terminer(session)
    client.soumettre({"objectifs": texte})
    client.connecter(awa)
    client.get(f"/saisies/{session.scalars(select(SaisieParquee.id)).one()}")
    assert client.soumettre(action="/projet").status_code == 422
    assert "Ce que vous avez écrit est enregistré." in client.texte()
    session.expire_all()
    assert session.scalars(select(SectionSaisie)).one().valeurs["objectifs"] == texte
