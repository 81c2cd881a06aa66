"""An aidant acts under a written, limited, visible mandate: he fills in what he was given, and nothing else."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import aujourdhui
from portal.models.associations import Association, Mandat
from portal.models.comptes_rendus import CompteRendu
from portal.models.connexion import User
from portal.models.envois import Courriel
from portal.models.liens_associations import Invitation
from portal.permissions import Acteur, can_file, can_sign
from portal.permissions.complements import can_correct
from portal.permissions.comptes_rendus import can_fill
from portal.permissions.mandats import can_contest, can_end
from portal.permissions.messages import can_write
from portal.queries.connexion import acteur_of
from portal.services import connexion, depots
from portal.services.mandats import UN_AN
from portal.vocabulaire import EtatMandat, RoleMandat
from portal.vocabulaire_demandes import AudienceMessage
from tests import fabriques_membres
from tests.client import ClientStrict
from tests.factories import Fabriques

PDF = b"%PDF-1.4 mandat signe"


@pytest.fixture
def association(creer: Fabriques) -> Association:
    """The association that is helped."""
    return creer.association(denomination="Les Amis du Canal")


@pytest.fixture
def ines(creer: Fabriques, association: Association) -> User:
    """Its aidant."""
    personne = creer.usager(prenom="Inès", nom="Aidante")
    fabriques_membres.aidant(creer, association, user=personne)
    return personne


def acteur(session: Session, user: User) -> Acteur:
    """That person, logged in."""
    trouve = acteur_of(session, connexion.open_session(session, user))
    assert trouve is not None
    return trouve


def dans(jours: int) -> dict[str, str]:
    """A last day, so many days from now, as the three fields take it."""
    jour = aujourdhui() + timedelta(days=jours)
    return {"fin_le-jour": str(jour.day), "fin_le-mois": str(jour.month), "fin_le-annee": str(jour.year)}


def invitation_d_aidant(jours: int) -> dict[str, object]:
    """The page of an invitation, filled in."""
    return {
        "email": "ines@example.org",
        "structure": "France services de Tarare",
        "fonction": "Conseillère",
        "ecrit": (BytesIO(PDF), "mandat signé.pdf"),
        **dans(jours),
    }


def test_a_member_invites_an_aidant_with_the_paper_and_a_last_day(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association
) -> None:
    awa, ines = creer.usager(), creer.usager(email="ines@example.org")
    creer.mandat(awa, association)
    client.connecter(awa)
    page = f"/associations/{association.id}/invitations/aidant"
    client.get(page)
    assert client.soumettre(invitation_d_aidant(UN_AN.days + 30)).status_code == 422
    assert "Le mandat d’un aidant dure un an au plus" in client.texte()
    client.get(page)
    sans_fin = {nom: un for nom, un in invitation_d_aidant(60).items() if not nom.startswith("fin_le")}
    assert client.soumettre(sans_fin).status_code == 422
    client.get(page)
    client.soumettre(invitation_d_aidant(60))
    client.connecter(ines)
    client.get(f"/invitations/{session.scalars(select(Invitation.id)).one()}")
    client.soumettre({}, action="/acceptation")
    mandat = session.scalars(select(Mandat).where(Mandat.user_id == ines.id)).one()
    assert (mandat.role, mandat.structure, mandat.ecrit_nom) == (
        RoleMandat.AIDANT,
        "France services de Tarare",
        "mandat signé.pdf",
    )
    assert "Vous agissez pour Les Amis du Canal comme aidant, France services de Tarare jusqu’au" in client.texte()
    client.connecter(awa)
    assert client.get(f"/associations/{association.id}/membres/{mandat.id}/mandat-ecrit").data == PDF


def test_an_aidant_asks_himself_and_those_who_represent_are_told(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    association = creer.association()
    awa, ines = creer.usager(), creer.usager(prenom="Inès", nom="Aidante")
    creer.mandat(awa, association)
    client.connecter(ines)
    client.get("/associations/rattacher")
    client.soumettre({"identifiant": association.siren, "saisir": "y"})
    client.get(client.formulaire().get("action", "") + "/aidant")
    saisie = {"denomination": "x", "adresse": "x", "code_postal": "69009", "commune": "Lyon", "declaration": "y"}
    reponse = client.soumettre({**saisie, **invitation_d_aidant(60)})
    assert reponse.status_code == 200
    mandat = session.scalars(select(Mandat).where(Mandat.user_id == ines.id)).one()
    assert (mandat.association_id, mandat.role, mandat.etat) == (association.id, RoleMandat.AIDANT, EtatMandat.DECLARE)
    dus = session.scalars(select(Courriel.destinataire).where(Courriel.gabarit == "aidant_declare")).all()
    assert dus == [awa.email]


def test_an_aidant_reads_and_fills_in_only_the_drafts_he_began_or_was_given(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, ines: User
) -> None:
    awa = creer.usager()
    creer.mandat(awa, association)
    fermee, ouverte, sienne = (creer.demande(association, un) for un in (awa, awa, ines))
    ouverte.confiee_a_id = ines.id
    session.commit()
    client.connecter(ines)
    assert client.get(f"/demandes/{fermee.id}").status_code == 404
    for demande in (ouverte, sienne):
        assert client.get(f"/demandes/{demande.id}").status_code == 200
        assert client.get(f"/demandes/{demande.id}/moyens").status_code == 200
        assert "comme aidant" in client.texte()


def test_an_aidant_sees_neither_dossiers_nor_engagements_nor_people(
    client: ClientStrict, creer: Fabriques, association: Association, ines: User
) -> None:
    presidente = creer.mandat(creer.usager(prenom="Awa", nom="Diallo"), association)
    engagement = creer.engagement(presidente)
    dossier = creer.dossier(association=association)
    client.connecter(ines)
    assert client.get(f"/dossiers/{dossier.reference}").status_code == 404
    assert client.get(f"/engagements/{engagement.code}").status_code == 404
    client.get(f"/associations/{association.id}/membres")
    assert "Awa Diallo" not in client.texte()
    client.get(f"/associations/{association.id}")
    assert "Signé le" not in client.texte()


def test_each_act_refused_to_an_aidant_says_why(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, ines: User
) -> None:
    autre = creer.mandat(creer.usager(), association, RoleMandat.LECTEUR)
    demande = creer.demande(association, ines)
    aidant = acteur(session, ines)
    assert "ne signe jamais" in can_sign(aidant, association.id).raison
    assert "ne dépose pas" in can_file(aidant, association.id, pouvoir=True).raison
    assert "n’invite personne" in can_end(aidant, autre).raison
    assert not can_contest(aidant, autre)
    dossier = creer.dossier(association=association)
    assert "Un aidant aide à remplir un brouillon" in can_correct(aidant, dossier).raison
    assert not can_write(aidant, dossier, AudienceMessage.ASSOCIATION)
    assert not can_fill(aidant, CompteRendu(dossier=dossier, echeance=aujourdhui()))
    session.rollback()
    with pytest.raises(Forbidden, match="Un aidant ne dépose pas de demande"):
        depots.file(session, by=aidant, demande=demande)
    session.rollback()
    client.connecter(ines)
    base = f"/associations/{association.id}"
    refus = {
        f"{base}/invitations/nouvelle": {"email": "x@example.org", "fonction": "x", "role": "lecteur"},
        f"{base}/signatures/nouvelle": {
            "prenom": "A",
            "nom": "B",
            "fonction": "C",
            "moyen": "courriel",
            "email": "a@example.org",
        },
    }
    for adresse, saisie in refus.items():
        assert client.poster(adresse, saisie).status_code == 403, adresse


def test_an_aidant_stops_the_day_after_his_paper_does(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, ines: User
) -> None:
    demande = creer.demande(association, ines)
    session.scalars(select(Mandat)).one().fin_le = aujourdhui() - timedelta(days=1)
    session.commit()
    client.connecter(ines)
    assert client.get(f"/demandes/{demande.id}").status_code == 404
    assert "comme aidant" not in client.texte()


def test_an_aidant_does_not_move_his_own_last_day(
    client: ClientStrict, session: Session, association: Association, ines: User
) -> None:
    mandat = session.scalars(select(Mandat)).one()
    client.connecter(ines)
    adresse = f"/associations/{association.id}/membres/{mandat.id}"
    assert client.poster(adresse, dans(90)).status_code == 403
    assert "Le mandat écrit fixe le dernier jour d’un aidant" in client.texte()
