"""What a field of an import is: its name, its words, the type that its cells are read by."""

from dataclasses import dataclass
from enum import StrEnum


class TypeChamp(StrEnum):
    """How a cell is read: by the declared type of its field, never by its look."""

    TEXTE = "texte"
    MONTANT = "montant"
    MONTANT_SIGNE = "montant_signe"
    DATE = "date"
    PERIODE = "periode"
    EXERCICE = "exercice"
    PART = "part"
    OUI_NON = "oui_non"
    SIRET = "siret"
    SIREN = "siren"
    RNA = "rna"
    RIDET = "ridet"
    CODE = "code"
    CODE_POSTAL = "code_postal"
    COURRIEL = "courriel"
    TELEPHONE = "telephone"
    SENS = "sens"
    STATUT = "statut"


LIBELLES_TYPE_CHAMP = {
    TypeChamp.TEXTE: "texte",
    TypeChamp.MONTANT: "montant",
    TypeChamp.MONTANT_SIGNE: "montant",
    TypeChamp.DATE: "date",
    TypeChamp.PERIODE: "date ou période",
    TypeChamp.EXERCICE: "année",
    TypeChamp.PART: "part, de 0,01 à 1",
    TypeChamp.OUI_NON: "oui ou non",
    TypeChamp.SIRET: "SIRET",
    TypeChamp.SIREN: "SIREN",
    TypeChamp.RNA: "numéro RNA",
    TypeChamp.RIDET: "RIDET ou numéro Tahiti",
    TypeChamp.CODE: "code",
    TypeChamp.CODE_POSTAL: "code postal",
    TypeChamp.COURRIEL: "adresse électronique",
    TypeChamp.TELEPHONE: "téléphone",
    TypeChamp.SENS: "sens d’un avis",
    TypeChamp.STATUT: "état du dossier",
}


@dataclass(frozen=True, slots=True)
class Champ:
    """A field. `synonymes`: headers that people write for it, the surest first; its name and `libelle` are among them already.

    `multiple`: several columns may give it, their values joined by « / » in the order of the file (a key made of two numbers).
    `siren`: the field that takes a SIREN given where a SIRET is asked, "" when the field keeps it itself. `maximum`: characters
    that the portal keeps, 0 when it keeps them all. `repris`: false when it is only kept with its line.
    """

    nom: str
    libelle: str
    type: TypeChamp = TypeChamp.TEXTE
    obligatoire: bool = False
    synonymes: tuple[str, ...] = ()
    multiple: bool = False
    siren: str = ""
    maximum: int = 0
    repris: bool = True
