"""Signatures of the CER asked of somebody else: by code for whoever holds the link, by association for its people."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import ValeurIllisible, aujourdhui, courriel_masque, date_fr, parse_code
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.engagements import TexteCer
from portal.models.souscriptions import AttestationCer, DemandeSignature
from portal.permissions import Acteur
from portal.queries.engagements import texte_en_vigueur
from portal.vocabulaire import EtatMandat, GenreUser, RoleMandat
from portal.vocabulaire_cer import EtatDemandeSignature

OUVERTE = EtatDemandeSignature.ENVOYEE


@dataclass(frozen=True, slots=True)
class DemandeSuivie:
    """A request as its people see it. `obstacle`: what keeps it from being signed, in words; `papiers`, the newest first."""

    demande: DemandeSignature
    obstacle: str
    papiers: tuple[AttestationCer, ...] = ()

    @property
    def ouverte(self) -> bool:
        """Nobody has answered yet."""
        return self.demande.etat == OUVERTE

    @property
    def papier(self) -> bool:
        """It goes by a printed page."""
        return not self.demande.email


@dataclass(frozen=True, slots=True)
class DemandePublique:
    """A request as whoever holds its link reads it: who asks (`lien`: what her word is worth), to which masked address."""

    demande: DemandeSignature
    obstacle: str
    fonction: str
    lien: str
    adresse: str


def open_for(session: Session, *, email: str, association_id: int, texte_id: int) -> DemandeSignature | None:
    """The open request addressed to that person for that text, if any."""
    return session.scalars(
        select(DemandeSignature).where(
            DemandeSignature.email == email,
            DemandeSignature.association_id == association_id,
            DemandeSignature.texte_id == texte_id,
            DemandeSignature.etat == OUVERTE,
            DemandeSignature.email != "",
        )
    ).first()


def find_public(session: Session, code: str) -> DemandeSignature | None:
    """The request that bears this code, as typed or read from the QR: whoever holds it may read."""
    try:
        lu = parse_code(code)
    except ValeurIllisible:
        return None
    return session.scalars(_demandes().where(DemandeSignature.code == lu)).first()


def get_addressed(session: Session, viewer: Acteur, code: str) -> DemandeSignature:
    """The request that this person was sent. Raises NotFound: whoever else holds the link can only read it."""
    demande = find_public(session, code)
    if demande is None or not viewer.est_usager or demande.email != viewer.email:
        raise NotFound
    return demande


def visible_demandes(viewer: Acteur) -> Select[DemandeSignature]:
    """What this person has asked for associations that are still hers, and all that was asked for those proved."""
    miennes = {mandat.association_id for mandat in viewer.mandats}
    return _demandes().where(
        or_(
            and_(DemandeSignature.demandeur_id == viewer.user_id, DemandeSignature.association_id.in_(miennes)),
            DemandeSignature.association_id.in_(viewer.associations_prouvees),
        )
    )


def get(session: Session, viewer: Acteur, code: str) -> DemandeSuivie:
    """One of them. Raises NotFound."""
    demande = session.scalars(visible_demandes(viewer).where(DemandeSignature.code == code)).first()
    if demande is None:
        raise NotFound
    return _suivre(session, [demande])[0]


def list_of(session: Session, viewer: Acteur, association_id: int) -> list[DemandeSuivie]:
    """Those of an association, the newest first."""
    demandes = visible_demandes(viewer).where(DemandeSignature.association_id == association_id)
    ordonnees = demandes.order_by(DemandeSignature.created_at.desc(), DemandeSignature.id.desc())
    return _suivre(session, list(session.scalars(ordonnees)))


def describe(session: Session, demande: DemandeSignature) -> DemandePublique:
    """What the page of a request says to everybody."""
    mandat = session.scalars(
        select(Mandat).where(Mandat.user_id == demande.demandeur_id, Mandat.association_id == demande.association_id)
    ).first()
    if mandat is None or not mandat.vaut_le(aujourdhui()):
        lien = "n’agit plus pour cette association"
    elif mandat.etat == EtatMandat.PROUVE:
        lien = "lien avec l’association vérifié sur pièce par un service"
    else:
        lien = "lien avec l’association déclaré, que personne n’a vérifié"
    return DemandePublique(
        demande,
        obstacle(session, demande),
        fonction=mandat.fonction if mandat else "",
        lien=lien,
        adresse=courriel_masque(demande.email) if demande.email else "",
    )


def obstacle(session: Session, demande: DemandeSignature) -> str:
    """What keeps an open request from being signed now, in words; "" when nothing does."""
    return _suivre(session, [demande])[0].obstacle


def _demandes() -> Select[DemandeSignature]:
    return select(DemandeSignature).options(
        joinedload(DemandeSignature.association),
        joinedload(DemandeSignature.texte),
        joinedload(DemandeSignature.demandeur),
        joinedload(DemandeSignature.document),
    )


def _suivre(session: Session, demandes: list[DemandeSignature]) -> list[DemandeSuivie]:
    """In a number of statements that their number does not change."""
    if not demandes:
        return []
    texte, mandats, papiers = texte_en_vigueur(session), _mandats(session, demandes), _papiers(session, demandes)
    return [
        DemandeSuivie(
            un, _obstacle(un, texte, mandats.get((un.association_id, un.email))), tuple(papiers.get(un.id, ()))
        )
        for un in demandes
    ]


def _obstacle(demande: DemandeSignature, en_vigueur: TexteCer, mandat: Mandat | None) -> str:
    if demande.etat != OUVERTE:
        return ""
    if demande.texte_id != en_vigueur.id:
        return (
            f"Le texte du contrat a changé depuis cette demande\u00a0: la version {en_vigueur.version} est en vigueur, la "
            f"version {demande.texte.version} ne se signe plus. Une nouvelle demande est nécessaire."
        )
    if mandat is not None and not mandat.vaut_le(aujourdhui()):
        return (
            "Le lien de la personne qui doit signer avec l’association a pris fin le "
            f"{date_fr(mandat.ended_at or mandat.fin_le)}\u00a0: elle ne peut plus signer en son nom."
        )
    if mandat is not None and mandat.role != RoleMandat.SIGNATAIRE and mandat.etat == EtatMandat.PROUVE:
        return (
            "Le lien vérifié de la personne qui doit signer ne lui permet pas de représenter l’association. Demandez la "
            "signature d’une autre personne, ou une signature sur papier."
        )
    return ""


def _mandats(session: Session, demandes: list[DemandeSignature]) -> dict[tuple[int, str], Mandat]:
    """The mandat of each person asked, by association and address, ended or not."""
    lignes = session.execute(
        select(Mandat, User.email)
        .join(User, User.id == Mandat.user_id)
        .where(
            User.genre == GenreUser.USAGER,
            User.email.in_({un.email for un in demandes if un.email}),
            Mandat.association_id.in_({un.association_id for un in demandes}),
        )
        .order_by(Mandat.id)
    )
    return {(mandat.association_id, email): mandat for mandat, email in lignes}


def _papiers(session: Session, demandes: list[DemandeSignature]) -> dict[int, list[AttestationCer]]:
    """The signed pages that came back, by request, the newest first."""
    papiers: dict[int, list[AttestationCer]] = {}
    for un in session.scalars(
        select(AttestationCer)
        .where(AttestationCer.demande_id.in_({un.id for un in demandes}))
        .order_by(AttestationCer.created_at.desc(), AttestationCer.id.desc())
    ):
        papiers.setdefault(un.demande_id or 0, []).append(un)
    return papiers
