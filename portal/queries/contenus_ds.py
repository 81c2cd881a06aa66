"""What a DS dossier says, as people read it: the form in titled groups, and what was said and done around it. Pure.

`elements_ds` makes these elements and names their keys; a key without a value is absent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal.formats import ESPACE_INSECABLE

Element = dict[str, Any]
SANS_TITRE = ""
SANS_REPONSE = {"ExplicationChamp": "explication du formulaire"}
EVENEMENTS = {
    "depose": "Dossier déposé",
    "depose_correction_usager": "Dossier corrigé par l’usager",
    "depose_correction_instructeur": "Dossier corrigé par un instructeur",
    "passe_en_instruction": "Passé en instruction",
    "accepte": "Accepté",
    "refuse": "Refusé",
    "classe_sans_suite": "Classé sans suite",
    "repasse_en_construction": "Repassé en construction",
    "repasse_en_instruction": "Repassé en instruction",
    "passe_en_instruction_automatiquement": "Passé en instruction automatiquement",
    "accepte_automatiquement": "Accepté automatiquement",
    "refuse_automatiquement": "Refusé automatiquement",
}
ROLES = {
    "usager": "l’usager",
    "instructeur": "un instructeur",
    "expert": "un expert",
    "systeme": "Démarches Simplifiées, envoi automatique",
}
MOTIFS_CORRECTION = {"incorrect": "dossier incorrect", "incomplete": "dossier incomplet", "outdated": "dossier périmé"}
Cle = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that an answer, an avis or a message bears. `cle` finds it among those that we follow (unique in FichierDS)."""

    nom: str
    cle: Cle


@dataclass(frozen=True, slots=True)
class Reponse:
    """A label and what was answered to it; the files are told apart."""

    libelle: str
    texte: str
    pieces: tuple[Piece, ...] = ()

    @property
    def valeur(self) -> str:
        """All of it as text, for a document."""
        return "\n".join((*([self.texte] if self.texte else ()), *(piece.nom for piece in self.pieces)))


@dataclass(frozen=True, slots=True)
class Rubrique:
    """The answers under one header of the form; the first ones may stand under none."""

    titre: str
    reponses: tuple[Reponse, ...]

    @property
    def lignes(self) -> tuple[tuple[str, str], ...]:
        """(label, value) of each answer."""
        return tuple((une.libelle, une.valeur) for une in self.reponses)


@dataclass(frozen=True, slots=True)
class Echange:
    """An avis asked through DS, as plain text. `at` is UTC, None when DS does not say."""

    auteur: str
    demandeur: str
    at: datetime | None
    libelle: str
    texte: str
    repondu: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of DS's thread. `correction` is why the dossier was sent back, "" otherwise; `resolue_at` when it came again."""

    auteur: str
    at: datetime | None
    texte: str
    supprime: bool
    correction: str
    resolue_at: datetime | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Traitement:
    """A step of the dossier's life at DS. `auteur` is "" when DS did it by itself."""

    at: datetime | None
    libelle: str
    auteur: str
    texte: str


@dataclass(frozen=True, slots=True)
class Etiquette:
    """A label of the démarche that the dossier bears; its colour is a word of DS's, never the only sign."""

    id: str
    nom: str


def par_partie(elements: Iterable[Element]) -> dict[str, list[Element]]:
    """The elements by part; a part that DS left empty is an empty list."""
    parties: dict[str, list[Element]] = defaultdict(list)
    for element in elements:
        parties[element["partie"]].append(element)
    return parties


def rubriques(elements: Iterable[Element]) -> tuple[Rubrique, ...]:
    """Group the elements of the form under its headers, in its order; nothing is left out."""
    groupes: list[tuple[str, list[Reponse]]] = [(SANS_TITRE, [])]
    for element in elements:
        if element.get("niveau") is not None:
            groupes.append((element["libelle"], []))
        else:
            groupes[-1][1].append(reponse(element["libelle"], element))
    return tuple(Rubrique(titre, tuple(lues)) for titre, lues in groupes if titre or lues)


def without_files(rubriques: Iterable[Rubrique]) -> tuple[Rubrique, ...]:
    """The same answers for whoever does not read the files."""
    return tuple(
        replace(une, reponses=tuple(replace(reponse, pieces=()) for reponse in une.reponses)) for une in rubriques
    )


def avis(elements: Iterable[Element]) -> tuple[Echange, ...]:
    """The avis of DS, in its order. One without an answer is waited for, whatever its date (ds/api §0.4)."""
    return tuple(
        Echange(
            auteur=un.get("auteur", ""),
            demandeur=un.get("demandeur", ""),
            at=_instant(un, "date"),
            libelle=un.get("libelle", ""),
            texte=un.get("valeur", ""),
            repondu=un.get("repondu", False),
            pieces=_pieces(un),
        )
        for un in elements
    )


def messages(elements: Iterable[Element]) -> tuple[Message, ...]:
    """The thread of DS, in its order."""
    return tuple(
        Message(
            auteur=_auteur(un),
            at=_instant(un, "date"),
            texte=un.get("valeur", ""),
            supprime=un.get("supprime", False),
            correction=_motif(un.get("correction", "")),
            resolue_at=_instant(un, "resolue"),
            pieces=_pieces(un),
        )
        for un in elements
    )


def traitements(elements: Iterable[Element]) -> tuple[Traitement, ...]:
    """What happened to the dossier at DS, newest first; an event that we do not know keeps DS's own word."""
    lus = [
        Traitement(
            at=_instant(un, "date"),
            libelle=EVENEMENTS.get(un.get("evenement", ""), un.get("evenement", "").replace("_", " ")),
            auteur=un.get("auteur", ""),
            texte=un.get("valeur", ""),
        )
        for un in elements
    ]
    return tuple(reversed(lus))


def etiquettes(elements: Iterable[Element]) -> tuple[Etiquette, ...]:
    """The labels that the dossier bears."""
    return tuple(Etiquette(un.get("id", ""), un["libelle"]) for un in elements)


def pieces(elements: Iterable[Element]) -> tuple[Piece, ...]:
    """Every file of these elements, whatever the row that bears it."""
    return tuple(piece for un in elements for piece in _pieces(un))


def differences(anciens: Iterable[Element], nouveaux: Iterable[Element]) -> list[tuple[str, str, str]]:
    """(label, former answer, new answer) of each question whose answer reads differently, in the order of the new form."""
    avant, apres = (
        {un["id"]: reponse(un["libelle"], un) for un in liste if un.get("niveau") is None and "id" in un}
        for liste in (anciens, nouveaux)
    )
    rien = Reponse("", "")
    return [
        (une.libelle, avant.get(cle, rien).valeur, apres.get(cle, rien).valeur)
        for cle, une in (avant | apres).items()
        if avant.get(cle, rien).valeur != apres.get(cle, rien).valeur
    ]


def reponse(libelle: str, element: Element) -> Reponse:
    """What an element says under that label; the rows of a repetition come one after the other."""
    lignes = [_ligne(rang, ligne) for rang, ligne in enumerate(element.get("lignes", ()), start=1)]
    texte = "\n".join(lignes) or element.get("valeur", "") or SANS_REPONSE.get(element.get("type", ""), "")
    return Reponse(libelle, texte, _pieces(element))


def _ligne(rang: int, ligne: Iterable[Element]) -> str:
    textes = "\n".join(f"{un['libelle']}{ESPACE_INSECABLE}: {_dans_une_ligne(un)}" for un in ligne)
    return f"{rang}.{ESPACE_INSECABLE}{textes}"


def _dans_une_ligne(element: Element) -> str:
    noms = ", ".join(piece.nom for piece in _pieces(element))
    return element.get("valeur", "") or noms or "non renseigné"


def _pieces(element: Element) -> tuple[Piece, ...]:
    return tuple(_fichiers(element))


def _fichiers(element: Mapping[str, Any]) -> Iterator[Piece]:
    partie, porteur = element["partie"], element.get("id", "")
    for fichier in element.get("fichiers", ()):
        nom = fichier["nom"]
        yield Piece(nom, (partie, porteur[:100], nom[:300], fichier.get("empreinte", "")[:40]))
    for ligne in element.get("lignes", ()):
        for un in ligne:
            yield from _fichiers(un)


def _auteur(message: Element) -> str:
    adresse = message.get("auteur", "")
    role = ROLES.get(message.get("role", ""), "")
    return f"{adresse} ({role})" if adresse and role else adresse or role or "auteur inconnu"


def _motif(raison: str) -> str:
    return MOTIFS_CORRECTION.get(raison, raison)


def _instant(element: Element, cle: str) -> datetime | None:
    texte = element.get(cle)
    return datetime.fromisoformat(texte) if texte else None
