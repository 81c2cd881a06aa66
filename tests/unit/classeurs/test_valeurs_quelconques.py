"""Any amount and any day, in every spelling: what is read is what was meant, whatever the digits."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from portal.classeurs.champs import TypeChamp
from portal.classeurs.feuilles import Brut
from portal.classeurs.valeurs import lecteur
from portal.documents.liste_csv import garder
from portal.vocabulaire_imports import VerdictLigne

MONTANT, SIGNE = lecteur(TypeChamp.MONTANT), lecteur(TypeChamp.MONTANT_SIGNE)
JOUR, JOUR_1904, TEXTE = lecteur(TypeChamp.DATE), lecteur(TypeChamp.DATE, base_1904=True), lecteur(TypeChamp.TEXTE)
MOIS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
centimes = st.integers(min_value=0, max_value=10**13)
jours = st.dates(min_value=date(1900, 3, 1), max_value=date(2100, 12, 31))


def _milliers(entier: int, separateur: str) -> str:
    return f"{entier:,}".replace(",", separateur)


@given(
    centimes,
    st.sampled_from([" ", "\u00a0", "\u202f", ""]),
    st.sampled_from(["", " €", "\u00a0€", "€", " EUR", " euros"]),
)
def test_an_amount_written_in_french_is_read_to_the_cent(nombre: int, espace: str, devise: str) -> None:
    entier, reste = divmod(nombre, 100)
    assert MONTANT(f"{_milliers(entier, espace)},{reste:02d}{devise}").valeur == f"{entier}.{reste:02d}"


@given(centimes)
def test_an_amount_that_a_spreadsheet_keeps_as_a_number_is_read_to_the_cent(nombre: int) -> None:
    vrai = Decimal(nombre) / 100
    assert MONTANT(float(vrai)).valeur == f"{vrai:.2f}"
    assert SIGNE(-float(vrai)).valeur == (f"{-vrai:.2f}" if nombre else "0.00")


@given(centimes, st.sampled_from(["-{}", "({})", "{}-", "−{}"]))
def test_a_reimbursement_is_read_with_its_sign_and_refused_elsewhere(nombre: int, forme: str) -> None:
    assume(nombre > 0)
    entier, reste = divmod(nombre, 100)
    ecrit = forme.format(f"{_milliers(entier, ' ')},{reste:02d}")
    assert SIGNE(ecrit).valeur == f"-{entier}.{reste:02d}"
    assert MONTANT(ecrit).verdict == VerdictLigne.REJETE


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=0, max_value=999), st.sampled_from([",", "."]))
def test_a_lone_separator_before_three_digits_is_never_read(haut: int, bas: int, separateur: str) -> None:
    assert MONTANT(f"{haut}{separateur}{bas:03d}").valeur == ""


@given(st.text(max_size=20))
def test_no_text_gives_another_amount_than_its_digits(ecrit: str) -> None:
    lue = MONTANT(ecrit)
    if lue.valeur:
        assert [c for c in ecrit if c.isdigit()][:1]
        assert Decimal(lue.valeur) >= 0


@given(
    jours,
    st.sampled_from(
        ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S"]
    ),
)
def test_a_day_in_figures_is_that_day(jour: date, forme: str) -> None:
    assert JOUR(datetime.combine(jour, datetime.min.time()).strftime(forme)).valeur == jour.isoformat()


@given(jours)
def test_a_day_in_words_is_that_day(jour: date) -> None:
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    assert JOUR(f"{quantieme} {MOIS[jour.month - 1]} {jour.year}").valeur == jour.isoformat()


@given(st.dates(min_value=date(1955, 1, 1), max_value=date(2099, 12, 31)))
def test_the_number_of_a_day_is_that_day_and_is_told(jour: date) -> None:
    for lire, origine in ((JOUR, date(1899, 12, 30)), (JOUR_1904, date(1904, 1, 1))):
        lue = lire(float((jour - origine) / timedelta(days=1)))
        assert (lue.valeur, lue.verdict) == (jour.isoformat(), VerdictLigne.AVERTISSEMENT)


@given(jours)
def test_a_day_written_month_first_is_never_read_as_another(jour: date) -> None:
    assume(jour.day > 12)
    assert JOUR(f"{jour:%m/%d/%Y}").verdict == VerdictLigne.REJETE


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=40))
def test_a_text_stays_the_same_text(ecrit: str) -> None:
    assume(not ecrit.strip().upper().startswith(("#", "ERR")))
    assert TEXTE(ecrit).valeur == ecrit.strip()


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=20),
    st.sampled_from(["", "=", "+", "-", "@", "'", "'=", "''-", "\uff1d"]),
)
def test_a_text_that_our_csv_files_guard_comes_back_the_same(suite: str, debut: str) -> None:
    ecrit = f"{debut}{suite}".strip()
    assume(not ecrit.upper().startswith(("#", "ERR")))
    assert lecteur(TypeChamp.TEXTE, garde=True)(garder(ecrit)).valeur == ecrit


@given(
    st.sampled_from(TypeChamp),
    st.one_of(
        st.floats(),
        st.integers(),
        st.text(max_size=30),
        st.datetimes(),
        st.times(),
        st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{1,2}[:h][0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", fullmatch=True),
    ),
)
def test_nothing_that_a_cell_may_hold_stops_its_reading(genre: TypeChamp, brut: Brut) -> None:
    lue = lecteur(genre)(brut)
    assert lue.valeur or lue.raison or not lue.vu.strip("#")
