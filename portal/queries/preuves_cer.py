"""The trees of the days of signatures, and what each signature needs to be proved without us (docs/adr/0018)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.documents import preuve_cer
from portal.documents.preuve_cer import PreuveJointe
from portal.models.documents import Document
from portal.models.engagements import Engagement
from portal.models.souscriptions import ArbreCer
from portal.vocabulaire import GenreDocument

PAR_PAGE = 50
FORMAT_RACINES = "racines-cer/1"


@dataclass(frozen=True, slots=True)
class PageArbres:
    """Some closed days, newest first. `suivante`: the day before which the next page begins, None on the last one."""

    arbres: tuple[ArbreCer, ...]
    suivante: date | None


def list_arbres(session: Session, *, avant: date | None = None, taille: int = PAR_PAGE) -> PageArbres:
    """Closed days before `avant` (exclusive), newest first."""
    choix = select(ArbreCer).order_by(ArbreCer.jour.desc()).limit(taille + 1)
    if avant is not None:
        choix = choix.where(ArbreCer.jour < avant)
    lus = tuple(session.scalars(choix))
    return PageArbres(lus[:taille], lus[taille - 1].jour if len(lus) > taille else None)


def all_arbres(session: Session) -> Iterator[ArbreCer]:
    """Every closed day, oldest first: the whole chain."""
    return iter(session.scalars(select(ArbreCer).order_by(ArbreCer.jour)))


def publie(arbre: ArbreCer) -> dict[str, str | int | None]:
    """What is published of a day, in JSON: no more than the journal keeps of it."""
    return {
        "jour": arbre.jour.isoformat(),
        "premier": arbre.premier,
        "dernier": arbre.dernier,
        "taille": arbre.taille,
        "racine": arbre.racine,
        "precedente": arbre.precedente,
        "chaine": arbre.chaine,
    }


def last_arbre(session: Session) -> ArbreCer | None:
    """The last day closed."""
    return session.scalars(select(ArbreCer).order_by(ArbreCer.jour.desc()).limit(1)).first()


def arbre_of(session: Session, rang: int) -> ArbreCer | None:
    """The tree that holds the signature of that rank; None while its day is not closed."""
    return session.scalars(select(ArbreCer).where(ArbreCer.premier <= rang, ArbreCer.dernier >= rang)).first()


def last_rank_held(session: Session) -> int:
    """The rank of the last signature that a tree holds, 0 when there is none."""
    return session.scalar(select(func.max(ArbreCer.dernier))) or 0


def without_proof(session: Session) -> Select[Engagement]:
    """Signatures whose day is closed and that have no receipt with their proof yet, by rank."""
    deja = select(Document.engagement_id).where(
        Document.genre == GenreDocument.RECU_AVEC_PREUVE, Document.engagement_id == Engagement.id
    )
    return (
        select(Engagement).where(Engagement.rang <= last_rank_held(session), ~deja.exists()).order_by(Engagement.rang)
    )


def proofs_of(session: Session, arbre: ArbreCer) -> dict[int, PreuveJointe]:
    """The proof of each signature of a day, by rank, ready to be attached to its receipt."""
    if arbre.premier is None:
        return {}
    preuves = session.execute(
        select(Engagement.rang, Engagement.preuve)
        .where(Engagement.rang.between(arbre.premier, arbre.dernier))
        .order_by(Engagement.rang)
    ).all()
    _, chemins = preuve_cer.chemins([preuve_cer.feuille(preuve) for _rang, preuve in preuves])
    return {
        rang: PreuveJointe(
            preuve=preuve,
            jour=arbre.jour,
            place=place,
            taille=arbre.taille,
            pas=tuple(pas),
            racine=arbre.racine,
            precedente=arbre.precedente,
            chaine=arbre.chaine,
        )
        for place, ((rang, preuve), pas) in enumerate(zip(preuves, chemins, strict=True))
    }
