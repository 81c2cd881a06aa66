"""Dossiers as the people of an association see them: never more than they should."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.dossiers import Dossier, DossierDS
from portal.vocabulaire import Audience, Etat, MotifDecision, SensDecision
from portal.vocabulaire_ds import Visibilite
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

CANARIS = (
    "CANARI-AVIS",
    "CANARI-DECISION",
    "CANARI-CONDITION",
    "CANARI-ANNOTATION",
    "CANARI-QUESTION",
    "CANARI-MESSAGE",
)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association, client: ClientStrict) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    client.connecter(usager)
    return usager


def element(partie: str, libelle: str, valeur: str, **autres: object) -> dict[str, object]:
    vide: dict[str, object] = {"type": "text", "lignes": [], "fichiers": [], "niveau": None}
    return {"partie": partie, "libelle": libelle, "valeur": valeur, **vide, **autres}


CONTENU = [
    element("champs", "Votre projet", "", niveau=1),
    element("champs", "Intitulé du projet", "Un jardin partagé"),
    element("champs", "Partenaires", "", lignes=[[element("champs", "Nom", "La mairie")]]),
    element("champs", "Statuts", "", fichiers=[{"nom": "statuts.pdf"}]),
    element("annotations", "Note de l’instructeur", "CANARI-ANNOTATION"),
    element("avis", "CANARI-QUESTION", "CANARI-AVIS"),
    element("messages", "Message", "CANARI-MESSAGE"),
]


@pytest.fixture
def dossier_ds(creer: Fabriques, association: Association) -> Dossier:
    """A dossier of Démarches Simplifiées with a field, a repeated block, an annotation, an avis and a message."""
    return creer.dossier_ds(association=association, reference="DS-4512", contenu=CONTENU)


def test_dossiers_of_every_source_are_side_by_side(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User, dossier_ds: Dossier
) -> None:
    natif = creer.dossier(association=association, etat=Etat.EN_INSTRUCTION)
    creer.dossier(association=creer.association())
    client.get("/dossiers")
    texte = client.texte()
    assert natif.reference in texte
    assert "En cours d’instruction" in texte
    assert "DS-4512" in texte
    assert "sur Démarches Simplifiées" in texte
    assert texte.count("P-2026-") == 1


def test_ds_dossier_shows_what_was_filed_and_nothing_of_the_agents(
    client: ClientStrict, presidente: User, dossier_ds: Dossier
) -> None:
    client.get("/dossiers/DS-4512")
    texte = client.texte()
    for attendu in (
        "Un jardin partagé",
        "Partenaires 1, Nom",
        "La mairie",
        "statuts.pdf",
        f"sous le numéro {dossier_ds.ds.number}",
    ):
        assert attendu in texte
    assert not any(canari in texte for canari in CANARIS)


@pytest.mark.parametrize("visibilite", [Visibilite.CORBEILLE, Visibilite.SUPPRIME])
def test_dossier_deleted_at_ds_is_no_longer_shown(
    client: ClientStrict, session: Session, presidente: User, dossier_ds: Dossier, visibilite: Visibilite
) -> None:
    session.get_one(DossierDS, dossier_ds.id).visibilite = visibilite
    session.commit()
    assert client.get("/dossiers/DS-4512").status_code == 404
    client.get("/dossiers")
    assert "Aucun dossier pour le moment" in client.texte()


def test_avis_and_decision_in_preparation_never_show(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User
) -> None:
    dossier = creer.dossier(association=association, etat=Etat.EN_INSTRUCTION)
    autre = creer.service()
    creer.demande_avis(dossier, autre, question="CANARI-QUESTION")
    creer.avis(
        dossier, creer.agent(autre), texte="CANARI-AVIS", montant_propose=Decimal("987.65"), audience=Audience.PARTAGE
    )
    creer.decision(
        dossier,
        creer.responsable(),
        motivation="CANARI-DECISION",
        conditions="CANARI-CONDITION",
        montant_accorde=Decimal("876.54"),
        notification_demandee_at=maintenant(),
    )
    for adresse in ("/dossiers", f"/dossiers/{dossier.reference}"):
        client.get(adresse)
        texte = client.texte()
        assert not any(secret in texte for secret in (*CANARIS, "987,65", "876,54", "favorable"))
        assert "En cours d’instruction" in texte


def test_notified_refusal_shows_its_reason_and_how_to_appeal(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    service = creer.service(nom="DDETS du Rhône")
    dossier = creer.dossier(service, association=association, etat=Etat.REFUSE)
    creer.decision(
        dossier,
        creer.responsable(service),
        sens=SensDecision.REFUSE,
        motif=MotifDecision.CREDITS_EPUISES,
        motivation="Les crédits de l’année sont épuisés.",
        auteur_nom="Nadia Benali",
        notified_at=maintenant(),
    )
    client.get(f"/dossiers/{dossier.reference}")
    texte = client.texte()
    for attendu in (
        "Subvention refusée",
        "crédits épuisés",
        "Les crédits de l’année sont épuisés.",
        "Nadia Benali, Responsable",
        "recours gracieux au service qui l’a prise (DDETS du Rhône)",
        "dans les deux mois",
        "tribunal administratif",
    ):
        assert attendu in texte


def test_abandon_is_closed_without_ways_of_appeal(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    dossier = creer.dossier(association=association, etat=Etat.SANS_SUITE)
    creer.decision(
        dossier,
        creer.responsable(),
        sens=SensDecision.SANS_SUITE,
        motif=MotifDecision.ABANDON,
        notified_at=maintenant(),
    )
    client.get(f"/dossiers/{dossier.reference}")
    assert "Demande classée sans suite" in client.texte()
    assert "recours" not in client.texte()


def test_notified_accord_shows_amount_conditions_and_history(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    instant = maintenant()
    dossier = creer.dossier(
        association=association,
        etat=Etat.ACCEPTE,
        montant_accorde=Decimal(1200),
        date_depot=instant - timedelta(days=40),
        date_passage_en_instruction=instant - timedelta(days=20),
    )
    creer.decision(
        dossier,
        creer.responsable(),
        sens=SensDecision.ACCEPTE,
        montant_accorde=Decimal(1200),
        conditions="Compte rendu avant juin.",
        notified_at=instant,
    )
    client.get(f"/dossiers/{dossier.reference}")
    texte = client.texte()
    assert "Subvention accordée" in texte
    assert "1 200,00 €" in texte
    assert "Compte rendu avant juin." in texte
    historique = texte[texte.index("Historique") :]
    assert historique.index("Accordé") < historique.index("En cours d’instruction") < historique.index("Déposé")


def test_outcome_decided_at_ds_itself_is_shown_by_its_state(
    client: ClientStrict, session: Session, presidente: User, dossier_ds: Dossier
) -> None:
    dossier_ds.etat, dossier_ds.date_traitement = Etat.REFUSE, maintenant()
    session.commit()
    client.get("/dossiers/DS-4512")
    assert "Subvention refusée" in client.texte()
    assert "La décision vous a été adressée par Démarches Simplifiées" in client.texte()


def test_complement_asked_is_said_in_public_words(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User
) -> None:
    dossier = creer.dossier(association=association, complement_demande=True)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Complément demandé" in client.texte()


def test_declared_link_opens_nothing_that_others_made(
    client: ClientStrict, creer: Fabriques, association: Association, dossier_ds: Dossier
) -> None:
    dossier = creer.dossier(association=association)
    impostrice = creer.usager()
    creer.mandat(impostrice, association, prouve=False)
    client.connecter(impostrice)
    client.get("/dossiers")
    assert "Aucun dossier pour le moment" in client.texte()
    for reference in (dossier.reference, "DS-4512"):
        assert client.get(f"/dossiers/{reference}").status_code == 404


def test_declared_link_opens_what_the_person_filed_until_the_mandat_ends(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association
) -> None:
    personne = creer.usager()
    mandat = creer.mandat(personne, association, prouve=False)
    demande = creer.demande(association, personne)
    dossier = creer.dossier(association=association, demande_id=demande.id, lien_verifie=False)
    client.connecter(personne)
    assert client.get(f"/dossiers/{dossier.reference}").status_code == 200
    assert "lien non vérifié" in client.texte()
    mandat.ended_at = maintenant()
    session.commit()
    assert client.get(f"/dossiers/{dossier.reference}").status_code == 404


def test_agents_do_not_enter_by_the_associations_door(client: ClientStrict, creer: Fabriques) -> None:
    client.connecter(creer.agent())
    assert client.get("/dossiers").status_code == 403


def test_list_takes_as_many_queries_for_one_dossier_as_for_thirty(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User
) -> None:
    creer.dossier(association=association)
    un = _lectures(client)
    demarche = creer.demarche()
    for _ in range(29):
        creer.dossier(association=association, demarche=demarche)
    assert _lectures(client) == un <= 6


def _lectures(client: ClientStrict) -> int:
    with requetes() as vues:
        assert client.get("/dossiers").status_code == 200
    return len(vues)
