"""Where a project takes place: a list of territories, each found in the reference table when it holds that kind."""

from decimal import Decimal
from typing import Any, NamedTuple

from portal.formats import mots_de_recherche
from portal.forms.champs import Liste, Pourcentage, Texte
from portal.forms.lignes import Ligne, Lignes
from portal.forms.supplements import SANS_TERRITOIRE, TerritoireConnu, Territoires
from portal.vocabulaire_demandes import LIBELLES_TERRITOIRE, GenreTerritoire

CITES = 6
# Names are proposed while they are typed; without JavaScript the code or the whole name is typed.
PROPOSITIONS = {
    "list": "lieux-proposes",
    "autocomplete": "off",
    "hx-get": "/territoires",
    "hx-trigger": "input changed delay:300ms",
    "hx-include": "closest fieldset",
    "hx-target": "#lieux-proposes",
    "hx-select": "#lieux-proposes",
    "hx-swap": "outerHTML",
}


class TerritoireDuProjet(NamedTuple):
    """A territory as it is frozen at filing. `part`: share of the public that lives there, in percent."""

    genre: GenreTerritoire
    code: str
    nom: str
    generation: str
    part: Decimal | None


class TerritoireLigne(Ligne):
    """One territory. `retenu`: what the reference table says of it, None when that kind is not loaded."""

    genre = Liste("Genre de territoire", LIBELLES_TERRITOIRE.items())
    lieu = Texte("Code ou nom", maximum=200, render_kw=PROPOSITIONS)
    part = Pourcentage("Part du public qui y vit", requis=False, description="Pour un quartier prioritaire.")

    connus: Territoires = SANS_TERRITOIRE
    retenu: TerritoireConnu | None = None

    def verifier(self) -> None:
        """One territory answers, or none of that kind is known here."""
        genre, texte = self.genre.valeur, self.lieu.valeur
        if self.genre.errors or not genre or not texte:
            return
        candidats = self.connus.candidats(genre, texte)
        if len({candidat.code for candidat in candidats}) == 1:
            self.retenu = candidats[0]
        elif candidats:
            self.lieu.refuser(_plusieurs(texte, candidats))
        elif genre in self.connus.charges:
            self.lieu.refuser(
                f"«\u00a0{texte}\u00a0» n’est pas dans la liste officielle ({LIBELLES_TERRITOIRE[GenreTerritoire(genre)]}). "
                "Vérifiez le genre et l’orthographe, ou écrivez le code."
            )

    @property
    def fige(self) -> TerritoireDuProjet | None:
        """What filing keeps; what could not be checked is kept as typed. None while it cannot be read."""
        genre, texte = self.genre.valeur, self.lieu.valeur
        if not genre or genre not in set(GenreTerritoire) or not texte or self.lieu.errors:
            return None
        if self.retenu:
            return TerritoireDuProjet(*_identite(self.retenu), self.part.valeur)
        return TerritoireDuProjet(GenreTerritoire(genre), texte[:20], texte, "", self.part.valeur)

    def lisible(self) -> str:
        """« Villeurbanne, Commune, 69266, 40 % du public »."""
        non_verifie = f"{self.lieu.lisible()}, {self.genre.lisible()} (non vérifié)"
        part = f"{self.part.lisible()} du public" if self.part.lisible() else ""
        return ", ".join(texte for texte in (self.retenu.libelle if self.retenu else non_verifie, part) if texte)


class LignesTerritoires(Lignes):
    """Territories of a project: each once, and the shares of its public no more than the whole."""

    lien = ("/territoires", "Chercher le code d’un territoire")

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, TerritoireLigne, singulier="Territoire", **options)

    def situer(self, connus: Territoires) -> None:
        """Give each line what the reference table says."""
        for entree in self.entries:
            entree.form.connus = connus

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Read the lines, then what takes several of them."""
        super().validate(form, extra_validators)
        vus = set()
        for ligne in self.lignes:
            fige = ligne.fige
            cle = (fige.genre, mots_de_recherche(fige.code)) if fige else None
            if cle and cle in vus:
                ligne.lieu.refuser("Ce territoire est déjà dans la liste. Retirez une des deux lignes.")
            vus.add(cle)
        if sum(ligne.part.valeur or 0 for ligne in self.lignes if not ligne.part.errors) > 100:
            self.refuser("Les parts du public dépassent 100\u00a0% à elles toutes. Corrigez-les.")
        return not self.errors

    @property
    def figes(self) -> tuple[TerritoireDuProjet, ...]:
        """What filing keeps, in order."""
        return tuple(fige for ligne in self.lignes if (fige := ligne.fige))


def _identite(connu: TerritoireConnu) -> tuple[GenreTerritoire, str, str, str]:
    return connu.genre, connu.code, connu.nom, connu.generation


def _plusieurs(texte: str, candidats: tuple[TerritoireConnu, ...]) -> str:
    cites = [f"{un.code} ({un.nom}{', ' + un.departement if un.departement else ''})" for un in candidats[:CITES]]
    suite = " et d’autres" if len(candidats) > CITES else ""
    return (
        f"Plusieurs territoires s’appellent «\u00a0{texte}\u00a0»\u00a0: écrivez le code de celui qui convient, "
        f"parmi {', '.join(cites)}{suite}."
    )
