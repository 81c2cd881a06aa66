"""What an instructeur does to a DS dossier from here: each act is owed to DS at once, and leaves when its turn comes.

Each verb locks the dossier, checks the right, that DS still shows it and that its état allows the act, owes the mutation,
tells the journal, and returns the operation. All raise Forbidden and TransitionInterdite; nothing here speaks to DS.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.ordres import MotifCorrection
from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.formats import instant_fr, maintenant
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS
from portal.permissions import Acteur, can_decide, can_instruct
from portal.services import annotations_ds, instruction, journal, operations_ds
from portal.vocabulaire import EtatEnvoi, Source, VerdictAntivirus
from portal.vocabulaire_ds import LIBELLES_VISIBILITE, Visibilite

# DS refuses the bytes from there on (ds/api §10).
PIECE_MAXIMALE = 20 * 1024 * 1024
TEXTE_MAXIMAL = 10_000
SANS_REDITE = timedelta(hours=1)
# Whoever may not decide may not undo a decision either.
DE_RESPONSABLE = DE_DECISION | {"repasser_en_instruction"}


def send_message(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    texte: str,
    fichier: Fichier | None = None,
    nom_fichier: str = "",
    correction: str | None = None,
    cle: str = "",
) -> OperationDS:
    """Write to the association through DS, with one file at most; `correction` (incorrect, incomplete, outdated) asks for one.

    `cle` is drawn by the form: sent twice with the same key, a message is owed once. It cannot be unsent: DS mails it.
    The same words, with the same file, within an hour are refused: a page taken back by the browser has another key.
    Raises Invalid (texte, fichier, correction) besides.
    """
    mutation = "demander_correction" if correction else "envoyer_message"
    _may(session, by, dossier, mutation)
    deja = _deja(session, dossier, cle)
    if deja is not None:
        return deja
    _check_message(dossier, texte, fichier, correction)
    _check_again(session, by, dossier, mutation, texte, fichier)
    arguments = {"texte": texte.strip(), "cle": cle}
    if correction:
        arguments["correction"] = correction
    if fichier is not None:
        arguments["nom_fichier"] = nom_fichier or "piece-jointe"
    return _owe(session, by, dossier, mutation, arguments, fichier)


def _deja(session: Session, dossier: Dossier, cle: str) -> OperationDS | None:
    """What this very form has already asked, the dossier being locked."""
    memes = select(OperationDS).where(
        OperationDS.dossier_id == dossier.id, OperationDS.arguments["cle"].astext == cle, OperationDS.reference != ""
    )
    return session.scalars(memes.limit(1)).first() if cle else None


def _check_message(dossier: Dossier, texte: str, fichier: Fichier | None, correction: str | None) -> None:
    if not texte.strip():
        raise Invalid("texte", "Écrivez votre message\u00a0: un message vide ne part pas.")
    if len(texte) > TEXTE_MAXIMAL:
        raise Invalid(
            "texte", "Ce message dépasse 10\u00a0000\u00a0caractères\u00a0: raccourcissez-le, ou joignez un document."
        )
    if fichier is not None and fichier.taille >= PIECE_MAXIMALE:
        raise Invalid("fichier", "Démarches Simplifiées n’accepte que les fichiers de moins de 20\u00a0Mo.")
    if fichier is not None and fichier.verdict == VerdictAntivirus.INFECTE:
        raise Invalid("fichier", "Un virus a été détecté dans ce fichier\u00a0: il ne sera pas envoyé.")
    if correction is not None and correction not in set(MotifCorrection):
        raise Invalid("correction", "Choisissez dans la liste ce qui est à corriger.")
    if correction and dossier.complement_demande:
        # DS would post the message and drop the correction without a word (ds/api §9).
        raise TransitionInterdite(
            "Une correction est déjà demandée et l’association n’y a pas encore répondu\u00a0: Démarches Simplifiées n’en "
            "garde qu’une à la fois. Rien n’a été envoyé\u00a0: écrivez un simple message, ou attendez sa réponse."
        )


def _check_again(
    session: Session, by: Acteur, dossier: Dossier, mutation: str, texte: str, fichier: Fichier | None
) -> None:
    memes = select(OperationDS.created_at).where(
        OperationDS.dossier_id == dossier.id,
        OperationDS.mutation == mutation,
        OperationDS.demande_par_id == by.user_id,
        OperationDS.arguments["texte"].astext == texte.strip(),
        OperationDS.fichier_id.is_not_distinct_from(fichier.id if fichier else None),
        OperationDS.etat != EtatEnvoi.REFUSE,
        OperationDS.created_at > maintenant() - SANS_REDITE,
    )
    deja = session.scalars(memes.limit(1)).first()
    if deja is not None:
        raise Invalid(
            "texte",
            f"Vous avez déjà envoyé ce message le {instant_fr(deja)}\u00a0: il ne part pas une seconde fois. "
            "Pour écrire de nouveau à l’association, changez-en les mots.",
        )


def edit_annotations(
    session: Session, *, by: Acteur, dossier: Dossier, valeurs: Mapping[str, Any]
) -> OperationDS | None:
    """Write annotations: DS's id of each in this dossier -> value; those that already hold their value are left out.

    Values: text; True/False for a box or yes/no; `date`, aware `datetime`, `int` or `Decimal`; a list of texts for several
    choices; "" or None to empty a text or a choice. None is returned when nothing differs. Raises Invalid, its `champ` being
    the annotation's id, when DS takes no such value there.
    """
    _may(session, by, dossier, "modifier_annotations")
    differentes = annotations_ds.to_write(session, dossier, valeurs)
    if not differentes:
        return None
    return _owe(session, by, dossier, "modifier_annotations", {"annotations": differentes})


def add_label(session: Session, *, by: Acteur, dossier: Dossier, label_id: str) -> OperationDS:
    """Stick a label of the démarche. Raises Invalid(label) when the démarche has none of that id."""
    _may(session, by, dossier, "ajouter_label")
    return _owe(session, by, dossier, "ajouter_label", {"label": _label(dossier.demarche, label_id)})


def remove_label(session: Session, *, by: Acteur, dossier: Dossier, label_id: str) -> OperationDS:
    """Take a label off."""
    _may(session, by, dossier, "supprimer_label")
    return _owe(session, by, dossier, "supprimer_label", {"label": label_id})


def _label(demarche: Demarche, label_id: str) -> str:
    if label_id not in {une["id"] for une in demarche.etiquettes}:
        raise Invalid("label", "Choisissez dans la liste une étiquette de cette démarche.")
    return label_id


def archive(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS:
    """Put a decided dossier away: DS then refuses messages on it."""
    return _act(session, by, dossier, "archiver")


def unarchive(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS:
    """Take it back."""
    return _act(session, by, dossier, "desarchiver")


def follow(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS:
    """Make the actor follow the dossier at DS."""
    return _act(session, by, dossier, "suivre")


def unfollow(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS:
    """Make the actor stop following the dossier at DS."""
    return _act(session, by, dossier, "ne_plus_suivre")


def change_group(session: Session, *, by: Acteur, dossier: Dossier, groupe: GroupeInstructeur) -> OperationDS:
    """Give the dossier to another groupe instructeur of its démarche (services.reorientations)."""
    _may(session, by, dossier, "changer_groupe")
    deja = select(OperationDS.id).where(
        OperationDS.dossier_id == dossier.id,
        OperationDS.mutation == "changer_groupe",
        OperationDS.etat.in_(EN_ATTENTE),
    )
    if session.scalars(deja.limit(1)).first() is not None:
        raise TransitionInterdite(
            "Un changement de groupe est déjà demandé\u00a0: rien n’a été envoyé. Attendez la réponse de Démarches Simplifiées."
        )
    return _owe(session, by, dossier, "changer_groupe", {"groupe": groupe.ds_id})


def back_to_construction(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS:
    """Give the dossier back to the association, which may then change it. DS fails on the démarches that decide by silence."""
    return _act(session, by, dossier, "repasser_en_construction")


def back_to_instruction(session: Session, *, by: Acteur, dossier: Dossier) -> OperationDS:
    """Undo a decision: DS erases its motivation and its attestation. For whoever may decide: Forbidden otherwise."""
    return _act(session, by, dossier, "repasser_en_instruction")


def _act(session: Session, by: Acteur, dossier: Dossier, mutation: str) -> OperationDS:
    _may(session, by, dossier, mutation)
    return _owe(session, by, dossier, mutation, {})


def _may(session: Session, by: Acteur, dossier: Dossier, mutation: str) -> None:
    """Lock the dossier and check all that does not depend on what the act says."""
    verdict = (can_decide if mutation in DE_RESPONSABLE else can_instruct)(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    if dossier.source != Source.DS:
        raise TransitionInterdite("Ce dossier n’est pas sur Démarches Simplifiées\u00a0: cette action n’y existe pas.")
    visibilite = session.scalars(select(DossierDS.visibilite).where(DossierDS.dossier_id == dossier.id)).one()
    if visibilite != Visibilite.VISIBLE:
        raise TransitionInterdite(
            f"Ce dossier est {LIBELLES_VISIBILITE[visibilite]}\u00a0: plus rien ne peut y être envoyé."
        )
    instruction.check_from(dossier, MUTATIONS[mutation].depuis)


def _owe(
    session: Session,
    by: Acteur,
    dossier: Dossier,
    mutation: str,
    arguments: dict[str, Any],
    fichier: Fichier | None = None,
) -> OperationDS:
    operation = operations_ds.queue(
        session, by=by, dossier=dossier, mutation=mutation, arguments=arguments, fichier=fichier
    )
    valeurs = {"mutation": mutation, "operation": operation.id}
    journal.record(session, by=by, action="operation_ds_demandee", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return operation
