"""What may be signed, and who settles how many must sign."""

from portal.models.engagements import TexteCer
from portal.permissions import OUI, Acteur, Verdict
from portal.vocabulaire import RoleMandat

A_COMPARER = (
    "Ce texte n’a pas encore été comparé à Légifrance\u00a0: il ne peut pas être signé pour le moment. "
    "Le service qui tient ce portail doit d’abord le vérifier."
)


def can_be_signed(texte: TexteCer, *, demo: bool) -> Verdict:
    """A text that nobody has compared with the official one is signed in the demonstration only."""
    return OUI if demo or texte.verifie_at is not None else Verdict(ok=False, raison=A_COMPARER)


def can_ask_two_signatures(acteur: Acteur, association_id: int) -> Verdict:
    """A signataire whose mandat is proved: a declared one would change what others have signed."""
    mandat = acteur.mandat(association_id)
    if mandat and mandat.role == RoleMandat.SIGNATAIRE and mandat.prouve:
        return OUI
    return Verdict(
        ok=False,
        raison="Seule une personne qui représente l’association, et dont le lien est vérifié, peut régler "
        "le nombre de signatures.",
    )
