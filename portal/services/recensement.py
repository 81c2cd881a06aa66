"""Finds or creates the associations of a whole lot, in a number of statements that its size does not change."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypedDict

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.copie import among, copy_rows, draw_ids
from portal.db import Base
from portal.models.associations import Association, AssociationIdentifiant, Etablissement, FaitAssociation
from portal.services import recoupements
from portal.services.faits import SAISIE, Dire, is_register, note_facts, text_of
from portal.services.journal import Acte
from portal.vocabulaire import TypeIdentifiant

VERROUILLER = text("SELECT pg_advisory_xact_lock(cle) FROM unnest(CAST(:cles AS bigint[])) AS cle")
Identifiant = tuple[TypeIdentifiant, str]
# What a new association shows of a fact that its source leaves out.
VIDES: dict[str, Any] = {
    "denomination": "",
    "sigle": "",
    "objet_social": "",
    "nature_juridique": "",
    "adresse": "",
    "code_postal": "",
    "commune": "",
    "date_creation": None,
}


@dataclass(frozen=True, slots=True)
class PlaceVue:
    """A place of an association as a source gives it."""

    siret: str
    siege: bool = False
    adresse: str = ""
    actif: bool = True


class Faits(TypedDict, total=False):
    """What a source may say besides identifiers and name; an unknown fact is left out."""

    sigle: str
    objet_social: str
    nature_juridique: str
    adresse: str
    code_postal: str
    commune: str
    date_creation: date
    places: tuple[PlaceVue, ...]


@dataclass(frozen=True, kw_only=True)
class Vue:
    """An association as a source sees it: identifiers (compact text, or empty), facts by column of Association, places."""

    siren: str
    rna: str
    faits: Mapping[str, Any]
    places: tuple[PlaceVue, ...]
    observed_at: datetime
    autre: Identifiant | None = None

    @cached_property
    def identifiants(self) -> list[Identifiant]:
        """Those that it bears, SIREN first; `autre` is the number of one that has neither SIREN nor RNA."""
        paires = (
            (TypeIdentifiant.SIREN, self.siren),
            (TypeIdentifiant.RNA, self.rna),
            self.autre or (TypeIdentifiant.RNA, ""),
        )
        return [(genre, valeur) for genre, valeur in paires if valeur]

    @cached_property
    def dits(self) -> dict[str, Any]:
        """What it says, by column of Association."""
        return {nom: un for nom, un in self.faits.items() if un not in ("", None)}


def find_or_create(session: Session, *, source: str, vues: Sequence[Vue]) -> tuple[list[int], list[Acte]]:
    """The id of the association of each view: found by SIREN, else by RNA, else created; and what the journal is to say.

    Two callers at once make one association (advisory lock on each identifier until the end of the transaction, taken only
    for what is not found). Each fact is kept with its source and time; a source never overwrites what another one says.
    `source` « saisie » (typed by a person) adds nothing to an association that a register has verified.
    """
    registre = _Registre(session)
    registre.lire(vues)
    inconnues = [vue for vue in vues if registre.find(vue) is None]
    if inconnues:
        _lock(session, inconnues)
        registre.lire(inconnues)
    ids = iter(draw_ids(session, Association, len(inconnues)) if inconnues else ())
    ou: list[int] = []
    creees: dict[int, Vue] = {}
    connues: list[tuple[int, Vue]] = []
    for vue in vues:
        trouvee = registre.find(vue)
        if trouvee is None:
            trouvee = next(ids)
            creees[trouvee] = vue
            registre.add(trouvee, vue)
        else:
            connues.append((trouvee, vue))
        ou.append(trouvee)
    _create(session, creees, source=source)
    _complete(session, registre, connues, source=source)
    return ou, [_acte(un, vue, source) for un, vue in creees.items()]


def complete(session: Session, *, source: str, association: Association, vue: Vue) -> None:
    """Add what a register says of this very association: nothing that somebody said is taken back (see `note_facts`)."""
    registre = _Registre(session)
    registre.lire([vue])
    _complete(session, registre, [(association.id, vue)], source=source)


class _Registre:
    """The associations that bear one of the identifiers looked for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.porteuses: dict[Identifiant, list[int]] = {}
        self.sirens: dict[int, str] = {}

    def lire(self, vues: Iterable[Vue]) -> None:
        """Read those of these views, verified ones first, with all their identifiers."""
        cherches = {un for vue in vues for un in vue.identifiants}
        if not cherches:
            return
        lignes = self.session.execute(
            select(AssociationIdentifiant.association_id, AssociationIdentifiant.type, AssociationIdentifiant.valeur)
            .join(Association, Association.id == AssociationIdentifiant.association_id)
            .where(AssociationIdentifiant.association_id.in_(_porteuses(cherches)))
            .order_by(Association.verifiee.desc(), Association.id, AssociationIdentifiant.id)
        )
        for association_id, genre, valeur in lignes:
            self._noter(association_id, (genre, valeur))

    def add(self, association_id: int, vue: Vue) -> None:
        """This association bears the identifiers of this view."""
        for identifiant in vue.identifiants:
            self._noter(association_id, identifiant)

    def find(self, vue: Vue) -> int | None:
        """By SIREN first. By RNA only an association that has no other SIREN: the two numbers are many-to-many."""
        par_siren = self.porteuses.get((TypeIdentifiant.SIREN, vue.siren), [])
        par_rna = [
            une
            for une in self.porteuses.get((TypeIdentifiant.RNA, vue.rna), [])
            if not vue.siren or self.sirens.get(une, vue.siren) == vue.siren
        ]
        par_autre = self.porteuses.get(vue.autre, []) if vue.autre else []
        return next(iter(par_siren + par_rna + par_autre), None)

    def bears(self, association_id: int, identifiant: Identifiant) -> bool:
        """Whether this association, once found, is known by that identifier."""
        return association_id in self.porteuses.get(identifiant, ())

    def is_free(self, association_id: int, identifiant: Identifiant) -> bool:
        """Whether nobody bears that identifier, and this association bears none of its kind."""
        genres = {genre for (genre, _), porteuses in self.porteuses.items() if association_id in porteuses}
        return identifiant not in self.porteuses and identifiant[0] not in genres

    def _noter(self, association_id: int, identifiant: Identifiant) -> None:
        porteuses = self.porteuses.setdefault(identifiant, [])
        if association_id not in porteuses:
            porteuses.append(association_id)
        if identifiant[0] == TypeIdentifiant.SIREN:
            self.sirens.setdefault(association_id, identifiant[1])


def _porteuses(cherches: set[Identifiant]) -> Any:
    par_genre = [
        and_(
            AssociationIdentifiant.type == genre,
            among(AssociationIdentifiant.valeur, [valeur for autre, valeur in cherches if autre == genre]),
        )
        for genre in TypeIdentifiant
    ]
    return select(AssociationIdentifiant.association_id).where(or_(*par_genre))


def _lock(session: Session, vues: Iterable[Vue]) -> None:
    """One lock per identifier, always taken in the same order. The key is a 64-bit hash made here."""
    valeurs = {valeur for vue in vues for _, valeur in vue.identifiants}
    cles = sorted(
        int.from_bytes(hashlib.sha256(f"association:{valeur}".encode()).digest()[:8], signed=True) for valeur in valeurs
    )
    session.execute(VERROUILLER, {"cles": cles})


def _create(session: Session, creees: Mapping[int, Vue], *, source: str) -> None:
    """The rows of new associations, by id: all that their first view says is shown."""
    verifiee = is_register(source)
    associations = [{"id": un, "verifiee": verifiee, **VIDES, **vue.dits} for un, vue in creees.items()]
    faits = [
        {"association_id": un, "champ": champ, "valeur": text_of(dit), "source": source, "observed_at": vue.observed_at}
        for un, vue in creees.items()
        for champ, dit in vue.dits.items()
    ]
    copy_rows(session, Association, associations)
    copy_rows(session, AssociationIdentifiant, [ligne for paire in creees.items() for ligne in _identifiants(*paire)])
    copy_rows(session, Etablissement, [ligne for paire in creees.items() for ligne in _places(*paire)])
    copy_rows(session, FaitAssociation, faits)


def _acte(association_id: int, vue: Vue, source: str) -> Acte:
    valeurs = {"denomination": vue.faits["denomination"], "siren": vue.siren, "rna": vue.rna, "source": source}
    return Acte("association_creee", f"association:{association_id}", valeurs, premier=True)


def _complete(session: Session, registre: _Registre, connues: Sequence[tuple[int, Vue]], *, source: str) -> None:
    """What these views add to associations that exist."""
    if not connues:
        return
    ids = {un for un, _ in connues}
    lues = session.scalars(select(Association).where(among(Association.id, ids)).order_by(Association.id))
    associations = {une.id: une for une in lues}
    a_dire = [(associations[un], vue) for un, vue in connues if source != SAISIE or not associations[un].verifiee]
    identifiants = [ligne for une, vue in a_dire for ligne in _identifiants(une.id, vue)]
    neufs = [une for une in identifiants if not registre.bears(une["association_id"], (une["type"], une["valeur"]))]
    if not is_register(source) and source != SAISIE:
        # A workbook often pairs wrong numbers: it never gives a second one of a kind, nor one that another bears.
        neufs = [une for une in neufs if registre.is_free(une["association_id"], (une["type"], une["valeur"]))]
    _add_rows(session, AssociationIdentifiant, neufs)
    recoupements.order(session, [une["association_id"] for une in neufs])
    _follow_places(session, [ligne for une, vue in a_dire for ligne in _places(une.id, vue)])
    note_facts(session, [Dire(une, vue.dits, source, vue.observed_at) for une, vue in a_dire])
    session.flush()
    for une, _ in a_dire:
        session.expire(une, ["identifiants", "etablissements"])


def _follow_places(session: Session, lignes: list[dict[str, Any]]) -> None:
    """Add new places; a known one follows what is said of it, when an address is said."""
    place = Etablissement.association_id, Etablissement.siret
    lues = session.execute(select(*place).where(among(place[0], {une["association_id"] for une in lignes})))
    connues = {tuple(une) for une in lues}
    cles = [(une["association_id"], une["siret"]) for une in lignes]
    _add_rows(session, Etablissement, [une for cle, une in zip(cles, lignes, strict=True) if cle not in connues])
    for (association_id, siret), une in zip(cles, lignes, strict=True):
        if une["adresse"] and (association_id, siret) in connues:
            suivie = update(Etablissement).where(place[0] == association_id, place[1] == siret)
            session.execute(suivie.values(siege=une["siege"], adresse=une["adresse"], actif=une["actif"]))


def _add_rows(session: Session, modele: type[Base], lignes: list[dict[str, Any]]) -> None:
    """Add what nobody else has just added."""
    if lignes:
        session.execute(insert(modele).on_conflict_do_nothing(), lignes)


def _identifiants(association_id: int, vue: Vue) -> list[dict[str, Any]]:
    return [{"association_id": association_id, "type": genre, "valeur": valeur} for genre, valeur in vue.identifiants]


def _places(association_id: int, vue: Vue) -> list[dict[str, Any]]:
    places = {place.siret: place for place in reversed(vue.places)}
    return [
        {
            "association_id": association_id,
            "siret": place.siret,
            "siege": place.siege,
            "adresse": place.adresse,
            "actif": place.actif,
        }
        for place in reversed(places.values())
    ]
