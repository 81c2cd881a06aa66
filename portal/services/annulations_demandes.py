"""Takes back dossiers that an import has made or changed, while nothing depends on them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.file_agents import VisiteDossier
from portal.models.imports import DossierTableur, LigneImport, LotImport
from portal.models.recoupements import Recoupement
from portal.permissions import Acteur, can_instruct
from portal.services import associations_importees, dossiers, journal
from portal.services.demandes_importees import LIBELLES_COLONNES, plain, real, total, write

# What comes with a dossier: nobody's work is lost with it. A cross-check that a person has judged is looked at apart.
SIENNES = frozenset({"acces_dossier", "financement", "dossier_tableur", "visite_dossier", "recoupement"})
LIBELLES_TABLES = {
    "avis": "un avis",
    "brouillon_avis": "un avis commencé",
    "demande_avis": "une demande d’avis",
    "message": "un message",
    "note_personnelle": "une note",
    "decision": "une décision",
    "proposition": "une proposition",
    "suivi": "un suivi",
    "etiquette_dossier": "une étiquette",
    "complement": "une demande de complément",
    "lettre": "un courrier",
    "document": "un document",
    "tache": "une tâche",
    "ligne_lot": "un traitement par lot",
    "modification_feuille": "une feuille de travail",
    "versement_dossier": "un versement",
    "donnee_essentielle": "des données à publier",
    "recusation": "un conflit d’intérêts",
    "point_coche": "un point de contrôle",
    "reorientation": "une réorientation",
}


def undo(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
    """Take back what the line made or changed. Raises Conflict when something depends on it."""
    dossier = session.get_one(Dossier, int(ligne.objet.partition(":")[2]), with_for_update={"of": Dossier})
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    avant = ligne.avant
    _check_intact(session, dossier, avant)
    if avant["cree"]:
        _remove(session, by, lot, ligne, dossier)
        return
    finance = session.get(Financement, avant["financement"]) if avant["financement"] else None
    if avant.get("ajout") and finance is not None:
        session.delete(finance)
    elif finance is not None:
        write(finance, {nom: real(nom, un) for nom, un in avant.get("ancienne_finance", {}).items()})
    write(dossier, {nom: real(nom, un) for nom, un in avant.get("ancien", {}).items()})
    dossiers.refresh_words(dossier)
    if avant.get("ancien"):
        dossier.version += 1
    session.flush()
    total(session, dossier)
    if avant.get("ligne") and "version" in avant:
        _give_back(session, dossier, ligne, int(avant["ligne"]))
    valeurs = {"lot": lot.id, "ligne": ligne.numero}
    journal.record(session, by=by, action="import_retire", objet=ligne.objet, valeurs=valeurs)


def _give_back(session: Session, dossier: Dossier, ligne: LigneImport, ancienne: int) -> None:
    """The former file speaks of the dossier again."""
    connu = session.get(DossierTableur, dossier.id)
    if connu is not None and connu.ligne_id == ligne.id:
        connu.ligne_id = ancienne
    dite = session.get_one(LigneImport, ancienne)
    if "version" in dite.avant:
        dite.avant = {**dite.avant, "version": dossier.version}
    session.flush()


def _check_intact(session: Session, dossier: Dossier, avant: Mapping[str, Any]) -> None:
    """Nothing of what the line wrote has changed since, and nobody has worked on a dossier that it made."""
    finance = session.get(Financement, avant["financement"]) if avant.get("financement") else None
    ecrit = avant["ecrit"] if "version" in avant else {}
    faux = [nom for nom, un in ecrit.items() if plain(getattr(dossier, nom)) != un]
    if avant.get("financement"):
        faux += [nom for nom, un in avant["finance"].items() if finance is None or plain(getattr(finance, nom)) != un]
    if faux:
        quoi = ", ".join(LIBELLES_COLONNES.get(nom, nom) for nom in faux)
        raise Conflict(f"le dossier {dossier.reference} a changé depuis ({quoi}).")
    if not avant["cree"]:
        return
    restes = associations_importees.references_to(session, "dossier", dossier.id, SIENNES, LIBELLES_TABLES)
    juges = exists().where(Recoupement.dossier_id == dossier.id, Recoupement.juge_par_id.is_not(None))
    if session.scalar(select(juges)):
        restes.append("un recoupement jugé")
    connu = session.get(DossierTableur, dossier.id)
    autre = session.get(LigneImport, connu.ligne_id) if connu is not None else None
    if autre is not None and autre.objet == f"dossier:{dossier.id}" and autre.avant.get("ligne"):
        restes.append("un import plus récent")
    if restes:
        raise Conflict(f"le dossier {dossier.reference} a reçu depuis {', '.join(restes)}.")
    if dossier.version != avant["version"]:
        raise Conflict(f"quelqu’un a travaillé depuis sur le dossier {dossier.reference}.")


def _remove(session: Session, by: Acteur, lot: LotImport, ligne: LigneImport, dossier: Dossier) -> None:
    for modele in (Recoupement, VisiteDossier, AccesDossier, Financement, DossierTableur):
        session.execute(delete(modele).where(modele.dossier_id == dossier.id))
    session.execute(delete(Recoupement).where(Recoupement.autre_dossier_id == dossier.id))
    valeurs = {"reference": dossier.reference, "lot": lot.id, "ligne": ligne.numero}
    journal.record(session, by=by, action="dossier_importe_retire", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    session.expire(dossier)
    session.execute(delete(Dossier).where(Dossier.id == dossier.id))
    if ligne.avant.get("association"):
        associations_importees.put_back(session, by=by, avant=ligne.avant["association"], strict=False)
