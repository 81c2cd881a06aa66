"""What agents see of the files of a DS dossier: where each stands, and its bytes only when nothing speaks against them."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import FichierDS
from portal.models.journal import Evenement
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_ds import EtatFichierDS
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

OCTETS = b"%PDF-1.7 les comptes"
SANS_ANTIVIRUS, AVEC_ANTIVIRUS = "", "127.0.0.1:9"


@pytest.fixture
def antivirus() -> str:
    """No antivirus, unless the test says where one is: pages never speak to it."""
    return SANS_ANTIVIRUS


@pytest.fixture
def config(config: Config, antivirus: str) -> Config:
    """The configuration of the portal under test."""
    return replace(config, antivirus=antivirus)


@pytest.fixture
def moyens(config: Config, fabrique: Fabrique) -> Moyens:
    """Pages need no DS."""
    return make_moyens(config, fabrique=fabrique)


@pytest.fixture
def dossier(creer: Fabriques, client: ClientStrict) -> Dossier:
    """A DS dossier; an agent of its service is logged in."""
    dossier = creer.dossier_ds()
    client.connecter(creer.agent(dossier.service))
    return dossier


def ajouter(session: Session, dossier: Dossier, nom: str = "comptes.pdf", **valeurs: Any) -> FichierDS:
    """A file of that dossier, left at DS unless said otherwise."""
    defauts = {"partie": "champs", "libelle": "Comptes", "etat": EtatFichierDS.A_LA_DEMANDE, "taille": 2048}
    fichier = FichierDS(dossier_id=dossier.id, nom=nom, **{**defauts, **valeurs})
    session.add(fichier)
    session.commit()
    return fichier


def copier(
    session: Session,
    moyens: Moyens,
    dossier: Dossier,
    verdict: VerdictAntivirus = VerdictAntivirus.INDISPONIBLE,
    **valeurs: Any,
) -> FichierDS:
    """A file of that dossier whose bytes are here."""
    empreinte = hashlib.sha256(OCTETS).hexdigest()
    moyens.stockage.ecrire(empreinte[:32], OCTETS)
    conserve = Fichier(
        sha256=empreinte, cle_stockage=empreinte[:32], taille=len(OCTETS), type_mime="application/pdf", verdict=verdict
    )
    session.add(conserve)
    session.flush()
    return ajouter(session, dossier, **{"etat": EtatFichierDS.RECU, "fichier_id": conserve.id, **valeurs})


def page(dossier: Dossier, fichier: FichierDS | None = None, suite: str = "") -> str:
    liste = f"/instruction/dossiers/{dossier.reference}/fichiers"
    return f"{liste}/{fichier.id}{suite}" if fichier else liste


def lien(client: ClientStrict, debut: str) -> str:
    """Where the link that begins with these words leads."""
    return next(un.get("href", "") for un in client.arbre.iter("a") if html.texte(un).startswith(debut))


def test_the_list_says_where_each_file_stands(client: ClientStrict, session: Session, dossier: Dossier) -> None:
    ajouter(session, dossier, "budget.pdf")
    ajouter(session, dossier, "devis.pdf", partie="messages", libelle="", etat=EtatFichierDS.ATTENDU)
    ajouter(session, dossier, "rib.pdf", etat=EtatFichierDS.PERDU, erreur="Démarches Simplifiées ne le montre plus.")
    assert client.get(page(dossier)).status_code == 200
    texte = client.texte()
    assert "budget.pdf Comptes (formulaire) 2 ko resté dans Démarches Simplifiées" in texte
    assert "devis.pdf message 2 ko en cours de copie" in texte
    assert "rib.pdf Comptes (formulaire) 2 ko perdu avant d’avoir été copié" in texte


def test_a_dossier_without_files_says_so(client: ClientStrict, dossier: Dossier) -> None:
    client.get(page(dossier))
    assert "Aucun fichier" in client.texte()


def test_somebody_else_s_dossier_has_no_files(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens, dossier: Dossier
) -> None:
    fichier = copier(session, moyens, dossier)
    autre = ajouter(session, creer.dossier_ds(dossier.service))
    client.connecter(creer.agent())
    for suite in ("", "/telechargement"):
        assert client.get(page(dossier, fichier, suite)).status_code == 404
    assert client.get(page(dossier)).status_code == 404
    client.connecter(creer.agent(dossier.service))
    assert client.get(page(dossier, autre)).status_code == 404


def test_a_service_asked_for_its_avis_reads_the_files_of_the_form_alone(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier
) -> None:
    ajouter(session, dossier, "budget.pdf")
    cache = ajouter(session, dossier, "interne.pdf", partie="annotations")
    saisi = creer.service()
    creer.demande_avis(dossier, saisi)
    client.connecter(creer.agent(saisi))
    client.get(page(dossier))
    assert "budget.pdf" in client.texte()
    assert "interne.pdf" not in client.texte()
    assert client.get(page(dossier, cache)).status_code == 404


def test_a_file_is_taken_as_it_came_and_who_took_it_is_recorded(
    client: ClientStrict, session: Session, moyens: Moyens, dossier: Dossier
) -> None:
    fichier = copier(session, moyens, dossier, VerdictAntivirus.SAIN, nom="Comptes été 2026\r\n/../x.pdf")
    client.get(page(dossier, fichier))
    assert "sans virus connu" in client.texte()
    reponse = client.get(lien(client, "Télécharger"))
    assert reponse.data == OCTETS
    assert reponse.headers["Content-Security-Policy"].startswith("sandbox")
    assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    nom = reponse.headers["Content-Disposition"]
    assert nom.startswith("attachment;")
    assert "Comptes%20%C3%A9t%C3%A9%202026___.._x.pdf" in nom
    trace = session.scalars(select(Evenement).where(Evenement.action == "fichier_ds_consulte")).one()
    assert trace.objet == f"dossier:{dossier.id}"


def test_without_an_antivirus_the_page_says_that_nothing_has_analysed_the_file(
    client: ClientStrict, session: Session, moyens: Moyens, dossier: Dossier
) -> None:
    fichier = copier(session, moyens, dossier, virus_ds="pending")
    client.get(page(dossier, fichier))
    assert "Le portail n’a pas analysé ce fichier" in client.texte()
    assert client.get(page(dossier, fichier, "/telechargement")).status_code == 200


@pytest.mark.parametrize("antivirus", [AVEC_ANTIVIRUS])
@pytest.mark.parametrize("verdict", [VerdictAntivirus.NON_ANALYSE, VerdictAntivirus.INDISPONIBLE])
def test_with_an_antivirus_nothing_leaves_before_it_has_answered(
    client: ClientStrict, session: Session, moyens: Moyens, dossier: Dossier, verdict: VerdictAntivirus
) -> None:
    fichier = copier(session, moyens, dossier, verdict)
    client.get(page(dossier, fichier))
    assert "Analyse en attente" in client.texte()
    assert "Télécharger" not in client.texte()
    assert client.get(page(dossier, fichier, "/telechargement")).status_code == 403
    assert not session.scalars(select(Evenement).where(Evenement.action == "fichier_ds_consulte")).all()


@pytest.mark.parametrize("antivirus", [SANS_ANTIVIRUS, AVEC_ANTIVIRUS])
@pytest.mark.parametrize(
    ("verdict", "virus_ds"), [(VerdictAntivirus.INFECTE, "safe"), (VerdictAntivirus.SAIN, "infected")]
)
def test_what_either_antivirus_calls_infected_never_leaves(
    client: ClientStrict,
    session: Session,
    moyens: Moyens,
    dossier: Dossier,
    verdict: VerdictAntivirus,
    virus_ds: str,
) -> None:
    fichier = copier(session, moyens, dossier, verdict, virus_ds=virus_ds)
    client.get(page(dossier, fichier))
    assert "Ce fichier ne peut pas être remis" in client.texte()
    assert client.get(page(dossier, fichier, "/telechargement")).status_code == 403


def test_a_file_left_at_ds_is_asked_for_then_waited_for_without_javascript(
    client: ClientStrict, session: Session, moyens: Moyens, dossier: Dossier
) -> None:
    fichier = ajouter(session, dossier)
    client.get(page(dossier, fichier))
    assert client.get(page(dossier, fichier, "/telechargement")).status_code == 403
    client.get(page(dossier, fichier))
    client.soumettre(action="/copie")
    assert "La copie de ce fichier est demandée" in client.texte()
    assert lien(client, "Actualiser") == page(dossier, fichier)
    session.refresh(fichier)
    assert fichier.etat == EtatFichierDS.ATTENDU


def test_a_copy_put_off_says_why_and_when_it_is_tried_again(
    client: ClientStrict, session: Session, dossier: Dossier
) -> None:
    fichier = ajouter(session, dossier, etat=EtatFichierDS.ATTENDU, erreur="Démarches Simplifiées ne répond pas.")
    client.get(page(dossier, fichier))
    assert "La copie a été remise à plus tard" in client.texte()
    assert "Démarches Simplifiées ne répond pas. Prochain essai le" in client.texte()


def test_a_file_that_could_not_be_copied_says_why_and_may_be_tried_again(
    client: ClientStrict, session: Session, dossier: Dossier
) -> None:
    fichier = ajouter(session, dossier, etat=EtatFichierDS.REFUSE, essais=6, erreur="Il dépasse 200 Mo.")
    client.get(page(dossier, fichier))
    assert "Il dépasse 200 Mo." in client.texte()
    client.soumettre(action="/copie")
    session.refresh(fichier)
    assert (fichier.etat, fichier.essais, fichier.erreur) == (EtatFichierDS.ATTENDU, 0, "")
