"""What a démarche settles of the avis asked on it: its questions, whom it proposes to ask, whether nobody else may be."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.forms.consultes import Consulte
from portal.models.avis import ModeleQuestion
from portal.models.demarches import Demarche
from portal.models.experts import ConsulteDemarche
from portal.permissions import Acteur, may_lead
from portal.queries import consultables
from portal.services import experts, journal

MAXIMUM = 30


def set_rules(session: Session, *, by: Acteur, demarche: Demarche, scelle: bool, liste_fermee: bool) -> Demarche:
    """Every avis asked from now on is sealed or not; nobody but those of the list may be asked, or anybody. Raises Forbidden."""
    _require(by, demarche)
    demarche.avis_scelle, demarche.avis_liste_fermee = scelle, liste_fermee
    valeurs = {"scelle": scelle, "liste_fermee": liste_fermee}
    journal.record(session, by=by, action="avis_regles", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    session.flush()
    return demarche


def add_question(session: Session, *, by: Acteur, demarche: Demarche, libelle: str, texte: str) -> ModeleQuestion:
    """One more question to begin with. Raises Forbidden, Invalid(libelle) beyond thirty, or on a title that is taken."""
    _require(by, demarche)
    session.refresh(demarche, with_for_update=True)
    presentes = consultables.questions(session, demarche)
    if len(presentes) >= MAXIMUM:
        raise Invalid("libelle", f"Cette démarche a déjà {MAXIMUM} questions types\u00a0: retirez-en une d’abord.")
    if any(une.libelle == libelle for une in presentes):
        raise Invalid("libelle", "Une question porte déjà ce titre. Choisissez-en un autre.")
    modele = ModeleQuestion(demarche_id=demarche.id, libelle=libelle, texte=texte)
    session.add(modele)
    session.flush()
    valeurs = {"modele": modele.id}
    journal.record(session, by=by, action="question_avis_ajoutee", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    return modele


def withdraw_question(session: Session, *, by: Acteur, demarche: Demarche, modele: ModeleQuestion) -> None:
    """Propose it no more; withdrawn twice, withdrawn once. Raises Forbidden."""
    _require(by, demarche)
    if modele.retire_at is not None:
        return
    modele.retire_at = maintenant()
    valeurs = {"modele": modele.id}
    journal.record(session, by=by, action="question_avis_retiree", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    session.flush()


def propose(session: Session, *, by: Acteur, demarche: Demarche, consulte: Consulte) -> None:
    """Put a service or somebody outside on the list; twice, once. Raises Forbidden, Invalid(service, adresses)."""
    _require(by, demarche)
    (partie,) = consultables.resolve(session, by, [consulte])
    if partie.agent is not None:
        raise Invalid(
            consulte.champ,
            f"{partie.agent.nom_affiche} répond pour {partie.nom}\u00a0: proposez ce service, qui choisira qui répond.",
        )
    dit = partie.dit
    expert = partie.expert
    if partie.service is None and expert is None:
        expert = experts.find_or_add(session, email=dit.email, nom=dit.nom, organisme=dit.organisme)
    valeurs = {
        "demarche_id": demarche.id,
        "service_id": partie.service.id if partie.service else None,
        "expert_id": expert.id if expert else None,
    }
    cles = ["demarche_id", "service_id", "expert_id"]
    session.execute(insert(ConsulteDemarche).values(**valeurs).on_conflict_do_nothing(index_elements=cles))
    journal.record(
        session,
        by=by,
        action="consulte_propose",
        objet=f"demarche:{demarche.id}",
        valeurs={"service": partie.service.id if partie.service else None, "expert": expert.id if expert else None},
    )


def drop(session: Session, *, by: Acteur, demarche: Demarche, consulte: ConsulteDemarche) -> None:
    """Take it off the list; what was asked of it stays asked. Raises Forbidden, Conflict on another démarche's."""
    _require(by, demarche)
    if consulte.demarche_id != demarche.id:
        raise Conflict("Cette personne n’est plus sur la liste de cette démarche.")
    session.execute(delete(ConsulteDemarche).where(ConsulteDemarche.id == consulte.id))
    valeurs = {"service": consulte.service_id, "expert": consulte.expert_id}
    journal.record(session, by=by, action="consulte_ote", objet=f"demarche:{demarche.id}", valeurs=valeurs)


def _require(by: Acteur, demarche: Demarche) -> None:
    verdict = may_lead(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    if by.service_id != demarche.service_id:
        raise Forbidden("Seuls les responsables du service de cette démarche la règlent.")
