"""Finding one association among 1.5 million: milliseconds that its statement takes, by kind of search."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from alembic import command
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.base import config_alembic
from portal.db import make_engine
from portal.permissions import Acteur, AffectationActive, GenreActeur
from portal.queries.recherche_associations import Recherche, find
from portal.vocabulaire import RoleAffectation

NOMBRE, PETIT, ESSAIS = 1_500_000, 5_000, 5
VISEUR = Acteur(
    genre=GenreActeur.AGENT,
    user_id=1,
    affectation=AffectationActive(id=1, service_id=1, sigle="BANC", role=RoleAffectation.INSTRUCTEUR),
)
# What is looked for, and the most milliseconds that it may take.
RECHERCHES = (
    ("un SIREN", Recherche(q="500 012 345"), 20),
    ("un RNA", Recherche(q="W600012345"), 20),
    ("un mot rare", Recherche(q="mot1234"), 20),
    ("un mot d’un nom sur deux cents", Recherche(q="harmonie"), 20),
    ("le début d’un mot d’un nom sur vingt", Recherche(q="mot12"), 60),
    ("un mot d’un nom sur trois", Recherche(q="sportive"), 60),
    ("deux mots courants", Recherche(q="sportive amicale"), 60),
    ("deux mots courants rarement ensemble", Recherche(q="sportive comité"), 60),
    ("deux mots courants jamais ensemble", Recherche(q="harmonie sportive"), 60),
    ("le début de deux mots rares", Recherche(q="mot123 lieu456"), 60),
    ("le début de mots très courants", Recherche(q="spo"), 60),
    ("le début de deux mots très courants", Recherche(q="spo ami"), 60),
    ("un mot courant et une commune", Recherche(q="association sportive", commune="ville123"), 60),
    ("un mot courant et une petite commune", Recherche(q="sportive", commune="ville12345"), 60),
    ("trois lettres et une petite commune", Recherche(q="spo", commune="ville12345"), 60),
    ("le début d’un mot et de communes", Recherche(q="lieu12", commune="sai"), 60),
    ("une commune seule", Recherche(commune="ville12345"), 60),
    ("des accents, deux mots d’un nom sur cinq cents", Recherche(q="ÉCOLE d’Été"), 20),
    ("un sigle", Recherche(q="asc12345"), 20),
    ("un mot trop courant, seul", Recherche(q="association"), 60),
    ("un mot trop courant et une petite commune", Recherche(q="association", commune="ville12345"), 60),
)
# The words are written as the trigger writes them, in the statement itself: 1.5 million calls would take minutes.
REMPLIR = """
INSERT INTO association (id, denomination, sigle, objet_social, nature_juridique, adresse, code_postal, commune, active,
    verifiee, cer_deux_signatures, mots)
SELECT id, nom, upper(sigle), '', '', '', '69000', commune, true, true, false,
    array_to_tsvector(string_to_array(
        translate(lower(nom), 'éÉ’', 'ee ') || ' ' || sigle || ' ' || commune || ' @' || commune, ' '))
FROM (SELECT id, 'asc' || id % 100000 AS sigle, (CASE WHEN id % 2 = 0 THEN 'Association ' ELSE 'Amicale ' END)
    || (CASE WHEN id % 30000 = 3 THEN 'sportive comité '
        WHEN id % 500 = 7 THEN 'École d’été ' WHEN id % 3 = 0 THEN 'sportive ' WHEN id % 10 = 3 THEN 'comité '
        WHEN id % 200 = 1 THEN 'harmonie ' ELSE 'culturelle ' END)
    || 'mot' || (id * 7919 % 20000) || ' lieu' || (id * 104729 % 60000) AS nom,
        (CASE WHEN id % 10 = 0 THEN 'saint' ELSE 'ville' END) || (id * 31 % 35000) AS commune
    FROM generate_series(1, CAST(:nombre AS bigint)) AS id) AS tirees
"""
NUMEROS = """
INSERT INTO association_identifiant (id, association_id, type, valeur)
SELECT id, id, 'siren', (500000000 + id)::text FROM generate_series(1, :nombre) AS id
UNION ALL SELECT :nombre + id, id, 'rna', 'W' || (600000000 + id) FROM generate_series(1, :nombre) AS id
"""
INDEX = "CREATE INDEX ix_association_mots ON association USING gin (mots) WITH (fastupdate = off)"


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """One search: the least milliseconds of ESSAIS, how many it found, and the most that it may take."""

    nom: str
    ms: float
    nombre: int
    plafond: int


def measure(dire: Callable[[str], None], nombre: int = NOMBRE) -> list[Trouvaille]:
    """On a throwaway server."""
    dire(f"Remplissage : {nombre} associations…")
    with grappe_ephemere() as grappe:
        grappe.creer_base("banc_associations")
        command.upgrade(config_alembic(grappe.url("banc_associations")), "head")
        moteur = make_engine(grappe.url("banc_associations"), reserve=1)
        with Session(moteur) as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text("ALTER TABLE association DISABLE TRIGGER association_mots"))
            session.execute(text("DROP INDEX ix_association_mots"))
            session.execute(text(REMPLIR), {"nombre": nombre})
            session.execute(text(NUMEROS), {"nombre": nombre})
            session.execute(text(INDEX))
            session.execute(text("ALTER TABLE association ENABLE TRIGGER association_mots"))
            session.commit()
        with moteur.connect().execution_options(isolation_level="AUTOCOMMIT") as connexion:
            connexion.execute(text("SET statement_timeout = 0"))
            connexion.execute(text("VACUUM ANALYZE association"))
            connexion.execute(text("VACUUM ANALYZE association_identifiant"))
        with Session(moteur) as session:
            trouvailles = [_measure(session, *une) for une in RECHERCHES]
        moteur.dispose()
    return trouvailles


def _measure(session: Session, nom: str, recherche: Recherche, plafond: int) -> Trouvaille:
    durees: list[float] = []
    debut = 0.0

    def partir(*_: object) -> None:
        nonlocal debut
        debut = time.perf_counter()

    def arriver(*_: object) -> None:
        durees.append((time.perf_counter() - debut) * 1_000)

    moteur = session.get_bind()
    event.listen(moteur, "before_cursor_execute", partir)
    event.listen(moteur, "after_cursor_execute", arriver)
    for _ in range(ESSAIS):
        trouvees = find(session, VISEUR, recherche)
    event.remove(moteur, "before_cursor_execute", partir)
    event.remove(moteur, "after_cursor_execute", arriver)
    return Trouvaille(nom, min(durees), trouvees.nombre, plafond)


def tell(trouvailles: list[Trouvaille]) -> list[str]:
    """One line for each search; what passes its bar is said."""
    return [
        f"Trouver une association, {une.nom} : {une.ms:.1f} ms, {une.nombre} trouvées, "
        f"{'au plus' if une.ms <= une.plafond else 'DÉPASSE'} {une.plafond} ms"
        for une in trouvailles
    ]
