"""Who did what, and when, in the name of an association: the journal in French, without a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import BigInteger, ColumnElement, CompoundSelect, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import PARIS
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.permissions import Acteur
from portal.queries import associations
from portal.vocabulaire import GenreUser, RoleMandat

PAR_PAGE = 50
# Told once for all the pages that a person saves in a row, the same day, in the same request.
REPETE, REPETES = "section_enregistree", "a enregistré {} sections d’une demande"
PARTI = "une personne qui n’a plus de compte"
A_UN_MEMBRE = "Ce que font les autres personnes de l’association s’ouvre à vous quand votre lien avec elle est vérifié."
# What people of the association do, by action; what is not here is shown to nobody. Not who contests a mandat: its holder, who
# reads this page too, is told that it is contested and not by whom.
PAR_UN_MEMBRE = {
    "demande_commencee": "a commencé une demande",
    "section_enregistree": "a enregistré une section d’une demande",
    "projet_ajoute": "a ajouté un projet à une demande",
    "projet_retire": "a retiré un projet d’une demande",
    "projet_remis": "a remis un projet dans une demande",
    "demande_confiee": "a confié une demande à une autre personne",
    "signature_depot_demandee": "a demandé la signature d’une demande complète",
    "signature_depot_close": "a mis fin à une demande de signature",
    "dossier_depose": "a déposé une demande",
    "message_envoye": "a écrit au service",
    "correction_enregistree": "a enregistré une correction, pas encore envoyée",
    "complement_repondu": "a envoyé les corrections demandées",
    "demande_retiree": "a retiré une demande",
    "piece_jointe": "a joint une pièce à une demande",
    "piece_gardee": "a ajouté un document au coffre",
    "piece_retiree": "a retiré une pièce",
    "piece_remise": "a remis une pièce",
    "iban_change": "a changé l’IBAN de l’association",
    "iban_confirme": "a confirmé l’IBAN de l’association",
    "mandat_declare": "s’est rattaché à l’association",
    "mandat_fin_declaree": "a déclaré la fin d’un mandat",
    "mandat_termine": "a mis fin à un mandat",
    "mandat_change": "a changé le rôle d’une personne",
    "invitation_envoyee": "a invité une personne",
    "invitation_retiree": "a retiré une invitation",
    "invitation_acceptee": "a accepté une invitation",
    "invitation_declinee": "a décliné une invitation",
    "signature_preparee": "a préparé la signature du contrat d’engagement républicain",
    "engagement_signe": "a signé le contrat d’engagement républicain",
    "signature_demandee": "a demandé une signature du contrat d’engagement républicain",
    "signature_relancee": "a relancé une demande de signature",
    "erreur_signalee": "a signalé une erreur sur l’association",
    "compte_rendu_enregistre": "a enregistré une partie d’un compte rendu financier",
    "compte_rendu_depose": "a déposé un compte rendu financier",
    "retrait_observe": "a présenté des observations sur un retrait envisagé",
    "constat_repondu": "a répondu à un constat",
}
# What services do that concerns the people of the association and is told to them already.
PAR_UN_SERVICE = {
    "mandat_prouve": "a vérifié le lien d’une personne avec l’association",
    "mandat_termine": "a mis fin à un mandat, sur pièce",
    "contestation_tranchee": "a tranché une contestation",
    "complement_demande": "a demandé des corrections",
    "complement_annule": "ne demande plus de corrections",
    "decision_notifiee": "a notifié sa décision",
}


@dataclass(frozen=True, slots=True)
class Activite:
    """One act, or several in a row told as one.

    `at` is UTC; `auteur` a person with, for an aidant, the structure; `objet` what it was done on, or "".
    """

    id: int
    at: datetime
    auteur: str
    acte: str
    objet: str
    reference: str | None
    demande_id: int | None


@dataclass(frozen=True, slots=True)
class PageActivites:
    """Fifty acts or fewer lines, newest first; `plus_anciennes`: the one before which older ones are asked for."""

    association: Association
    lignes: tuple[Activite, ...]
    plus_anciennes: int | None


def list_activites(session: Session, viewer: Acteur, association_id: int, *, avant: int | None = None) -> PageActivites:
    """A page of them, in three statements besides the association's. Raises NotFound, Forbidden while the mandat is declared."""
    mienne = associations.get_mine(session, viewer, association_id)
    if not mienne.prouve:
        raise Forbidden(A_UN_MEMBRE)
    numero = cast(func.nullif(func.split_part(Evenement.acteur, ":", 2), ""), BigInteger)
    choix = (
        select(Evenement, User, Mandat)
        .outerjoin(User, User.id == numero)
        .outerjoin(Mandat, and_(Mandat.user_id == User.id, Mandat.association_id == association_id))
        .where(Evenement.objet.in_(_objets(association_id)), _montres())
        .order_by(Evenement.id.desc())
        .limit(PAR_PAGE + 1)
    )
    if avant is not None:
        choix = choix.where(Evenement.id < avant)
    trouves = session.execute(choix).all()
    noms = _noms(session, association_id, {ligne[0].objet for ligne in trouves})
    suites = groupby(trouves[:PAR_PAGE], lambda ligne: _suite(ligne[0]))
    lignes = tuple(_activite(list(suite), noms=noms) for _, suite in suites)
    return PageActivites(mienne.association, lignes, lignes[-1].id if len(trouves) > PAR_PAGE else None)


def _suite(evenement: Evenement) -> tuple[object, ...]:
    """What neighbours share that are told in one line: for anything but saved pages, nothing."""
    if evenement.action != REPETE:
        return (evenement.id,)
    return (evenement.acteur, evenement.objet, evenement.at.astimezone(PARIS).date())


def _objets(association_id: int) -> CompoundSelect[str]:
    """The streams of the association, of its dossiers, and of its requests."""
    return union_all(
        select(literal(f"association:{association_id}")),
        select(func.concat("dossier:", Dossier.id)).where(Dossier.association_id == association_id),
        select(func.concat("demande:", Demande.id)).where(Demande.association_id == association_id),
    )


def _montres() -> ColumnElement[bool]:
    membre, agent = (Evenement.acteur.startswith(f"{genre}:") for genre in (GenreUser.USAGER, GenreUser.AGENT))
    return or_(
        and_(membre, Evenement.action.in_(PAR_UN_MEMBRE)),
        and_(agent, Evenement.action.in_(PAR_UN_SERVICE)),
    )


# (what is shown of an object, the reference of its dossier, the id of its request)
Nom = tuple[str, str | None, int | None]


def _noms(session: Session, association_id: int, objets: set[str]) -> dict[str, Nom]:
    """What the dossiers and requests of a page are called."""
    dossiers, demandes = (
        [int(o.split(":")[1]) for o in objets if o.startswith(f"{g}:")] for g in ("dossier", "demande")
    )
    noms: dict[str, Nom] = {}
    siens = select(Dossier.id, Dossier.reference).where(
        Dossier.id.in_(dossiers), Dossier.association_id == association_id
    )
    for ident, reference in session.execute(siens):
        noms[f"dossier:{ident}"] = (f"dossier {reference}", reference, None)
    brouillons = (
        select(Demande.id, Demarche.titre)
        .join(Demarche, Demarche.id == Demande.demarche_id)
        .where(Demande.id.in_(demandes), Demande.association_id == association_id)
    )
    for ident, titre in session.execute(brouillons):
        noms[f"demande:{ident}"] = (f"demande pour «\u00a0{titre}\u00a0»", None, ident)
    return noms


def _activite(suite: Sequence[tuple[Evenement, User | None, Mandat | None]], *, noms: dict[str, Nom]) -> Activite:
    """One line of neighbours, newest first: of the newest, and older ones are asked for before the oldest."""
    evenement, user, mandat = suite[0]
    agent = evenement.acteur.startswith(f"{GenreUser.AGENT}:")
    objet, reference, demande_id = noms.get(evenement.objet, ("", None, None))
    return Activite(
        id=suite[-1][0].id,
        at=evenement.at,
        auteur=_auteur(user, mandat, agent=agent),
        acte=_acte([un for un, _, _ in suite], agent=agent),
        objet=objet,
        reference=reference,
        demande_id=demande_id,
    )


def _acte(suite: Sequence[Evenement], *, agent: bool) -> str:
    evenement = suite[0]
    if evenement.action == REPETE:
        # the values that a page keeps bear its name: « projet-2.objectifs »
        pages = {nom.partition(".")[0] for un in suite for nom in un.champs}
        if len(pages) > 1:
            return REPETES.format(len(pages))
    return (PAR_UN_SERVICE if agent else PAR_UN_MEMBRE)[evenement.action]


def _auteur(user: User | None, mandat: Mandat | None, *, agent: bool) -> str:
    if user is None:
        return PARTI
    if not agent and mandat is not None and mandat.role == RoleMandat.AIDANT:
        return f"{user.nom_affiche}, qui aide l’association ({mandat.structure or 'structure non précisée'})"
    return f"{user.nom_affiche}, pour un service" if agent else user.nom_affiche
