"""The page of a dossier, section by section: what one agent may read of it, in a fixed number of statements for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, true
from sqlalchemy.orm import Session, joinedload, undefer

from portal.documents.statut_cer import StatutCer
from portal.errors import NotFound
from portal.formats import montant_fr
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.avis import DemandeAvis
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import Dossier, DossierDS
from portal.models.workflow import Action, transition
from portal.permissions import Acteur, can_instruct, can_read_decision
from portal.permissions.avis import can_give_avis
from portal.permissions.lectures import BUDGETS, ENTIERE, Lecture, lecture
from portal.queries import (
    actes_decision,
    actes_ds,
    contenus_ds,
    demandes_lisibles,
    documents,
    entetes,
    envois_ds,
    historique,
    lecteur,
    lectures_figees,
    pieces_deposees,
    statuts_cer,
)
from portal.queries.actes_decision import Offre
from portal.queries.actes_ds import CoteDS
from portal.queries.avis import AvisDuDossier, list_demandes, readable
from portal.queries.avis_partages import AvisPartage, list_with_shared
from portal.queries.cibles_ds import lignes_de_budget
from portal.queries.contenus_ds import Cle, Echange, Element, Rubrique
from portal.queries.decisions import est_partie
from portal.queries.demandes_lisibles import SectionLisible
from portal.queries.dossiers import visible_dossiers
from portal.queries.elements_ds import elements
from portal.queries.entetes import EnTete
from portal.queries.envois_ds import Acte
from portal.queries.fichiers_ds import FichierSuivi, list_files
from portal.queries.lecteur import LECTEUR
from portal.queries.scelles import Scelle, seals
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_instruction import PartieDossier

TOUT = frozenset(PartieDossier)
# The sections that show something of DS's own JSON, which is large: the others leave it in the database.
PARTIES_DS = frozenset({PartieDossier.DEMANDE, PartieDossier.AVIS, PartieDossier.ECHANGES, PartieDossier.HISTORIQUE})
AVEC_FICHIERS_DS = PARTIES_DS | {PartieDossier.PIECES}
# The sections that offer acts.
AVEC_ACTES = frozenset({PartieDossier.SYNTHESE, PartieDossier.AVIS, PartieDossier.ECHANGES, PartieDossier.DECISION})
# What a request says, as it was frozen.
A_LIRE = frozenset({PartieDossier.DEMANDE, PartieDossier.BUDGET})
SANS_AVIS = AvisDuDossier((), (), None)
# DS shows its experts the form, never the annotations, the messages or the other avis: neither do we.
PARTIES_PARTAGEES = frozenset({"champs"})


@dataclass(frozen=True, slots=True)
class Actes:
    """What this viewer may do now: exactly what the services would accept. `ecrire`: to the association through DS."""

    prendre_en_charge: bool
    demander_avis: bool
    donner_avis: bool
    decider: bool
    notifier: bool
    ecrire: bool


# Of a section that offers none.
RIEN = Actes(
    prendre_en_charge=False, demander_avis=False, donner_avis=False, decider=False, notifier=False, ecrire=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiche:
    """A dossier as one viewer sees it; what belongs to a section that was not asked for is empty.

    `lecture`: what the viewer reads of the request; what is closed to it is empty. `sections` and `pieces` (those joined)
    belong to a native request, `champs` to a DS dossier; `annotations`, `avis_ds`, `cote_ds` and `envois` are known of its
    owner service alone: an act under way may be a decision that is not notified. `offre`: what may be done about the decision,
    in the sections that offer acts. `jamais_lus`: ids of avis that the viewer's service was never shown.
    """

    dossier: Dossier
    entete: EnTete
    actes: Actes
    cer: StatutCer | None
    demandes: list[DemandeAvis]
    decision: Decision | None
    envois: tuple[Acte, ...]
    offre: Offre | None = None
    lecture: Lecture = ENTIERE
    avis: AvisDuDossier = SANS_AVIS
    avis_partages: tuple[AvisPartage, ...] = ()
    jamais_lus: frozenset[int] = frozenset()
    scelles: tuple[Scelle, ...] = ()
    sections: tuple[SectionLisible, ...] = ()
    pieces: tuple[PieceAttendue, ...] = ()
    champs: tuple[Rubrique, ...] = ()
    annotations: tuple[Rubrique, ...] = ()
    avis_ds: tuple[Echange, ...] = ()
    cote_ds: CoteDS | None = None
    fichiers: Mapping[Cle, FichierSuivi] = field(default_factory=dict)
    etapes: tuple[historique.Etape, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def budgets(self) -> tuple[SectionLisible, ...]:
        """The pages of a native request that are budgets."""
        return tuple(une for une in self.sections if une.place.section in BUDGETS)

    @property
    def budget_ds(self) -> tuple[tuple[str, str], ...]:
        """(line, amount) of the budget that a confirmed mapping reads in a DS dossier."""
        lignes = self.dossier.ds.budget if self.dossier.ds and self.lecture.budget else []
        return tuple(
            (lignes_de_budget().get(une["ligne"], une["ligne"]), montant_fr(Decimal(une["montant"]))) for une in lignes
        )

    @property
    def reponses(self) -> tuple[SectionLisible, ...]:
        """The other pages of a native request."""
        return tuple(une for une in self.sections if une.place.section not in BUDGETS)

    @property
    def envoi_en_attente(self) -> bool:
        """DS has not answered yet what we asked of it."""
        return self.entete.envoi_en_attente

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


def get(session: Session, viewer: Acteur, reference: str, parties: frozenset[PartieDossier] = TOUT) -> Fiche:
    """The page of a dossier, with these sections. Raises NotFound when it does not exist for this viewer."""
    ligne = session.execute(_choix(parties), lecteur.valeurs(viewer, reference=reference)).unique().first()
    if ligne is None or ligne[0].id in viewer.recuses:
        raise NotFound
    dossier, decision, *reste = ligne
    if decision is not None and not can_read_decision(viewer, dossier, decision):
        decision = None
    nombre = len(entetes.colonnes())
    proprietaire = viewer.service_id == dossier.service_id
    entete = entetes.lire(viewer, dossier, reste[:nombre])
    agit = bool(parties & AVEC_ACTES)
    envois = envois_ds.list_envois(session, viewer, dossier) if proprietaire and agit else ()
    deplacement = envois_ds.dernier_deplacement(envois)
    offre = actes_decision.offre(session, viewer, dossier, decision, operation=deplacement) if agit else None
    fiche = Fiche(
        dossier=dossier,
        entete=entete,
        actes=_actes(viewer, dossier, entete, offre, envois) if agit else RIEN,
        offre=offre,
        lecture=lecture(viewer, dossier, entete.saisis),
        cer=statuts_cer.lire(reste[nombre:]) if dossier.association_id else None,
        demandes=list_demandes(session, dossier) if PartieDossier.AVIS in parties else [],
        decision=decision,
        envois=envois,
    )
    fiche = _with_request(session, fiche, parties, proprietaire=proprietaire)
    fiche = _with_ds(session, viewer, fiche, parties) if dossier.ds else fiche
    return _with_exchanges(session, viewer, fiche, parties)


def _with_request(session: Session, fiche: Fiche, parties: frozenset[PartieDossier], *, proprietaire: bool) -> Fiche:
    """What a native request says, as it was kept; one filed before it was kept is read from its texts."""
    demande = fiche.dossier.demande
    if demande is None:
        return fiche
    if parties & A_LIRE:
        gardees = lectures_figees.sections(demande)
        if gardees is None:
            gardees = demandes_lisibles.sections_de(demandes_lisibles.charger(session, demande))
        fiche = replace(fiche, sections=tuple(une for une in gardees if fiche.lecture.opens(une.place.section)))
    if PartieDossier.PIECES in parties and fiche.lecture.pieces:
        jointes = pieces_deposees.list_joined(session, demande)
        fiche = replace(fiche, pieces=jointes if proprietaire else pieces_deposees.shared(jointes))
    return fiche


def _with_ds(session: Session, viewer: Acteur, fiche: Fiche, parties: frozenset[PartieDossier]) -> Fiche:
    """What DS says of a dossier; but for the form and its files, to its owner service."""
    dossier = fiche.dossier
    if parties & AVEC_FICHIERS_DS and fiche.lecture.pieces:
        fiche = replace(fiche, fichiers=list_files(session, dossier.id))
    if not parties & PARTIES_DS:
        return fiche
    proprietaire = viewer.service_id == dossier.service_id
    lues = _parties(dossier, entier=proprietaire)
    return replace(
        fiche,
        champs=_form_of_ds(fiche, lues["champs"]) if PartieDossier.DEMANDE in parties else (),
        annotations=contenus_ds.rubriques(lues["annotations"]) if PartieDossier.DEMANDE in parties else (),
        avis_ds=contenus_ds.avis(lues["avis"]) if PartieDossier.AVIS in parties else (),
        cote_ds=actes_ds.cote_ds(viewer, dossier, lues, fiche.envois) if proprietaire else None,
    )


def _form_of_ds(fiche: Fiche, elements_lus: list[Element]) -> tuple[Rubrique, ...]:
    """The form at DS as the viewer reads it, without its files where they are closed to it."""
    if not fiche.lecture.reponses:
        return ()
    rubriques = contenus_ds.rubriques(elements_lus)
    return rubriques if fiche.lecture.pieces else contenus_ds.without_files(rubriques)


def _with_exchanges(session: Session, viewer: Acteur, fiche: Fiche, parties: frozenset[PartieDossier]) -> Fiche:
    """What was said, issued and done around a dossier."""
    dossier, decision = fiche.dossier, fiche.decision
    if PartieDossier.AVIS in parties:
        siens, partages, jamais_lus = list_with_shared(session, viewer, dossier)
        lisibles, scelles = readable(viewer, siens, fiche.demandes, dossier), seals(viewer, fiche.demandes)
        fiche = replace(fiche, avis=lisibles, avis_partages=partages, scelles=scelles, jamais_lus=jamais_lus)
    if PartieDossier.DECISION in parties:
        fiche = replace(fiche, documents=tuple(documents.list_of_dossier(session, viewer, dossier.id)))
    if PartieDossier.HISTORIQUE in parties:
        notifiee = decision is not None and decision.notified_at is not None
        fiche = replace(fiche, etapes=tuple(historique.list_etapes(session, viewer, dossier, notifiee=notifiee)))
    return fiche


@cache
def _choix(parties: frozenset[PartieDossier]) -> Any:
    """The dossier `reference` with its decision, what stands above it and the status of its association, for LECTEUR.

    DS's raw JSON and the frozen request are large: they come along when a section shows them.
    """
    demande, ds = joinedload(Dossier.demande), joinedload(Dossier.ds)
    colonnes_ds: list[Any] = [
        DossierDS.number,
        DossierDS.visibilite,
        DossierDS.archived,
        DossierDS.synced_at,
        DossierDS.budget,
        *([DossierDS.raw] if parties & PARTIES_DS else []),
    ]
    cer = statuts_cer.statut_retenu(Dossier.association_id)
    return (
        visible_dossiers(LECTEUR)
        .where(Dossier.reference == bindparam("reference"))
        .add_columns(Decision, *entetes.colonnes(), *statuts_cer.colonnes(cer))
        .outerjoin(Decision, Decision.dossier_id == Dossier.id)
        .outerjoin(cer, true())
        .options(
            demande.options(undefer(Demande.lecture)) if parties & A_LIRE else demande,
            joinedload(Dossier.demarche).joinedload(Demarche.service),
            joinedload(Dossier.service),
            joinedload(Dossier.instructeur),
            ds.load_only(*colonnes_ds, raiseload=True),
        )
    )


def _parties(dossier: Dossier, *, entier: bool) -> dict[str, list[Element]]:
    """Elements of DS by part; all but the form belongs to the owner service, which reads it `entier`."""
    return contenus_ds.par_partie(un for un in elements(dossier.ds) if entier or un["partie"] in PARTIES_PARTAGEES)


def _actes(viewer: Acteur, dossier: Dossier, entete: EnTete, offre: Offre | None, envois: tuple[Acte, ...]) -> Actes:
    instruit = can_instruct(viewer, dossier).ok
    ouvert = dossier.etat not in ETATS_FINAUX
    libre = not any(acte.deplace for acte in envois)
    return Actes(
        prendre_en_charge=instruit and libre and transition(Action.PRENDRE_EN_CHARGE, dossier.etat) is not None,
        demander_avis=instruit and ouvert,
        donner_avis=ouvert and can_give_avis(viewer, dossier, entete.saisis).ok,
        decider=offre is not None and offre.decider.ok,
        notifier=offre is not None and offre.notifier.ok,
        ecrire="envoyer_message" in actes_ds.possibles(viewer, dossier, (), envois),
    )
