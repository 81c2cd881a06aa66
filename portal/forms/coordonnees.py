"""Fields about an association that registers and sites know: its site, its number."""

import re

from portal.formats import ValeurIllisible, parse_rna
from portal.forms.champs import Texte

ADRESSE_WEB = re.compile(
    r"https?://(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_]{2,63}(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE
)
RNA_COMMENCE = re.compile(r"\s*w", re.IGNORECASE)


class AdresseWeb(Texte):
    """The address of a site; `valeur` begins with its scheme."""

    nature = "adresse_web"

    def lire(self, brut: str) -> str:
        """With or without « https:// »."""
        adresse = brut if "://" in brut else f"https://{brut}"
        if not ADRESSE_WEB.fullmatch(adresse):
            raise ValeurIllisible(
                f"L’adresse «\u00a0{brut}\u00a0» n’est pas celle d’un site. Écrivez par exemple www.association.fr."
            )
        return adresse


class Rna(Texte):
    """A number of the RNA, or that of the récépissé of a préfecture, which has no fixed form."""

    def lire(self, brut: str) -> str:
        """What begins as a number of the RNA is one; anything else is kept as typed."""
        return parse_rna(brut) if RNA_COMMENCE.match(brut) else brut
