"""The words of a grant request: its sections, where each stands, the columns of a budget, the kinds of pieces and questions."""

import re
from enum import StrEnum
from typing import NamedTuple, Self


class SectionDemande(StrEnum):
    """Sections of a grant request, in the order of the form."""

    DEMANDE = "demande"
    IDENTITE = "identite"
    MOYENS = "moyens"
    BUDGET_ASSOCIATION = "budget_association"
    PROJET = "projet"
    BUDGET_PROJET = "budget_projet"
    COFINANCEMENTS = "cofinancements"
    QUESTIONS = "questions"
    PIECES = "pieces"
    ATTESTATIONS = "attestations"


LIBELLES_SECTION = {
    SectionDemande.DEMANDE: "Votre demande",
    SectionDemande.IDENTITE: "Association",
    SectionDemande.MOYENS: "Moyens humains",
    SectionDemande.BUDGET_ASSOCIATION: "Budget de l’association",
    SectionDemande.PROJET: "Projet",
    SectionDemande.BUDGET_PROJET: "Budget du projet",
    SectionDemande.COFINANCEMENTS: "Cofinancements et aides publiques",
    SectionDemande.QUESTIONS: "Questions du service",
    SectionDemande.PIECES: "Pièces",
    SectionDemande.ATTESTATIONS: "Attestations",
}
SECTIONS_PAR_PROJET = frozenset({SectionDemande.PROJET, SectionDemande.BUDGET_PROJET})


class Place(NamedTuple):
    """One page of a request: a section and, where it is repeated, the number of its project, which never changes."""

    section: SectionDemande
    rang: int = 1

    @property
    def slug(self) -> str:
        """As it stands in an address: « budget-projet », then « budget-projet-2 »."""
        nom = self.section.replace("_", "-")
        return nom if self.rang == 1 else f"{nom}-{self.rang}"

    @property
    def libelle(self) -> str:
        """For people: « Budget du projet 2 »; the first project bears no number."""
        nom = LIBELLES_SECTION[self.section]
        return nom if self.rang == 1 else f"{nom} {self.rang}"

    @classmethod
    def lire(cls, slug: str) -> Self | None:
        """The place that an address names, None when there is no such section."""
        lu = re.fullmatch(r"([a-z-]+?)(?:-([0-9]{1,2}))?", slug)
        nom = lu[1].replace("-", "_") if lu else ""
        if lu is None or nom not in set(SectionDemande):
            return None
        place = cls(SectionDemande(nom), int(lu[2] or 1))
        repetee = place.section in SECTIONS_PAR_PROJET
        return place if place.slug == slug and (repetee or place.rang == 1) else None


class EtatSection(StrEnum):
    """State of a section, said in words."""

    A_COMMENCER = "a_commencer"
    EN_COURS = "en_cours"
    REMPLIE = "remplie"
    A_CORRIGER = "a_corriger"


LIBELLES_ETAT_SECTION = {
    EtatSection.A_COMMENCER: "à commencer",
    EtatSection.EN_COURS: "en cours",
    EtatSection.REMPLIE: "remplie",
    EtatSection.A_CORRIGER: "à corriger",
}


class SensBudget(StrEnum):
    """The two columns of a budget table."""

    CHARGES = "charges"
    PRODUITS = "produits"


class GenrePiece(StrEnum):
    """Kinds of pieces that the vault of an association keeps, and `autre`."""

    STATUTS = "statuts"
    DIRIGEANTS = "dirigeants"
    RIB = "rib"
    COMPTES = "comptes"
    RAPPORT_ACTIVITE = "rapport_activite"
    RAPPORT_COMMISSAIRE = "rapport_commissaire"
    POUVOIR = "pouvoir"
    AUTRE = "autre"


LIBELLES_PIECE = {
    GenrePiece.STATUTS: "Statuts",
    GenrePiece.DIRIGEANTS: "Liste des personnes chargées de l’administration",
    GenrePiece.RIB: "Relevé d’identité bancaire (RIB)",
    GenrePiece.COMPTES: "Comptes approuvés du dernier exercice clos",
    GenrePiece.RAPPORT_ACTIVITE: "Rapport d’activité",
    GenrePiece.RAPPORT_COMMISSAIRE: "Rapport du commissaire aux comptes",
    GenrePiece.POUVOIR: "Pouvoir ou délégation de signature",
    GenrePiece.AUTRE: "Autre pièce",
}


class GenreQuestion(StrEnum):
    """Kinds of additional questions of a campaign."""

    TEXTE = "texte"
    CHOIX = "choix"
    MONTANT = "montant"
    FICHIER = "fichier"


LIBELLES_QUESTION = {
    GenreQuestion.TEXTE: "un texte",
    GenreQuestion.CHOIX: "un choix dans une liste",
    GenreQuestion.MONTANT: "un montant",
    GenreQuestion.FICHIER: "un fichier",
}


class GenreTerritoire(StrEnum):
    """Kinds of territories of the reference table."""

    QPV = "qpv"
    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"


LIBELLES_TERRITOIRE = {
    GenreTerritoire.QPV: "Quartier prioritaire (QPV)",
    GenreTerritoire.COMMUNE: "Commune",
    GenreTerritoire.EPCI: "Intercommunalité (EPCI)",
    GenreTerritoire.DEPARTEMENT: "Département",
}


class EtatContestation(StrEnum):
    """A rival claim, until an agent settles it on a document."""

    OUVERTE = "ouverte"
    FONDEE = "fondee"
    REJETEE = "rejetee"


class AudienceMessage(StrEnum):
    """Who reads a message of a dossier."""

    ASSOCIATION = "association"
    SERVICES_SAISIS = "services_saisis"
    PARTAGE = "partage"
    SERVICE = "service"


LIBELLES_AUDIENCE_MESSAGE = {
    AudienceMessage.ASSOCIATION: "l’association et mon service",
    AudienceMessage.SERVICES_SAISIS: "le service responsable et les services saisis pour avis",
    AudienceMessage.PARTAGE: "tous les services qui connaissent l’association",
    AudienceMessage.SERVICE: "mon service seul",
}


class SectionCompteRendu(StrEnum):
    """Sheets of the compte rendu financier (cerfa 15059*02)."""

    BILAN = "bilan"
    TABLEAU = "tableau"
    ANNEXE = "annexe"


LIBELLES_SECTION_COMPTE_RENDU = {
    SectionCompteRendu.BILAN: "Bilan qualitatif",
    SectionCompteRendu.TABLEAU: "Tableau chiffré",
    SectionCompteRendu.ANNEXE: "Annexe explicative",
}
