"""The words of workbooks that come in, go out and come back."""

from enum import StrEnum


class GenreImport(StrEnum):
    """What the lines of an imported workbook are."""

    DEMANDES = "demandes"
    VERSEMENTS = "versements"
    ASSOCIATIONS = "associations"
    AVIS = "avis"
    SCDL = "scdl"


LIBELLES_GENRE_IMPORT = {
    GenreImport.DEMANDES: "Demandes de subvention",
    GenreImport.VERSEMENTS: "Versements (Chorus, Fonjep)",
    GenreImport.ASSOCIATIONS: "Associations",
    GenreImport.AVIS: "Avis",
    GenreImport.SCDL: "Subventions publiées (SCDL)",
}


class EtatImport(StrEnum):
    """Where an import stands. Jobs take it from `a_lire`, `a_appliquer` and `a_annuler`."""

    A_LIRE = "a_lire"
    LU = "lu"
    ILLISIBLE = "illisible"
    A_APPLIQUER = "a_appliquer"
    APPLIQUE = "applique"
    A_ANNULER = "a_annuler"
    ANNULE = "annule"
    ABANDONNE = "abandonne"


LIBELLES_ETAT_IMPORT = {
    EtatImport.A_LIRE: "lecture en cours",
    EtatImport.LU: "à vérifier",
    EtatImport.ILLISIBLE: "illisible",
    EtatImport.A_APPLIQUER: "import en cours",
    EtatImport.APPLIQUE: "importé",
    EtatImport.A_ANNULER: "annulation en cours",
    EtatImport.ANNULE: "annulé",
    EtatImport.ABANDONNE: "abandonné",
}


class VerdictLigne(StrEnum):
    """What is thought of a line before anything is written."""

    PRET = "pret"
    AVERTISSEMENT = "avertissement"
    REJETE = "rejete"


LIBELLES_VERDICT_LIGNE = {
    VerdictLigne.PRET: "prêt",
    VerdictLigne.AVERTISSEMENT: "avertissement",
    VerdictLigne.REJETE: "rejeté",
}


class Comparaison(StrEnum):
    """A line beside what the same service has imported before. A line that vanished has no line here."""

    SANS_OBJET = ""
    NOUVELLE = "nouvelle"
    MODIFIEE = "modifiee"
    INCHANGEE = "inchangee"


class EtatLigneImport(StrEnum):
    """What became of a line. `ecartee`: a person chose to leave it out, or it was rejected."""

    ATTENTE = "attente"
    FAITE = "faite"
    REFUSEE = "refusee"
    ECARTEE = "ecartee"
    ANNULEE = "annulee"


LIBELLES_ETAT_LIGNE_IMPORT = {
    EtatLigneImport.ATTENTE: "en attente",
    EtatLigneImport.FAITE: "importée",
    EtatLigneImport.REFUSEE: "refusée",
    EtatLigneImport.ECARTEE: "écartée",
    EtatLigneImport.ANNULEE: "annulée",
}


class SourceVersement(StrEnum):
    """Which tool told of a payment."""

    CHORUS = "chorus"
    FONJEP = "fonjep"
    AUTRE = "autre"


class MethodeRapprochement(StrEnum):
    """How a payment was tied to a dossier."""

    EJ = "ej"
    SIRET_EXERCICE = "siret_exercice"
    MANUEL = "manuel"


class EtatRetour(StrEnum):
    """Where a working sheet that came back stands."""

    A_LIRE = "a_lire"
    LU = "lu"
    ILLISIBLE = "illisible"
    A_APPLIQUER = "a_appliquer"
    APPLIQUE = "applique"


class EtatModification(StrEnum):
    """What is to be done with a cell that was changed offline."""

    A_APPLIQUER = "a_appliquer"
    CONFLIT = "conflit"
    IMPOSSIBLE = "impossible"
    ECARTEE = "ecartee"
    APPLIQUEE = "appliquee"
    REFUSEE = "refusee"


class FormatExport(StrEnum):
    """What a view may leave as."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"


LIBELLES_FORMAT_EXPORT = {
    FormatExport.XLSX: "Excel (.xlsx)",
    FormatExport.ODS: "LibreOffice (.ods)",
    FormatExport.CSV: "CSV (.csv)",
}


class ChampFeuille(StrEnum):
    """What a working sheet lets change of a dossier, in the order of its columns."""

    ETAT = "etat"
    INSTRUCTEUR = "instructeur"
    MONTANT_PROPOSE = "montant_propose"
    AVIS_SENS = "avis_sens"
    AVIS_MONTANT = "avis_montant"
    AVIS_TEXTE = "avis_texte"
    ETIQUETTES = "etiquettes"
    NOTE = "note"


# The titles of its columns: those that it is known by when it comes back, and those that are only read.
COLONNE_REFERENCE = "Référence"
COLONNE_ASSOCIATION = "Association"
COLONNE_SIRET = "SIRET"
COLONNE_PROJET = "Projet"
COLONNE_DEMANDE = "Montant demandé"
LIBELLES_CHAMP_FEUILLE = {
    ChampFeuille.ETAT: "État",
    ChampFeuille.INSTRUCTEUR: "Instructeur",
    ChampFeuille.MONTANT_PROPOSE: "Montant proposé",
    ChampFeuille.AVIS_SENS: "Mon avis",
    ChampFeuille.AVIS_MONTANT: "Montant de mon avis",
    ChampFeuille.AVIS_TEXTE: "Texte de mon avis",
    ChampFeuille.ETIQUETTES: "Étiquettes",
    ChampFeuille.NOTE: "Ma note",
}
CHAMPS_AVIS = (ChampFeuille.AVIS_SENS, ChampFeuille.AVIS_MONTANT, ChampFeuille.AVIS_TEXTE)
MONTANTS_FEUILLE = frozenset({ChampFeuille.MONTANT_PROPOSE, ChampFeuille.AVIS_MONTANT})
ONGLET_DOSSIERS = "Dossiers"
ONGLET_JETON = "Ne pas modifier"
# How long a working sheet may come back, and what it changed is shown.
DUREE_FEUILLE_JOURS = 90
# Between two labels of one cell.
ENTRE_ETIQUETTES = " ; "

LIBELLES_ETAT_RETOUR = {
    EtatRetour.A_LIRE: "lecture en cours",
    EtatRetour.LU: "à vérifier",
    EtatRetour.ILLISIBLE: "refusée",
    EtatRetour.A_APPLIQUER: "en cours",
    EtatRetour.APPLIQUE: "appliquée",
}
LIBELLES_ETAT_MODIFICATION = {
    EtatModification.A_APPLIQUER: "à appliquer",
    EtatModification.CONFLIT: "à choisir",
    EtatModification.IMPOSSIBLE: "impossible",
    EtatModification.ECARTEE: "laissée de côté",
    EtatModification.APPLIQUEE: "appliquée",
    EtatModification.REFUSEE: "refusée",
}
