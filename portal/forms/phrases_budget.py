"""The sums of a budget and what is said of them."""

from decimal import Decimal

from portal.formats import ESPACE_INSECABLE, montant_fr

A_VERIFIER = "à vérifier"


def somme(montants: list[Decimal | None]) -> Decimal | None:
    """The sum, or None as soon as one amount is unknown."""
    connus = [montant for montant in montants if montant is not None]
    return sum(connus, Decimal(0)) if len(connus) == len(montants) else None


def total_fr(total: Decimal | None) -> str:
    """A total in words, for a person."""
    return A_VERIFIER if total is None else montant_fr(total)


def phrase_ecart(charges: Decimal | None, produits: Decimal | None) -> str:
    """By how much a table is out of balance; the same words as the live totals of the page."""
    if charges is None or produits is None:
        return f"Un montant n’est pas lisible{ESPACE_INSECABLE}: écrivez par exemple 1{ESPACE_INSECABLE}234,50."
    if charges == produits:
        return "Le budget est équilibré."
    ecart = montant_fr(abs(charges - produits))
    return (
        f"Il manque {ecart} de produits." if charges > produits else f"Les produits dépassent les charges de {ecart}."
    )


def phrase_part(montant: Decimal, total_produits: Decimal) -> str:
    """The sentence of the cerfa: the share of the grant in the produits."""
    part = f"{montant / total_produits * 100:.2f}".replace(".", ",")
    return (
        f"La subvention sollicitée de {montant_fr(montant)} représente {part}{ESPACE_INSECABLE}% du total des produits."
    )
