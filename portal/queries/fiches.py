"""The page of a dossier: all that one agent may see of it, read in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import true
from sqlalchemy.orm import Session, joinedload

from portal.documents.statut_cer import StatutCer
from portal.errors import NotFound
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import Dossier, DossierDS
from portal.models.workflow import Action, transition
from portal.permissions import Acteur, can_decide, can_give_avis, can_instruct, can_read_decision
from portal.queries import actes_ds, contenus_ds, documents, envois_ds, historique, statuts_cer
from portal.queries.actes_ds import CoteDS
from portal.queries.avis import AvisDuDossier, list_avis, list_demandes
from portal.queries.avis_partages import AvisPartage, list_partages
from portal.queries.blocages_ds import set_aside_at
from portal.queries.contenus_ds import Cle, Echange, Element, Rubrique
from portal.queries.decisions import est_partie
from portal.queries.demandes import BudgetLisible, SectionLisible, budget_de, sections_de
from portal.queries.dossiers import visible_dossiers
from portal.queries.elements_ds import elements
from portal.queries.envois_ds import Acte
from portal.queries.fichiers_ds import FichierSuivi, list_files
from portal.queries.lecture_demandes import lire
from portal.vocabulaire import ETATS_FINAUX

# DS shows its experts the form, never the annotations, the messages or the other avis: neither do we.
PARTIES_PARTAGEES = frozenset({"champs"})


@dataclass(frozen=True, slots=True)
class Actes:
    """What this viewer may do now: exactly what the services would accept."""

    prendre_en_charge: bool
    demander_avis: bool
    donner_avis: bool
    decider: bool
    notifier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiche:
    """A dossier as one viewer sees it.

    `sections` and `budget` belong to a native request, `champs` to a DS dossier; `annotations`, `avis_ds`, `cote_ds` and
    `envois` are known of its owner service alone: an act under way may be a decision that is not notified. `ecarte_at`
    (UTC): the last time that what DS says of it could not be stored; None when all of it is.
    """

    dossier: Dossier
    actes: Actes
    cer: StatutCer | None
    demandes: list[DemandeAvis]
    avis: AvisDuDossier
    avis_partages: tuple[AvisPartage, ...]
    decision: Decision | None
    sections: tuple[SectionLisible, ...]
    budget: BudgetLisible | None
    champs: tuple[Rubrique, ...]
    annotations: tuple[Rubrique, ...]
    avis_ds: tuple[Echange, ...]
    cote_ds: CoteDS | None
    ecarte_at: datetime | None
    envois: tuple[Acte, ...]
    fichiers: Mapping[Cle, FichierSuivi]
    etapes: list[historique.Etape]
    documents: list[Document]

    @property
    def envoi_en_attente(self) -> bool:
        """DS has not answered yet what we asked of it."""
        return any(acte.en_attente for acte in self.envois)

    @property
    def notification_partie(self) -> bool:
        """The notification is asked for and DS has not refused it."""
        return est_partie(self.decision, envois_ds.dernier_deplacement(self.envois))

    @property
    def depassement(self) -> bool:
        """More is granted than was asked: allowed, said."""
        accorde = self.decision.montant_accorde if self.decision else None
        demande = self.dossier.montant_demande
        return accorde is not None and demande is not None and accorde > demande


def get(session: Session, viewer: Acteur, reference: str) -> Fiche:
    """The page of a dossier. Raises NotFound when it does not exist for this viewer."""
    ligne = session.execute(_choix(viewer).where(Dossier.reference == reference)).unique().first()
    if ligne is None:
        raise NotFound
    dossier, decision, *cer = ligne
    if decision is not None and not can_read_decision(viewer, dossier, decision):
        decision = None
    demandes = list_demandes(session, dossier)
    proprietaire = viewer.service_id == dossier.service_id
    envois = envois_ds.list_envois(session, viewer, dossier) if proprietaire else ()
    parties = _parties(dossier, entier=proprietaire)
    lue = lire(dossier.demande) if dossier.demande else None
    return Fiche(
        dossier=dossier,
        actes=_actes(viewer, dossier, demandes, decision, envois),
        cer=statuts_cer.lire(cer) if dossier.association_id else None,
        demandes=demandes,
        avis=list_avis(session, viewer, dossier, demandes),
        avis_partages=list_partages(session, viewer, dossier),
        decision=decision,
        sections=sections_de(lue) if lue else (),
        budget=budget_de(lue) if lue else None,
        champs=contenus_ds.rubriques(parties["champs"]),
        annotations=contenus_ds.rubriques(parties["annotations"]),
        avis_ds=contenus_ds.avis(parties["avis"]),
        cote_ds=actes_ds.cote_ds(viewer, dossier, parties, envois) if dossier.ds and proprietaire else None,
        ecarte_at=set_aside_at(session, dossier),
        envois=envois,
        fichiers=list_files(session, dossier.id) if dossier.ds else {},
        etapes=historique.list_etapes(
            session, viewer, dossier, notifiee=decision is not None and decision.notified_at is not None
        ),
        documents=documents.list_of_dossier(session, viewer, dossier.id),
    )


def _choix(viewer: Acteur) -> Any:
    """The dossier with its decision, the status of its association and its request; DS's raw JSON stays in the database.

    The association's few identifiers come along with a native request, never with the large content of a DS dossier.
    """
    demande = joinedload(Dossier.demande)
    cer = statuts_cer.statut_retenu(Dossier.association_id)
    association = demande.joinedload(Demande.association)
    return (
        visible_dossiers(viewer)
        .add_columns(Decision, *statuts_cer.colonnes(cer))
        .outerjoin(Decision, Decision.dossier_id == Dossier.id)
        .outerjoin(cer, true())
        .options(
            association.joinedload(Association.identifiants),
            association.selectinload(Association.etablissements),
            joinedload(Dossier.demarche).joinedload(Demarche.service),
            demande.selectinload(Demande.sections),
            demande.selectinload(Demande.lignes_budget),
            joinedload(Dossier.service),
            joinedload(Dossier.instructeur),
            joinedload(Dossier.ds).load_only(
                DossierDS.number,
                DossierDS.raw,
                DossierDS.visibilite,
                DossierDS.archived,
                DossierDS.synced_at,
                raiseload=True,
            ),
        )
    )


def _parties(dossier: Dossier, *, entier: bool) -> dict[str, list[Element]]:
    """Elements of DS by part; all but the form belongs to the owner service, which reads it `entier`."""
    return contenus_ds.par_partie(un for un in elements(dossier.ds) if entier or un["partie"] in PARTIES_PARTAGEES)


def _actes(
    viewer: Acteur,
    dossier: Dossier,
    demandes: list[DemandeAvis],
    decision: Decision | None,
    envois: tuple[Acte, ...],
) -> Actes:
    instruit, decide = can_instruct(viewer, dossier).ok, can_decide(viewer, dossier).ok
    ouvert = dossier.etat not in ETATS_FINAUX
    libre = not any(acte.deplace for acte in envois)
    partie = est_partie(decision, envois_ds.dernier_deplacement(envois))
    decidable = decide and transition(Action.DECIDER, dossier.etat) is not None and not partie
    return Actes(
        prendre_en_charge=instruit and libre and transition(Action.PRENDRE_EN_CHARGE, dossier.etat) is not None,
        demander_avis=instruit and ouvert,
        donner_avis=ouvert and can_give_avis(viewer, dossier, demandes).ok,
        decider=decidable,
        notifier=decidable and libre and decision is not None,
    )
