"""The worker that sends to DS is killed at every point of its work: nothing is lost, nothing is done twice."""

import random
from collections import Counter
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from portal.config import Config
from portal.db import Fabrique
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import OperationDS
from portal.models.journal import Evenement
from portal.services import actes_ds, fichiers, operations_ds, synchronisation
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import Etat, EtatEnvoi, Source
from tests.factories import Fabriques
from tests.integration import arret
from tests.integration.ds import pousseur
from tests.integration.ds.conftest import DEMARCHE, INSTANCE, brancher, client
from tests.integration.ds.poussee import MEMBRE, acteur, entrer

KILLS = 12
MOMENTS = ("before", "after", "reading", "depositing")
PIECE = "avenant.pdf"


def test_twelve_kill_9_lose_nothing_and_repeat_nothing(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    tirage = random.Random(20260101)
    with demarrer(dossiers=60) as simulateur, client(simulateur) as ds:
        moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
        attendus = _preparer(moyens, simulateur)
        ou = (base_reelle, simulateur.url, simulateur.jeton, config.stockage_dossier)
        for rang in range(KILLS):
            arret.tuer(pousseur.main, *ou, tirage.choice((1, 2)), MOMENTS[rang % len(MOMENTS)])
        assert len(simulateur.donnees.effets) < sum(attendus.values())
        arret.finir(pousseur.main, *ou, 0, "never")
        assert Counter((un.mutation, un.number) for un in simulateur.donnees.effets) == attendus
        assert _pieces(simulateur) == attendus.keys() & _messages(attendus)
        assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    with fabrique_reelle() as session:
        assert set(session.scalars(select(OperationDS.etat))) == {EtatEnvoi.ENVOYE}
        confirmees = select(func.count()).select_from(Evenement).where(Evenement.action == "operation_ds_confirmee")
        assert session.scalar(confirmees) == sum(attendus.values())


def _messages(attendus: Counter[tuple[str, int]]) -> set[tuple[str, int]]:
    return {un for un in attendus if un[0] == "dossierEnvoyerMessage"}


def _pieces(simulateur: Simulateur) -> set[tuple[str, int]]:
    """The dossiers that bear our file, exactly once."""
    portees = Counter(
        number
        for number, fiche in simulateur.donnees.dossiers.items()
        for message in fiche.contenu["messages"]
        for piece in message["attachments"]
        if piece["filename"] == PIECE
    )
    assert set(portees.values()) == {1}
    return {("dossierEnvoyerMessage", number) for number in portees}


def _preparer(moyens: Moyens, simulateur: Simulateur) -> Counter[tuple[str, int]]:
    """Sync, then owe four acts for each dossier that waits: what DS must have applied at the end."""
    entrer(simulateur)
    with moyens.fabrique() as session:
        creer = Fabriques(session)
        demarche = creer.demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE)
        agent = creer.agent(demarche.service, email=MEMBRE["email"])
        session.commit()
        assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
        session.refresh(demarche)
        piece, _ = fichiers.keep(session, fichiers.store(moyens.stockage, b"%PDF-1.7", "application/pdf"))
        deposes = select(Dossier, DossierDS.number).join(DossierDS).where(Dossier.etat == Etat.EN_CONSTRUCTION)
        attendus: Counter[tuple[str, int]] = Counter()
        for dossier, number in session.execute(deposes.order_by(Dossier.id)).all():
            if simulateur.donnees.dossiers[number].contenu["dateDerniereCorrectionEnAttente"] is None:
                attendus.update((mutation, number) for mutation in _devoir(session, agent, dossier, piece, simulateur))
                session.commit()
    assert sum(attendus.values()) > 2 * KILLS, "a kill could find nothing left to do"
    return attendus


def _devoir(session: Session, agent: User, dossier: Dossier, piece: Fichier, simulateur: Simulateur) -> tuple[str, ...]:
    par = acteur(agent, dossier.service_id)
    contenu = simulateur.donnees.dossiers[int(dossier.reference.removeprefix("DS-"))].contenu
    analyse = next(une["id"] for une in contenu["annotations"] if une["label"] == "Analyse du service")
    libre = dossier.demarche.etiquettes[-1]["id"]
    contenu["labels"] = [un for un in contenu["labels"] if un["id"] != libre]
    actes_ds.send_message(session, by=par, dossier=dossier, texte="Voici l’avenant.", fichier=piece, nom_fichier=PIECE)
    actes_ds.edit_annotations(session, by=par, dossier=dossier, valeurs={analyse: f"Vu pour {dossier.reference}"})
    actes_ds.add_label(session, by=par, dossier=dossier, label_id=libre)
    operations_ds.queue(session, by=par, dossier=dossier, mutation="passer_en_instruction")
    return (
        "dossierEnvoyerMessage",
        "dossierModifierAnnotations",
        "dossierAjouterLabel",
        "dossierPasserEnInstruction",
    )
