"""Walks the journal from end to end and names every fault. Memory stays the same whatever the journal's size."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.models.journal import ORIGINE, Evenement, EvenementDetail, FluxJournal, RacineJournal

PAR_LOTS = {"yield_per": 2_000}
Couple = tuple[Evenement, EvenementDetail | None]


@dataclass(frozen=True)
class Contenu:
    """What the journal holds."""

    flux: int
    evenements: int
    details: int
    racines: int


@dataclass(frozen=True)
class Faute:
    """A place of the journal and, in French, what is wrong there."""

    lieu: str
    constat: str


def contents(session: Session) -> Contenu:
    """How many streams, events, details still kept and daily roots."""
    tables = (FluxJournal, Evenement, EvenementDetail, RacineJournal)
    return Contenu(*(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables))


def faults(session: Session) -> Iterator[Faute]:
    """Every fault: chains, heads, details, roots. Use one REPEATABLE READ transaction, so that all is seen at one instant."""
    yield from _fautes_des_flux(session)
    yield from _fautes_des_tetes(session)
    yield from _fautes_des_racines(session)


def root_of_heads(session: Session, tetes: Select[str, int, str]) -> tuple[int, str]:
    """Number of streams and SHA-256 over every (objet, seq, hash) of `tetes`, in the order of the bytes of their names."""
    somme, nombre = hashlib.sha256(), 0
    for objet, seq, tete in session.execute(tetes.execution_options(**PAR_LOTS)):
        somme.update(f"{objet}\t{seq}\t{tete}\n".encode())
        nombre += 1
    return nombre, somme.hexdigest()


def known_roots(session: Session, empreintes: tuple[str, ...]) -> frozenset[str]:
    """Those of `empreintes` (hashes of roots kept elsewhere) that the journal still bears."""
    return frozenset(session.scalars(select(RacineJournal.hash).where(RacineJournal.hash.in_(empreintes))))


def _fautes_des_flux(session: Session) -> Iterator[Faute]:
    couples: Any = session.execute(
        select(Evenement, EvenementDetail)
        .outerjoin(EvenementDetail, EvenementDetail.evenement_id == Evenement.id)
        .order_by(Evenement.objet, Evenement.seq)
        .execution_options(**PAR_LOTS)
    )
    for _objet, flux in groupby(couples, key=lambda couple: couple[0].objet):
        yield from _fautes_du_flux(flux)


def _fautes_du_flux(flux: Iterator[Couple]) -> Iterator[Faute]:
    numero, empreinte, rang = 0, ORIGINE, 0
    for evenement, detail in flux:
        lieu = f"{evenement.objet}, événement n° {evenement.seq}"
        if evenement.seq != numero + 1:
            yield Faute(lieu, f"le numéro attendu était {numero + 1} : un événement manque ou a été ajouté")
        if evenement.prev_hash != empreinte:
            yield Faute(lieu, "l’événement n’est pas la suite de celui qui le précède")
        if evenement.hash != evenement.empreinte():
            yield Faute(lieu, "l’événement a été modifié : son empreinte n’est pas celle de son contenu")
        if evenement.id <= rang:
            yield Faute(lieu, "l’événement a été déplacé : il porte un identifiant antérieur à celui qui le précède")
        if detail is not None and not _detail_intact(evenement, detail):
            yield Faute(lieu, "les valeurs conservées ont été modifiées : elles ne répondent pas aux empreintes")
        numero, empreinte, rang = evenement.seq, evenement.hash, evenement.id


def _detail_intact(evenement: Evenement, detail: EvenementDetail) -> bool:
    return isinstance(detail.valeurs, dict) and bool(detail.valeurs) and detail.empreintes() == evenement.champs


def _fautes_des_tetes(session: Session) -> Iterator[Faute]:
    derniers = (
        select(Evenement.objet, Evenement.seq, Evenement.hash)
        .ext(distinct_on(Evenement.objet))
        .order_by(Evenement.objet, Evenement.seq.desc())
        .subquery()
    )
    ecarts = (
        select(FluxJournal.objet, FluxJournal.seq, derniers.c.objet, derniers.c.seq)
        .join_from(FluxJournal, derniers, FluxJournal.objet == derniers.c.objet, full=True)
        .where(FluxJournal.seq.is_distinct_from(derniers.c.seq) | FluxJournal.tete.is_distinct_from(derniers.c.hash))
        .order_by(func.coalesce(FluxJournal.objet, derniers.c.objet))
        .execution_options(**PAR_LOTS)
    )
    for flux, annonce, objet, trouve in session.execute(ecarts):
        if flux is None:
            yield Faute(objet, "le flux a des événements mais sa tête a disparu")
        elif objet is None:
            yield Faute(flux, f"la tête du flux annonce l’événement n° {annonce} ; le flux est vide")
        elif annonce != trouve:
            yield Faute(
                flux, f"la tête du flux annonce l’événement n° {annonce} ; le dernier trouvé est le n° {trouve}"
            )
        else:
            yield Faute(flux, "la tête du flux ne porte pas l’empreinte du dernier événement")


def _fautes_des_racines(session: Session) -> Iterator[Faute]:
    empreinte, derniere = ORIGINE, None
    for racine in session.scalars(select(RacineJournal).order_by(RacineJournal.jour)):
        lieu = f"racine du {racine.jour:%d/%m/%Y}"
        if racine.prev_hash != empreinte:
            yield Faute(lieu, "elle n’est pas la suite de la racine précédente")
        if racine.hash != racine.empreinte():
            yield Faute(lieu, "elle a été modifiée : son empreinte n’est pas celle de son contenu")
        empreinte, derniere = racine.hash, racine
    # A root covers all that the roots before it cover: the last one is enough.
    if derniere is not None and root_of_heads(session, _tetes_jusqu_a(derniere.dernier_evenement)) != (
        derniere.flux,
        derniere.racine,
    ):
        yield Faute(
            f"racine du {derniere.jour:%d/%m/%Y}", "des événements qu’elle couvre ont été ajoutés, ôtés ou changés"
        )


def _tetes_jusqu_a(dernier: int) -> Select[str, int, str]:
    objet = Evenement.objet.collate("C")
    return (
        select(Evenement.objet, Evenement.seq, Evenement.hash)
        .where(Evenement.id <= dernier)
        .ext(distinct_on(objet))
        .order_by(objet, Evenement.seq.desc())
    )
