"""Merges two rows that are one association, and undoes it exactly."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import date_fr, maintenant
from portal.models.associations import Association
from portal.models.fiches_associations import FusionAssociation
from portal.permissions import Acteur
from portal.queries import fusions
from portal.services import etats_cer, journal, recoupements

# Rows that say the same of both: taken out of the absorbed one and kept whole, so that no search leads to it.
DOUBLES = frozenset({"association_identifiant", "etablissement"})
REFUS = "Seul un responsable d’un service qui a un dossier de l’association, ou un administrateur, réunit deux fiches."


def merge(session: Session, *, by: Acteur, gardee_id: int, absorbee_id: int, motif: str) -> FusionAssociation:
    """Move to `gardee` all that `absorbee` bears, but what the kept one has already. Raises Forbidden, Invalid, Conflict."""
    if by.service_id is None or not fusions.may_merge(session, by, gardee_id, absorbee_id):
        raise Forbidden(REFUS)
    if gardee_id == absorbee_id:
        raise Invalid("motif", "Choisissez deux fiches différentes.")
    _lock_free(session, gardee_id, absorbee_id)
    deplaces: dict[str, Any] = {}
    otes: dict[str, Any] = {}
    for table in fusions.bearing_tables():
        ids = list(session.scalars(fusions.movable(table, gardee_id, absorbee_id)))
        if table.name in DOUBLES:
            otes[table.name] = _take_out(session, table, gardee_id, absorbee_id)
        if ids:
            deplaces[table.name] = ids
            _move(session, table, ids, de=absorbee_id, vers=gardee_id)
    session.execute(update(Association).where(Association.id == absorbee_id).values(absorbee_par_id=gardee_id))
    fusion = FusionAssociation(
        gardee_id=gardee_id,
        absorbee_id=absorbee_id,
        par_id=by.user_id,
        service_id=by.service_id,
        motif=motif,
        deplaces=deplaces,
        otes=otes,
    )
    session.add(fusion)
    session.expire_all()
    etats_cer.refresh(session, [gardee_id, absorbee_id])
    recoupements.order(session, [gardee_id, absorbee_id])
    _record(session, by, fusion, "associations_reunies", motif=motif)
    return fusion


def undo(session: Session, *, by: Acteur, fusion: FusionAssociation) -> None:
    """Give back what was moved, where it still is. What came since stays with the kept one. Raises Forbidden, Conflict."""
    if not fusions.may_merge(session, by, fusion.gardee_id):
        raise Forbidden(REFUS)
    session.refresh(fusion, with_for_update={"of": FusionAssociation})
    if fusion.annulee_at is not None:
        raise Conflict(f"Ces deux fiches sont déjà séparées depuis le {date_fr(fusion.annulee_at)}.")
    tables = {table.name: table for table in fusions.bearing_tables()}
    for nom, ids in fusion.deplaces.items():
        _move(session, tables[nom], ids, de=fusion.gardee_id, vers=fusion.absorbee_id)
    for nom, lignes in fusion.otes.items():
        if lignes:
            session.execute(insert(tables[nom]), [_read(tables[nom], ligne) for ligne in lignes])
    session.execute(update(Association).where(Association.id == fusion.absorbee_id).values(absorbee_par_id=None))
    fusion.annulee_at, fusion.annulee_par_id = maintenant(), by.user_id
    session.flush()
    _record(session, by, fusion, "associations_separees")
    ids = [fusion.gardee_id, fusion.absorbee_id]
    session.expire_all()
    etats_cer.refresh(session, ids)
    recoupements.order(session, ids)


def _lock_free(session: Session, *ids: int) -> None:
    """Both rows, held until the end, neither of them absorbed nor bearing an absorbed one that would be left behind."""
    tenues = session.scalars(
        select(Association).where(Association.id.in_(ids)).order_by(Association.id).with_for_update()
    ).all()
    if len(tenues) != len(set(ids)) or any(une.absorbee_par_id for une in tenues):
        raise Conflict(
            "L’une de ces fiches vient d’être réunie à une autre. Rien n’a été changé\u00a0: rechargez la page."
        )
    porteuse = select(FusionAssociation.id).where(
        FusionAssociation.gardee_id == ids[-1], FusionAssociation.annulee_at.is_(None)
    )
    if session.scalar(porteuse.limit(1)) is not None:
        raise Conflict(
            "Une autre fiche est déjà réunie à celle que vous voulez absorber. Rien n’a été changé\u00a0: gardez plutôt cette "
            "fiche-là, ou défaites d’abord la première réunion."
        )


def _move(session: Session, table: Table, ids: list[int], *, de: int, vers: int) -> None:
    cle = fusions.key_of(table)
    session.execute(update(table).where(cle.in_(ids), table.c[fusions.COLONNE] == de).values({fusions.COLONNE: vers}))


def _take_out(session: Session, table: Table, gardee_id: int, absorbee_id: int) -> list[dict[str, Any]]:
    restent = list(session.scalars(fusions.staying(table, gardee_id, absorbee_id)))
    cle = fusions.key_of(table)
    lignes = session.execute(select(table).where(cle.in_(restent)).order_by(cle)).mappings().all()
    session.execute(delete(table).where(cle.in_(restent)))
    return [{nom: _write(valeur) for nom, valeur in ligne.items()} for ligne in lignes]


def _write(valeur: Any) -> Any:
    return str(valeur) if isinstance(valeur, date | datetime | Decimal) else valeur


def _read(table: Table, ligne: dict[str, Any]) -> dict[str, Any]:
    return {nom: valeur for nom, valeur in ligne.items() if nom in table.c}


def _record(session: Session, by: Acteur, fusion: FusionAssociation, action: str, **valeurs: Any) -> None:
    session.flush()
    for ident in (fusion.gardee_id, fusion.absorbee_id):
        journal.record(
            session,
            by=by,
            action=action,
            objet=f"association:{ident}",
            valeurs={"gardee": fusion.gardee_id, "absorbee": fusion.absorbee_id, "fusion": fusion.id, **valeurs},
        )
