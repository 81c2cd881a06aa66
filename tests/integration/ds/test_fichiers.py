"""The files of DS dossiers are copied whole, once, checked and scanned; nothing that may come back is given up."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from integrations.antivirus import simulateur as clamd
from integrations.antivirus.clamd import Clamd
from integrations.antivirus.simulateur import EICAR, Humeur
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.types import FichierDS as FichierRecu
from integrations.stockage.api import Stockage, StockageIndisponible
from portal.config import Config
from portal.db import Fabrique
from portal.models.demarches import Demarche
from portal.models.documents import Fichier
from portal.models.fichiers_ds import FichierDS
from portal.models.journal import Evenement
from portal.services import antivirus, fichiers_ds, synchronisation
from portal.services.fichiers_ds import copies, notes, prises
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import Source, VerdictAntivirus
from portal.vocabulaire_ds import EtatFichierDS
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE, ClientCompteur, brancher, modifier
from tests.integration.ds.copies import dossier_de, etats, fichiers, joindre, relire, sans_delai
from tests.requetes import requetes

UN = PREMIER_NUMERO


@pytest.fixture
def simulateur() -> Iterator[Simulateur]:
    """Six dossiers: enough files of every part."""
    with demarrer(dossiers=6) as ouvert:
        yield ouvert


@pytest.fixture
def lus(moyens: Moyens, demarche: Demarche) -> Demarche:
    """The démarche, read once: its files are known, none is here."""
    assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    return demarche


@pytest.fixture
def scanner() -> Iterator[clamd.Simulateur]:
    """An antivirus that answers."""
    with clamd.demarrer() as serveur:
        yield serveur


def avec_antivirus(moyens: Moyens, serveur: clamd.Simulateur) -> Moyens:
    return replace(moyens, antivirus=Clamd(serveur.adresse, delai=5.0, delai_connexion=2.0))


def test_every_file_is_copied_whole_and_the_same_content_is_kept_once(
    session: Session, moyens: Moyens, simulateur: Simulateur, ds: ClientCompteur, lus: Demarche
) -> None:
    joindre(simulateur, ds, UN, b"%PDF-1.7 le meme devis")
    joindre(simulateur, ds, UN + 1, b"%PDF-1.7 le meme devis")
    relire(moyens, UN)
    relire(moyens, UN + 1)
    assert copies.copy_due(moyens) is False
    copies_faites = fichiers(session)
    assert {un.etat for un in copies_faites} == {EtatFichierDS.RECU}
    for un in copies_faites:
        assert un.fichier is not None
        octets = moyens.stockage.lire(un.fichier.cle_stockage)
        assert copies._md5(octets) == un.checksum
        assert len(octets) == un.fichier.taille
    memes = [un for un in copies_faites if un.nom == "piece.bin"]
    assert len(memes) == 2
    assert len({un.fichier_id for un in memes}) == 1
    assert {un.fichier.type_mime for un in memes if un.fichier} == {"application/pdf"}
    gardes = sum(1 for chemin in moyens.config.stockage_dossier.rglob("*") if chemin.is_file())
    assert gardes == session.scalar(select(func.count()).select_from(Fichier))


def test_no_address_of_a_file_is_ever_kept(session: Session, moyens: Moyens, lus: Demarche) -> None:
    copies.copy_due(moyens)
    lignes = session.scalars(text("SELECT row_to_json(fichier_ds)::text FROM fichier_ds")).all()
    assert lignes
    assert not [ligne for ligne in lignes if "http" in ligne]


def test_files_cost_a_page_the_same_statements_whatever_their_number(
    session: Session, moyens: Moyens, ds: ClientCompteur, lus: Demarche
) -> None:
    lot = [(dossier_de(session, number).id, lire(ds.lire_dossier(number))) for number in range(UN, UN + 6)]
    session.execute(text("DELETE FROM fichier_ds"))
    with requetes() as premieres:
        fichiers_ds.note_files(session, lot, lus)
    with requetes() as suivantes:
        fichiers_ds.note_files(session, lot, lus)
    assert len([une for une in premieres if "fichier_ds" in une]) == 2
    assert len(suivantes) == 1
    analyses = [(ident, [replace(un, virus="integrity_error") for un in recu.fichiers]) for ident, recu in lot]
    with requetes() as verdicts:
        notes.note(session, analyses, lus)
    assert len(verdicts) == 2


def test_an_expired_address_is_asked_for_again(
    session: Session, moyens: Moyens, simulateur: Simulateur, lus: Demarche
) -> None:
    simulateur.donnees.pannes.regler({"url_expiree": 1.0})
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.ATTENDU}
    simulateur.donnees.pannes.regler({})
    sans_delai(session)
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.RECU}


def test_bytes_that_are_not_those_of_the_checksum_are_fetched_again_then_refused_with_the_reason(
    session: Session, moyens: Moyens, simulateur: Simulateur, lus: Demarche
) -> None:
    simulateur.donnees.pannes.regler({"somme_fausse": 1.0})
    copies.copy_due(moyens)
    assert {(un.etat, un.essais) for un in fichiers(session)} == {(EtatFichierDS.ATTENDU, 2)}
    for _ in range(prises.ESSAIS - 2):
        sans_delai(session)
        copies.copy_due(moyens)
    refuses = fichiers(session)
    assert {un.etat for un in refuses} == {EtatFichierDS.REFUSE}
    assert "empreinte" in refuses[0].erreur
    assert not any(chemin.is_file() for chemin in moyens.config.stockage_dossier.rglob("*"))


def test_an_outage_of_ds_loses_no_file_however_long_it_lasts(
    session: Session, moyens: Moyens, simulateur: Simulateur, lus: Demarche
) -> None:
    simulateur.donnees.pannes.regler({"erreur_502": 1.0})
    for _ in range(3 * prises.ESSAIS):
        sans_delai(session)
        assert copies.copy_due(moyens) is False
    assert etats(session) == {EtatFichierDS.ATTENDU}
    simulateur.donnees.pannes.regler({})
    sans_delai(session)
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.RECU}


class StockageEnPanne:
    """A storage with no room left, or whose machine dies once the bytes are written."""

    def __init__(self, vrai: Stockage, panne: BaseException, *, apres: bool) -> None:
        self._vrai, self._panne, self._apres = vrai, panne, apres

    def ecrire(self, cle: str, octets: bytes) -> None:
        if self._apres:
            self._vrai.ecrire(cle, octets)
        raise self._panne

    def lire(self, cle: str) -> bytes:
        return self._vrai.lire(cle)

    def existe(self, cle: str) -> bool:
        return self._vrai.existe(cle)

    def supprimer(self, cle: str) -> None:
        self._vrai.supprimer(cle)


def test_a_full_disk_leaves_no_row_that_points_to_nothing(session: Session, moyens: Moyens, lus: Demarche) -> None:
    plein = StockageEnPanne(moyens.stockage, StockageIndisponible("plus de place"), apres=False)
    copies.copy_due(replace(moyens, stockage=plein))
    assert etats(session) == {EtatFichierDS.ATTENDU}
    assert session.scalar(select(func.count()).select_from(Fichier)) == 0
    sans_delai(session)
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.RECU}


class Mort(BaseException):
    """The worker is killed: nothing of ours runs after it."""


@pytest.mark.parametrize("apres", [False, True], ids=["before the bytes", "after the bytes"])
def test_a_killed_worker_leaves_its_files_to_the_next_one(
    session: Session, moyens: Moyens, lus: Demarche, *, apres: bool
) -> None:
    mourant = replace(moyens, stockage=StockageEnPanne(moyens.stockage, Mort(), apres=apres))
    with pytest.raises(Mort):
        copies.copy_due(mourant)
    tenus = fichiers(session, FichierDS.pris_at.is_not(None))
    assert tenus
    copies.copy_due(moyens)
    assert all(un.etat == EtatFichierDS.ATTENDU for un in fichiers(session, FichierDS.id.in_([un.id for un in tenus])))
    session.execute(update(FichierDS).values(pris_at=FichierDS.pris_at - prises.BAIL - timedelta(seconds=1)))
    session.commit()
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.RECU}


def test_a_file_that_kills_every_worker_is_refused_at_last(session: Session, moyens: Moyens, lus: Demarche) -> None:
    session.execute(update(FichierDS).values(essais=prises.ESSAIS))
    session.commit()
    while copies.copy_due(moyens):
        pass
    assert etats(session) == {EtatFichierDS.REFUSE}
    assert "interrompue" in fichiers(session)[0].erreur


def test_a_worker_that_lost_its_lease_changes_nothing(session: Session, moyens: Moyens, lus: Demarche) -> None:
    with moyens.fabrique.begin() as ouverte:
        lente = prises.take(ouverte, prises.next_due(ouverte))
    assert lente is not None
    session.execute(update(FichierDS).values(pris_at=FichierDS.pris_at - timedelta(hours=1)))
    session.commit()
    copies.copy_due(moyens)
    avant = [(un.id, un.fichier_id, un.recu_at) for un in fichiers(session)]
    copies.copy(moyens, lente)
    assert [(un.id, un.fichier_id, un.recu_at) for un in fichiers(session)] == avant


def test_what_ds_no_longer_lists_is_lost_in_words_and_found_again_when_it_comes_back(
    session: Session, moyens: Moyens, simulateur: Simulateur, ds: ClientCompteur, lus: Demarche
) -> None:
    joindre(simulateur, ds, UN, b"un devis")
    relire(moyens, UN)
    messages = simulateur.donnees.dossiers[UN].contenu["messages"]
    modifier(simulateur, UN, messages=messages[:-1])
    copies.copy_due(moyens)
    perdu = fichiers(session, FichierDS.nom == "piece.bin")[0]
    assert perdu.etat == EtatFichierDS.PERDU
    assert "ne montre plus ce fichier" in perdu.erreur
    modifier(simulateur, UN, messages=messages)
    relire(moyens, UN)
    copies.copy_due(moyens)
    revenu = fichiers(session, FichierDS.nom == "piece.bin")[0]
    assert (revenu.etat, revenu.disparu_at) == (EtatFichierDS.RECU, None)


def test_a_copied_file_that_ds_removes_stays_here_and_says_so(
    session: Session, moyens: Moyens, simulateur: Simulateur, ds: ClientCompteur, lus: Demarche
) -> None:
    joindre(simulateur, ds, UN, b"un devis")
    relire(moyens, UN)
    copies.copy_due(moyens)
    modifier(simulateur, UN, messages=simulateur.donnees.dossiers[UN].contenu["messages"][:-1])
    relire(moyens, UN)
    garde = fichiers(session, FichierDS.nom == "piece.bin")[0]
    assert garde.etat == EtatFichierDS.RECU
    assert garde.disparu_at is not None


def test_an_infected_file_is_neither_kept_nor_given(
    session: Session,
    moyens: Moyens,
    simulateur: Simulateur,
    ds: ClientCompteur,
    lus: Demarche,
    scanner: clamd.Simulateur,
) -> None:
    joindre(simulateur, ds, UN, EICAR)
    relire(moyens, UN)
    copies.copy_due(avec_antivirus(moyens, scanner))
    infecte = fichiers(session, FichierDS.nom == "piece.bin")[0]
    assert (infecte.etat, infecte.fichier_id) == (EtatFichierDS.REFUSE, None)
    assert "virus" in infecte.erreur
    sains = fichiers(session, FichierDS.id != infecte.id)
    assert {un.fichier.verdict for un in sains if un.fichier} == {VerdictAntivirus.SAIN}


class ClientSuspect(ClientCompteur):
    """The client of a DS whose antivirus has just found a virus everywhere: such files are still listed for a moment."""

    telecharges = 0

    def lire_fichiers(self, number: int) -> tuple[FichierRecu, ...]:
        return tuple(replace(un, virus="infected") for un in super().lire_fichiers(number))

    def telecharger(self, url: str, *, maximum: int) -> bytes:
        self.telecharges += 1
        return super().telecharger(url, maximum=maximum)


def test_a_file_that_ds_calls_infected_is_never_fetched(
    session: Session, moyens: Moyens, simulateur: Simulateur, lus: Demarche
) -> None:
    with ClientSuspect(simulateur.url, simulateur.jeton, delai_lecture=5.0, tentatives=1) as suspect:
        copies.copy_due(replace(moyens, ds=suspect))
    assert etats(session) == {EtatFichierDS.REFUSE}
    assert suspect.telecharges == 0


def test_what_the_antivirus_could_not_scan_waits_for_it(
    session: Session,
    moyens: Moyens,
    simulateur: Simulateur,
    ds: ClientCompteur,
    lus: Demarche,
    scanner: clamd.Simulateur,
) -> None:
    protege = avec_antivirus(moyens, scanner)
    joindre(simulateur, ds, UN, EICAR)
    relire(moyens, UN)
    scanner.humeur = Humeur.RACCROCHE
    copies.copy_due(protege)
    verdicts = set(session.scalars(select(Fichier.verdict)))
    assert verdicts == {VerdictAntivirus.INDISPONIBLE}
    assert antivirus.scan_due(protege) == 0
    scanner.humeur = Humeur.SAINE
    session.execute(update(Fichier).values(verdict_at=Fichier.verdict_at - antivirus.RELANCE))
    session.commit()
    assert antivirus.scan_due(protege) == session.scalar(select(func.count()).select_from(Fichier))
    session.expire_all()
    infecte = fichiers(session, FichierDS.nom == "piece.bin")[0]
    assert infecte.etat == EtatFichierDS.REFUSE
    assert infecte.fichier is not None
    assert infecte.fichier.verdict == VerdictAntivirus.INFECTE
    assert session.scalars(select(Evenement).where(Evenement.action == "fichier_infecte")).one()


def test_without_an_antivirus_nothing_is_ever_called_clean(session: Session, moyens: Moyens, lus: Demarche) -> None:
    copies.copy_due(moyens)
    assert antivirus.scan_due(moyens) == 0
    assert set(session.scalars(select(Fichier.verdict))) == {VerdictAntivirus.INDISPONIBLE}


def test_eight_workers_copy_each_file_once(
    config: Config, simulateur: Simulateur, ds: ClientCompteur, fabrique_reelle: Fabrique
) -> None:
    moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
    with fabrique_reelle() as session:
        Fabriques(session).demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE)
    synchronisation.sync(moyens, DEMARCHE)
    with ThreadPoolExecutor(8) as ouvriers:
        list(ouvriers.map(copies.copy_due, [moyens] * 8))
    with fabrique_reelle() as session:
        faits = fichiers(session)
        assert {(un.etat, un.essais) for un in faits} == {(EtatFichierDS.RECU, 1)}
        gardes = session.scalar(select(func.count()).select_from(Fichier))
    assert sum(1 for chemin in config.stockage_dossier.rglob("*") if chemin.is_file()) == gardes


def test_kill_9_at_any_point_tears_no_file_and_loses_none(
    config: Config, simulateur: Simulateur, ds: ClientCompteur, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
    with fabrique_reelle() as session:
        Fabriques(session).demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE)
    synchronisation.sync(moyens, DEMARCHE)
    programme = [sys.executable, "-m", "tests.integration.ds.copieur", base_reelle, simulateur.url, simulateur.jeton]
    programme.append(str(config.stockage_dossier))
    for moment in ("asking", "downloaded", "stored"):
        with subprocess.Popen([*programme, "2", moment], stdout=subprocess.PIPE, text=True) as copieur:
            assert copieur.stdout is not None
            assert any(ligne == "arrete\n" for ligne in copieur.stdout)
            copieur.kill()
    subprocess.run([*programme, "0", "never"], check=True, timeout=120)
    with fabrique_reelle() as session:
        faits = fichiers(session)
        assert {un.etat for un in faits} == {EtatFichierDS.RECU}
        for un in faits:
            assert un.fichier is not None
            assert copies._md5(moyens.stockage.lire(un.fichier.cle_stockage)) == un.checksum
