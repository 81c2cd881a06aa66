"""What a page keeps of a macro is what the macro would have written."""

from markupsafe import Markup

from portal.web.gabarits import une_fois


def ecrire(texte: str) -> str:
    """A macro that shows a text."""
    return Markup("<p>{}</p>").format(texte)


def test_a_text_never_passes_for_the_markup_that_reads_alike() -> None:
    assert une_fois(ecrire, Markup("<b>gras</b>")) == "<p><b>gras</b></p>"
    assert une_fois(ecrire, "<b>gras</b>") == "<p>&lt;b&gt;gras&lt;/b&gt;</p>"


def test_what_is_asked_again_is_not_written_again() -> None:
    ecrits: list[str] = []

    def noter(texte: str) -> str:
        ecrits.append(texte)
        return ecrire(texte)

    assert [une_fois(noter, "un"), une_fois(noter, "deux"), une_fois(noter, "un")] == [
        "<p>un</p>",
        "<p>deux</p>",
        "<p>un</p>",
    ]
    assert ecrits == ["un", "deux"]
