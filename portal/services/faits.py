"""Keeps what each source says of an association, and shows of it what may be shown without overwriting anybody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.copie import among
from portal.models.associations import Association, FaitAssociation

SAISIE = "saisie"
# The source of what a service imports from a workbook begins so, and ends with the sigle of that service.
TABLEUR = "tableau importé par "
# The same answer again refreshes its date once a day at most: a synchronisation reads the same facts many times an hour.
PAS = timedelta(days=1)
RETENIR = text(
    "INSERT INTO fait_association AS connu (association_id, source, champ, valeur, observed_at) "
    "SELECT * FROM unnest(CAST(:associations AS bigint[]), CAST(:sources AS text[]), CAST(:champs AS text[]), "
    "CAST(:valeurs AS text[]), CAST(:instants AS timestamptz[])) "
    "ON CONFLICT (association_id, champ, source) DO UPDATE SET valeur = excluded.valeur, observed_at = excluded.observed_at "
    "WHERE connu.source <> :saisie AND connu.observed_at < excluded.observed_at"
)
# Association, source, column.
Cle = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Dire:
    """What `source` says at `observed_at` (UTC) of an association, by column (dates as dates)."""

    association: Association
    faits: Mapping[str, object]
    source: str
    observed_at: datetime


class Dit(NamedTuple):
    """A fact as its source said it last."""

    valeur: str
    observed_at: datetime


def note_facts(session: Session, dires: Sequence[Dire]) -> None:
    """Keep these facts as said by their source, in a number of statements that their number does not change.

    A column is filled when it is empty, when only typing was behind it and a register speaks, or when the same source corrects
    itself. Otherwise both sayings stay, and the page shows the conflict. What a person typed first is never replaced by typing.
    """
    connus = _known(session, dires)
    ecrits = sorted({cle for dire in dires for cle in _weigh(dire, connus)})
    if ecrits:
        lignes = [(*cle, *connus[cle]) for cle in ecrits]
        noms = ("associations", "sources", "champs", "valeurs", "instants")
        colonnes = dict(zip(noms, map(list, zip(*lignes, strict=True)), strict=True))
        session.execute(RETENIR, {**colonnes, "saisie": SAISIE})


def is_register(source: str) -> bool:
    """Whether that source verifies an association: what people type, or keep in their workbooks, does not."""
    return source != SAISIE and not source.startswith(TABLEUR)


def text_of(valeur: object) -> str:
    """A fact as it is kept."""
    return valeur.isoformat() if isinstance(valeur, date) else str(valeur or "")


def _known(session: Session, dires: Sequence[Dire]) -> dict[Cle, Dit]:
    fait = FaitAssociation
    faits = session.execute(
        select(fait.association_id, fait.source, fait.champ, fait.valeur, fait.observed_at).where(
            among(fait.association_id, {dire.association.id for dire in dires}),
            among(fait.source, {dire.source for dire in dires}),
        )
    )
    return {(ou, source, champ): Dit(valeur, at) for ou, source, champ, valeur, at in faits}


def _weigh(dire: Dire, connus: dict[Cle, Dit]) -> Iterator[Cle]:
    """Show what may be shown, and give what the source says for the first time or corrects, noted among `connus`."""
    association, source = dire.association, dire.source
    premiere_verification = is_register(source) and not association.verifiee
    for champ, valeur in dire.faits.items():
        if valeur in ("", None):
            continue
        cle, dit = (association.id, source, champ), Dit(text_of(valeur), dire.observed_at)
        ancien = connus.get(cle)
        if ancien is not None and not _replaces(ancien, dit, source):
            continue
        montre = getattr(association, champ)
        dit_par_la_source = ancien is not None and text_of(montre) == ancien.valeur
        if (premiere_verification or dit_par_la_source or not montre) and montre != valeur:
            setattr(association, champ, valeur)
        connus[cle] = dit
        yield cle
    if premiere_verification:
        association.verifiee = True


def _replaces(ancien: Dit, dit: Dit, source: str) -> bool:
    if source == SAISIE or dit.observed_at <= ancien.observed_at:
        return False
    return dit.valeur != ancien.valeur or dit.observed_at - ancien.observed_at > PAS
