"""What a proposition and a decision say, and which answers go together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from portal.errors import Invalid
from portal.models.decisions import Decision, Proposition
from portal.models.dossiers import Dossier
from portal.vocabulaire import MotifDecision, SensDecision
from portal.vocabulaire_instruction import NatureOctroi

LIGNES_MAXIMALES = 30


@dataclass(frozen=True, kw_only=True)
class LigneOctroi:
    """One line of what is granted: `montant` in euros (the worth of what is given in kind).

    `conditionnelle`: paid only once the conditions are met.
    """

    exercice: int | None
    programme: str = ""
    nature: NatureOctroi = NatureOctroi.NUMERAIRE
    montant: Decimal
    conditionnelle: bool = False

    def ecrite(self) -> dict[str, Any]:
        """As `Decision.lignes` keeps it."""
        return {**vars(self), "montant": str(self.montant), "nature": self.nature.value}

    @classmethod
    def lue(cls, ligne: dict[str, Any]) -> Self:
        """From what `Decision.lignes` keeps."""
        return cls(**{**ligne, "montant": Decimal(ligne["montant"]), "nature": NatureOctroi(ligne["nature"])})


@dataclass(frozen=True, kw_only=True)
class Teneur:
    """What a decision says. `montant_accorde`, in euros, is short for one line in money on the dossier's own exercice."""

    sens: SensDecision
    motif: MotifDecision | None = None
    motivation: str = ""
    montant_accorde: Decimal | None = None
    lignes: Sequence[LigneOctroi] = ()
    conditions: str = ""

    @classmethod
    def de(cls, source: Proposition | Decision) -> Self:
        """What was proposed, or decided, to be decided as it is."""
        return cls(
            sens=source.sens,
            motif=source.motif,
            motivation=source.motivation,
            lignes=tuple(LigneOctroi.lue(ligne) for ligne in source.lignes),
            conditions=source.conditions,
        )

    @classmethod
    def saisie(cls, *, lignes: Iterable[dict[str, Any]], **valeurs: Any) -> Self:
        """From the values of a validated form."""
        return cls(lignes=tuple(LigneOctroi(**ligne) for ligne in lignes), **valeurs)

    def pour(self, dossier: Dossier) -> Self:
        """The same in lines."""
        if self.lignes or not self.montant_accorde:
            return self
        programme = dossier.demarche.programme
        ligne = LigneOctroi(exercice=dossier.exercice, programme=programme, montant=self.montant_accorde)
        return replace(self, lignes=(ligne,))

    @property
    def total(self) -> Decimal:
        """Euros, in money and in kind: what the ceiling of a délégation bears on."""
        return sum((ligne.montant for ligne in self.lignes), Decimal(0))

    @property
    def en_argent(self) -> Decimal | None:
        """Euros to be paid, None when nothing is."""
        return sum((un.montant for un in self.lignes if un.nature == NatureOctroi.NUMERAIRE), Decimal(0)) or None

    def verifier(self) -> None:
        """Raise Invalid: an accord has an amount and no reason; a refusal a reason and its motivation; a closing a reason.

        The motivation of a refusal is the law's (CRPA L211-2), the coded reason of every negative or closing act is ours.
        """
        accord = self.sens == SensDecision.ACCEPTE
        if accord and not (self.lignes and all(ligne.montant > 0 for ligne in self.lignes)):
            raise Invalid("lignes", "Donnez le montant accordé, supérieur à zéro.")
        if not accord and (self.lignes or self.montant_accorde):
            raise Invalid("lignes", "Un montant n’accompagne qu’un accord\u00a0: effacez-le, ou accordez.")
        if len(self.lignes) > LIGNES_MAXIMALES:
            raise Invalid(
                "lignes", f"Une décision tient en {LIGNES_MAXIMALES}\u00a0lignes au plus\u00a0: regroupez-les."
            )
        if accord and self.motif:
            raise Invalid("motif", "Un motif n’accompagne qu’un refus ou un classement : retirez-le.")
        if not accord and self.motif is None:
            raise Invalid("motif", "Choisissez le motif de cette décision.")
        if self.sens == SensDecision.REFUSE and not self.motivation.strip():
            raise Invalid(
                "motivation", "Expliquez le refus : l’association doit pouvoir le comprendre et le contester."
            )

    def colonnes(self) -> dict[str, Any]:
        """What a proposition and a decision both keep of it."""
        return {
            "sens": self.sens,
            "motif": self.motif,
            "motivation": self.motivation,
            "lignes": [ligne.ecrite() for ligne in self.lignes],
            "conditions": self.conditions,
        }
