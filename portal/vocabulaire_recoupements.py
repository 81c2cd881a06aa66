"""The enums and the words of cross-checks: what the portal finds in the facts around a dossier, for a person to judge."""

from enum import StrEnum


class GenreRecoupement(StrEnum):
    """What was found; it bears on a pair of dossiers, on a declaration, on an account or on a date, never on an association."""

    MEME_ACTION = "meme_action"
    COFINANCEMENT = "cofinancement"
    MINIMIS = "minimis"
    MEME_COMPTE = "meme_compte"
    CER = "cer"


TITRES_RECOUPEMENT = {
    GenreRecoupement.MEME_ACTION: "Autres demandes pour la même action",
    GenreRecoupement.COFINANCEMENT: "Cofinancements déclarés et cofinancements connus",
    GenreRecoupement.MINIMIS: "Aides publiques sur trois ans",
    GenreRecoupement.MEME_COMPTE: "Même compte bancaire qu’une autre association",
    GenreRecoupement.CER: "Contrat d’engagement républicain",
}


class EtatRecoupement(StrEnum):
    """What a person has made of it. `information`: a fact that asks nothing of anybody."""

    A_REGARDER = "a_regarder"
    INFORMATION = "information"
    ECARTE = "ecarte"
    CONFIRME = "confirme"


LIBELLES_ETAT_RECOUPEMENT = {
    EtatRecoupement.A_REGARDER: "à regarder",
    EtatRecoupement.INFORMATION: "pour information",
    EtatRecoupement.ECARTE: "écarté",
    EtatRecoupement.CONFIRME: "confirmé",
}
JUGES = frozenset({EtatRecoupement.ECARTE, EtatRecoupement.CONFIRME})


class RaisonAction(StrEnum):
    """Why two requests look like the same action, or do not: each is worth a few points, for or against."""

    TITRE = "titre"
    EDITION = "edition"
    PERIODE = "periode"
    AUTRE_PERIODE = "autre_periode"
    EXERCICE = "exercice"
    AUTRE_EXERCICE = "autre_exercice"
    TERRITOIRE = "territoire"
    AUTRE_TERRITOIRE = "autre_territoire"
    MONTANT = "montant"
    COUT = "cout"


class Ecart(StrEnum):
    """What a declared co-funding and the dossier of that funder say together."""

    CONCORDE = "concorde"
    ABSENT = "absent"
    MONTANT = "montant"
    REFUSE = "refuse"
    PAS_DECIDE = "pas_decide"
    DEPASSEMENT = "depassement"


LIBELLES_ECART = {
    Ecart.CONCORDE: "Déclaration et dossier concordent",
    Ecart.ABSENT: "Cofinancement déclaré, aucun dossier connu",
    Ecart.MONTANT: "Montant différent",
    Ecart.REFUSE: "Déclaré obtenu, mais refusé",
    Ecart.PAS_DECIDE: "Déclaré obtenu, mais pas encore décidé",
    Ecart.DEPASSEMENT: "Les aides obtenues dépassent le coût",
}


class LacuneCer(StrEnum):
    """Where the CER was missing when it was needed."""

    AU_DEPOT = "au_depot"
    A_LA_DECISION = "a_la_decision"
    APRES_OCTROI = "apres_octroi"


LIBELLES_LACUNE_CER = {
    LacuneCer.AU_DEPOT: "Au dépôt de la demande",
    LacuneCer.A_LA_DECISION: "À la date de la décision",
    LacuneCer.APRES_OCTROI: "Souscrit après l’octroi",
}
