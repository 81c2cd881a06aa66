"""A person attaches an association: the register speaks, or does not; an impostor gains nothing."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Unpack

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from integrations.annuaire.simulateur import Simulateur
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.associations import (
    Association,
    AssociationIdentifiant,
    ConsultationAnnuaire,
    FaitAssociation,
    Mandat,
)
from portal.permissions import SYSTEME
from portal.services import entretien
from portal.services.associations import Faits, PlaceVue, get_or_create
from portal.vocabulaire import EtatMandat, RoleMandat
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.html import champs

AMIS_DU_CANAL = "999900178"
SECOND_LIEU = "99990017800024"
FERMEE = "999900319"
MENUISERIE = "999900558"
SANS_SIREN = "W691000483"
DECLARATION = {"role": "signataire", "fonction": "Présidente", "declaration": "y"}


@pytest.fixture
def awa(client: ClientStrict, creer: Fabriques) -> ClientStrict:
    """Somebody who has just logged in."""
    client.connecter(creer.usager())
    return client


def chercher(client: ClientStrict, identifiant: str) -> int:
    """Type a number on the first page; the status of what comes after."""
    client.get("/associations/rattacher")
    return client.soumettre({"identifiant": identifiant}).status_code


@pytest.mark.parametrize("typed", ["999900178", "999 900 178", "999 900 178 00016", "999.900.178.00024", "w691000178"])
def test_siren_siret_and_rna_lead_to_what_the_register_says(awa: ClientStrict, typed: str) -> None:
    assert chercher(awa, typed) == 200
    page = awa.texte()
    assert "Les Amis du Canal" in page
    assert "12 quai Arloing" in page
    assert "annuaire des entreprises (INSEE)" in page
    assert "association déclarée" in page


def test_attaching_makes_a_declared_mandat_and_keeps_each_fact_with_its_source(
    awa: ClientStrict, session: Session
) -> None:
    chercher(awa, AMIS_DU_CANAL)
    awa.soumettre(DECLARATION)
    assert "Vous êtes rattaché à « Les Amis du Canal »" in awa.texte()
    assert "Votre lien avec l’association reste à vérifier" in awa.texte()
    mandat = session.scalars(select(Mandat)).one()
    assert (mandat.etat, mandat.role, mandat.fonction) == (EtatMandat.DECLARE, RoleMandat.SIGNATAIRE, "Présidente")
    association = session.get_one(Association, mandat.association_id)
    assert (association.siren, association.rna, association.verifiee) == (AMIS_DU_CANAL, "W691000178", True)
    assert association.siret_siege == "99990017800016"
    faits = {f.champ: (f.valeur, f.source) for f in session.scalars(select(FaitAssociation))}
    assert faits["commune"] == ("Lyon", "recherche-entreprises")
    assert faits["date_creation"] == ("1998-03-14", "recherche-entreprises")


def test_the_siret_of_a_place_that_is_not_the_siege_is_kept(awa: ClientStrict, session: Session) -> None:
    chercher(awa, SECOND_LIEU)
    awa.soumettre(DECLARATION)
    association = session.scalars(select(Association)).one()
    assert association.siren == AMIS_DU_CANAL
    assert {e.siret: e.siege for e in association.etablissements} == {"99990017800016": True, SECOND_LIEU: False}


def test_an_association_known_only_by_its_rna_is_found_in_the_second_register(
    awa: ClientStrict, session: Session
) -> None:
    chercher(awa, SANS_SIREN)
    assert "répertoire national des associations" in awa.texte()
    awa.soumettre(DECLARATION)
    association = session.scalars(select(Association)).one()
    assert (association.siren, association.rna) == ("", SANS_SIREN)
    assert association.objet_social.startswith("Cultiver ensemble")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("732 829 321", "Le SIREN « 732 829 321 » n’est pas valide : un de ses chiffres est faux. Comparez-le"),
        ("732 829 320 00079", "Le SIRET « 732 829 320 00079 » n’est pas valide"),
        ("W12", "Le numéro RNA « W12 » n’est pas valide"),
        ("12345", "« 12345 » n’est ni un SIREN (9 chiffres), ni un SIRET (14 chiffres), ni un numéro RNA"),
        ("", "Écrivez le SIREN, le SIRET ou le numéro RNA"),
        ("732829320", "L’annuaire ne connaît aucune association avec ce SIREN"),
        ("W999999999", "L’annuaire ne connaît aucune association avec ce numéro RNA"),
        (FERMEE, "l’association « Théâtre de la Rive » est fermée ou dissoute"),
        (MENUISERIE, "« Atelier Menuiserie Duval » n’est ni une association ni une fondation"),
    ],
)
def test_a_number_that_cannot_be_attached_gets_its_sentence_and_stays_typed(
    awa: ClientStrict, session: Session, typed: str, sentence: str
) -> None:
    assert chercher(awa, typed) == 422
    assert sentence in awa.texte()
    assert dict(_champs(awa))["identifiant"] == typed
    assert session.scalar(select(func.count()).select_from(ConsultationAnnuaire)) == 0


def _champs(client: ClientStrict) -> list[tuple[str, str]]:
    return champs(client.formulaire())


def test_when_the_register_is_down_the_association_is_typed_and_marked(
    awa: ClientStrict, session: Session, annuaire: Simulateur
) -> None:
    annuaire.panne = True
    assert chercher(awa, SECOND_LIEU) == 200
    assert "L’annuaire n’a pas pu répondre" in awa.texte()
    saisie = {"denomination": "Amis du canal", "adresse": "12 quai", "code_postal": "69009", "commune": "Lyon"}
    awa.soumettre({**DECLARATION, **saisie})
    assert "identité non vérifiée" in awa.texte()
    association = session.scalars(select(Association)).one()
    assert (association.verifiee, association.siren) == (False, AMIS_DU_CANAL)
    assert [e.siret for e in association.etablissements] == [SECOND_LIEU]
    assert {f.source for f in session.scalars(select(FaitAssociation))} == {"saisie"}


def test_what_is_missing_when_typed_by_hand_is_asked_and_what_was_typed_is_kept(
    awa: ClientStrict, annuaire: Simulateur
) -> None:
    annuaire.panne = True
    chercher(awa, AMIS_DU_CANAL)
    reponse = awa.soumettre({"denomination": "Amis du canal", "code_postal": "Lyon", "fonction": "   "})
    assert reponse.status_code == 422
    assert "Écrivez la commune." in awa.texte()
    assert "Il compte cinq chiffres, par exemple 69009." in awa.texte()
    assert "Écrivez votre fonction." in awa.texte()
    assert "Choisissez votre rôle." in awa.texte()
    assert dict(_champs(awa))["denomination"] == "Amis du canal"


def test_a_register_heard_later_corrects_what_was_typed_and_both_sayings_stay(
    awa: ClientStrict, session: Session, creer: Fabriques, annuaire: Simulateur
) -> None:
    annuaire.panne = True
    chercher(awa, AMIS_DU_CANAL)
    saisie = {"denomination": "Mes amis", "adresse": "?", "code_postal": "69009", "commune": "Lyon"}
    awa.soumettre({**DECLARATION, **saisie})
    annuaire.panne = False
    # The breaker of the first application stays open: the second person comes through another process.
    get_or_create(
        session,
        by=SYSTEME,
        siren=AMIS_DU_CANAL,
        rna="",
        siret="",
        denomination="Les Amis du Canal",
        source="recherche-entreprises",
        observed_at=datetime.now(UTC),
        commune="Lyon",
    )
    session.commit()
    association = session.scalars(select(Association)).one()
    assert (association.denomination, association.verifiee) == ("Les Amis du Canal", True)
    noms = session.scalars(select(FaitAssociation.valeur).where(FaitAssociation.champ == "denomination"))
    assert set(noms) == {"Mes amis", "Les Amis du Canal"}


def test_the_same_register_is_not_asked_again_when_the_person_confirms(awa: ClientStrict, annuaire: Simulateur) -> None:
    chercher(awa, AMIS_DU_CANAL)
    avant = len(annuaire.requetes)
    awa.soumettre(DECLARATION)
    assert len(annuaire.requetes) == avant


def test_hidden_fields_cannot_change_what_the_register_said(awa: ClientStrict, session: Session) -> None:
    chercher(awa, AMIS_DU_CANAL)
    awa.soumettre({**DECLARATION, "denomination": "Faux nom", "siren": "732829320"})
    association = session.scalars(select(Association)).one()
    assert (association.denomination, association.siren) == ("Les Amis du Canal", AMIS_DU_CANAL)


def test_somebody_else_cannot_use_my_look_up(awa: ClientStrict, session: Session, creer: Fabriques) -> None:
    chercher(awa, AMIS_DU_CANAL)
    consultation = session.scalars(select(ConsultationAnnuaire)).one()
    awa.connecter(creer.usager())
    assert awa.get(f"/associations/rattacher/{consultation.id}").status_code == 404


def test_an_old_look_up_is_forgotten(awa: ClientStrict, session: Session) -> None:
    chercher(awa, AMIS_DU_CANAL)
    consultation = session.scalars(select(ConsultationAnnuaire)).one()
    consultation.created_at -= timedelta(hours=25)
    session.commit()
    assert awa.get(f"/associations/rattacher/{consultation.id}").status_code == 404
    entretien.purge(session)
    assert session.scalar(select(func.count()).select_from(ConsultationAnnuaire)) == 0


def test_attaching_twice_says_so_and_keeps_one_mandat(awa: ClientStrict, session: Session) -> None:
    chercher(awa, AMIS_DU_CANAL)
    adresse = awa.formulaire().get("action", "")
    awa.soumettre(DECLARATION)
    assert awa.poster(adresse, DECLARATION, follow_redirects=True).status_code == 200
    chercher(awa, "W691000178")
    assert "Vous êtes déjà rattaché à cette association" in awa.texte()
    assert session.scalar(select(func.count()).select_from(Mandat)) == 1


def test_an_impostor_sees_nothing_that_others_made(client: ClientStrict, creer: Fabriques) -> None:
    association = creer.association()
    presidente = creer.mandat(creer.usager(), association)
    signature = creer.engagement(presidente)
    imposteur = creer.usager()
    creer.mandat(imposteur, association, prouve=False)
    client.connecter(imposteur)
    client.get(f"/associations/{association.id}")
    assert "ni les dossiers, ni les engagements d’autres personnes" in client.texte()
    assert "Signé le" not in client.texte()
    client.get("/associations")
    assert "non signé" in client.texte()
    assert client.get(f"/engagements/{signature.code}").status_code == 404


def test_an_impostor_does_not_learn_that_somebody_filed_elsewhere(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    association, impostor, presidente = creer.association(), creer.usager(), creer.usager()
    creer.mandat(impostor, association, prouve=False)
    creer.mandat(presidente, association)
    fait = {"champ": "objet_social", "source": "ds", "valeur": "Lire au bord du canal", "observed_at": maintenant()}
    session.add(FaitAssociation(association_id=association.id, **fait))
    session.commit()
    for personne, lu in ((impostor, False), (presidente, True)):
        client.connecter(personne)
        client.get(f"/associations/{association.id}")
        assert ("Démarches Simplifiées" in client.texte()) is lu


def test_a_stranger_does_not_know_that_the_association_is_here(client: ClientStrict, creer: Fabriques) -> None:
    association = creer.association()
    client.connecter(creer.usager())
    assert client.get(f"/associations/{association.id}").status_code == 404
    client.get("/associations")
    assert "Aucune association n’est encore rattachée" in client.texte()


def test_a_proved_person_sees_the_signatures_of_the_association(client: ClientStrict, creer: Fabriques) -> None:
    association = creer.association()
    creer.engagement(creer.mandat(creer.usager(), association))
    collegue = creer.usager()
    creer.mandat(collegue, association, RoleMandat.REDACTEUR)
    client.connecter(collegue)
    client.get(f"/associations/{association.id}")
    assert "Signé le" in client.texte()


def dire(
    session: Session,
    *,
    siren: str = "732829320",
    rna: str = "",
    source: str = "ds",
    il_y_a: int = 0,
    **faits: Unpack[Faits],
) -> Association:
    """A source speaks of the club, some days ago."""
    observed_at = datetime.now(UTC) - timedelta(days=il_y_a)
    return get_or_create(
        session,
        by=SYSTEME,
        siren=siren,
        rna=rna,
        siret="",
        denomination="Club",
        source=source,
        observed_at=observed_at,
        **faits,
    )


def test_a_conflict_between_sources_is_shown_and_not_overwritten(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    club = dire(session, commune="Lyon")
    dire(session, source="recherche-entreprises", commune="Villeurbanne")
    session.commit()
    assert club.commune == "Lyon"
    usager = creer.usager()
    creer.mandat(usager, club)
    client.connecter(usager)
    client.get(f"/associations/{club.id}")
    assert "Les sources ne sont pas d’accord" in client.texte()
    assert "Villeurbanne Source : annuaire des entreprises (INSEE)" in client.texte()


def test_a_source_may_correct_itself_and_its_old_words_do_not_come_back(session: Session) -> None:
    dire(session, il_y_a=2, commune="Lyon")
    place = PlaceVue("73282932000074", siege=True, adresse="1 rue Neuve")
    club = dire(session, commune="Bron", places=(place,))
    assert (club.commune, club.siret_siege) == ("Bron", "73282932000074")
    assert dire(session, il_y_a=9, commune="Paris").commune == "Bron"


def test_an_association_known_by_its_rna_gains_its_siren(session: Session) -> None:
    sans_siren = dire(session, siren="", rna="W691000178")
    avec = dire(session, rna="W691000178")
    assert (avec.id, avec.siren) == (sans_siren.id, "732829320")


def test_two_associations_that_share_an_rna_stay_two(session: Session) -> None:
    premiere = dire(session, rna="W691000178")
    seconde = dire(session, siren="999900178", rna="W691000178")
    assert premiere.id != seconde.id
    assert dire(session, rna="W691000178").id == premiere.id


def test_twenty_callers_at_once_make_one_association(fabrique_reelle: Fabrique) -> None:
    depart = threading.Barrier(20)

    def appeler() -> None:
        depart.wait()
        with fabrique_reelle.begin() as session:
            get_or_create(
                session,
                by=SYSTEME,
                siren=AMIS_DU_CANAL,
                rna="W691000178",
                siret=SECOND_LIEU,
                denomination="Les Amis du Canal",
                source="ds",
                observed_at=datetime.now(UTC),
            )

    fils = [threading.Thread(target=appeler) for _ in range(20)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(Association)) == 1
        assert session.scalar(select(func.count()).select_from(AssociationIdentifiant)) == 2


def test_the_list_costs_the_same_for_one_association_and_for_ten(
    client: ClientStrict, creer: Fabriques, base_partagee: Engine
) -> None:
    usager = creer.usager()
    creer.engagement(creer.mandat(usager, creer.association()))
    client.connecter(usager)
    pour_une = _requetes(client, base_partagee)
    for _ in range(9):
        creer.mandat(usager, creer.association())
    assert _requetes(client, base_partagee) == pour_une
    assert pour_une <= 12


def _requetes(client: ClientStrict, moteur: Engine) -> int:
    vues: list[str] = []

    def compter(*arguments: object) -> None:
        vues.append(str(arguments[2]))

    event.listen(moteur, "before_cursor_execute", compter)
    client.get("/associations")
    event.remove(moteur, "before_cursor_execute", compter)
    return len([v for v in vues if v.startswith("SELECT")])
