"""Draws mutations, makes each alone, and asks whether `portal cer verifier` or `portal journal verifier` sees it."""

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.queries import controle_arbres_cer, controle_cer, journal
from portal.services import recus_hors_ligne
from tests.campagnes.cer import mutations
from tests.campagnes.cer.monde import Monde
from tests.campagnes.cer.mutations import Mutation, retourner_octets

GRAINE = 20210824
# Kind of mutation = how many in the whole campaign; the tests make a tenth.
EN_BASE: dict[str, tuple[int, Mutation]] = {
    "un bit d’une colonne d’une signature": (400, mutations.bit_of_a_column),
    "un bit du texte souscrit": (60, mutations.bit_of_the_text),
    "un bit de la page arrêtée d’un reçu": (60, mutations.bit_of_a_frozen_receipt),
    "un bit de l’arbre d’un jour": (60, mutations.bit_of_a_day),
    "un jour ôté": (30, mutations.day_removed),
    "une signature ôtée": (90, mutations.signature_removed),
    "deux signatures interverties": (90, mutations.signatures_swapped),
    "deux signatures qui échangent une valeur": (90, mutations.column_swapped),
    "la chaîne réécrite depuis une signature changée": (60, mutations.chain_rewritten),
}
PAR_RECU = 200
RECUS = {"recu_engagement": "un bit du PDF d’un reçu", "recu_avec_preuve": "un bit du PDF d’un reçu avec preuve"}


@dataclass
class Bilan:
    """How many mutations of each kind were made, and those that nobody saw."""

    graine: int
    faites: Counter[str] = field(default_factory=Counter)
    inapercues: list[str] = field(default_factory=list)

    def noter(self, genre: str, precision: str, *, vue: bool) -> None:
        """Count one."""
        self.faites[genre] += 1
        if not vue:
            self.inapercues.append(f"{genre} : {precision}")


def run(monde: Monde, *, part: int = 1, graine: int = GRAINE) -> Bilan:
    """The whole campaign, or one mutation in `part`; every column of a signature is struck at least once."""
    bilan, hasard = Bilan(graine), random.Random(graine)
    _prepare(monde.session)
    for nom in mutations.COLONNES:
        _strike(monde.session, hasard, bilan, "chaque colonne d’une signature", _sur(nom))
    for genre, (nombre, mutation) in EN_BASE.items():
        for _ in range(max(1, nombre // part)):
            _strike(monde.session, hasard, bilan, genre, mutation)
    for genre, octets in monde.recus.items():
        for _ in range(max(1, PAR_RECU // part)):
            altere = retourner_octets(hasard, octets)
            constats = recus_hors_ligne.check(altere, monde.moyens.trousseau)
            place = next(rang for rang, (un, autre) in enumerate(zip(octets, altere, strict=True)) if un != autre)
            vue = any(constat.bon is False for constat in constats)
            bilan.noter(RECUS[genre], f"octet {place}", vue=vue)
    return bilan


def faults(session: Session) -> bool:
    """Whether one of the two controls of the database finds a fault."""
    tous = itertools.chain(controle_cer.faults(session), controle_arbres_cer.faults(session), journal.faults(session))
    return bool(list(tous))


def _prepare(session: Session) -> None:
    """Who strikes is above triggers and constraints, but for uniqueness."""
    session.execute(text("SET session_replication_role = replica"))
    controles = session.execute(
        text("SELECT conname FROM pg_constraint WHERE conrelid = 'engagement'::regclass AND contype = 'c'")
    )
    for (nom,) in controles.all():
        session.execute(text(f'ALTER TABLE engagement DROP CONSTRAINT "{nom}"'))


def _sur(nom: str) -> Mutation:
    return lambda session, hasard: mutations.bit_of(session, hasard, nom)


def _strike(session: Session, hasard: random.Random, bilan: Bilan, genre: str, mutation: Mutation) -> None:
    """One mutation, looked for, then undone. What the uniqueness of a column refuses is drawn again."""
    while True:
        marque = session.begin_nested()
        try:
            precision = mutation(session, hasard)
        except IntegrityError:
            marque.rollback()
            continue
        session.expire_all()
        bilan.noter(genre, precision, vue=faults(session))
        marque.rollback()
        session.expire_all()
        return
