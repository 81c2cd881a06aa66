"""What is read from Démarches Simplifiées: frozen, in Python's types, named as DS names them.

Instants are aware and in UTC; identifiers and amounts stay text, as DS sent them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
    """The little that tells whether a dossier changed."""

    number: int
    id: str
    state: str
    date_derniere_modification: datetime | None
    cursor: str


@dataclass(frozen=True, slots=True)
class DossierSupprime:
    """A deletion. Its `id` is never that of the dossier: match on `number`."""

    number: int
    id: str
    state: str
    reason: str
    date_supression: datetime | None


@dataclass(frozen=True, slots=True)
class Mutation:
    """What DS says of an applied mutation: the dossier's new state, or the id of the message."""

    nom: str
    state: str | None = None
    date_derniere_modification: datetime | None = None
    message_id: str | None = None


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
class Descripteur:
    """A question of the form. `type` is DS's __typename, e.g. "DecimalNumberChampDescriptor"."""

    id: str
    type: str
    label: str
    description: str
    requis: bool
    niveau: int | None
    options: tuple[str, ...]
    descripteurs: "tuple[Descripteur, ...]"


@dataclass(frozen=True, slots=True)
class Revision:
    """A published version of a démarche's form."""

    id: str
    date_publication: datetime | None
    champs: tuple[Descripteur, ...]
    annotations: tuple[Descripteur, ...]


@dataclass(frozen=True, slots=True)
class Demarche:
    """A démarche, its groups and the form in force."""

    number: int
    id: str
    title: str
    state: str
    date_creation: datetime | None
    groupes: tuple[GroupeInstructeur, ...]
    revision: Revision


@dataclass(frozen=True, slots=True)
class FichierDS:
    """A file. `url` dies after an hour; `checksum` is the base64 of an MD5; `taille` is in bytes."""

    filename: str
    content_type: str
    checksum: str
    taille: int | None
    url: str


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
    """A dossier as DS tells it."""

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
    date_derniere_correction_en_attente: datetime | None
    date_suppression_par_usager: datetime | None
    motivation: str
    archived: bool
    usager_email: str
    demandeur: Demandeur
    groupe_instructeur: GroupeInstructeur
    instructeurs: tuple[Personne, ...]
    labels: tuple[str, ...]
    champs: tuple[Champ, ...]
    annotations: tuple[Champ, ...]
    avis: tuple[Avis, ...]
    messages: tuple[Message, ...]
    traitements: tuple[Traitement, ...]
