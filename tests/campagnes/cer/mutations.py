"""What may happen to a signature behind the portal's back: each mutation is drawn by seed, and says what it has done."""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.documents import preuve_cer
from portal.models.documents import Document
from portal.models.engagements import Engagement, TexteCer
from portal.models.souscriptions import ArbreCer

# What no proof speaks of: when the row was written, by the clock of the database.
HORS_PREUVE = frozenset({"created_at"})
SIGNATURE = Engagement.__table__
COLONNES = tuple(colonne.name for colonne in SIGNATURE.c if colonne.name not in HORS_PREUVE)
# Room for two ranks to change places without meeting.
AILLEURS = 10**9
Mutation = Callable[[Session, random.Random], str]


def bit_of_a_column(session: Session, hasard: random.Random) -> str:
    """One bit of one column of one signature."""
    return bit_of(session, hasard, hasard.choice(COLONNES))


def bit_of(session: Session, hasard: random.Random, nom: str) -> str:
    """One bit of that column of one signature."""
    ident, valeur = hasard.choice(session.execute(select(SIGNATURE.c.id, SIGNATURE.c[nom]).order_by("id")).all())
    autre = retourner(hasard, valeur)
    session.execute(update(SIGNATURE).where(SIGNATURE.c.id == ident).values({nom: autre}))
    return nom


def bit_of_the_text(session: Session, hasard: random.Random) -> str:
    """One bit of the text that people signed."""
    corps = session.scalars(select(TexteCer.corps)).one()
    session.execute(update(TexteCer).values(corps=retourner(hasard, corps)))
    return "corps"


def bit_of_a_frozen_receipt(session: Session, hasard: random.Random) -> str:
    """One bit of the frozen page of a receipt."""
    ident, html = hasard.choice(session.execute(select(Document.id, Document.html).order_by(Document.id)).all())
    session.execute(update(Document).where(Document.id == ident).values(html=retourner(hasard, html)))
    return "html"


def bit_of_a_day(session: Session, hasard: random.Random) -> str:
    """One bit of the tree of a day."""
    table = ArbreCer.__table__
    nom = hasard.choice([colonne.name for colonne in table.c if colonne.name not in {"created_at", "jour"}])
    jour, valeur = hasard.choice(session.execute(select(table.c.jour, table.c[nom]).order_by("jour")).all())
    session.execute(update(table).where(table.c.jour == jour).values({nom: retourner(hasard, valeur)}))
    return nom


def day_removed(session: Session, hasard: random.Random) -> str:
    """The tree of a day."""
    jour = hasard.choice(session.scalars(select(ArbreCer.jour).order_by(ArbreCer.jour)).all())
    session.execute(delete(ArbreCer).where(ArbreCer.jour == jour))
    return "un jour"


def signature_removed(session: Session, hasard: random.Random) -> str:
    """The first signature, the last one, or any between."""
    rangs = _rangs(session)
    place = hasard.choice(("première", "dernière", "du milieu"))
    rang = {"première": rangs[0], "dernière": rangs[-1]}.get(place, hasard.choice(rangs[1:-1]))
    session.execute(delete(SIGNATURE).where(SIGNATURE.c.rang == rang))
    return place


def signatures_swapped(session: Session, hasard: random.Random) -> str:
    """Two signatures change places in the chain: their ranks, and one time in two what chains them too."""
    une, autre = hasard.sample(_rangs(session), 2)
    noms = hasard.choice((("rang",), ("rang", "precedente")))
    _swap(session, une, autre, noms)
    return " et ".join(noms)


def column_swapped(session: Session, hasard: random.Random) -> str:
    """Two signatures exchange what one column says, where it differs."""
    lignes = session.execute(select(SIGNATURE).order_by("id")).mappings().all()
    while True:
        une, autre = hasard.sample(lignes, 2)
        nom = hasard.choice([nom for nom in COLONNES if nom not in {"id", "rang"}])
        if une[nom] != autre[nom]:
            _swap(session, une["rang"], autre["rang"], (nom,))
            return nom


def chain_rewritten(session: Session, hasard: random.Random) -> str:
    """Who knows the format gives a signature another name, then writes again every proof and print from there to the end."""
    lignes = [dict(ligne) for ligne in session.execute(select(SIGNATURE).order_by("rang")).mappings()]
    depuis = hasard.randrange(len(lignes))
    lignes[depuis]["nom"] = "Autre"
    precedente = lignes[depuis]["precedente"]
    for ligne in lignes[depuis:]:
        ligne["precedente"] = precedente
        preuve = preuve_cer.composer(ligne, prive=json.loads(ligne["preuve"])["prive"])
        precedente = preuve_cer.empreinte(preuve)
        neuves = {"nom": ligne["nom"], "precedente": ligne["precedente"], "preuve": preuve, "empreinte": precedente}
        session.execute(update(SIGNATURE).where(SIGNATURE.c.id == ligne["id"]).values(neuves))
    return f"depuis la signature n° {depuis + 1}"


def _swap(session: Session, une: int, autre: int, noms: tuple[str, ...]) -> None:
    par_rang = {
        ligne["rang"]: ligne
        for ligne in session.execute(select(SIGNATURE).where(SIGNATURE.c.rang.in_((une, autre)))).mappings()
    }
    for rang in (une, autre):
        provisoire = {nom: _provisoire(par_rang[rang][nom]) for nom in noms if SIGNATURE.c[nom].unique}
        if provisoire:
            session.execute(update(SIGNATURE).where(SIGNATURE.c.id == par_rang[rang]["id"]).values(provisoire))
    for rang, source in ((une, autre), (autre, une)):
        valeurs = {nom: par_rang[source][nom] for nom in noms}
        session.execute(update(SIGNATURE).where(SIGNATURE.c.id == par_rang[rang]["id"]).values(valeurs))


def _provisoire(valeur: Any) -> Any:
    return valeur + AILLEURS if isinstance(valeur, int) else valeur[::-1]


def _rangs(session: Session) -> list[int]:
    return list(session.scalars(select(SIGNATURE.c.rang).order_by(SIGNATURE.c.rang)))


def retourner(hasard: random.Random, valeur: Any) -> Any:
    """The same value but for one bit; what was empty is no longer."""
    if valeur is None:
        return 1
    if isinstance(valeur, int):
        return valeur ^ (1 << hasard.randrange(20))
    if isinstance(valeur, datetime):
        return valeur + timedelta(microseconds=1 << hasard.randrange(20))
    if isinstance(valeur, dict):
        return _retourner_json(hasard, valeur)
    return _retourner_texte(hasard, str(valeur))


def retourner_octets(hasard: random.Random, octets: bytes) -> bytes:
    """The same bytes but for one bit."""
    place = hasard.randrange(len(octets))
    return octets[:place] + bytes([octets[place] ^ (1 << hasard.randrange(8))]) + octets[place + 1 :]


def _retourner_texte(hasard: random.Random, texte: str) -> str:
    """PostgreSQL keeps valid UTF-8 without NUL: other flips could not be written."""
    while texte:
        try:
            autre = retourner_octets(hasard, texte.encode()).decode()
        except UnicodeDecodeError:
            continue
        if "\0" not in autre:
            return autre
    return "x"


def _retourner_json(hasard: random.Random, valeur: dict[str, Any]) -> dict[str, Any]:
    ecrit = json.dumps(valeur, ensure_ascii=False)
    while True:
        try:
            autre = json.loads(_retourner_texte(hasard, ecrit))
        except ValueError:
            continue
        if isinstance(autre, dict) and autre != valeur and "\\u0000" not in json.dumps(autre):
            return autre
