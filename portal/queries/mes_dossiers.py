"""Dossiers as the people of an association see them: what was filed, where it stands, and the outcome once notified.

Never an avis, an annotation, a note of an agent or a decision that is not notified yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.decisions import Decision, DecisionPassee
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.permissions import Acteur
from portal.queries.elements_ds import elements
from portal.vocabulaire import (
    ETATS_FINAUX,
    LIBELLE_COMPLEMENT_PUBLIC,
    LIBELLES_ETAT_PUBLIC,
    LIBELLES_MOTIF,
    MOTIFS_SANS_VOIES_DE_RECOURS,
    Etat,
    SensDecision,
    Source,
)
from portal.vocabulaire_ds import Visibilite

CACHES = (Visibilite.CORBEILLE, Visibilite.SUPPRIME)
REPRISES_MONTREES = 20
TITRES_ISSUE = {
    SensDecision.ACCEPTE: "Subvention accordée",
    SensDecision.REFUSE: "Subvention refusée",
    SensDecision.SANS_SUITE: "Demande classée sans suite",
}


def visible_dossiers(viewer: Acteur) -> Select[Dossier]:
    """Every source, for a proved mandat; while it is declared, only what the person began or filed here."""
    mandats = [mandat.association_id for mandat in viewer.mandats if not mandat.est_aidant]
    miens = and_(
        Dossier.association_id.in_(mandats),
        or_(Demande.created_by_id == viewer.user_id, Demande.deposee_par_id == viewer.user_id),
    )
    return (
        select(Dossier)
        .outerjoin(Demande, Demande.id == Dossier.demande_id)
        .outerjoin(DossierDS, DossierDS.dossier_id == Dossier.id)
        .where(or_(Dossier.association_id.in_(viewer.associations_prouvees), miens))
        .where(or_(DossierDS.visibilite.is_(None), DossierDS.visibilite.not_in(CACHES)))
    )


def libelle_public(etat: Etat, *, complement_demande: bool) -> str:
    """The words of model.md §2 for the association."""
    return (
        LIBELLE_COMPLEMENT_PUBLIC if complement_demande and etat == Etat.EN_CONSTRUCTION else LIBELLES_ETAT_PUBLIC[etat]
    )


@dataclass(frozen=True, slots=True)
class LigneMonDossier:
    """A line of the list. `montant_accorde` (euros) is known once the outcome is notified."""

    id: int
    reference: str
    source: Source
    demarche: str
    association: str
    intitule: str
    exercice: int | None
    etat: Etat
    complement_demande: bool
    montant_demande: Decimal | None
    montant_accorde: Decimal | None
    date_depot: datetime

    @property
    def libelle_etat(self) -> str:
        """For the association."""
        return libelle_public(self.etat, complement_demande=self.complement_demande)


def list_dossiers(session: Session, viewer: Acteur) -> list[LigneMonDossier]:
    """Dossiers of every source, newest filing first, in one query."""
    choix: Select[*tuple[Any, ...]] = (
        visible_dossiers(viewer)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .with_only_columns(
            Dossier.id,
            Dossier.reference,
            Dossier.source,
            Demarche.titre,
            Dossier.demandeur_nom,
            Dossier.intitule,
            Dossier.exercice,
            Dossier.etat,
            Dossier.complement_demande,
            Dossier.montant_demande,
            Dossier.montant_accorde,
            Dossier.date_depot,
        )
        .order_by(Dossier.date_depot.desc(), Dossier.id.desc())
    )
    return [LigneMonDossier(*ligne) for ligne in session.execute(choix)]


def get(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """One of them. Raises NotFound."""
    dossier = session.scalars(
        visible_dossiers(viewer)
        .where(Dossier.reference == reference)
        .options(
            joinedload(Dossier.demarche),
            joinedload(Dossier.demande),
            joinedload(Dossier.service),
            joinedload(Dossier.ds).load_only(DossierDS.number, DossierDS.raw, raiseload=True),
        )
    ).first()
    if dossier is None:
        raise NotFound
    return dossier


def list_of_demande(session: Session, viewer: Acteur, demande: Demande) -> list[Dossier]:
    """The dossiers that a request has become once filed, one for each service: the one it began with first."""
    dossiers = visible_dossiers(viewer).where(Dossier.demande_id == demande.id).options(joinedload(Dossier.service))
    return list(session.scalars(dossiers.order_by(Dossier.demarche_id != demande.demarche_id, Dossier.id)))


@dataclass(frozen=True, slots=True)
class Issue:
    """The outcome of a dossier, as it was notified. Euros; instants UTC. `recours`: the letter tells how to appeal.

    `lignes`: see Decision.
    """

    titre: str
    notifiee_le: datetime | None
    montant_accorde: Decimal | None
    motif: str
    motivation: str
    conditions: str
    auteur: str
    recours: bool
    lignes: Sequence[dict[str, Any]] = ()

    @property
    def sous_conditions(self) -> bool:
        """Part of it is paid later, if at all."""
        return any(ligne["conditionnelle"] for ligne in self.lignes)


def issue(session: Session, dossier: Dossier) -> Issue | None:
    """The outcome, None before it is notified. What Démarches Simplifiées decided by itself is known by its état only."""
    if dossier.etat not in ETATS_FINAUX or dossier.etat == Etat.RETIRE:
        return None
    decision = session.scalars(
        select(Decision).where(Decision.dossier_id == dossier.id, Decision.notified_at.is_not(None))
    ).first()
    if decision is None:
        titre = TITRES_ISSUE[SensDecision(dossier.etat)]
        return Issue(titre, dossier.date_traitement, dossier.montant_accorde, "", "", "", "", recours=False)
    return Issue(
        titre=TITRES_ISSUE[decision.sens],
        notifiee_le=decision.notified_at,
        montant_accorde=decision.montant_accorde,
        motif=LIBELLES_MOTIF[decision.motif] if decision.motif else "",
        motivation=decision.motivation,
        conditions=decision.conditions,
        auteur=f"{decision.auteur_nom}, {decision.auteur_qualite}".strip(", "),
        recours=decision.motif not in MOTIFS_SANS_VOIES_DE_RECOURS,
        lignes=decision.lignes,
    )


def reprises(session: Session, dossier: Dossier) -> Sequence[DecisionPassee]:
    """The decisions that were notified and taken back, newest first: when and why."""
    passees = select(DecisionPassee).where(DecisionPassee.dossier_id == dossier.id)
    return session.scalars(passees.order_by(DecisionPassee.id.desc()).limit(REPRISES_MONTREES)).all()


def champs_ds(dossier: Dossier) -> list[tuple[str, str]]:
    """(label, value) of what was filed at Démarches Simplifiées: the fields of the applicant, never the annotations."""
    return [paire for element in elements(dossier.ds) if element["partie"] == "champs" for paire in _paires(element)]


def _paires(element: dict[str, object]) -> list[tuple[str, str]]:
    """A repeated block gives the fields of each of its rows."""
    lignes, libelle = element.get("lignes"), str(element["libelle"])
    if isinstance(lignes, list) and lignes:
        rangs = enumerate(lignes, start=1)
        return [
            (f"{libelle} {rang}, {nom}", valeur) for rang, ligne in rangs for un in ligne for nom, valeur in _paires(un)
        ]
    if element.get("niveau") is not None:
        return []
    fichiers = element.get("fichiers")
    noms = [str(fichier["nom"]) for fichier in fichiers] if isinstance(fichiers, list) else []
    return [(libelle, "\n".join(filter(None, [str(element.get("valeur") or ""), *noms])))]
