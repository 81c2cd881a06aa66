"""Gestures of the tests of files: what DS lists, what is here, what somebody adds there."""

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.formats import maintenant
from portal.models.dossiers import Dossier, DossierDS
from portal.models.fichiers_ds import FichierDS
from portal.services import synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire_ds import EtatFichierDS
from tests.integration.ds.conftest import ClientCompteur


def fichiers(session: Session, *conditions: ColumnElement[bool]) -> list[FichierDS]:
    """What is known of them now, in the order in which they came."""
    session.expire_all()
    return list(session.scalars(select(FichierDS).where(*conditions).order_by(FichierDS.id)))


def etats(session: Session) -> set[EtatFichierDS]:
    """The states in which they are."""
    return {un.etat for un in fichiers(session)}


def dossier_de(session: Session, number: int) -> Dossier:
    """Our dossier of that number."""
    return session.scalars(select(Dossier).join(DossierDS).where(DossierDS.number == number)).one()


def sans_delai(session: Session) -> None:
    """As if the time before the next try had passed."""
    session.execute(update(FichierDS).values(prochain_essai=maintenant()))
    session.commit()


def joindre(simulateur: Simulateur, ds: ClientCompteur, number: int, octets: bytes, nom: str = "piece.bin") -> None:
    """A file that somebody attaches to a message at DS."""
    fiche = simulateur.donnees.dossiers[number]
    instructeur = fiche.contenu["groupeInstructeur"]["instructeurs"][0]["id"]
    jeton = ds.televerser(fiche.contenu["id"], nom=nom, type_mime="application/pdf", octets=octets)
    ds.envoyer_message(fiche.contenu["id"], instructeur, texte="Voici la pièce.", piece=jeton)


def relire(moyens: Moyens, number: int) -> None:
    """Read a dossier again, as after a webhook."""
    with moyens.fabrique() as session:
        dossier_id = dossier_de(session, number).id
    synchronisation.sync_one(moyens, dossier_id)
