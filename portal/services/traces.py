"""The one door for what must survive a refusal or happen on a GET: short transactions of their own."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Invalid
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion, Tentative
from portal.models.echanges import LectureMessages
from portal.models.experts import LienExpert
from portal.models.file_agents import VisiteDossier
from portal.models.lectures_avis import LectureAvis
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import Acteur
from portal.queries.visites import SEANCE
from portal.services import (
    codes_connexion,
    codes_signature,
    fiches_associations,
    jetons_experts,
    journal,
    recommandes,
    taches,
)

PAS_DES_PASSAGES = timedelta(minutes=5)


def mark_seen(fabrique: Fabrique, session_id: int | None) -> None:
    """Note that a login session is in use, at most every five minutes."""
    instant = maintenant()
    with fabrique.begin() as session:
        session.execute(
            update(SessionConnexion)
            .where(SessionConnexion.id == session_id, SessionConnexion.last_seen_at < instant - PAS_DES_PASSAGES)
            .values(last_seen_at=instant)
        )


def count_attempt(fabrique: Fabrique, genre: str, cle: str, *, maximum: int, fenetre: timedelta) -> bool:
    """Count one attempt and tell whether it stays within `maximum` per `fenetre`. `cle` is hashed: an address never stays here.

    Counted under a lock on the key, so that parallel attempts cannot slip past the limit.
    """
    empreinte = hashlib.sha256(f"{genre}:{cle}".encode()).hexdigest()
    debut = maintenant() - fenetre
    with fabrique.begin() as session:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(empreinte))))
        session.execute(
            delete(Tentative).where(Tentative.genre == genre, Tentative.cle == empreinte, Tentative.at < debut)
        )
        deja = session.scalar(
            select(func.count()).select_from(Tentative).where(Tentative.genre == genre, Tentative.cle == empreinte)
        )
        if (deja or 0) >= maximum:
            return False
        session.add(Tentative(genre=genre, cle=empreinte, at=maintenant()))
        return True


def try_code(
    fabrique: Fabrique, config: Config, *, preparee_id: int, code: str
) -> tuple[codes_signature.Essai, int] | None:
    """Try the code of a signature: what it is worth, and how many wrong ones so far. None when it was signed meanwhile.

    Judged and counted under a lock on its row, so that neither parallel tries nor a refusal of the rest go uncounted.
    """
    with fabrique.begin() as session:
        preparee = session.get(SignaturePreparee, preparee_id, with_for_update=True)
        if preparee is None:
            return None
        return codes_signature.attempt(config, preparee, code), preparee.essais


def try_login_code(
    fabrique: Fabrique, config: Config, *, lien: LienConnexion, code: str
) -> tuple[codes_connexion.Essai, int]:
    """Try the code of a connection letter: what it is worth, and how many wrong ones so far. Raises Invalid past the limits.

    Counted per address (per login session when the code proves that of an open one, so that nobody else uses its tries up), then
    judged and counted under a lock on its row, in transactions that no refusal undoes.
    """
    qui = f"session:{lien.session_id}" if lien.session_id else lien.email
    for maximum, fenetre in codes_connexion.FENETRES:
        if not count_attempt(fabrique, f"code_{lien.genre}_{maximum}", qui, maximum=maximum, fenetre=fenetre):
            raise Invalid("code", codes_connexion.TROP_D_ESSAIS)
    with fabrique.begin() as session:
        verrouille = session.get(LienConnexion, lien.id, with_for_update=True)
        if verrouille is None:
            return codes_connexion.Essai.PERDU, 0
        return codes_connexion.attempt(config, verrouille, code), verrouille.essais


def try_expert_code(fabrique: Fabrique, config: Config, *, lien_id: int, code: str) -> bool:
    """Try the code of an expert's link, judged and counted under a lock on its row, in a transaction that no refusal undoes."""
    with fabrique.begin() as session:
        lien = session.get(LienExpert, lien_id, with_for_update=True)
        return lien is not None and jetons_experts.attempt(config, lien, code)


def note_reading(fabrique: Fabrique, *, by: Acteur, action: str, objet: str, valeurs: dict[str, Any]) -> None:
    """Tell the journal that somebody has taken what is shown under trace: called before it is shown, and never after."""
    with fabrique.begin() as session:
        journal.record(session, by=by, action=action, objet=objet, valeurs=valeurs)


def park(fabrique: Fabrique, *, user_id: int, chemin: str, champs: list[list[str]]) -> int:
    """Keep what a known person had typed, and return its number: when the login session ended, or its proof had aged.

    Offered to that person only, for 24 hours.
    """
    with fabrique.begin() as session:
        saisie = SaisieParquee(user_id=user_id, chemin=chemin, champs=champs)
        session.add(saisie)
        session.flush()
        return saisie.id


def note_messages_read(fabrique: Fabrique, *, by: Acteur, dossier_id: int, dernier: int) -> None:
    """Remember up to which message of a dossier a person has been shown; it never goes back."""
    lecture = insert(LectureMessages).values(dossier_id=dossier_id, user_id=by.user_id, dernier_id=dernier)
    plus_loin = func.greatest(LectureMessages.dernier_id, lecture.excluded.dernier_id)
    with fabrique.begin() as session:
        session.execute(
            lecture.on_conflict_do_update(index_elements=["dossier_id", "user_id"], set_={"dernier_id": plus_loin})
        )
        if by.est_agent:
            taches.note_thread_read(session, by=by, dossier_id=dossier_id)


def note_decision_read(fabrique: Fabrique, *, by: Acteur, decision_id: int) -> None:
    """Remember who of the association opened a notified decision first: before it is shown, and not otherwise."""
    with fabrique.begin() as session:
        recommandes.note_reading(session, by=by, decision_id=decision_id)


def note_avis_read(fabrique: Fabrique, *, by: Acteur, avis_ids: Sequence[int]) -> None:
    """Remember the first time that a service is shown each of these avis of others: what « dossiers croisés » counts."""
    lue = {"service_id": by.service_id, "user_id": by.user_id, "lu_at": maintenant()}
    lues = insert(LectureAvis).values([{"avis_id": ident, **lue} for ident in avis_ids])
    with fabrique.begin() as session:
        session.execute(lues.on_conflict_do_nothing())


def note_visit(fabrique: Fabrique, *, by: Acteur, dossier_id: int, version: int) -> None:
    """Remember that an agent looks at what a dossier says, at that version; the look before is kept, see queries/visites.py."""
    visite = insert(VisiteDossier).values(
        user_id=by.user_id, dossier_id=dossier_id, vue_at=maintenant(), contenu_version=version
    )
    nouveau = visite.excluded
    premiere_surprise = and_(
        VisiteDossier.precedente_at.is_(None), VisiteDossier.contenu_version < nouveau.contenu_version
    )
    autre_seance = or_(VisiteDossier.vue_at < nouveau.vue_at - SEANCE, premiere_surprise)
    mise_a_jour = visite.on_conflict_do_update(
        index_elements=["user_id", "dossier_id"],
        set_={
            "precedente_at": case((autre_seance, VisiteDossier.vue_at), else_=VisiteDossier.precedente_at),
            "precedente_version": case(
                (autre_seance, VisiteDossier.contenu_version), else_=VisiteDossier.precedente_version
            ),
            "vue_at": case((autre_seance, nouveau.vue_at), else_=VisiteDossier.vue_at),
            "contenu_version": func.greatest(VisiteDossier.contenu_version, nouveau.contenu_version),
        },
    )
    with fabrique.begin() as session:
        session.execute(mise_a_jour)


def note_association_read(fabrique: Fabrique, *, by: Acteur, association_id: int) -> None:
    """Remember that an agent looks at the sheet of an association with which its service has a tie: before it is shown."""
    with fabrique.begin() as session:
        fiches_associations.note_reading(session, by=by, association_id=association_id)
