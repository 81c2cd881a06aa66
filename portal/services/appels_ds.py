"""From what we owe to the call that pays it: in whose name, with which text and which file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.ordres import MotifCorrection, Mutation
from integrations.demarches_simplifiees.types import DossierRecu
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.demarches import GroupeInstructeur
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.mutations_ds import MUTATIONS, Preuve
from portal.services import annotations_ds, antivirus, fichiers
from portal.services.moyens import Moyens

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Auteur:
    """Who acts, as DS knows it: `instructeur_id` is empty when none of ours is a member of the dossier's group."""

    instructeur_id: str
    email: str
    groupe: str


def author(session: Session, operation: OperationDS, recu: DossierRecu) -> Auteur:
    """The agent who asked, matched by e-mail in the group that has the dossier now.

    The summary of avis is the portal's own act: it goes in the name of whoever follows the dossier, or asked for an avis.
    """
    dossier = session.get_one(Dossier, operation.dossier_id)
    groupe = session.scalars(
        select(GroupeInstructeur).where(
            GroupeInstructeur.demarche_id == dossier.demarche_id,
            GroupeInstructeur.number == recu.groupe_instructeur.number,
        )
    ).first()
    membres = {un["email"].lower(): un["id"] for un in (groupe.instructeurs if groupe else ())}
    emails = _candidats(session, operation, dossier)
    email = next((un for un in emails if un.lower() in membres), emails[0])
    return Auteur(membres.get(email.lower(), ""), email, recu.groupe_instructeur.label)


def _candidats(session: Session, operation: OperationDS, dossier: Dossier) -> list[str]:
    ids = [operation.demande_par_id]
    if operation.mutation == "resumer_avis":
        demandeurs = select(DemandeAvis.demandeur_id).where(DemandeAvis.dossier_id == dossier.id)
        ids += [dossier.instructeur_id or 0, *session.scalars(demandeurs.order_by(DemandeAvis.id))]
    emails = dict(session.execute(select(User.id, User.email).where(User.id.in_(ids))).all())
    return [emails[un] for un in ids if un in emails]


def signed(texte: str, reference: str) -> str:
    """The text with its last line, which proves later that it was received."""
    return f"{texte}\n\nRéférence\u00a0: {reference}".strip() if reference else texte


def prepare(
    moyens: Moyens, ds: DemarchesSimplifiees, operation: OperationDS, fichier: Fichier | None, recu: DossierRecu
) -> Arguments:
    """What the mutation says besides the two ids. A file is deposited just before it leaves: an orphan is harmless, and DS
    keeps it for an hour only. No transaction is open. Raises ErreurDS, RemoteUnavailable (our own storage, or our antivirus)
    and Invalid (a virus in what was joined).
    """
    depot, preuve = None, MUTATIONS[operation.mutation].preuve
    if fichier is not None:
        octets = fichiers.read_bytes(moyens.stockage, fichier)
        if preuve == Preuve.MESSAGE:  # the letter of a decision is ours
            antivirus.clear(moyens, fichier, octets)
        nom = operation.arguments["nom_fichier"]
        depot = ds.televerser(recu.id, nom=nom, type_mime=fichier.type_mime, octets=octets)
    fabrique = _FABRIQUES.get(preuve)
    return fabrique(_Envoi(operation, recu, depot)) if fabrique else {}


def send(
    ds: DemarchesSimplifiees, operation: OperationDS, dossier_id: str, auteur: Auteur, arguments: Arguments
) -> Mutation:
    """Make the call. Raises ErreurDS."""
    mutation = MUTATIONS[operation.mutation]
    methode: Callable[..., Mutation] = getattr(ds, mutation.methode or mutation.nom)
    qui = (auteur.instructeur_id,) if mutation.instructeur else ()
    return methode(dossier_id, *qui, **arguments)


@dataclass(frozen=True, slots=True)
class _Envoi:
    """An operation about to leave; `depot` is what DS calls its file."""

    operation: OperationDS
    recu: DossierRecu
    depot: str | None


def _decision(envoi: _Envoi) -> Arguments:
    motivation = signed(envoi.operation.arguments["motivation"], envoi.operation.reference)
    return {"motivation": motivation, "justificatif": envoi.depot}


def _message(envoi: _Envoi) -> Arguments:
    dit = envoi.operation.arguments
    correction = MotifCorrection(dit["correction"]) if "correction" in dit else None
    return {"texte": signed(dit["texte"], envoi.operation.reference), "piece": envoi.depot, "correction": correction}


def _annotations(envoi: _Envoi) -> Arguments:
    return {"annotations": annotations_ds.remaining(envoi.recu, envoi.operation.arguments["annotations"])}


def _etiquette(envoi: _Envoi) -> Arguments:
    return {"label_id": envoi.operation.arguments["label"]}


def _suivi(envoi: _Envoi) -> Arguments:
    return {"suit": MUTATIONS[envoi.operation.mutation].present}


def _groupe(envoi: _Envoi) -> Arguments:
    return {"groupe_id": envoi.operation.arguments["groupe"]}


_FABRIQUES: dict[Preuve, Callable[[_Envoi], Arguments]] = {
    Preuve.REFERENCE: _decision,
    Preuve.MESSAGE: _message,
    Preuve.VALEURS: _annotations,
    Preuve.ETIQUETTE: _etiquette,
    Preuve.SUIVI: _suivi,
    Preuve.GROUPE: _groupe,
}
