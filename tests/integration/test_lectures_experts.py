"""An expert reads what the demande opens of a dossier, files included, and nothing else that is known of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import FichierDS
from portal.models.journal import Evenement
from portal.models.pieces import PieceDemande
from portal.services.moyens import Moyens
from portal.vocabulaire_ds import EtatFichierDS
from tests import fabriques_avis, fabriques_depots, fabriques_experts, fabriques_pieces
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

FORMULAIRE: list[dict[str, object]] = [
    {
        "partie": "champs",
        "id": "C1",
        "type": "TextChamp",
        "libelle": "Objet de l’action",
        "valeur": "Un jardin partagé.",
    },
    {"partie": "annotations", "id": "A1", "type": "TextChamp", "libelle": "Rapport", "valeur": "Annotation-secrète."},
    {"partie": "messages", "id": "M1", "auteur": "usager@example.org", "role": "usager", "valeur": "Message-secret."},
]


@pytest.fixture
def demandeur(creer: Fabriques) -> User:
    return creer.agent(creer.service("DRAJES"))


@pytest.fixture
def dossier(session: Session, creer: Fabriques, moyens: Moyens, demandeur: User) -> Dossier:
    """A request filed on the portal, with an estimate and a RIB."""
    service, lea = demandeur.affectations[0].service, creer.usager()
    association = creer.association()
    creer.mandat(lea, association)
    deposee = fabriques_depots.prete(session, creer.demande(association, lea), lea)
    deposee.deposee_at = maintenant()
    devis = fabriques_pieces.fichier(session, moyens.stockage)
    fabriques_pieces.piece_demande(session, deposee, devis, code="autre", nom="devis.pdf")
    return creer.dossier(service, association=association, demande_id=deposee.id, intitule="Jardins")


def _ouvrir(client: ClientStrict, session: Session, dossier: Dossier, demandeur: User, *sections: str) -> str:
    """Ask an expert about these sections, and open his page."""
    expert = fabriques_avis.expert(session)
    demande = fabriques_avis.demande(session, dossier, expert, demandeur, sections=list(sections))
    fabriques_experts.lien(session, demande, f"lien-{demande.id}")
    client.connecter_expert(expert)
    page = f"/experts/avis/{demande.id}"
    assert client.get(page).status_code == 200
    return page


def _piece(session: Session, nom: str) -> PieceDemande:
    return session.scalars(select(PieceDemande).where(PieceDemande.nom == nom)).one()


def test_only_the_sections_that_were_named_are_read(
    client: ClientStrict, session: Session, dossier: Dossier, demandeur: User
) -> None:
    page = _ouvrir(client, session, dossier, demandeur, "projet")
    titres = [resume.text for resume in client.arbre.iter("summary")]
    assert titres == ["Projet"]
    assert "seulement ceci : Projet" in client.texte()
    assert "devis.pdf" not in client.texte()
    devis = _piece(session, "devis.pdf")
    assert client.get(f"{page}/pieces/{devis.id}").status_code == 404


def test_a_whole_request_is_read_but_for_the_account(
    client: ClientStrict, session: Session, dossier: Dossier, demandeur: User
) -> None:
    page = _ouvrir(client, session, dossier, demandeur)
    titres = [resume.text for resume in client.arbre.iter("summary")]
    assert {"Projet", "Budget du projet", "Association", "Pièces"} <= set(titres)
    devis, rib = _piece(session, "devis.pdf"), _piece(session, "rib.pdf")
    assert "rib.pdf" not in client.texte()
    assert client.get(f"{page}/pieces/{rib.id}").status_code == 404
    assert client.get(f"{page}/pieces/{devis.id}").data == b"%PDF-1.7 piece"
    lue = session.scalars(select(Evenement).where(Evenement.action == "piece_lue")).one()
    assert lue.acteur.startswith("expert:")


def test_a_dossier_of_ds_gives_its_form_and_never_what_is_said_around_it(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens, demandeur: User
) -> None:
    ds = creer.dossier_ds(demandeur.affectations[0].service, contenu=FORMULAIRE)
    garde = fabriques_pieces.fichier(session, moyens.stockage)
    du_formulaire, d_un_message = (_fichier_ds(session, ds, garde, partie) for partie in ("champs", "messages"))
    page = _ouvrir(client, session, ds, demandeur)
    texte = client.texte()
    assert "Un jardin partagé." in texte
    assert "Annotation-secrète" not in texte
    assert "Message-secret" not in texte
    assert "champs.pdf" in texte
    assert "messages.pdf" not in texte
    assert client.get(f"{page}/fichiers/{d_un_message.id}").status_code == 404
    assert client.get(f"{page}/fichiers/{du_formulaire.id}").data == b"%PDF-1.7 piece"

    page = _ouvrir(client, session, ds, demandeur, "demande")
    assert "Un jardin partagé." in client.texte()
    assert "champs.pdf" not in client.texte()
    assert client.get(f"{page}/fichiers/{du_formulaire.id}").status_code == 404


def _fichier_ds(session: Session, dossier: Dossier, garde: Fichier, partie: str) -> FichierDS:
    un = FichierDS(
        dossier_id=dossier.id, partie=partie, nom=f"{partie}.pdf", etat=EtatFichierDS.RECU, fichier_id=garde.id
    )
    session.add(un)
    session.commit()
    return un


def test_a_file_is_taken_through_the_demande_that_opens_it_and_no_other(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, demandeur: User
) -> None:
    devis = _piece(session, "devis.pdf")
    autre = creer.dossier(demandeur.affectations[0].service)
    page = _ouvrir(client, session, autre, demandeur)
    assert client.get(f"{page}/pieces/{devis.id}").status_code == 404


def test_an_association_is_read_as_the_public_registers_say_it(
    client: ClientStrict, session: Session, creer: Fabriques, demandeur: User
) -> None:
    association = creer.association(denomination="Lire ensemble")
    expert = fabriques_avis.expert(session)
    demande = fabriques_avis.demande(session, association, expert, demandeur)
    fabriques_experts.lien(session, demande, "lien")
    client.connecter_expert(expert)
    assert client.get(f"/experts/avis/{demande.id}").status_code == 200
    assert "Lire ensemble" in client.texte()


def test_a_page_takes_as_many_statements_whatever_is_joined(
    client: ClientStrict, session: Session, moyens: Moyens, dossier: Dossier, demandeur: User
) -> None:
    page = _ouvrir(client, session, dossier, demandeur)
    with requetes() as peu:
        client.get(page)
    for rang in range(4):
        garde = fabriques_pieces.fichier(session, moyens.stockage, f"%PDF {rang}".encode())
        fabriques_pieces.piece_demande(session, dossier.demande, garde, nom=f"autre-{rang}.pdf")
    session.expire_all()
    with requetes() as beaucoup:
        client.get(page)
    assert "autre-3.pdf" in client.texte()
    assert len(beaucoup) == len(peu)
