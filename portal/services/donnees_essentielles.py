"""Notes what the open data of a grant must say, makes the file to publish, and remembers what was published."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents import scdl
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, maintenant
from portal.models.documents import Document
from portal.models.donnees_essentielles import DonneeEssentielle, PublicationScdl
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_instruct, may_instruct
from portal.queries import donnees_essentielles as queries
from portal.queries.donnees_essentielles import Convention
from portal.services import documents, journal
from portal.vocabulaire import GenreDocument

AUCUNE = "Aucune subvention de cet exercice n’est complète\u00a0: aucun fichier n’est fait. Complétez d’abord celles de la liste."


@dataclass(frozen=True, slots=True)
class Note:
    """What people note of a grant. None and "" are unknown."""

    date_convention: date | None = None
    reference: str = ""
    objet: str = ""
    conditions: str = ""
    debut: date | None = None
    fin: date | None = None
    notification_ue: bool | None = None
    id_rae: str = ""
    dispositif_aide: str = ""


def note(session: Session, *, by: Acteur, dossier: Dossier, valeurs: Note, version: int) -> DonneeEssentielle:
    """Keep what is noted of one grant; `version` 0 when nothing was. Raises Forbidden, Invalid, Conflict."""
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    _check(valeurs)
    session.execute(select(Dossier.id).where(Dossier.id == dossier.id).with_for_update())
    donnee = session.get(DonneeEssentielle, dossier.id, populate_existing=True)
    if (donnee.version if donnee else 0) != version:
        raise Conflict(
            "Quelqu’un a noté ces données entre-temps\u00a0: ce que vous avez écrit est gardé dans la page, et n’est pas "
            "enregistré. Comparez, puis enregistrez de nouveau."
        )
    return _write(
        session, by, dossier.id, donnee, {champ.name: getattr(valeurs, champ.name) for champ in fields(valeurs)}
    )


def fill_missing(session: Session, *, by: Acteur, exercice: int, valeurs: Note, date_de_decision: bool = False) -> int:
    """Note these values wherever nothing is noted, for every grant that is not complete. Returns how many changed.

    `date_de_decision`: a grant without convention takes the day of its decision. Raises Forbidden, Invalid.
    """
    if not may_instruct(by):
        raise Forbidden(may_instruct(by).raison)
    _check(valeurs)
    changees = 0
    _hold(session, by, exercice)
    for une in queries.conventions(session, by.service_id, exercice):
        if une.complete or not can_instruct(by, une.dossier):
            continue
        voulues = {champ.name: getattr(valeurs, champ.name) for champ in fields(valeurs)}
        if date_de_decision and voulues["date_convention"] is None:
            voulues["date_convention"] = une.decidee_le
        changees += _complete(session, by, une, voulues)
    return changees


def _complete(session: Session, by: Acteur, convention: Convention, voulues: dict[str, Any]) -> bool:
    """Write only what is unknown; whether anything was."""
    donnee = convention.donnee
    neuves = {
        nom: valeur
        for nom, valeur in voulues.items()
        if valeur not in (None, "") and (donnee is None or getattr(donnee, nom) in (None, ""))
    }
    if donnee is not None and donnee.debut is not None:
        neuves.pop("fin", None)
    if neuves:
        _write(session, by, convention.dossier.id, donnee, neuves)
    return bool(neuves)


def _hold(session: Session, by: Acteur, exercice: int) -> None:
    """Nobody else notes anything of these grants until the end; what was noted meanwhile is read again."""
    siens = select(Dossier.id).where(Dossier.service_id == by.service_id, Dossier.exercice == exercice)
    session.execute(siens.order_by(Dossier.id).with_for_update())
    session.expire_all()


def _write(
    session: Session, by: Acteur, dossier_id: int, donnee: DonneeEssentielle | None, valeurs: dict[str, Any]
) -> DonneeEssentielle:
    if donnee is None:
        donnee = DonneeEssentielle(dossier_id=dossier_id, version=0)
        session.add(donnee)
    for nom, valeur in valeurs.items():
        setattr(donnee, nom, valeur)
    donnee.par_id, donnee.updated_at, donnee.version = by.user_id or 0, maintenant(), donnee.version + 1
    session.flush()
    lues = {nom: valeur.isoformat() if isinstance(valeur, date) else valeur for nom, valeur in valeurs.items()}
    journal.record(session, by=by, action="donnees_essentielles_notees", objet=f"dossier:{dossier_id}", valeurs=lues)
    return donnee


def _check(valeurs: Note) -> None:
    if valeurs.fin is not None and valeurs.debut is None:
        raise Invalid("debut", "Donnez aussi le premier jour de versement, ou laissez le dernier vide.")
    if valeurs.debut is not None and valeurs.fin is not None and valeurs.fin < valeurs.debut:
        raise Invalid("fin", "Le dernier versement ne peut pas précéder le premier.")
    if valeurs.date_convention is not None and valeurs.date_convention > aujourdhui():
        raise Invalid("date_convention", "Cette date est à venir\u00a0: une convention se publie une fois signée.")


def retained(conventions: Sequence[Convention], *, toutes: bool) -> list[Convention]:
    """Those that the file is to bear: all, or only those that the service must publish."""
    return [une for une in conventions if toutes or une.obligatoire]


def export(session: Session, *, by: Acteur, exercice: int, toutes: bool, en_plus: bool) -> PublicationScdl:
    """Order the file of an exercice: only complete lines stand in it. Raises Forbidden, Invalid when there is none."""
    if not may_instruct(by):
        raise Forbidden(may_instruct(by).raison)
    choisies = retained(queries.conventions(session, by.service_id, exercice), toutes=toutes)
    completes = [dict(une.ligne) for une in choisies if une.complete]
    if not completes:
        raise Invalid("toutes", AUCUNE)
    document = documents.order_view(
        session,
        by=by,
        genre=GenreDocument.DONNEES_ESSENTIELLES,
        nom=f"subventions-{exercice}",
        parametres={"lignes": completes, "en_plus": en_plus},
    )
    publication = PublicationScdl(
        service_id=by.service_id,
        exercice=exercice,
        document_id=document.id,
        lignes=len(completes),
        ecartees=len(choisies) - len(completes),
        par_id=by.user_id,
    )
    session.add(publication)
    session.flush()
    return publication


def open_data(_session: Session, document: Document) -> bytes:
    """The CSV of a DONNEES_ESSENTIELLES document, whose lines were frozen when it was asked for."""
    parametres = document.parametres or {}
    return scdl.ecrire(parametres["lignes"], en_plus=parametres["en_plus"])


def note_published(session: Session, *, by: Acteur, publication: PublicationScdl, jour: date, adresse: str) -> None:
    """An agent says when and where a file was published. Raises Forbidden, Invalid on a day to come."""
    if not may_instruct(by) or publication.service_id != by.service_id:
        raise Forbidden("Seul le service qui a fait ce fichier peut dire quand il l’a publié.")
    if jour > aujourdhui():
        raise Invalid("jour", "Cette date est à venir\u00a0: notez la publication une fois faite.")
    publication.publiee_le, publication.adresse = jour, adresse
    valeurs = {"jour": jour.isoformat(), "adresse": adresse}
    objet = f"document:{publication.document_id}"
    journal.record(session, by=by, action="donnees_essentielles_publiees", objet=objet, valeurs=valeurs)
