"""The enums and the words that every floor may name: one list for forms, pages, documents and exports."""

from enum import StrEnum


class GenreUser(StrEnum):
    """Two namespaces: the link of a usager never opens an agent's account."""

    USAGER = "usager"
    AGENT = "agent"


class RoleMandat(StrEnum):
    """What a person may do in the name of an association."""

    LECTEUR = "lecteur"
    REDACTEUR = "redacteur"
    SIGNATAIRE = "signataire"
    AIDANT = "aidant"


class EtatMandat(StrEnum):
    """A mandat is `declare` until an agent has seen a document: meanwhile it opens nothing that others made."""

    DECLARE = "declare"
    PROUVE = "prouve"


class RoleAffectation(StrEnum):
    """What an agent may do for a service."""

    LECTEUR = "lecteur"
    INSTRUCTEUR = "instructeur"
    RESPONSABLE = "responsable"


LIBELLES_ROLE_MANDAT = {
    RoleMandat.LECTEUR: "lit les dossiers",
    RoleMandat.REDACTEUR: "prépare les demandes",
    RoleMandat.SIGNATAIRE: "représente l’association",
    RoleMandat.AIDANT: "aide à remplir, sans signer",
}


LIBELLES_ROLE = {
    RoleAffectation.LECTEUR: "lecteur",
    RoleAffectation.INSTRUCTEUR: "instructeur",
    RoleAffectation.RESPONSABLE: "responsable",
}


class TypeService(StrEnum):
    """Kinds of instructing services."""

    PREFECTURE = "prefecture"
    DDETS = "ddets"
    DRAJES = "drajes"
    SDJES = "sdjes"
    DRAC = "drac"
    OPERATEUR = "operateur"
    COLLECTIVITE = "collectivite"


class TypeIdentifiant(StrEnum):
    """RNA and SIREN are many-to-many in reality: an association has a list of identifiers."""

    SIREN = "siren"
    RNA = "rna"
    RIDET = "ridet"
    TAHITI = "tahiti"
    REGISTRE_LOCAL = "registre_local"


class Source(StrEnum):
    """Where a dossier or a démarche comes from."""

    PORTAIL = "portail"
    DS = "ds"
    TABLEUR = "tableur"


LIBELLES_SOURCE = {
    Source.PORTAIL: "Portail",
    Source.DS: "Démarches Simplifiées",
    Source.TABLEUR: "Tableau importé",
}


class Etat(StrEnum):
    """États of a dossier, with DS's own spelling; `retire` is ours."""

    BROUILLON = "brouillon"
    EN_CONSTRUCTION = "en_construction"
    EN_INSTRUCTION = "en_instruction"
    ACCEPTE = "accepte"
    REFUSE = "refuse"
    SANS_SUITE = "sans_suite"
    RETIRE = "retire"


ETATS_FINAUX = frozenset({Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE, Etat.RETIRE})

LIBELLES_ETAT_AGENT = {
    Etat.BROUILLON: "brouillon",
    Etat.EN_CONSTRUCTION: "déposé, à examiner",
    Etat.EN_INSTRUCTION: "en instruction",
    Etat.ACCEPTE: "accordé",
    Etat.REFUSE: "refusé",
    Etat.SANS_SUITE: "classé sans suite",
    Etat.RETIRE: "retiré par l’association",
}
LIBELLES_ETAT_PUBLIC = {
    Etat.BROUILLON: "Brouillon, pas encore déposé",
    Etat.EN_CONSTRUCTION: "Déposé",
    Etat.EN_INSTRUCTION: "En cours d’instruction",
    Etat.ACCEPTE: "Accordé",
    Etat.REFUSE: "Refusé",
    Etat.SANS_SUITE: "Classé sans suite",
    Etat.RETIRE: "Retiré par l’association",
}
LIBELLE_COMPLEMENT_AGENT = "complément demandé"
LIBELLE_COMPLEMENT_PUBLIC = "Complément demandé"


class SensAvis(StrEnum):
    """The four verdicts of an avis."""

    FAVORABLE = "favorable"
    RESERVES = "favorable_reserves"
    DEFAVORABLE = "defavorable"
    SANS_AVIS = "ne_se_prononce_pas"


LIBELLES_SENS = {
    SensAvis.FAVORABLE: "favorable",
    SensAvis.RESERVES: "favorable avec réserves",
    SensAvis.DEFAVORABLE: "défavorable",
    SensAvis.SANS_AVIS: "ne se prononce pas",
}


class Audience(StrEnum):
    """Who reads an avis beyond its author's service and the service that asked."""

    SERVICE = "service"
    SERVICES_SAISIS = "services_saisis"
    PARTAGE = "partage"


LIBELLES_AUDIENCE = {
    Audience.SERVICE: "mon service et celui qui a demandé l’avis",
    Audience.SERVICES_SAISIS: "les services saisis",
    Audience.PARTAGE: "les services saisis et ceux qui connaissent l’association",
}


class MotifAcces(StrEnum):
    """Why a service reads a dossier."""

    PROPRIETAIRE = "proprietaire"
    SAISI = "saisi"


class SensDecision(StrEnum):
    """What a decision grants or not; the value is the état that its notification gives."""

    ACCEPTE = "accepte"
    REFUSE = "refuse"
    SANS_SUITE = "sans_suite"


LIBELLES_DECISION = {
    SensDecision.ACCEPTE: "accorder la subvention",
    SensDecision.REFUSE: "refuser la subvention",
    SensDecision.SANS_SUITE: "classer sans suite",
}


class MotifDecision(StrEnum):
    """Coded reasons of negative and closing acts."""

    INELIGIBLE = "ineligible"
    INCOMPLET = "incomplet_apres_demande"
    CREDITS_EPUISES = "credits_epuises"
    PRIORITE = "priorite"
    INCOMPATIBLE_CER = "incompatible_cer"
    DOUBLON = "doublon"
    ABANDON = "abandon"
    REORIENTE = "reoriente"


LIBELLES_MOTIF = {
    MotifDecision.INELIGIBLE: "demande inéligible au dispositif",
    MotifDecision.INCOMPLET: "dossier incomplet après demande de pièces",
    MotifDecision.CREDITS_EPUISES: "crédits épuisés",
    MotifDecision.PRIORITE: "projet moins prioritaire que d’autres",
    MotifDecision.INCOMPATIBLE_CER: "objet ou activité incompatible avec le contrat d’engagement républicain",
    MotifDecision.DOUBLON: "doublon d’une autre demande",
    MotifDecision.ABANDON: "abandon par l’association",
    MotifDecision.REORIENTE: "demande réorientée",
}
# model.md: every negative act tells the ways and times of appeal, but these three.
MOTIFS_SANS_VOIES_DE_RECOURS = frozenset({MotifDecision.DOUBLON, MotifDecision.ABANDON, MotifDecision.REORIENTE})


class GenreDocument(StrEnum):
    """Kinds of documents. `synthese`, `cahier` and `file_dossiers` are dated views, `apercu_lettre` tries a template on a
    dossier, `parapheur` is a batch of letters to be signed; the others are immutable acts.
    """

    RECU_ENGAGEMENT = "recu_engagement"
    RECU_AVEC_PREUVE = "recu_avec_preuve"
    ENGAGEMENT_A_SIGNER = "engagement_a_signer"
    AFFICHE_CER = "affiche_cer"
    REGISTRE_CER = "registre_cer"
    BILAN_CER = "bilan_cer"
    RETRAIT = "retrait"
    RECEPISSE = "recepisse"
    FORMULAIRE_VIERGE = "formulaire_vierge"
    FORMULAIRE_REMPLI = "formulaire_rempli"
    COMPTE_RENDU = "compte_rendu"
    SYNTHESE = "synthese"
    FILE_DOSSIERS = "file_dossiers"
    LETTRE = "lettre"
    APERCU_LETTRE = "apercu_lettre"
    PARAPHEUR = "parapheur"
    CAHIER = "cahier"
    COMMUNICATION = "communication"
    FICHE_ASSOCIATION = "fiche_association"
    FEUILLE_TRAVAIL = "feuille_travail"
    ERREURS_IMPORT = "erreurs_import"
    DONNEES_ESSENTIELLES = "donnees_essentielles"
    VERSEMENTS = "versements"


class EtatDocument(StrEnum):
    """The bytes come by a job, after the content is frozen."""

    A_PRODUIRE = "a_produire"
    PRET = "pret"
    ECHEC = "echec"


class EtatEnvoi(StrEnum):
    """State of a row of an outbox: what we owe to a remote machine."""

    A_ENVOYER = "a_envoyer"
    EN_COURS = "en_cours"
    ENVOYE = "envoye"
    A_VERIFIER = "a_verifier"
    REFUSE = "refuse"


class VerdictAntivirus(StrEnum):
    """What the antivirus said of a file: « indisponible » is a state that people see, never « sain »."""

    NON_ANALYSE = "non_analyse"
    SAIN = "sain"
    INFECTE = "infecte"
    INDISPONIBLE = "indisponible"


LIBELLES_VERDICT = {
    VerdictAntivirus.NON_ANALYSE: "pas encore analysé",
    VerdictAntivirus.SAIN: "sans virus connu",
    VerdictAntivirus.INFECTE: "virus détecté",
    VerdictAntivirus.INDISPONIBLE: "antivirus indisponible",
}
