"""What a campaign asks beyond the cerfa: a piece, or an additional question."""

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.champs import Choix, Entier, OuiNon, Texte, TexteLong
from portal.vocabulaire_demandes import LIBELLES_PIECE, LIBELLES_QUESTION, GenrePiece, GenreQuestion

BASE_LEGALE = (
    "L’article qui permet de l’exiger, par exemple «\u00a0décret n°\u00a02018-460, article 6\u00a0». Sans base légale, la "
    "réponse est facultative."
)
LONGUEUR_CHOIX = 200


class _ExigenceForm(Formulaire):
    """What a piece and a question have in common. `version`: of the campaign, as the page showed it."""

    version = HiddenField()

    def valeurs(self) -> dict[str, Any]:
        """What the services take. Read it once `validate` has succeeded."""
        return {
            "genre": self.genre.valeur or "",
            "libelle": self.libelle.valeur or "",
            "aide": self.aide.valeur or "",
            "obligatoire": self.obligatoire.data == "oui",
            "base_legale": self.base_legale.valeur or "",
            "ordre": self.ordre.valeur,
        }


class PieceRequiseForm(_ExigenceForm):
    """A piece that the campaign asks for."""

    genre = Choix(
        "Nature",
        LIBELLES_PIECE.items(),
        obligatoire="Choisissez la nature de la pièce.",
        description="Une pièce connue se reprend du coffre de l’association, sans la fournir de nouveau.",
    )
    libelle = Texte("Intitulé", requis=False, maximum=200, description="Sans réponse, celui de la nature.")
    aide = TexteLong("Aide", requis=False, maximum=1_000, description="Ce que la pièce doit montrer, où la trouver.")
    obligatoire = OuiNon("La pièce est-elle obligatoire\u00a0?", default="non")
    base_legale = Texte("Base légale", requis=False, maximum=300, description=BASE_LEGALE)
    ordre = Entier("Place dans la liste", requis=False, description="1 pour la première. Sans réponse, à la fin.")


class QuestionForm(_ExigenceForm):
    """An additional question."""

    libelle = Texte("Question", maximum=300)
    genre = Choix(
        "Réponse attendue",
        [(genre.value, majuscule(libelle)) for genre, libelle in LIBELLES_QUESTION.items()],
        obligatoire="Choisissez la sorte de réponse attendue.",
    )
    choix = TexteLong(
        "Réponses proposées",
        requis=False,
        maximum=4_000,
        description="Pour un choix dans une liste\u00a0: une réponse par ligne, deux au moins.",
    )
    aide = TexteLong("Aide", requis=False, maximum=1_000)
    obligatoire = OuiNon("La réponse est-elle obligatoire\u00a0?", default="non")
    base_legale = Texte("Base légale", requis=False, maximum=300, description=BASE_LEGALE)
    ordre = Entier("Place dans la liste", requis=False, description="1 pour la première. Sans réponse, à la fin.")

    def valeurs(self) -> dict[str, Any]:
        """The same, with the answers on offer: one a line, each once."""
        lignes = (" ".join(ligne.split()) for ligne in (self.choix.valeur or "").splitlines())
        choix = list(dict.fromkeys(ligne for ligne in lignes if ligne))
        return {**super().valeurs(), "choix": choix if self.genre.valeur == GenreQuestion.CHOIX else []}


FORMULAIRES_EXIGENCE: Mapping[str, type[_ExigenceForm]] = {"pieces": PieceRequiseForm, "questions": QuestionForm}


def saisies(exigence: Any) -> dict[str, Any]:
    """The fields of the form as they show a piece or a question."""
    communes = {nom: getattr(exigence, nom) for nom in ("genre", "libelle", "aide", "base_legale")}
    communes |= {"obligatoire": "oui" if exigence.obligatoire else "non", "ordre": str(exigence.ordre)}
    return communes | {"choix": "\n".join(getattr(exigence, "choix", ()))}


EXIGEES_SI_MODIFIEES = frozenset({GenrePiece.STATUTS, GenrePiece.DIRIGEANTS})
