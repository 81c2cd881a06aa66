"""The enums and the words of the instructor's desk: queue, decisions, letters, lots, tasks, doors."""

from enum import StrEnum

from portal.vocabulaire import SensDecision


class EtapeFile(StrEnum):
    """What a dossier waits for, as the service that reads it sees it: each dossier is at one étape for each service."""

    A_PRENDRE = "a_prendre"
    AVIS = "avis"
    COMPLEMENT = "complement"
    A_DECIDER = "a_decider"
    A_NOTIFIER = "a_notifier"
    TRAITE = "traite"
    AVIS_A_DONNER = "avis_a_donner"
    AVIS_DONNE = "avis_donne"


ETAPES_OUVERTES = frozenset(
    {EtapeFile.A_PRENDRE, EtapeFile.AVIS, EtapeFile.COMPLEMENT, EtapeFile.A_DECIDER, EtapeFile.A_NOTIFIER}
)


class OrigineDossier(StrEnum):
    """By which door a dossier came in."""

    PORTAIL = "portail"
    DS = "ds"
    COURRIER = "courrier"
    COURRIEL = "courriel"
    GUICHET = "guichet"
    TABLEUR = "tableur"


LIBELLES_ORIGINE_DOSSIER = {
    OrigineDossier.PORTAIL: "Portail",
    OrigineDossier.DS: "Démarches Simplifiées",
    OrigineDossier.COURRIER: "Courrier",
    OrigineDossier.COURRIEL: "Courriel",
    OrigineDossier.GUICHET: "Guichet",
    OrigineDossier.TABLEUR: "Tableau importé",
}
ORIGINES_SAISIES = frozenset({OrigineDossier.COURRIER, OrigineDossier.COURRIEL, OrigineDossier.GUICHET})


class EtatDesAvis(StrEnum):
    """Where the avis asked on a dossier stand. `en_retard` is read at a date, the others are stored."""

    AUCUN = "aucun"
    ATTENDUS = "attendus"
    EN_RETARD = "en-retard"
    RENDUS = "rendus"


LIBELLES_ETAT_DES_AVIS = {
    EtatDesAvis.AUCUN: "Aucun avis demandé",
    EtatDesAvis.ATTENDUS: "Des avis attendus",
    EtatDesAvis.EN_RETARD: "Des avis en retard",
    EtatDesAvis.RENDUS: "Tous les avis rendus",
}


class QuiDecide(StrEnum):
    """Who decides and notifies in a service (model.md §3)."""

    RESPONSABLE = "responsable"
    INSTRUCTEUR = "instructeur"


class ModeNotification(StrEnum):
    """How an act leaves: signed on paper or in a parapheur, or without signature as one of a téléservice (CRPA L212-2)."""

    TELESERVICE = "teleservice"
    PARAPHEUR = "parapheur"


LIBELLES_MODE_NOTIFICATION = {
    ModeNotification.TELESERVICE: "sans signature, comme acte d’un téléservice (CRPA, art. L212-2)",
    ModeNotification.PARAPHEUR: "sur le PDF signé, revenu du parapheur",
}


class NatureOctroi(StrEnum):
    """What a line of a decision grants."""

    NUMERAIRE = "numeraire"
    NATURE = "nature"


LIBELLES_NATURE_OCTROI = {NatureOctroi.NUMERAIRE: "en argent", NatureOctroi.NATURE: "en nature"}


class GenreLettre(StrEnum):
    """The letters and acts that a service writes from its own templates."""

    NOTIFICATION = "notification"
    NOTIFICATION_PARTIELLE = "notification_partielle"
    REFUS = "refus"
    SANS_SUITE = "sans_suite"
    ARRETE = "arrete"
    COMPLEMENT = "complement"
    CONVENTION = "convention"


LIBELLES_GENRE_LETTRE = {
    GenreLettre.NOTIFICATION: "Notification d’accord",
    GenreLettre.NOTIFICATION_PARTIELLE: "Notification d’accord partiel",
    GenreLettre.REFUS: "Notification de refus",
    GenreLettre.SANS_SUITE: "Classement sans suite",
    GenreLettre.ARRETE: "Arrêté attributif de subvention",
    GenreLettre.COMPLEMENT: "Demande de complément",
    GenreLettre.CONVENTION: "Projet de convention",
}
LETTRES_DE_DECISION = {
    SensDecision.ACCEPTE: (GenreLettre.NOTIFICATION, GenreLettre.NOTIFICATION_PARTIELLE),
    SensDecision.REFUSE: (GenreLettre.REFUS,),
    SensDecision.SANS_SUITE: (GenreLettre.SANS_SUITE,),
}

GENRES_DE_DECISION = frozenset(genre for genres in LETTRES_DE_DECISION.values() for genre in genres)


class EtatLettre(StrEnum):
    """Where a letter stands; `remplacee`: the decision that it told has changed."""

    PREPAREE = "preparee"
    AU_PARAPHEUR = "au_parapheur"
    SIGNEE = "signee"
    PARTIE = "partie"
    REMPLACEE = "remplacee"


LIBELLES_ETAT_LETTRE = {
    EtatLettre.PREPAREE: "préparée",
    EtatLettre.AU_PARAPHEUR: "envoyée au parapheur",
    EtatLettre.SIGNEE: "revenue signée",
    EtatLettre.PARTIE: "notifiée",
    EtatLettre.REMPLACEE: "remplacée",
}


class ActionLot(StrEnum):
    """What may be done to many dossiers at once."""

    PRENDRE_EN_CHARGE = "prendre_en_charge"
    ATTRIBUER = "attribuer"
    ETIQUETER = "etiqueter"
    DEMANDER_AVIS = "demander_avis"
    DEMANDER_COMPLEMENT = "demander_complement"
    DECIDER = "decider"
    NOTIFIER = "notifier"


LIBELLES_ACTION_LOT = {
    ActionLot.PRENDRE_EN_CHARGE: "Prendre en charge",
    ActionLot.ATTRIBUER: "Attribuer à un agent",
    ActionLot.ETIQUETER: "Étiqueter",
    ActionLot.DEMANDER_AVIS: "Demander un avis",
    ActionLot.DEMANDER_COMPLEMENT: "Demander un complément",
    ActionLot.DECIDER: "Décider",
    ActionLot.NOTIFIER: "Notifier",
}


class EtatLot(StrEnum):
    """Where a lot stands."""

    ATTENTE = "attente"
    EN_COURS = "en_cours"
    TERMINE = "termine"
    ANNULE = "annule"


class EtatLigneLot(StrEnum):
    """What became of one dossier of a lot."""

    ATTENTE = "attente"
    FAIT = "fait"
    REFUSE = "refuse"
    ANNULE = "annule"


class GenreTache(StrEnum):
    """What « Mes tâches » holds and what notifications tell: each is addressed to one agent."""

    MENTION = "mention"
    ATTRIBUTION = "attribution"
    COMPLEMENT_REPONDU = "complement_repondu"
    MESSAGE = "message"
    AVIS_DEMANDE = "avis_demande"
    AVIS_RENDU = "avis_rendu"
    PROPOSITION = "proposition"
    LETTRE_NON_LUE = "lettre_non_lue"
    REORIENTATION = "reorientation"
    LOT_TERMINE = "lot_termine"
    COMMUNICATION = "communication"
    ABONNEMENT = "abonnement"


LIBELLES_GENRE_TACHE = {
    GenreTache.MENTION: "On vous a mentionné",
    GenreTache.ATTRIBUTION: "Un dossier vous est attribué",
    GenreTache.COMPLEMENT_REPONDU: "Des corrections demandées sont arrivées",
    GenreTache.MESSAGE: "Un message est arrivé",
    GenreTache.AVIS_DEMANDE: "Un avis vous est demandé",
    GenreTache.AVIS_RENDU: "Un avis est rendu",
    GenreTache.PROPOSITION: "Une proposition attend votre décision",
    GenreTache.LETTRE_NON_LUE: "Une notification n’a pas été lue en 15 jours",
    GenreTache.REORIENTATION: "Un dossier vous arrive d’un autre service",
    GenreTache.LOT_TERMINE: "Un traitement par lot est terminé",
    GenreTache.COMMUNICATION: "Une communication d’avis attend une réponse",
    GenreTache.ABONNEMENT: "Du nouveau sur une association que vous suivez",
}


class QuandPrevenir(StrEnum):
    """When an agent is told of something by mail."""

    IMMEDIAT = "immediat"
    QUOTIDIEN = "quotidien"
    JAMAIS = "jamais"


LIBELLES_QUAND = {
    QuandPrevenir.IMMEDIAT: "tout de suite",
    QuandPrevenir.QUOTIDIEN: "dans le résumé du matin",
    QuandPrevenir.JAMAIS: "jamais par courriel",
}


class EtatPoint(StrEnum):
    """What an agent says of a point of the checklist."""

    CONFORME = "conforme"
    NON_CONFORME = "non_conforme"
    SANS_OBJET = "sans_objet"


LIBELLES_ETAT_POINT = {
    EtatPoint.CONFORME: "vérifié",
    EtatPoint.NON_CONFORME: "à reprendre",
    EtatPoint.SANS_OBJET: "sans objet",
}


class PartieDossier(StrEnum):
    """The sections of the page of a dossier, in their order; each has its own address."""

    SYNTHESE = "synthese"
    DEMANDE = "demande"
    BUDGET = "budget"
    PIECES = "pieces"
    AVIS = "avis"
    RECOUPEMENTS = "recoupements"
    ECHANGES = "echanges"
    DECISION = "decision"
    HISTORIQUE = "historique"


LIBELLES_PARTIE_DOSSIER = {
    PartieDossier.SYNTHESE: "Synthèse",
    PartieDossier.DEMANDE: "Demande",
    PartieDossier.BUDGET: "Budget",
    PartieDossier.PIECES: "Pièces",
    PartieDossier.AVIS: "Avis",
    PartieDossier.RECOUPEMENTS: "Recoupements",
    PartieDossier.ECHANGES: "Échanges",
    PartieDossier.DECISION: "Décision",
    PartieDossier.HISTORIQUE: "Historique",
}

PHRASES_ETAPE = {
    EtapeFile.A_PRENDRE: "Personne n’a encore pris ce dossier en charge.",
    EtapeFile.AVIS: "Des avis sont attendus.",
    EtapeFile.COMPLEMENT: "L’association doit corriger ou compléter sa demande.",
    EtapeFile.A_DECIDER: "Ce dossier attend une décision.",
    EtapeFile.A_NOTIFIER: "La décision est enregistrée, elle reste à notifier.",
    EtapeFile.TRAITE: "Ce dossier est traité.",
    EtapeFile.AVIS_A_DONNER: "L’avis de votre service est attendu.",
    EtapeFile.AVIS_DONNE: "Votre service a donné son avis.",
}
