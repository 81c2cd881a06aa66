"""All the files of a dossier that an agent may take at once: which, under which names, and what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Conflict
from portal.formats import taille_fr
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.pieces import PieceDemande
from portal.models.receptions import PieceReception
from portal.permissions import Acteur
from portal.permissions.fichiers import can_give
from portal.queries import dossiers, fichiers_ds, lectures_dossiers, receptions
from portal.queries.pieces import ENVOYEES, shared_ids
from portal.vocabulaire_instruction import ORIGINES_SAISIES

# What a browser and a worker still carry in one go.
MAXIMUM = 500 * 1024 * 1024
INTERDITS = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Entree:
    """A file of the archive under its name there."""

    nom: str
    fichier: Fichier


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive will hold. `laissees`: a sentence for each file that is not in it."""

    reference: str
    dossier_id: int
    entrees: tuple[Entree, ...]
    laissees: tuple[str, ...]


def get(session: Session, viewer: Acteur, reference: str, *, antivirus: bool) -> Archive:
    """The files that this viewer may take. Raises NotFound, Conflict when they weigh more than MAXIMUM together."""
    dossier = dossiers.get(session, viewer, reference)
    lectures_dossiers.check_files(session, viewer, dossier)
    if dossier.ds is not None:
        connus = _of_ds(session, viewer, dossier, antivirus=antivirus)
    elif dossier.origine in ORIGINES_SAISIES:
        connus = _judged(session.scalars(receptions.scans(dossier.id)), antivirus=antivirus)
    else:
        connus = _of_request(session, viewer, dossier, antivirus=antivirus)
    archive = Archive(
        dossier.reference,
        dossier.id,
        tuple(_named((nom, fichier) for nom, fichier, _ in connus if fichier is not None)),
        tuple(f"{nom}\u00a0: {raison}" for nom, fichier, raison in connus if fichier is None),
    )
    poids = sum(une.fichier.taille for une in archive.entrees)
    if poids > MAXIMUM:
        raise Conflict(
            f"Les fichiers de ce dossier pèsent {taille_fr(poids)} ensemble, plus que les {taille_fr(MAXIMUM)} d’une archive. "
            "Rien n’est perdu\u00a0: prenez-les un par un."
        )
    return archive


def _of_request(
    session: Session, viewer: Acteur, dossier: Dossier, *, antivirus: bool
) -> list[tuple[str, Fichier | None, str]]:
    """(name, file or None, why not) of the files joined to a request, that the viewer reads."""
    siennes = None if dossier.service_id == viewer.service_id else shared_ids(session, viewer, dossier)
    jointes = session.scalars(
        select(PieceDemande)
        .outerjoin(Complement, Complement.id == PieceDemande.complement_id)
        .where(PieceDemande.demande_id == dossier.demande_id, PieceDemande.retiree_at.is_(None), ENVOYEES)
        .options(joinedload(PieceDemande.fichier))
        .order_by(PieceDemande.id)
    )
    return _judged((une for une in jointes if siennes is None or une.id in siennes), antivirus=antivirus)


def _judged(
    pieces: Iterable[PieceDemande | PieceReception], *, antivirus: bool
) -> list[tuple[str, Fichier | None, str]]:
    juges = [(une, can_give(une.fichier, antivirus=antivirus)) for une in pieces]
    return [(une.nom, une.fichier if verdict else None, verdict.raison) for une, verdict in juges]


def _of_ds(
    session: Session, viewer: Acteur, dossier: Dossier, *, antivirus: bool
) -> list[tuple[str, Fichier | None, str]]:
    """The same for those of Démarches Simplifiées that the viewer reads."""
    suivis = fichiers_ds.list_visible(session, viewer, dossier, antivirus=antivirus)
    return [(un.nom_sur, un.fichier.fichier if un.remise else None, un.remise.raison) for un in suivis]


def _named(fichiers: Iterable[tuple[str, Fichier]]) -> Iterable[Entree]:
    """Each under its own name, without what a file system would misread; the second of the same name is « nom (2) »."""
    pris: set[str] = set()
    for brut, fichier in fichiers:
        nom = "".join("_" if un in INTERDITS or not un.isprintable() else un for un in brut).strip(" .") or "fichier"
        chemin, rang = PurePosixPath(nom), 1
        while nom.casefold() in pris:
            rang += 1
            nom = f"{chemin.stem} ({rang}){chemin.suffix}"
        pris.add(nom.casefold())
        yield Entree(nom, fichier)
