"""What the owner service of a DS dossier sees of the exchange with DS, and what it may ask of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.connexion import User
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS, QUI_DEPLACENT
from portal.permissions import Acteur, can_decide, can_instruct
from portal.queries import contenus_ds
from portal.queries.contenus_ds import Cle, Element, Etiquette, Message, Piece, Reponse, Traitement
from portal.queries.dossiers import visible_dossiers
from portal.queries.fichiers_ds import FichierSuivi, list_files
from portal.vocabulaire import EtatEnvoi, Source, Visibilite

RESERVE = "Ce qui s’échange sur Démarches Simplifiées n’est ouvert qu’au service responsable du dossier."
RIEN = "Rien n’a changé sur le dossier. Corrigez ce que dit cette réponse, ici ou là-bas, puis réessayez."
EN_PARTIE = (
    "Le reste a été enregistré. Corrigez ce que dit cette réponse, puis réessayez\u00a0: seul ce qui manque repartira."
)
ANNOTER = frozenset({"modifier_annotations"})
UNE_FOIS = frozenset({"suivre", "ne_plus_suivre", "archiver", "desarchiver"})
ECRIRE = frozenset({"envoyer_message", "demander_correction"})
ETIQUETER = frozenset({"ajouter_label", "supprimer_label"})


@dataclass(frozen=True, slots=True)
class Acte:
    """Something asked of DS, as it stands. `refuse`: it still matters, no later change of état having replaced it."""

    operation: OperationDS
    auteur: str
    refuse: bool
    peut_relancer: bool

    @property
    def libelle(self) -> str:
        """What was asked."""
        connue = MUTATIONS.get(self.operation.mutation)
        return connue.libelle if connue else self.operation.mutation

    @property
    def en_attente(self) -> bool:
        """DS has not answered yet."""
        return self.operation.etat in EN_ATTENTE

    @property
    def mots_de_ds(self) -> str:
        """DS's own words of refusal; "" when it is the portal that explains."""
        return self.operation.erreur if self.operation.resultat.get("refus_ds", True) else ""

    @property
    def explication(self) -> str:
        """What became of the dossier, and what to do."""
        if not self.mots_de_ds:
            return self.operation.erreur
        return EN_PARTIE if self.operation.resultat.get("partiel") else RIEN

    @property
    def avertissement(self) -> str:
        """What people must know of it although it is done."""
        return str(self.operation.resultat.get("avertissement", ""))

    @property
    def deplace(self) -> bool:
        """It would change the état of the dossier: no other such act before DS has answered."""
        return self.en_attente and self.operation.mutation in QUI_DEPLACENT


@dataclass(frozen=True, slots=True)
class CoteDS:
    """A dossier as DS tells it to its instructeurs, newest first. `possibles`: the mutations that this agent may ask for now."""

    groupe: str
    suiveurs: tuple[str, ...]
    etiquettes: tuple[Etiquette, ...]
    messages: tuple[Message, ...]
    traitements: tuple[Traitement, ...]
    motivation: Reponse | None
    attestation: tuple[Piece, ...]
    possibles: frozenset[str]


@dataclass(frozen=True, slots=True)
class PageDS:
    """What each page about an act begins with."""

    dossier: Dossier
    ds: DossierDS
    cote: CoteDS
    annotations: list[Element]
    envois: tuple[Acte, ...]
    fichiers: Mapping[Cle, FichierSuivi]


def a_lire(session: Session, viewer: Acteur, reference: str) -> PageDS:
    """A DS dossier, for its owner service. Raises NotFound, Forbidden for a service that is only asked for its avis."""
    dossier = session.scalars(
        visible_dossiers(viewer)
        .where(Dossier.reference == reference, Dossier.source == Source.DS)
        .options(joinedload(Dossier.demarche), joinedload(Dossier.ds).defer(DossierDS.raw, raiseload=True))
    ).first()
    if dossier is None or dossier.ds is None:
        raise NotFound
    if viewer.service_id != dossier.service_id:
        raise Forbidden(RESERVE)
    parties = contenus_ds.par_partie(dossier.ds.contenu)
    envois = list_envois(session, viewer, dossier)
    cote = cote_ds(viewer, dossier, parties, envois)
    return PageDS(dossier, dossier.ds, cote, parties["annotations"], envois, list_files(session, dossier.id))


def a_faire(session: Session, viewer: Acteur, reference: str) -> PageDS:
    """The same for whoever may instruct it. Raises NotFound, Forbidden."""
    page = a_lire(session, viewer, reference)
    verdict = can_instruct(viewer, page.dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return page


def list_envois(session: Session, viewer: Acteur, dossier: Dossier) -> tuple[Acte, ...]:
    """The last act of each kind asked of DS, and all those that wait, oldest first."""
    if dossier.source != Source.DS:
        return ()
    rang = func.row_number().over(partition_by=OperationDS.mutation, order_by=OperationDS.id.desc()).label("rang")
    rangees = select(OperationDS.id, rang).where(OperationDS.dossier_id == dossier.id).subquery()
    lignes = session.execute(
        select(OperationDS, User)
        .join(rangees, rangees.c.id == OperationDS.id)
        .join(User, User.id == OperationDS.demande_par_id)
        .where(or_(rangees.c.rang == 1, OperationDS.etat.in_(EN_ATTENTE)))
        .order_by(OperationDS.id)
    ).all()
    deplacement = max((une.id for une, _ in lignes if une.mutation in QUI_DEPLACENT), default=0)
    return tuple(_acte(viewer, dossier, operation, user, deplacement) for operation, user in lignes)


def _acte(viewer: Acteur, dossier: Dossier, operation: OperationDS, user: User, deplacement: int) -> Acte:
    remplacee = operation.mutation in QUI_DEPLACENT and operation.id < deplacement
    refuse = operation.etat == EtatEnvoi.REFUSE and not remplacee
    droit = can_decide if operation.mutation in DE_DECISION else can_instruct
    return Acte(operation, user.nom_affiche, refuse, refuse and bool(droit(viewer, dossier)))


@dataclass(frozen=True, slots=True)
class EtiquetteOfferte:
    """A label of the démarche: worn by the dossier or not, and whether a change of it waits for DS."""

    id: str
    nom: str
    portee: bool
    en_attente: bool


def list_etiquettes(page: PageDS) -> tuple[EtiquetteOfferte, ...]:
    """The labels of the démarche in its order, then those that the dossier still bears though they are gone."""
    portees = {une.id: une.nom for une in page.cote.etiquettes}
    noms = {une["id"]: une["nom"] for une in page.dossier.demarche.etiquettes} | portees
    attendues = {acte.operation.arguments.get("label") for acte in page.envois if acte.en_attente}
    return tuple(EtiquetteOfferte(id_, nom, id_ in portees, id_ in attendues) for id_, nom in noms.items())


def dernier_deplacement(envois: Sequence[Acte]) -> OperationDS | None:
    """The last change of état asked of DS, whatever became of it."""
    return next((un.operation for un in reversed(envois) if un.operation.mutation in QUI_DEPLACENT), None)


def cote_ds(viewer: Acteur, dossier: Dossier, parties: dict[str, list[Element]], envois: Sequence[Acte]) -> CoteDS:
    """The exchange with DS about a dossier that the viewer's service owns."""
    suiveurs = tuple(un["libelle"] for un in parties["suiveurs"])
    motivations = parties["motivation"]
    return CoteDS(
        groupe="".join(un["libelle"] for un in parties["groupe"]),
        suiveurs=suiveurs,
        etiquettes=contenus_ds.etiquettes(parties["labels"]),
        messages=contenus_ds.messages(parties["messages"]),
        traitements=contenus_ds.traitements(parties["traitements"]),
        motivation=contenus_ds.reponse("Motivation", motivations[0]) if motivations else None,
        attestation=contenus_ds.pieces(parties["attestation"]),
        possibles=_possibles(viewer, dossier, suiveurs, envois) - (set() if parties["annotations"] else ANNOTER),
    )


def _possibles(viewer: Acteur, dossier: Dossier, suiveurs: Sequence[str], envois: Sequence[Acte]) -> frozenset[str]:
    """What the table of mutations allows from this état, less what the dossier itself makes vain (ds/api §6, §9)."""
    ds = dossier.ds
    if ds is None or ds.visibilite != Visibilite.VISIBLE or not can_instruct(viewer, dossier):
        return frozenset()
    suivi = viewer.email.lower() in {un.lower() for un in suiveurs}
    vains = {"suivre" if suivi else "ne_plus_suivre", "archiver" if ds.archived else "desarchiver"}
    if ds.archived:
        vains |= ECRIRE
    if dossier.complement_demande:
        vains.add("demander_correction")
    if not can_decide(viewer, dossier):
        vains.add("repasser_en_instruction")
    if not dossier.demarche.etiquettes:
        vains |= ETIQUETER
    if any(acte.deplace for acte in envois):
        vains |= QUI_DEPLACENT
    vains |= {acte.operation.mutation for acte in envois if acte.en_attente} & UNE_FOIS
    return frozenset(nom for nom, une in MUTATIONS.items() if dossier.etat in une.depuis) - vains
