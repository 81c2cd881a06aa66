"""What an agent may change of a dossier in a working sheet, and why not: the same rules as on its pages. Pure."""

from collections.abc import Collection

from portal.models.decisions import Proposition
from portal.models.dossiers import Dossier
from portal.models.feuilles_travail import FeuilleTravail
from portal.permissions import OUI, Acteur, Verdict, can_instruct
from portal.permissions.actes_lots import can_take_in_charge
from portal.permissions.attributions import can_assign, can_label
from portal.permissions.avis import Demandee, can_give_avis
from portal.permissions.decisions import out_of_etat
from portal.vocabulaire import ETATS_FINAUX, SensDecision
from portal.vocabulaire_imports import CHAMPS_AVIS, ChampFeuille
from portal.vocabulaire_instruction import NatureOctroi

PAS_ICI = "\u00a0: changez-la sur la page du dossier."
PROPOSITION_NEGATIVE = f"La proposition enregistrée n’accorde rien{PAS_ICI}"
PROPOSITION_EN_LIGNES = f"La proposition enregistrée a plusieurs lignes, ou porte sur un don en nature{PAS_ICI}"
AUTRE_SERVICE = (
    "Cette feuille de travail a été préparée pour un autre service que celui pour lequel vous agissez\u00a0: rien n’est changé. "
    "Changez de service si elle est bien la vôtre, ou demandez une autre feuille."
)


def can_return(acteur: Acteur, feuille: FeuilleTravail) -> Verdict:
    """Whoever it was made for, acting for the same service: it holds her own note, and is applied in her name."""
    if feuille.service_id != acteur.service_id:
        return Verdict(ok=False, raison=AUTRE_SERVICE)
    if feuille.user_id != acteur.user_id:
        return Verdict(
            ok=False,
            raison=f"Cette feuille de travail a été préparée pour {feuille.user.nom_affiche}, qui seule peut la rendre\u00a0: "
            "rien n’est changé. Demandez la vôtre depuis la liste des dossiers.",
        )
    return OUI


def closed(
    acteur: Acteur, dossier: Dossier, demandes: Collection[Demandee], proposition: Proposition | None
) -> dict[ChampFeuille, str]:
    """The fields that this agent may not change on that dossier, each with the reason. `demandes`: of avis, not closed."""
    verdicts = {
        ChampFeuille.ETAT: can_take_in_charge(acteur, dossier, attend_ds=False),
        ChampFeuille.INSTRUCTEUR: can_assign(acteur, dossier),
        ChampFeuille.MONTANT_PROPOSE: _can_propose(acteur, dossier, proposition),
        ChampFeuille.ETIQUETTES: can_label(acteur, acteur.service_id or 0),
    }
    avis = can_give_avis(acteur, dossier, demandes)
    if avis and dossier.etat in ETATS_FINAUX:
        avis = out_of_etat(dossier)
    verdicts |= dict.fromkeys(CHAMPS_AVIS, avis)
    return {champ: verdict.raison for champ, verdict in verdicts.items() if not verdict}


def _can_propose(acteur: Acteur, dossier: Dossier, proposition: Proposition | None) -> Verdict:
    """An amount alone is proposed from a sheet: what is more than an amount is changed where all of it is seen."""
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if dossier.etat in ETATS_FINAUX:
        return out_of_etat(dossier)
    if proposition is None:
        return OUI
    if proposition.sens != SensDecision.ACCEPTE:
        return Verdict(ok=False, raison=PROPOSITION_NEGATIVE)
    simple = len(proposition.lignes) == 1 and proposition.lignes[0]["nature"] == NatureOctroi.NUMERAIRE
    return OUI if simple else Verdict(ok=False, raison=PROPOSITION_EN_LIGNES)
