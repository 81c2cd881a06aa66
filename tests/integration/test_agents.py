"""Services and agents come by invitation, from the command line; done twice, nothing changes twice."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli import main
from portal.db import Fabrique
from portal.errors import Forbidden, Invalid
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Affectation, Service
from portal.permissions import SYSTEME, Acteur, GenreActeur
from portal.services import agents, synchronisation, textes_cer
from portal.vocabulaire import GenreUser, RoleAffectation, TypeService
from tests.factories import Fabriques

EMAIL = "camille.martin@ddets.example"


def _inviter(session: Session, **valeurs: Any) -> agents.Invitation:
    invitation = agents.invite(
        session,
        **{
            "by": SYSTEME,
            "email": EMAIL,
            "prenom": "Camille",
            "nom": "Martin",
            "sigle": "DDETS 69",
            "role": RoleAffectation.INSTRUCTEUR,
            **valeurs,
        },
    )
    session.commit()
    return invitation


def _portal(base: str, *arguments: str) -> Result:
    env = {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base,
        "SECRET_KEY": "x" * 32,
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": "/nonexistent",
    }
    return CliRunner().invoke(main, arguments, env=env)


def test_a_portal_starts_from_the_command_line(base_reelle: str, fabrique_reelle: Fabrique) -> None:
    service = ("services", "creer", "DDETS 69", "--nom", "Direction du Rhône", "--type", "ddets")
    agent = ("agents", "inviter", EMAIL, "--prenom", "Camille", "--nom", "Martin", "--service", "DDETS 69")
    role = ("--role", "instructeur", "--administrateur")
    sorties = [_portal(base_reelle, *arguments) for arguments in (service, service, agent + role, agent + role)]
    assert [s.exit_code for s in sorties] == [0, 0, 0, 0]
    textes = [s.output for s in sorties]
    assert "est créé" in textes[0]
    assert "existe déjà" in textes[1]
    assert "compte créé, instructeur pour DDETS 69" in textes[2]
    assert "rien n’a changé, aucun courriel ne part" in textes[3]
    with fabrique_reelle() as session:
        user = session.scalars(select(User)).one()
        assert (user.genre, user.email, user.est_administrateur) == (GenreUser.AGENT, EMAIL, True)
        affectation = session.scalars(select(Affectation)).one()
        assert (affectation.user_id, affectation.role) == (user.id, RoleAffectation.INSTRUCTEUR)
        assert session.scalars(select(Courriel.gabarit)).all() == ["invitation_agent"]
        assert set(session.scalars(select(Evenement.action))) == {"service_cree", "agent_invite"}


def test_an_unknown_service_is_told_with_those_that_exist(base_reelle: str) -> None:
    for sigle in ("DDETS 69", "DRAJES ARA"):
        _portal(base_reelle, "services", "creer", sigle, "--nom", sigle, "--type", "ddets")
    reponse = _portal(
        base_reelle,
        *("agents", "inviter", EMAIL, "--prenom", "C", "--nom", "M", "--service", "DDETS", "--role", "lecteur"),
    )
    assert reponse.exit_code == 1
    assert "Les services connus sont" in reponse.output
    assert "DDETS 69, DRAJES ARA" in reponse.output


def test_the_first_service_is_asked_for_before_the_first_agent(session: Session) -> None:
    with pytest.raises(Invalid, match="portal services creer"):
        _inviter(session)


@pytest.mark.parametrize("email", ["camille", "camille@ddets", ""])
def test_an_unreadable_address_is_refused(session: Session, creer: Fabriques, email: str) -> None:
    creer.service("DDETS 69")
    with pytest.raises(Invalid, match="adresse électronique"):
        _inviter(session, email=email)


def test_two_spellings_of_an_address_are_one_agent(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    _inviter(session)
    assert _inviter(session, email=f" {EMAIL.upper()} ").changements == ()
    assert len(session.scalars(select(User)).all()) == 1


def test_a_new_role_is_given_and_mailed(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    _inviter(session)
    assert _inviter(session, role=RoleAffectation.RESPONSABLE).changements == ("responsable pour DDETS 69",)
    assert session.scalars(select(Affectation.role)).all() == [RoleAffectation.RESPONSABLE]
    assert len(session.scalars(select(Courriel)).all()) == 2


def test_an_agent_may_act_for_two_services(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    creer.service("DRAJES ARA")
    _inviter(session)
    assert _inviter(session, sigle="DRAJES ARA").changements == ("instructeur pour DRAJES ARA",)
    assert len(session.scalars(select(Affectation)).all()) == 2


def test_an_ended_affectation_opens_again(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    _inviter(session).affectation.ended_at = maintenant()
    session.commit()
    assert _inviter(session).changements == ("instructeur pour DDETS 69",)
    assert session.scalars(select(Affectation.ended_at)).all() == [None]


def test_inviting_again_never_takes_administration_away(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    _inviter(session, administrateur=True)
    assert _inviter(session).user.est_administrateur


def test_a_disabled_account_is_not_opened_again_by_an_invitation(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    _inviter(session).user.disabled_at = maintenant()
    session.commit()
    with pytest.raises(Invalid, match="désactivé"):
        _inviter(session)


def test_a_usager_of_the_same_address_is_left_alone(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    usager = creer.usager(email=EMAIL)
    assert _inviter(session).user.id != usager.id
    session.refresh(usager)
    assert usager.genre == GenreUser.USAGER


def test_a_sigle_keeps_the_name_it_has(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69", nom="Direction du Rhône")
    with pytest.raises(Invalid, match="Direction du Rhône"):
        agents.create_service(session, by=SYSTEME, sigle="DDETS 69", nom="Autre", genre=TypeService.DDETS)


@pytest.mark.parametrize("genre", [GenreActeur.AGENT, GenreActeur.USAGER, GenreActeur.ANONYME])
def test_only_an_administrator_invites(session: Session, creer: Fabriques, genre: GenreActeur) -> None:
    creer.service("DDETS 69")
    with pytest.raises(Forbidden, match="administrateurs"):
        _inviter(session, by=Acteur(genre=genre))
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    "regler",
    [
        lambda session, by: textes_cer.publish_text(session, by=by, contenu=""),
        lambda session, by: synchronisation.attach(session, by=by, instance="ds.test", number=7, sigle="DDETS 69"),
        lambda session, by: synchronisation.attach_group(
            session, by=by, instance="ds.test", number=7, groupe=1, sigle="DDETS 69"
        ),
    ],
    ids=["text", "demarche", "group"],
)
def test_an_instructeur_sets_nothing_up(
    session: Session, creer: Fabriques, regler: Callable[[Session, Acteur], object]
) -> None:
    with pytest.raises(Forbidden, match="administrateurs"):
        regler(session, creer.acteur(creer.responsable()))


def test_an_administrator_invites_in_her_own_name(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    helene = Acteur(genre=GenreActeur.AGENT, est_administrateur=True, nom_affiche="Hélène Faure")
    _inviter(session, by=helene)
    assert session.scalars(select(Courriel)).one().donnees["invitant"] == "Hélène Faure"
    assert session.scalars(select(Service.sigle)).all() == ["DDETS 69"]


def test_whoever_runs_the_portal_counts_the_mails_and_reads_why_some_are_refused(
    base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    with fabrique_reelle.begin() as session:
        for etat, erreur in (("envoye", ""), ("a_envoyer", ""), ("en_cours", ""), ("refuse", "Adresse inconnue.")):
            donnees = {"question": "CANARI-COURRIEL"}
            session.add(
                Courriel(
                    gabarit="avis_demande",
                    destinataire=f"{etat}@example.org",
                    donnees=donnees,
                    etat=etat,
                    erreur=erreur,
                )
            )
    resultat = _portal(base_reelle, "courriels", "etat")
    assert resultat.exit_code == 0
    texte = resultat.output.replace("\u00a0", " ")
    assert "Partis : 1. En attente : 2. Refusés : 1." in texte
    assert "à refuse@example.org" in texte
    assert texte.rstrip().endswith("Adresse inconnue.")
    assert "CANARI" not in texte
    assert "envoye@" not in texte
