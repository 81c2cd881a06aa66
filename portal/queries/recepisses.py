"""The acknowledgement of a request: the mentions of CRPA R112-11-1, filled in."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee, Personne, Recepisse, ServiceCite
from portal.formats import PARIS, date_fr, instant_fr
from portal.models.delais import plus_mois
from portal.models.dossiers import Dossier
from portal.models.engagements import Engagement
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import demandes, engagements
from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire import EtatMandat

MOIS_DE_SILENCE = 2
FONCTION_INCONNUE = "membre de l’association"


def rejet_implicite(recu_le: datetime) -> date:
    """The day when silence means rejection: receipt plus two months, on the last day of a shorter month.

    CRPA L231-4 3°, a request of financial character; the day of receipt is that of Paris.
    """
    return plus_mois(recu_le.astimezone(PARIS).date(), MOIS_DE_SILENCE)


def signature_vue(session: Session, viewer: Acteur, association_id: int) -> Engagement | None:
    """The signature of the CER that counts, among those that this person may see: a proved one first, then the oldest."""
    vues = engagements.list_of(session, viewer, association_id)
    return min(vues, key=lambda e: (e.mandat.etat != EtatMandat.PROUVE, e.signed_at), default=None)


def phrase_cer(signature: Engagement | None) -> str:
    """Where the association stands with the CER. A request attests it by itself: a signature here is one more proof."""
    if signature is None:
        return "Contrat d’engagement républicain souscrit par l’attestation jointe à cette demande."
    reserve = "" if signature.mandat.etat == EtatMandat.PROUVE else ", lien de la personne signataire non vérifié"
    return f"Contrat d’engagement républicain souscrit sur ce portail le {date_fr(signature.signed_at)}{reserve}."


def preuve_cer(signature: Engagement | None) -> str:
    """What proves that signature: the version of the text, its hash, the instant and the code that anybody may check."""
    if signature is None:
        return ""
    return (
        f"Version {signature.texte.version} du texte, empreinte SHA-256 {signature.texte_sha256}, "
        f"signée le {instant_fr(signature.signed_at)} (heure de Paris), code de vérification {signature.code}."
    )


def recepisse(session: Session, viewer: Acteur, lue: DemandeLue, dossier: Dossier, *, fonction: str) -> Recepisse:
    """What the acknowledgement of this filed request says. `fonction`: what the person who files says she is."""
    attestations, montant = lue.attestations, lue.contexte.montant_demande
    signature = signature_vue(session, viewer, lue.demande.association_id)
    if montant is None:
        raise ValueError("a request is filed with an amount")
    lien = "vérifié sur pièce" if dossier.lien_verifie else "non vérifié"
    return Recepisse(
        reference=dossier.reference,
        association=AssociationCitee(
            dossier.demandeur_nom,
            siren=dossier.demandeur_siret[:9],
            siret=dossier.demandeur_siret,
            rna=dossier.demandeur_rna or None,
        ),
        deposant=Personne(attestations.prenom.lisible(), attestations.nom.lisible(), fonction or FONCTION_INCONNUE),
        qualite=f"{attestations.QUALITES[attestations.qualite.data]}, lien avec l’association {lien}",
        intitule=dossier.intitule,
        montant_demande=montant,
        recu_le=dossier.date_depot,
        service=service_cite(lue.demande.demarche.service),
        rejet_implicite_le=rejet_implicite(dossier.date_depot),
        phrase_cer=phrase_cer(signature),
        preuve_cer=preuve_cer(signature),
        attestations=attestations.textes(),
        sections=demandes.sections_de_document(lue),
        budgets=demandes.budgets_de_document(lue.demande),
    )


def service_cite(service: Service) -> ServiceCite:
    """A service as documents name it; each line of its address is a line of the envelope."""
    return ServiceCite(
        nom=service.nom,
        adresse=service.adresse.replace(", ", "\n"),
        courriel=service.email,
        telephone=service.telephone,
    )
