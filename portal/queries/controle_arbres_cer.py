"""Checks the trees of the days of signatures, and the frozen content of receipts; names every fault (docs/adr/0018)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.documents import preuve_cer
from portal.models.documents import Document, Fichier
from portal.models.engagements import Engagement
from portal.models.journal import EvenementDetail
from portal.models.souscriptions import ArbreCer
from portal.queries.controle_cer import actes
from portal.queries.documents import RECUS
from portal.queries.journal import PAR_LOTS, Faute
from portal.queries.preuves_cer import all_arbres, publie
from portal.vocabulaire import EtatDocument, GenreDocument


@dataclass(frozen=True, slots=True)
class RecuGarde:
    """A receipt whose bytes are kept. `empreinte` is the print of the proof that it must bear, None for a first receipt."""

    lieu: str
    cle_stockage: str
    sha256: str
    scelle: bool
    empreinte: str | None


def faults(session: Session) -> Iterator[Faute]:
    """Every fault of trees and receipts, their bytes apart. Use one REPEATABLE READ transaction."""
    yield from _fautes_des_jours(session)
    yield from _fautes_des_contenus(session)


def contents(session: Session) -> dict[str, int]:
    """How many signatures, closed days and receipts."""
    recus = select(func.count()).select_from(Document).where(Document.genre.in_(RECUS))
    return {
        "signatures": session.scalar(select(func.count()).select_from(Engagement)) or 0,
        "jours": session.scalar(select(func.count()).select_from(ArbreCer)) or 0,
        "recus": session.scalar(recus) or 0,
    }


def knows(session: Session, racine: str) -> bool:
    """Whether a root, or a link of the chain of days, that was kept elsewhere is still that of a closed day."""
    connues = select(ArbreCer.jour).where(or_(ArbreCer.racine == racine, ArbreCer.chaine == racine))
    return session.scalars(connues.limit(1)).first() is not None


def kept_receipts(session: Session) -> Iterator[RecuGarde]:
    """The receipts whose bytes are to be read again."""
    lignes = session.execute(
        select(
            Document.numero, Document.genre, Document.cachet, Fichier.cle_stockage, Fichier.sha256, Engagement.empreinte
        )
        .join(Fichier, Fichier.id == Document.fichier_id)
        .join(Engagement, Engagement.id == Document.engagement_id)
        .where(Document.genre.in_(RECUS), Document.etat == EtatDocument.PRET)
        .order_by(Document.id)
        .execution_options(**PAR_LOTS)
    )
    for numero, genre, cachet, cle_stockage, sha256, empreinte in lignes:
        attendue = empreinte if genre == GenreDocument.RECU_AVEC_PREUVE else None
        yield RecuGarde(f"document {numero}", cle_stockage, sha256, cachet is not None, attendue)


def _fautes_des_jours(session: Session) -> Iterator[Faute]:
    dits = {(valeurs or {}).get("jour"): valeurs for *_, valeurs in session.execute(actes("arbre_cer_ferme"))}
    jours, dernier, precedent = set(), 0, None
    for arbre in all_arbres(session):
        lieu = f"arbre du {arbre.jour:%d/%m/%Y}"
        if precedent is not None and arbre.jour != precedent.jour + timedelta(days=1):
            yield Faute(lieu, "le jour qui le précède n’a plus le sien")
        for constat in _constats(session, arbre, apres=dernier, precedent=precedent):
            yield Faute(lieu, constat)
        jour = arbre.jour.isoformat()
        if dits.get(jour, {}) != publie(arbre):
            yield Faute(lieu, "il n’est pas ce que dit le journal")
        jours.add(jour)
        dernier, precedent = arbre.dernier or dernier, arbre
    for perdu in sorted(jour for jour in dits if jour and jour not in jours):
        yield Faute(f"arbre du {perdu}", "le journal le dit, il n’est plus dans la table")


def _constats(session: Session, arbre: ArbreCer, *, apres: int, precedent: ArbreCer | None) -> Iterator[str]:
    bornes = (apres + 1, apres + arbre.taille) if arbre.taille else (None, None)
    if (arbre.premier, arbre.dernier) != bornes:
        yield "ses signatures ne suivent pas celles de l’arbre précédent"
    if _racine(session, arbre) != arbre.racine:
        yield "sa racine n’est pas celle de ses signatures\u00a0: l’une a été modifiée, ôtée ou déplacée"
    if arbre.precedente != (precedent.chaine if precedent else preuve_cer.ORIGINE):
        yield "il n’est pas la suite de l’arbre précédent"
    if arbre.chaine != preuve_cer.chainer(arbre.jour, arbre.taille, arbre.racine, arbre.precedente):
        yield "il a été modifié\u00a0: son empreinte n’est pas celle de son contenu"


def _racine(session: Session, arbre: ArbreCer) -> str:
    preuves = session.scalars(
        select(Engagement.preuve).where(Engagement.rang.between(arbre.premier, arbre.dernier)).order_by(Engagement.rang)
    )
    return preuve_cer.racine([preuve_cer.feuille(preuve) for preuve in preuves])


def _fautes_des_contenus(session: Session) -> Iterator[Faute]:
    """What was frozen of each receipt is what the journal says of it, and each act has its receipt."""
    emis = actes("document_emis").where(EvenementDetail.valeurs["genre"].astext.in_(RECUS)).subquery()
    recus = select(Document).where(Document.genre.in_(RECUS)).subquery()
    recu = aliased(Document, recus)
    couples = session.execute(
        select(emis.c.objet, emis.c.valeurs, recu)
        .join_from(emis, recus, emis.c.objet == func.concat("document:", recus.c.id), full=True)
        .order_by(recus.c.id, emis.c.id)
        .execution_options(**PAR_LOTS)
    )
    for objet, valeurs, document in couples:
        if document is None:
            yield Faute(objet, "le journal dit un reçu qui n’est plus dans la table")
        elif objet is None:
            yield Faute(f"document {document.numero}", "aucun acte du journal ne le dit")
        elif _dit(document).items() - valeurs.items():
            yield Faute(f"document {document.numero}", "son contenu n’est plus celui qui a été arrêté à son émission")


def _dit(document: Document) -> dict[str, Any]:
    return {
        "numero": document.numero,
        "genre": document.genre,
        "engagement": document.engagement_id,
        "contenu_sha256": document.contenu_sha256,
    }
