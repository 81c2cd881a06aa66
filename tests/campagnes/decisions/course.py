"""Races of two agents on one dossier, on real commits, and what must hold of it afterwards."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict, PortalError
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier, Financement
from portal.models.envois import Courriel, OperationDS
from portal.models.journal import Evenement
from portal.models.lettres import Lettre
from portal.models.mutations_ds import DE_DECISION
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import dossiers
from portal.services import decisions
from portal.services.decisions import Teneur
from portal.vocabulaire import Etat, MotifDecision, SensDecision, Source
from portal.vocabulaire_instruction import GENRES_DE_DECISION, EtatLettre
from tests.fabriques_lettres import lettres_pretes
from tests.factories import Fabriques

GRAINE, COURSES = 20261122, 200
ECART_MAXIMAL = 0.004  # seconds by which one may start before the other
TENEURS = (
    Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1200.00")),
    Teneur(sens=SensDecision.REFUSE, motif=MotifDecision.PRIORITE, motivation="Moins prioritaire."),
)
DEUX_DECISIONS, DEUX_NOTIFICATIONS = "deux décisions", "deux notifications"
NOTIFIER_ET_MODIFIER, TOUT = "une notification et une décision modifiée", "décider puis notifier, chacun"
COURSES_DE = (DEUX_DECISIONS, DEUX_NOTIFICATIONS, NOTIFIER_ET_MODIFIER, TOUT)
Geste = Callable[[Session, Acteur, Dossier], object]


@dataclass
class Bilan:
    """How many races of each kind were run on each kind of dossier, who won, and what did not hold."""

    graine: int
    courues: Counter[tuple[str, str]] = field(default_factory=Counter)
    gagnees: Counter[str] = field(default_factory=Counter)
    fautes: list[str] = field(default_factory=list)


@dataclass
class Piste:
    """One dossier of an association of two signataires, and the two responsables who race on it."""

    fabrique: Fabrique
    acteurs: tuple[Acteur, Acteur]
    reference: str
    adresses: tuple[str, str]

    def courir(self, gestes: tuple[Geste, Geste], retards: tuple[float, float]) -> tuple[str, str]:
        """Both start together, each after its own delay (seconds): « fait », or the name of the refusal."""
        depart = Barrier(2)

        def courir_un(rang: int) -> str:
            try:
                with self.fabrique.begin() as session:
                    lu = dossiers.get(session, self.acteurs[rang], self.reference)
                    depart.wait()
                    time.sleep(retards[rang])
                    gestes[rang](session, self.acteurs[rang], lu)
            except PortalError as refus:
                return "Conflict" if isinstance(refus, Conflict) else type(refus).__name__
            return "fait"

        with ThreadPoolExecutor(2) as fils:
            premier, second = fils.map(courir_un, (0, 1))
        return premier, second

    def agir(self, geste: Geste, rang: int = 0) -> None:
        """One of them alone."""
        with self.fabrique.begin() as session:
            geste(session, self.acteurs[rang], dossiers.get(session, self.acteurs[rang], self.reference))


def run(fabrique: Fabrique, *, courses: int = COURSES, graine: int = GRAINE) -> Bilan:
    """So many races, each on a dossier of its own, of the portal and of DS in turn."""
    bilan, hasard = Bilan(graine), random.Random(graine)
    with fabrique() as session:
        creer = Fabriques(session)
        service = creer.service()
        acteurs = (creer.acteur(creer.responsable(service)), creer.acteur(creer.responsable(service)))
        for rang in range(courses):
            genre = COURSES_DE[rang % len(COURSES_DE)]
            source = Source.DS if rang // len(COURSES_DE) % 2 else Source.PORTAIL
            piste = _tracer(creer, fabrique, service, acteurs, source)
            retards = (hasard.random() * ECART_MAXIMAL, hasard.random() * ECART_MAXIMAL)
            _courir(piste, genre, hasard.randrange(2), retards, bilan)
            bilan.courues[genre, source.value] += 1
            bilan.fautes += [f"{genre}, {source}, course {rang} : {faute}" for faute in _controler(session, piste)]
    return bilan


def _tracer(
    creer: Fabriques, fabrique: Fabrique, service: Service, acteurs: tuple[Acteur, Acteur], source: Source
) -> Piste:
    association = creer.association()
    usagers = (creer.usager(), creer.usager())
    for usager in usagers:
        creer.mandat(usager, association)
    faire = creer.dossier_ds if source == Source.DS else creer.dossier
    dossier = faire(service, etat=Etat.EN_INSTRUCTION, association=association)
    return Piste(fabrique, acteurs, dossier.reference, (usagers[0].email, usagers[1].email))


def _decider(teneur: Teneur, version: int) -> Geste:
    return lambda session, by, dossier: decisions.decide(
        session, by=by, dossier=dossier, teneur=teneur, version=version
    )


def _notifier(version: int) -> Geste:
    return lambda session, by, dossier: decisions.notify(session, by=by, dossier=dossier, version=version)


def _preparer(session: Session, _by: Acteur, _dossier: Dossier) -> None:
    lettres_pretes(session)


def _tout(teneur: Teneur) -> Geste:
    """In one transaction, the letter being made in between."""

    def agir(session: Session, by: Acteur, dossier: Dossier) -> None:
        decisions.decide(session, by=by, dossier=dossier, teneur=teneur)
        lettres_pretes(session)
        decisions.notify(session, by=by, dossier=dossier, version=1)

    return agir


def _courir(piste: Piste, genre: str, tete: int, retards: tuple[float, float], bilan: Bilan) -> None:
    """Run one race, `tete` being whose words are the accord, then notify what is left to be."""
    teneurs = (TENEURS[tete], TENEURS[1 - tete])
    if genre in (DEUX_NOTIFICATIONS, NOTIFIER_ET_MODIFIER):
        piste.agir(_decider(teneurs[0], 0))
        piste.agir(_preparer)
    gestes: dict[str, tuple[Geste, Geste]] = {
        DEUX_DECISIONS: (_decider(teneurs[0], 0), _decider(teneurs[1], 0)),
        DEUX_NOTIFICATIONS: (_notifier(1), _notifier(1)),
        NOTIFIER_ET_MODIFIER: (_notifier(1), _decider(teneurs[1], 1)),
        TOUT: (_tout(teneurs[0]), _tout(teneurs[1])),
    }
    issues = piste.courir(gestes[genre], retards)
    if sorted(issues) != ["Conflict", "fait"]:
        bilan.fautes.append(f"{genre} : {issues[0]} et {issues[1]}")
        return
    bilan.gagnees["le premier" if issues[0] == "fait" else "le second"] += 1
    if genre == DEUX_DECISIONS or (genre == NOTIFIER_ET_MODIFIER and issues[1] == "fait"):
        piste.agir(_preparer)
        piste.agir(_notifier(1 if genre == DEUX_DECISIONS else 2))


def _controler(session: Session, piste: Piste) -> list[str]:
    """What must hold of a dossier decided and notified once, whoever raced; [] when all does."""
    session.rollback()
    session.expire_all()
    dossier = session.scalars(select(Dossier).where(Dossier.reference == piste.reference)).one()
    prises = session.scalars(select(Decision).where(Decision.dossier_id == dossier.id)).all()
    if len(prises) != 1:
        return [f"{len(prises)} décisions"]
    sur_ds = dossier.source == Source.DS
    attendus = {
        "lettre": [EtatLettre.PREPAREE if sur_ds else EtatLettre.PARTIE],
        "courriels": [] if sur_ds else sorted(piste.adresses),
        "opérations": 1 if sur_ds else 0,
        "notifications au journal": 1,
        "état": "en_instruction" if sur_ds else prises[0].sens.value,
        "montants": None if sur_ds else prises[0].montant_accorde,
    }
    lus = _lire(session, dossier, piste)
    return [f"{nom} : {lus[nom]}, attendu {du}" for nom, du in attendus.items() if lus[nom] != du]


def _lire(session: Session, dossier: Dossier, piste: Piste) -> dict[str, object]:
    """What the dossier has, by the same names."""
    lettres = select(Lettre.etat).where(Lettre.dossier_id == dossier.id, Lettre.genre.in_(GENRES_DE_DECISION))
    courriels = select(Courriel.destinataire).where(Courriel.destinataire.in_(piste.adresses))
    operations = select(func.count()).where(OperationDS.dossier_id == dossier.id, OperationDS.mutation.in_(DE_DECISION))
    evenements = select(func.count()).where(
        Evenement.objet == f"dossier:{dossier.id}", Evenement.action == "notification_demandee"
    )
    return {
        "lettre": list(session.scalars(lettres.where(Lettre.etat != EtatLettre.REMPLACEE))),
        "courriels": sorted(session.scalars(courriels)),
        "opérations": session.scalar(operations),
        "notifications au journal": session.scalar(evenements),
        "état": dossier.etat.value,
        "montants": session.scalar(select(func.sum(Financement.accorde)).where(Financement.dossier_id == dossier.id)),
    }
