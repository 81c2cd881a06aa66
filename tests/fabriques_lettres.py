"""Gives their bytes to letters, as the job of documents does."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.stockage.api import Stockage
from portal.documents.modeles import ServiceCite
from portal.documents.modeles_lettres import LettreAgent, figer
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.lettres import CopieParapheur, GabaritLettre, Lettre, RetourParapheur
from portal.vocabulaire import EtatDocument, GenreDocument
from portal.vocabulaire_instruction import EtatLettre, GenreLettre
from portal.vocabulaire_lettres import EtatCopie, EtatRetour


def lettres_pretes(session: Session, stockage: Stockage | None = None) -> None:
    """Every letter that waits has its PDF. Without `stockage` nobody will read its bytes."""
    for document in session.scalars(
        select(Document).where(Document.genre == GenreDocument.LETTRE, Document.etat == EtatDocument.A_PRODUIRE)
    ):
        octets = f"%PDF-1.7 {document.numero}".encode()
        empreinte = hashlib.sha256(octets).hexdigest()
        if stockage is not None:
            stockage.ecrire(empreinte[:32], octets)
        fichier = Fichier(
            sha256=empreinte, cle_stockage=empreinte[:32], taille=len(octets), type_mime="application/pdf"
        )
        session.add(fichier)
        session.flush()
        document.fichier_id, document.etat, document.produced_at = fichier.id, EtatDocument.PRET, maintenant()
    session.flush()


def du_monde(session: Session, dossier: Dossier, auteur: User, fichier: Fichier) -> dict[str, str | int]:
    """A template, a letter that came back signed and nobody outside the service reads yet, a page that shows no code."""
    gabarit = {"genre": GenreLettre.REFUS, "version": 1, "objet": "Refus", "corps": "{motif}", "auteur_id": auteur.id}
    retour = RetourParapheur(service_id=dossier.service_id, par_id=auteur.id, etat=EtatRetour.LU)
    session.add_all((GabaritLettre(service_id=dossier.service_id, **gabarit), retour))
    session.flush()
    copie = CopieParapheur(
        retour_id=retour.id, fichier_id=fichier.id, nom="scan.pdf", pages="1", etat=EtatCopie.A_CHOISIR
    )
    session.add(copie)
    lettre = _lettre_signee(session, dossier, auteur, fichier)
    session.commit()
    return {
        "genre_lettre": GenreLettre.REFUS.value,
        "version_gabarit": 1,
        "lettre": lettre.numero,
        "retour_parapheur": retour.id,
        "copie_parapheur": copie.id,
    }


def _lettre_signee(session: Session, dossier: Dossier, auteur: User, fichier: Fichier) -> Document:
    page = LettreAgent("D-LETTRE", "Arrêté", dossier.reference, ServiceCite("DDETS", "", "", ""), (), "", "Arrêté", ())
    document = Document(
        numero="D-LETTRE",
        genre=GenreDocument.LETTRE,
        nom="Arrêté",
        gabarit="LettreAgent",
        html="<p>",
        parametres={"lettre": figer(page)},
        auteur_id=auteur.id,
        service_id=dossier.service_id,
        dossier_id=dossier.id,
        etat=EtatDocument.PRET,
        fichier_id=fichier.id,
    )
    session.add(document)
    session.flush()
    etat = {"etat": EtatLettre.SIGNEE, "signe_fichier_id": fichier.id}
    session.add(Lettre(dossier_id=dossier.id, genre=GenreLettre.ARRETE, document_id=document.id, **etat))
    return document
