"""Letters of a service on its dossiers: prepared with each decision, replaced when it changes, gone when it is notified."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.documents.modeles_lettres import figer
from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.lettres import Lettre
from portal.permissions import Acteur, can_instruct
from portal.queries import contenus_lettres, gabarits
from portal.queries.complements import open_of
from portal.queries.decisions import of_dossier
from portal.services import documents, instruction, journal
from portal.vocabulaire import MOTIFS_SANS_VOIES_DE_RECOURS, GenreDocument, SensDecision
from portal.vocabulaire_instruction import (
    GENRES_DE_DECISION,
    LIBELLES_GENRE_LETTRE,
    EtatLettre,
    GenreLettre,
    ModeNotification,
)
from portal.vocabulaire_lettres import ACTES_D_UN_ACCORD

A_REMPLACER = (EtatLettre.PREPAREE, EtatLettre.AU_PARAPHEUR, EtatLettre.SIGNEE)


def kind_of(dossier: Dossier, decision: Decision) -> GenreLettre | None:
    """Which letter tells this decision: None for a closing without appeal (doublon, abandon, réorientation)."""
    if decision.motif in MOTIFS_SANS_VOIES_DE_RECOURS:
        return None
    if decision.sens == SensDecision.REFUSE:
        return GenreLettre.REFUS
    if decision.sens == SensDecision.SANS_SUITE:
        return GenreLettre.SANS_SUITE
    moins = (decision.montant_accorde or 0) < (dossier.montant_demande or 0)
    return GenreLettre.NOTIFICATION_PARTIELLE if moins else GenreLettre.NOTIFICATION


def prepare(session: Session, *, by: Acteur, dossier: Dossier, decision: Decision) -> Lettre | None:
    """Freeze the letter of a decision that was just recorded; those of its former versions are replaced.

    The caller has checked that the actor may, and holds the dossier's lock. Nobody outside the service reads the letter before
    the decision is notified (queries/documents.py). None for a closing that has no letter, see `kind_of`.
    """
    replace_all(session, dossier)
    genre = kind_of(dossier, decision)
    return None if genre is None else _issue(session, by=by, dossier=dossier, genre=genre, decision=decision)


def order(session: Session, *, by: Acteur, dossier: Dossier, genre: GenreLettre) -> Lettre:
    """Prepare an arrêté or a draft of convention of the recorded grant, or the letter of an open demand of corrections.

    The former one that has not left is replaced. Raises Forbidden, Invalid, TransitionInterdite when there is nothing to tell.
    """
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    if genre in ACTES_D_UN_ACCORD:
        decision = of_dossier(session, dossier.id)
        if decision is None or decision.sens != SensDecision.ACCEPTE or decision.delegation_id is None:
            raise TransitionInterdite("Aucun accord n’est enregistré sur ce dossier\u00a0: décidez d’abord.")
    elif genre == GenreLettre.COMPLEMENT:
        decision = None
        if open_of(session, dossier.id) is None:
            raise TransitionInterdite("Aucun complément n’est demandé sur ce dossier\u00a0: demandez-le d’abord.")
    else:
        raise Invalid("genre", "Cette lettre se prépare avec la décision qu’elle annonce.")
    _replace(session, dossier, (genre,))
    lettre = _issue(session, by=by, dossier=dossier, genre=genre, decision=decision)
    if decision is None or decision.notified_at is not None:
        leave(session, dossier)
    return lettre


def replace_all(session: Session, dossier: Dossier) -> None:
    """What told a decision that no longer stands: its notification, arrêté and convention that have not left."""
    _replace(session, dossier, (*GENRES_DE_DECISION, *ACTES_D_UN_ACCORD))


def leave(session: Session, dossier: Dossier) -> None:
    """What may leave does: the association reads it from now on. To be called when a decision is notified, and after.

    Where acts are signed, an arrêté leaves once it came back signed; a draft of convention leaves as it is, and a letter that
    asks for corrections tells what the association already reads.
    """
    decision = of_dossier(session, dossier.id)
    notifiee = decision is not None and decision.notified_at is not None
    reglage = dossier.service.reglage
    sans_signature = reglage is not None and reglage.mode_notification == ModeNotification.TELESERVICE
    for lettre in session.scalars(
        select(Lettre).where(Lettre.dossier_id == dossier.id, Lettre.etat.in_(A_REMPLACER)).order_by(Lettre.id)
    ):
        if lettre.genre == GenreLettre.COMPLEMENT:
            lettre.etat = EtatLettre.PARTIE
        elif decision is not None and notifiee and lettre.decision_version == decision.version:
            signee = lettre.etat == EtatLettre.SIGNEE or sans_signature
            if signee or lettre.genre != GenreLettre.ARRETE:
                lettre.etat = EtatLettre.PARTIE
    session.flush()


def _replace(session: Session, dossier: Dossier, genres: tuple[GenreLettre, ...]) -> None:
    session.execute(
        update(Lettre)
        .where(Lettre.dossier_id == dossier.id, Lettre.genre.in_(genres), Lettre.etat.in_(A_REMPLACER))
        .values(etat=EtatLettre.REMPLACEE)
    )


def _issue(session: Session, *, by: Acteur, dossier: Dossier, genre: GenreLettre, decision: Decision | None) -> Lettre:
    """Freeze the page and what the text to edit is made from; the PDF comes by a job."""
    gabarit = gabarits.en_usage(session, dossier.service_id, genre)
    numero = documents.draw_number()
    contenu = contenus_lettres.lettre(
        session,
        by=by,
        numero=numero,
        genre=genre,
        texte=gabarits.texte_de(gabarit, genre),
        dossier=dossier,
        decision=decision,
    )
    valeurs: dict[str, Any] = {"genre": genre, "decision_version": decision.version if decision else None}
    document = documents.issue(
        session,
        by=by,
        genre=GenreDocument.LETTRE,
        nom=f"{LIBELLES_GENRE_LETTRE[genre]} {dossier.reference}",
        document=contenu,
        dossier_id=dossier.id,
        numero=numero,
        lettre=figer(contenu),
    )
    lettre = Lettre(
        dossier_id=dossier.id, document_id=document.id, gabarit_id=gabarit.id if gabarit else None, **valeurs
    )
    session.add(lettre)
    session.flush()
    valeurs |= {"numero": numero, "gabarit": gabarit.version if gabarit else None}
    journal.record(session, by=by, action="lettre_preparee", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return lettre
