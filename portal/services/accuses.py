"""Acknowledges a request that came by post, mail or counter: a document to print, and a mail when an address is known."""

from sqlalchemy.orm import Session

from portal.documents.modeles import AssociationCitee
from portal.documents.modeles_receptions import AccuseReception
from portal.liens import lien
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.receptions import Reception
from portal.permissions import Acteur
from portal.queries import correspondants
from portal.queries.recepisses import rejet_implicite, service_cite
from portal.services import courriels, documents
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_instruction import LIBELLES_ORIGINE_DOSSIER


def issue(session: Session, *, by: Acteur, dossier: Dossier, reception: Reception, racine: str) -> Document:
    """Freeze the acknowledgement (CRPA L112-3, R112-5) and owe its mails. `racine` is PORTAL_URL, to which its QR code leads.

    The caller has checked that the actor may.
    """
    numero = documents.draw_number()
    service, rejet = dossier.service, rejet_implicite(dossier.date_depot)
    page = _page(dossier, reception, numero, racine)
    document = documents.issue(
        session,
        by=by,
        genre=GenreDocument.RECEPISSE,
        numero=numero,
        nom=f"Accusé de réception {dossier.reference}",
        document=page,
        dossier_id=dossier.id,
    )
    adresses = {reception.email, *correspondants.members(session, dossier)} - {""}
    for adresse in sorted(adresses):
        courriels.enqueue(
            session,
            "demande_recue",
            destinataire=adresse,
            numero=numero,
            reference=dossier.reference,
            demandeur=dossier.demandeur_nom,
            intitule=dossier.intitule,
            service=service.nom,
            coordonnees=coordonnees(service.adresse, service.email, service.telephone),
            recue_le=reception.recue_le.isoformat(),
            rejet_implicite_le=rejet.isoformat(),
        )
    return document


def _page(dossier: Dossier, reception: Reception, numero: str, racine: str) -> AccuseReception:
    return AccuseReception(
        reference=dossier.reference,
        demandeur=_demandeur(dossier),
        demarche=dossier.demarche.titre,
        intitule=dossier.intitule,
        montant_demande=dossier.montant_demande,
        canal=LIBELLES_ORIGINE_DOSSIER[dossier.origine].lower(),
        envoyee_le=reception.envoyee_le,
        recue_le=reception.recue_le,
        service=service_cite(dossier.service),
        rejet_implicite_le=rejet_implicite(dossier.date_depot),
        numero=numero,
        adresse_verification=lien(racine, "recepisse_verifie", numero=numero),
    )


def coordonnees(*textes: str) -> str:
    """How a service is reached, on one line: what is known of its address, mail and telephone."""
    return ", ".join(filter(None, textes))


def _demandeur(dossier: Dossier) -> AssociationCitee:
    siret = dossier.demandeur_siret
    return AssociationCitee(
        dossier.demandeur_nom, siren=siret[:9] or None, siret=siret or None, rna=dossier.demandeur_rna or None
    )
