"""The one who typed a complete request asks the one who signs to file it: the instant is kept, and shown to services."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Forbidden, Invalid
from portal.formats import maintenant
from portal.models.demandes import Demande, SignatureDepot
from portal.permissions import Acteur, can_edit
from portal.queries import contenus_demandes
from portal.queries.lecture_demandes import ATTESTATIONS, DemandeLue, lire
from portal.services import completude, courriels, journal, traces
from portal.services.demandes import lock

PAR_JOUR = 20


def count_question(fabrique: Fabrique, by: Acteur) -> None:
    """Count one letter to somebody who signs, in a transaction of its own. Raises Invalid beyond twenty in a day."""
    jour = timedelta(days=1)
    if not traces.count_attempt(fabrique, "signature_depot", str(by.user_id), maximum=PAR_JOUR, fenetre=jour):
        raise Invalid(
            "",
            f"Vous avez déjà demandé {PAR_JOUR}\u00a0signatures depuis hier\u00a0: celle-ci n’est pas demandée. La demande est "
            "conservée telle quelle. Recommencez demain.",
        )


def ask(session: Session, *, by: Acteur, demande: Demande, email: str, mot: str = "") -> SignatureDepot:
    """Ask that address to sign and file; whoever was asked before is asked no more. The same question again is one.

    Raises Forbidden, and Invalid when something but the attestations is left to fill in, or for one's own address.
    """
    lock(session, demande)
    verdict = can_edit(by, demande)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    if email == by.email:
        raise Invalid("email", "C’est votre adresse. Donnez celle de la personne qui représente l’association.")
    lue = lire(demande)
    _check_complete(lue)
    sha256, ouverte = contenus_demandes.empreinte(lue), demande.signature
    if ouverte is not None and (ouverte.email, ouverte.contenu_sha256) == (email, sha256):
        return ouverte
    if ouverte is not None:
        close(session, by=by, demande=demande)
    question = SignatureDepot(
        demande_id=demande.id,
        demandee_par_id=by.user_id,
        email=email,
        mot=mot,
        contenu_sha256=sha256,
        demandee_at=maintenant(),
    )
    session.add(question)
    session.flush()
    session.expire(demande, ["signature"])
    _tell(session, by, demande, question)
    return question


def _tell(session: Session, by: Acteur, demande: Demande, question: SignatureDepot) -> None:
    """Record the question, and owe its mail."""
    valeurs = {
        "signature": question.id,
        "contenu_sha256": question.contenu_sha256,
        "demandee_at": question.demandee_at.isoformat(),
    }
    journal.record(session, by=by, action="signature_depot_demandee", objet=f"demande:{demande.id}", valeurs=valeurs)
    courriels.enqueue(
        session,
        "signature_depot_demandee",
        destinataire=question.email,
        demande_id=demande.id,
        association=demande.association.denomination,
        demandeur=by.nom_affiche,
        campagne=demande.demarche.titre,
        siren=demande.association.siren,
    )


def close(session: Session, *, by: Acteur, demande: Demande) -> None:
    """End the question, because it is taken back, replaced or answered by the filing. Without one, nothing happens.

    Raises Forbidden: only who may change the draft takes the question back.
    """
    question = demande.signature
    if question is None:
        return
    verdict = can_edit(by, demande)
    if not verdict:
        raise Forbidden(verdict.raison)
    question.close_at, question.close_par_id = maintenant(), by.user_id
    valeurs = {"signature": question.id}
    journal.record(session, by=by, action="signature_depot_close", objet=f"demande:{demande.id}", valeurs=valeurs)
    session.flush()
    session.expire(demande, ["signature"])


def _check_complete(lue: DemandeLue) -> None:
    completude.require(
        ((lue.libelle(place), lue.etat(place)) for place in lue.places if place != ATTESTATIONS),
        suite="La personne qui signe doit recevoir une demande complète\u00a0: rien ne lui est envoyé.",
    )
