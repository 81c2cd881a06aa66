"""Asking an association to correct its filed request, section by section; sending the corrections."""

from collections.abc import Iterable
from typing import Any, cast

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from portal.forms.base import Formulaire
from portal.forms.dates import JourAttendu
from portal.forms.pieces import Piece
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_demandes import Place

PREFIXE = "section_"


class ComplementForm(Formulaire):
    """What is asked, why, and until when. The pages of the request come with `for_places`."""

    phrase_erreurs = "Rien n’est encore demandé à l’association. Ce que vous avez écrit est conservé sur cette page."

    motif = TextAreaField(
        "Ce que vous demandez, en quelques mots",
        filters=[net],
        validators=[DataRequired("Écrivez en quelques mots ce que vous demandez."), LONGUEUR_TEXTE],
        description="L’association lit ce texte en premier, puis la raison propre à chaque section.",
    )
    echeance = JourAttendu("À envoyer avant le", absence="Donnez la date jusqu’à laquelle l’association peut répondre.")
    pieces_exigees = BooleanField(
        "Une pièce ou une information exigée par un texte manque",
        description="Le délai au bout duquel le silence vaut rejet est alors suspendu jusqu’à la réponse, ou jusqu’à cette "
        "date (code des relations entre le public et l’administration, article L.\u00a0114-5).",
    )

    @classmethod
    def for_places(cls, places: Iterable[tuple[Place, str]], **options: Any) -> "ComplementForm":
        """A form with one text per page, (place, name): writing in it is asking for that page."""
        champs = {
            PREFIXE + place.slug: TextAreaField(
                f"À corriger dans «\u00a0{nom}\u00a0»", filters=[net], validators=[LONGUEUR_TEXTE]
            )
            for place, nom in places
        }
        genre = type("ComplementDeCetteDemande", (cls,), champs)
        return cast("ComplementForm", genre(**options))

    @property
    def textes_de_section(self) -> list[Any]:
        """The fields of the pages, in order."""
        return [champ for champ in self if champ.short_name.startswith(PREFIXE)]

    @property
    def motifs(self) -> dict[Place, str]:
        """The reason of each page that is asked."""
        lus = ((Place.lire(c.short_name.removeprefix(PREFIXE)), c.data) for c in self.textes_de_section if c.data)
        return {place: motif for place, motif in lus if place is not None}


class ComplementPapierForm(ComplementForm):
    """The same of a request that came on paper: it has no pages, all is in the letter."""

    motif = TextAreaField(
        "Ce qui manque, et pourquoi",
        filters=[net],
        validators=[DataRequired("Écrivez ce qui manque, et pourquoi."), LONGUEUR_TEXTE],
        description="La lettre le reprend tel quel.",
    )


class ComplementRecuForm(Formulaire):
    """The day when what was asked by letter came."""

    phrase_erreurs = "L’arrivée n’est pas notée. La date que vous avez écrite est conservée."

    recu_le = JourAttendu("Complément arrivé le", absence="Donnez la date à laquelle le complément est arrivé.")


class EnvoiCorrectionsForm(Formulaire):
    """Nothing to type: sending is one button."""

    phrase_erreurs = "Les corrections ne sont pas envoyées. Tout ce que vous avez écrit est conservé."


class PieceCorrectionForm(Formulaire):
    """A file added to a filed request whose pieces are asked again, for one of the pieces that the page offers."""

    phrase_erreurs = "Le fichier n’est pas ajouté. Ceux qui l’étaient déjà sont conservés."

    code = SelectField("Pour quelle pièce", validators=[InputRequired("Choisissez la pièce.")])
    fichier = Piece(
        "Fichier", absence="Choisissez un fichier.", description="De 10\u00a0Mo au plus, un PDF de préférence."
    )

    @classmethod
    def offer(cls, pieces: Iterable[tuple[str, str]]) -> "PieceCorrectionForm":
        """A form for these pieces: (code, label)."""
        form = cls()
        form.code.choices = [SelectChoice("", "Choisir"), *(SelectChoice(code, nom) for code, nom in pieces)]
        return form
