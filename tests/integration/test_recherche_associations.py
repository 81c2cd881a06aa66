"""An association is found among all, by its numbers, the words of its name and its commune."""

import pytest
from sqlalchemy import cast, func, insert, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from portal.models.associations import Association, Etablissement
from portal.permissions import Acteur
from portal.queries import recherche_associations
from portal.queries.recherche_associations import Recherche, find
from portal.vocabulaire import RoleAffectation
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def cherchee(creer: Fabriques, session: Session) -> Association:
    une = creer.association(denomination="L’Œuvre des Écoliers de Saint-Étienne", sigle="OESE", commune="Saint-Étienne")
    creer.association(denomination="Association des Boulistes", commune="Lyon")
    return une


def trouver(client: ClientStrict, q: str, commune: str = "") -> str:
    assert client.get("/instruction/associations", query_string={"q": q, "commune": commune}).status_code == 200
    return client.texte()


@pytest.mark.parametrize(
    "q", ["ecoliers", "ÉCOLIERS oeuvre", "Œuvre", "eco", "l'oeuvre des écoliers", "oese", "saint etienne"]
)
def test_the_words_of_a_name_are_found_without_accents_and_from_three_letters(
    client: ClientStrict, creer: Fabriques, cherchee: Association, q: str
) -> None:
    client.connecter(creer.agent())
    texte = trouver(client, q)
    assert "Écoliers" in texte
    assert "Boulistes" not in texte


def test_two_letters_begin_no_word(client: ClientStrict, creer: Fabriques, cherchee: Association) -> None:
    client.connecter(creer.agent())
    assert "Aucune association trouvée" in trouver(client, "ec")


def test_numbers_are_found_with_their_spaces_and_dots(
    client: ClientStrict, creer: Fabriques, session: Session, cherchee: Association
) -> None:
    client.connecter(creer.agent())
    siren, siret, rna = cherchee.siren, cherchee.siret_siege, cherchee.rna
    autre = siren + "00099"
    session.add(Etablissement(association_id=cherchee.id, siret=autre))
    session.commit()
    for ecrit in (siren, f"{siren[:3]} {siren[3:6]}.{siren[6:]}", siret, autre, rna, rna.lower()):
        assert "Écoliers" in trouver(client, ecrit), ecrit
    assert "Écoliers" not in trouver(client, siren, commune="Lyon")


def test_a_name_that_changes_is_found_by_its_new_words(
    client: ClientStrict, creer: Fabriques, session: Session, cherchee: Association
) -> None:
    cherchee.denomination = "Les Marmitons"
    session.commit()
    client.connecter(creer.agent())
    assert "Marmitons" in trouver(client, "marmitons")
    assert "Aucune association trouvée" in trouver(client, "ecoliers")


def test_too_many_answers_ask_for_the_commune(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    lignes = [{"denomination": f"Pétanque {rang}", "commune": "Lyon" if rang < 3 else "Paris"} for rang in range(510)]
    session.execute(insert(Association), lignes)
    session.commit()
    client.connecter(creer.agent())
    with requetes() as vues:
        texte = trouver(client, "petanque")
    assert "précisez la commune" in texte
    assert "Plus de 500" in texte
    assert len(vues) <= 4, vues
    assert "3 associations" in trouver(client, "petanque", commune="lyon")


def test_a_lecteur_finds_the_associations_of_its_service_alone(
    client: ClientStrict, creer: Fabriques, cherchee: Association
) -> None:
    service = creer.service()
    client.connecter(creer.agent(service, RoleAffectation.LECTEUR))
    assert "Aucune association trouvée" in trouver(client, "ecoliers")
    creer.dossier(service, association=cherchee)
    assert "Écoliers" in trouver(client, "ecoliers")


@pytest.mark.parametrize("q", ["'", "a & b", "!*:", "\\", "de la", "@", "  "])
def test_whatever_is_typed_answers_a_page(
    client: ClientStrict, creer: Fabriques, cherchee: Association, q: str
) -> None:
    client.connecter(creer.agent())
    trouver(client, q)


SUJETS = ("sportive", "culturelle", "musicale", "amicale", "sportive amicale", "d’été")


@pytest.fixture
def beaucoup(creer: Fabriques, session: Session, monkeypatch: pytest.MonkeyPatch) -> Acteur:
    """300 associations for an agent whose search looks first at the 12 oldest, then at the 120 oldest, and stops past 20."""
    for nom, valeur in (("MAXIMUM", 20), ("PAR_PAGE", 20), ("SONDE", 12), ("GRANDE_SONDE", 120)):
        monkeypatch.setattr(recherche_associations, nom, valeur)
    lignes = [
        {
            "denomination": f"{('Union', 'École')[rang % 2]} {SUJETS[rang % 6]} nom{rang * 7 % 60}",
            "sigle": f"SG{rang // 100}",
            "commune": f"Ville{rang % 9}" if rang < 150 else f"Saint-Étienne {rang % 40}",
        }
        for rang in range(300)
    ]
    session.execute(insert(Association), lignes)
    gardee, absorbee = session.scalars(select(Association).order_by(Association.id.desc()).limit(2)).all()
    absorbee.absorbee_par_id = gardee.id
    session.commit()
    return creer.acteur(creer.agent())


@pytest.mark.parametrize(
    ("q", "commune"),
    [
        ("sportive", ""),
        ("spo", ""),
        ("nom7", ""),
        ("nom14 sportive", ""),
        ("sportive amicale", ""),
        ("musicale culturelle", ""),
        ("ecole ete", ""),
        ("ÉCOLE d’Été", "saint etienne"),
        ("union", "ville3"),
        ("spo ami", "vil"),
        ("sg2", ""),
        ("sg2 musicale", ""),
        ("", "saint-etienne 7"),
        ("", "ville"),
        ("nom", "saint etienne 33"),
        ("introuvable", ""),
    ],
)
def test_however_common_the_words_what_is_found_is_what_a_plain_reading_finds_in_its_order(
    session: Session, beaucoup: Acteur, q: str, commune: str
) -> None:
    recherche = Recherche(q=q, commune=commune)
    toutes = session.scalars(
        select(Association.id)
        .where(Association.absorbee_par_id.is_(None), Association.mots.op("@@")(cast(recherche.requete, TSQUERY)))
        .order_by(func.length(Association.denomination), Association.denomination, Association.id)
    ).all()
    trouvees = find(session, beaucoup, recherche)
    lues = [une.id for une in trouvees.lignes]
    if len(toutes) <= 20:
        assert lues == list(toutes)
        assert trouvees.nombre == len(toutes)
        return
    assert (trouvees.nombre, trouvees.trop, len(lues)) == (21, True, 20)
    assert lues == [ident for ident in toutes if ident in set(lues)], (
        "those that are shown keep the order of the others"
    )
