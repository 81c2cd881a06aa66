"""What somebody has before the eyes to give an avis: what is asked, what may be read, what has changed, who would read it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from portal.errors import Forbidden
from portal.formats import montant_a_saisir
from portal.models.associations import Association
from portal.models.avis import Avis, BrouillonAvis, DemandeAvis, Saisine
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.avis import asks, is_sealed, together
from portal.permissions.lectures import ENTIERE, Lecture
from portal.queries import avis_perimes, brouillons_avis, lectures_dossiers, lectures_figees, revisions
from portal.queries.avis import list_demandes, may_give
from portal.queries.avis_perimes import Peremption
from portal.queries.demandes_lisibles import SectionLisible
from portal.queries.revisions import Changement
from portal.vocabulaire import Audience
from portal.vocabulaire_avis import AUDIENCES_PAR_LARGEUR, narrowest

Objet = Dossier | Association
REPRISES_MONTREES = 5
AUTRES_DOSSIERS = (
    "Le liront aussi les agents des services qui instruisent un autre dossier de la même association, "
    "ou qui sont saisis sur un tel dossier, et ceux qui disent pourquoi ils ouvrent sa fiche."
)
SUR_L_ASSOCIATION = (
    "Le liront aussi les agents des services qui instruisent un dossier de l’association, "
    "et ceux qui disent pourquoi ils ouvrent sa fiche."
)
SANS_PARTAGE = (
    "Cette démarche est confidentielle\u00a0: l’avis n’est pas montré sur les autres dossiers de l’association."
)
QUI_LIRA = "Voici qui lira ceci, à ce jour."
ENSUITE = "Voici qui lira ceci ensuite, à ce jour."
SOUS_SCELLE = "Sous scellé jusqu’à ce que tous ceux qui sont saisis ensemble aient répondu."


@dataclass(frozen=True, slots=True, kw_only=True)
class PourRepondre:
    """What the page of an avis shows beside its form.

    `demandes`: what is asked of the viewer. `mien`: what its service said. `lecteurs`: « voici qui lira ceci », by audience, none
    wider than what was asked, and `qui_lira` above them. `sections`: those of the request that may be read (`lecture`).
    `changements`: since `mien` was given. `reprises`: earlier avis of the same service about the association.
    """

    objet: Objet
    demandes: tuple[DemandeAvis, ...]
    mien: Avis | None
    lecteurs: dict[str, str]
    qui_lira: str
    brouillon: BrouillonAvis | None
    reprises: tuple[tuple[Avis, str], ...]
    lecture: Lecture = ENTIERE
    sections: tuple[SectionLisible, ...] = ()
    peremption: Peremption | None = None
    changements: tuple[Changement, ...] = ()

    @property
    def depasse(self) -> bool:
        """The draft was begun before a colleague changed the avis."""
        commence = self.brouillon.champs.get("avis_version", 0) if self.brouillon else 0
        return self.brouillon is not None and self.mien is not None and commence != self.mien.version


def pour_repondre(session: Session, viewer: Acteur, objet: Objet) -> PourRepondre:
    """Of a dossier or an association that the viewer may open. Raises Forbidden when it may not give an avis on it."""
    demandes = list_demandes(session, objet)
    verdict = may_give(session, viewer, objet, demandes)
    if not verdict:
        raise Forbidden(verdict.raison)
    mien = own(session, viewer, objet)
    communs: dict[str, Any] = {
        "objet": objet,
        "demandes": tuple(une for une in demandes if asks(viewer, une) and une.close_at is None),
        "mien": mien,
        "lecteurs": lecteurs(viewer, objet, demandes),
        "qui_lira": said_above(viewer, demandes),
        "brouillon": brouillons_avis.of_object(session, viewer, objet),
        "reprises": earlier(session, viewer, objet),
    }
    if isinstance(objet, Association):
        return PourRepondre(**communs)
    lecture = lectures_dossiers.get(session, viewer, objet)
    peremption = avis_perimes.staleness(mien, objet) if mien else None
    return PourRepondre(
        **communs,
        lecture=lecture,
        sections=_sections(session, objet, lecture),
        peremption=peremption,
        changements=_changes(session, objet, mien, peremption, lecture),
    )


def own(session: Session, viewer: Acteur, objet: Objet) -> Avis | None:
    """What the viewer's service, or that expert, said; it says one avis of an object."""
    sur = Avis.dossier_id if isinstance(objet, Dossier) else Avis.association_id
    return session.scalars(
        select(Avis)
        .where(sur == objet.id, _of(viewer))
        .options(joinedload(Avis.service), joinedload(Avis.expert), joinedload(Avis.auteur), joinedload(Avis.fichier))
        .order_by(Avis.created_at, Avis.id)
    ).first()


def earlier(session: Session, viewer: Acteur, objet: Objet) -> tuple[tuple[Avis, str], ...]:
    """Earlier avis of the same author on the association or its other dossiers, newest first, each with what it was about."""
    association_id = objet.association_id if isinstance(objet, Dossier) else objet.id
    if association_id is None:
        return ()
    ailleurs = (
        or_(Avis.dossier_id.is_(None), Avis.dossier_id != objet.id)
        if isinstance(objet, Dossier)
        else Avis.dossier_id.is_not(None)
    )
    lignes = session.execute(
        select(Avis, Dossier.intitule)
        .outerjoin(Dossier, Dossier.id == Avis.dossier_id)
        .where(
            _of(viewer), ailleurs, or_(Dossier.association_id == association_id, Avis.association_id == association_id)
        )
        .order_by(Avis.updated_at.desc(), Avis.id.desc())
        .limit(REPRISES_MONTREES)
    )
    return tuple((avis, f"«\u00a0{intitule}\u00a0»" if intitule else "l’association") for avis, intitule in lignes)


@dataclass(frozen=True, slots=True)
class ARedemander:
    """Whom to ask again, as the form of a saisine names it (« service:3 »), in which words, and what was asked first."""

    jeton: str
    nom: str
    question: str
    saisine: Saisine


def to_ask_again(session: Session, viewer: Acteur, dossier: Dossier, avis_id: int | None) -> ARedemander | None:
    """About an avis on that dossier that answered the viewer's service: what was asked, what has changed since."""
    avis = session.get(Avis, avis_id) if avis_id is not None else None
    demande = session.get(DemandeAvis, avis.demande_avis_id) if avis is not None and avis.demande_avis_id else None
    if avis is None or demande is None or avis.dossier_id != dossier.id:
        return None
    if demande.demandeur_service_id != viewer.service_id:
        return None
    jeton = f"service:{avis.service_id}" if avis.service_id is not None else f"expert:{avis.expert_id}"
    perime = avis_perimes.staleness(avis, dossier)
    suite = f"\n\nVotre avis a été {perime.phrase}\u00a0: le confirmez-vous\u00a0?" if perime else ""
    return ARedemander(jeton, demande.consulte, f"{demande.question}{suite}", demande.saisine)


def a_ecrire(contexte: PourRepondre, reprendre: int | None = None) -> dict[str, Any]:
    """What the form begins with: an earlier avis taken up again, else the avis as it stands, else the widest usual audience."""
    reprise = next((avis for avis, _ in contexte.reprises if avis.id == reprendre), None)
    base = reprise or contexte.mien
    debut: dict[str, Any] = {"audience": _offered(Audience.SERVICES_SAISIS, contexte.lecteurs)}
    if base is not None:
        debut = {
            "sens": base.sens.value,
            "montant_propose": montant_a_saisir(base.montant_propose),
            "texte": base.texte,
            "audience": _offered(base.audience, contexte.lecteurs),
            "repris_de": str(reprise.id) if reprise else "",
        }
    return debut


def lecteurs(viewer: Acteur, objet: Objet, demandes: Sequence[DemandeAvis]) -> dict[str, str]:
    """For each audience that may be chosen, « voici qui lira ceci » : the services of today, by name (model.md §3)."""
    siennes = [une for une in demandes if asks(viewer, une) and une.close_at is None]
    plafond = Audience.PARTAGE
    for une in siennes:
        plafond = narrowest(plafond, une.saisine.audience)
    service = viewer.libelle_service or viewer.nom_affiche
    demandeurs = {une.demandeur_service.sigle for une in siennes}
    saisis = {une.consulte for une in demandes if une.close_at is None and une.service}
    if isinstance(objet, Dossier):
        saisis |= {objet.service.sigle}
    phrases = _phrases(objet, {service} | demandeurs, {service} | demandeurs | saisis)
    offertes = AUDIENCES_PAR_LARGEUR[: AUDIENCES_PAR_LARGEUR.index(plafond) + 1]
    return {audience.value: phrases[audience] for audience in offertes}


def said_above(viewer: Acteur, demandes: Sequence[DemandeAvis]) -> str:
    """What is said once above the audiences: the seal under which the viewer answers, if any, then that these will read."""
    siennes = [une for une in demandes if asks(viewer, une) and une.close_at is None]
    scelle = any(is_sealed(together(une, demandes)) for une in siennes)
    return f"{SOUS_SCELLE} {ENSUITE}" if scelle else QUI_LIRA


def _phrases(objet: Objet, entre_nous: set[str], tous: set[str]) -> dict[Audience, str]:
    ce_dossier = "ce dossier" if isinstance(objet, Dossier) else "cette association"
    ensuite = f"Liront cet avis\u00a0: {_enumerer(tous)}, et tout service saisi ensuite sur {ce_dossier}."
    au_dela = SUR_L_ASSOCIATION
    if isinstance(objet, Dossier):
        au_dela = SANS_PARTAGE if objet.demarche.confidentielle else AUTRES_DOSSIERS
    return {
        Audience.SERVICE: f"Liront cet avis\u00a0: {_enumerer(entre_nous)}.",
        Audience.SERVICES_SAISIS: ensuite,
        Audience.PARTAGE: f"{ensuite} {au_dela}",
    }


def _enumerer(sigles: set[str]) -> str:
    *premiers, dernier = sorted(sigle for sigle in sigles if sigle)
    return f"{', '.join(premiers)} et {dernier}" if premiers else dernier


def _offered(audience: Audience, offertes: Collection[str]) -> str:
    """That audience, or the widest that may be chosen."""
    largeur = AUDIENCES_PAR_LARGEUR[len(offertes) - 1]
    return narrowest(audience, largeur).value


def _of(viewer: Acteur) -> Any:
    return Avis.expert_id == viewer.expert_id if viewer.est_expert else Avis.service_id == viewer.service_id


def _sections(session: Session, dossier: Dossier, lecture: Lecture) -> tuple[SectionLisible, ...]:
    """The pages of a native request that are open to the viewer."""
    if dossier.demande_id is None:
        return ()
    demande = session.scalars(
        select(Demande).where(Demande.id == dossier.demande_id).options(undefer(Demande.lecture))
    ).one()
    return tuple(une for une in lectures_figees.sections(demande) or () if lecture.opens(une.place.section))


def _changes(
    session: Session, dossier: Dossier, mien: Avis | None, peremption: Peremption | None, lecture: Lecture
) -> tuple[Changement, ...]:
    """Former and new answers of the pages that the avis had read."""
    if mien is None or peremption is None:
        return ()
    tous = revisions.since(session, dossier, mien.updated_at, lecture)
    return tuple(un for un in tous if peremption.concerns(un.section))
