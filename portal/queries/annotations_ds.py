"""The annotations of a DS dossier, made ready to be written: by section, each with the type that DS declares for it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.forms.annotations_ds import FORMES, Annotation
from portal.models.correspondances import RevisionDS
from portal.queries.actes_ds import PageDS
from portal.queries.contenus_ds import Element, reponse

DE_LISTE = frozenset({"dropDownList", "multipleDropDownList"})
PAS_D_ICI = "Démarches Simplifiées ne laisse pas écrire cette annotation d’ici\u00a0: remplissez-la là-bas."
SANS_CHOIX = "Les choix possibles ne sont pas encore connus ici\u00a0: remplissez-la sur Démarches Simplifiées."
Descripteurs = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Figee:
    """An annotation that cannot be written from here, and why."""

    libelle: str
    valeur: str
    raison: str


@dataclass(frozen=True, slots=True)
class Section:
    """Annotations under one header of the form; the first ones may stand under none."""

    titre: str
    lignes: tuple[Annotation | Figee, ...]


@dataclass(frozen=True, slots=True)
class AnnotationsLues:
    """The annotations of a dossier. `repere` changes with what they hold."""

    sections: tuple[Section, ...]
    repere: str

    @property
    def a_ecrire(self) -> list[Annotation]:
        """Those that DS lets us write, in the order of the form."""
        return [une for section in self.sections for une in section.lignes if isinstance(une, Annotation)]


def get(session: Session, page: PageDS) -> AnnotationsLues:
    """The annotations as our mirror holds them, typed by the form that the dossier follows when we know it."""
    descripteurs = session.scalars(
        select(RevisionDS.descripteurs).where(
            RevisionDS.demarche_id == page.dossier.demarche_id, RevisionDS.ds_id == page.ds.revision_id
        )
    ).first()
    par_id = {un["id"]: un for un in descripteurs or ()}
    groupes: list[tuple[str, list[Annotation | Figee]]] = [("", [])]
    for element in page.annotations:
        if element.get("niveau") is not None:
            groupes.append((element["libelle"], []))
        else:
            groupes[-1][1].extend(_lignes(element, par_id))
    sections = tuple(Section(titre, tuple(lignes)) for titre, lignes in groupes if lignes)
    return AnnotationsLues(sections, _repere(page.annotations))


def _lignes(element: Element, descripteurs: Descripteurs, prefixe: str = "") -> Iterator[Annotation | Figee]:
    """One annotation, or those of the rows of a repetition: adding a row is not told apart by DS from adding two."""
    libelle = f"{prefixe}{element['libelle']}"
    rangees = element.get("lignes", ())
    for rang, ligne in enumerate(rangees, start=1):
        for un in ligne:
            yield from _lignes(un, descripteurs, f"{libelle}, ligne {rang}, ")
    if not rangees and element["type"] != "ExplicationChamp":
        yield _annotation(libelle, element, descripteurs)


def _annotation(libelle: str, element: Element, descripteurs: Descripteurs) -> Annotation | Figee:
    decrit = descripteurs.get(str(element.get("descripteur", element["id"])), {})
    options = tuple(decrit.get("options") or ())
    genre = _genre(decrit.get("type") or element["type"])
    lue = reponse(libelle, element)
    if genre not in FORMES:
        return Figee(libelle, lue.valeur, PAS_D_ICI)
    if genre in DE_LISTE and not options:
        return Figee(libelle, lue.valeur, SANS_CHOIX)
    indice = decrit.get("description") or ""
    return Annotation(element["id"], genre, libelle, indice, options, element.get("brut", ""), lue.texte)


def _genre(type_ds: str) -> str:
    """« YesNoChamp », or « YesNo » of a descriptor -> « yesNo », the key under which DS takes a value (ds/api §7)."""
    nom = type_ds.removesuffix("Champ")
    return nom[:1].lower() + nom[1:]


def _repere(annotations: list[Element]) -> str:
    return hashlib.sha256(json.dumps(annotations, sort_keys=True).encode()).hexdigest()[:16]
