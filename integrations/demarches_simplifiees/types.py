"""What is read from Démarches Simplifiées: frozen, in Python's types, named as DS names them.

Instants are aware and in UTC; identifiers and amounts stay text, as DS sent them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a DS connection. `curseur_fin` is None on an empty page: keep the cursor you have."""

    elements: tuple[T, ...]
    curseur_fin: str | None
    suite: bool


@dataclass(frozen=True, slots=True)
class EnTete:
    """The little that tells whether a dossier changed; DS does not date the changes of its labels (their ids here)."""

    number: int
    id: str
    state: str
    date_derniere_modification: datetime | None
    cursor: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DossierSupprime:
    """A deletion. Its `id` is never that of the dossier: match on `number`."""

    number: int
    id: str
    state: str
    reason: str
    date_supression: datetime | None


@dataclass(frozen=True, slots=True)
class Personne:
    """An instructeur, an expert or a usager: DS gives an opaque id and an e-mail address."""

    id: str
    email: str


@dataclass(frozen=True, slots=True)
class GroupeInstructeur:
    """A group of instructeurs. `instructeurs` is filled by `lire_demarche` only."""

    id: str
    number: int | None
    label: str
    closed: bool = False
    instructeurs: tuple[Personne, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A coloured word that instructeurs stick on dossiers; each démarche has its own."""

    id: str
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Descripteur:
    """A question of the form. `type` is DS's __typename, e.g. "DecimalNumberChampDescriptor".

    `descripteurs` are the questions of each row of a repetition; `autre` tells that the options leave room for another.
    """

    id: str
    type: str
    label: str
    description: str
    requis: bool
    niveau: int | None
    options: tuple[str, ...]
    autre: bool
    descripteurs: "tuple[Descripteur, ...]"


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a démarche's form; its questions are in the order of the form."""

    id: str
    date_creation: datetime | None
    date_publication: datetime | None
    champs: tuple[Descripteur, ...]
    annotations: tuple[Descripteur, ...]


@dataclass(frozen=True, slots=True)
class Demarche:
    """A démarche, its groups, its labels and the form in force. `declarative`: the state DS gives by itself, or ""."""

    number: int
    id: str
    title: str
    state: str
    declarative: str
    date_creation: datetime | None
    date_derniere_modification: datetime | None
    groupes: tuple[GroupeInstructeur, ...]
    labels: tuple[Label, ...]
    revision: Revision


class Partie(StrEnum):
    """The part of a dossier that bears a file."""

    CHAMPS = "champs"
    ANNOTATIONS = "annotations"
    AVIS = "avis"
    MESSAGES = "messages"
    MOTIVATION = "motivation"
    ATTESTATION = "attestation"


@dataclass(frozen=True, slots=True)
class FichierDS:
    """A file. `checksum` is the base64 of an MD5, `taille` is in bytes, `virus` is DS's own verdict.

    `porteur` is the id of the champ (each row of a repetition has its own), avis or message that bears it, "" for the
    other parts; `rang` counts from 0 within it. `url` opens the file to anybody and dies after an hour: only
    `lire_fichiers` gives one.
    """

    partie: Partie
    porteur: str
    rang: int
    libelle: str
    filename: str
    content_type: str
    checksum: str
    taille: int | None
    virus: str
    cree_at: datetime | None
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Champ:
    """An answer (champ) or an instructeur's note (annotation).

    `valeur` is what a French reader sees, "" when there is nothing. `brut` is what a program reads: "1234.50",
    "2026-01-31", "true", or DS's own text. `lignes` are the rows of a repetition; `niveau` that of a header.
    """

    id: str
    descriptor_id: str
    type: str
    label: str
    valeur: str
    brut: str
    vide: bool
    lignes: "tuple[tuple[Champ, ...], ...]" = ()
    fichiers: tuple[FichierDS, ...] = ()
    niveau: int | None = None


class Genre(StrEnum):
    """Who asks. DS degrades a company it could not look up to its bare SIRET (morale_incomplete)."""

    MORALE = "morale"
    MORALE_INCOMPLETE = "morale_incomplete"
    PHYSIQUE = "physique"
    INCONNU = "inconnu"


@dataclass(frozen=True, slots=True)
class Demandeur:
    """The applicant; every text is "" when DS does not say it."""

    genre: Genre
    siret: str = ""
    siren: str = ""
    rna: str = ""
    denomination: str = ""
    nom: str = ""
    prenom: str = ""
    adresse: str = ""
    commune: str = ""
    code_postal: str = ""
    forme_juridique_code: str = ""


@dataclass(frozen=True, slots=True)
class Avis:
    """An opinion asked through DS. DS dates an unanswered one too: trust `repondu`, never a date."""

    id: str
    question: str
    reponse: str
    question_label: str
    question_answer: bool | None
    repondu: bool
    date_question: datetime | None
    date_reponse: datetime | None
    claimant_email: str
    expert_email: str
    fichiers: tuple[FichierDS, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `body` may hold HTML and must be cleaned before it is shown."""

    id: str
    email: str
    body: str
    created_at: datetime | None
    discarded_at: datetime | None
    correction_reason: str
    correction_resolue: datetime | None
    fichiers: tuple[FichierDS, ...]


@dataclass(frozen=True, slots=True)
class Traitement:
    """A step of the dossier's life."""

    id: str
    event: str
    date_traitement: datetime | None
    email_agent_traitant: str
    motivation: str


@dataclass(frozen=True, slots=True)
class DossierRecu:
    """A dossier as DS tells it. `instructeurs` are those who follow it."""

    number: int
    id: str
    state: str
    demarche_number: int | None
    demarche_title: str
    revision_id: str
    date_depot: datetime | None
    date_passage_en_construction: datetime | None
    date_passage_en_instruction: datetime | None
    date_traitement: datetime | None
    date_derniere_modification: datetime | None
    date_derniere_modification_champs: datetime | None
    date_derniere_modification_annotations: datetime | None
    date_derniere_correction_en_attente: datetime | None
    date_suppression_par_usager: datetime | None
    date_expiration: datetime | None
    motivation: str
    archived: bool
    prefilled: bool
    connection_usager: str
    usager_email: str
    demandeur: Demandeur
    groupe_instructeur: GroupeInstructeur
    instructeurs: tuple[Personne, ...]
    labels: tuple[Label, ...]
    champs: tuple[Champ, ...]
    annotations: tuple[Champ, ...]
    avis: tuple[Avis, ...]
    messages: tuple[Message, ...]
    traitements: tuple[Traitement, ...]
    motivation_attachment: FichierDS | None
    attestation: FichierDS | None

    @property
    def fichiers(self) -> tuple[FichierDS, ...]:
        """All of its files, of every part, rows of repetitions included."""
        seuls = (self.motivation_attachment, self.attestation)
        return (
            *_fichiers_des_champs(self.champs),
            *_fichiers_des_champs(self.annotations),
            *chain.from_iterable(un.fichiers for un in self.avis),
            *chain.from_iterable(un.fichiers for un in self.messages),
            *(un for un in seuls if un is not None),
        )


def _fichiers_des_champs(champs: Iterable[Champ]) -> Iterator[FichierDS]:
    for champ in champs:
        yield from champ.fichiers
        for ligne in champ.lignes:
            yield from _fichiers_des_champs(ligne)
