"""Keeps what cross-checks find around dossiers, and what people make of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.formats import aujourdhui, maintenant
from portal.models.dossiers import Dossier
from portal.models.recoupements import AssociationARecouper, Recoupement
from portal.permissions import Acteur
from portal.permissions.recoupements import can_judge
from portal.queries import constats_recoupements, faits_recoupements
from portal.queries.requetes_recoupees import Constat
from portal.services import journal
from portal.vocabulaire import Etat
from portal.vocabulaire_recoupements import JUGES, EtatRecoupement, GenreRecoupement

PAR_LOT = 50
Cle = tuple[GenreRecoupement, str]
DISPARU = (
    "Les faits ont changé pendant que cette page était ouverte\u00a0: ce recoupement n’existe plus. Rien n’est enregistré. "
    "Relisez la page."
)


def sweep(session: Session, limite: int = PAR_LOT) -> int:
    """Look again at the associations whose facts changed first, and how many there were."""
    attendues = (
        select(AssociationARecouper.id, AssociationARecouper.association_id)
        .order_by(AssociationARecouper.id)
        .limit(limite)
        .with_for_update(skip_locked=True)
    )
    lues = session.execute(attendues).all()
    if not lues:
        return 0
    associations = sorted({association_id for _, association_id in lues})
    # What came before this reading is in it, what comes after waits for the next one.
    session.execute(delete(AssociationARecouper).where(AssociationARecouper.id.in_([ident for ident, _ in lues])))
    refresh(session, associations)
    return len(associations)


def refresh(session: Session, association_ids: Iterable[int]) -> None:
    """Write what is found now around the dossiers of these associations, in a fixed number of readings."""
    session.flush()
    instant = maintenant()
    releve = faits_recoupements.load(session, association_ids, instant)
    trouves: dict[int, list[Constat]] = {}
    for groupe in releve.groupes:
        trouves |= constats_recoupements.find(groupe, releve.annuaire, aujourdhui())
    anciens = _known(session, trouves)
    for dossier_id, constats in trouves.items():
        _write(session, dossier_id, constats, anciens.get(dossier_id, {}), instant)
    session.flush()


def order_open(session: Session) -> None:
    """Have every association with a dossier to decide looked at again: years roll on and dispenses end by themselves."""
    ouverts = select(Dossier.association_id).where(
        Dossier.etat.in_((Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION)), Dossier.association_id.is_not(None)
    )
    session.execute(insert(AssociationARecouper).from_select(["association_id"], ouverts.distinct()))


def order(session: Session, association_ids: Iterable[int]) -> None:
    """Have the dossiers of these associations looked at again within the minute, with those of whoever shares a number with them.

    For what no dossier tells: a number that was learnt, two rows that are one association.
    """
    ids = sorted(set(association_ids))
    if ids:
        session.execute(insert(AssociationARecouper), [{"association_id": ident} for ident in ids])


def _known(session: Session, dossier_ids: Iterable[int]) -> Mapping[int, dict[Cle, Recoupement]]:
    """What was kept about these dossiers, and about those of which nothing is to be found any more."""
    lus = session.scalars(
        select(Recoupement).where(Recoupement.dossier_id.in_(list(dossier_ids))).order_by(Recoupement.id)
    )
    connus: dict[int, dict[Cle, Recoupement]] = {}
    for un in lus:
        connus.setdefault(un.dossier_id, {})[un.genre, un.cle] = un
    return connus


def _write(
    session: Session,
    dossier_id: int,
    constats: Sequence[Constat],
    anciens: Mapping[Cle, Recoupement],
    instant: datetime,
) -> None:
    voulus = {(constat.genre, constat.cle): constat for constat in constats}
    for cle, constat in voulus.items():
        _write_one(session, dossier_id, constat, anciens.get(cle), instant)
    for cle, ancien in anciens.items():
        if cle in voulus:
            continue
        if ancien.etat in JUGES:
            ancien.disparu_at = ancien.disparu_at or instant
        else:
            session.delete(ancien)


def _write_one(
    session: Session, dossier_id: int, constat: Constat, ancien: Recoupement | None, instant: datetime
) -> None:
    """New facts are shown again, even set aside; what was confirmed stays so."""
    empreinte = _sha256(constat.retient)
    neuf = EtatRecoupement.A_REGARDER if constat.alerte else EtatRecoupement.INFORMATION
    if ancien is None:
        session.add(
            Recoupement(
                genre=constat.genre,
                dossier_id=dossier_id,
                autre_dossier_id=constat.autre_id,
                cle=constat.cle,
                faits=constat.faits,
                empreinte=empreinte,
                etat=neuf,
                calcule_at=instant,
            )
        )
        return
    change = ancien.empreinte != empreinte
    if ancien.etat not in JUGES or (change and ancien.etat == EtatRecoupement.ECARTE):
        ancien.etat = neuf
    if change or ancien.faits != constat.faits:
        ancien.faits, ancien.empreinte, ancien.autre_dossier_id = constat.faits, empreinte, constat.autre_id
        ancien.calcule_at = instant
    ancien.disparu_at = None


def judge(
    session: Session, *, by: Acteur, dossier: Dossier, recoupement_id: int, etat: EtatRecoupement, motif: str = ""
) -> Recoupement:
    """Set a finding aside, with a reason, confirm it, or have it looked at again (`a_regarder`).

    A pair of dossiers of the same service is judged for both. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    verdict = can_judge(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    trouve = session.scalars(
        select(Recoupement)
        .where(Recoupement.id == recoupement_id, Recoupement.dossier_id == dossier.id)
        .with_for_update()
    ).first()
    if trouve is None:
        raise NotFound
    if trouve.disparu_at is not None:
        raise Conflict(DISPARU)
    if trouve.etat == EtatRecoupement.INFORMATION:
        raise Invalid("", "Ce recoupement est donné pour information\u00a0: il n’attend pas de réponse.")
    if etat == EtatRecoupement.ECARTE and not motif.strip():
        raise Invalid("motif", "Dites en quelques mots pourquoi vous écartez ce recoupement.")
    for un in (trouve, *_mirror(session, by, trouve)):
        un.etat, un.motif = etat, motif.strip()
        juge = etat in JUGES
        un.juge_par_id, un.juge_at = (by.user_id, maintenant()) if juge else (None, None)
        journal.record(
            session,
            by=by,
            action="recoupement_juge",
            objet=f"dossier:{un.dossier_id}",
            valeurs={"genre": un.genre.value, "etat": etat.value, "motif": un.motif},
        )
    return trouve


def _mirror(session: Session, by: Acteur, trouve: Recoupement) -> Sequence[Recoupement]:
    """The same pair, seen from the other dossier, when it is the same service's."""
    if trouve.genre != GenreRecoupement.MEME_ACTION:
        return ()
    return session.scalars(
        select(Recoupement)
        .join(Dossier, Dossier.id == Recoupement.dossier_id)
        .where(
            Recoupement.genre == GenreRecoupement.MEME_ACTION,
            Recoupement.dossier_id == trouve.autre_dossier_id,
            Recoupement.autre_dossier_id == trouve.dossier_id,
            Dossier.service_id == by.service_id,
            Recoupement.disparu_at.is_(None),
        )
        .with_for_update(of=Recoupement)
    ).all()


def _sha256(valeurs: object) -> str:
    return hashlib.sha256(json.dumps(valeurs, ensure_ascii=False, default=str).encode()).hexdigest()
