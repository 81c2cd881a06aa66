"""The acknowledgement of a request: the mentions of CRPA R112-11-1, filled in."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee, AutreSaisi, Personne, PieceRecue, Recepisse, ServiceCite
from portal.documents.statut_cer import StatutCer
from portal.formats import PARIS, instant_fr
from portal.models.delais import plus_mois
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import contenus_demandes, demandes_lisibles, statuts_cer
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


def recepisse(
    session: Session, viewer: Acteur, lue: DemandeLue, dossier: Dossier, autres: Sequence[Dossier], *, fonction: str
) -> Recepisse:
    """What the acknowledgement of this filed request says to one service's applicant.

    `autres`: the dossiers of the other services of a demande commune; `fonction`: what the person who files says she is.
    """
    attestations, montant = lue.attestations, dossier.montant_demande
    ident = lue.demande.association_id
    statut = statuts_cer.statuts_vus(session, viewer, [ident], on=dossier.date_depot)[ident]
    if montant is None:
        raise ValueError("a request is filed with an amount")
    lien = "vérifié sur pièce" if dossier.lien_verifie else "non vérifié"
    return Recepisse(
        reference=dossier.reference,
        association=_association(dossier),
        deposant=Personne(attestations.prenom.lisible(), attestations.nom.lisible(), fonction or FONCTION_INCONNUE),
        qualite=f"{attestations.QUALITES[attestations.qualite.data]}, lien avec l’association {lien}",
        intitule=dossier.intitule,
        montant_demande=montant,
        recu_le=dossier.date_depot,
        service=service_cite(dossier.demarche.service),
        rejet_implicite_le=rejet_implicite(dossier.date_depot),
        phrase_cer=phrase_cer(statut, dossier.reference),
        preuve_cer=preuve_cer(statut),
        attestations=attestations.textes(),
        sections=demandes_lisibles.sections_de_document(lue),
        budgets=demandes_lisibles.budgets_de_document(lue.demande),
        fait_a=attestations.fait_a.lisible(),
        signature_demandee_le=dossier.signature_demandee_at,
        pieces=tuple(
            PieceRecue(f"{libelle}\u00a0: {nom}", sha256) for libelle, nom, sha256 in contenus_demandes.pieces(lue)
        ),
        autres=tuple(_autre(autre) for autre in autres),
    )


def _association(dossier: Dossier) -> AssociationCitee:
    siret = dossier.demandeur_siret
    return AssociationCitee(dossier.demandeur_nom, siren=siret[:9], siret=siret, rna=dossier.demandeur_rna or None)


def _autre(dossier: Dossier) -> AutreSaisi:
    return AutreSaisi(dossier.demarche.service.nom, dossier.montant_demande or Decimal(0), dossier.reference)


def service_cite(service: Service) -> ServiceCite:
    """A service as documents name it; each line of its address is a line of the envelope."""
    return ServiceCite(
        nom=service.nom,
        adresse=service.adresse.replace(", ", "\n"),
        courriel=service.email,
        telephone=service.telephone,
    )
