"""The words of our mails."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.documents import courriels_coffre as coffre
from portal.documents import courriels_comptes as comptes
from portal.documents import courriels_depots as depots
from portal.documents import courriels_experts as experts
from portal.documents import courriels_manquements as manquements
from portal.documents import courriels_membres as membres
from portal.documents import courriels_suivi as suivi
from portal.documents import courriels_taches as taches
from portal.documents.courriels import (
    AvisDemande,
    CodeConfirmation,
    Courriel,
    DecisionNotifiee,
    InvitationAgent,
    LienConnexion,
    PapierControle,
    RecepisseDisponible,
    RecuDisponible,
    SignatureDemandee,
    SignatureObtenue,
    SignatureRenvoyee,
    rediger,
)

ADRESSE = "https://portail.example/suite?jeton=abc&x=1"
FIN = date(2027, 3, 12)
EXPIRE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
DES_MEMBRES: list[Courriel] = [
    membres.RivaliteDeclaree(ADRESSE, "Les Amis"),
    membres.InvitationRecue(ADRESSE, "Les Amis", "Awa Diallo", "prépare les demandes", FIN),
    membres.InvitationRepondue(ADRESSE, "Les Amis", "Paul Martin", acceptee=True),
    membres.InvitationRepondue(ADRESSE, "Les Amis", "Paul Martin", acceptee=False),
    membres.AidantDeclare(ADRESSE, "Les Amis", "Inès Aidante", "France services de Tarare", FIN),
    membres.RoleChange(ADRESSE, "Les Amis", "Awa Diallo", "lit les dossiers", FIN),
    membres.RoleChange(ADRESSE, "Les Amis", "Awa Diallo", "lit les dossiers", None),
    membres.MandatTermine(ADRESSE, "Les Amis", "Awa Diallo", "Une autre présidente est élue."),
    membres.MandatBientotFini(ADRESSE, "Les Amis", FIN),
    membres.MandatConteste(ADRESSE, "Les Amis"),
    membres.ContestationTranchee(
        ADRESSE, "Les Amis", "DDETS", fondee=True, reponse="Vu le procès-verbal.", auteur=True
    ),
    membres.ContestationTranchee(
        ADRESSE, "Les Amis", "DDETS", fondee=False, reponse="Rien ne le montre.", auteur=False
    ),
    membres.SignalementRepondu(ADRESSE, "Les Amis", "commune", "DDETS", "Nous avons écrit à l’INSEE."),
]
DES_TACHES: list[Courriel] = [
    taches.TacheAdressee(ADRESSE, "On vous a mentionné", "dossier P-2026-1, Les Amis", "DDETS 69"),
    taches.TachesAdressees(ADRESSE, 3, ["3 mentions (DDETS 69)"]),
    taches.TachesAdressees(ADRESSE, 1, ["un traitement par lot terminé (DDETS 69)"]),
    taches.ResumeDuMatin(ADRESSE, 2, ["2 avis rendus (DDETS 69)"]),
]
DES_EXPERTS: list[Courriel] = [
    experts.AvisExpert(
        ADRESSE, "DRAJES", "Le lieu est-il sûr ?", ("Les Amis, « Berges » (P-1)",), 0, None, EXPIRE, rappel=False
    ),
    experts.AvisExpert(ADRESSE, "DRAJES", "Le lieu est-il sûr ?", ("Les Amis",), 3, FIN, EXPIRE, rappel=True),
    experts.CodeExpert(ADRESSE, "123456", 15),
]
LETTRES: list[Courriel] = [
    LienConnexion(ADRESSE, "123456", 60, "l’espace des associations"),
    RecuDisponible(ADRESSE, "Les Amis d’Ici & d’Ailleurs"),
    RecepisseDisponible(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS du Rhône"),
    DecisionNotifiee(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS du Rhône"),
    InvitationAgent(ADRESSE, "DDETS du Rhône", "instructeur", "Camille Martin"),
    AvisDemande(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS", "Le projet est-il utile ?", date(2026, 12, 5)),
    SignatureDemandee(ADRESSE, "Les Amis d’Ici", "Paul Martin", rappel=False),
    SignatureDemandee(ADRESSE, "Les Amis d’Ici", "Paul Martin", rappel=True),
    SignatureRenvoyee(ADRESSE, "Les Amis d’Ici", "Awa Diallo", "Le bureau n’a pas encore délibéré."),
    SignatureObtenue(ADRESSE, "Les Amis d’Ici", "Awa Diallo"),
    PapierControle(ADRESSE, "Les Amis d’Ici", "DDETS du Rhône", ""),
    PapierControle(ADRESSE, "Les Amis d’Ici", "DDETS du Rhône", "La page du texte manque."),
    coffre.IbanChange(ADRESSE, "Les Amis", "Paul Martin"),
    manquements.ConstatConsigne(ADRESSE, "Les Amis"),
    manquements.ConstatRepondu(ADRESSE, "C-1"),
    manquements.RetraitEnvisage(ADRESSE, "P-2026-1", "Les Amis", "DDETS du Rhône"),
    manquements.RetraitObserve(ADRESSE, "P-2026-1"),
    manquements.RetraitAbandonne(ADRESSE, "P-2026-1", "Les Amis", "DDETS du Rhône"),
    manquements.RetraitNotifie(ADRESSE, "P-2026-1", "Les Amis", "DDETS du Rhône"),
    CodeConfirmation(ADRESSE, "123456", 60),
    depots.SignatureDepotDemandee(ADRESSE, "Les Amis d’Ici", "Paul Martin", "Politique de la ville", "123456782"),
    comptes.AdresseAProuver(ADRESSE, 60),
    comptes.AdresseDejaPrise(ADRESSE),
    comptes.AdresseQuiChange(ADRESSE, "awa@example.org", 72),
    suivi.DecisionRouverte(ADRESSE, "P-2026-1", "Les Amis", "Berges", "DDETS du Rhône"),
]


@pytest.mark.parametrize(
    "lettre", LETTRES + DES_EXPERTS + DES_MEMBRES + DES_TACHES, ids=lambda lettre: type(lettre).__name__
)
def test_every_mail_has_an_object_greets_and_gives_its_address_alone_on_a_line(lettre: Courriel) -> None:
    objet, texte = rediger(lettre)

    assert 10 < len(objet) < 100
    assert "\n" not in objet
    assert texte.startswith("Bonjour,\n\n")
    assert ADRESSE in texte.splitlines()
    assert "envoyé automatiquement" in texte


@pytest.mark.parametrize(
    "lettre", LETTRES + DES_EXPERTS + DES_MEMBRES + DES_TACHES, ids=lambda lettre: type(lettre).__name__
)
def test_every_mail_is_plain_and_well_spaced(lettre: Courriel) -> None:
    objet, texte = rediger(lettre)

    for ecrit in (objet, texte):
        assert not re.search(r"&amp;|&#|\{\{|\{%", ecrit)
        assert not re.search(r"[^\u00a0][;!?»]|\w:\s|« ", ecrit.replace(ADRESSE, ""))
        assert not re.search(r"\n{4,}", ecrit)


def test_the_magic_link_says_how_long_it_lives_and_what_to_do_if_not_asked() -> None:
    _, texte = rediger(LETTRES[0])

    assert "60 minutes" in texte
    assert "une seule fois" in texte
    assert "Si vous n’avez rien demandé" in texte


def test_names_are_written_as_they_are() -> None:
    objet, texte = rediger(LETTRES[1])

    assert "Les Amis d’Ici & d’Ailleurs" in objet
    assert "Les Amis d’Ici & d’Ailleurs" in texte


def test_the_mail_of_a_decision_does_not_tell_the_decision() -> None:
    objet, texte = rediger(LETTRES[3])

    assert not re.search(r"accord|refus|rejet|sans suite", objet + texte)


def test_a_request_for_an_avis_gives_question_and_date() -> None:
    _, texte = rediger(LETTRES[5])

    assert "Le projet est-il utile ?" in texte
    assert "avant le 5 décembre 2026" in texte


def test_a_request_for_an_avis_without_date_names_none() -> None:
    _, texte = rediger(AvisDemande(ADRESSE, "P-1", "Les Amis", "Berges", "DDETS", "Qu’en pensez-vous ?", None))

    assert "avant le" not in texte


def test_a_line_break_in_a_name_cannot_add_a_line_to_the_object() -> None:
    objet, _ = rediger(RecuDisponible(ADRESSE, "Amis\r\nBcc: tous@b.example"))

    assert objet == "Reçu de l’engagement souscrit par Amis Bcc: tous@b.example"
