"""What a section said in a version: what a page was opened with, and who has changed what since."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.forms.fusion import INCONNUE, Verrou
from portal.models.demandes import ModificationSection, SectionSaisie


@dataclass(frozen=True, slots=True)
class Auteur:
    """Who changed an input last, and when (aware, UTC)."""

    user_id: int
    nom: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Depart:
    """What a page shows before what was typed in it: the texts, and the inputs of which nobody knows it any more.

    `versions`: of each input, the version that the page shows; `perime`: a later sending of the same page was kept already.
    """

    base: dict[str, str]
    inconnus: frozenset[str]
    versions: dict[str, int] = field(default_factory=dict)
    auteurs: dict[str, Auteur] = field(default_factory=dict)
    perime: bool = False


def depart(session: Session, saisie: SectionSaisie, verrou: Verrou, noms: Sequence[str]) -> Depart:
    """What the page of that lock shows of these inputs, its own earlier sendings included."""
    modifications = session.scalars(
        select(ModificationSection)
        .where(
            ModificationSection.section_id == saisie.id,
            ModificationSection.version > max(verrou.plus_ancienne, INCONNUE),
        )
        .options(joinedload(ModificationSection.by))
        .order_by(ModificationSection.version.desc())
    ).all()
    base, versions = {}, {}
    gardees = _versions_gardees(saisie.version, [une.version for une in modifications])
    for nom in noms:
        versions[nom] = _version_vue(nom, verrou, modifications)
        if versions[nom] in gardees:
            base[nom] = _texte_a(nom, versions[nom], saisie, modifications)
    return Depart(
        base,
        frozenset(nom for nom in noms if nom not in base),
        versions,
        _auteurs(modifications),
        any(une.page == verrou.page and une.envoi > verrou.envoi for une in modifications if une.page),
    )


def _versions_gardees(courante: int, versions: Sequence[int]) -> frozenset[int]:
    """The versions that can be found again: the present one, and those before as long as no change is missing."""
    gardees = {courante}
    for version in versions:
        if version != min(gardees):
            break
        gardees.add(version - 1)
    return frozenset(gardees)


def _version_vue(nom: str, verrou: Verrou, modifications: Sequence[ModificationSection]) -> int:
    """That of the lock, or of the last text that this very page has sent."""
    siennes = (une.version for une in modifications if une.page and une.page == verrou.page and nom in une.anciennes)
    return max([verrou.de(nom), *siennes])


def _texte_a(nom: str, version: int, saisie: SectionSaisie, modifications: Sequence[ModificationSection]) -> str:
    texte = str(saisie.valeurs.get(nom, ""))
    for une in modifications:
        if une.version > version:
            texte = str(une.anciennes.get(nom, texte))
    return texte


def _auteurs(modifications: Sequence[ModificationSection]) -> dict[str, Auteur]:
    auteurs: dict[str, Auteur] = {}
    for une in modifications:
        for nom in une.anciennes:
            auteurs.setdefault(nom, Auteur(une.by_id, une.by.nom_affiche, une.at))
    return auteurs
