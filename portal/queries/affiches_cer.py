"""What an association shows of its subscription: the poster, the badge, and the public page that both lead to."""

from dataclasses import dataclass
from html import escape
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.documents.cer import numeroter
from portal.documents.modeles_cer import AfficheCer, BadgeCer
from portal.errors import NotFound
from portal.formats import ESPACE_INSECABLE, ValeurIllisible, date_fr, parse_code
from portal.liens import lien
from portal.models.associations import Mandat
from portal.models.documents import Document
from portal.models.engagements import Engagement
from portal.permissions import Acteur, Verdict
from portal.permissions.affiches_cer import can_display
from portal.queries.documents import visible_documents
from portal.queries.engagements import texte_lisible
from portal.queries.statuts_cer import statut_cer
from portal.vocabulaire import EtatMandat, GenreDocument

Format = Literal["A4", "A3"]
# In pixels, as templates/documents/badge_cer.svg draws it.
LARGEUR_BADGE, HAUTEUR_BADGE = 320, 72


def get_public(session: Session, code: str) -> Engagement:
    """The proved signature that bears this public code, as typed. Raises NotFound; the code of a receipt opens nothing here."""
    try:
        lu = parse_code(code)
    except ValeurIllisible as erreur:
        raise NotFound("Aucune affiche de ce portail ne porte ce code.") from erreur
    engagement = session.scalars(
        select(Engagement)
        .join(Mandat, Mandat.id == Engagement.mandat_id)
        .where(Engagement.code_public == lu, Mandat.etat == EtatMandat.PROUVE)
        .options(joinedload(Engagement.texte), joinedload(Engagement.association))
    ).first()
    if engagement is None:
        raise NotFound("Aucune affiche de ce portail ne porte ce code.")
    return engagement


def verdict(session: Session, engagement: Engagement) -> Verdict:
    """Whether its association may display that signature now, else why not."""
    return can_display(engagement, statut_cer(session, engagement.association_id).etat)


def affiche(engagement: Engagement, *, racine: str, taille: Format) -> AfficheCer:
    """The poster of a signature. `racine` is PORTAL_URL, which the QR code leads to."""
    texte = texte_lisible(engagement.texte)
    return AfficheCer(
        format=taille,
        association=engagement.association.denomination,
        souscrit_le=engagement.signed_at,
        texte=texte,
        engagements=tuple(partie.intitule for partie in numeroter(texte.articles) if partie.numero),
        adresse=lien(racine, "affiche", code=engagement.code_public),
    )


def badge(engagement: Engagement) -> BadgeCer:
    """The mark of a signature, for a web site."""
    return BadgeCer(engagement.association.denomination, engagement.signed_at, engagement.texte.version)


@dataclass(frozen=True, slots=True)
class Publicite:
    """What an association copies: `alternative` of the badge, `balise` (HTML to paste, escaped), `message` for its members."""

    adresse: str
    alternative: str
    balise: str
    message: str


def publicite(engagement: Engagement, *, racine: str) -> Publicite:
    """The texts to copy for a signature. `racine` is PORTAL_URL."""
    nom, le, espace = engagement.association.denomination, date_fr(engagement.signed_at), ESPACE_INSECABLE
    adresse, image = (lien(racine, page, code=engagement.code_public) for page in ("affiche", "badge"))
    alternative = f"{nom} a souscrit le contrat d’engagement républicain le {le}"
    return Publicite(
        adresse=adresse,
        alternative=alternative,
        balise=(
            f'<a href="{escape(adresse)}"><img src="{escape(image)}" width="{LARGEUR_BADGE}" height="{HAUTEUR_BADGE}" '
            f'alt="{escape(alternative)}"></a>'
        ),
        message=(
            f"Notre association, «{espace}{nom}{espace}», a souscrit le contrat d’engagement républicain le {le}, comme le "
            "prévoit l’article 10-1 de la loi du 12 avril 2000 pour toute association qui demande une subvention publique. "
            f"Vous pouvez lire ce contrat à cette adresse{espace}: {adresse}"
        ),
    )


def list_posters(session: Session, viewer: Acteur, engagement_id: int) -> list[Document]:
    """Posters of a signature that this person has asked for, newest first."""
    affiches = visible_documents(viewer).where(
        Document.genre == GenreDocument.AFFICHE_CER, Document.engagement_id == engagement_id
    )
    return list(session.scalars(affiches.order_by(Document.created_at.desc(), Document.id.desc())))
