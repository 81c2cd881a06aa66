"""What the official schema of the open data of grants asks of its 16 columns (SCDL « subventions » 2.1.1), as facts.

Written by hand from it, apart from the portal's own table: frictionless then judges our files without anything of ours. Beside
the reference folder, tests/unit/test_scdl.py holds these facts to the schema itself.
"""

from pathlib import Path
from typing import Any

OBLIGATOIRE = {"required": True}
JOUR = r"[0-9]{4}\-[0-9]{2}\-[0-9]{2}"
NATURES = ("aide en numéraire", "aide en nature")
# By column: its type, and what its values must be.
COLONNES: dict[str, tuple[str, dict[str, Any]]] = {
    "nomAttribuant": ("string", OBLIGATOIRE),
    "idAttribuant": ("string", OBLIGATOIRE | {"pattern": r"^\d{14}$"}),
    "dateConvention": ("date", OBLIGATOIRE),
    "referenceDecision": ("string", {}),
    "nomBeneficiaire": ("string", OBLIGATOIRE),
    "idBeneficiaire": ("string", {}),
    "rnaBeneficiaire": ("string", {"pattern": r"^W\d{9}$"}),
    "objet": ("string", OBLIGATOIRE | {"maxLength": 256}),
    "montant": ("number", OBLIGATOIRE),
    "nature": ("string", OBLIGATOIRE | {"enum": [*NATURES, ";".join(NATURES), ";".join(reversed(NATURES))]}),
    "conditionsVersement": ("string", OBLIGATOIRE | {"maxLength": 256}),
    "datesPeriodeVersement": ("string", OBLIGATOIRE | {"pattern": rf"^{JOUR}(\/{JOUR})?$"}),
    "idRAE": ("string", {"maxLength": 5}),
    "notificationUE": ("boolean", OBLIGATOIRE),
    "pourcentageSubvention": ("number", OBLIGATOIRE | {"minimum": 0.01, "maximum": 1}),
    "dispositifAide": ("string", {}),
}
EN_PLUS: dict[str, dict[str, Any]] = {"notificationUE": {"trueValues": ["oui"], "falseValues": ["non"]}}


def champs() -> list[dict[str, Any]]:
    """The fields, as a Table Schema says them."""
    return [
        {"name": nom, "type": genre, **EN_PLUS.get(nom, {}), **({"constraints": regles} if regles else {})}
        for nom, (genre, regles) in COLONNES.items()
    ]


def refusees(octets: bytes, dossier: Path) -> set[int]:
    """The numbers of the lines of a file, from 1 for the first under the header, that frictionless refuses; 0 for the file."""
    from frictionless import Resource, Schema  # noqa: PLC0415  # slow to load, and of no use to other tests

    fichier = dossier / "donnees.csv"
    fichier.write_bytes(octets)
    schema = Schema.from_descriptor({"fields": champs()})
    erreurs = Resource(path=fichier.name, basepath=str(dossier), schema=schema).validate().flatten(["rowNumber"])
    return {int(ligne or 1) - 1 for (ligne,) in erreurs}
