"""What the last request said is offered to the next one, says where it comes from, and is never carried where it must not be."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.models.engagements import Engagement
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import SectionDemande
from tests import html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def ancienne(session: Session, creer: Fabriques, association: Association, presidente: User) -> Demande:
    """Last year's request, filed."""
    demande = creer.demande(association, presidente, creer.demarche(exercice=2026))
    for section, valeurs in (
        (SectionDemande.DEMANDE, saisies.DEMANDE),
        (SectionDemande.IDENTITE, {**saisies.IDENTITE, "site_web": "www.lire.example"}),
        (SectionDemande.MOYENS, saisies.MOYENS),
        (SectionDemande.PROJET, {**saisies.PROJET, "territoires-0-part": "40", "territoires-0-code": "69123"}),
        (SectionDemande.BUDGET_PROJET, saisies.BUDGET),
        (SectionDemande.ATTESTATIONS, saisies.ATTESTATIONS),
    ):
        session.add(SectionSaisie(demande_id=demande.id, section=section, valeurs=valeurs, updated_by_id=presidente.id))
    demande.deposee_at, demande.deposee_par_id = maintenant(), presidente.id
    session.commit()
    creer.dossier(association=association, demarche=demande.demarche, demande_id=demande.id, reference="P-2026-000012")
    return demande


@pytest.fixture
def nouvelle(session: Session, client: ClientStrict, creer: Fabriques, ancienne: Demande, presidente: User) -> Demande:
    """This year's, begun from its page."""
    demarche = creer.demarche(exercice=2027)
    client.connecter(presidente)
    client.get("/demandes/nouvelle")
    client.soumettre({"demarche": str(demarche.id), "association": str(ancienne.association_id)})
    return session.scalars(select(Demande).where(Demande.demarche_id == demarche.id)).one()


def valeur(client: ClientStrict, nom: str) -> str:
    champ = next(c for c in client.arbre.iter() if c.tag in ("input", "textarea") and c.get("name") == nom)
    return (champ.get("value") or champ.text or "").strip()


def test_texts_come_back_with_where_they_come_from(client: ClientStrict, nouvelle: Demande) -> None:
    client.get(f"/demandes/{nouvelle.id}")
    assert "Déjà préparée avec votre dernière demande" in client.texte()
    client.get(f"/demandes/{nouvelle.id}/projet")
    assert valeur(client, "intitule") == "Lire au bord du canal"
    assert "Repris de votre demande P-2026-000012" in client.texte()
    client.get(f"/demandes/{nouvelle.id}/identite")
    assert valeur(client, "site_web") == "www.lire.example"


def test_dates_move_to_the_year_that_is_asked_for(client: ClientStrict, nouvelle: Demande) -> None:
    client.get(f"/demandes/{nouvelle.id}/projet")
    assert valeur(client, "date_debut-annee") == str(int(saisies.PROJET["date_debut-annee"]) + 1)
    assert valeur(client, "date_fin-annee") == str(int(saisies.PROJET["date_fin-annee"]) + 1)


def test_amounts_shares_and_attestations_are_never_carried(client: ClientStrict, nouvelle: Demande) -> None:
    client.get(f"/demandes/{nouvelle.id}/demande")
    assert valeur(client, "montant_demande") == ""
    assert "La dernière fois : 3 000 €." in client.texte()
    client.get(f"/demandes/{nouvelle.id}/budget-projet")
    assert valeur(client, "subventions_etat") == ""
    client.get(f"/demandes/{nouvelle.id}/projet")
    assert valeur(client, "territoires-0-part") == ""
    client.get(f"/demandes/{nouvelle.id}/attestations")
    assert not [
        case for case in client.arbre.iter("input") if case.get("type") == "checkbox" and "checked" in case.attrib
    ]


def test_what_is_kept_is_counted_and_what_is_changed_is_not(
    client: ClientStrict, session: Session, nouvelle: Demande
) -> None:
    client.get(f"/demandes/{nouvelle.id}/moyens")
    client.soumettre({"benevoles": "13"})
    page = session.scalars(select(SectionSaisie).where(SectionSaisie.demande_id == nouvelle.id)).one()
    assert set(page.provenances) == set(saisies.MOYENS) - {"benevoles"}
    client.get(f"/demandes/{nouvelle.id}")
    assert f"{len(saisies.MOYENS) - 1} réponses n’ont pas eu à être retapées" in client.texte()
    client.get(f"/demandes/{nouvelle.id}/moyens")
    client.soumettre({"adherents": "50"})
    session.refresh(page)
    assert set(page.provenances) == set(saisies.MOYENS) - {"benevoles", "adherents"}


def test_nothing_is_saved_before_the_person_saves(session: Session, client: ClientStrict, nouvelle: Demande) -> None:
    client.get(f"/demandes/{nouvelle.id}/projet")
    assert session.scalars(select(SectionSaisie).where(SectionSaisie.demande_id == nouvelle.id)).all() == []


def test_who_prefers_to_begin_afresh_does(
    session: Session, client: ClientStrict, creer: Fabriques, ancienne: Demande, presidente: User
) -> None:
    demarche = creer.demarche()
    client.connecter(presidente)
    client.get("/demandes/nouvelle")
    client.soumettre({"demarche": str(demarche.id), "association": str(ancienne.association_id), "reprendre": None})
    demande = session.scalars(select(Demande).where(Demande.demarche_id == demarche.id)).one()
    assert demande.precedente_id is None


def test_a_newcomer_whose_link_is_not_verified_takes_nothing(
    session: Session, client: ClientStrict, creer: Fabriques, ancienne: Demande, association: Association
) -> None:
    venu = creer.usager()
    creer.mandat(venu, association, prouve=False)
    demarche = creer.demarche()
    client.connecter(venu)
    client.get("/demandes/nouvelle")
    client.soumettre({"demarche": str(demarche.id), "association": str(association.id)})
    demande = session.scalars(select(Demande).where(Demande.demarche_id == demarche.id)).one()
    assert demande.precedente_id is None
    client.get(f"/demandes/{demande.id}/identite")
    assert valeur(client, "site_web") == ""


def test_who_signed_the_contract_is_offered_to_who_prepares(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User
) -> None:
    engagement: Engagement = creer.engagement(creer.mandat(creer.usager(), association), prenom="Zoé", nom="Martin")
    redacteur = creer.usager()
    creer.mandat(redacteur, association, RoleMandat.REDACTEUR)
    client.connecter(redacteur)
    demande = creer.demande(association, redacteur)
    client.get(f"/demandes/{demande.id}/identite")
    assert valeur(client, "representant_prenom") == engagement.prenom
    assert "Du contrat d’engagement républicain signé le" in client.texte()


def test_two_pages_opened_before_anything_was_saved_keep_the_words_of_both(
    client: ClientStrict, session: Session, nouvelle: Demande
) -> None:
    pages = []
    for change in ({"intitule": "Lire au soleil"}, {"objectifs": "Lire ensemble."}):
        client.get(f"/demandes/{nouvelle.id}/projet")
        pages.append(dict(html.champs(client.formulaire("/projet"))) | change)
    for page in pages:
        page.pop("csrf_token")
        assert client.poster(f"/demandes/{nouvelle.id}/projet", page).status_code == 303
    gardees = session.scalars(select(SectionSaisie).where(SectionSaisie.demande_id == nouvelle.id)).one().valeurs
    assert (gardees["intitule"], gardees["objectifs"]) == ("Lire au soleil", "Lire ensemble.")


def test_a_project_added_to_a_request_keeps_where_its_offered_answers_come_from(
    client: ClientStrict, session: Session, ancienne: Demande, nouvelle: Demande, presidente: User
) -> None:
    second = {**saisies.PROJET, "intitule": "Fête du livre"}
    session.add(
        SectionSaisie(
            demande_id=ancienne.id,
            section=SectionDemande.PROJET,
            rang=2,
            valeurs=second,
            updated_by_id=presidente.id,
        )
    )
    session.commit()
    client.get(f"/demandes/{nouvelle.id}")
    client.soumettre(action="/projets")
    assert valeur(client, "intitule") == "Fête du livre"
    assert "Repris de votre demande P-2026-000012" in client.texte()
    client.soumettre({"objectifs": "Fêter les livres."})
    page = session.scalars(
        select(SectionSaisie).where(SectionSaisie.demande_id == nouvelle.id, SectionSaisie.rang == 2)
    ).one()
    assert page.valeurs["intitule"] == "Fête du livre"
    assert page.provenances["intitule"]["source"].startswith("Repris de votre demande P-2026-000012")
    assert "objectifs" not in page.provenances
    client.get(f"/demandes/{nouvelle.id}/projet-2")
    assert "Repris de votre demande P-2026-000012" in client.texte()
