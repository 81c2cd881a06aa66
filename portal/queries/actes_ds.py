"""What the owner service of a DS dossier sees of the exchange with DS, and what it may ask of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.dossiers import Dossier, DossierDS
from portal.models.mutations_ds import MUTATIONS, QUI_DEPLACENT
from portal.permissions import Acteur, can_decide, can_instruct
from portal.queries import contenus_ds
from portal.queries.contenus_ds import Cle, Element, Etiquette, Message, Piece, Reponse, Traitement
from portal.queries.dossiers import visible_dossiers
from portal.queries.elements_ds import elements
from portal.queries.envois_ds import Acte, list_envois
from portal.queries.fichiers_ds import FichierSuivi, list_files
from portal.vocabulaire import Source
from portal.vocabulaire_ds import Visibilite

RESERVE = "Ce qui s’échange sur Démarches Simplifiées n’est ouvert qu’au service responsable du dossier."
ANNOTER = frozenset({"modifier_annotations"})
UNE_FOIS = frozenset({"suivre", "ne_plus_suivre", "archiver", "desarchiver", "changer_groupe"})
ECRIRE = frozenset({"envoyer_message", "demander_correction"})
ETIQUETER = frozenset({"ajouter_label", "supprimer_label"})


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
        .options(joinedload(Dossier.demarche), joinedload(Dossier.ds))
    ).first()
    if dossier is None or dossier.ds is None:
        raise NotFound
    if viewer.service_id != dossier.service_id:
        raise Forbidden(RESERVE)
    parties = contenus_ds.par_partie(elements(dossier.ds))
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
        possibles=possibles(viewer, dossier, suiveurs, envois) - (set() if parties["annotations"] else ANNOTER),
    )


def possibles(viewer: Acteur, dossier: Dossier, suiveurs: Sequence[str], envois: Sequence[Acte]) -> frozenset[str]:
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
