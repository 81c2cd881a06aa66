"""What a withdrawal says once it is signed: the letter to the association, and the message to those who are to know of it."""

from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee
from portal.documents.modeles_cer import LettreRetrait
from portal.formats import PARIS, date_fr, majuscule, montant_fr
from portal.models.decisions import Decision
from portal.models.delais import plus_mois
from portal.queries.recepisses import service_cite
from portal.queries.retraits import FicheRetrait
from portal.vocabulaire_cer import LIBELLES_MOTIF_RETRAIT

# Loi n° 2000-321, art. 10-1: « dans un délai ne pouvant excéder six mois ».
MOIS_DE_RESTITUTION = 6


def lettre(session: Session, fiche: FicheRetrait) -> LettreRetrait:
    """The letter of a signed withdrawal."""
    dossier, retrait = fiche.dossier, fiche.retrait
    if retrait.notified_at is None:
        raise ValueError("a withdrawal is told in a letter once it is signed")
    decision = session.get_one(Decision, retrait.decision_id)
    calcul = fiche.prorata
    return LettreRetrait(
        reference=dossier.reference,
        service=service_cite(dossier.service),
        association=AssociationCitee(
            dossier.demandeur_nom,
            siren=dossier.demandeur_siret[:9] or None,
            siret=dossier.demandeur_siret or None,
            rna=dossier.demandeur_rna or None,
        ),
        intitule=dossier.intitule,
        accordee_le=decision.notified_at,
        montant_accorde=retrait.montant_accorde,
        montant_retire=retrait.montant_retire,
        motif=majuscule(LIBELLES_MOTIF_RETRAIT[retrait.motif]),
        motivation=retrait.motivation,
        date_manquement=retrait.date_manquement,
        periode_debut=retrait.periode_debut,
        periode_fin=retrait.periode_fin,
        jours=calcul.jours,
        jours_restants=calcul.jours_restants,
        informee_le=retrait.created_at,
        observations_avant=retrait.observations_avant,
        observations=retrait.observations,
        signe_le=retrait.notified_at,
        restitution_avant=plus_mois(retrait.notified_at.astimezone(PARIS).date(), MOIS_DE_RESTITUTION),
        auteur=f"{retrait.auteur_nom}, {retrait.auteur_qualite}",
    )


def transmission(session: Session, fiche: FicheRetrait) -> dict[str, str]:
    """The same in the words of the message to the préfet and to the co-funders, whom the law has told of it."""
    dossier, retrait = fiche.dossier, fiche.retrait
    decision = session.get_one(Decision, retrait.decision_id)
    return {
        "reference": dossier.reference,
        "association": dossier.demandeur_nom,
        "siret": dossier.demandeur_siret,
        "intitule": dossier.intitule,
        "service": dossier.service.nom,
        "contact": dossier.service.email,
        "accordee_le": date_fr(decision.notified_at),
        "montant_accorde": montant_fr(retrait.montant_accorde),
        "montant_retire": montant_fr(retrait.montant_retire),
        "date_manquement": date_fr(retrait.date_manquement),
        "motif": LIBELLES_MOTIF_RETRAIT[retrait.motif],
        "motivation": retrait.motivation,
        "notifie_le": date_fr(retrait.notified_at),
        "auteur": f"{retrait.auteur_nom}, {retrait.auteur_qualite}",
    }
