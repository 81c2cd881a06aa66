"""Lines that were read, beside what the service has imported before: new, changed, unchanged, and those that vanished."""

import hashlib
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.models.imports import LotImport
from portal.queries.imports_anterieurs import known, list_applied

LONGUEUR_CLE = 200
# A join by nested loops, that a table not yet analysed invites, would compare each line with each other; and a hundred
# thousand lines take longer than a page may.
SANS_BOUCLE = text("SELECT set_config('enable_nestloop', 'off', true), set_config('statement_timeout', '300000', true)")
# A line with a key of its own is compared with what the last import that spoke of it said, over what the last one of its form
# did when they differ: the n-th of a key with the n-th. One without a key is known by all that it says, from every import: those
# that were written, and the copies of them that a person left out. Lines are kept as new: only the others are written again.
COMPARER = text(
    "WITH neuves AS MATERIALIZED (SELECT id, cle_ligne, cle_source <> '' AS a_cle, "
    "row_number() OVER (PARTITION BY cle_ligne ORDER BY numero) AS rang FROM ligne_import "
    "WHERE lot_id = :lot AND verdict <> 'rejete'), "
    "dites AS MATERIALIZED (SELECT id, cle_ligne, numero, array_position(CAST(:lots AS bigint[]), lot_id) AS age, "
    "lot_id = ANY(CAST(:memes AS bigint[])) AS meme FROM ligne_import WHERE lot_id = ANY(CAST(:lots AS bigint[])) "
    "AND cle_source <> '' AND verdict <> 'rejete' AND etat NOT IN ('refusee', 'annulee')), "
    "rangees AS MATERIALIZED (SELECT id, cle_ligne, age, min(age) OVER (PARTITION BY cle_ligne) AS derniere, "
    "min(age) FILTER (WHERE meme) OVER (PARTITION BY cle_ligne) AS derniere_meme, "
    "row_number() OVER (PARTITION BY cle_ligne, age ORDER BY numero) AS rang FROM dites), "
    "connues AS MATERIALIZED (SELECT cle_ligne, count(*) AS combien FROM ligne_import "
    "WHERE lot_id = ANY(CAST(:lots AS bigint[])) AND cle_source = '' AND verdict <> 'rejete' "
    "AND (etat = 'faite' OR (etat = 'ecartee' AND comparaison <> 'inchangee')) "
    "GROUP BY cle_ligne HAVING bool_or(etat = 'faite')), "
    "revues AS MATERIALIZED (SELECT neuve.id, CAST(NULL AS bigint) AS dite_id, CAST(NULL AS bigint) AS meme_id "
    "FROM neuves AS neuve JOIN connues AS connue ON connue.cle_ligne = neuve.cle_ligne AND neuve.rang <= connue.combien "
    "WHERE NOT neuve.a_cle "
    "UNION ALL SELECT neuve.id, coalesce(dite.id, meme.id), meme.id FROM neuves AS neuve "
    "LEFT JOIN rangees AS dite ON dite.age = dite.derniere AND dite.cle_ligne = neuve.cle_ligne AND dite.rang = neuve.rang "
    "LEFT JOIN rangees AS meme ON meme.age = meme.derniere_meme AND meme.cle_ligne = neuve.cle_ligne AND meme.rang = neuve.rang "
    "WHERE neuve.a_cle AND coalesce(dite.id, meme.id) IS NOT NULL) "
    "UPDATE ligne_import SET comparaison = CASE WHEN revue.dite_id IS NULL OR dite.valeurs = ligne_import.valeurs "
    "OR (dite.id IS DISTINCT FROM meme.id "
    "AND coalesce(CAST(meme.valeurs AS jsonb), '{}') || CAST(dite.valeurs AS jsonb) @> CAST(ligne_import.valeurs AS jsonb) "
    "AND coalesce(CAST(meme.valeurs AS jsonb), '{}') "
    "- ARRAY(SELECT jsonb_object_keys(CAST(ligne_import.valeurs AS jsonb))) = '{}') THEN 'inchangee' ELSE 'modifiee' END "
    "FROM revues AS revue LEFT JOIN ligne_import AS dite ON dite.id = revue.dite_id "
    "LEFT JOIN ligne_import AS meme ON meme.id = revue.meme_id "
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
    memes = [ident for ident, forme, _ in lots if forme == lot.forme]
    lot.precedent_id = memes[0] if memes else None
    comptes: dict[str, Any] = {"compares": known(lots)}
    session.flush()
    ici: dict[str, Any] = {"lot": lot.id, "ancien": lot.precedent_id}
    session.execute(SANS_BOUCLE)
    session.execute(OUBLIER, ici)
    session.execute(COMPARER, {**ici, "lots": [ident for ident, _, _ in lots], "memes": memes})
    precedent = session.get(LotImport, lot.precedent_id) if lot.precedent_id else None
    if precedent is None:
        return comptes
    disparues = session.scalar(DISPARUES, ici) or 0
    return comptes | {"avant": int(precedent.comptes.get("lignes", 0)), "disparues": disparues}
