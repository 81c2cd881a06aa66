"""DS's opaque ids, and identifiers that pass the checks of the real ones."""

import base64
from random import Random


def identifiant(nom: str, numero: int | str) -> str:
    """The global id DS gives: base64 of "Dossier-42"."""
    return base64.b64encode(f"{nom}-{numero}".encode()).decode()


def siren(tirage: Random) -> str:
    """Nine digits that pass Luhn."""
    return _cle_luhn(f"{tirage.randint(4, 8)}{tirage.randint(0, 9_999_999):07}")


def siret(du_siren: str, etablissement: int = 1) -> str:
    """Fourteen digits that pass Luhn, as do their first nine."""
    return _cle_luhn(f"{du_siren}{etablissement:04}")


def siret_valide(texte: str) -> bool:
    """Fourteen digits that pass Luhn."""
    return len(texte) == 14 and texte.isdecimal() and _cle_luhn(texte[:-1]) == texte


def rna(code_departement: str, tirage: Random) -> str:
    """W, three characters for the registry, six digits."""
    return f"W{code_departement}{tirage.randint(1, 4)}{tirage.randint(0, 999_999):06}"


def _cle_luhn(debut: str) -> str:
    """`debut` and the digit that makes it pass: from the right, one digit in two is doubled."""
    doubles = (int(chiffre) * 2 if rang % 2 == 0 else int(chiffre) for rang, chiffre in enumerate(reversed(debut)))
    somme = sum(un - 9 if un > 9 else un for un in doubles)
    return f"{debut}{-somme % 10}"
