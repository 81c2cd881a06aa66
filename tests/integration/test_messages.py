"""Messages of a dossier: between an association and its service, and within services, never to anybody else."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.taches import Tache
from portal.services import courriels, messages
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, RoleAffectation, RoleMandat
from portal.vocabulaire_demandes import AudienceMessage
from portal.vocabulaire_instruction import GenreTache
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CANARI = "CANARI-MESSAGE-4471"
HOSTILE = "<script>alert(1)</script> {{ 7*7 }}\nDeuxième ligne"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    return creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)


def chez_l_association(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.reference}/messages"


def chez_le_service(dossier: Dossier) -> str:
    return f"/instruction/dossiers/{dossier.reference}/echanges"


def ecrire(client: ClientStrict, adresse: str, texte: str = "Bonjour.", **autres: Any) -> None:
    client.get(adresse)
    client.soumettre({"texte": texte, **autres})


def destinataires(session: Session) -> list[str]:
    return sorted(session.scalars(select(Courriel.destinataire)))


def test_a_message_reaches_the_service_as_it_was_written(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    client.connecter(presidente)
    ecrire(client, chez_l_association(dossier), HOSTILE)
    assert "Votre message est envoyé au service." in client.texte()
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    reponse = client.get(chez_le_service(dossier))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}\nDeuxième ligne" in reponse.text
    assert presidente.nom_affiche in client.texte()
    assert "ne permet pas" in client.texte() or "pas d’en envoyer" in client.texte()


def test_a_mail_tells_the_service_without_a_word_of_the_message(
    client: ClientStrict, session: Session, moyens: Moyens, presidente: User, dossier: Dossier
) -> None:
    client.connecter(presidente)
    ecrire(client, chez_l_association(dossier), CANARI)
    assert destinataires(session) == ["ddets@example.org"]
    assert courriels.send_due(moyens)
    (envoye,) = list((moyens.config.courriel_dossier or moyens.config.stockage_dossier).iterdir())
    texte = envoye.read_text(encoding="utf-8")
    assert CANARI not in texte
    assert CANARI not in str(session.scalars(select(Courriel)).one().donnees)
    assert chez_le_service(dossier) in texte.replace("=\n", "")


def test_the_instructeur_who_follows_the_dossier_is_the_one_told(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    suiveur = creer.agent(ddets)
    dossier.instructeur_id = suiveur.id
    session.commit()
    client.connecter(presidente)
    for _ in range(2):
        ecrire(client, chez_l_association(dossier))
    assert destinataires(session) == []
    (tache,) = session.scalars(select(Tache)).all()
    assert (tache.user_id, tache.genre) == (suiveur.id, GenreTache.MESSAGE)
    client.connecter(suiveur)
    client.get(chez_le_service(dossier))
    client.get("/instruction/taches")
    assert "Aucune tâche ne vous attend" in client.texte()


def test_the_service_answers_to_the_people_whose_mandat_is_in_force(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, association: Association, presidente: User
) -> None:
    lecteur, declare, redacteur = (creer.usager() for _ in range(3))
    creer.mandat(lecteur, association, RoleMandat.LECTEUR)
    creer.mandat(declare, association, prouve=False)
    creer.mandat(redacteur, association, RoleMandat.REDACTEUR)
    creer.mandat(creer.usager(), association).ended_at = maintenant()
    creer.mandat(creer.usager(), association).fin_le = aujourdhui() - timedelta(days=1)
    creer.session.commit()
    dossier = creer.dossier(ddets, association=association)
    agent = creer.agent(ddets)
    client.connecter(agent)
    ecrire(client, chez_le_service(dossier), CANARI, audience="association")
    assert destinataires(session) == sorted([presidente.email, redacteur.email])
    client.connecter(presidente)
    client.get(chez_l_association(dossier))
    assert CANARI in client.texte()
    assert f"{agent.nom_affiche}, {ddets.nom}" in client.texte()


def test_a_note_of_the_service_is_read_by_its_agents_alone(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES", email="drajes@example.org")
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(ddets))
    ecrire(client, chez_le_service(dossier), CANARI, audience="service")
    assert destinataires(session) == []
    for personne, adresse in (
        (presidente, chez_l_association(dossier)),
        (presidente, f"/dossiers/{dossier.reference}"),
        (creer.agent(drajes), chez_le_service(dossier)),
    ):
        client.connecter(personne)
        assert CANARI not in client.get(adresse).text
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    assert CANARI in client.get(chez_le_service(dossier)).text


def test_services_that_were_asked_read_what_is_written_to_them(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES", email="drajes@example.org")
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(ddets))
    ecrire(client, chez_le_service(dossier), CANARI, audience="services_saisis")
    assert destinataires(session) == ["drajes@example.org"]
    client.connecter(creer.agent(drajes))
    client.get(chez_le_service(dossier))
    assert CANARI in client.texte()
    choix = [champ.get("value") for champ in client.arbre.iter("input") if champ.get("name") == "audience"]
    assert choix == ["services_saisis", "partage"]
    client.connecter(presidente)
    assert CANARI not in client.get(chez_l_association(dossier)).text


def test_the_same_page_sent_twice_makes_one_message_and_one_mail(
    client: ClientStrict, session: Session, presidente: User, dossier: Dossier
) -> None:
    client.connecter(presidente)
    client.get(chez_l_association(dossier))
    formulaire = client.formulaire()
    cle = next(champ.get("value") for champ in formulaire.iter("input") if champ.get("name") == "cle")
    for _ in range(2):
        assert client.poster(chez_l_association(dossier), {"texte": "Bonjour.", "cle": cle}).status_code == 303
    assert len(session.scalars(select(Message)).all()) == 1
    assert len(destinataires(session)) == 1
    assert session.scalars(select(Evenement.action).where(Evenement.objet == f"dossier:{dossier.id}")).all() == [
        "message_envoye"
    ]


def test_a_page_that_served_another_person_is_refused_and_the_words_are_kept(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User, dossier: Dossier
) -> None:
    autre = creer.usager()
    creer.mandat(autre, association)
    envoi = {"texte": CANARI, "cle": "cle-qui-sert-deux-fois"}
    client.connecter(presidente)
    client.poster(chez_l_association(dossier), envoi)
    client.connecter(autre)
    reponse = client.poster(chez_l_association(dossier), envoi)
    assert reponse.status_code == 409
    assert CANARI in reponse.text


def test_a_file_goes_with_a_message_and_is_given_back_to_its_readers_alone(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    client.connecter(presidente)
    ecrire(client, chez_l_association(dossier), fichier=(BytesIO(PDF), "attestation\u202efdp.exe.pdf"))
    message = session.scalars(select(Message)).one()
    assert message.fichier_id
    client.connecter(creer.agent(ddets))
    client.get(chez_le_service(dossier))
    remis = client.get(f"{chez_le_service(dossier)}/{message.id}/fichier")
    assert remis.data == PDF
    assert remis.headers["Content-Disposition"].startswith("attachment")
    etranger = creer.usager()
    creer.mandat(etranger, creer.association())
    client.connecter(etranger)
    assert client.get(f"{chez_l_association(dossier)}/{message.id}/fichier").status_code == 404


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"texte": ""}, "Écrivez votre message."),
        ({"texte": "x" * 5_001}, "trop long"),
        ({"texte": CANARI, "fichier": (BytesIO(b"MZ rien de bon"), "facture.pdf")}, "n’est ni un PDF, ni une image"),
        ({"texte": CANARI, "fichier": (BytesIO(b""), "vide.pdf")}, "est vide"),
    ],
)
def test_what_cannot_be_sent_is_said_and_kept(
    client: ClientStrict, session: Session, presidente: User, dossier: Dossier, valeurs: dict[str, Any], phrase: str
) -> None:
    client.connecter(presidente)
    client.get(chez_l_association(dossier))
    reponse = client.soumettre(valeurs)
    assert reponse.status_code == 422
    assert phrase in client.texte()
    assert str(valeurs["texte"]) in reponse.text
    assert session.scalars(select(Message)).all() == []


def test_unread_messages_are_counted_until_they_are_shown(
    client: ClientStrict, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    client.connecter(presidente)
    ecrire(client, chez_l_association(dossier), "Premier.")
    ecrire(client, chez_l_association(dossier), "Second.")
    client.get("/dossiers")
    assert "non lu" not in client.texte()
    client.connecter(agent)
    client.get("/instruction/dossiers")
    assert "2 messages non lus" in client.texte()
    client.get(f"/instruction/dossiers/{dossier.reference}")
    assert "2 messages non lus" in client.texte()
    client.get(chez_le_service(dossier))
    assert client.texte().count("non lu") == 2
    client.get(chez_le_service(dossier))
    assert "non lu" not in client.texte()
    client.get("/instruction/dossiers")
    assert "non lu" not in client.texte()
    ecrire(client, chez_le_service(dossier), "Réponse.", audience="association")
    client.connecter(presidente)
    client.get("/dossiers")
    assert "1 message non lu" in client.texte()
    client.get(f"/dossiers/{dossier.reference}")
    assert "1 message non lu" in client.texte()


def test_a_private_note_is_not_even_counted_for_the_others(
    client: ClientStrict, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES")
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(ddets))
    ecrire(client, chez_le_service(dossier), audience="service")
    for personne, liste in ((presidente, "/dossiers"), (creer.agent(drajes), "/instruction/dossiers")):
        client.connecter(personne)
        client.get(liste)
        assert "non lu" not in client.texte()


def test_a_long_thread_is_read_by_fifty_in_as_many_statements(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    communs = {"dossier_id": dossier.id, "auteur_id": presidente.id, "audience": AudienceMessage.ASSOCIATION}
    session.add_all(Message(cle=f"cle-{rang}", texte=f"Message n° {rang}.", **communs) for rang in range(1, 121))
    session.commit()
    client.connecter(creer.agent(ddets))
    with requetes() as vues:
        client.get(chez_le_service(dossier))
    assert len(vues) <= 12
    assert "Message n° 71." in client.texte()
    assert "Message n° 70." not in client.texte()
    suite = next(lien.get("href") for lien in client.arbre.iter("a") if lien.get("rel") == "next")
    client.get(str(suite))
    assert "Message n° 70." in client.texte()
    assert "Message n° 20." not in client.texte()
    for illisible in ("abc", "-1", "9" * 40):
        assert client.get(f"{chez_le_service(dossier)}?avant={illisible}").status_code == 200


def test_whoever_has_only_declared_a_link_reads_the_messages_of_what_she_filed_alone(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, ddets: Service
) -> None:
    declare = creer.usager()
    creer.mandat(declare, association, prouve=False)
    demande = creer.demande(association, declare)
    sien = creer.dossier(ddets, association=association, demande_id=demande.id)
    autre = creer.dossier(ddets, association=association)
    client.connecter(declare)
    assert client.get(chez_l_association(sien)).status_code == 200
    assert client.get(chez_l_association(autre)).status_code == 404
    assert client.poster(chez_l_association(autre), {"texte": "Bonjour."}).status_code == 404


def test_on_a_ds_dossier_services_write_to_each_other_and_nothing_reaches_the_association(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    association: Association,
    presidente: User,
) -> None:
    ds = creer.dossier_ds(ddets, association=association)
    drajes = creer.service("DRAJES", email="drajes@example.org")
    creer.demande_avis(ds, drajes)
    client.connecter(presidente)
    assert client.get(chez_l_association(ds)).status_code == 404
    client.get(f"/dossiers/{ds.reference}")
    assert "C’est là qu’il se complète et que vous échangez avec le service" in client.texte()
    client.connecter(creer.agent(ddets))
    ecrire(client, chez_le_service(ds), CANARI, audience="services_saisis")
    assert destinataires(session) == ["drajes@example.org"]
    client.get(chez_le_service(ds))
    choix = [champ.get("value") for champ in client.arbre.iter("input") if champ.get("name") == "audience"]
    assert choix == ["services_saisis", "partage", "service"]
    assert "la messagerie de Démarches Simplifiées" in client.texte()
    assert client.soumettre({"texte": "Bonjour.", "audience": "association"}).status_code == 422
    client.connecter(creer.agent(drajes))
    client.get(chez_le_service(ds))
    assert CANARI in client.texte()


def test_two_sendings_of_one_page_at_once_make_one_message(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    agent = creer.acteur(creer.agent(ddets))
    envois = [
        messages.send(
            session,
            by=agent,
            dossier=dossier,
            audience=AudienceMessage.SERVICE,
            texte="Une note.",
            cle="une-cle-de-vingt-signes",
        )
        for _ in range(2)
    ]
    assert envois[0].id == envois[1].id


def test_the_exchanges_of_a_dossier_show_its_messages_which_are_read_from_then_on(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    suiveur = creer.agent(ddets)
    dossier.instructeur_id = suiveur.id
    session.commit()
    client.connecter(presidente)
    ecrire(client, chez_l_association(dossier), CANARI)
    client.connecter(suiveur)
    with requetes() as vues:
        client.get(f"/instruction/dossiers/{dossier.reference}/messagerie")
    assert CANARI in client.texte()
    assert len(vues) <= 12
    client.get("/instruction/taches")
    assert "Aucune tâche ne vous attend" in client.texte()
