"""Walks every path of the workflow from a filed dossier, and holds what is offered against what is accepted at each place."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.lettres import Lettre
from portal.models.mutations_ds import MUTATIONS
from portal.models.workflow import Action
from portal.queries.decisions import derniere_operation, of_dossier, proposition_of
from portal.services import decisions, reouvertures
from portal.services.decisions import NOTIFIER
from portal.vocabulaire import ETATS_FINAUX, Etat, EtatEnvoi, Source
from portal.vocabulaire_instruction import EtatLettre, ModeNotification
from tests.campagnes.modele.lieu import (
    ASSOCIATION,
    DEFAITS,
    REPASSER,
    RESPONSABLE,
    RETIRER,
    SENS,
    Acte,
    Lieu,
)
from tests.fabriques_lettres import lettres_pretes

GRAINE = 20261122
ACTIONS = {
    "prendre_en_charge": Action.PRENDRE_EN_CHARGE,
    "annuler_prise_en_charge": Action.ANNULER_PRISE_EN_CHARGE,
    "annuler_decision": Action.ANNULER_DECISION,
    "rouvrir": Action.ROUVRIR,
    RETIRER: Action.RETIRER,
}
Passage = tuple[Action, Etat, Etat]
Endroit = tuple[object, ...]


@dataclass
class Bilan:
    """What a walk has seen. `issues`: how many steps lead out of each place; `confrontes`: (offered, accepted) -> times."""

    issues: dict[Endroit, int] = field(default_factory=dict)
    atteints: set[Etat] = field(default_factory=set)
    passages: set[Passage] = field(default_factory=set)
    confrontes: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    fautes: list[str] = field(default_factory=list)
    pas: int = 0

    @property
    def sans_issue(self) -> set[Etat]:
        """The états from which a place has no way out."""
        return {endroit[0] for endroit, issues in self.issues.items() if not issues and isinstance(endroit[0], Etat)}


@dataclass
class Marche:
    """A walk. `part`: of the acts not offered, how many are tried nevertheless; all of those offered are.

    Unless `fine`, places are told apart by état, decision and letter alone, not by what is proposed nor by what a lot may undo.
    """

    ici: Lieu
    mode: ModeNotification
    part: float = 1.0
    fine: bool = True
    graine: int = GRAINE
    bilan: Bilan = field(default_factory=Bilan)

    def __post_init__(self) -> None:
        self.hasard = random.Random(self.graine)

    def explorer(self, chemin: tuple[str, ...] = ()) -> Bilan:
        """From here, every step that somebody may take, once for each place; whatever is done is taken back."""
        session, dossier, bilan = self.ici.session, self.ici.dossier, self.bilan
        lettres_pretes(session)
        endroit = self._endroit()
        bilan.atteints.add(dossier.etat)
        if endroit in bilan.issues:
            return bilan
        bilan.issues[endroit] = 0
        self._confronter(chemin)
        for nom, action, faire in list(self._suites()):
            point, marques, de = session.begin_nested(), dict(self.ici.marques), dossier.etat
            faire()
            session.flush()
            bilan.issues[endroit], bilan.pas = bilan.issues[endroit] + 1, bilan.pas + 1
            if action is not None:
                bilan.passages.add((action, de, dossier.etat))
            self.explorer((*chemin, nom))
            point.rollback()
            session.expire_all()
            self.ici.marques = marques
        return bilan

    def _endroit(self) -> Endroit:
        """What tells one place from another: the état, what is proposed and decided, where its letter and DS stand."""
        session, dossier = self.ici.session, self.ici.dossier
        decision, operation = of_dossier(session, dossier.id), derniere_operation(session, dossier)
        gros = (
            dossier.etat,
            decision and (decision.sens, decision.delegation_id is None, decision.notified_at is None),
            self.ici.lettre() if self.mode == ModeNotification.PARAPHEUR else None,
            operation and (operation.mutation, operation.etat),
        )
        if not self.fine:
            return gros
        offerts = self.ici.offerts(self.ici.acteurs[RESPONSABLE])
        return (*gros, proposition_of(session, dossier.id) is not None, *(offerts[nom] for nom in DEFAITS))

    def _confronter(self, chemin: tuple[str, ...]) -> None:
        for qui, acteur in self.ici.acteurs.items():
            offerts, actes = self.ici.offerts(acteur), self.ici.actes(acteur)
            for nom, acte in actes.items():
                if not offerts[nom] and self.hasard.random() >= self.part:
                    continue
                accepte = self.ici.accepte(acte)
                self.bilan.confrontes[offerts[nom], accepte] += 1
                if accepte != offerts[nom]:
                    fautif = "refusé, et offert" if offerts[nom] else "accepté, et pas offert"
                    self.bilan.fautes.append(f"{nom} par {qui} : {fautif}, après {chemin or 'rien'}")

    def _suites(self) -> Iterator[tuple[str, Action | None, Acte]]:
        """Each step that moves something: by the responsable, by the association, by the parapheur, by DS."""
        ici = self.ici
        par = ici.acteurs[RESPONSABLE]
        offerts, actes = ici.offerts(par), ici.actes(par)
        for nom in ("proposer", "rouvrir", REPASSER, *DEFAITS):
            if offerts[nom]:
                yield nom, ACTIONS.get(nom), actes[nom]
        if offerts["prendre_en_charge"]:
            yield "prendre_en_charge", self._ici(Action.PRENDRE_EN_CHARGE), ici.prendre
        if offerts["decider"]:
            for sens, teneur in SENS.items():
                yield f"decider:{sens}", Action.DECIDER, lambda teneur=teneur: ici.decider(teneur)
        decision = of_dossier(ici.session, ici.dossier.id)
        if offerts["notifier"] and decision:
            yield "notifier", self._ici(NOTIFIER[decision.sens]), actes["notifier"]
        association = ici.acteurs[ASSOCIATION]
        if ici.offerts(association)[RETIRER]:
            yield RETIRER, Action.RETIRER, ici.actes(association)[RETIRER]
        if self.mode == ModeNotification.PARAPHEUR and ici.lettre() == EtatLettre.PREPAREE:
            yield "signer", None, lambda: sign(ici.session, ici.dossier)
        operation = derniere_operation(ici.session, ici.dossier)
        if operation is not None and operation.etat in EN_ATTENTE:
            yield "ds:refuse", None, lambda: _answer(operation, EtatEnvoi.REFUSE)
            yield f"ds:{operation.mutation}", None, lambda: _apply(ici.session, ici.dossier, operation)

    def _ici(self, action: Action) -> Action | None:
        """That action, when it is done here and not asked of DS."""
        return None if self.ici.dossier.source == Source.DS else action


def sign(session: Session, dossier: Dossier) -> None:
    """The letter of the decision has come back signed."""
    lettres_pretes(session)
    preparees = select(Lettre).where(Lettre.dossier_id == dossier.id, Lettre.etat == EtatLettre.PREPAREE)
    for lettre in session.scalars(preparees):
        lettre.etat = EtatLettre.SIGNEE
    session.flush()


def _answer(operation: OperationDS, etat: EtatEnvoi) -> None:
    operation.etat = etat


def _apply(session: Session, dossier: Dossier, operation: OperationDS) -> None:
    """DS has done what was asked, and its dossier is read again."""
    _answer(operation, EtatEnvoi.ENVOYE)
    vers = MUTATIONS[operation.mutation].vers
    dossier.etat = vers or dossier.etat
    session.flush()
    if dossier.etat in ETATS_FINAUX:
        decisions.confirm_notified(session, dossier)
    else:
        reouvertures.follow_ds(session, dossier)
