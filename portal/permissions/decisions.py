"""Under which délégation a decision is taken, whether it may leave, and who proposes: pure, the rows being given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.formats import date_fr, montant_fr
from portal.models.decisions import Decision, Delegation
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.lettres import Lettre
from portal.models.services import ReglageService
from portal.permissions import OUI, Verdict
from portal.vocabulaire import LIBELLES_ETAT_AGENT, MOTIFS_SANS_VOIES_DE_RECOURS
from portal.vocabulaire_instruction import EtatLettre, ModeNotification

SANS_DELEGATION = (
    "Aucune délégation de signature à votre nom n’est en vigueur pour cette démarche\u00a0: un responsable du service peut "
    "l’ajouter dans les réglages du service. Rien n’a été enregistré."
)
HORS_DEMARCHE = "elle ne porte pas sur cette démarche"
SANS_REGLAGE = (
    "Votre service n’a pas encore dit comment ses décisions partent (sans signature, ou signées au parapheur)\u00a0: un "
    "responsable le choisit dans les réglages du service. Rien n’est parti."
)
A_REPRENDRE = (
    "Cette décision a été reprise, ou enregistrée avant que les délégations ne soient tenues\u00a0: enregistrez-la de nouveau "
    "avant de la notifier."
)
SANS_LETTRE_SIGNEE = (
    "Dans votre service, une décision part sur sa lettre signée\u00a0: celle-ci n’est pas revenue du parapheur. "
    "Rien n’est parti."
)
EN_PREPARATION = (
    "La lettre de cette décision est encore en préparation. Rien n’est parti\u00a0: notifiez dans un instant."
)


@dataclass(frozen=True)
class PasMaintenant(Verdict):
    """Refused by where the dossier stands, not by a right of the person."""


def out_of_etat(dossier: Dossier) -> Verdict:
    """The workflow table has no such passage from the present état."""
    return PasMaintenant(
        ok=False,
        raison=f"Ce dossier est à l’état « {LIBELLES_ETAT_AGENT[dossier.etat]} » : cette action n’est plus possible. "
        "Une autre personne l’a peut-être déjà faite.",
    )


def is_in_force(delegation: Delegation, *, jour: date) -> bool:
    """That day, in Paris: begun, and neither over nor withdrawn."""
    finie = delegation.retiree_at is not None or (delegation.fin is not None and delegation.fin < jour)
    return delegation.debut <= jour and not finie


def covers(delegation: Delegation, *, demarche_id: int, jour: date) -> bool:
    """In force that day, and for that démarche."""
    return is_in_force(delegation, jour=jour) and (not delegation.demarches or demarche_id in delegation.demarches)


def widest(delegations: Sequence[Delegation], *, demarche_id: int, jour: date) -> Delegation | None:
    """Of those that cover that démarche that day, the one with the highest ceiling; then the newest."""
    valables = [une for une in delegations if covers(une, demarche_id=demarche_id, jour=jour)]
    sans_plafond = [une for une in valables if une.plafond is None]
    return max(sans_plafond or valables, key=lambda une: (une.plafond or 0, une.id), default=None)


def without(delegations: Sequence[Delegation], *, demarche_id: int, jour: date) -> Verdict:
    """Why none of these lets decide that day on that démarche: of the newest one, which of its bounds is in the way."""
    derniere = max(delegations, key=lambda une: une.id, default=None)
    obstacle = _obstacle(derniere, demarche_id=demarche_id, jour=jour) if derniere else ""
    if derniere is None or not obstacle:
        return Verdict(ok=False, raison=SANS_DELEGATION)
    return Verdict(
        ok=False,
        raison=f"Votre délégation ({derniere.reference}) ne vaut pas ici\u00a0: {obstacle}. Un responsable du service peut en "
        "noter une autre dans les réglages du service. Rien n’a été enregistré.",
    )


def _obstacle(delegation: Delegation, *, demarche_id: int, jour: date) -> str:
    """The bound of a délégation that is in the way that day on that démarche, empty when none is."""
    if delegation.retiree_at is not None:
        return f"elle a été retirée le {date_fr(delegation.retiree_at)}"
    if delegation.fin is not None and delegation.fin < jour:
        return f"elle a pris fin le {date_fr(delegation.fin)}"
    if delegation.debut > jour:
        return f"elle ne commence que le {date_fr(delegation.debut)}"
    return "" if covers(delegation, demarche_id=demarche_id, jour=jour) else HORS_DEMARCHE


def may_grant(delegation: Delegation, total: Decimal) -> Verdict:
    """The ceiling bears on the whole act, in euros."""
    if delegation.plafond is None or total <= delegation.plafond:
        return OUI
    return Verdict(
        ok=False,
        raison=f"Le total de cette décision, {montant_fr(total)}, dépasse le plafond de votre délégation, "
        f"{montant_fr(delegation.plafond)}\u00a0: une personne dont la délégation va plus haut doit décider.",
    )


def still_holds(decision: Decision, delegation: Delegation | None, *, demarche_id: int, jour: date) -> Verdict:
    """The délégation under which a decision was taken must hold when the act leaves. `delegation`: the one it names."""
    if delegation is None:
        return PasMaintenant(ok=False, raison=A_REPRENDRE)
    obstacle = _obstacle(delegation, demarche_id=demarche_id, jour=jour)
    if not obstacle and not may_grant(delegation, total(decision)):
        obstacle = f"le total, {montant_fr(total(decision))}, dépasse son plafond, {montant_fr(delegation.plafond)}"
    if not obstacle:
        return OUI
    return Verdict(
        ok=False,
        raison=f"La délégation de {decision.auteur_nom} ({delegation.reference}) ne vaut plus ici\u00a0: {obstacle}. La décision "
        "doit être prise de nouveau, par une personne qui en a une. Rien n’est parti.",
    )


def total(decision: Decision) -> Decimal:
    """Euros of all its lines, in money or in kind: what a ceiling bears on."""
    lignes = sum((Decimal(ligne["montant"]) for ligne in decision.lignes), Decimal(0))
    return lignes or decision.montant_accorde or Decimal(0)


def way_out(decision: Decision, reglage: ReglageService | None, lettre: Lettre | None) -> Verdict:
    """By its service's rule, may this act leave (CRPA L212-1 and L212-2)? `lettre`: the one of this version of the decision.

    A closing without appeal (abandon, doublon, réorientation) has no letter to sign.
    """
    if reglage is None or reglage.mode_notification is None:
        return Verdict(ok=False, raison=SANS_REGLAGE)
    if reglage.mode_notification == ModeNotification.TELESERVICE or decision.motif in MOTIFS_SANS_VOIES_DE_RECOURS:
        return OUI
    if lettre is None or lettre.etat != EtatLettre.SIGNEE:
        return Verdict(ok=False, raison=SANS_LETTRE_SIGNEE)
    return OUI


def bytes_of(lettre: Lettre | None) -> Fichier | None:
    """What leaves with the act: the signed copy when there is one, else the letter as it was made; None while it is not."""
    if lettre is None:
        return None
    return lettre.signe_fichier or lettre.document.fichier
