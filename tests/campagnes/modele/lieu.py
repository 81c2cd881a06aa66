"""A dossier and everybody around it: what the pages offer each, and what the services take from each."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.lettres import Lettre
from portal.models.services import Service
from portal.permissions import Acteur, GenreActeur, can_decide, can_instruct
from portal.permissions.complements import can_withdraw
from portal.queries import actes_decision, actes_ds, envois_ds, fiches
from portal.queries.decisions import derniere_operation, of_dossier, proposition_of
from portal.services import actes_ds as services_ds
from portal.services import (
    actes_lots,
    annulations_lots,
    avis,
    decisions,
    dossiers,
    recommandes,
    reouvertures,
    retraits_demande,
)
from portal.services.decisions import Teneur
from portal.vocabulaire import Audience, Etat, MotifDecision, RoleAffectation, SensAvis, SensDecision, Source
from portal.vocabulaire_instruction import EtatLettre, ModeNotification
from tests.fabriques_decisions import deleguer, regler
from tests.fabriques_saisines import saisir
from tests.fabriques_suivi import acteur_usager, depose
from tests.factories import Fabriques

Acte = Callable[[], object]
SENS = {
    SensDecision.ACCEPTE: Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1200.00")),
    SensDecision.REFUSE: Teneur(sens=SensDecision.REFUSE, motif=MotifDecision.PRIORITE, motivation="Non."),
    SensDecision.SANS_SUITE: Teneur(sens=SensDecision.SANS_SUITE, motif=MotifDecision.DOUBLON),
}
ACCORD = SENS[SensDecision.ACCEPTE]
DE_DECISION = ("proposer", "decider", "notifier", "rouvrir", "recommander")
DE_LA_FICHE = ("prendre_en_charge", "demander_avis", "donner_avis")
DEFAITS = ("annuler_prise_en_charge", "annuler_decision")
REPASSER = "repasser_en_instruction"
RETIRER = "retirer"
ASSOCIATION = "association"
RESPONSABLE = RoleAffectation.RESPONSABLE.value
# What a lot would undo when it has done nothing here.
JAMAIS: dict[str, Mapping[str, Any]] = {
    "annuler_prise_en_charge": {"rang": -1, "instructeur": None},
    "annuler_decision": {"version": -1},
}


@dataclass
class Lieu:
    """The dossier, one agent of each role in its owner service, one of a service asked for its avis, and its association.

    `marques`: what the lots that took it in charge or decided it keep, to undo it.
    """

    session: Session
    dossier: Dossier
    acteurs: dict[str, Acteur]
    tiers: Service
    marques: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def actes(self, acteur: Acteur) -> dict[str, Acte]:
        """Every act that a page may offer on a dossier, by the name of what offers it."""
        session, dossier = self.session, self.dossier
        decision, proposition = of_dossier(session, dossier.id), proposition_of(session, dossier.id)
        version, la = (decision.version if decision else 0), {"by": acteur, "dossier": dossier}
        marques = JAMAIS | self.marques
        return {
            "prendre_en_charge": lambda: dossiers.take_in_charge(session, **la, version=dossier.version),
            "demander_avis": lambda: saisir(session, **la, service_id=self.tiers.id, question="?"),
            "donner_avis": lambda: avis.give(
                session,
                by=acteur,
                objet=dossier,
                sens=SensAvis.FAVORABLE,
                montant_propose=None,
                texte="Oui",
                audience=Audience.SERVICE,
            ),
            "proposer": lambda: decisions.propose(
                session, **la, teneur=ACCORD, version=proposition.version if proposition else 0
            ),
            "decider": lambda: decisions.decide(session, **la, teneur=ACCORD, version=version),
            "notifier": lambda: decisions.notify(session, **la, version=version),
            "rouvrir": lambda: reouvertures.reopen(session, **la, motif="Erreur.", version=version),
            "recommander": lambda: recommandes.note_sending(
                session, **la, envoyee_le=aujourdhui(), numero="1A", version=version
            ),
            "annuler_prise_en_charge": lambda: annulations_lots.give_back(
                session, acteur, dossier, marques["annuler_prise_en_charge"]
            ),
            "annuler_decision": lambda: annulations_lots.undecide(
                session, acteur, dossier, marques["annuler_decision"]
            ),
            REPASSER: lambda: services_ds.back_to_instruction(session, **la),
            RETIRER: lambda: retraits_demande.withdraw(session, **la, motif="", commune=False),
        }

    def offerts(self, acteur: Acteur) -> dict[str, bool]:
        """What the pages offer this actor now, and what a lot that has done it would put back."""
        rien = dict.fromkeys((*DE_LA_FICHE, *DE_DECISION, *DEFAITS, REPASSER, RETIRER), False)
        if acteur.genre == GenreActeur.USAGER:
            retirable = self.dossier.etat != Etat.RETIRE and can_withdraw(acteur, self.dossier).ok
            return rien | {RETIRER: retirable}
        fiche = fiches.get(self.session, acteur, self.dossier.reference)
        offre = actes_decision.offre(
            self.session,
            acteur,
            self.dossier,
            of_dossier(self.session, self.dossier.id),
            operation=derniere_operation(self.session, self.dossier),
        )
        if (fiche.actes.decider, fiche.actes.notifier) != (offre.decider.ok, offre.notifier.ok):
            raise AssertionError("two pages offer different acts")
        return (
            rien
            | {nom: getattr(fiche.actes, nom) for nom in DE_LA_FICHE}
            | {nom: getattr(offre, nom).ok for nom in DE_DECISION}
            | self._defaisables(acteur)
            | {REPASSER: self._repassable(acteur)}
        )

    def accepte(self, acte: Acte) -> bool:
        """Whether the service takes it; whatever it does is taken back. To withdraw twice does nothing: that is no act."""
        point = self.session.begin_nested()
        try:
            return acte() != []
        except (Forbidden, Conflict, Invalid):
            return False
        finally:
            point.rollback()
            self.session.expire_all()

    def confronter(self, chemin: object, noms: Collection[str] = DE_DECISION) -> None:
        """Offered == accepted, for every actor and each of these acts, from where the dossier stands."""
        for qui, acteur in self.acteurs.items():
            offerts, actes = self.offerts(acteur), self.actes(acteur)
            for nom in noms:
                assert self.accepte(actes[nom]) == offerts[nom], (chemin, qui, nom, self.dossier.etat)

    def _repassable(self, acteur: Acteur) -> bool:
        if self.dossier.ds is None or acteur.service_id != self.dossier.service_id:
            return False
        envois = envois_ds.list_envois(self.session, acteur, self.dossier)
        return REPASSER in actes_ds.possibles(acteur, self.dossier, (), envois)

    def _defaisables(self, acteur: Acteur) -> dict[str, bool]:
        """Said once more, in other words than the services: nothing has followed, nothing has left, nobody signs."""
        prise, decidee = (self.marques.get(nom) for nom in DEFAITS)
        decision = of_dossier(self.session, self.dossier.id)
        return {
            "annuler_prise_en_charge": prise is not None
            and self.evenements() == prise["rang"]
            and can_instruct(acteur, self.dossier).ok,
            "annuler_decision": decidee is not None
            and decision is not None
            and decision.version == decidee["version"]
            and decision.notification_demandee_at is None
            and self.dossier.etat == Etat.EN_INSTRUCTION
            and self.lettre() not in (EtatLettre.AU_PARAPHEUR, EtatLettre.SIGNEE)
            and can_decide(acteur, self.dossier).ok,
        }

    def evenements(self) -> int:
        """How many events the dossier has known."""
        siens = select(func.count()).where(Evenement.objet == f"dossier:{self.dossier.id}")
        return self.session.scalar(siens) or 0

    def lettre(self) -> EtatLettre | None:
        """Where the letter of the recorded decision stands."""
        decision = of_dossier(self.session, self.dossier.id)
        derniere = select(Lettre.etat).where(
            Lettre.dossier_id == self.dossier.id, Lettre.decision_version == (decision.version if decision else 0)
        )
        return self.session.scalar(derniere.order_by(Lettre.id.desc()).limit(1))

    def prendre(self) -> None:
        """A lot of the responsable takes it in charge."""
        avant = actes_lots.take(self.session, self.acteurs[RESPONSABLE], self.dossier, {}, 0)
        if avant:
            self.marques["annuler_prise_en_charge"] = avant

    def decider(self, teneur: Teneur) -> None:
        """A lot of the responsable decides; a first decision alone can be taken back."""
        decision = of_dossier(self.session, self.dossier.id)
        version = decision.version if decision else 0
        par = self.acteurs[RESPONSABLE]
        prise = decisions.decide(self.session, by=par, dossier=self.dossier, teneur=teneur, version=version)
        if version == 0:
            self.marques["annuler_decision"] = {"version": prise.version}


def lieu(
    session: Session,
    creer: Fabriques,
    source: Source,
    etat: Etat = Etat.EN_CONSTRUCTION,
    mode: ModeNotification | None = None,
) -> Lieu:
    """Where a walk begins: a request filed by a signataire, or a dossier of DS. `mode`: how its service notifies."""
    service, saisi, signataire = creer.service(), creer.service(), creer.usager()
    association = creer.association()
    creer.mandat(signataire, association)
    if source == Source.DS:
        dossier = creer.dossier_ds(service, etat=etat)
    else:
        dossier = depose(creer, association, signataire, service, etat=etat)
    creer.demande_avis(dossier, saisi)
    agents = {role.value: creer.agent(service, role) for role in RoleAffectation}
    deleguer(session, agents[RoleAffectation.INSTRUCTEUR.value])
    agents["saisi"] = creer.responsable(saisi)
    if mode is not None:
        regler(session, service, mode_notification=mode)
    acteurs = {nom: creer.acteur(agent) for nom, agent in agents.items()}
    acteurs[ASSOCIATION] = acteur_usager(session, signataire)
    return Lieu(session, dossier, acteurs, creer.service())
