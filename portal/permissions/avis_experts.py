"""Until when an expert answers, and changes what he has answered."""

from datetime import date

from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import OUI, Verdict
from portal.vocabulaire import ETATS_FINAUX


def can_answer(demande: DemandeAvis, objet: Dossier | Association, jour: date) -> Verdict:
    """A first answer, even late, until the dossier is decided; a change of it, until the deadline too. `jour`: of Paris."""
    if isinstance(objet, Dossier) and objet.etat in ETATS_FINAUX:
        return Verdict(
            ok=False, raison="La décision est prise sur ce dossier\u00a0: l’avis ne se donne ni ne se modifie plus."
        )
    if not demande.attendue and demande.echeance is not None and demande.echeance < jour:
        return Verdict(ok=False, raison="Le délai est passé\u00a0: l’avis que vous avez envoyé ne se modifie plus.")
    return OUI
