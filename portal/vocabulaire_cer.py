"""The enums and the words of the contrat d'engagement républicain."""

from enum import StrEnum


class EtatCer(StrEnum):
    """Where an association stands with the CER. Signed by somebody whose link is not verified is `declare`, never `signe`."""

    SIGNE = "signe"
    DISPENSE = "dispense"
    DECLARE = "declare"
    DISPENSE_EXPIREE = "dispense_expiree"
    MANQUANT = "manquant"


LIBELLES_CER = {
    EtatCer.SIGNE: "signé",
    EtatCer.DISPENSE: "dispensé",
    EtatCer.DECLARE: "signé, lien non vérifié",
    EtatCer.DISPENSE_EXPIREE: "dispense expirée",
    EtatCer.MANQUANT: "non signé",
}


class CapaciteSignataire(StrEnum):
    """On what the signatory's right rests. No source lists the leaders of an association: « listée » has no row yet."""

    DECLAREE = "declaree"
    VERIFIEE = "verifiee"
    MANDATAIRE = "mandataire"


LIBELLES_CAPACITE = {
    CapaciteSignataire.DECLAREE: "représente l’association selon sa seule déclaration",
    CapaciteSignataire.VERIFIEE: "représente l’association, lien vérifié sur pièce par un service",
    CapaciteSignataire.MANDATAIRE: "signe par délégation, pouvoir joint",
}


class OrigineCer(StrEnum):
    """Where a subscription comes from: only `portail` is a signature made here."""

    PORTAIL = "portail"
    PAPIER = "papier"
    DEMANDE = "demande"
    DS = "ds"
    TABLEUR = "tableur"


LIBELLES_ORIGINE_CER = {
    OrigineCer.PORTAIL: "signé sur ce portail",
    OrigineCer.PAPIER: "signé sur papier, pièce vérifiée par un service",
    OrigineCer.DEMANDE: "attesté dans une demande déposée sur ce portail",
    OrigineCer.DS: "attesté dans un dossier de Démarches Simplifiées",
    OrigineCer.TABLEUR: "attesté dans un tableau importé",
}


class TypeReconnaissance(StrEnum):
    """What may hold in place of a signature (loi n° 2000-321, art. 10-1): the first two do, other agréments do not."""

    AGREMENT_25_1 = "agrement_25_1"
    RUP = "rup"
    AUTRE_AGREMENT = "autre_agrement"


LIBELLES_RECONNAISSANCE = {
    TypeReconnaissance.AGREMENT_25_1: "agrément de l’État au titre de l’article 25-1 de la loi du 12 avril 2000",
    TypeReconnaissance.RUP: "reconnaissance d’utilité publique",
    TypeReconnaissance.AUTRE_AGREMENT: "autre agrément, qui ne dispense pas du contrat",
}
DISPENSENT = frozenset({TypeReconnaissance.AGREMENT_25_1, TypeReconnaissance.RUP})


class EtatDemandeSignature(StrEnum):
    """A signature asked of somebody else."""

    ENVOYEE = "envoyee"
    SIGNEE = "signee"
    RENVOYEE = "renvoyee"
    ANNULEE = "annulee"


LIBELLES_DEMANDE_SIGNATURE = {
    EtatDemandeSignature.ENVOYEE: "en attente de la personne qui signe",
    EtatDemandeSignature.SIGNEE: "signée",
    EtatDemandeSignature.RENVOYEE: "renvoyée sans signature",
    EtatDemandeSignature.ANNULEE: "annulée",
}


class EtatAttestation(StrEnum):
    """A proof that came from elsewhere, as an agent judges it."""

    A_CONTROLER = "a_controler"
    ADMISE = "admise"
    ECARTEE = "ecartee"


LIBELLES_ATTESTATION = {
    EtatAttestation.A_CONTROLER: "à contrôler par un service",
    EtatAttestation.ADMISE: "admise par un service",
    EtatAttestation.ECARTEE: "écartée par un service",
}


class ClotureConstat(StrEnum):
    """Why a statement of facts is closed."""

    DECISION = "decision"
    SANS_SUITE = "sans_suite"
    DELAI = "delai"


LIBELLES_CLOTURE_CONSTAT = {
    ClotureConstat.DECISION: "une décision a été prise",
    ClotureConstat.SANS_SUITE: "classé sans suite par le service",
    ClotureConstat.DELAI: "délai de conservation écoulé",
}


class MotifRetrait(StrEnum):
    """Coded reasons of a withdrawal (loi n° 2000-321, art. 10-1)."""

    OBJET_ILLICITE = "objet_illicite"
    ACTIVITE_INCOMPATIBLE = "activite_incompatible"
    MODALITES_INCOMPATIBLES = "modalites_incompatibles"


LIBELLES_MOTIF_RETRAIT = {
    MotifRetrait.OBJET_ILLICITE: "l’association poursuit un objet ou exerce une activité illicite",
    MotifRetrait.ACTIVITE_INCOMPATIBLE: "l’activité est incompatible avec le contrat souscrit",
    MotifRetrait.MODALITES_INCOMPATIBLES: "la manière dont l’activité est conduite est incompatible avec le contrat souscrit",
}


class DestinataireRetrait(StrEnum):
    """To whom a notified withdrawal goes."""

    ASSOCIATION = "association"
    PREFET = "prefet"
    COFINANCEUR = "cofinanceur"


LIBELLES_DESTINATAIRE_RETRAIT = {
    DestinataireRetrait.ASSOCIATION: "l’association",
    DestinataireRetrait.PREFET: "le préfet du département du siège",
    DestinataireRetrait.COFINANCEUR: "un autre financeur connu",
}
