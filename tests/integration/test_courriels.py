"""The outbox of mails: each letter leaves, none is lost, whatever dies on the way."""

import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from integrations.courriel.api import CourrielIndisponible, CourrielRefuse, Lettre
from integrations.courriel.dossier import BoiteDemonstration
from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.jobs import application
from portal.jobs import courriels as travaux
from portal.models.connexion import LienConnexion
from portal.models.envois import Courriel
from portal.queries.connexion import hash_secret
from portal.services import connexion, courriels
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import EtatEnvoi, GenreUser

LETTRES = {
    "recu_disponible": {"code": "ABCD-EFGH-JKMN-PQRS", "association": "Les Amis du Canal"},
    "recepisse_disponible": {
        "reference": "P-2026-000001",
        "association": "Les Amis du Canal",
        "intitule": "Berges en fête",
        "service": "DDETS 69",
    },
    "decision_notifiee": {
        "reference": "P-2026-000001",
        "association": "Les Amis du Canal",
        "intitule": "Berges en fête",
        "service": "DDETS 69",
    },
    "invitation_agent": {"service": "DDETS 69", "role": "instructeur", "invitant": "Hélène Faure"},
    "avis_demande": {
        "reference": "DS-12",
        "association": "Les Amis du Canal",
        "intitule": "Berges en fête",
        "service": "DDETS 69",
        "question": "Le public visé est-il le bon ?",
        "echeance": "2026-12-24",
    },
}
LIENS = {
    "recu_disponible": "http://portail.test/engagements/ABCD-EFGH-JKMN-PQRS",
    "recepisse_disponible": "http://portail.test/dossiers/P-2026-000001",
    "decision_notifiee": "http://portail.test/dossiers/P-2026-000001",
    "invitation_agent": "http://portail.test/agents/connexion",
    "avis_demande": "http://portail.test/instruction/dossiers/DS-12",
}


class Transporteur:
    """A carrier that answers what it is told to."""

    def __init__(self, *reponses: Exception | None) -> None:
        self.reponses = list(reponses)
        self.lettres: list[Lettre] = []

    def envoyer(self, lettre: Lettre) -> None:
        """Take the letter, or refuse it as told."""
        reponse = self.reponses.pop(0) if self.reponses else None
        if reponse is not None:
            raise reponse
        self.lettres.append(lettre)


@pytest.fixture
def transporteur() -> Transporteur:
    return Transporteur()


@pytest.fixture
def envoyant(moyens: Moyens, transporteur: Transporteur) -> Moyens:
    return replace(moyens, messagerie=transporteur)


def _devoir(session: Session, gabarit: str = "invitation_agent") -> Courriel:
    courriel = courriels.enqueue(session, gabarit, destinataire="camille@example.org", **LETTRES[gabarit])
    session.commit()
    return courriel


def _plus_tard(session: Session) -> None:
    """As if the hour had passed."""
    session.execute(update(Courriel).values(prochain_essai=maintenant() - timedelta(seconds=1)))
    session.commit()
    session.expire_all()


@pytest.mark.parametrize("gabarit", LETTRES)
def test_each_letter_leads_to_its_page(
    session: Session, envoyant: Moyens, transporteur: Transporteur, gabarit: str
) -> None:
    _devoir(session, gabarit)
    assert courriels.send_due(envoyant)
    lettre = transporteur.lettres[0]
    assert lettre.destinataire == "camille@example.org"
    assert LIENS[gabarit] in lettre.texte.split()


def test_a_date_is_written_in_french(session: Session, envoyant: Moyens, transporteur: Transporteur) -> None:
    _devoir(session, "avis_demande")
    courriels.send_due(envoyant)
    assert "avant le 24 décembre 2026" in transporteur.lettres[0].texte


@pytest.mark.parametrize("donnees", [{}, {"service": "DDETS 69"}, {**LETTRES["invitation_agent"], "secret": "x"}])
def test_a_letter_with_other_references_than_its_own_is_refused_at_once(
    session: Session, donnees: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="invitation_agent"):
        courriels.enqueue(session, "invitation_agent", destinataire="camille@example.org", **donnees)


def test_sent_once_then_never_again(session: Session, envoyant: Moyens, transporteur: Transporteur) -> None:
    courriel = _devoir(session)
    assert courriels.send_due(envoyant, courriel_id=courriel.id)
    assert not courriels.send_due(envoyant, courriel_id=courriel.id)
    _plus_tard(session)
    assert not courriels.send_due(envoyant)
    assert (courriel.etat, courriel.sent_at is None, len(transporteur.lettres)) == (EtatEnvoi.ENVOYE, False, 1)


def test_a_carrier_that_is_down_is_tried_again_later_each_time(
    session: Session, envoyant: Moyens, transporteur: Transporteur
) -> None:
    transporteur.reponses = [CourrielIndisponible("Le relais ne répond pas.")] * 3
    courriel = _devoir(session)
    delais = []
    for _ in range(3):
        assert courriels.send_due(envoyant)
        assert not courriels.send_due(envoyant)
        session.expire_all()
        assert (courriel.etat, courriel.erreur) == (EtatEnvoi.A_ENVOYER, "Le relais ne répond pas.")
        assert courriel.pris_at is not None
        delais.append(courriel.prochain_essai - courriel.pris_at)
        _plus_tard(session)
    assert delais == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert courriels.send_due(envoyant)
    session.expire_all()
    assert (courriel.etat, courriel.erreur, len(transporteur.lettres)) == (EtatEnvoi.ENVOYE, "", 1)


def test_the_wait_never_passes_an_hour(session: Session, envoyant: Moyens, transporteur: Transporteur) -> None:
    transporteur.reponses = [CourrielIndisponible("Le relais ne répond pas.")]
    courriel = _devoir(session)
    session.execute(update(Courriel).values(essais=400))
    session.commit()
    courriels.send_due(envoyant)
    session.expire_all()
    assert courriel.pris_at is not None
    assert courriel.prochain_essai - courriel.pris_at == timedelta(hours=1)


def test_a_letter_refused_for_ever_is_not_sent_again(
    session: Session, envoyant: Moyens, transporteur: Transporteur
) -> None:
    transporteur.reponses = [CourrielRefuse("Boîte inconnue.")]
    courriel = _devoir(session)
    courriels.send_due(envoyant)
    _plus_tard(session)
    assert not courriels.send_due(envoyant)
    assert (courriel.etat, courriel.erreur) == (EtatEnvoi.REFUSE, "Boîte inconnue.")


def test_a_letter_that_cannot_be_made_does_not_hold_the_others(
    session: Session, envoyant: Moyens, transporteur: Transporteur
) -> None:
    casse = _devoir(session)
    casse.donnees = {}
    _devoir(session, "recu_disponible")
    session.commit()
    with pytest.raises(KeyError):
        courriels.send_due(envoyant)
    assert courriels.send_due(envoyant)
    assert "Les Amis du Canal" in transporteur.lettres[0].objet


def test_nothing_is_owed_when_the_business_is_rolled_back(session: Session) -> None:
    courriels.enqueue(session, "invitation_agent", destinataire="camille@example.org", **LETTRES["invitation_agent"])
    session.rollback()
    assert courriels.waiting(session) == 0
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_a_login_letter_leaves_before_those_that_nobody_waits_for(session: Session, envoyant: Moyens) -> None:
    courriels.enqueue(session, "invitation_agent", destinataire="b@example.org", service="S", role="R", invitant="I")
    connexion.request_link(session, envoyant.fabrique, genre=GenreUser.USAGER, email="awa@example.org")
    ordre = text("SELECT args ->> 'courriel_id' FROM procrastinate_jobs ORDER BY priority DESC, id")
    premier = session.get_one(Courriel, int(session.scalars(ordre).all()[0]))
    assert premier.destinataire == "awa@example.org"


def test_the_job_ordered_with_the_letter_sends_it(
    session: Session, envoyant: Moyens, transporteur: Transporteur
) -> None:
    courriel = _devoir(session)
    nom, arguments = session.execute(text("SELECT task_name, args FROM procrastinate_jobs")).one()
    assert (nom, arguments) == ("courriels.envoyer", {"courriel_id": courriel.id})
    application.brancher(envoyant)
    travaux.envoyer(**arguments)
    assert len(transporteur.lettres) == 1


def test_the_sweep_sends_all_that_is_due(session: Session, envoyant: Moyens, transporteur: Transporteur) -> None:
    for gabarit in LETTRES:
        _devoir(session, gabarit)
    application.brancher(envoyant)
    travaux.balayer(0)
    assert len(transporteur.lettres) == len(LETTRES)


def test_a_link_asked_for_too_long_ago_is_not_sent(
    session: Session, envoyant: Moyens, transporteur: Transporteur
) -> None:
    connexion.request_link(session, envoyant.fabrique, genre=GenreUser.USAGER, email="awa@example.org")
    session.execute(update(LienConnexion).values(expires_at=maintenant() - timedelta(minutes=1)))
    session.commit()
    assert courriels.send_due(envoyant)
    assert transporteur.lettres == []
    assert session.scalars(select(Courriel.etat)).one() == EtatEnvoi.REFUSE


def test_a_link_delayed_by_the_carrier_keeps_its_full_hour(
    session: Session, envoyant: Moyens, transporteur: Transporteur
) -> None:
    connexion.request_link(session, envoyant.fabrique, genre=GenreUser.USAGER, email="awa@example.org")
    session.execute(update(LienConnexion).values(expires_at=maintenant() + timedelta(minutes=5)))
    session.commit()
    courriels.send_due(envoyant)
    session.expire_all()
    assert session.scalars(select(LienConnexion)).one().expires_at > maintenant() + timedelta(minutes=59)
    assert "60 minutes" in transporteur.lettres[0].texte


def test_two_workers_at_once_share_the_letters(config: Config, fabrique_reelle: Fabrique) -> None:
    """The first worker is in the middle of its letter when the second asks for one."""
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    with fabrique_reelle.begin() as session:
        for _ in range(2):
            courriels.enqueue(session, "invitation_agent", destinataire="a@example.org", **LETTRES["invitation_agent"])
    second = replace(moyens, messagerie=Transporteur())

    class Premier(Transporteur):
        def envoyer(self, lettre: Lettre) -> None:
            while courriels.send_due(second):
                pass
            super().envoyer(lettre)

    premier = Premier()
    assert courriels.send_due(replace(moyens, messagerie=premier))
    references = [lettre.reference for lettre in premier.lettres + second.messagerie.lettres]
    assert len(references) == len(set(references)) == 2


def _tuer(url: str, dossier: Path, rang: int, moment: str) -> None:
    """Start a sender, wait until it stands at that letter, and kill it as a power cut would."""
    commande = [sys.executable, "-m", "tests.integration.envoyeur", url, str(dossier), str(rang), moment]
    with subprocess.Popen(commande, stdout=subprocess.PIPE, text=True) as envoyeur:
        assert envoyeur.stdout is not None
        assert envoyeur.stdout.readline() == "arrete\n"
        envoyeur.kill()


def _devoir_vingt_lettres(fabrique_reelle: Fabrique) -> None:
    """Links and invitations in turn."""
    with fabrique_reelle.begin() as session:
        for rang in range(20):
            if rang % 2:
                connexion.request_link(
                    session, fabrique_reelle, genre=GenreUser.USAGER, email=f"usager{rang}@example.org"
                )
            else:
                courriels.enqueue(
                    session,
                    "invitation_agent",
                    destinataire=f"agent{rang}@example.org",
                    **LETTRES["invitation_agent"],
                )


def test_no_letter_is_lost_nor_doubled_by_kill_9(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique, tmp_path: Path
) -> None:
    hasard = random.Random(20261122)
    dossier = tmp_path / "courriels"
    _devoir_vingt_lettres(fabrique_reelle)
    for tour in range(5):
        _tuer(base_reelle, dossier, hasard.randint(1, 3), "avant" if tour % 2 else "apres")
    with fabrique_reelle() as session:
        abandonnes = session.scalar(select(func.count()).where(Courriel.etat == EtatEnvoi.EN_COURS))
        assert abandonnes == 5
    with fabrique_reelle.begin() as session:
        session.execute(
            update(Courriel)
            .where(Courriel.etat == EtatEnvoi.EN_COURS)
            .values(prochain_essai=Courriel.prochain_essai - courriels.BAIL)
        )
    boite = BoiteDemonstration(dossier)
    moyens = replace(make_moyens(config, fabrique=fabrique_reelle), messagerie=boite)
    while courriels.send_due(moyens):
        pass
    with fabrique_reelle() as session:
        assert set(session.scalars(select(Courriel.etat))) == {EtatEnvoi.ENVOYE}
        attendues = {f"courriel-{ident}" for ident in session.scalars(select(Courriel.id))}
        frappes = set(session.scalars(select(LienConnexion.secret_hash)))
    references = [lettre.reference for lettre in boite.lister()]
    assert len(references) == 20
    assert set(references) == attendues
    liens = [re.search(r"/connexion/lien/(\S+)", lettre.texte) for lettre in boite.lister()]
    assert {hash_secret(lien[1]) for lien in liens if lien} == frappes, "every link in the mailbox opens"
