"""The start says everything that is wrong at once, and refuses the demonstration's values in production."""

import pytest

from portal.config import Config, ConfigurationInvalide

DEMO = {
    "PORTAL_MODE": "demo",
    "DATABASE_URL": "postgresql://localhost/portal",
    "SECRET_KEY": "x" * 40,
    "PORTAL_URL": "http://127.0.0.1:8000",
    "STOCKAGE_DOSSIER": "var/fichiers",
}
PRODUCTION = {
    **DEMO,
    "PORTAL_MODE": "production",
    "PORTAL_URL": "https://portail.exemple.fr",
    "STOCKAGE_DOSSIER": "/srv/fichiers",
    "SMTP_HOTE": "smtp.exemple.fr",
    "COURRIEL_EXPEDITEUR": "portail@exemple.fr",
    "CONTACT": "aide@exemple.fr",
}


def test_demo_starts_with_its_five_values() -> None:
    config = Config.from_env(DEMO)
    assert config.demo
    assert config.database_url.startswith("postgresql+psycopg://")
    assert config.hote == "127.0.0.1"


def test_production_starts_when_everything_is_there() -> None:
    assert not Config.from_env(PRODUCTION).demo


def test_the_secret_of_signed_announcements_is_kept_as_ds_gave_it() -> None:
    assert Config.from_env({**PRODUCTION, "DS_CROCHET_SECRET": "whsec_c2VjcmV0"}).ds_crochet_secret == "whsec_c2VjcmV0"


def test_a_faulty_secret_is_named_but_not_shown() -> None:
    with pytest.raises(ConfigurationInvalide) as refus:
        Config.from_env({**DEMO, "DS_CROCHET_SECRET": "whsec_clair"})
    assert "DS_CROCHET_SECRET" in str(refus.value)
    assert "clair" not in str(refus.value)


def test_one_message_names_every_missing_value() -> None:
    with pytest.raises(ConfigurationInvalide) as refus:
        Config.from_env({"PORTAL_MODE": "production"})
    for nom in ("DATABASE_URL", "SECRET_KEY", "PORTAL_URL", "STOCKAGE_DOSSIER"):
        assert f"{nom} manque" in str(refus.value)


def test_production_refuses_what_the_demonstration_may_do() -> None:
    dangereuse = {**DEMO, "PORTAL_MODE": "production", "SECRET_KEY": "demo", "COURRIEL_DOSSIER": "var/courriels"}
    with pytest.raises(ConfigurationInvalide) as refus:
        Config.from_env(dangereuse)
    message = str(refus.value)
    for faute in ("SECRET_KEY doit compter", "PORTAL_URL doit", "COURRIEL_DOSSIER", "SMTP_HOTE", "STOCKAGE_DOSSIER"):
        assert faute in message


def test_one_message_names_what_is_missing_and_what_is_unsafe_each_once() -> None:
    with pytest.raises(ConfigurationInvalide) as refus:
        Config.from_env({**PRODUCTION, "PORTAL_URL": "", "SECRET_KEY": "court", "SMTP_HOTE": "", "SMTP_PORT": "?"})
    fautes = sorted(ligne.split()[1] for ligne in str(refus.value).splitlines()[1:])
    assert fautes == ["PORTAL_URL", "SECRET_KEY", "SMTP_HOTE", "SMTP_PORT"]


@pytest.mark.parametrize(
    ("nom", "valeur", "dit"),
    [
        ("PORTAL_MODE", "test", "écrivez demo ou production"),
        ("DS_DEMARCHES", "12,abc", "liste de numéros"),
        ("SMTP_PORT", "vingt-cinq", "doit être un nombre"),
        ("SMTP_PORT", "587.9", "doit être un nombre entier"),
        ("RELAIS", "-1", "doit être un nombre entier"),
        ("DS_DELAI_LECTURE", "nan", "doit être un nombre de secondes"),
        ("DS_ATTENTE_AMBIGUE", "inf", "doit être un nombre de secondes"),
        ("DS_URL", "http://ds.exemple.fr", "DS_URL doit commencer par https"),
        ("DS_CROCHET_SECRET", "whsec_pas du base64", "DS_CROCHET_SECRET doit être un secret entier"),
        ("DS_CROCHET_SECRET", "whsec_", "DS_CROCHET_SECRET doit être un secret entier"),
        ("DS_CROCHET_SECRET", "whsec_clé", "DS_CROCHET_SECRET doit être un secret entier"),
        ("DS_CROCHET_SECRET", "c2VjcmV0", "DS_CROCHET_SECRET doit être un secret entier"),
        ("DATABASE_URL", "sqlite:///portail.db", "DATABASE_URL doit désigner PostgreSQL"),
    ],
)
def test_an_unreadable_value_is_named(nom: str, valeur: str, dit: str) -> None:
    with pytest.raises(ConfigurationInvalide, match=dit):
        Config.from_env({**PRODUCTION, nom: valeur})


def test_no_secret_shows_when_the_configuration_is_printed() -> None:
    affichee = repr(Config.from_env({**PRODUCTION, "DS_TOKEN": "jeton-secret", "SMTP_MOT_DE_PASSE": "motus"}))
    assert not any(secret in affichee for secret in ("x" * 40, "jeton-secret", "motus", "postgresql"))
