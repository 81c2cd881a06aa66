"""The text of the CER in force, and the signatures that a viewer may see."""

import hashlib

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.documents import cer, modeles
from portal.errors import NotFound
from portal.formats import ESPACE_INSECABLE, ValeurIllisible, parse_code
from portal.models.associations import Association
from portal.models.engagements import Engagement, TexteCer
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import Acteur


def texte_en_vigueur(session: Session) -> TexteCer:
    """The last version published. Raises NotFound while none is."""
    texte = session.scalars(select(TexteCer).order_by(TexteCer.published_at.desc(), TexteCer.id.desc())).first()
    if texte is None:
        raise NotFound("Le texte du contrat d’engagement républicain n’est pas encore publié sur ce portail.")
    return texte


def texte_lisible(texte: TexteCer) -> modeles.TexteCer:
    """The text cut into its parts, as pages and documents show it."""
    titre, articles = cer.decouper(texte.corps)
    return modeles.TexteCer(
        version=texte.version,
        reference=texte.reference,
        jorf=texte.jorf,
        url=texte.url,
        verifie=texte.verifie_at is not None,
        sha256=texte.sha256,
        titre=titre,
        articles=articles,
    )


def get_partie(texte: modeles.TexteCer, numero: int) -> cer.Partie:
    """One of the seven engagements. Raises NotFound."""
    trouvee = next((partie for partie in cer.numeroter(texte.articles) if partie.numero == numero > 0), None)
    if trouvee is None:
        raise NotFound("Le contrat compte sept engagements, numérotés de 1 à 7.")
    return trouvee


def phrase_consentement(association: Association, texte: TexteCer) -> str:
    """The exact sentence that the signatory ticks, kept word for word with the signature."""
    reference = texte.reference[:1].lower() + texte.reference[1:]
    return (
        f"Au nom de l’association «{ESPACE_INSECABLE}{association.denomination}{ESPACE_INSECABLE}», que je déclare "
        "pouvoir engager, j’ai pris connaissance du contrat d’engagement républicain "
        f"({reference}, version {texte.version}) et je le souscris. L’association s’engage à le respecter."
    )


def empreinte_affichee(phrase: str, texte: TexteCer) -> str:
    """Fingerprint of what a signing page shows, posted back with the signature: what is signed is what was shown."""
    return hashlib.sha256(f"{texte.sha256}\n{phrase}".encode()).hexdigest()


def is_visible(viewer: Acteur) -> ColumnElement[bool]:
    """Her own signatures, and all those of the associations for which her mandat is proved."""
    return or_(Engagement.signataire_id == viewer.user_id, Engagement.association_id.in_(viewer.associations_prouvees))


def visible_engagements(viewer: Acteur) -> Select[Engagement]:
    """Signatures of this person, and those of the associations whose mandat is proved."""
    return (
        select(Engagement)
        .where(is_visible(viewer))
        .options(joinedload(Engagement.texte), joinedload(Engagement.mandat), joinedload(Engagement.association))
    )


def list_of(session: Session, viewer: Acteur, association_id: int) -> list[Engagement]:
    """Signatures of an association that this person may see, newest first."""
    engagements = visible_engagements(viewer).where(Engagement.association_id == association_id)
    return list(session.scalars(engagements.order_by(Engagement.signed_at.desc(), Engagement.id.desc())))


def get(session: Session, viewer: Acteur, code: str) -> Engagement:
    """One signature, for its people. Raises NotFound."""
    engagement = session.scalars(visible_engagements(viewer).where(Engagement.code == code)).first()
    if engagement is None:
        raise NotFound
    return engagement


def get_mine(session: Session, viewer: Acteur, association_id: int, texte_id: int) -> Engagement | None:
    """What this person has already signed of this text for that association."""
    return session.scalars(
        select(Engagement).where(
            Engagement.signataire_id == viewer.user_id,
            Engagement.association_id == association_id,
            Engagement.texte_id == texte_id,
        )
    ).first()


def second_awaited(session: Session, engagement: Engagement) -> bool:
    """Whether the association has asked for two signatures of this text and only one person has signed."""
    if not engagement.association.cer_deux_signatures:
        return False
    signataires = select(func.count(Engagement.signataire_id.distinct())).where(
        Engagement.association_id == engagement.association_id, Engagement.texte_id == engagement.texte_id
    )
    return (session.scalar(signataires) or 0) < 2


def prepared(viewer: Acteur, association_id: int) -> Select[SignaturePreparee]:
    """What this person has filled in to sign for that association, and not signed yet."""
    return (
        select(SignaturePreparee)
        .where(SignaturePreparee.user_id == viewer.user_id, SignaturePreparee.association_id == association_id)
        .order_by(SignaturePreparee.id)
    )


def get_prepared(session: Session, viewer: Acteur, association_id: int) -> SignaturePreparee | None:
    """The same, read."""
    return session.scalars(prepared(viewer, association_id)).first()


def find_public(session: Session, code: str) -> Engagement | None:
    """The signature that bears this code, as typed: the code alone opens the public page, which names no person."""
    try:
        lu = parse_code(code)
    except ValeurIllisible:
        return None
    return session.scalars(
        select(Engagement)
        .where(Engagement.code == lu)
        .options(
            joinedload(Engagement.texte),
            joinedload(Engagement.mandat),
            joinedload(Engagement.association).selectinload(Association.identifiants),
        )
    ).first()
