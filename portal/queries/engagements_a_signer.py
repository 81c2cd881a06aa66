"""What the page to sign by hand says, as things stand when it is asked for."""

from portal.documents.modeles import AssociationCitee, Personne
from portal.documents.modeles_cer import EngagementASigner
from portal.liens import lien
from portal.models.souscriptions import DemandeSignature
from portal.queries.engagements import phrase_consentement, texte_lisible


def engagement_a_signer(demande: DemandeSignature, *, racine: str) -> EngagementASigner:
    """The printed page of a request. `racine` is PORTAL_URL, which the QR code leads to."""
    association = demande.association
    return EngagementASigner(
        code=demande.code,
        adresse=lien(racine, "signature", code=demande.code),
        association=AssociationCitee(
            association.denomination,
            association.siren or None,
            association.siret_siege or None,
            association.rna or None,
        ),
        signataire=Personne(demande.prenom, demande.nom, demande.fonction),
        demandeur=demande.demandeur.nom_affiche,
        texte=texte_lisible(demande.texte),
        phrase_consentement=phrase_consentement(association, demande.texte),
    )
