"""What a DS form feeds: proposed when it is published, settled by an administrator, and never showing content without leave."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from integrations.demarches_simplifiees.types import Descripteur, Revision
from portal.formats import maintenant
from portal.models.autorisations import AutorisationContenu
from portal.models.connexion import User
from portal.models.correspondances import Correspondance, RevisionDS
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.queries.correspondances import count_unseen
from portal.services import synchronisation
from portal.services.correspondances import note_revision
from portal.services.moyens import Moyens
from portal.vocabulaire import RoleAffectation
from portal.vocabulaire_ds import EtatCorrespondance
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur
from tests.requetes import requetes


def question(numero: int, genre: str, libelle: str, niveau: int | None = None) -> Descripteur:
    """A question of a form."""
    return Descripteur(f"C{numero}", f"{genre}ChampDescriptor", libelle, "", False, niveau, (), False, ())


PREMIER = Revision(
    "R1",
    None,
    None,
    (
        question(1, "HeaderSection", "Votre projet", 1),
        question(2, "Text", "Intitulé du projet"),
        question(3, "DecimalNumber", "Montant de la subvention demandée"),
        question(4, "Text", "Téléphone"),
        question(5, "HeaderSection", "Budget", 1),
        question(6, "HeaderSection", "Charges", 2),
        question(7, "DecimalNumber", "613 - Locations"),
        question(8, "PieceJustificative", "Statuts"),
    ),
    (),
)
SECOND = replace(
    PREMIER,
    id="R2",
    champs=(
        question(9, "Text", "Sigle"),
        *PREMIER.champs[:1],
        replace(PREMIER.champs[1], label="Titre du projet"),
        question(10, "DecimalNumber", "Montant sollicité"),
        *PREMIER.champs[4:7],
        PREMIER.champs[3],
    ),
)


@pytest.fixture
def administrateur(creer: Fabriques, client: ClientStrict) -> User:
    """An administrator of another service, logged in."""
    administrateur = creer.agent(role=RoleAffectation.LECTEUR, administrateur=True)
    client.connecter(administrateur)
    return administrateur


def page(demarche: Demarche) -> str:
    return f"/administration/correspondances/{demarche.id}"


def noter(session: Session, demarche: Demarche, revision: Revision) -> bool:
    notee = note_revision(session, demarche, revision)
    session.commit()
    return notee


def ouvrir(session: Session, demarche: Demarche, responsable: User) -> None:
    session.add(
        AutorisationContenu(
            demarche_id=demarche.id,
            accordee_par_id=responsable.id,
            raison="Régler le formulaire",
            expire_at=maintenant() + timedelta(hours=1),
        )
    )
    session.commit()


def etats(session: Session, demarche: Demarche) -> dict[tuple[str, str], EtatCorrespondance]:
    session.expire_all()
    lignes = session.scalars(select(Correspondance).where(Correspondance.demarche_id == demarche.id))
    return {(ligne.champ_id, ligne.detail or str(ligne.cible)): ligne.etat for ligne in lignes}


def test_a_form_is_kept_once_and_its_champs_are_proposed_with_a_reason(session: Session, demarche: Demarche) -> None:
    assert noter(session, demarche, PREMIER)
    with requetes() as vues:
        assert not note_revision(session, demarche, PREMIER)
    assert len(vues) <= 2  # the démarche may have to be read again after the commit
    proposee = EtatCorrespondance.PROPOSEE
    attendues = {("C2", "intitule"): proposee, ("C3", "montant_demande"): proposee, ("C7", "locations"): proposee}
    assert etats(session, demarche) == attendues
    raisons = session.scalars(select(Correspondance.raison).order_by(Correspondance.champ_id)).all()
    assert raisons == ["libellé habituel de cette donnée"] * 2 + [
        "libellé proche de «\u00a0locations\u00a0» et compte 613"
    ]
    sections = [un["section"] for un in session.scalars(select(RevisionDS.descripteurs)).one()]
    assert sections == ["Votre projet"] * 3 + ["Budget › Charges"] * 2
    assert count_unseen(session) == {demarche.id: 3}


def test_what_is_confirmed_wins_and_what_is_set_aside_never_comes_back(
    session: Session, demarche: Demarche, client: ClientStrict, administrateur: User
) -> None:
    noter(session, demarche, PREMIER)
    client.get(page(demarche))
    reponse = client.soumettre({"choix-C3": "", "choix-C4": "rna"}, action=page(demarche))
    assert "Les correspondances sont enregistrées" in client.texte(), reponse.status_code
    confirmee, ecartee = EtatCorrespondance.CONFIRMEE, EtatCorrespondance.ECARTEE
    decidees = {
        ("C2", "intitule"): confirmee,
        ("C3", "montant_demande"): ecartee,
        ("C4", "rna"): confirmee,
        ("C7", "locations"): confirmee,
    }
    assert etats(session, demarche) == decidees
    noter(session, demarche, replace(PREMIER, id="R2"))
    assert etats(session, demarche) == decidees
    evenement = session.scalars(select(Evenement).where(Evenement.action == "correspondances_decidees")).one()
    assert evenement.acteur == f"agent:{administrateur.id}"


def test_a_new_form_tells_what_is_new_moved_renamed_and_gone(
    session: Session, demarche: Demarche, client: ClientStrict, administrateur: User
) -> None:
    noter(session, demarche, PREMIER)
    client.get(page(demarche))
    client.soumettre(action=page(demarche))
    assert count_unseen(session) == {}
    noter(session, demarche, SECOND)
    client.get(page(demarche))
    texte = html.texte(html.par_id(client.arbre, "changements"))
    nouveaux, reste = texte.split("Champs déplacés")
    deplaces, reste = reste.split("Champs dont le libellé")
    renommes, disparus = reste.split("Champs disparus")
    assert "Sigle" in nouveaux
    assert "Montant sollicité" in nouveaux
    assert "Téléphone (Budget › Charges) auparavant sous « Votre projet »" in deplaces
    assert "613" not in deplaces
    assert "Titre du projet (Votre projet) auparavant « Intitulé du projet »" in renommes
    assert "Montant de la subvention demandée" in disparus
    assert "servent encore aux dossiers déposés avant : « Montant de la subvention demandée »" in texte
    assert etats(session, demarche)["C3", "montant_demande"] == EtatCorrespondance.DISPARUE
    assert etats(session, demarche)["C10", "montant_demande"] == EtatCorrespondance.PROPOSEE
    assert count_unseen(session) == {demarche.id: 3}  # the two new champs, and the one that vanished
    client.soumettre(action="/vu")
    assert count_unseen(session) == {}


def test_a_champ_that_comes_back_takes_its_mapping_again(
    session: Session, demarche: Demarche, client: ClientStrict, administrateur: User
) -> None:
    noter(session, demarche, PREMIER)
    client.get(page(demarche))
    client.soumettre(action=page(demarche))
    noter(session, demarche, SECOND)
    noter(session, demarche, replace(PREMIER, id="R3"))
    assert etats(session, demarche)["C3", "montant_demande"] == EtatCorrespondance.CONFIRMEE


def test_two_champs_cannot_feed_the_same_fact(
    session: Session, demarche: Demarche, client: ClientStrict, administrateur: User
) -> None:
    noter(session, demarche, PREMIER)
    client.get(page(demarche))
    reponse = client.soumettre({"choix-C4": "intitule"}, action=page(demarche))
    assert reponse.status_code == 422
    assert "Deux champs donnent la même valeur : « Intitulé du projet » et « Téléphone »" in client.texte()
    assert dict(html.champs(client.formulaire(page(demarche))))["choix-C4"] == "intitule"
    assert set(etats(session, demarche).values()) == {EtatCorrespondance.PROPOSEE}


def test_a_refusal_under_an_authorisation_shows_the_page_again(
    session: Session, demarche: Demarche, client: ClientStrict, administrateur: User, creer: Fabriques
) -> None:
    noter(session, demarche, PREMIER)
    ouvrir(session, demarche, creer.responsable(demarche.service))
    client.get(page(demarche))
    assert client.soumettre({"choix-C4": "intitule"}, action=page(demarche)).status_code == 422
    assert dict(html.champs(client.formulaire(page(demarche))))["choix-C4"] == "intitule"
    assert "J’ai vu ces changements" not in client.texte(), "nothing has changed yet"


def test_a_page_that_is_out_of_date_keeps_what_was_chosen(
    session: Session, demarche: Demarche, client: ClientStrict, administrateur: User
) -> None:
    noter(session, demarche, PREMIER)
    client.get(page(demarche))
    noter(session, demarche, SECOND)
    reponse = client.soumettre({"choix-C4": "rna"}, action=page(demarche))
    assert reponse.status_code == 409
    assert "Vos choix sont conservés" in client.texte()
    assert dict(html.champs(client.formulaire(page(demarche))))["choix-C4"] == "rna"
    client.soumettre(action=page(demarche))
    assert etats(session, demarche)["C4", "rna"] == EtatCorrespondance.CONFIRMEE


def test_content_is_shown_under_an_authorisation_only_and_leaves_a_trace(
    session: Session,
    demarche: Demarche,
    client: ClientStrict,
    administrateur: User,
    moyens: Moyens,
    ds: ClientCompteur,
    simulateur: Simulateur,
    creer: Fabriques,
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    noter(session, demarche, ds.lire_demarche(DEMARCHE).revision)
    responsable = creer.responsable(demarche.service)
    intitules = [
        champ["stringValue"]
        for fiche in simulateur.donnees.dossiers.values()
        for champ in fiche.contenu["champs"]
        if champ["label"] == "Intitulé du projet"
    ]
    client.get(page(demarche))
    assert not any(intitule in client.texte() for intitule in intitules)
    assert "12 dossiers remplis sur 12" in client.texte()
    assert responsable.nom_affiche in client.texte()
    ouvrir(session, demarche, responsable)
    client.get(page(demarche))
    assert any(intitule in client.texte() for intitule in intitules)
    trace = session.scalars(select(Evenement).where(Evenement.action == "contenu_consulte")).one()
    assert (trace.acteur, trace.objet) == (f"agent:{administrateur.id}", f"demarche:{demarche.id}")
    session.execute(update(Dossier).values(service_id=creer.service("DRAJES ARA").id))
    session.commit()
    client.get(page(demarche))
    assert not any(intitule in client.texte() for intitule in intitules), "words of another service's dossiers"


def test_answers_that_cannot_be_read_are_counted(
    session: Session, client: ClientStrict, administrateur: User, creer: Fabriques
) -> None:
    dossier = creer.dossier_ds()
    champ = {"__typename": "TextChamp", "champDescriptorId": "C3", "label": "Montant demandé", "stringValue": "à voir"}
    dossier.ds.raw = {"champs": [champ], "annotations": []}
    session.commit()
    montant = replace(PREMIER.champs[2], type="TextChampDescriptor")
    noter(session, dossier.demarche, replace(PREMIER, champs=(montant,)))
    client.get(page(dossier.demarche))
    assert "1 réponse illisible" in client.texte()
    assert "à voir" not in client.texte()


def test_the_page_costs_a_fixed_number_of_statements(
    demarche: Demarche, client: ClientStrict, administrateur: User, moyens: Moyens, ds: ClientCompteur, session: Session
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    noter(session, demarche, ds.lire_demarche(DEMARCHE).revision)
    client.get(page(demarche))
    with requetes() as vues:
        client.get(page(demarche))
    assert len(vues) <= 15


def test_only_administrators_come_here(client: ClientStrict, demarche: Demarche, creer: Fabriques) -> None:
    client.connecter(creer.responsable(demarche.service))
    assert client.get(page(demarche)).status_code == 403
