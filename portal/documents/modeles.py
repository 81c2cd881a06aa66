"""What each document holds, frozen. Amounts are Decimal euros, instants aware UTC, identifiers compact text."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


class Document:
    """What `rendu` has a template for: each kind of document is a frozen dataclass of its own."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AssociationCitee:
    """An association as a document names it; an unknown identifier is None."""

    denomination: str
    siren: str | None = None
    siret: str | None = None
    rna: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceCite:
    """The service in charge. `adresse` has one line per line of the envelope; empty means not known."""

    nom: str
    adresse: str
    courriel: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Personne:
    """A person who signs, files or decides; `fonction` is what she said she is (présidente, trésorier)."""

    prenom: str
    nom: str
    fonction: str


@dataclass(frozen=True, slots=True)
class Ligne:
    """A label and its value, already in French."""

    libelle: str
    valeur: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of lines."""

    titre: str
    lignes: tuple[Ligne, ...]


@dataclass(frozen=True, slots=True)
class LigneBudget:
    """A line of a budget, in euros. `groupe` is the heading that it stands under (60 – Achats)."""

    groupe: str
    libelle: str
    montant: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget table: expected charges and produits, in the order of the form."""

    titre: str
    charges: tuple[LigneBudget, ...]
    produits: tuple[LigneBudget, ...]

    @property
    def total_charges(self) -> Decimal:
        """Sum of the charges, in euros."""
        return sum((ligne.montant for ligne in self.charges), Decimal(0))

    @property
    def total_produits(self) -> Decimal:
        """Sum of the produits, in euros."""
        return sum((ligne.montant for ligne in self.produits), Decimal(0))


@dataclass(frozen=True, slots=True)
class ArticleCer:
    """The preamble, or one of the seven engagements."""

    titre: str
    paragraphes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TexteCer:
    """A version of the contrat d'engagement républicain. `sha256` is that of the exact body shown to the signatory.

    `verifie` says that somebody compared it with Légifrance, word for word.
    """

    version: str
    reference: str
    jorf: str
    url: str
    verifie: bool
    sha256: str
    titre: str
    articles: tuple[ArticleCer, ...]


@dataclass(frozen=True, slots=True)
class RecuEngagement(Document):
    """Receipt of a signed engagement. `lien_verifie` is False until an agent has seen that the person may sign.

    `courriel_masque` is the address that the six-digit code was sent to, not whole; `pouvoir` names the delegation and its
    SHA-256, empty without one; `empreinte` is the SHA-256 of the proof; `preuve_jointe` is the day whose tree the attached
    proof leads to.
    """

    code: str
    adresse_verification: str
    adresse_certificat: str
    association: AssociationCitee
    signataire: Personne
    qualite: str
    lien_verifie: bool
    pouvoir: str
    courriel_masque: str
    consenti_le: datetime
    code_demande_le: datetime
    signe_le: datetime
    texte: TexteCer
    phrase_consentement: str
    empreinte: str
    preuve_jointe: date | None = None


@dataclass(frozen=True, slots=True)
class PieceRecue:
    """A file received with a request, and its SHA-256 in hexadecimal."""

    nom: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AutreSaisi:
    """Another service to which the same request is addressed, with the euros asked of it and its own reference."""

    service: str
    montant: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class Recepisse(Document):
    """Acknowledgement of a request, with the mentions of CRPA R112-11-1.

    `preuve_cer`: version, hash and instant of the signature of the CER, empty when the request alone attests it. `autres`: the
    other services of a demande commune. `signature_demandee_le`: when its complete request was sent to be signed.
    `adresse_verification` is a public page that knows its `numero`.
    """

    reference: str
    association: AssociationCitee
    deposant: Personne
    qualite: str
    intitule: str
    montant_demande: Decimal
    recu_le: datetime
    service: ServiceCite
    rejet_implicite_le: date
    phrase_cer: str
    preuve_cer: str
    attestations: tuple[str, ...]
    sections: tuple[Section, ...]
    budgets: tuple[Budget, ...]
    pieces: tuple[PieceRecue, ...] = ()
    autres: tuple[AutreSaisi, ...] = ()
    fait_a: str = ""
    signature_demandee_le: datetime | None = None
    numero: str = ""
    adresse_verification: str = ""


@dataclass(frozen=True, slots=True)
class AvisCite:
    """An avis that the reader of the document may see. `sens` is its label; an amount that is not proposed is None."""

    sens: str
    montant: Decimal | None
    texte: str
    auteur: str
    service: str
    donne_le: datetime


@dataclass(frozen=True, slots=True)
class DecisionCitee:
    """A decision, notified or not yet; `sens` and `motif` are labels."""

    sens: str
    montant: Decimal | None
    motif: str
    motivation: str
    conditions: str
    auteur: str
    decidee_le: datetime
    notifiee_le: datetime | None


@dataclass(frozen=True, slots=True)
class Etape:
    """A line of the history of a dossier."""

    le: datetime
    libelle: str
    auteur: str


@dataclass(frozen=True, slots=True)
class Synthese(Document):
    """A dated living view of a dossier, made for one reader (`pour`): it holds what that reader may see, no more."""

    reference: str
    etat: str
    intitule: str
    association: AssociationCitee
    service: ServiceCite
    montant_demande: Decimal | None
    montant_accorde: Decimal | None
    phrase_cer: str
    sections: tuple[Section, ...]
    budgets: tuple[Budget, ...]
    avis: tuple[AvisCite, ...]
    decision: DecisionCitee | None
    historique: tuple[Etape, ...]
    pour: str
    etabli_le: datetime
