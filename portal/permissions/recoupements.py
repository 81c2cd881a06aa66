"""Who judges what cross-checks find, and who reads it."""

from collections.abc import Mapping

from portal.models.dossiers import Dossier
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.permissions.lectures import Lecture
from portal.vocabulaire_demandes import SectionDemande
from portal.vocabulaire_recoupements import GenreRecoupement, RaisonAction

# What the croisement tells of an association's dossiers, to every service that may read this one. The rest is read in its
# declarations, its accounts and its dates, by its owner alone.
DU_CROISEMENT = frozenset({GenreRecoupement.MEME_ACTION})
# The section of the request that a reason is drawn from; the croisement tells the others (title, exercice).
SECTION_DE: Mapping[RaisonAction, SectionDemande] = {
    RaisonAction.PERIODE: SectionDemande.PROJET,
    RaisonAction.AUTRE_PERIODE: SectionDemande.PROJET,
    RaisonAction.TERRITOIRE: SectionDemande.PROJET,
    RaisonAction.AUTRE_TERRITOIRE: SectionDemande.PROJET,
    RaisonAction.MONTANT: SectionDemande.BUDGET_PROJET,
    RaisonAction.COUT: SectionDemande.BUDGET_PROJET,
}


def can_judge(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Those who instruct it, at any time: a duplicate is often seen once it is paid."""
    if acteur.service_id != dossier.service_id:
        return Verdict(ok=False, raison="Seul le service qui instruit ce dossier juge ses recoupements.")
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(ok=False, raison="Votre rôle dans le service permet de lire les dossiers, pas de les instruire.")
    return OUI


def genres_readable(acteur: Acteur, dossier: Dossier) -> frozenset[GenreRecoupement]:
    """The kinds of findings that this agent may read of a dossier that it may read."""
    return frozenset(GenreRecoupement) if acteur.service_id == dossier.service_id else DU_CROISEMENT


def can_read_reason(lecture: Lecture, raison: RaisonAction) -> bool:
    """A reason drawn from a section that is closed to the viewer is not told to it.

    A dossier of DS has no projects: its dates and its amount are those of the croisement, its cost is in its budget.
    """
    if lecture.entiere:
        return True
    if lecture.ds:
        return lecture.budget or raison != RaisonAction.COUT
    return raison not in SECTION_DE or lecture.opens(SECTION_DE[raison])


def can_read_motif(acteur: Acteur, dossier: Dossier) -> bool:
    """What a person wrote when it set a finding aside is between the agents of its service."""
    return acteur.service_id is not None and acteur.service_id == dossier.service_id
