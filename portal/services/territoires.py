"""Loads the reference table of territories from published lists, as many times as one wishes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import literal_column, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import compact, mots_de_recherche
from portal.models.territoires import Territoire
from portal.permissions import Acteur, may_set_up
from portal.services import journal
from portal.vocabulaire_demandes import GenreTerritoire

LOT = 1_000
FAUTES_CITEES = 20
CODES = {
    GenreTerritoire.QPV: re.compile(r"Q[A-Z0-9]{4,19}", re.ASCII),
    GenreTerritoire.COMMUNE: re.compile(r"[0-9][0-9AB][0-9]{3}", re.ASCII),
    GenreTerritoire.EPCI: re.compile(r"[0-9]{9}", re.ASCII),
    GenreTerritoire.DEPARTEMENT: re.compile(r"[0-9]{2,3}|2[AB]", re.ASCII),
}


@dataclass(slots=True)
class Bilan:
    """How a loading ended. `fautes`: one French sentence for each of the first lines left out, of `ecartees` in all."""

    ajoutes: int = 0
    modifies: int = 0
    inchanges: int = 0
    ecartees: int = 0
    fautes: list[str] = field(default_factory=list)

    def ecarter(self, ligne: int, motif: str) -> None:
        """Leave a line out."""
        self.ecartees += 1
        if len(self.fautes) < FAUTES_CITEES:
            self.fautes.append(f"ligne {ligne}\u00a0: {motif}")


def load(
    session: Session,
    *,
    by: Acteur,
    genre: GenreTerritoire,
    lignes: Iterable[tuple[int, Mapping[str, str | None]]],
    generation: str = "",
) -> Bilan:
    """Add or correct territories of one kind, by lots; nothing is ever taken out. `lignes`: (number, columns) as they are read.

    A territory is known by its kind, its code and its generation. Raises Forbidden.
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    bilan, vus = Bilan(), set[str]()
    lues = _read(genre, generation, lignes, bilan, vus)
    while lot := list(islice(lues, LOT)):
        _write(session, lot, bilan)
    if bilan.ajoutes or bilan.modifies:
        comptes = {"ajoutes": bilan.ajoutes, "modifies": bilan.modifies, "ecartees": bilan.ecartees}
        objet, valeurs = f"territoires:{genre}", {"generation": generation, **comptes}
        journal.record(session, by=by, action="territoires_charges", objet=objet, valeurs=valeurs)
    return bilan


def _read(
    genre: GenreTerritoire,
    generation: str,
    lignes: Iterable[tuple[int, Mapping[str, str | None]]],
    bilan: Bilan,
    vus: set[str],
) -> Iterator[dict[str, Any]]:
    """Rows that can be written; the others are told in `bilan`."""
    for numero, colonnes in lignes:
        code, nom = compact(colonnes.get("code") or ""), " ".join((colonnes.get("nom") or "").split())
        departement = compact(colonnes.get("departement") or "")
        if not CODES[genre].fullmatch(code):
            bilan.ecarter(numero, f"le code «\u00a0{code[:30]}\u00a0» n’est pas celui d’un territoire de ce genre.")
        elif not nom or len(nom) > 200 or "\0" in nom:
            bilan.ecarter(numero, "le nom manque, ou compte plus de 200 caractères.")
        elif departement and not CODES[GenreTerritoire.DEPARTEMENT].fullmatch(departement):
            bilan.ecarter(numero, f"le département «\u00a0{departement[:30]}\u00a0» n’est pas un code.")
        elif code in vus:
            bilan.ecarter(numero, f"le code {code} est déjà plus haut dans le fichier.")
        else:
            vus.add(code)
            mots = mots_de_recherche(nom)[:250]
            yield {
                "genre": genre,
                "code": code,
                "nom": nom,
                "generation": generation,
                "departement": departement,
                "mots": mots,
            }


def _write(session: Session, lot: list[dict[str, Any]], bilan: Bilan) -> None:
    """One statement for a lot; PostgreSQL tells which rows are new (xmax = 0)."""
    ecriture = insert(Territoire).values(lot)
    neuf = ecriture.excluded
    ecriture = ecriture.on_conflict_do_update(
        index_elements=["genre", "code", "generation"],
        set_={"nom": neuf.nom, "departement": neuf.departement, "mots": neuf.mots},
        where=or_(Territoire.nom != neuf.nom, Territoire.departement != neuf.departement, Territoire.mots != neuf.mots),
    )
    nouvelles: list[bool] = list(session.scalars(ecriture.returning(literal_column("(territoire.xmax = 0)"))))
    bilan.ajoutes += sum(nouvelles)
    bilan.modifies += len(nouvelles) - sum(nouvelles)
    bilan.inchanges += len(lot) - len(nouvelles)
