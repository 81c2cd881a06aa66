"""A day of signatures that is over gets one tree, and each of its signatures one receipt that bears its proof."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.documents import preuve_cer
from portal.jobs import arbres_cer as travaux
from portal.jobs.application import brancher
from portal.models.documents import Document
from portal.models.engagements import Engagement
from portal.models.journal import Evenement
from portal.models.souscriptions import ArbreCer
from portal.queries import journal, preuves_cer
from portal.services import arbres_cer
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import GenreDocument
from tests.client import ClientStrict
from tests.factories import Fabriques

ADRESSE = "http://portail.test"
# 10 December 2026 in Paris begins at 23:00 UTC on the 9th.
MIDI = datetime(2026, 12, 10, 11, tzinfo=UTC)
TUER = """
import os, signal, sys
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.services import arbres_cer
with make_fabrique(make_engine(sys.argv[1])).begin() as session:
    arbres_cer.close_next_day(session) if sys.argv[2] == "fermer" else arbres_cer.issue_proofs(session, adresse="http://portail.test")
    print("fait", flush=True)
    sys.stdin.read()
"""


def signer(creer: Fabriques, *instants: datetime) -> list[Engagement]:
    """A signature at each instant, each by another association."""
    return [creer.engagement(creer.mandat(creer.usager(), creer.association()), signed_at=un) for un in instants]


def recus(session: Session) -> list[Document]:
    """Receipts that bear a proof, in the order in which they were issued."""
    choix = select(Document).where(Document.genre == GenreDocument.RECU_AVEC_PREUVE)
    return list(session.scalars(choix.order_by(Document.id)))


def test_a_day_is_closed_once_it_is_over_in_paris(creer: Fabriques, session: Session) -> None:
    signer(creer, MIDI)
    assert arbres_cer.close_next_day(session, now=datetime(2026, 12, 10, 22, 59, tzinfo=UTC)) is None
    arbre = arbres_cer.close_next_day(session, now=datetime(2026, 12, 10, 23, 0, tzinfo=UTC))
    assert arbre is not None
    assert (arbre.jour.isoformat(), arbre.taille) == ("2026-12-10", 1)
    assert arbres_cer.close_next_day(session, now=datetime(2026, 12, 11, 22, tzinfo=UTC)) is None


def test_a_signature_of_the_last_second_belongs_to_its_day(creer: Fabriques, session: Session) -> None:
    minuit = datetime(2026, 12, 10, 23, tzinfo=UTC)
    signer(creer, minuit - timedelta(microseconds=1), minuit)
    tailles = []
    while arbre := arbres_cer.close_next_day(session, now=MIDI + timedelta(days=2)):
        tailles.append((arbre.jour.day, arbre.premier, arbre.dernier))
    assert tailles == [(10, 1, 1), (11, 2, 2)]


def test_missed_days_are_caught_up_in_order_and_empty_days_are_said(creer: Fabriques, session: Session) -> None:
    signer(creer, MIDI, MIDI, MIDI + timedelta(days=3))
    while arbres_cer.close_next_day(session, now=MIDI + timedelta(days=4)):
        pass
    arbres = list(preuves_cer.all_arbres(session))
    assert [(un.jour.day, un.taille) for un in arbres] == [(10, 2), (11, 0), (12, 0), (13, 1)]
    assert [un.precedente for un in arbres] == [preuve_cer.ORIGINE, *(un.chaine for un in arbres[:-1])]


def test_a_signature_that_comes_late_enters_the_next_tree(creer: Fabriques, session: Session) -> None:
    signer(creer, MIDI)
    arbres_cer.close_next_day(session, now=MIDI + timedelta(days=1))
    signer(creer, MIDI, MIDI + timedelta(days=1))
    arbre = arbres_cer.close_next_day(session, now=MIDI + timedelta(days=2))
    assert arbre is not None
    assert (arbre.premier, arbre.dernier) == (2, 3)


def test_the_tree_is_in_the_journal_which_stays_whole(creer: Fabriques, session: Session) -> None:
    signer(creer, MIDI)
    arbres_cer.close_next_day(session, now=MIDI + timedelta(days=1))
    session.commit()
    acte = session.scalars(select(Evenement).where(Evenement.objet == "arbres_cer")).one()
    assert acte.action == "arbre_cer_ferme"
    assert {"jour", "racine", "chaine"} <= set(acte.champs)
    assert not list(journal.faults(session))


def test_without_any_signature_nothing_is_written(session: Session) -> None:
    assert arbres_cer.close_next_day(session) is None
    assert arbres_cer.issue_proofs(session, adresse=ADRESSE) == 0


def test_each_signature_of_the_day_gets_its_receipt_with_proof_and_keeps_the_first(
    creer: Fabriques, session: Session
) -> None:
    engagements = signer(creer, *[MIDI] * 5)
    assert arbres_cer.issue_proofs(session, adresse=ADRESSE) == 0
    arbres_cer.close_next_day(session, now=MIDI + timedelta(days=1))
    assert [arbres_cer.issue_proofs(session, adresse=ADRESSE, lot=3) for _ in range(3)] == [3, 2, 0]
    for engagement, recu in zip(engagements, recus(session), strict=True):
        assert (recu.engagement_id, recu.auteur_id) == (engagement.id, engagement.signataire_id)
        jointes = (recu.parametres or {})["jointes"]
        preuve = preuve_cer.lire_jointe(jointes["preuve-cer.json"])
        assert preuve.fautes() == []
        assert preuve.preuve == engagement.preuve
        assert preuve_cer.empreinte(jointes["texte-cer.md"]) == engagement.texte_sha256


def test_the_signatory_finds_both_receipts(creer: Fabriques, session: Session, moyens: Moyens) -> None:
    (engagement,) = signer(creer, MIDI - timedelta(days=400))
    brancher(moyens)
    travaux.fermer(timestamp=0)
    travaux.fermer(timestamp=0)
    assert len(recus(session)) == 1
    assert session.scalar(select(func.count()).select_from(ArbreCer).where(ArbreCer.dernier == engagement.rang)) == 1


@pytest.mark.parametrize("etape", ["fermer", "emettre"])
def test_a_worker_killed_while_it_closes_a_day_writes_nothing_twice(
    etape: str, fabrique_reelle: Fabrique, base_reelle: str, config: Config
) -> None:
    with fabrique_reelle() as session:
        signer(Fabriques(session), *[datetime.now(UTC) - timedelta(days=2)] * 3)
    brancher(make_moyens(config, fabrique=fabrique_reelle))
    if etape == "emettre":
        with fabrique_reelle.begin() as session:
            arbres_cer.close_next_day(session)
    environnement = {**os.environ, "PYTHONPATH": os.getcwd()}
    commande = [sys.executable, "-c", TUER, base_reelle, etape]
    with subprocess.Popen(commande, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environnement) as ouvrier:
        assert ouvrier.stdout is not None
        assert ouvrier.stdout.readline() == b"fait\n"
        ouvrier.send_signal(signal.SIGKILL)
    travaux.fermer(timestamp=0)
    travaux.fermer(timestamp=0)
    with fabrique_reelle() as session:
        assert sorted(un.engagement_id or 0 for un in recus(session)) == list(session.scalars(select(Engagement.id)))
        assert [un.taille for un in preuves_cer.all_arbres(session)] == [3, 0]
        assert not list(journal.faults(session))


def test_the_roots_are_public_by_pages_and_as_one_file_and_name_nobody(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    client.get("/verifier/racines")
    assert "Aucun jour n’est encore clos" in client.texte()
    (engagement,) = signer(creer, MIDI)
    while arbres_cer.close_next_day(session, now=MIDI + timedelta(days=preuves_cer.PAR_PAGE + 5)):
        pass
    session.commit()
    client.get("/verifier/racines")
    assert "Page suivante" in client.texte()
    suite = client.get("/verifier/racines?avant=2026-12-11").get_data(as_text=True)
    arbre = next(preuves_cer.all_arbres(session))
    assert arbre.racine in suite
    assert arbre.chaine in suite
    reponse = client.get("/verifier/racines.json")
    jours = reponse.json["jours"] if reponse.json else []
    assert len(jours) == preuves_cer.PAR_PAGE + 5
    assert jours[0] == preuves_cer.publie(arbre)
    assert engagement.nom not in suite + reponse.get_data(as_text=True)
    assert engagement.code not in suite + reponse.get_data(as_text=True)
