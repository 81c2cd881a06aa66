"""What the receipt of a signature says, as things stood when it was signed."""

from portal.documents import modeles
from portal.liens import lien
from portal.models.engagements import Engagement
from portal.queries.engagements import QUALITES, texte_lisible
from portal.vocabulaire import EtatMandat


def recu_engagement(engagement: Engagement, *, racine: str) -> modeles.RecuEngagement:
    """The receipt of a signature. `racine` is PORTAL_URL, which the QR code leads to."""
    association = engagement.association
    return modeles.RecuEngagement(
        code=engagement.code,
        adresse_verification=lien(racine, "verification", code=engagement.code),
        association=modeles.AssociationCitee(
            association.denomination,
            association.siren or None,
            association.siret_siege or None,
            association.rna or None,
        ),
        signataire=modeles.Personne(engagement.prenom, engagement.nom, engagement.fonction),
        qualite=QUALITES[engagement.mandat_etat],
        lien_verifie=engagement.mandat_etat == EtatMandat.PROUVE,
        signe_le=engagement.signed_at,
        texte=texte_lisible(engagement.texte),
        phrase_consentement=engagement.phrase_consentement,
    )
