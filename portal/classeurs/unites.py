"""What is no amount in euros: other currencies, thousands and millions, as titles, formats and cells write them."""

import re

from portal.classeurs.champs import Champ, TypeChamp
from portal.classeurs.resultats import ColonneVue

MONTANTS = frozenset({TypeChamp.MONTANT, TypeChamp.MONTANT_SIGNE})
EUROS = re.compile(r"€|eur|euros?", re.IGNORECASE)
# Alone, as a format adds it to a number.
DEVISE = re.compile(
    r"xpf|f[. ]*cfp|cfp|f|francs?(?: .*)?|us ?d|us ?\$|\$|£|gbp|chf|cad|yen|dollars?|livres? sterlings?", re.IGNORECASE
)
MULTIPLE = re.compile(r"(?:k|m|md)(?: ?(?:€|eur|euros?))?|.*%.*|.*mill(?:iers?|ions?|iards?).*", re.IGNORECASE)
# Among the words of a title.
TITRE_MULTIPLE = re.compile(
    r"(?<!\w)(?<![0-9][ \u00a0])(?:k|m|md)[ \u00a0]?(?:€|(?:eur|euros)\b)|\(k\)"
    r"|\bmill(?:iers|ions|iards) d|\ben mill(?:iers|ions|iards)\b",
    re.IGNORECASE,
)
TITRE_DEVISE = re.compile(
    r"\bxpf\b|\bf[. ]*cfp\b|\bcfp\b|\bfrancs\b|\$|£|\b(?:usd|gbp|chf)\b|\bdollars?\b", re.IGNORECASE
)
TITRE_EUROS = re.compile(r"€|\beuros?\b", re.IGNORECASE)
NIE = re.compile(r"\b(?:pas|non|hors|sans)\b[^,;)]*", re.IGNORECASE)
EN_MULTIPLE = (
    "Le titre de la colonne («\u00a0{}\u00a0») dit des milliers ou des millions. Écrivez les montants en euros, et corrigez le "
    "titre."
)
EN_DEVISE = (
    "Le titre de la colonne («\u00a0{}\u00a0») semble dire une autre monnaie que l’euro. Convertissez les montants en euros "
    "s’il le faut, et corrigez le titre."
)


def reserve_de(vue: ColonneVue | None, champ: Champ | None) -> str:
    """Why the numbers of that column are no amounts in euros, "" when they may be, or are no amounts."""
    return reserve(vue.titre) if vue and champ and champ.type in MONTANTS else ""


def reserve(titre: str) -> str:
    """Why the numbers under that title are no amounts in euros, "" when they may be."""
    affirme = NIE.sub("", titre)
    if TITRE_MULTIPLE.search(affirme):
        return EN_MULTIPLE.format(titre)
    return EN_DEVISE.format(titre) if TITRE_DEVISE.search(affirme) and not TITRE_EUROS.search(affirme) else ""


def est_unite(mots: str) -> bool:
    """Whether these words after a number change what it is worth: « k€ », « F CFP »."""
    return bool(MULTIPLE.fullmatch(mots) or DEVISE.fullmatch(mots))
