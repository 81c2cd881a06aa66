"""Which avis are stale, at the right grain: what each has read of the dossier, and what of it has changed since. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.models.avis import Avis
from portal.models.dossiers import Dossier
from portal.permissions.lectures import NOMS, Lecture
from portal.vocabulaire import Source
from portal.vocabulaire_demandes import Place, SectionDemande

# An avis that has read nothing of the dossier (one on the association, taken up again) is not made stale by a correction.
RIEN_LU = {"rien": ""}
PIECES = Place(SectionDemande.PIECES)
REPONSES_DS = Place(SectionDemande.DEMANDE)


@dataclass(frozen=True, slots=True)
class Peremption:
    """What an avis has read and that has changed since; no place when which ones is not known."""

    places: tuple[Place, ...] = ()

    @property
    def phrase(self) -> str:
        """What has changed, in words."""
        if not self.places:
            return "donné avant la dernière modification de la demande"
        noms = ", ".join(f"«\u00a0{_nom(place)}\u00a0»" for place in self.places)
        return f"donné avant la correction de {noms}"

    def concerns(self, section: SectionDemande) -> bool:
        """Whether a change of that section is one of them."""
        return not self.places or section in {place.section for place in self.places}


def read_by(dossier: Dossier, lecture: Lecture) -> dict[str, str]:
    """The hash of each page that such a reader has before its eyes, by slug, to be kept with its avis.

    DS gives one form: its version is what is read. Nothing for a dossier of which no hash is known.
    """
    if dossier.source == Source.DS:
        return {REPONSES_DS.slug: str(dossier.contenu_version)} if lecture.reponses else dict(RIEN_LU)
    if not dossier.contenu_empreintes:
        return {} if lecture.entiere else dict(RIEN_LU)
    lues = {slug: sha for slug, sha in dossier.contenu_empreintes.items() if _opened(slug, lecture)}
    return lues or dict(RIEN_LU)


def staleness(avis: Avis, dossier: Dossier) -> Peremption | None:
    """None when nothing that the avis has read has changed."""
    if avis.contenu_version >= dossier.contenu_version:
        return None
    if not avis.empreintes:
        return Peremption()
    if dossier.source == Source.DS:
        lu = avis.empreintes.get(REPONSES_DS.slug, str(dossier.contenu_version))
        return None if lu == str(dossier.contenu_version) else Peremption()
    changees = _changed(avis.empreintes, dossier.contenu_empreintes)
    return Peremption(changees) if changees else None


def _changed(lues: Mapping[str, str], presentes: Mapping[str, str]) -> tuple[Place, ...]:
    """Pages that read otherwise, that are gone, or that have come beside one of the same kind (a second project)."""
    sections = {place.section for place in map(Place.lire, lues) if place is not None}
    nouvelles = {slug for slug in presentes if slug not in lues and slug != PIECES.slug}
    places = [
        place
        for slug in {*lues, *nouvelles}
        if (place := Place.lire(slug)) is not None
        and place.section in sections
        and lues.get(slug) != presentes.get(slug)
    ]
    ordre = list(SectionDemande)
    return tuple(sorted(places, key=lambda place: (ordre.index(place.section), place.rang)))


def _opened(slug: str, lecture: Lecture) -> bool:
    place = Place.lire(slug)
    return place is not None and lecture.opens(place.section)


def _nom(place: Place) -> str:
    nom = NOMS[place.section]
    return nom if place.rang == 1 else f"{nom} {place.rang}"
