"""What of a dossier is open to whom was asked for an avis: the sections that the demandes d'avis name (model.md §3). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.vocabulaire import Source
from portal.vocabulaire_demandes import LIBELLES_SECTION, SectionDemande

BUDGETS = frozenset({SectionDemande.BUDGET_ASSOCIATION, SectionDemande.BUDGET_PROJET})
# What a dossier of DS has: its form is one whole, its files and its budget are read apart.
SECTIONS_DS = frozenset({SectionDemande.DEMANDE, SectionDemande.PIECES}) | BUDGETS
NOMS = LIBELLES_SECTION | {SectionDemande.DEMANDE: "Demande"}


class Ouverture(Protocol):
    """What is read of a demande d'avis: who is asked, whether it still opens anything, and what; all of it when empty."""

    @property
    def service_id(self) -> int | None: ...

    @property
    def expert_id(self) -> int | None: ...

    @property
    def ouverte(self) -> bool: ...

    @property
    def sections(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Lecture:
    """The sections that one viewer reads of a dossier; None: all of them."""

    sections: frozenset[SectionDemande] | None
    ds: bool = False

    @property
    def entiere(self) -> bool:
        """Nothing of the request is closed."""
        return self.sections is None

    def opens(self, *sections: SectionDemande) -> bool:
        """One of these may be read."""
        return self.sections is None or not self.sections.isdisjoint(sections)

    @property
    def reponses(self) -> bool:
        """Some answers other than the budgets may be read; a form of DS is one whole."""
        if self.ds:
            return self.opens(SectionDemande.DEMANDE)
        return self.opens(*(frozenset(SectionDemande) - BUDGETS - {SectionDemande.PIECES}))

    @property
    def budget(self) -> bool:
        """One of the budgets may be read."""
        return self.opens(*BUDGETS)

    @property
    def pieces(self) -> bool:
        """The files may be read."""
        return self.opens(SectionDemande.PIECES)

    @property
    def nommees(self) -> str:
        """The open sections, in the order of the form, as a page names them; "" when there is none, or all."""
        return ", ".join(NOMS[une] for une in SectionDemande if une in (self.sections or ()))


ENTIERE = Lecture(None)


def sections_readable(
    viewer: Acteur, dossier: Dossier, demandes: Iterable[Ouverture]
) -> frozenset[SectionDemande] | None:
    """The sections that the viewer may read: None is all of them, as the owner service does.

    `demandes`: those about that dossier. An answered one still opens what it opened, a closed one nothing. The caller has
    checked that the viewer may read the dossier at all.
    """
    if viewer.service_id is not None and viewer.service_id == dossier.service_id:
        return None
    siennes = [une for une in demandes if une.ouverte and _asks(une, viewer)]
    if any(not une.sections for une in siennes):
        return None
    return frozenset(SectionDemande(nom) for une in siennes for nom in une.sections)


def lecture(viewer: Acteur, dossier: Dossier, demandes: Iterable[Ouverture]) -> Lecture:
    """The same, to be asked section by section."""
    ds = dossier.source == Source.DS
    lues = sections_readable(viewer, dossier, demandes)
    return Lecture(lues & SECTIONS_DS if ds and lues is not None else lues, ds)


def _asks(demande: Ouverture, viewer: Acteur) -> bool:
    if viewer.expert_id is not None:
        return demande.expert_id == viewer.expert_id
    return viewer.service_id is not None and demande.service_id == viewer.service_id
