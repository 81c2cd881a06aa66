"""What surrounds the filing of a request: who may file it, what else it went to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import aujourdhui
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande, SignatureDepot
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.queries import contenus_demandes
from portal.queries.lecture_demandes import ATTESTATIONS, DemandeLue, attestee_par_une_autre
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import EtatSection, GenrePiece

# After the closing, a complete request whose signature was asked before it may still be filed for so long.
DELAI_DE_SIGNATURE = timedelta(days=7)
ADRESSEE_AILLEURS = (
    "Aucune signature ne vous est demandée à cette adresse. Si vous avez reçu un courriel, déconnectez-vous, puis rouvrez son "
    "lien et connectez-vous avec l’adresse à laquelle il est arrivé."
)


def pouvoir_joint(lue: DemandeLue) -> bool:
    """Whether a pouvoir stands among the pieces of the request; one in which a virus was found is none."""
    pouvoirs = (piece for piece in lue.contexte.pieces if piece.genre == GenrePiece.POUVOIR)
    return any(not jointe.infectee for piece in pouvoirs for jointe in piece.jointes)


def complete_sauf_attestations(lue: DemandeLue) -> bool:
    """Everything is filled in but what only the one who files can attest."""
    return all(lue.etat(place) == EtatSection.REMPLIE for place in lue.places if place != ATTESTATIONS)


def list_signataires(session: Session, viewer: Acteur, demande: Demande) -> list[tuple[str, str]]:
    """(address, name and function) of the members who may sign, for a viewer whose own mandat is proved; else nobody."""
    if demande.association_id not in viewer.associations_prouvees:
        return []
    mandats = session.scalars(
        select(Mandat)
        .join(User, User.id == Mandat.user_id)
        .where(
            Mandat.association_id == demande.association_id,
            Mandat.valant_le(aujourdhui()),
            Mandat.role == RoleMandat.SIGNATAIRE,
            User.id != viewer.user_id,
        )
        .options(joinedload(Mandat.user))
        .order_by(User.nom, User.prenom, User.id)
        .limit(50)
    )
    return [(un.user.email, f"{un.user.nom_affiche}, {un.fonction}".strip(", ")) for un in mandats]


@dataclass(frozen=True, slots=True)
class SignatureSuivie:
    """The signature asked for a draft, as its pages show it. `changees`: pages saved since, in words, attestations apart."""

    question: SignatureDepot
    demandeur: str
    changees: tuple[str, ...]
    intacte: bool
    pour_moi: bool


def signature_de(session: Session, viewer: Acteur, lue: DemandeLue) -> SignatureSuivie | None:
    """The open question to whoever signs, if any, and what has changed since it was asked."""
    question = lue.demande.signature
    if question is None:
        return None
    changees = [
        lue.libelle(place)
        for place in lue.places
        for saisie in lue.demande.sections
        if (saisie.section, saisie.rang) == place and place != ATTESTATIONS and saisie.updated_at > question.demandee_at
    ]
    return SignatureSuivie(
        question=question,
        demandeur=session.get_one(User, question.demandee_par_id).nom_affiche,
        changees=tuple(changees),
        intacte=contenus_demandes.empreinte(lue) == question.contenu_sha256,
        pour_moi=question.email == viewer.email,
    )


def tard_mais_signee(
    signature: SignatureDepot | None, demarche: Demarche, instant: datetime, *, par: int | None
) -> bool:
    """Whether a request may still be filed after a closing: its signature was asked before it, it has not changed since, and
    seven days at most have gone by. Who asked somebody else to sign gains no time for herself (`par`: the account that files).

    No text fixes the closing of a campaign; the portal keeps the instant of the complete request and shows it with that of the
    filing, and the service draws what follows. `signature`: a question about what the request says now, else None.
    """
    if signature is None or demarche.cloture is None or demarche.publiee_at is None or signature.demandee_par_id == par:
        return False
    return signature.demandee_at < demarche.cloture <= instant < demarche.cloture + DELAI_DE_SIGNATURE


def attestee_par(viewer: Acteur, lue: DemandeLue) -> bool:
    """Whether the attestations, as they read, are those of this very person."""
    return not attestee_par_une_autre(lue, viewer, ATTESTATIONS)


def get_question(session: Session, viewer: Acteur, demande_id: int) -> SignatureDepot:
    """The last question to this address about a draft, closed or not, whatever links it has. Raises NotFound to any other."""
    question = session.scalars(
        select(SignatureDepot)
        .where(SignatureDepot.demande_id == demande_id, SignatureDepot.email == viewer.email)
        .options(
            joinedload(SignatureDepot.demandee_par),
            joinedload(SignatureDepot.demande).options(joinedload(Demande.association), joinedload(Demande.demarche)),
        )
        .order_by(SignatureDepot.demandee_at.desc(), SignatureDepot.id.desc())
    ).first()
    if question is None:
        raise NotFound(ADRESSEE_AILLEURS)
    return question


@dataclass(frozen=True, slots=True)
class ASigner:
    """A draft that waits for this person's signature."""

    demande_id: int
    association: str
    campagne: str
    demandee_at: datetime


def list_a_signer(session: Session, viewer: Acteur) -> list[ASigner]:
    """Drafts that this person is asked to sign and file, for the associations that are hers, the oldest question first."""
    lignes = session.scalars(
        select(Demande)
        .join(SignatureDepot, SignatureDepot.demande_id == Demande.id)
        .where(
            SignatureDepot.email == viewer.email,
            SignatureDepot.close_at.is_(None),
            Demande.deposee_at.is_(None),
            Demande.association_id.in_([mandat.association_id for mandat in viewer.mandats]),
        )
        .options(joinedload(Demande.association), joinedload(Demande.demarche), joinedload(Demande.signature))
        .order_by(SignatureDepot.demandee_at, SignatureDepot.id)
        .limit(50)
    )
    return [
        ASigner(un.id, un.association.denomination, un.demarche.titre, un.signature.demandee_at)
        for un in lignes
        if un.signature is not None
    ]
