"""Who acts for an association, as one of its people sees them; and the drafts that she may open to them."""

from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import aujourdhui
from portal.models.associations import Association, Mandat
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.models.liens_associations import Contestation
from portal.permissions import Acteur, MandatActif, Verdict, can_edit
from portal.permissions.mandats import can_change, can_contest, can_end
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.remises import to_give
from portal.vocabulaire import EtatMandat, RoleMandat
from portal.vocabulaire_demandes import EtatContestation

# More people than any association known of has on a portal; the newest ones are left out beyond.
LONGUEUR = 200
UNE_AUTRE = "Une autre personne"


@dataclass(frozen=True, slots=True)
class Membre:
    """Somebody who acts for the association. `nom` is withheld from who has not proved her own link, but of those she invited
    or was invited by. `conteste`: an agent is asked to settle.
    """

    mandat: Mandat
    nomme: bool
    moi: bool
    conteste: bool
    changer: Verdict
    finir: Verdict
    contester: Verdict

    @property
    def nom(self) -> str:
        """As the viewer may read it."""
        return self.mandat.user.nom_affiche if self.nomme else UNE_AUTRE

    @property
    def aidant(self) -> bool:
        """Whether that person only helps to fill in: the role is fixed."""
        return self.mandat.role == RoleMandat.AIDANT

    @property
    def invite_par(self) -> str:
        """Who invited that person, empty when she declared herself."""
        return self.mandat.invite_par.nom_affiche if self.nomme and self.mandat.invite_par else ""


@dataclass(frozen=True, slots=True)
class MesMembres:
    """The page of an association's people, for one of them (`mien`). `orphelins`: drafts that nobody in force has begun."""

    association: Association
    mien: MandatActif
    membres: list[Membre]
    orphelins: list[Demande]


def list_members(session: Session, viewer: Acteur, association_id: int) -> MesMembres:
    """Those in force that the viewer may know of, oldest first. Raises NotFound to a stranger."""
    mien = viewer.mandat(association_id)
    if mien is None:
        raise NotFound
    association = session.get_one(Association, association_id)
    inviteur = _inviteur(session, mien)
    visibles = visible_membres(viewer, mien, inviteur)
    mandats = session.scalars(visibles.order_by(Mandat.created_at, Mandat.id).limit(LONGUEUR))
    contestes = set(session.scalars(_contestes(association_id)))
    membres = [_membre(viewer, inviteur, un, contestes) for un in mandats]
    return MesMembres(association, mien, membres, _orphelins(session, viewer, association_id))


def get(session: Session, viewer: Acteur, association_id: int, mandat_id: int) -> Membre:
    """One of them. Raises NotFound."""
    mien = viewer.mandat(association_id)
    if mien is None:
        raise NotFound
    inviteur = _inviteur(session, mien)
    mandat = session.scalars(visible_membres(viewer, mien, inviteur).where(Mandat.id == mandat_id)).first()
    if mandat is None:
        raise NotFound
    return _membre(viewer, inviteur, mandat, set(session.scalars(_contestes(association_id))))


def visible_membres(viewer: Acteur, mien: MandatActif, inviteur: int | None) -> Select[Mandat]:
    """All those in force, for a proved link; while it is declared, and for an aidant: oneself, who invited or was invited.

    Somebody who says to represent the association also sees, without a name, that others say so.
    """
    en_vigueur = (
        select(Mandat)
        .where(Mandat.association_id == mien.association_id, Mandat.valant_le(aujourdhui()))
        .options(joinedload(Mandat.user), joinedload(Mandat.invite_par), joinedload(Mandat.association))
    )
    if mien.association_id in viewer.associations_prouvees:
        return en_vigueur
    proches = or_(Mandat.user_id.in_((viewer.user_id, inviteur)), Mandat.invite_par_id == viewer.user_id)
    if mien.role == RoleMandat.SIGNATAIRE:
        return en_vigueur.where(or_(proches, Mandat.role == RoleMandat.SIGNATAIRE))
    return en_vigueur.where(proches)


def has_rival(session: Session, viewer: Acteur, association_id: int) -> bool:
    """Whether somebody else says to represent the association that this person says to represent."""
    mien = viewer.mandat(association_id)
    if mien is None or mien.role != RoleMandat.SIGNATAIRE:
        return False
    autres = exists().where(
        Mandat.association_id == association_id,
        Mandat.id != mien.id,
        Mandat.role == RoleMandat.SIGNATAIRE,
        Mandat.valant_le(aujourdhui()),
    )
    if mien.prouve:  # two proved links are no rivals
        autres = autres.where(Mandat.etat == EtatMandat.DECLARE)
    return bool(session.scalar(select(autres)))


def list_drafts(session: Session, viewer: Acteur, association_id: int) -> list[Demande]:
    """Drafts of the association that this person may change, newest first: she may open them to somebody."""
    brouillons = session.scalars(
        visible_demandes(viewer)
        .where(Demande.association_id == association_id, Demande.deposee_at.is_(None))
        .options(joinedload(Demande.demarche))
        .order_by(Demande.created_at.desc(), Demande.id.desc())
        .limit(LONGUEUR)
    )
    return [un for un in brouillons if can_edit(viewer, un)]


def list_my_drafts(session: Session, viewer: Acteur, association_id: int) -> list[Demande]:
    """Those that this person alone may see: begun by or given to her, while nobody else has a proved link."""
    autre = select(func.count(Mandat.id)).where(
        Mandat.association_id == association_id,
        Mandat.user_id != viewer.user_id,
        Mandat.etat == EtatMandat.PROUVE,
        Mandat.role != RoleMandat.AIDANT,
        Mandat.valant_le(aujourdhui()),
    )
    if session.scalar(autre):
        return []
    miens = list_drafts(session, viewer, association_id)
    presents = set(session.scalars(_presents(association_id)))
    autres = presents - {viewer.user_id}
    return [un for un in miens if not autres & {un.created_by_id, un.confiee_a_id}]


def heirs(session: Session, viewer: Acteur, association_id: int) -> list[Membre]:
    """Those, known to this person by name, who may take over her drafts."""
    return [
        un
        for un in list_members(session, viewer, association_id).membres
        if un.nomme and not un.moi and un.mandat.role in (RoleMandat.REDACTEUR, RoleMandat.SIGNATAIRE)
    ]


def written_mandate(
    session: Session, viewer: Acteur, association_id: int, mandat_id: int, *, antivirus: bool
) -> tuple[Fichier, str]:
    """The paper of an aidant, and its name, when its bytes may leave. Raises NotFound, Forbidden with the reason."""
    membre = get(session, viewer, association_id, mandat_id)
    if not membre.nomme:
        raise NotFound
    return to_give(membre.mandat.ecrit, antivirus=antivirus), membre.mandat.ecrit_nom


def _inviteur(session: Session, mien: MandatActif) -> int | None:
    return session.scalar(select(Mandat.invite_par_id).where(Mandat.id == mien.id))


def _membre(viewer: Acteur, inviteur: int | None, mandat: Mandat, contestes: set[int]) -> Membre:
    proche = mandat.user_id in (viewer.user_id, inviteur) or mandat.invite_par_id == viewer.user_id
    return Membre(
        mandat=mandat,
        nomme=proche or mandat.association_id in viewer.associations_prouvees,
        moi=mandat.user_id == viewer.user_id,
        conteste=mandat.id in contestes,
        changer=can_change(viewer, mandat),
        finir=can_end(viewer, mandat),
        contester=can_contest(viewer, mandat),
    )


def _contestes(association_id: int) -> Select[int]:
    return select(Contestation.mandat_id).where(
        Contestation.association_id == association_id, Contestation.etat == EtatContestation.OUVERTE
    )


def _presents(association_id: int) -> Select[int]:
    return select(Mandat.user_id).where(Mandat.association_id == association_id, Mandat.valant_le(aujourdhui()))


def _orphelins(session: Session, viewer: Acteur, association_id: int) -> list[Demande]:
    """Drafts begun by people who do not act any more, and given to nobody: whoever has a proved link sees and resumes them."""
    if association_id not in viewer.associations_prouvees:
        return []
    presents = _presents(association_id)
    brouillons = (
        select(Demande)
        .where(
            Demande.association_id == association_id,
            Demande.deposee_at.is_(None),
            Demande.created_by_id.not_in(presents),
            or_(Demande.confiee_a_id.is_(None), Demande.confiee_a_id.not_in(presents)),
        )
        .options(joinedload(Demande.demarche), joinedload(Demande.created_by))
        .order_by(Demande.created_at.desc(), Demande.id.desc())
        .limit(LONGUEUR)
    )
    return list(session.scalars(brouillons))
