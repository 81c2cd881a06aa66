"""Merge fields in the words of a service: « {association} » becomes the name of the one that asks."""

import re
from collections.abc import Iterable, Mapping

CHAMP = re.compile(r"\{([^{}\n]*)\}")
CHAMPS = {
    "association": "le nom de l’association",
    "intitule": "l’intitulé du projet",
    "reference": "le numéro du dossier",
    "montant_demande": "le montant demandé, en euros",
    "exercice": "l’exercice demandé",
    "demarche": "le titre de la démarche",
    "date_depot": "la date de dépôt",
    "service": "le nom de votre service",
}


def inconnus(texte: str, connus: Iterable[str] = tuple(CHAMPS)) -> list[str]:
    """The names between braces that mean nothing, in order, each once; a brace alone is text."""
    attendus = set(connus)
    return list(dict.fromkeys(nom for nom in CHAMP.findall(texte) if nom.strip() not in attendus))


def remplir(texte: str, valeurs: Mapping[str, str]) -> str:
    """Each field by its value; what is not known stays as it is written. A value is never read again."""
    return CHAMP.sub(lambda trouve: valeurs.get(trouve[1].strip(), trouve[0]), texte)
