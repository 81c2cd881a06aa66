"""When an association may tell the public that it has subscribed the CER."""

from portal.models.engagements import Engagement
from portal.permissions import OUI, Verdict
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_cer import EtatCer


def can_display(engagement: Engagement, etat: EtatCer) -> Verdict:
    """A poster says to all that the association is bound: the signature must be proved, and count. `etat`: of the association."""
    if engagement.mandat.etat != EtatMandat.PROUVE:
        return Verdict(
            ok=False,
            raison="L’affiche sera proposée dès qu’un service aura vérifié le lien de la personne qui a signé.",
        )
    if etat != EtatCer.SIGNE:
        return Verdict(ok=False, raison="L’affiche sera proposée dès que la seconde personne aura signé.")
    return OUI
