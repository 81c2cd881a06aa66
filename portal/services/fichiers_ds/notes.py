"""What DS lists of the files of its dossiers, kept with each page that is stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.apercu import Apercevable
from integrations.demarches_simplifiees.types import FichierDS as FichierRecu
from portal.copie import among, copy_rows
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.fichiers_ds import FichierDS
from portal.services.fichiers_ds.prises import next_due
from portal.travaux import commander
from portal.vocabulaire_ds import EtatFichierDS

CHERCHER = "fichiers_ds.chercher"
COLONNES = (
    "dossier_id",
    "partie",
    "porteur",
    "nom",
    "checksum",
    "libelle",
    "type_mime",
    "taille",
    "virus_ds",
    "cree_at",
    "etat",
)
TABLE = FichierDS.metadata.tables[FichierDS.__tablename__]
# All rows as one JSON parameter: five times cheaper than as many parameters as values, and refusable row by row, unlike COPY,
# where somebody else may be writing the same.
LIGNES = (
    func.json_to_recordset(bindparam("lignes", type_=JSON))
    .table_valued(*(column(nom, TABLE.c[nom].type) for nom in COLONNES))
    .render_derived(with_types=True)
)
INSERTION = insert(TABLE).from_select(COLONNES, select(LIGNES)).on_conflict_do_nothing()
# What names a file for good: DS gives it no id, and the same content under the same name at the same place is the same file.
Place = tuple[int, str, str, str, str]
Connus = Mapping[Place, Any]


def note_files(
    session: Session, lot: Sequence[tuple[int, Apercevable]], demarche: Demarche, *, neufs: Collection[int] = ()
) -> None:
    """Keep what DS says of the files of these dossiers (our id, what was read), and order the copy of those to be copied.

    To be called last in the transaction of a page, whose dossiers are locked: one statement when nothing has changed, two
    when new files come. What DS no longer lists is marked, never forgotten; what comes back is no longer lost.
    `neufs`: the dossiers that this very transaction has created, of which nothing is known yet.
    """
    if lot:
        note(session, [(dossier_id, recu.fichiers) for dossier_id, recu in lot], demarche, neufs=neufs)


def note(
    session: Session,
    listes: Sequence[tuple[int, Iterable[FichierRecu]]],
    demarche: Demarche,
    *,
    neufs: Collection[int] = (),
) -> None:
    """The same, from the files alone of each dossier."""
    suivis = [dossier_id for dossier_id, _ in listes if dossier_id not in neufs]
    connus = _known(session, suivis) if suivis else {}
    lus = {place(dossier_id, un): un for dossier_id, fichiers in listes for un in fichiers}
    attente = EtatFichierDS.A_LA_DEMANDE if demarche.fichiers_a_la_demande else EtatFichierDS.ATTENDU
    nouveaux = [_ligne(ou, un) | {"etat": attente} for ou, un in lus.items() if ou not in connus]
    copy_rows(session, FichierDS, [une for une in nouveaux if une["dossier_id"] in neufs])
    autres = [une | {"cree_at": _iso(une["cree_at"])} for une in nouveaux if une["dossier_id"] not in neufs]
    if autres:
        session.execute(INSERTION, {"lignes": autres})
    revenus = _follow(session, connus, lus, attente)
    if attente == EtatFichierDS.ATTENDU and (nouveaux or revenus):
        order(session)


def order(session: Session) -> None:
    """Queue one job that copies what waits, unless it already waits itself; two of them never run together."""
    commander(session, CHERCHER, verrou=CHERCHER, unique=CHERCHER)


def order_due(session: Session) -> None:
    """Order that job if anything is due: the outbox is swept, an order is only the quick way."""
    if next_due(session) is not None:
        order(session)


def place(dossier_id: int, fichier: FichierRecu) -> Place:
    """What names this file among those of our dossier, as `FichierDS.place` does of its row."""
    return dossier_id, str(fichier.partie), fichier.porteur[:100], fichier.filename[:300], fichier.checksum[:40]


def _known(session: Session, dossiers: list[int]) -> dict[Place, Any]:
    """What we know of them, without the weight of objects: a page may hold hundreds."""
    cle = FichierDS.dossier_id, FichierDS.partie, FichierDS.porteur, FichierDS.nom, FichierDS.checksum
    suivis = FichierDS.id, FichierDS.virus_ds, FichierDS.disparu_at, FichierDS.etat
    lignes = session.execute(select(*cle, *suivis).where(among(FichierDS.dossier_id, dossiers)).order_by(FichierDS.id))
    return {(un.dossier_id, un.partie, un.porteur, un.nom, un.checksum): un for un in lignes}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _ligne(ou: Place, fichier: FichierRecu) -> dict[str, Any]:
    dossier_id, partie, porteur, nom, checksum = ou
    return {
        "dossier_id": dossier_id,
        "partie": partie,
        "porteur": porteur,
        "nom": nom,
        "checksum": checksum,
        "libelle": fichier.libelle,
        "type_mime": fichier.content_type[:100],
        "taille": fichier.taille,
        "virus_ds": fichier.virus[:40],
        "cree_at": fichier.cree_at,
    }


def _follow(session: Session, connus: Connus, lus: Mapping[Place, FichierRecu], attente: EtatFichierDS) -> bool:
    """Mark what has gone, what is back and what DS's antivirus now says. True when a lost file may be copied after all."""
    partis = [un.id for ou, un in connus.items() if ou not in lus and un.disparu_at is None]
    if partis:
        session.execute(update(FichierDS).where(FichierDS.id.in_(partis)).values(disparu_at=maintenant()))
    revenus = [un for ou, un in connus.items() if ou in lus and un.disparu_at is not None]
    retrouves = [un.id for un in revenus if un.etat == EtatFichierDS.PERDU]
    if revenus:
        session.execute(update(FichierDS).where(FichierDS.id.in_([un.id for un in revenus])).values(disparu_at=None))
    if retrouves:
        nouvelle_vie = {"etat": attente, "essais": 0, "erreur": "", "prochain_essai": maintenant()}
        session.execute(update(FichierDS).where(FichierDS.id.in_(retrouves)).values(nouvelle_vie))
    dits: dict[str, list[int]] = defaultdict(list)
    for ou, un in connus.items():
        if ou in lus and lus[ou].virus[:40] != un.virus_ds:
            dits[lus[ou].virus[:40]].append(un.id)
    for virus, ids in dits.items():
        session.execute(update(FichierDS).where(FichierDS.id.in_(ids)).values(virus_ds=virus))
    return bool(retrouves)
