"""The enums and the words of the exchange with Démarches Simplifiées, beside `vocabulaire`."""

from enum import StrEnum


class Visibilite(StrEnum):
    """Deletion at DS is a visibility here, reversible."""

    VISIBLE = "visible"
    CORBEILLE = "corbeille"
    SUPPRIME = "supprime"
    INDISPONIBLE = "indisponible"


LIBELLES_VISIBILITE = {
    Visibilite.VISIBLE: "visible dans Démarches Simplifiées",
    Visibilite.CORBEILLE: "dans la corbeille de Démarches Simplifiées",
    Visibilite.SUPPRIME: "supprimé dans Démarches Simplifiées",
    Visibilite.INDISPONIBLE: "illisible dans Démarches Simplifiées",
}


# The `state` of a dossier, in the words of DS's own pages; one that is not here is shown as DS sends it.
LIBELLES_ETAT_DS = {
    "en_construction": "en construction",
    "en_instruction": "en instruction",
    "accepte": "accepté",
    "refuse": "refusé",
    "sans_suite": "classé sans suite",
}


class CibleChamp(StrEnum):
    """Facts of ours that a champ of a DS form may feed."""

    SIRET = "siret"
    RNA = "rna"
    MONTANT_DEMANDE = "montant_demande"
    INTITULE = "intitule"
    BUDGET = "budget"
    CER_CASE = "cer_case"
    CER_DATE = "cer_date"


LIBELLES_CIBLE = {
    CibleChamp.SIRET: "SIRET de l’association",
    CibleChamp.RNA: "numéro RNA de l’association",
    CibleChamp.MONTANT_DEMANDE: "montant demandé",
    CibleChamp.INTITULE: "intitulé du projet",
    CibleChamp.BUDGET: "ligne du budget",
    CibleChamp.CER_CASE: "contrat d’engagement républicain souscrit (case)",
    CibleChamp.CER_DATE: "date de souscription du contrat d’engagement républicain",
}


class EtatCorrespondance(StrEnum):
    """A mapping is proposed by the portal, then confirmed or set aside by an administrator; its champ may vanish."""

    PROPOSEE = "proposee"
    CONFIRMEE = "confirmee"
    ECARTEE = "ecartee"
    DISPARUE = "disparue"


LIBELLES_CORRESPONDANCE = {
    EtatCorrespondance.PROPOSEE: "proposée",
    EtatCorrespondance.CONFIRMEE: "confirmée",
    EtatCorrespondance.ECARTEE: "écartée",
    EtatCorrespondance.DISPARUE: "champ disparu du formulaire",
}


class EtatFichierDS(StrEnum):
    """Where a file of DS stands: to fetch, left there until needed, here, refused (infected, wrong checksum), or lost."""

    ATTENDU = "attendu"
    A_LA_DEMANDE = "a_la_demande"
    RECU = "recu"
    REFUSE = "refuse"
    PERDU = "perdu"


LIBELLES_FICHIER_DS = {
    EtatFichierDS.ATTENDU: "en cours de copie",
    EtatFichierDS.A_LA_DEMANDE: "resté dans Démarches Simplifiées, copié à la demande",
    EtatFichierDS.RECU: "conservé",
    EtatFichierDS.REFUSE: "refusé",
    EtatFichierDS.PERDU: "perdu avant d’avoir été copié",
}


class EtatPreremplissage(StrEnum):
    """A prefilled draft: to be asked of DS, waiting for the association, filed and known here, expired, or refused."""

    A_ENVOYER = "a_envoyer"
    EN_ATTENTE = "en_attente"
    DEPOSE = "depose"
    EXPIRE = "expire"
    REFUSE = "refuse"


LIBELLES_PREREMPLISSAGE = {
    EtatPreremplissage.A_ENVOYER: "en préparation",
    EtatPreremplissage.EN_ATTENTE: "à terminer sur Démarches Simplifiées",
    EtatPreremplissage.DEPOSE: "déposé",
    EtatPreremplissage.EXPIRE: "brouillon expiré",
    EtatPreremplissage.REFUSE: "refusé par Démarches Simplifiées",
}


class GenreRun(StrEnum):
    """Kinds of runs over a démarche: what changed, everything that DS shows, or our own raw JSON read again without network."""

    COURANT = "courant"
    COMPLET = "complet"
    REJEU = "rejeu"


LIBELLES_RUN = {
    GenreRun.COURANT: "lecture de ce qui a changé",
    GenreRun.COMPLET: "vérification complète",
    GenreRun.REJEU: "relecture sans réseau",
}
