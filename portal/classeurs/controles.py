"""What a line as a whole must hold: required fields, something to know the association by, numbers that agree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from portal.classeurs.champs import Champ
from portal.classeurs.genres import GENRES
from portal.classeurs.resultats import Remarque
from portal.vocabulaire_imports import GenreImport, VerdictLigne

LIGNE = -1
NUMEROS = ("siret", "siren", "rna", "ridet", "idBeneficiaire", "rnaBeneficiaire")
# Keys that several columns may give together.
COMPOSES = {genre: tuple(champ for champ in champs if champ.multiple) for genre, champs in GENRES.items()}
# What tells whose payment a line is.
PAYES = ("beneficiaire_nom", *NUMEROS, "cle_source", "ej")
ATTRIBUANT = ("idAttribuant", "nomAttribuant")


class Table(Protocol):
    """What is known of the table where the line stands."""

    genre: GenreImport
    obligatoires: tuple[Champ, ...]
    rangs: dict[str, int]
    attribuants: dict[str, int]


def controler(table: Table, valeurs: Mapping[str, str], remarques: Sequence[Remarque]) -> Iterator[Remarque]:
    """What is to be said of the line, beyond its cells."""
    yield from _obligatoires(table, valeurs, remarques)
    yield from _composes(table, valeurs)
    if not any(remarque.champ in NUMEROS and remarque.verdict == VerdictLigne.REJETE for remarque in remarques):
        yield from _numeros(table, valeurs)
    if table.genre == GenreImport.AVIS and "reference" not in valeurs and not any(nom in valeurs for nom in NUMEROS):
        yield _ligne(
            VerdictLigne.REJETE,
            "reference",
            "Ni référence, ni SIRET, ni RNA\u00a0: le dossier n’est pas dit.",
        )
    if table.genre == GenreImport.VERSEMENTS and not any(nom in valeurs for nom in PAYES):
        raison = "Ni nom, ni numéro, ni référence\u00a0: le bénéficiaire de ce versement n’est pas dit."
        yield _ligne(VerdictLigne.REJETE, "beneficiaire_nom", raison)
    if table.genre == GenreImport.SCDL:
        yield from _attribuants(table, valeurs)


def _obligatoires(table: Table, valeurs: Mapping[str, str], remarques: Sequence[Remarque]) -> Iterator[Remarque]:
    for champ in table.obligatoires:
        if champ.nom not in valeurs and not any(
            remarque.champ == champ.nom and remarque.verdict == VerdictLigne.REJETE for remarque in remarques
        ):
            rang = table.rangs.get(champ.nom, LIGNE)
            raison = f"«\u00a0{champ.libelle}\u00a0» est obligatoire, et manque."
            yield Remarque(rang, champ.nom, "", VerdictLigne.REJETE, raison)


def _composes(table: Table, valeurs: Mapping[str, str]) -> Iterator[Remarque]:
    """Two keys that were cut could become one."""
    for champ in COMPOSES[table.genre]:
        if len(valeurs.get(champ.nom, "")) > champ.maximum:
            raison = (
                f"«\u00a0{champ.libelle}\u00a0» dépasse {champ.maximum}\u00a0caractères\u00a0: "
                "faites-la donner par moins de colonnes."
            )
            yield Remarque(
                table.rangs.get(champ.nom, LIGNE), champ.nom, valeurs[champ.nom], VerdictLigne.REJETE, raison
            )


def _numeros(table: Table, valeurs: Mapping[str, str]) -> Iterator[Remarque]:
    siret, siren = valeurs.get("siret"), valeurs.get("siren")
    if siret and siren and not siret.startswith(siren):
        raison = "Le SIREN n’est pas le début du SIRET\u00a0: l’un des deux est faux. Vérifiez-les."
        yield Remarque(table.rangs.get("siren", LIGNE), "siren", siren, VerdictLigne.AVERTISSEMENT, raison)
    attendus = any(nom in table.rangs for nom in NUMEROS)
    if attendus and table.genre != GenreImport.AVIS and not any(nom in valeurs for nom in NUMEROS):
        raison = "Aucun numéro (SIRET, SIREN, RNA, RIDET) ne désigne l’association\u00a0: la ligne ne sera rattachée à aucune."
        yield _ligne(VerdictLigne.AVERTISSEMENT, "identifiant", raison)


def _attribuants(table: Table, valeurs: Mapping[str, str]) -> Iterator[Remarque]:
    """A file of published grants is that of one attribuant: each other one is told once."""
    attribuant = next((valeurs[nom] for nom in ATTRIBUANT if nom in valeurs), "")
    if not attribuant:
        yield _ligne(VerdictLigne.AVERTISSEMENT, "idAttribuant", "L’attribuant n’est pas dit.")
    elif attribuant not in table.attribuants:
        table.attribuants[attribuant] = 1
        if len(table.attribuants) > 1:
            raison = f"Voici un autre attribuant\u00a0: {attribuant}. Vérifiez que ses lignes doivent être importées."
            yield _ligne(VerdictLigne.AVERTISSEMENT, "attribuants", raison)


def _ligne(verdict: VerdictLigne, champ: str, raison: str) -> Remarque:
    return Remarque(LIGNE, champ, "", verdict, raison)
