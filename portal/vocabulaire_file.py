"""The columns and the sorts of the agents' queue, and the words of its étapes."""

from enum import StrEnum

from portal.vocabulaire_instruction import EtapeFile


class Onglet(StrEnum):
    """The tabs of the queue, in their order. All but the first and the last two are étapes."""

    SUIVIS = "suivis"
    A_PRENDRE = "a_prendre"
    AVIS = "avis"
    COMPLEMENT = "complement"
    A_DECIDER = "a_decider"
    A_NOTIFIER = "a_notifier"
    AVIS_A_DONNER = "avis_a_donner"
    TRAITES = "traites"
    TOUS = "tous"


LIBELLES_ONGLET = {
    Onglet.A_PRENDRE: "À prendre en charge",
    Onglet.SUIVIS: "Suivis par moi",
    Onglet.AVIS: "En attente d’avis",
    Onglet.COMPLEMENT: "Complément demandé",
    Onglet.A_DECIDER: "À décider",
    Onglet.A_NOTIFIER: "À notifier",
    Onglet.AVIS_A_DONNER: "Avis à donner",
    Onglet.TRAITES: "Traités",
    Onglet.TOUS: "Tous",
}


class ColonneFile(StrEnum):
    """The columns that an agent may give to the queue. `dossier` opens the dossier: it is always there."""

    DOSSIER = "dossier"
    DEMANDEUR = "demandeur"
    ETAT = "etat"
    ETAPE = "etape"
    DEMARCHE = "demarche"
    DEMANDE = "demande"
    PROPOSE = "propose"
    ACCORDE = "accorde"
    DEPOT = "depot"
    ECHEANCE = "echeance"
    INSTRUCTEUR = "instructeur"
    AVIS = "avis"
    CER = "cer"
    TERRITOIRE = "territoire"
    EXERCICE = "exercice"
    ETIQUETTES = "etiquettes"
    SOURCE = "source"


LIBELLES_COLONNE = {
    ColonneFile.DOSSIER: "Dossier",
    ColonneFile.DEMANDEUR: "Demandeur et projet",
    ColonneFile.ETAT: "État",
    ColonneFile.ETAPE: "Ce qu’il attend",
    ColonneFile.DEMARCHE: "Démarche",
    ColonneFile.DEMANDE: "Demandé",
    ColonneFile.PROPOSE: "Proposé",
    ColonneFile.ACCORDE: "Accordé",
    ColonneFile.DEPOT: "Déposé",
    ColonneFile.ECHEANCE: "Échéance",
    ColonneFile.INSTRUCTEUR: "Suivi par",
    ColonneFile.AVIS: "Avis",
    ColonneFile.CER: "CER",
    ColonneFile.TERRITOIRE: "Territoire",
    ColonneFile.EXERCICE: "Exercice",
    ColonneFile.ETIQUETTES: "Étiquettes",
    ColonneFile.SOURCE: "Arrivé par",
}
COLONNES_PAR_DEFAUT = (
    ColonneFile.DOSSIER,
    ColonneFile.DEMANDEUR,
    ColonneFile.ETAT,
    ColonneFile.DEMANDE,
    ColonneFile.DEPOT,
    ColonneFile.ECHEANCE,
    ColonneFile.INSTRUCTEUR,
    ColonneFile.AVIS,
    ColonneFile.CER,
)


class TriFile(StrEnum):
    """What the queue may be sorted by."""

    DEPOT = "depot"
    MONTANT = "montant"
    ECHEANCE = "echeance"
    DEMANDEUR = "demandeur"


LIBELLES_ETAPE = {
    EtapeFile.A_PRENDRE: "à prendre en charge",
    EtapeFile.AVIS: "des avis",
    EtapeFile.COMPLEMENT: "un complément",
    EtapeFile.A_DECIDER: "une décision",
    EtapeFile.A_NOTIFIER: "sa notification",
    EtapeFile.TRAITE: "plus rien",
    EtapeFile.AVIS_A_DONNER: "notre avis",
    EtapeFile.AVIS_DONNE: "l’autre service",
}
