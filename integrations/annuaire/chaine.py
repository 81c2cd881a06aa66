"""Two registers asked in turn, the second for what the first does not hold or cannot say."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.annuaire.api import Annuaire, AnnuaireIndisponible, Fiche


@dataclass(frozen=True, slots=True)
class AnnuaireEnChaine:
    """An `Annuaire`. The first one holds every unit with a SIREN; the second also holds what has an RNA alone.

    « Unknown » is said only by a register that holds such numbers: when it is down, so is the answer.
    """

    premier: Annuaire
    second: Annuaire

    def par_siren(self, siren: str) -> Fiche | None:
        """See `Annuaire.par_siren`. The first register is enough; the second replaces it while it is down."""
        return self._avec_secours(lambda annuaire: annuaire.par_siren(siren))

    def par_siret(self, siret: str) -> Fiche | None:
        """See `Annuaire.par_siret`. Same rule."""
        return self._avec_secours(lambda annuaire: annuaire.par_siret(siret))

    def par_rna(self, rna: str) -> Fiche | None:
        """See `Annuaire.par_rna`. The first register only knows some of them: the second has the last word."""
        try:
            trouvee = self.premier.par_rna(rna)
        except AnnuaireIndisponible:
            trouvee = None
        return trouvee or self.second.par_rna(rna)

    def par_nom(self, nom: str, lieu: str, /) -> tuple[Fiche, ...]:
        """See `Annuaire.par_nom`. Only the first register can be searched."""
        return self.premier.par_nom(nom, lieu)

    def _avec_secours(self, question: Callable[[Annuaire], Fiche | None]) -> Fiche | None:
        try:
            return question(self.premier)
        except AnnuaireIndisponible as panne:
            secours = question(self.second)
            if secours is None:
                raise AnnuaireIndisponible(
                    "Le premier annuaire ne répond pas et le second ne connaît pas ce numéro."
                ) from panne
            return secours
