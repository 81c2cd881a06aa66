"""What DS changes without dating it is seen all the same: labels at night, attestations and scanned files a moment later."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from integrations.demarches_simplifiees.simulator.verite.donnees import iso
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import DossierDS
from portal.models.synchronisation import RelectureDS
from portal.queries.elements_ds import elements, partie
from portal.services import relectures, synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire_ds import GenreRun
from tests.integration.ds.conftest import DEMARCHE, ClientCompteur, modifier

UN = 21_000_001


def _copie(session: Session, number: int = UN) -> DossierDS:
    session.expire_all()
    return session.scalars(select(DossierDS).where(DossierDS.number == number)).one()


def _a_relire(session: Session) -> dict[int, datetime]:
    relus = {un.number: un.prochain_essai for un in session.scalars(select(RelectureDS))}
    session.commit()
    return relus


def _une_minute_passe(session: Session) -> None:
    session.execute(update(RelectureDS).values(prochain_essai=maintenant() - timedelta(seconds=1)))
    session.commit()


def test_a_label_is_seen_by_the_run_that_compares_everything(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur, ds: ClientCompteur
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    contenu = simulateur.donnees.dossiers[UN].contenu
    label = next(un for un in simulateur.donnees.demarches[DEMARCHE]["labels"] if un not in contenu["labels"])
    contenu["labels"] = [label]
    ds.oublier()
    assert synchronisation.sync(moyens, DEMARCHE, genre=GenreRun.COMPLET).changes == 1
    assert ds.entiers == 1
    assert _copie(session).etiquettes == label["id"]
    assert [un["libelle"] for un in partie(elements(_copie(session)), "labels")] == [label["name"]]


def test_an_attestation_made_after_the_decision_is_read_within_the_minute(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    decidee = iso(maintenant())
    modifier(simulateur, UN, state="accepte", attestation=None, dateTraitement=decidee)
    debut = maintenant()
    synchronisation.sync(moyens, DEMARCHE)
    assert timedelta() < _a_relire(session)[UN] - debut <= timedelta(minutes=2)
    fichier = next(
        champ["files"][0]
        for fiche in simulateur.donnees.dossiers.values()
        for champ in fiche.contenu["champs"]
        if champ.get("files")
    )
    # as DS does: nothing dates it
    simulateur.donnees.dossiers[UN].contenu["attestation"] = {**fichier, "filename": "attestation.pdf"}
    _une_minute_passe(session)
    relectures.run_due(moyens)
    assert _copie(session).raw["attestation"]["filename"] == "attestation.pdf"
    assert UN not in _a_relire(session)


def test_old_decisions_without_attestation_are_left_alone(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    hier = iso(maintenant() - timedelta(days=1))
    with simulateur.donnees.verrou:
        for fiche in simulateur.donnees.dossiers.values():
            fiche.contenu.update(state="accepte", attestation=None, dateDerniereModification=hier)
    synchronisation.sync(moyens, DEMARCHE)
    assert _a_relire(session) == {}
