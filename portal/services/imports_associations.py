"""Imports of associations: what a workbook says of each is added with its source, and overwrites nothing."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur, may_instruct
from portal.services import journal
from portal.services.associations_importees import find_or_make, is_person, numbers, put_back

SANS_NUMERO = (
    "Aucun SIRET, SIREN, RNA, RIDET ni numéro Tahiti ne désigne cette association\u00a0: "
    "le nom seul ne suffit pas, rien n’est écrit."
)
PERSONNE = "Ce nom est celui d’une personne\u00a0: seules les associations sont enregistrées ici, rien n’est écrit."
AUTRE_NOM = (
    "Le portail connaît cette association sous le nom «\u00a0{connu}\u00a0»\u00a0: "
    "celui du fichier est gardé à côté, rien n’est remplacé."
)


def key(valeurs: Mapping[str, str]) -> str:
    """The first number that designates it."""
    siren, rna, autre = numbers(valeurs)
    return siren or rna or (autre[1] if autre else "")


def apply(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Find or make the association, and keep what the file says of it. Raises Forbidden, Invalid."""
    verdict = may_instruct(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    valeurs = dict(ligne.valeurs)
    if "objet" in valeurs:
        valeurs["objet_social"] = valeurs.pop("objet")
    nom = valeurs.get("association_nom", "")
    if is_person(nom):
        raise Invalid("association_nom", PERSONNE)
    trouvee = find_or_make(session, by=by, lot=lot, valeurs=valeurs)
    if trouvee is None:
        raise Invalid("siret", SANS_NUMERO)
    association = trouvee.association
    ligne.objet, ligne.avant = f"association:{association.id}", {"association": trouvee.avant}
    if nom and nom.casefold() != association.denomination.casefold():
        ligne.message = AUTRE_NOM.format(connu=association.denomination)
    if not trouvee.avant["creee"]:
        faits = {"lot": lot.id, "ligne": ligne.numero, "champs": sorted(trouvee.avant.get("faits", {}))}
        journal.record(session, by=by, action="association_completee", objet=ligne.objet, valeurs=faits)


def undo(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Take back what the line made or added. Raises Conflict when something depends on an association that it made."""
    put_back(session, by=by, avant=ligne.avant["association"], strict=True)
    valeurs = {"lot": lot.id, "ligne": ligne.numero}
    journal.record(session, by=by, action="import_retire", objet=ligne.objet, valeurs=valeurs)
