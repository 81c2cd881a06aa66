"""A list of lines of several fields, kept as typed: one empty line more is always offered, so that nothing needs JavaScript."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField

from portal.formats import nombre_fr

MAXIMUM = 30
NUMERO = re.compile(r"(?:0|[1-9][0-9]{0,5})", re.ASCII)


class Ligne(Form):  # type: ignore[misc]  # WTForms bears no types
    """Base of a line. Left blank it is no line; begun, what it needs must be there."""

    def champs(self) -> list[Any]:
        """Its fields, in order."""
        return list(self)

    def gardes(self) -> list[tuple[str, str]]:
        """(input, text) of what was typed in the fields that are not asked at present: the page sends it back unseen."""
        montres = {champ.name for champ in self.champs()}
        return [
            (champ.name, champ.raw_data[0]) for champ in self if champ.name not in montres and any(champ.raw_data or ())
        ]

    @property
    def vide(self) -> bool:
        """Nothing is typed in any of its fields."""
        return not any(champ.lisible() for champ in self.champs())

    def verifier(self) -> None:
        """Check what takes several fields of the line."""

    def lisible(self) -> str:
        """In one line of text."""
        return ", ".join(texte for champ in self.champs() if (texte := champ.lisible()))


class Lignes(FieldList):  # type: ignore[misc]  # same reason
    """Lines of one kind; `singulier` is what one of them is called. A line keeps its number as long as it stands: taking
    another one out leaves it where it is.

    `manque`: asked for and none is given, or a line is begun and not finished.
    """

    nature = "lignes"
    # (address, text) of a page that helps to fill it in
    lien: tuple[str, str] | None = None

    def __init__(
        self,
        label: str,
        ligne: type[Ligne],
        *,
        singulier: str = "Ligne",
        requis: bool = False,
        maximum: int = MAXIMUM,
        **options: Any,
    ) -> None:
        super().__init__(FormField(ligne), label, **options)
        self.singulier, self.requis, self.maximum = singulier, requis, maximum
        self.flags.required = requis
        self.manque = False
        self.refus: list[str] = []

    @property
    def errors(self) -> list[Any]:
        """Those of each line, by field, then the sentences about the whole list."""
        lignes = [entree.errors for entree in self.entries if not entree.form.vide]
        return [*(erreurs for erreurs in lignes if erreurs), *self.refus]

    @errors.setter
    def errors(self, erreurs: Sequence[Any]) -> None:
        self.refus = [erreur for erreur in erreurs if isinstance(erreur, str)]

    def process(self, formdata: Any, data: Any = (), extra_filters: Any = None) -> None:
        """The lines sent, then an empty one."""
        super().process(formdata, data, extra_filters)
        if len(self.entries) < self.maximum:
            self._add_entry(formdata)

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """Numbers of the lines sent; what only looks like one (« ² », « 01 ») is no line of ours."""
        debut = f"{prefix}-"
        for nom in formdata:
            if nom.startswith(debut):
                numero, tiret, _ = nom[len(debut) :].partition("-")
                if tiret and NUMERO.fullmatch(numero):
                    yield int(numero)

    def _compact_indices(self) -> None:
        """Leave each line its number: two people who change the list speak of the same lines."""

    def validate(self, _form: Any, _extra_validators: Sequence[Any] = ()) -> bool:
        """Read each line that is begun."""
        self.refus, self.manque = [], False
        for ligne in self.lignes:
            ligne.validate()
            ligne.verifier()
            self.manque = self.manque or any(champ.manque for champ in ligne.champs())
        if len(self.lignes) > self.maximum:
            self.refuser(
                f"«\u00a0{self.label.text}\u00a0» compte {nombre_fr(len(self.lignes))} lignes, "
                f"au lieu de {nombre_fr(self.maximum)} au plus."
            )
        self.manque = self.manque or (self.requis and not self.lignes)
        return not self.errors

    @property
    def lignes(self) -> list[Any]:
        """The lines that are begun."""
        return [entree.form for entree in self.entries if not entree.form.vide]

    def refuser(self, message: str) -> None:
        """Attach an error that takes more than this list to find."""
        self.refus = [*self.refus, message]

    def lisible(self) -> str:
        """One line of text each."""
        return "\n".join(ligne.lisible() for ligne in self.lignes)


def sans_la_ligne(valeurs: Mapping[str, str], ligne: str) -> dict[str, str]:
    """What was typed without the line of that name (« agrements-2 »): the others keep their numbers."""
    return {nom: valeur for nom, valeur in valeurs.items() if not nom.startswith(f"{ligne}-")}
