"""An association is found by its name, or by a number that no register knows; what was typed is completed later."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.annuaire.simulateur import Simulateur
from portal.formats import ValeurIllisible, maintenant, parse_rna
from portal.forms.identifiants import lire_identifiant, parse_ridet, parse_tahiti, registre_local
from portal.models.associations import Association, ConsultationAnnuaire, FaitAssociation, Mandat
from portal.services import completions
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import TypeIdentifiant
from tests.client import ClientStrict
from tests.factories import Fabriques

DECLARATION = {"role": "signataire", "fonction": "Présidente", "declaration": "y"}
SAISIE = {"denomination": "Mes amis du canal", "adresse": "12 quai", "code_postal": "69009", "commune": "Lyon"}


@pytest.fixture
def awa(client: ClientStrict, creer: Fabriques) -> ClientStrict:
    """Somebody who has just logged in."""
    client.connecter(creer.usager())
    return client


def chercher(client: ClientStrict, identifiant: str, **valeurs: str) -> int:
    """Fill in the first page; the status of what comes after."""
    client.get("/associations/rattacher")
    return client.soumettre({"identifiant": identifiant, **valeurs}).status_code


def test_a_name_gives_answers_to_choose_from_with_town_and_number(awa: ClientStrict, session: Session) -> None:
    assert chercher(awa, "amis du canal") == 200
    assert "Les Amis du Canal, 69009 Lyon, SIREN 999 900 178, RNA W691000178" in awa.texte()
    awa.soumettre({"choix": "0"})
    assert "12 quai Arloing" in awa.texte()
    awa.soumettre(DECLARATION)
    association = session.scalars(select(Association)).one()
    assert (association.siren, association.verifiee) == ("999900178", True)


@pytest.mark.parametrize("lieu", ["69100", "Villeurbanne"])
def test_a_town_or_a_postcode_narrows_the_search(awa: ClientStrict, lieu: str) -> None:
    assert chercher(awa, "lire", lieu=lieu) == 200
    assert "Lire ensemble" in awa.texte()
    assert chercher(awa, "lire", lieu="67000" if lieu.isdigit() else "Strasbourg") == 422


def test_a_name_that_nobody_bears_says_what_to_do(awa: ClientStrict) -> None:
    assert chercher(awa, "Les Amis de Nulle Part") == 422
    assert "L’annuaire ne connaît aucune association de nom" in awa.texte()
    assert "Essayez moins de mots" in awa.texte()


def test_a_closed_association_is_shown_and_cannot_be_chosen(awa: ClientStrict, session: Session) -> None:
    chercher(awa, "théâtre de la rive")
    assert "Fermées d’après l’annuaire" in awa.texte()
    numero = session.scalars(select(ConsultationAnnuaire.id)).one()
    assert awa.poster(f"/associations/rattacher/{numero}/choix", {"choix": "0"}).status_code == 422
    assert session.scalars(select(ConsultationAnnuaire.fiche)).one() is None


def test_a_name_cannot_be_searched_while_the_register_is_down(awa: ClientStrict, annuaire: Simulateur) -> None:
    annuaire.panne = True
    assert chercher(awa, "amis du canal") == 422
    assert "L’annuaire ne répond pas pour le moment" in awa.texte()


def test_a_number_that_the_register_does_not_know_may_be_maintained(awa: ClientStrict, session: Session) -> None:
    assert chercher(awa, "732829320") == 422
    assert awa.soumettre({"saisir": "y"}).status_code == 200
    awa.soumettre({**DECLARATION, **SAISIE})
    assert "saisie à la main, à compléter" in awa.texte()
    assert session.scalars(select(Association)).one().siren == "732829320"


@pytest.mark.parametrize(
    ("saisie", "genre", "valeur"),
    [
        ({"genre": "ridet", "numero": "1 234 567.001"}, TypeIdentifiant.RIDET, "1234567001"),
        ({"genre": "tahiti", "numero": "a12345"}, TypeIdentifiant.TAHITI, "A12345"),
        (
            {"genre": "registre", "tribunal": "STRASBOURG", "volume": "45", "folio": "12"},
            TypeIdentifiant.REGISTRE_LOCAL,
            "Strasbourg, volume 45, folio 12",
        ),
    ],
)
def test_an_association_without_siren_nor_rna_is_attached_by_its_own_number(
    awa: ClientStrict, creer: Fabriques, session: Session, saisie: dict[str, str], genre: TypeIdentifiant, valeur: str
) -> None:
    for _ in range(2):
        awa.get("/associations/rattacher/autrement")
        awa.soumettre(saisie)
        awa.soumettre({**DECLARATION, **SAISIE})
        assert "saisie à la main, à compléter" in awa.texte()
        awa.connecter(creer.usager())
    association = session.scalars(select(Association)).one()
    assert association.identifiant(genre) == valeur
    assert len(session.scalars(select(Mandat)).all()) == 2


def test_what_is_missing_of_an_inscription_is_asked(awa: ClientStrict) -> None:
    awa.get("/associations/rattacher/autrement")
    assert awa.soumettre({"genre": "registre", "tribunal": "Metz"}).status_code == 422
    assert "Écrivez le volume" in awa.texte()
    assert awa.soumettre({"genre": "ridet", "numero": "12"}).status_code == 422
    assert "Le RIDET « 12 » n’est pas valide" in awa.texte()


@pytest.mark.parametrize("rna", ["W2A1000123", "w2b 2001242", "W9R1000456", "W691000178"])
def test_rna_of_corsica_and_overseas_are_read(rna: str) -> None:
    assert lire_identifiant(rna) == ("rna", parse_rna(rna))


def test_names_that_look_like_numbers_are_told_apart() -> None:
    assert lire_identifiant(" Wazemmes  en fête ") == ("nom", "Wazemmes en fête")
    assert lire_identifiant("1901 associés") == ("nom", "1901 associés")
    for texte in ("12", "W12", "..."):
        with pytest.raises(ValeurIllisible):
            lire_identifiant(texte)
    assert (parse_ridet("123 456"), parse_tahiti("a12345001")) == ("123456", "A12345001")
    assert registre_local(" SAVERNE ", "3", " 7") == "Saverne, volume 3, folio 7"


def saisir(client: ClientStrict, annuaire: Simulateur, session: Session) -> Association:
    """Attach an association while the register is down, two hours ago."""
    annuaire.panne = True
    chercher(client, "999900178")
    client.soumettre({**DECLARATION, **SAISIE})
    association = session.scalars(select(Association)).one()
    association.created_at = maintenant() - timedelta(hours=2)
    session.commit()
    return association


def test_what_was_typed_is_completed_once_the_register_is_back_and_what_was_said_stays(
    awa: ClientStrict, session: Session, annuaire: Simulateur, moyens: Moyens
) -> None:
    association = saisir(awa, annuaire, session)
    assert completions.complete_due(moyens) == 0
    annuaire.panne = False
    # The breaker of the first process is open: the job runs in another one.
    autre = make_moyens(moyens.config, fabrique=moyens.fabrique)
    assert completions.complete_due(autre) == 0, "it was asked a moment ago"
    association.completion_essayee_at = maintenant() - timedelta(hours=3)
    association.created_at = maintenant() - timedelta(hours=5)
    session.commit()
    assert completions.complete_due(autre) == 1
    assert completions.complete_due(autre) == 0
    session.expire_all()
    assert (association.verifiee, association.rna) == (True, "W691000178")
    noms = session.execute(
        select(FaitAssociation.source, FaitAssociation.valeur).where(FaitAssociation.champ == "denomination")
    )
    assert {ligne.source: ligne.valeur for ligne in noms} == {
        "saisie": "Mes amis du canal",
        "recherche-entreprises": "Les Amis du Canal",
    }


def test_tries_are_farther_and_farther_apart(session: Session, creer: Fabriques, moyens: Moyens) -> None:
    association = creer.association(verifiee=False)
    essais = ((timedelta(hours=30), timedelta(hours=12)), (timedelta(hours=30), timedelta(hours=16)))
    pris = []
    for age, depuis in essais:
        association.created_at = maintenant() - age
        association.completion_essayee_at = maintenant() - depuis
        session.commit()
        avant = association.completion_essayee_at
        completions.complete_due(moyens)
        session.expire_all()
        pris.append(association.completion_essayee_at != avant)
    assert pris == [False, True]


def test_a_number_that_proves_to_be_that_of_a_business_never_verifies_what_was_typed(
    awa: ClientStrict, session: Session, annuaire: Simulateur, moyens: Moyens
) -> None:
    annuaire.panne = True
    chercher(awa, "999900558")
    awa.soumettre({**DECLARATION, **SAISIE})
    annuaire.panne = False
    assert completions.complete_due(make_moyens(moyens.config, fabrique=moyens.fabrique)) == 0
    association = session.scalars(select(Association)).one()
    assert (association.verifiee, association.denomination) == (False, "Mes amis du canal")
    assert association.completion_essayee_at is not None
