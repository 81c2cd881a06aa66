"""The enums and the words of what services ask each other, answer, and know together of an association."""

from enum import StrEnum

from portal.vocabulaire import Audience


class ClotureAvis(StrEnum):
    """Why a demande d'avis waits for no answer, without one having been given."""

    REVOQUEE = "revoquee"
    CONFLIT = "conflit"
    PAS_CONCERNE = "pas_concerne"


LIBELLES_CLOTURE_AVIS = {
    ClotureAvis.REVOQUEE: "demande retirée",
    ClotureAvis.CONFLIT: "conflit d’intérêts déclaré",
    ClotureAvis.PAS_CONCERNE: "pas concerné",
}


class EtatDemandeAvis(StrEnum):
    """Where a demande d'avis stands at a date; past its deadline it is « sans réponse », never a tacit favourable avis."""

    ATTENDUE = "attendue"
    SANS_REPONSE = "sans_reponse"
    RENDUE = "rendue"
    CLOSE = "close"


LIBELLES_ETAT_DEMANDE_AVIS = {
    EtatDemandeAvis.ATTENDUE: "en attente",
    EtatDemandeAvis.SANS_REPONSE: "sans réponse",
    EtatDemandeAvis.RENDUE: "avis rendu",
    EtatDemandeAvis.CLOSE: "sans suite",
}

# From the narrowest to the widest: a request sets the widest that an answer may have.
AUDIENCES_PAR_LARGEUR = (Audience.SERVICE, Audience.SERVICES_SAISIS, Audience.PARTAGE)


def narrowest(une: Audience, autre: Audience) -> Audience:
    """The narrower of two audiences."""
    return min(une, autre, key=AUDIENCES_PAR_LARGEUR.index)


class EtatCommunication(StrEnum):
    """Where a request to read the avis given on one's dossier stands (CRPA, art. L311-2)."""

    A_TRAITER = "a_traiter"
    ENVOYEE = "envoyee"
    REFUSEE = "refusee"


LIBELLES_ETAT_COMMUNICATION = {
    EtatCommunication.A_TRAITER: "à traiter",
    EtatCommunication.ENVOYEE: "envoyée",
    EtatCommunication.REFUSEE: "refusée",
}


class MotifConsultation(StrEnum):
    """Why an agent looks at the sheet of an association: its service has a tie with it, or the reason that the agent picked."""

    LIEN = "lien"
    DEPOT_ANNONCE = "depot_annonce"
    PARTENARIAT = "partenariat"
    CONTROLE = "controle"
    SIGNALEMENT = "signalement"
    AUTRE = "autre"


LIBELLES_MOTIF_CONSULTATION = {
    MotifConsultation.LIEN: "dossier ou avis du service",
    MotifConsultation.DEPOT_ANNONCE: "l’association annonce un dépôt à mon service",
    MotifConsultation.PARTENARIAT: "préparation d’une convention ou d’un cofinancement",
    MotifConsultation.CONTROLE: "contrôle ou évaluation",
    MotifConsultation.SIGNALEMENT: "signalement à vérifier",
    MotifConsultation.AUTRE: "autre raison, à préciser",
}

# What a request says of who may read the answers, at the widest: in a few words, then « voici qui lira ceci ».
LIBELLES_AUDIENCE_DEMANDEE = {
    Audience.SERVICE: (
        "Votre service seul",
        "Liront un avis\u00a0: qui l’a donné, et votre service.",
    ),
    Audience.SERVICES_SAISIS: (
        "Les services consultés",
        "Liront un avis\u00a0: qui l’a donné, votre service, et les autres services consultés sur le même objet.",
    ),
    Audience.PARTAGE: (
        "Les services qui connaissent l’association",
        (
            "Liront un avis\u00a0: qui l’a donné, votre service, les services consultés, et ceux qui lisent un autre dossier "
            "de l’association ou disent pourquoi ils ouvrent sa fiche."
        ),
    ),
}
