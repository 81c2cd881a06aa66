"""What the receipt of a signature says, as things stood when it was signed."""

from datetime import date

from portal.documents import modeles
from portal.formats import ESPACE_INSECABLE, courriel_masque, majuscule
from portal.liens import lien
from portal.models.engagements import Engagement
from portal.queries.engagements import texte_lisible
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_cer import LIBELLES_CAPACITE


def recu_engagement(
    engagement: Engagement, *, racine: str, preuve_jointe: date | None = None
) -> modeles.RecuEngagement:
    """The receipt of a signature. `racine` is PORTAL_URL, which the QR code leads to.

    `preuve_jointe`: the closed day whose proof is attached, for the receipt that bears it.
    """
    association = engagement.association
    return modeles.RecuEngagement(
        code=engagement.code,
        adresse_verification=lien(racine, "verification", code=engagement.code),
        adresse_certificat=lien(racine, "certificat"),
        association=modeles.AssociationCitee(
            association.denomination,
            association.siren or None,
            association.siret_siege or None,
            association.rna or None,
        ),
        signataire=modeles.Personne(engagement.prenom, engagement.nom, engagement.fonction),
        qualite=majuscule(LIBELLES_CAPACITE[engagement.capacite]),
        lien_verifie=engagement.mandat_etat == EtatMandat.PROUVE,
        pouvoir=_pouvoir(engagement),
        courriel_masque=courriel_masque(engagement.email),
        consenti_le=engagement.consenti_at,
        code_demande_le=engagement.code_demande_at,
        signe_le=engagement.signed_at,
        texte=texte_lisible(engagement.texte),
        phrase_consentement=engagement.phrase_consentement,
        empreinte=engagement.empreinte,
        preuve_jointe=preuve_jointe,
    )


def _pouvoir(engagement: Engagement) -> str:
    """The delegation that was attached, with its SHA-256; empty when the person signed in her own right."""
    if not engagement.pouvoir_sha256:
        return ""
    return f"{engagement.pouvoir_nom} (SHA-256{ESPACE_INSECABLE}: {engagement.pouvoir_sha256})"
