"""What a dossier that DS has just told proves of an operation: applied, to be sent, or without object any more. Pure.

The same reading serves before a mutation leaves (what is so already is not asked) and after an ambiguous answer (DS has no
idempotency key, ds/api §9): `Temoin` is what was there just before it left, so that a later step is known to be ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integrations.demarches_simplifiees.types import DossierRecu, Message
from portal.formats import date_fr
from portal.models.envois import OperationDS
from portal.models.mutations_ds import MUTATIONS, MutationDS, Preuve
from portal.services import annotations_ds
from portal.vocabulaire import LIBELLES_ETAT_AGENT, Etat


class Suite(StrEnum):
    """What is left to do with an operation."""

    FAIT = "fait"
    A_FAIRE = "a_faire"
    SANS_OBJET = "sans_objet"


@dataclass(frozen=True, slots=True)
class Constat:
    """A verdict and, when people must know, a French sentence."""

    suite: Suite
    raison: str = ""


@dataclass(frozen=True, slots=True)
class _Cas:
    operation: OperationDS
    mutation: MutationDS
    recu: DossierRecu
    email: str

    @property
    def avant(self) -> dict[str, Any] | None:
        """The witness taken just before the mutation left, None when it never did."""
        return self.operation.resultat.get("avant")


FAIT, A_FAIRE = Constat(Suite.FAIT), Constat(Suite.A_FAIRE)
CORRECTION_PERDUE = (
    "Le message est parti, mais Démarches Simplifiées n’a pas enregistré la demande de correction\u00a0: une autre était "
    "déjà en attente, ou le dossier venait d’être décidé."
)
CORRECTION_EN_ATTENTE = (
    "Sur Démarches Simplifiées, une correction est déjà demandée à l’association, qui n’y a pas encore répondu. "
    "Rien n’a été envoyé\u00a0: une seconde demande y serait perdue."
)
MESSAGE_SUPPRIME = (
    "Un message envoyé de votre part a été supprimé sur Démarches Simplifiées avant d’avoir pu être reconnu\u00a0: c’est "
    "peut-être celui-ci. Il n’est pas renvoyé, pour ne pas l’envoyer deux fois."
)
SANS_EFFET = (
    "Démarches Simplifiées a échoué plusieurs fois de suite sur cette action, et ne l’a pas appliquée. "
    "Rien n’a été changé : réessayez plus tard, ou faites-la directement sur Démarches Simplifiées."
)
ANNOTATION_DISPARUE = (
    "Une de ces annotations n’existe plus dans ce dossier sur Démarches Simplifiées. Rien n’a été écrit\u00a0: "
    "ouvrez de nouveau les annotations, puis recommencez."
)


def temoin(recu: DossierRecu) -> dict[str, Any]:
    """What tells later steps from those of before (JSON, kept in `OperationDS.resultat`)."""
    return {"traitements": [un.id for un in recu.traitements], "messages": [un.id for un in recu.messages]}


def examine(operation: OperationDS, recu: DossierRecu, *, email: str) -> Constat:
    """What `recu` proves of the operation. `email` is the address under which DS knows who acts."""
    mutation = MUTATIONS[operation.mutation]
    return _EXAMENS[mutation.preuve](_Cas(operation, mutation, recu, email.lower()))


def bears(reference: str, texte: str) -> bool:
    """That text holds our reference."""
    return bool(reference) and reference in texte


def _etat(cas: _Cas) -> Constat:
    """A step of ours that is new proves it even when somebody has moved the dossier since."""
    avant, evenement = cas.avant, cas.mutation.evenement
    nouveaux = [un for un in cas.recu.traitements if avant is not None and un.id not in avant["traitements"]]
    le_notre = any(un.event == evenement and un.email_agent_traitant.lower() == cas.email for un in nouveaux)
    return FAIT if le_notre or cas.recu.state == cas.mutation.vers else _selon_etat(cas)


def _reference(cas: _Cas) -> Constat:
    reference = cas.operation.reference
    textes = (cas.recu.motivation, *(un.motivation for un in cas.recu.traitements))
    return FAIT if any(bears(reference, un) for un in textes) else _selon_etat(cas)


def _selon_etat(cas: _Cas) -> Constat:
    recu = cas.recu
    if recu.state in cas.mutation.depuis:
        return A_FAIRE
    libelle = LIBELLES_ETAT_AGENT[Etat(recu.state)] if recu.state in set(Etat) else recu.state
    dernier = recu.traitements[-1] if recu.traitements else None
    le = f" depuis le {date_fr(dernier.date_traitement)}" if dernier and dernier.date_traitement else ""
    par = f" (par {dernier.email_agent_traitant})" if dernier and dernier.email_agent_traitant else ""
    return Constat(
        Suite.SANS_OBJET,
        f"Sur Démarches Simplifiées, ce dossier est maintenant «\u00a0{libelle}\u00a0»{le}{par}\u00a0: l’action demandée "
        "n’y a plus d’objet, elle n’y a rien changé.",
    )


def _message(cas: _Cas) -> Constat:
    """Our reference in a body is the proof; a message of the agent that was emptied since may have borne it."""
    demande, connu = cas.operation.arguments.get("correction"), cas.operation.resultat.get("message_id")
    tous = cas.recu.messages
    le_notre = next((un for un in tous if un.id == connu or bears(cas.operation.reference, un.body)), None)
    if le_notre is not None or connu:
        perdue = demande and (le_notre is None or not le_notre.correction_reason)
        return Constat(Suite.FAIT, CORRECTION_PERDUE) if perdue else FAIT
    if any(_efface(un, cas) for un in tous):
        return Constat(Suite.SANS_OBJET, MESSAGE_SUPPRIME)
    if demande and cas.recu.date_derniere_correction_en_attente is not None:
        return Constat(Suite.SANS_OBJET, CORRECTION_EN_ATTENTE)
    return _selon_etat(cas)


def _efface(message: Message, cas: _Cas) -> bool:
    nouveau = cas.avant is not None and message.id not in cas.avant["messages"]
    return nouveau and message.discarded_at is not None and message.email.lower() == cas.email


def _valeurs(cas: _Cas) -> Constat:
    ecritures = cas.operation.arguments["annotations"]
    if annotations_ds.unknown(cas.recu, ecritures):
        return Constat(Suite.SANS_OBJET, ANNOTATION_DISPARUE)
    return A_FAIRE if annotations_ds.remaining(cas.recu, ecritures) else FAIT


def _etiquette(cas: _Cas) -> Constat:
    return _selon(cas, present=cas.operation.arguments["label"] in {un.id for un in cas.recu.labels})


def _suivi(cas: _Cas) -> Constat:
    return _selon(cas, present=cas.email in {un.email.lower() for un in cas.recu.instructeurs})


def _groupe(cas: _Cas) -> Constat:
    return _selon(cas, present=cas.recu.groupe_instructeur.id == cas.operation.arguments["groupe"])


def _archive(cas: _Cas) -> Constat:
    return _selon(cas, present=cas.recu.archived)


def _selon(cas: _Cas, *, present: bool) -> Constat:
    return FAIT if present == cas.mutation.present else _selon_etat(cas)


_EXAMENS: dict[Preuve, Callable[[_Cas], Constat]] = {
    Preuve.ETAT: _etat,
    Preuve.REFERENCE: _reference,
    Preuve.MESSAGE: _message,
    Preuve.VALEURS: _valeurs,
    Preuve.ETIQUETTE: _etiquette,
    Preuve.SUIVI: _suivi,
    Preuve.GROUPE: _groupe,
    Preuve.ARCHIVE: _archive,
}
