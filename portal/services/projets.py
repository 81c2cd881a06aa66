"""Adds projects to a draft, takes them out and puts them back: what was typed in them stays, and no number serves twice."""

from typing import cast

from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, NotFound
from portal.formats import maintenant
from portal.models.demandes import Demande, SectionSaisie
from portal.permissions import Acteur, can_edit
from portal.queries.lecture_demandes import lire
from portal.queries.taches_demandes import PROJETS_AU_PLUS, numero_suivant, peut_ajouter
from portal.services import journal
from portal.services.demandes import lock
from portal.vocabulaire_demandes import SECTIONS_PAR_PROJET, SectionDemande

# Addresses hold two digits.
DERNIER_NUMERO = 99


def add(session: Session, *, by: Acteur, demande: Demande, numero: int) -> int:
    """Add a project and give its number. `numero`: the one that the page offered; sent twice, it makes one project.

    Raises Forbidden, and Conflict when there is no room for one more.
    """
    _prendre(session, by, demande)
    if numero > 1 and any(une.rang == numero for une in demande.sections if une.section in SECTIONS_PAR_PROJET):
        return numero
    suivant = numero_suivant(demande)
    if not peut_ajouter(lire(demande)) or suivant > DERNIER_NUMERO:
        raise Conflict(
            f"Une demande compte {PROJETS_AU_PLUS} projets au plus. Aucun n’est ajouté, et tout le reste est conservé. "
            "Retirez un projet pour en ajouter un autre."
        )
    demande.sections.append(_page(by, demande, suivant))
    _noter(session, by, demande, "projet_ajoute", suivant)
    return suivant


def retire(session: Session, *, by: Acteur, demande: Demande, rang: int) -> None:
    """Take a project out of the request; its pages are kept as typed. Sent twice, it is done once.

    Raises Forbidden, NotFound, and Conflict for the only project.
    """
    _prendre(session, by, demande)
    if any(une.retiree_at is not None for une in _pages(demande, rang)):
        return
    lue = lire(demande)
    if rang not in {projet.rang for projet in lue.projets}:
        raise NotFound
    if len(lue.projets) == 1:
        raise Conflict(
            "Une demande pour un projet en garde au moins un. Rien n’est retiré. Ajoutez d’abord un autre projet, "
            "ou choisissez le fonctionnement global dans «\u00a0Votre demande\u00a0»."
        )
    if not any(une.section == SectionDemande.PROJET for une in _pages(demande, rang)):
        demande.sections.append(_page(by, demande, rang))
    for page in _pages(demande, rang):
        page.retiree_at = maintenant()
    _noter(session, by, demande, "projet_retire", rang)


def restore(session: Session, *, by: Acteur, demande: Demande, rang: int) -> None:
    """Put a project back as it was. Sent twice, it is done once.

    Raises Forbidden, NotFound when there was never such a project, and Conflict when there is no room for one more.
    """
    _prendre(session, by, demande)
    pages, projets = _pages(demande, rang), lire(demande).projets
    if rang in {projet.rang for projet in projets}:
        return
    if not pages:
        raise NotFound
    if len(projets) >= PROJETS_AU_PLUS:
        raise Conflict(
            f"Une demande compte {PROJETS_AU_PLUS} projets au plus. Celui-ci reste de côté, avec ce que vous y avez écrit."
        )
    for page in pages:
        page.retiree_at = None
    _noter(session, by, demande, "projet_remis", rang)


def _prendre(session: Session, by: Acteur, demande: Demande) -> None:
    lock(session, demande)
    verdict = can_edit(by, demande)
    if not verdict:
        raise Forbidden(verdict.raison)


def _pages(demande: Demande, rang: int) -> list[SectionSaisie]:
    return [une for une in demande.sections if une.section in SECTIONS_PAR_PROJET and une.rang == rang]


def _page(by: Acteur, demande: Demande, rang: int) -> SectionSaisie:
    """The page of a project that nobody has filled in yet."""
    auteur = cast("int", by.user_id)
    section = SectionDemande.PROJET
    return SectionSaisie(demande_id=demande.id, section=section, rang=rang, valeurs={}, version=0, updated_by_id=auteur)


def _noter(session: Session, by: Acteur, demande: Demande, action: str, rang: int) -> None:
    session.flush()
    journal.record(session, by=by, action=action, objet=f"demande:{demande.id}", valeurs={"projet": rang})
