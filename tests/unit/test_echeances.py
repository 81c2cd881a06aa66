"""The hour of a closing: read in Paris, said in Paris and where the associations are."""

from datetime import UTC, date, datetime, time

import pytest

from portal.formats import PARIS, ValeurIllisible
from portal.forms.deja_connus import deja_connu
from portal.forms.echeances import LIEUX, a_paris, echeance_fr, parse_heure, un_an_apres


def plat(texte: str) -> str:
    return texte.replace("\u00a0", " ")


@pytest.mark.parametrize(("fuseau", "dite"), [
    ("Indian/Reunion", "31 janvier 2027 à 12 h 00 à Paris, 15 h 00 à La Réunion"),
    ("Indian/Mayotte", "31 janvier 2027 à 12 h 00 à Paris, 14 h 00 à Mayotte"),
    ("America/Guadeloupe", "31 janvier 2027 à 12 h 00 à Paris, 7 h 00 en Guadeloupe"),
    ("America/Martinique", "31 janvier 2027 à 12 h 00 à Paris, 7 h 00 en Martinique"),
    ("America/Cayenne", "31 janvier 2027 à 12 h 00 à Paris, 8 h 00 en Guyane"),
    ("Pacific/Tahiti", "31 janvier 2027 à 12 h 00 à Paris, 1 h 00 en Polynésie française"),
    ("Europe/Paris", "31 janvier 2027 à 12 h 00 (heure de Paris)"),
])  # fmt: skip
def test_the_closing_is_said_in_paris_and_overseas(fuseau: str, dite: str) -> None:
    assert plat(echeance_fr(a_paris(date(2027, 1, 31), time(12)), fuseau)) == dite


def test_the_day_is_said_again_where_it_is_another_one_and_summer_moves_paris_only() -> None:
    soir = a_paris(date(2027, 1, 31), time(23, 59))
    assert plat(echeance_fr(soir, "Pacific/Noumea")).endswith("1er février 2027 à 9 h 59 en Nouvelle-Calédonie")
    ete = a_paris(date(2027, 7, 1), time(12))
    assert plat(echeance_fr(ete, "Indian/Reunion")) == "1er juillet 2027 à 12 h 00 à Paris, 14 h 00 à La Réunion"


def test_every_zone_offered_is_known_here() -> None:
    instant = datetime(2027, 1, 1, tzinfo=UTC)
    assert all(echeance_fr(instant, fuseau) for fuseau in LIEUX)


def test_the_hour_that_spring_skips_is_refused_and_the_one_that_comes_twice_leaves_more_time() -> None:
    with pytest.raises(ValeurIllisible, match="n’existe pas à Paris"):
        a_paris(date(2027, 3, 28), time(2, 30))
    assert a_paris(date(2027, 10, 31), time(2, 30)).astimezone(UTC) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_the_last_minute_of_the_day_lasts_until_its_last_second() -> None:
    assert a_paris(date(2027, 2, 28), time(23, 59)) == datetime(2027, 2, 28, 23, 59, 59, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("typed", "lue"), [("12 h", time(12)), ("9h30", time(9, 30)), ("18:05", time(18, 5)), ("7", time(7))]
)
def test_hours_are_read_as_people_write_them(typed: str, lue: time) -> None:
    assert parse_heure(typed) == lue


@pytest.mark.parametrize("typed", ["24 h", "12 h 60", "midi", "12 h 3 0", "-1", "²"])
def test_an_unreadable_hour_is_never_guessed(typed: str) -> None:
    with pytest.raises(ValeurIllisible, match="n’est pas lisible"):
        parse_heure(typed)


def test_a_year_later_keeps_the_hour_of_paris_across_summer_time_and_leap_years() -> None:
    assert un_an_apres(datetime(2026, 3, 28, 12, tzinfo=PARIS)) == datetime(2027, 3, 28, 12, tzinfo=PARIS)
    assert un_an_apres(datetime(2028, 2, 29, 12, tzinfo=PARIS)) == datetime(2029, 2, 28, 12, tzinfo=PARIS)


@pytest.mark.parametrize("demande", [
    "Copie des statuts signés", "Votre numéro de SIRET ?", "N° SIRET", "SIREN", "Numéro RNA de l’association",
    "Merci de joindre un RIB", "Relevé d’identité bancaire", "IBAN", "Dénomination", "Raison sociale", "Adresse du siège",
    "Contrat d’engagement républicain signé", "Attestation CER", "Budget prévisionnel 2027", "Budget de l’action",
    "Liste des dirigeants", "Comptes annuels certifiés", "Rapport d’activité", "Combien de bénévoles ?",
    "Avis de situation INSEE",
    "Cerfa 12156", "Objectifs du projet", "Montant demandé", "Attestation sur l’honneur",
])  # fmt: skip
def test_what_the_portal_has_already_is_recognised(demande: str) -> None:
    assert deja_connu(demande)


@pytest.mark.parametrize("demande", [
    "SIRET du partenaire principal", "Nom du référent laïcité", "Convention avec le bailleur", "Projet pédagogique",
    "Nombre de salariés en insertion", "Le budget consacré au numérique", "Comment les habitants prennent-ils part ?", "",
    "Attestation de la caisse d’allocations familiales", "Association",
])  # fmt: skip
def test_what_it_does_not_have_may_be_asked(demande: str) -> None:
    assert not deja_connu(demande)
