"""The checklist of a démarche: a point to add, and what is said of each on a dossier."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.formats import majuscule
from portal.forms.base import Formulaire, une_ligne
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_instruction import LIBELLES_ETAT_POINT, EtatPoint

RIEN = ""
CHOIX = [SelectChoice(RIEN, "Pas encore vérifié")] + [
    SelectChoice(etat.value, majuscule(libelle)) for etat, libelle in LIBELLES_ETAT_POINT.items()
]


class PointForm(Formulaire):
    """One more point."""

    phrase_erreurs = "Le point n’est pas ajouté. Ce que vous avez écrit est conservé sur cette page."

    libelle = StringField(
        "Point à vérifier",
        filters=[une_ligne],
        validators=[
            DataRequired("Écrivez ce qui est à vérifier."),
            Length(max=200, message="Raccourcissez ce point à 200\u00a0caractères."),
        ],
        description="Par exemple\u00a0: le RIB est au nom de l’association.",
    )
    aide = TextAreaField("Comment le vérifier", filters=[net], validators=[LONGUEUR_TEXTE])


class VerificationForm(Formulaire):
    """What is said of each point, by point id; the fields come with `for_points`. `avant-`: what the page showed."""

    phrase_erreurs = "Rien n’est enregistré. Ce que vous avez choisi et écrit est conservé sur cette page."
    numeros: tuple[int, ...] = ()

    @classmethod
    def for_points(cls, points: Iterable[tuple[int, str, str, str]]) -> "VerificationForm":
        """A form for these points: (id, label, state or "", comment), as they stand."""
        lus = list(points)
        champs: dict[str, Any] = {"numeros": tuple(un[0] for un in lus)}
        for ident, libelle, etat, commentaire in lus:
            champs[f"etat-{ident}"] = RadioField(libelle, choices=CHOIX, default=etat)
            champs[f"commentaire-{ident}"] = TextAreaField(
                f"Remarque sur «\u00a0{libelle}\u00a0»", filters=[net], validators=[LONGUEUR_TEXTE], default=commentaire
            )
            champs[f"avant-{ident}"] = HiddenField(default=f"{etat}|{commentaire}")
        return cast("VerificationForm", type("VerificationDeCeDossier", (cls,), champs)())

    @property
    def lignes(self) -> list[tuple[int, Any, Any, Any]]:
        """(id, state, comment, what was shown): the fields of each point, in order."""
        return [
            (ident, self[f"etat-{ident}"], self[f"commentaire-{ident}"], self[f"avant-{ident}"])
            for ident in self.numeros
        ]

    @property
    def dits(self) -> Mapping[int, tuple[EtatPoint | None, str]]:
        """What is said of each point."""
        return {
            ident: (EtatPoint(etat.data) if etat.data else None, commentaire.data)
            for ident, etat, commentaire, _avant in self.lignes
        }

    @property
    def montres(self) -> Mapping[int, tuple[EtatPoint | None, str]]:
        """What the page showed of each; a text that no page of ours wrote counts as nothing."""
        lus = {}
        for ident, _etat, _commentaire, avant in self.lignes:
            etat, _, commentaire = (avant.data or "").partition("|")
            lus[ident] = (EtatPoint(etat) if etat in set(EtatPoint) else None, net(commentaire))
        return lus
