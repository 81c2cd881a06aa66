"""Withdraws a grant: told first, signed after the association could answer, notified, then sent to those whom the law names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid, TransitionInterdite
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.manquements import Retrait
from portal.models.prorata import Prorata
from portal.permissions import Acteur, Verdict, can_decide
from portal.permissions.manquements import can_observe
from portal.queries import decisions, lettres_retrait, retraits
from portal.queries.retraits import FicheRetrait
from portal.services import constats, courriels, documents, envois_retrait, instruction, journal
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_cer import MotifRetrait

OBSERVATIONS_MINIMALES, OBSERVATIONS_MAXIMALES = 15, 120


@dataclass(frozen=True, kw_only=True)
class Projet:
    """What is envisaged. `observations_jours`: how long the association has to answer; `courrier`: see `Retrait`."""

    motif: MotifRetrait
    griefs: str
    periode_debut: date
    periode_fin: date
    date_manquement: date
    observations_jours: int
    courrier: str = ""
    constat_id: int | None = None

    def prorata(self, decision: Decision) -> Prorata:
        """How much would be taken back. Raises Invalid when the décret allows no withdrawal on these dates (art. 5 II)."""
        octroi, montant = retraits.granted_on(decision), decision.montant_accorde
        if octroi is None or montant is None:
            raise TransitionInterdite("Cette subvention n’est pas notifiée\u00a0: il n’y a rien à retirer.")
        if self.periode_fin < self.periode_debut:
            raise Invalid(
                "periode_fin", "La période financée finit avant d’avoir commencé\u00a0: corrigez une des deux dates."
            )
        if not octroi <= self.date_manquement <= min(self.periode_fin, aujourdhui()):
            raise Invalid(
                "date_manquement",
                f"Le manquement doit avoir eu lieu entre le {date_fr(octroi)}, où la subvention a été notifiée, "
                f"et le {date_fr(min(self.periode_fin, aujourdhui()))}.",
            )
        calcul = Prorata(montant, self.periode_debut, self.periode_fin, self.date_manquement)
        if not calcul.montant_retire:
            raise Invalid(
                "date_manquement", "Aucun jour de la période ne restait à courir\u00a0: il n’y a rien à retirer."
            )
        return calcul


def envisage(session: Session, *, by: Acteur, dossier: Dossier, projet: Projet) -> Retrait:
    """Tell the association that its grant may be withdrawn, why and for how much, and give it a delay to answer.

    Raises Forbidden, Invalid, TransitionInterdite when nothing is granted, Conflict when a withdrawal is already there.
    """
    _require(can_decide(by, dossier))
    instruction.lock(session, dossier)
    decision = decisions.of_dossier(session, dossier.id)
    if decision is None or not retraits.is_granted(decision):
        raise TransitionInterdite("Aucune subvention notifiée sur ce dossier\u00a0: il n’y a rien à retirer.")
    present = retraits.current(session, decision.id)
    if present is not None:
        raise Conflict(f"Un retrait de cette subvention est déjà engagé depuis le {date_fr(present.created_at)}.")
    calcul = projet.prorata(decision)
    adresses = decisions.destinataires(session, dossier)
    _check(session, by, dossier, projet, joignable=bool(adresses))
    retrait = Retrait(
        decision_id=decision.id,
        **{champ: valeur for champ, valeur in vars(projet).items() if champ != "observations_jours"},
        montant_accorde=calcul.montant_accorde,
        montant_retire=calcul.montant_retire,
        observations_avant=aujourdhui() + timedelta(days=projet.observations_jours),
        auteur_id=by.user_id,
        created_at=maintenant(),
    )
    session.add(retrait)
    _note(session, by, retrait, "retrait_envisage", decision=decision.id, montant=str(calcul.montant_retire))
    _tell(session, dossier, "retrait_envisage", adresses)
    return retrait


def _check(session: Session, by: Acteur, dossier: Dossier, projet: Projet, *, joignable: bool) -> None:
    if not OBSERVATIONS_MINIMALES <= projet.observations_jours <= OBSERVATIONS_MAXIMALES:
        raise Invalid(
            "observations_jours", "Laissez à l’association entre 15 et 120\u00a0jours pour présenter ses observations."
        )
    if not joignable and not projet.courrier:
        raise Invalid(
            "courrier",
            "Personne de cette association ne peut être prévenu par le portail\u00a0: informez-la par lettre recommandée, "
            "puis donnez ici la date et le numéro de cette lettre.",
        )
    invocables = {constat.id for constat in retraits.constats_a_invoquer(session, by, dossier)}
    if projet.constat_id is not None and projet.constat_id not in invocables:
        raise Invalid("constat", "Choisissez un constat ouvert de cette association dans la liste.")


def observe(session: Session, *, by: Acteur, dossier: Dossier, retrait: Retrait, texte: str) -> Retrait:
    """The association's observations, attached to the procedure. Raises Forbidden, Conflict when given, late or decided."""
    _require(can_observe(by, dossier.association_id or 0))
    _lock_envisaged(session, retrait)
    if aujourdhui() > retrait.observations_avant:
        raise Conflict(f"Le délai d’observations est passé depuis le {date_fr(retrait.observations_avant)}.")
    _attach(session, by, retrait, texte)
    responsable = session.get_one(User, retrait.auteur_id)
    courriels.enqueue(session, "retrait_observe", destinataire=responsable.email, reference=dossier.reference)
    return retrait


def note_observations(session: Session, *, by: Acteur, fiche: FicheRetrait, texte: str) -> Retrait:
    """Attach what an association that the portal does not reach has answered by letter. Raises Forbidden, Conflict."""
    _require(can_decide(by, fiche.dossier))
    _lock_envisaged(session, fiche.retrait)
    if not fiche.retrait.courrier:
        raise Conflict("L’association est prévenue par le portail\u00a0: c’est elle qui y dépose ses observations.")
    _attach(session, by, fiche.retrait, texte)
    return fiche.retrait


def give_up(session: Session, *, by: Acteur, fiche: FicheRetrait, version: int) -> Retrait:
    """Renounce before anything is signed; the association is told. Raises Forbidden, Conflict."""
    _require(can_decide(by, fiche.dossier))
    retrait = fiche.retrait
    _lock_envisaged(session, retrait)
    instruction.check_version(version, retrait.version)
    retrait.renonce_at, retrait.version = maintenant(), version + 1
    _note(session, by, retrait, "retrait_abandonne")
    _tell(session, fiche.dossier, "retrait_abandonne", fiche.destinataires)
    return retrait


def sign(session: Session, *, by: Acteur, fiche: FicheRetrait, motivation: str, qualite: str, version: int) -> Retrait:
    """Sign and notify: the letter is issued, the association told, the statement that it leaned on closed.

    The author's name and quality are frozen (CRPA L212-1). `version` is the one that the page showed. Raises Forbidden, Conflict
    when somebody has acted meanwhile, TransitionInterdite before the association has answered or its delay is over.
    """
    dossier, retrait = fiche.dossier, fiche.retrait
    _require(can_decide(by, dossier))
    _lock_envisaged(session, retrait)
    instruction.check_version(version, retrait.version)
    if not retraits.is_ripe(retrait):
        raise TransitionInterdite(
            f"L’association peut présenter ses observations jusqu’au {date_fr(retrait.observations_avant)}\u00a0: "
            "le retrait ne peut pas être signé avant."
        )
    retrait.motivation, retrait.auteur_id = motivation, by.user_id or 0
    retrait.auteur_nom, retrait.auteur_qualite = by.nom_affiche, f"{qualite}, {dossier.service.nom}"
    retrait.decided_at = retrait.notified_at = maintenant()
    retrait.version = version + 1
    session.flush()
    document = documents.issue(
        session,
        by=by,
        genre=GenreDocument.RETRAIT,
        nom=f"Retrait de subvention {dossier.reference}",
        document=lettres_retrait.lettre(session, fiche),
        dossier_id=dossier.id,
    )
    for adresse in fiche.destinataires:
        envois_retrait.send_to_association(session, by=by, fiche=fiche, email=adresse)
    constats.close_on_decision(session, by=by, constat_id=retrait.constat_id)
    _note(session, by, retrait, "retrait_notifie", document=document.numero, montant=str(retrait.montant_retire))
    return retrait


def _attach(session: Session, by: Acteur, retrait: Retrait, texte: str) -> None:
    if retrait.observations_at is not None:
        raise Conflict(f"Des observations sont déjà jointes depuis le {date_fr(retrait.observations_at)}.")
    retrait.observations, retrait.observations_at = texte, maintenant()
    retrait.version += 1
    _note(session, by, retrait, "retrait_observe")


def _tell(session: Session, dossier: Dossier, gabarit: str, adresses: Sequence[str]) -> None:
    for adresse in adresses:
        courriels.enqueue(
            session,
            gabarit,
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            service=dossier.service.nom,
        )


def _lock_envisaged(session: Session, retrait: Retrait) -> None:
    """Lock the row and read it afresh. Raises Conflict when it is signed or given up."""
    session.refresh(retrait, with_for_update={"of": Retrait})
    if retrait.notified_at is not None:
        raise Conflict(
            f"Ce retrait est signé et notifié depuis le {date_fr(retrait.notified_at)}\u00a0: rien n’a été changé."
        )
    if retrait.renonce_at is not None:
        raise Conflict(
            f"Le service a renoncé à ce retrait le {date_fr(retrait.renonce_at)}\u00a0: rien n’a été changé."
        )


def _note(session: Session, by: Acteur, retrait: Retrait, action: str, **valeurs: object) -> None:
    session.flush()
    journal.record(session, by=by, action=action, objet=f"retrait:{retrait.id}", valeurs=valeurs)


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)
