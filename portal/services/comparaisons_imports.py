"""Lines that were read, beside what the service has imported before: new, changed, unchanged, and those that vanished."""

import hashlib
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.models.imports import LotImport
from portal.queries.imports_anterieurs import list_applied

LONGUEUR_CLE = 200
# A join by nested loops, that a table not yet analysed invites, would compare each line with each other; and a hundred
# thousand lines take longer than a page may.
SANS_BOUCLE = text("SELECT set_config('enable_nestloop', 'off', true), set_config('statement_timeout', '300000', true)")
# A line with a key of its own is compared with the last import of its form, the n-th of a key with the n-th. One without is
# known by all that it says, from every import: those that were written, and the copies of them that a person left out. Lines
# are kept as new: only the others are written again.
COMPARER = text(
    "WITH dites AS MATERIALIZED (SELECT id, lot_id, numero, cle_ligne, CASE WHEN cle_source <> '' THEN md5(valeurs) END AS dit "
    "FROM ligne_import WHERE verdict <> 'rejete' "
    "AND (lot_id = :lot OR (lot_id = :ancien AND cle_source <> '' AND etat NOT IN ('refusee', 'annulee')))), "
    "rangees AS MATERIALIZED (SELECT id, lot_id, cle_ligne, dit, "
    "row_number() OVER (PARTITION BY lot_id, cle_ligne ORDER BY numero) AS rang FROM dites), "
    "connues AS MATERIALIZED (SELECT cle_ligne, count(*) AS combien FROM ligne_import "
    "WHERE lot_id = ANY(CAST(:lots AS bigint[])) AND cle_source = '' AND verdict <> 'rejete' "
    "AND (etat = 'faite' OR (etat = 'ecartee' AND comparaison <> 'inchangee')) "
    "GROUP BY cle_ligne HAVING bool_or(etat = 'faite')), "
    "revues AS MATERIALIZED (SELECT neuve.id, 'inchangee' AS comparaison FROM rangees AS neuve "
    "JOIN connues AS connue ON connue.cle_ligne = neuve.cle_ligne AND neuve.rang <= connue.combien WHERE neuve.lot_id = :lot "
    "UNION ALL SELECT neuve.id, CASE WHEN ancienne.dit = neuve.dit THEN 'inchangee' ELSE 'modifiee' END "
    "FROM rangees AS neuve JOIN rangees AS ancienne ON ancienne.lot_id = :ancien "
    "AND ancienne.cle_ligne = neuve.cle_ligne AND ancienne.rang = neuve.rang WHERE neuve.lot_id = :lot) "
    "UPDATE ligne_import SET comparaison = revue.comparaison FROM revues AS revue "
    "WHERE ligne_import.lot_id = :lot AND ligne_import.id = revue.id"
)
OUBLIER = text(
    "UPDATE ligne_import SET comparaison = 'nouvelle' WHERE lot_id = :lot AND comparaison IN ('modifiee', 'inchangee')"
)
DISPARUES = text(
    "WITH cles AS MATERIALIZED (SELECT cle_ligne, count(*) FILTER (WHERE lot_id = :ancien) AS avant, "
    "count(*) FILTER (WHERE lot_id = :lot) AS apres FROM ligne_import "
    "WHERE lot_id IN (:lot, :ancien) AND verdict <> 'rejete' GROUP BY cle_ligne) "
    "SELECT CAST(coalesce(sum(greatest(avant - apres, 0)), 0) AS bigint) FROM cles"
)


def line_key(cle: str, valeurs: bytes) -> str:
    """What a line is compared by: its own key, else a digest of all that it says."""
    return cle or "#" + hashlib.md5(valeurs, usedforsecurity=False).hexdigest()


def compare(session: Session, lot: LotImport) -> dict[str, Any]:
    """Note on each line how it stands beside what was imported before; how many lines the last one had, and lost since.

    `lot.precedent_id` becomes the last import of the same form; `compares`: the imports that were looked at.
    """
    lots = list_applied(session, lot)
    lot.precedent_id = next((ident for ident, forme in lots if forme == lot.forme), None)
    comptes: dict[str, Any] = {"compares": [ident for ident, _ in lots]}
    session.flush()
    ici: dict[str, Any] = {"lot": lot.id, "ancien": lot.precedent_id}
    session.execute(SANS_BOUCLE)
    session.execute(OUBLIER, ici)
    session.execute(COMPARER, {**ici, "lots": comptes["compares"]})
    precedent = session.get(LotImport, lot.precedent_id) if lot.precedent_id else None
    if precedent is None:
        return comptes
    disparues = session.scalar(DISPARUES, ici) or 0
    return comptes | {"avant": int(precedent.comptes.get("lignes", 0)), "disparues": disparues}
