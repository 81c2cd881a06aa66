"""How a lot does its act to one dossier, through the service that does it for a page, and what an undo would put back."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.forms.champs_fusion import remplir
from portal.forms.consultes import de_json
from portal.models.avis import Saisine
from portal.models.dossiers import Dossier
from portal.models.journal import FluxJournal
from portal.permissions import Acteur
from portal.permissions.actes_lots import DEJA_ETIQUETE, avis_already_asked, can_hand_over
from portal.permissions.complements import can_ask_online
from portal.queries import actes_decision, consultables
from portal.queries import complements as queries
from portal.queries.actes_decision import Faits
from portal.queries.decisions import of_dossier
from portal.queries.essais_lots import can_decide_so, chosen_amount
from portal.queries.modeles_motivation import valeurs
from portal.services import (
    annonces_avis,
    attributions,
    complements,
    decisions,
    dossiers,
    etiquettes,
    instruction,
    saisines,
)
from portal.services.teneurs import Teneur
from portal.vocabulaire import Etat, MotifDecision, SensDecision, Source
from portal.vocabulaire_demandes import Place
from portal.vocabulaire_instruction import ActionLot
from portal.vocabulaire_lots import ChoixDecision

NEGATIFS = {ChoixDecision.REFUSE: SensDecision.REFUSE, ChoixDecision.SANS_SUITE: SensDecision.SANS_SUITE}
Parametres = Mapping[str, Any]
# (session, actor, dossier, parameters of the lot, version of the decision that the dry run showed) -> LigneLot.avant
Acte = Callable[[Session, Acteur, Dossier, Parametres, int], dict[str, Any]]


def take(session: Session, by: Acteur, dossier: Dossier, _parametres: Parametres, _version: int) -> dict[str, Any]:
    """Take it in charge. A dossier of DS is moved by DS: nothing here can put it back."""
    instruction.lock(session, dossier)
    avant = dossier.instructeur_id
    dossiers.take_in_charge(session, by=by, dossier=dossier, version=dossier.version)
    if dossier.source == Source.DS or dossier.etat != Etat.EN_INSTRUCTION:
        return {}
    return {"instructeur": avant, "rang": rank(session, dossier)}


def assign(session: Session, by: Acteur, dossier: Dossier, parametres: Parametres, _version: int) -> dict[str, Any]:
    """Give it to an agent, or to nobody."""
    instruction.lock(session, dossier)
    verdict = can_hand_over(by, dossier, user_id=parametres["instructeur"])
    if not verdict:
        raise Conflict(verdict.raison)
    avant = dossier.instructeur_id
    attributions.assign(session, by=by, dossier=dossier, user_id=parametres["instructeur"])
    return {"instructeur": avant, "version": dossier.version}


def label(session: Session, by: Acteur, dossier: Dossier, parametres: Parametres, _version: int) -> dict[str, Any]:
    """Put a label on it."""
    if not etiquettes.put(session, by=by, dossier=dossier, etiquette_id=parametres["etiquette"]):
        raise Conflict(DEJA_ETIQUETE)
    return {"etiquette": parametres["etiquette"]}


def ask_avis(session: Session, by: Acteur, dossier: Dossier, parametres: Parametres, _version: int) -> dict[str, Any]:
    """Ask those who are not asked yet: they read the dossier from now on, and are told once, when the lot ends."""
    consultes, teneur = de_json(parametres)
    parties = consultables.resolve(session, by, consultes)
    attendues = consultables.awaited(session, service_id=by.service_id, dossiers=[dossier.id])
    restent = [une.dit for une in parties if not une.waits(dossier.id, attendues)]
    if not restent:
        raise Conflict(avis_already_asked(consultables.names(parties)))
    cle = parametres.get("cle") or f"dossier:{secrets.token_hex(16)}"
    saisines.ask(
        session, by=by, objets=[dossier], consultes=restent, teneur=teneur, cle=cle, annoncer="cle" not in parametres
    )
    return {}


def announce_avis(session: Session, by: Acteur, parametres: Parametres) -> None:
    """The lot is over: each party is told at once of all the dossiers that were put to it."""
    saisine = session.scalars(select(Saisine).where(Saisine.cle == parametres.get("cle"))).first()
    if saisine is not None:
        annonces_avis.announce(session, by=by, saisine=saisine)


def ask_corrections(
    session: Session, by: Acteur, dossier: Dossier, parametres: Parametres, _version: int
) -> dict[str, Any]:
    """Ask the association to correct the pages named, of each of its projects for those of a project."""
    verdict = can_ask_online(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    lue = queries.get_request(session, dossier)
    demandees = {Place.lire(slug): texte for slug, texte in parametres["motifs"].items()}
    par_section = {place.section: texte for place, texte in demandees.items() if place is not None}
    complements.ask(
        session,
        by=by,
        dossier=dossier,
        lue=lue,
        motifs={place: par_section[place.section] for place in lue.places if place.section in par_section},
        motif=parametres["motif"],
        echeance=date.fromisoformat(parametres["echeance"]),
        pieces_exigees=parametres["pieces_exigees"],
    )
    return {}


def decide(session: Session, by: Acteur, dossier: Dossier, parametres: Parametres, version: int) -> dict[str, Any]:
    """Record the decision; a first one can be taken back while it is not notified."""
    instruction.lock(session, dossier)
    faits = actes_decision.read(session, by, dossier, of_dossier(session, dossier.id))
    decisions.require(can_decide_so(faits, parametres))
    decision = decisions.decide(session, by=by, dossier=dossier, teneur=_teneur(faits, parametres), version=version)
    return {} if version else {"version": decision.version}


def notify(session: Session, by: Acteur, dossier: Dossier, _parametres: Parametres, version: int) -> dict[str, Any]:
    """Notify the decision that the dry run showed."""
    decisions.notify(session, by=by, dossier=dossier, version=version)
    return {}


def _teneur(faits: Faits, parametres: Parametres) -> Teneur:
    """What is decided of that dossier, to which the dry run has nothing to object."""
    choix, dossier = ChoixDecision(parametres["choix"]), faits.dossier
    if choix == ChoixDecision.PROPOSITION and faits.proposition is not None:
        return Teneur.de(faits.proposition)
    textes = {"motivation": remplir(parametres["motivation"], valeurs(dossier)), "conditions": parametres["conditions"]}
    if choix in NEGATIFS:
        return Teneur(sens=NEGATIFS[choix], motif=MotifDecision(parametres["motif"]), **textes)
    return Teneur(sens=SensDecision.ACCEPTE, montant_accorde=chosen_amount(dossier, parametres), **textes)


def check(session: Session, by: Acteur, action: ActionLot, parametres: Parametres) -> None:
    """Raise Invalid when what is asked could be done to no dossier: the services would say so of each."""
    if action == ActionLot.DEMANDER_COMPLEMENT:
        if not parametres["motifs"]:
            raise Invalid("", "Écrivez ce qui est à corriger dans une section au moins.")
        complements.check_date(date.fromisoformat(parametres["echeance"]))
    if action == ActionLot.DEMANDER_AVIS:
        consultes, teneur = de_json(parametres)
        consultables.resolve(session, by, consultes)
        saisines.check_date(teneur.echeance)


def rank(session: Session, dossier: Dossier) -> int:
    """How many events the journal of a dossier has: one more, and something has happened since."""
    return session.scalar(select(FluxJournal.seq).where(FluxJournal.objet == f"dossier:{dossier.id}")) or 0


ACTES: dict[ActionLot, Acte] = {
    ActionLot.PRENDRE_EN_CHARGE: take,
    ActionLot.ATTRIBUER: assign,
    ActionLot.ETIQUETER: label,
    ActionLot.DEMANDER_AVIS: ask_avis,
    ActionLot.DEMANDER_COMPLEMENT: ask_corrections,
    ActionLot.DECIDER: decide,
    ActionLot.NOTIFIER: notify,
}
# What is done once, when no dossier of the lot waits any more.
CLOTURES: dict[ActionLot, Callable[[Session, Acteur, Parametres], None]] = {ActionLot.DEMANDER_AVIS: announce_avis}
