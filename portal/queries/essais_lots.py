"""The dry run of a lot: which dossiers of a selection the act may be done to, why not the others, and what it would cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.formats import ESPACE_INSECABLE
from portal.forms.consultes import de_json
from portal.forms.demandes.demande import FONCTIONNEMENT
from portal.models.demandes import SectionSaisie
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Complement
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.file_agents import Etiquette, EtiquetteDossier
from portal.models.mutations_ds import QUI_DEPLACENT
from portal.permissions import OUI, Acteur, Verdict
from portal.permissions.actes_lots import (
    DEJA_ETIQUETE,
    can_ask_avis,
    can_ask_corrections,
    can_hand_over,
    can_take_in_charge,
)
from portal.permissions.attributions import can_label
from portal.permissions.decisions import may_grant
from portal.queries import consultables, enveloppes, faits_lots
from portal.queries import dossiers as file
from portal.queries.actes_decision import Faits, may_decide, may_notify
from portal.queries.consultables import names
from portal.queries.enveloppes import Simulation
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.vocabulaire_demandes import SECTIONS_PAR_PROJET, Place, SectionDemande
from portal.vocabulaire_instruction import ActionLot
from portal.vocabulaire_lots import ChoixDecision

MAXIMUM = 500
DEJA_DECIDE = f"Une décision est déjà enregistrée sur ce dossier{ESPACE_INSECABLE}: ouvrez-le pour la changer."
SANS_PROPOSITION = (
    f"Aucune proposition n’est enregistrée sur ce dossier{ESPACE_INSECABLE}: il n’y a rien à décider « comme proposé »."
)
SANS_SECTION = "Cette demande n’a aucune des sections à corriger\u00a0: elle porte sur l’année, sans projet."
SANS_MONTANT = f"Le montant demandé n’est pas connu{ESPACE_INSECABLE}: aucune part ne s’en calcule."
Parametres = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Retenu:
    """A dossier to which the act may be done. `version`: of its decision as it was read, 0 while there is none."""

    dossier: Dossier
    version: int = 0

    @property
    def jeton(self) -> str:
        """As a form carries it: « P-2026-000012:1 »."""
        return f"{self.dossier.reference}:{self.version}"


@dataclass(frozen=True, slots=True)
class Exclus:
    """Dossiers to which it may not be done, for the same reason."""

    raison: str
    dossiers: tuple[Dossier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Essai:
    """What a lot would do."""

    retenus: tuple[Retenu, ...]
    exclus: tuple[Exclus, ...]
    simulations: tuple[Simulation, ...] = ()

    @property
    def nombre_exclus(self) -> int:
        """How many dossiers are left out."""
        return sum(len(un.dossiers) for un in self.exclus)

    @property
    def jetons(self) -> str:
        """The dossiers of the lot in one field of a form."""
        return " ".join(un.jeton for un in self.retenus)


def of_references(session: Session, viewer: Acteur, references: Sequence[str]) -> list[Dossier]:
    """Those of these dossiers that the viewer reads, in the order given, each once."""
    lus = {un.reference: un for un in session.scalars(_lisibles(viewer).where(Dossier.reference.in_(references)))}
    return [lus[une] for une in dict.fromkeys(references) if une in lus]


def of_view(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> list[Dossier]:
    """The first 500 dossiers of a view, in its order."""
    ids = file.list_ids(session, viewer, filtre, maximum=MAXIMUM)
    lus = {un.id: un for un in session.scalars(_lisibles(viewer).where(Dossier.id.in_(ids)))}
    return [lus[un] for un in ids if un in lus]


def _lisibles(viewer: Acteur) -> Any:
    lisibles = select(Dossier).join(AccesDossier, AccesDossier.dossier_id == Dossier.id).where(file.in_scope(viewer))
    return lisibles.options(joinedload(Dossier.demarche), joinedload(Dossier.service))


def run(
    session: Session, viewer: Acteur, action: ActionLot, parametres: Parametres, dossiers: Sequence[Dossier]
) -> Essai:
    """What the act would do to these dossiers, in a number of statements that theirs does not change."""
    if action in SUR_LES_DECISIONS:
        return _sur_les_decisions(session, viewer, action, parametres, dossiers)
    juge = JUGES[action](session, viewer, parametres, [un.id for un in dossiers])
    verdicts = {un.id: juge(un) for un in dossiers}
    return Essai(retenus=tuple(Retenu(un) for un in dossiers if verdicts[un.id]), exclus=_exclus(dossiers, verdicts))


def _exclus(dossiers: Sequence[Dossier], verdicts: Mapping[int, Verdict]) -> tuple[Exclus, ...]:
    """By reason, the most frequent first."""
    groupes: dict[str, list[Dossier]] = {}
    for un in dossiers:
        if not verdicts[un.id]:
            groupes.setdefault(verdicts[un.id].raison, []).append(un)
    tries = sorted(groupes.items(), key=lambda groupe: -len(groupe[1]))
    return tuple(Exclus(raison, tuple(siens)) for raison, siens in tries)


Juge = Callable[[Dossier], Verdict]


def _prendre(session: Session, viewer: Acteur, _parametres: Parametres, ids: Sequence[int]) -> Juge:
    attendues = select(OperationDS.dossier_id).where(
        OperationDS.dossier_id.in_(ids), OperationDS.etat.in_(EN_ATTENTE), OperationDS.mutation.in_(QUI_DEPLACENT)
    )
    en_attente = set(session.scalars(attendues))
    return lambda dossier: can_take_in_charge(viewer, dossier, attend_ds=dossier.id in en_attente)


def _attribuer(session: Session, viewer: Acteur, parametres: Parametres, ids: Sequence[int]) -> Juge:
    a_qui, recuses = parametres["instructeur"], consultables.recused_by_dossier(session, ids)
    return lambda dossier: can_hand_over(viewer, dossier, user_id=a_qui, recuse=a_qui in recuses.get(dossier.id, ()))


def _etiqueter(session: Session, viewer: Acteur, parametres: Parametres, ids: Sequence[int]) -> Juge:
    posees = select(EtiquetteDossier.dossier_id).where(
        EtiquetteDossier.dossier_id.in_(ids), EtiquetteDossier.etiquette_id == parametres["etiquette"]
    )
    portent = set(session.scalars(posees))
    peut = can_label(viewer, session.get_one(Etiquette, parametres["etiquette"]).service_id)
    return lambda dossier: peut if not peut or dossier.id not in portent else Verdict(ok=False, raison=DEJA_ETIQUETE)


def _demander_avis(session: Session, viewer: Acteur, parametres: Parametres, ids: Sequence[int]) -> Juge:
    parties = consultables.resolve(session, viewer, de_json(parametres)[0])
    attendues = consultables.awaited(session, service_id=viewer.service_id, dossiers=ids)
    listes = consultables.closed_lists(session, ids)
    recuses, agents = consultables.recused_by_dossier(session, ids), consultables.answerers_of(session, parties)

    def juger(dossier: Dossier) -> Verdict:
        restent = [une for une in parties if not une.waits(dossier.id, attendues)]
        liste = listes.get(dossier.demarche_id)
        hors_liste = (une.nom for une in restent if liste is not None and une.cle not in liste)
        conflits = (consultables.conflict(une, agents, recuses.get(dossier.id, ())) for une in restent)
        return can_ask_avis(
            viewer,
            dossier,
            deja="" if restent else names(parties),
            hors_liste=next(hors_liste, ""),
            conflit=next(filter(None, conflits), ""),
        )

    return juger


def _demander_complement(session: Session, viewer: Acteur, parametres: Parametres, ids: Sequence[int]) -> Juge:
    ouverts = select(Complement.dossier_id).where(
        Complement.dossier_id.in_(ids), Complement.repondu_at.is_(None), Complement.annule_at.is_(None)
    )
    deja = set(session.scalars(ouverts))
    lues = [Place.lire(slug) for slug in parametres["motifs"]]
    d_un_projet = all(place is not None and place.section in SECTIONS_PAR_PROJET for place in lues)
    sans_projet = set(session.scalars(_pour_une_annee(ids))) if d_un_projet else set()

    def juger(dossier: Dossier) -> Verdict:
        peut = can_ask_corrections(viewer, dossier, deja=dossier.id in deja)
        return Verdict(ok=False, raison=SANS_SECTION) if peut and dossier.id in sans_projet else peut

    return juger


def _pour_une_annee(ids: Sequence[int]) -> Select[int]:
    """Dossiers whose request is for the fonctionnement of a year: it has no project."""
    return (
        select(Dossier.id)
        .join(SectionSaisie, SectionSaisie.demande_id == Dossier.demande_id)
        .where(
            Dossier.id.in_(ids),
            SectionSaisie.section == SectionDemande.DEMANDE,
            SectionSaisie.complement_id.is_(None),
            SectionSaisie.valeurs["objet"].as_string() == FONCTIONNEMENT,
        )
    )


JUGES: dict[ActionLot, Callable[[Session, Acteur, Parametres, Sequence[int]], Juge]] = {
    ActionLot.PRENDRE_EN_CHARGE: _prendre,
    ActionLot.ATTRIBUER: _attribuer,
    ActionLot.ETIQUETER: _etiqueter,
    ActionLot.DEMANDER_AVIS: _demander_avis,
    ActionLot.DEMANDER_COMPLEMENT: _demander_complement,
}
SUR_LES_DECISIONS = frozenset({ActionLot.DECIDER, ActionLot.NOTIFIER})


def _sur_les_decisions(
    session: Session, viewer: Acteur, action: ActionLot, parametres: Parametres, dossiers: Sequence[Dossier]
) -> Essai:
    faits = faits_lots.read_many(session, viewer, dossiers)
    decide = action == ActionLot.DECIDER
    verdicts = {ident: can_decide_so(un, parametres) if decide else may_notify(un) for ident, un in faits.items()}
    retenus = tuple(
        Retenu(un, decision.version if (decision := faits[un.id].decision) else 0) for un in dossiers if verdicts[un.id]
    )
    montants = {un.dossier.id: amount(faits[un.dossier.id], parametres) for un in retenus} if decide else {}
    accordes = {ident: montant for ident, montant in montants.items() if montant}
    simulations = enveloppes.what_if(session, viewer, accordes, accordes) if accordes else ()
    return Essai(retenus=retenus, exclus=_exclus(dossiers, verdicts), simulations=simulations)


def can_decide_so(faits: Faits, parametres: Parametres) -> Verdict:
    """Decide that dossier as the parameters of a lot say, which never change a decision that is recorded."""
    peut = may_decide(faits)
    if not peut:
        return peut
    if faits.decision is not None and faits.decision.delegation_id is not None:
        return Verdict(ok=False, raison=DEJA_DECIDE)
    if parametres["choix"] == ChoixDecision.PROPOSITION and faits.proposition is None:
        return Verdict(ok=False, raison=SANS_PROPOSITION)
    montant = amount(faits, parametres)
    if parametres["choix"] == ChoixDecision.PART and not montant:
        return Verdict(ok=False, raison=SANS_MONTANT)
    return may_grant(faits.delegation, montant) if faits.delegation and montant else OUI


def amount(faits: Faits, parametres: Parametres) -> Decimal | None:
    """Euros that the parameters grant to that dossier, in money and in kind; None when they grant nothing."""
    if parametres["choix"] == ChoixDecision.PROPOSITION:
        lignes = faits.proposition.lignes if faits.proposition else []
        return sum((Decimal(ligne["montant"]) for ligne in lignes), Decimal(0)) or None
    return chosen_amount(faits.dossier, parametres)


def chosen_amount(dossier: Dossier, parametres: Parametres) -> Decimal | None:
    """Euros: the same for all, or a part of what is asked, without its cents."""
    if parametres["choix"] == ChoixDecision.MONTANT:
        return Decimal(parametres["montant"])
    if parametres["choix"] == ChoixDecision.PART and dossier.montant_demande:
        return (dossier.montant_demande * Decimal(parametres["part"]) / 100).quantize(Decimal(1), ROUND_DOWN) or None
    return None
