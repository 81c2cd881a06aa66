"""The base of every form: WTForms' own messages in French."""

from typing import ClassVar

from flask_wtf import FlaskForm


class Formulaire(FlaskForm):  # type: ignore[misc]  # flask-wtf bears no types, so FlaskForm is Any
    """A form with CSRF, whose default messages are French."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # same reason
        """WTForms looks its own messages up in these locales."""

        locales: ClassVar[list[str]] = ["fr"]


def une_ligne(valeur: str | None) -> str:
    """A filter for texts of one line: spaces folded, so that blanks alone are an absence."""
    return " ".join((valeur or "").split())
