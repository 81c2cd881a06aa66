"""The forms that DS published for a démarche, and what changed from one to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.correspondances import RevisionDS

Descripteurs = Sequence[Mapping[str, Any]]
TYPES_DE_TEXTE = frozenset({"Text", "Textarea"})


@dataclass(frozen=True, slots=True)
class Changement:
    """A question that changed: its label, its heading, and what it was before, in words ("" for a new or a vanished one)."""

    libelle: str
    section: str
    avant: str = ""


@dataclass(frozen=True, slots=True)
class Changements:
    """From one form to the next, in the order of the form."""

    nouveaux: tuple[Changement, ...] = ()
    deplaces: tuple[Changement, ...] = ()
    renommes: tuple[Changement, ...] = ()
    disparus: tuple[Changement, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nouveaux or self.deplaces or self.renommes or self.disparus)


def last_two(session: Session, demarche_id: int) -> tuple[RevisionDS | None, RevisionDS | None]:
    """The form in force and the one before; None for what was never read."""
    lues = session.scalars(
        select(RevisionDS)
        .where(RevisionDS.demarche_id == demarche_id)
        .order_by(RevisionDS.lue_at.desc(), RevisionDS.id.desc())
        .limit(2)
    ).all()
    derniere, precedente = (*lues, None, None)[:2]
    return derniere, precedente


def text_annotations(session: Session, demarche_id: int) -> list[Mapping[str, Any]]:
    """The annotations of text of the form in force, outside of repetitions, in its order: see RevisionDS.descripteurs."""
    derniere, _ = last_two(session, demarche_id)
    return [
        un
        for un in (derniere.descripteurs if derniere else ())
        if un["partie"] == "annotations" and un["type"] in TYPES_DE_TEXTE and not un["parent"]
    ]


def compare(avant: Descripteurs, apres: Descripteurs) -> Changements:
    """What changed between two forms. A question that only slid, because others came before it, has not moved."""
    anciens, nouveaux = ({un["id"]: un for un in forme} for forme in (avant, apres))
    couples = [(anciens[cle], un) for cle, un in nouveaux.items() if cle in anciens]
    en_place = _en_place(anciens, nouveaux)
    return Changements(
        nouveaux=tuple(_changement(un) for cle, un in nouveaux.items() if cle not in anciens),
        deplaces=tuple(
            _changement(un, f"sous «\u00a0{vieux['section'] or 'le début'}\u00a0»")
            for vieux, un in couples
            if un["id"] not in en_place
        ),
        renommes=tuple(
            _changement(un, f"«\u00a0{vieux['libelle']}\u00a0»")
            for vieux, un in couples
            if (un["libelle"], un["type"]) != (vieux["libelle"], vieux["type"])
        ),
        disparus=tuple(_changement(un) for cle, un in anciens.items() if cle not in nouveaux),
    )


def _en_place(anciens: Mapping[str, Any], nouveaux: Mapping[str, Any]) -> set[str]:
    """The questions that stand under the same heading, in the same order between them."""
    sous_leur_titre = {
        cle for cle, un in nouveaux.items() if cle in anciens and anciens[cle]["section"] == un["section"]
    }
    ordre_ancien, ordre = ([cle for cle in forme if cle in sous_leur_titre] for forme in (anciens, nouveaux))
    blocs = SequenceMatcher(None, ordre_ancien, ordre, autojunk=False).get_matching_blocks()
    return {cle for bloc in blocs for cle in ordre[bloc.b : bloc.b + bloc.size]}


def _changement(descripteur: Mapping[str, Any], avant: str = "") -> Changement:
    return Changement(descripteur["libelle"], descripteur["section"], avant)
