"""What a pull needs of a dossier at once: its head, its files, and its champs, each read when it is asked for.

`parsing.lire` reads all of a dossier, French texts included: what people see. A pull keeps DS's JSON and looks at a few answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, overload

from integrations.demarches_simplifiees.champs import lire_champ, lire_fichiers
from integrations.demarches_simplifiees.noeuds import Noeud, booleen, entier, instant, objet, objets, texte
from integrations.demarches_simplifiees.parsing import (
    lire_demandeur,
    lire_fichier_seul,
    lire_groupe,
    lire_labels,
    lire_numero,
    lire_personnes,
)
from integrations.demarches_simplifiees.types import (
    Champ,
    Demandeur,
    DossierRecu,
    FichierDS,
    GroupeInstructeur,
    Label,
    Partie,
    Personne,
)

# Type, label, level of a heading.
Question = tuple[str, str, int | None]
FORMES = 200


@dataclass(frozen=True, eq=False, slots=True)
class Forme:
    """The questions of a form, whatever was answered. The same questions are the same object: it is a cheap key."""

    questions: tuple[Question, ...]


class Champs(Sequence[Champ]):
    """The champs of a part, in order."""

    __slots__ = ("noeuds", "partie")

    def __init__(self, noeuds: Sequence[Noeud], partie: Partie) -> None:
        self.noeuds, self.partie = noeuds, partie

    @property
    def forme(self) -> Forme:
        """What was asked."""
        brutes = tuple([(un.get("__typename"), un.get("label"), un.get("level")) for un in self.noeuds])
        try:
            return _forme(brutes)
        except TypeError:  # a value of another shape, that no key can hold
            return _forme(tuple([_question(un) for un in self.noeuds]))

    def __len__(self) -> int:
        return len(self.noeuds)

    @overload
    def __getitem__(self, place: int) -> Champ: ...
    @overload
    def __getitem__(self, place: slice) -> "Champs": ...
    def __getitem__(self, place: int | slice) -> "Champ | Champs":
        if isinstance(place, slice):
            return Champs(self.noeuds[place], self.partie)
        return lire_champ(self.noeuds[place], self.partie)


@dataclass(frozen=True, slots=True)
class Apercu:
    """A dossier as a pull looks at it; the fields are those of `DossierRecu`."""

    number: int
    id: str
    state: str
    revision_id: str
    date_depot: datetime | None
    date_passage_en_construction: datetime | None
    date_passage_en_instruction: datetime | None
    date_traitement: datetime | None
    date_derniere_modification: datetime | None
    date_derniere_correction_en_attente: datetime | None
    archived: bool
    demandeur: Demandeur
    groupe_instructeur: GroupeInstructeur
    instructeurs: tuple[Personne, ...]
    labels: tuple[Label, ...]
    champs: Champs
    annotations: Champs
    attestation: FichierDS | None
    fichiers: tuple[FichierDS, ...]


Apercevable = Apercu | DossierRecu


def apercevoir(raw: Noeud) -> Apercu:
    """The head of a dossier of DS's JSON. Raises ReponseInvalide when it bears no number, as `lire` does."""
    champs, annotations = (objets(raw, partie) for partie in (Partie.CHAMPS, Partie.ANNOTATIONS))
    attestation = lire_fichier_seul(raw, "attestation", Partie.ATTESTATION)
    return Apercu(
        number=lire_numero(raw),
        id=texte(raw, "id"),
        state=texte(raw, "state"),
        revision_id=texte(objet(objet(raw, "demarche"), "revision"), "id"),
        date_depot=instant(raw, "dateDepot"),
        date_passage_en_construction=instant(raw, "datePassageEnConstruction"),
        date_passage_en_instruction=instant(raw, "datePassageEnInstruction"),
        date_traitement=instant(raw, "dateTraitement"),
        date_derniere_modification=instant(raw, "dateDerniereModification"),
        date_derniere_correction_en_attente=instant(raw, "dateDerniereCorrectionEnAttente"),
        archived=bool(booleen(raw, "archived")),
        demandeur=lire_demandeur(objet(raw, "demandeur")),
        groupe_instructeur=lire_groupe(objet(raw, "groupeInstructeur")),
        instructeurs=lire_personnes(raw, "instructeurs"),
        labels=lire_labels(raw),
        champs=Champs(champs, Partie.CHAMPS),
        annotations=Champs(annotations, Partie.ANNOTATIONS),
        attestation=attestation,
        fichiers=(
            *_des_champs(champs, Partie.CHAMPS),
            *_des_champs(annotations, Partie.ANNOTATIONS),
            *_autour(raw),
            *([attestation] if attestation else []),
        ),
    )


def forme(champs: Sequence[Champ]) -> Forme:
    """The form that these champs answer."""
    return (
        champs.forme if isinstance(champs, Champs) else _forme(tuple([(un.type, un.label, un.niveau) for un in champs]))
    )


@lru_cache(maxsize=FORMES)
def _forme(brutes: tuple[tuple[Any, Any, Any], ...]) -> Forme:
    """The dossiers of a démarche have few forms: each is read once."""
    cles = ("__typename", "label", "level")
    return Forme(tuple([_question(dict(zip(cles, un, strict=True))) for un in brutes]))


def _question(noeud: Noeud) -> Question:
    return (
        texte(noeud, "__typename"),
        texte(noeud, "label"),
        entier(noeud, "level") if noeud.get("level") is not None else None,
    )


def _autour(raw: Noeud) -> Iterator[FichierDS]:
    """The files of what is said around the form, and of the motivation."""
    for partie in (Partie.AVIS, Partie.MESSAGES):
        for noeud in objets(raw, partie):
            yield from lire_fichiers(noeud, "attachments", partie)
    motivation = lire_fichier_seul(raw, "motivationAttachment", Partie.MOTIVATION)
    if motivation:
        yield motivation


def _des_champs(noeuds: Sequence[Noeud], partie: Partie) -> Iterator[FichierDS]:
    for noeud in noeuds:
        if noeud.get("files"):
            yield from lire_fichiers(noeud, "files", partie)
        if noeud.get("rows"):
            for ligne in objets(noeud, "rows"):
                yield from _des_champs(objets(ligne, "champs"), partie)
