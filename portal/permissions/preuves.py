"""Whether the person who acts has proved her address lately: asked again for what commits an association."""

from datetime import timedelta

from portal.formats import maintenant
from portal.permissions import Acteur, Verdict

PREUVE_VALABLE = timedelta(hours=12)


def proved_recently(acteur: Acteur) -> Verdict:
    """The address was proved less than 12 hours ago, by a link or by a code. A session of thirty days alone proves nothing."""
    if acteur.prouvee_at is not None and acteur.prouvee_at > maintenant() - PREUVE_VALABLE:
        return Verdict(ok=True)
    return Verdict(ok=False, raison="Confirmez d’abord votre adresse électronique par un code.")
