"""Acts on a DS dossier from its pages: what may be asked, what is said of it, what is owed to DS."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.models.connexion import User
from portal.models.correspondances import RevisionDS
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.services import Service
from portal.models.synchronisation import Quarantaine
from portal.vocabulaire import Etat, EtatEnvoi
from portal.vocabulaire_ds import Visibilite
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

Json = dict[str, Any]
REVISION = "UmV2aXNpb24tMQ=="
TEXTE, LONG, OUI, JOUR, NOMBRE, MONTANT, LISTE, CHOIX, PIECE, COMITE = (f"Q2hhbXAtM{rang}==" for rang in range(10))
ETIQUETTES = [
    {"id": "TGFiZWwtMQ==", "nom": "Urgent", "couleur": "rose"},
    {"id": "TGFiZWwtMg==", "nom": "À revoir", "couleur": ""},
]
DECRITES = {
    TEXTE: ("Text", []),
    LONG: ("Textarea", []),
    OUI: ("YesNo", []),
    JOUR: ("Date", []),
    NOMBRE: ("IntegerNumber", []),
    MONTANT: ("DecimalNumber", []),
    LISTE: ("DropDownList", ["Commission", "Jury"]),
    CHOIX: ("MultipleDropDownList", ["Nord", "Sud, littoral", "Est"]),
    PIECE: ("PieceJustificative", []),
    COMITE: ("Checkbox", []),
}


def annotation(cle: str, nom: str, libelle: str, dit: str, **autres: object) -> Json:
    return {"__typename": nom, "id": cle, "champDescriptorId": cle, "label": libelle, "stringValue": dit, **autres}


ANNOTATIONS = [
    annotation(TEXTE, "TextChamp", "Rapporteur", "CANARI-77", text="CANARI-77"),
    annotation(LONG, "TextChamp", "Synthèse", "Ligne 1\nLigne 2", text="Ligne 1\nLigne 2"),
    annotation(OUI, "YesNoChamp", "Éligible", "", yesNo=None),
    annotation(JOUR, "DateChamp", "Comité du", "", date=None),
    annotation(NOMBRE, "IntegerNumberChamp", "Note", "12", integerNumber="12"),
    annotation(MONTANT, "DecimalNumberChamp", "Montant proposé", "1500.5", decimalNumber=1500.5),
    annotation(LISTE, "DropDownListChamp", "Instance", "Jury", selected="Jury"),
    annotation(CHOIX, "MultipleDropDownListChamp", "Secteurs", "Nord, Est", values=["Nord", "Est"]),
    annotation(PIECE, "PieceJustificativeChamp", "Rapport", "", files=[]),
    annotation(COMITE, "CheckboxChamp", "Passé en comité", "false", checked=False),
]
LE_PREMIER, LE_DEUX = "2026-03-01T09:00:00+01:00", "2026-03-02T09:00:00+01:00"
RAW: Json = {
    "number": 1,
    "demarche": {"number": 1, "revision": {"id": REVISION}},
    "usager": {"email": "usager@example.org"},
    "groupeInstructeur": {"id": "g", "number": 1, "label": "DDETS, pôle associations"},
    "instructeurs": [{"id": "i", "email": "suiveur@prefecture.example.org"}],
    "labels": [{"id": ETIQUETTES[0]["id"], "name": "Urgent", "color": "rose"}],
    "traitements": [{"id": "t", "event": "passe_en_instruction", "dateTraitement": LE_PREMIER}],
    "messages": [
        {"id": "m1", "email": "contact@ds.example.org", "body": "<p>Dossier reçu.</p>", "createdAt": LE_PREMIER},
        {"id": "m2", "email": "usager@example.org", "body": "Bonjour, <script>x</script>voici.", "createdAt": LE_DEUX},
    ],
    "avis": [
        {"id": "a", "question": "Qu’en dites-vous ?", "expert": {"email": "e@example.org"}, "dateReponse": LE_DEUX}
    ],
    "annotations": ANNOTATIONS,
}


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossier(session: Session, creer: Fabriques, ddets: Service) -> Dossier:
    """A dossier en instruction, with all that DS says around it."""
    dossier = creer.dossier_ds(ddets, etat=Etat.EN_INSTRUCTION, statut_source="en_instruction")
    assert dossier.ds is not None
    dossier.ds.raw, dossier.ds.revision_id = RAW, REVISION
    dossier.demarche.etiquettes = ETIQUETTES
    decrits = [
        {"id": cle, "type": genre, "libelle": "", "partie": "annotations", "parent": "", "options": options}
        for cle, (genre, options) in DECRITES.items()
    ]
    session.add(RevisionDS(demarche_id=dossier.demarche_id, ds_id=REVISION, descripteurs=decrits))
    session.commit()
    return dossier


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}{suite}"


def operations(session: Session) -> list[OperationDS]:
    session.expire_all()
    return list(session.scalars(select(OperationDS).order_by(OperationDS.id)))


def test_the_page_tells_what_ds_says_and_stays_light(client: ClientStrict, dossier: Dossier, agent: User) -> None:
    client.connecter(agent)
    for suite, attendus in (
        (
            "/messagerie",
            (
                "DDETS, pôle associations",
                "suiveur@prefecture.example.org",
                "Urgent",
                "Le dernier des 2 messages échangés",
                "usager@example.org (l’usager)",
            ),
        ),
        ("/historique", ("Passé en instruction",)),
        ("/avis", ("avis demandé sur Démarches Simplifiées en attente",)),
    ):
        with requetes() as vues:
            client.get(page(dossier, suite))
        texte = client.texte()
        for attendu in attendus:
            assert attendu in texte
        assert "script" not in texte
        assert len(vues) <= 12


def test_a_service_asked_for_its_avis_reads_none_of_it(
    client: ClientStrict, creer: Fabriques, dossier: Dossier
) -> None:
    saisi = creer.service("DRAJES")
    creer.demande_avis(dossier, saisi)
    client.connecter(creer.agent(saisi))
    client.get(page(dossier))
    texte = client.texte()
    for reserve in ("suiveur@", "Urgent", "usager@example.org", "CANARI-77", "Écrire à l’association"):
        assert reserve not in texte
    for suite in ("/messages", "/messages/nouveau", "/correction", "/annotations", "/etiquettes", "/retour"):
        assert client.get(page(dossier, suite)).status_code == 403


def test_a_native_dossier_has_none_of_these_pages(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    natif = creer.dossier(ddets)
    client.connecter(agent)
    assert client.get(page(natif, "/messages")).status_code == 404
    assert client.poster(page(natif, "/rangement"), {"geste": "suivre"}).status_code == 404


def test_the_thread_is_read_newest_first(
    client: ClientStrict, dossier: Dossier, creer: Fabriques, ddets: Service
) -> None:
    client.connecter(creer.agent(ddets, "lecteur"))
    client.get(page(dossier, "/messages"))
    texte = client.texte()
    assert texte.index("voici.") < texte.index("Dossier reçu.")
    assert "Écrire à l’association" not in texte


def test_a_message_sent_twice_is_owed_once(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/messages/nouveau"))
    assert "ne se reprend pas" in client.texte()
    formulaire = dict(html.champs(client.formulaire("/messages/nouveau"))) | {"texte": "Bonjour, merci de préciser."}
    for _ in range(2):
        assert client.post(page(dossier, "/messages/nouveau"), data=formulaire).status_code == 303
    (operation,) = operations(session)
    assert (operation.mutation, operation.arguments["texte"]) == ("envoyer_message", "Bonjour, merci de préciser.")
    client.get(page(dossier))
    assert "Écrire à l’association : attend Démarches Simplifiées" in client.texte()
    assert f"Demandé par {agent.nom_affiche}" in client.texte()


def test_a_file_goes_with_a_message(client: ClientStrict, session: Session, dossier: Dossier, agent: User) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/messages/nouveau"))
    joint = (BytesIO(b"%PDF-1.7 " + bytes(3_000_000)), "dossier/modèle.PDF")
    reponse = client.soumettre({"texte": "Voici le modèle.", "fichier": joint}, suivre=False)
    # the test client leaves the body that it made of a large form open
    reponse.request.environ["wsgi.input"].close()
    (operation,) = operations(session)
    fichier = session.get_one(Fichier, operation.fichier_id)
    assert (operation.arguments["nom_fichier"], fichier.type_mime) == ("modèle.PDF", "application/pdf")
    assert fichier.taille == 3_000_009


@pytest.mark.parametrize(
    ("nom", "octets", "attendu"),
    [("virus.exe", b"MZ", "n’est pas d’un type accepté"), ("vide.pdf", b"", "est vide")],
)
def test_a_refused_file_keeps_what_was_written(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User, nom: str, octets: bytes, attendu: str
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/messages/nouveau"))
    reponse = client.soumettre({"texte": "Un long message.", "fichier": (BytesIO(octets), nom)})
    assert reponse.status_code == 422
    assert attendu in client.texte()
    assert "Un long message." in reponse.text
    assert operations(session) == []


def test_a_correction_asks_why_and_only_one_waits(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/correction"))
    assert client.soumettre({"texte": "Il manque le RIB."}).status_code == 422
    client.soumettre({"texte": "Il manque le RIB.", "correction": "incomplete"})
    (operation,) = operations(session)
    assert (operation.mutation, operation.arguments["correction"]) == ("demander_correction", "incomplete")
    operation.etat, dossier.complement_demande = EtatEnvoi.ENVOYE, True
    session.commit()
    client.get(page(dossier, "/correction"))
    assert "Une correction est déjà demandée" in client.texte()
    assert "Demander la correction" not in client.texte(), "no form that can only be refused"
    reponse = client.poster(page(dossier, "/correction"), {"texte": "Encore ceci.", "correction": "incorrect"})
    assert reponse.status_code == 409
    assert "Encore ceci." in reponse.text
    assert page(dossier, "/correction") not in client.get(page(dossier, "/impression")).text
    assert "Demander une correction : demandé à Démarches Simplifiées" in client.texte()


def test_only_the_annotations_that_change_are_owed(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/annotations"))
    assert "remplissez-la là-bas" in client.texte()
    valeurs: dict[str, Any] = {
        OUI: "true",
        f"{JOUR}-jour": "5",
        f"{JOUR}-mois": "3",
        f"{JOUR}-annee": "2026",
        MONTANT: "1 600,75",
        CHOIX: ["Nord", "Sud, littoral"],
        COMITE: "y",
    }
    client.soumettre(valeurs, action="/annotations")
    (operation,) = operations(session)
    ecrites = {une["id"]: (une["genre"], une["valeur"]) for une in operation.arguments["annotations"]}
    assert ecrites == {
        OUI: ("yesNo", True),
        JOUR: ("date", "2026-03-05"),
        MONTANT: ("decimalNumber", "1600.75"),
        CHOIX: ("multipleDropDownList", ["Nord", "Sud, littoral"]),
        COMITE: ("checkbox", True),
    }


def test_annotations_left_as_they_are_owe_nothing(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/annotations"))
    client.soumettre(action="/annotations")
    assert "Rien n’a changé" in client.texte()
    assert operations(session) == []


def test_a_wrong_number_is_told_beside_its_field_and_the_rest_is_kept(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/annotations"))
    reponse = client.soumettre({NOMBRE: "douze", TEXTE: "Dominique"}, action="/annotations")
    assert reponse.status_code == 422
    assert "« douze » n’est pas un nombre" in client.texte()
    assert 'value="Dominique"' in reponse.text
    assert client.soumettre({NOMBRE: ""}, action="/annotations").status_code == 422
    assert "ne laisse pas vider cette annotation" in client.texte()
    assert operations(session) == []


def test_annotations_changed_meanwhile_are_compared_before_they_are_sent(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/annotations"))
    assert dossier.ds is not None
    autres = [annotation(TEXTE, "TextChamp", "Rapporteur", "Alix", text="Alix"), *ANNOTATIONS[1:]]
    dossier.ds.raw = {**RAW, "annotations": autres}
    session.commit()
    reponse = client.soumettre({TEXTE: "Dominique"}, action="/annotations")
    assert reponse.status_code == 409
    assert "Valeur actuelle : Alix" in client.texte()
    assert 'value="Dominique"' in reponse.text
    client.soumettre(action="/annotations")
    assert operations(session)[0].arguments["annotations"][0]["valeur"] == "Dominique"


def test_without_the_form_s_description_choices_are_not_guessed(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    session.delete(session.scalars(select(RevisionDS)).one())
    session.commit()
    client.connecter(agent)
    client.get(page(dossier, "/annotations"))
    assert client.texte().count("Les choix possibles ne sont pas encore connus ici") == 2
    assert html.par_id(client.arbre, TEXTE) is not None


def test_labels_are_stuck_and_taken_off(client: ClientStrict, session: Session, dossier: Dossier, agent: User) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/etiquettes"))
    texte = client.texte()
    assert "Retirer « Urgent »" in texte
    assert "Poser « À revoir »" in texte
    client.poster(page(dossier, "/etiquettes"), {"geste": "ajouter_label", "label": ETIQUETTES[1]["id"]})
    client.poster(page(dossier, "/etiquettes"), {"geste": "supprimer_label", "label": ETIQUETTES[0]["id"]})
    assert [une.mutation for une in operations(session)] == ["ajouter_label", "supprimer_label"]
    client.get(page(dossier, "/etiquettes"))
    assert "Poser" not in client.texte()
    assert client.poster(page(dossier, "/etiquettes"), {"geste": "ajouter_label", "label": "autre"}).status_code == 422


def test_a_decided_dossier_is_put_away_and_its_decision_undone_by_a_responsable(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    assert client.poster(page(dossier, "/rangement"), {"geste": "archiver"}).status_code == 409
    dossier.etat = Etat.ACCEPTE
    session.commit()
    client.get(page(dossier))
    assert "Repasser en instruction" not in client.texte()
    assert client.poster(page(dossier, "/retour"), {"geste": "repasser_en_instruction"}).status_code == 403
    client.connecter(creer.responsable(ddets))
    client.get(page(dossier, "/retour"))
    assert "efface la motivation et l’attestation" in client.texte()
    client.soumettre(action="/retour")
    client.poster(page(dossier, "/rangement"), {"geste": "archiver"})
    assert [une.mutation for une in operations(session)] == ["repasser_en_instruction", "archiver"]
    client.get(page(dossier))
    assert "Archiver : attend Démarches Simplifiées" in client.texte()
    seconde = creer.responsable(ddets)
    client.connecter(seconde)
    assert client.poster(page(dossier, "/retour"), {"geste": "repasser_en_instruction"}).status_code == 409
    for attendu in (
        "Vous n’avez rien demandé",
        "Vous vouliez repasser le dossier en instruction",
        "Demandé par Camille",
    ):
        assert attendu in client.texte(), attendu


def test_following_at_ds_is_offered_to_whoever_does_not(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier))
    client.poster(page(dossier, "/rangement"), {"geste": "suivre"})
    client.connecter(creer.agent(ddets, email="Suiveur@prefecture.example.org"))
    client.get(page(dossier))
    client.poster(page(dossier, "/rangement"), {"geste": "ne_plus_suivre"})
    assert [une.mutation for une in operations(session)] == ["suivre", "ne_plus_suivre"]
    assert client.poster(page(dossier, "/rangement"), {"geste": "détruire"}).status_code == 422


def test_a_refusal_is_told_in_ds_s_words_and_may_be_tried_again(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.poster(page(dossier, "/rangement"), {"geste": "suivre"})
    (operation,) = operations(session)
    operation.etat, operation.erreur = EtatEnvoi.REFUSE, "L’instructeur n’a pas les droits"
    operation.resultat = {"refus_ds": True}
    session.commit()
    client.get(page(dossier))
    assert "L’instructeur n’a pas les droits Démarches Simplifiées, mot pour mot" in client.texte()
    assert "Rien n’a changé sur le dossier" in client.texte()
    client.soumettre(action="/reessayer")
    assert "L’action repart" in client.texte()
    assert operations(session)[0].etat == EtatEnvoi.A_ENVOYER
    autre = page(dossier, "/operations/999999/reessayer")
    assert client.poster(autre).status_code == 404


def test_a_dossier_in_ds_s_bin_is_said_so_and_receives_nothing(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    assert dossier.ds is not None
    dossier.ds.visibilite = Visibilite.CORBEILLE
    session.commit()
    client.connecter(agent)
    client.get(page(dossier))
    assert "dans la corbeille de Démarches Simplifiées" in client.texte()
    assert "Écrire à l’association" not in client.texte()
    client.get(page(dossier, "/messages/nouveau"))
    assert "n’est pas possible pour le moment" in client.texte()
    assert client.poster(page(dossier, "/messages/nouveau"), {"texte": "Bonjour"}).status_code == 409
    assert operations(session) == []


def test_a_dossier_whose_last_version_cannot_be_read_says_that_it_may_be_old(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    assert dossier.ds is not None
    client.connecter(agent)
    client.get(page(dossier))
    assert "n’a pas pu être lue" not in client.texte()
    session.add(Quarantaine(demarche_id=dossier.demarche_id, number=dossier.ds.number, motif="champ illisible"))
    session.commit()
    client.get(page(dossier))
    assert "Sa dernière version n’a pas pu être lue" in client.texte()


def test_a_file_too_heavy_is_refused_with_the_message_kept(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/messages/nouveau"))
    lourd = (BytesIO(b"0" * (22 * 1024 * 1024)), "plan.pdf")
    reponse = client.soumettre({"texte": "Voici le plan.", "fichier": lourd})
    reponse.request.environ["wsgi.input"].close()  # the test client writes a large body to a file, and leaves it open
    assert reponse.status_code == 422
    assert "plan.pdf » atteint 20 Mo" in client.texte()
    assert dict(html.champs(client.formulaire()))["texte"] == "Voici le plan."
    assert operations(session) == []


def test_after_an_act_the_page_opens_at_its_top_where_it_is_said(
    client: ClientStrict, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    reponse = client.poster(page(dossier, "/rangement"), {"geste": "suivre"})
    assert reponse.headers["Location"] == page(dossier)


def test_a_full_storage_is_said_and_nothing_leaves(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User, config: Config
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/messages/nouveau"))
    config.stockage_dossier.parent.mkdir(parents=True, exist_ok=True)
    config.stockage_dossier.write_text("no folder here")
    reponse = client.soumettre({"texte": "Voici le modèle.", "fichier": (BytesIO(b"%PDF-1.7"), "modele.pdf")})
    assert reponse.status_code == 503
    assert "n’a pas pu être conservé" in reponse.text
    assert "Voici le modèle." in reponse.text
    assert operations(session) == []
