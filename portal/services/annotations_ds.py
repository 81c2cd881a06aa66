"""Annotations of a DS dossier: the type under which DS takes a value, and which values differ from what it holds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.ordres import GenreAnnotation, ValeurAnnotation
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.types import Champ, DossierRecu
from portal.errors import Invalid
from portal.formats import PARIS
from portal.models.correspondances import RevisionDS
from portal.models.dossiers import Dossier, DossierDS

# What is owed, in JSON: {id, genre, valeur}.
Ecriture = dict[str, Any]
# Each sending of a repetition adds rows: it could not be proved, nor repeated.
ECRITS = frozenset(GenreAnnotation) - {GenreAnnotation.REPETITION}
TEXTES = frozenset({GenreAnnotation.TEXT, GenreAnnotation.TEXTAREA, GenreAnnotation.EMAIL})
VIDABLES = TEXTES | {GenreAnnotation.DROP_DOWN_LIST, GenreAnnotation.MULTIPLE_DROP_DOWN_LIST}
PAS_ECRITE = "Démarches Simplifiées ne laisse pas écrire cette annotation d’ici\u00a0: remplissez-la là-bas."
PAS_VIDEE = (
    "Démarches Simplifiées ne laisse pas vider cette annotation d’ici\u00a0: videz-la là-bas, ou donnez une valeur."
)


def to_write(session: Session, dossier: Dossier, valeurs: Mapping[str, Any]) -> list[Ecriture]:
    """What must be written for these annotations to hold these values, as our mirror knows them; [] when they all do.

    Raises Invalid (champ: the annotation's id) for an unknown annotation, a type that DS lets nobody write, or no value.
    """
    raw = session.scalars(select(DossierDS.raw).where(DossierDS.dossier_id == dossier.id)).one()
    recu = lire(raw)
    tenues = by_id(recu.annotations)
    declares = _declares(session, dossier, recu.revision_id)
    voulues = [_ecriture(tenues, declares, cle, valeur) for cle, valeur in valeurs.items()]
    return [une for une in voulues if not _tient(tenues[une["id"]], une)]


def by_id(annotations: Iterable[Champ]) -> dict[str, Champ]:
    """Annotations by DS's id, those of the rows of repetitions too."""
    trouvees: dict[str, Champ] = {}
    for une in annotations:
        trouvees[une.id] = une
        for ligne in une.lignes:
            trouvees |= by_id(ligne)
    return trouvees


def unknown(recu: DossierRecu, ecritures: Iterable[Ecriture]) -> bool:
    """True when DS no longer has one of these annotations in this dossier."""
    return not {une["id"] for une in ecritures} <= by_id(recu.annotations).keys()


def remaining(recu: DossierRecu, ecritures: Iterable[Ecriture]) -> list[ValeurAnnotation]:
    """Those that DS does not hold yet; identical values are never sent (ds/api §9)."""
    tenues = by_id(recu.annotations)
    return [
        ValeurAnnotation(une["id"], GenreAnnotation(une["genre"]), _pour_ds(une))
        for une in ecritures
        if une["id"] not in tenues or not _tient(tenues[une["id"]], une)
    ]


def genre(session: Session, dossier: Dossier, annotation: Champ, revision_id: str) -> GenreAnnotation | None:
    """The key under which DS takes a value of that annotation, None when it takes none."""
    return _genre(annotation, _declares(session, dossier, revision_id))


def _declares(session: Session, dossier: Dossier, revision_id: str) -> dict[str, str]:
    """Declared types by descriptor id: those of the form that the dossier follows win, the others' ids are the same."""
    revisions = session.execute(
        select(RevisionDS.ds_id, RevisionDS.descripteurs)
        .where(RevisionDS.demarche_id == dossier.demarche_id)
        .order_by(RevisionDS.ds_id == revision_id, RevisionDS.lue_at, RevisionDS.id)
    )
    return {un["id"]: un["type"] for _, descripteurs in revisions for un in descripteurs}


def _genre(annotation: Champ, declares: Mapping[str, str]) -> GenreAnnotation | None:
    """The declared type; while the form is not known, the type read (which does not tell a long text from a short one).

    « YesNoChamp » and « YesNo » -> yesNo, the key under which DS takes a value (ds/api §7).
    """
    nom = declares.get(annotation.descriptor_id, annotation.type).removesuffix("Champ")
    cle = nom[:1].lower() + nom[1:]
    return GenreAnnotation(cle) if cle in ECRITS else None


def _ecriture(tenues: Mapping[str, Champ], declares: Mapping[str, str], cle: str, valeur: Any) -> Ecriture:
    declare = _genre(tenues[cle], declares) if cle in tenues else None
    if declare is None:
        raise Invalid(cle, PAS_ECRITE)
    if valeur in (None, "", []) and declare not in VIDABLES:
        raise Invalid(cle, PAS_VIDEE)
    return {"id": cle, "genre": str(declare), "valeur": _en_json(valeur)}


def _en_json(valeur: Any) -> Any:
    if isinstance(valeur, datetime):
        return (valeur if valeur.tzinfo else valeur.replace(tzinfo=PARIS)).isoformat()
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, Decimal):
        return str(valeur)
    return "" if valeur is None else valeur


def _pour_ds(ecriture: Ecriture) -> Any:
    """DS's scalars: Int, Float and lists; amounts of our rows are text, which no float has blurred before."""
    conversion = {
        GenreAnnotation.INTEGER_NUMBER: int,
        GenreAnnotation.DECIMAL_NUMBER: float,
        GenreAnnotation.MULTIPLE_DROP_DOWN_LIST: list,
    }.get(ecriture["genre"])
    return conversion(ecriture["valeur"]) if conversion else ecriture["valeur"]


def _tient(annotation: Champ, ecriture: Ecriture) -> bool:
    """DS holds that value already, whatever the way it writes it."""
    lecture: Callable[[Any], object] = _LECTURES.get(ecriture["genre"], _texte)
    try:
        return lecture(annotation.brut) == lecture(ecriture["valeur"])
    except (ValueError, ArithmeticError):
        return False


def _texte(valeur: Any) -> str:
    return "\n".join(ligne.rstrip() for ligne in str(valeur).strip().splitlines())


def _choix(valeur: Any) -> list[str]:
    """DS tells several choices as one text: compared without their order."""
    ensemble = ", ".join(valeur) if isinstance(valeur, list) else str(valeur)
    return sorted(ensemble.split(", "))


def _instant(valeur: Any) -> datetime:
    return datetime.fromisoformat(str(valeur)).astimezone(PARIS)


_LECTURES: dict[str, Callable[[Any], object]] = {
    GenreAnnotation.CHECKBOX: lambda valeur: str(valeur).lower(),
    GenreAnnotation.YES_NO: lambda valeur: str(valeur).lower(),
    GenreAnnotation.INTEGER_NUMBER: lambda valeur: Decimal(str(valeur)),
    GenreAnnotation.DECIMAL_NUMBER: lambda valeur: Decimal(str(valeur)),
    GenreAnnotation.DATETIME: _instant,
    GenreAnnotation.MULTIPLE_DROP_DOWN_LIST: _choix,
}
