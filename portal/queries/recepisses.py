"""The acknowledgement of a request: the mentions of CRPA R112-11-1, filled in."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee, Personne, Recepisse, ServiceCite
from portal.documents.statut_cer import StatutCer
from portal.formats import PARIS, instant_fr
from portal.models.delais import plus_mois
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import demandes, statuts_cer
from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire_cer import OrigineCer

MOIS_DE_SILENCE = 2
FONCTION_INCONNUE = "membre de l’association"
ATTESTE_ICI = "Contrat d’engagement républicain souscrit par l’attestation jointe à cette demande."


def rejet_implicite(recu_le: datetime) -> date:
    """The day when silence means rejection: receipt plus two months, on the last day of a shorter month.

    CRPA L231-4 3°, a request of financial character; the day of receipt is that of Paris.
    """
    return plus_mois(recu_le.astimezone(PARIS).date(), MOIS_DE_SILENCE)


def phrase_cer(statut: StatutCer, reference: str) -> str:
    """What this request attests by itself, then where the association stands by another title, if any."""
    if statut.preuve == reference:
        return ATTESTE_ICI
    return f"{ATTESTE_ICI} {statut.phrase}"


def preuve_cer(statut: StatutCer) -> str:
    """What proves a signature made here: the text and its hash, the instant, and the code that anybody may check."""
    if statut.origine != OrigineCer.PORTAIL:
        return ""
    return (
        f"Version {statut.version} du texte, empreinte SHA-256 {statut.empreinte}, "
        f"signée le {instant_fr(statut.at)} (heure de Paris), code de vérification {statut.preuve}."
    )


def recepisse(session: Session, viewer: Acteur, lue: DemandeLue, dossier: Dossier, *, fonction: str) -> Recepisse:
    """What the acknowledgement of this filed request says. `fonction`: what the person who files says she is."""
    attestations, montant = lue.attestations, lue.contexte.montant_demande
    ident = lue.demande.association_id
    statut = statuts_cer.statuts_vus(session, viewer, [ident], on=dossier.date_depot)[ident]
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
        phrase_cer=phrase_cer(statut, dossier.reference),
        preuve_cer=preuve_cer(statut),
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
