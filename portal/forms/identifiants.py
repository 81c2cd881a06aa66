"""Reads the numbers by which an association is known, as people write them."""

import re

from portal.formats import ValeurIllisible, compact, parse_rna, parse_siren, parse_siret

# domain.md §3: New Caledonia's RID or RIDET; French Polynesia's numéro Tahiti, of the unit or of one of its places.
RIDET = re.compile(r"\d{6,7}|\d{9,10}")
TAHITI = re.compile(r"[A-Z\d]\d{5}|[A-Z\d]\d{8}")
COMMENCE_COMME_UN_RNA = re.compile(r"W\d")
UN_NOM = re.compile(r"[^\W\d_]{2}")
NOM_MINIMAL = 3


def lire_identifiant(texte: str) -> tuple[str, str]:
    """(siren | siret | rna | nom, value) of what was typed in the one field; numbers are compact.

    Raises ValeurIllisible with its own sentence.
    """
    nu = compact(texte)
    if COMMENCE_COMME_UN_RNA.match(nu):
        return "rna", parse_rna(texte)
    if nu.isdigit() and len(nu) in (9, 14):
        return ("siren", parse_siren(texte)) if len(nu) == 9 else ("siret", parse_siret(texte))
    if UN_NOM.search(texte) and len(nu) >= NOM_MINIMAL:
        return "nom", " ".join(texte.split())
    raise ValeurIllisible(
        f"« {texte.strip()} » n’est ni un SIREN (9 chiffres), ni un SIRET (14 chiffres), ni un numéro RNA "
        "(W suivi de 9 caractères), ni le nom d’une association. Vérifiez le nombre de caractères."
    )


def parse_ridet(texte: str) -> str:
    """A RID (6 or 7 digits) or a RIDET (9 or 10) of New Caledonia. Raises ValeurIllisible."""
    nu = compact(texte).replace("/", "")
    if not RIDET.fullmatch(nu):
        raise ValeurIllisible(
            f"Le RIDET «\u00a0{texte.strip()}\u00a0» n’est pas valide. Il compte 6 ou 7\u00a0chiffres, ou 9 ou 10 avec "
            "l’établissement, par exemple 1234567.001."
        )
    return nu


def parse_tahiti(texte: str) -> str:
    """A numéro Tahiti of French Polynesia, with or without the place. Raises ValeurIllisible."""
    nu = compact(texte)
    if not TAHITI.fullmatch(nu):
        raise ValeurIllisible(
            f"Le numéro Tahiti «\u00a0{texte.strip()}\u00a0» n’est pas valide. Il compte 6\u00a0caractères, ou 9 avec "
            "l’établissement, par exemple A12345 ou A12345001."
        )
    return nu


def registre_local(tribunal: str, volume: str, folio: str) -> str:
    """An inscription in the registre des associations of Alsace-Moselle, in one form: « Strasbourg, volume 45, folio 12 »."""
    lieu, tome, page = (" ".join(un.split()) for un in (tribunal, volume, folio))
    return f"{' '.join(mot[:1].upper() + mot[1:].lower() for mot in lieu.split())}, volume {tome}, folio {page}"
