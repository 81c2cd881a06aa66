"""Imports are taken back as a whole: all is tried first, then written by packets, whatever happens meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport, LotImport
from portal.models.journal import Evenement
from portal.models.taches import NotePersonnelle
from portal.permissions import Acteur
from portal.services import annulations_imports, imports, imports_demandes
from portal.services.annulations_imports import advance
from portal.services.applications_imports import ESSAIS_MAXIMAUX
from portal.services.baux_imports import take
from portal.services.moyens import Moyens
from portal.services.travail_imports import run_due
from portal.vocabulaire_imports import EtatImport, EtatLigneImport
from tests.client import ClientStrict
from tests.fabriques_imports import acteur_de, annuler, importer, lignes_de, lot
from tests.factories import Fabriques

LIGNES, DOSSIERS = 7, 6


@pytest.fixture(autouse=True)
def _petits_paquets(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few lines make several packets."""
    monkeypatch.setattr(annulations_imports, "PAQUET", 2)


@pytest.fixture
def agent(creer: Fabriques) -> User:
    return creer.agent()


@pytest.fixture
def importe(creer: Fabriques, moyens: Moyens, session: Session, agent: User) -> LotImport:
    """Requests that were written: the first and the last line are of one dossier."""
    rangs = [rang % DOSSIERS for rang in range(LIGNES)]
    dites = [
        {"reference_source": f"R{un}", "association_nom": f"Club {un}", "montant_demande": "10.00"} for un in rangs
    ]
    dites[-1] |= {"exercice": "2027"}
    faite = importer(moyens, session, agent, lot(creer, agent, lignes=dites))
    assert session.scalar(select(func.count()).select_from(Dossier)) == DOSSIERS
    return faite


def _references(session: Session) -> set[str]:
    session.expire_all()
    return set(session.scalars(select(Dossier.demandeur_nom)))


def _retraits(session: Session) -> int:
    racontes = select(func.count()).where(Evenement.action.in_(("dossier_importe_retire", "import_retire")))
    return session.scalar(racontes) or 0


def _noter(session: Session, agent: User, nom: str) -> NotePersonnelle:
    dossier = session.scalars(select(Dossier).where(Dossier.demandeur_nom == nom)).one()
    note = NotePersonnelle(user_id=agent.id, dossier_id=dossier.id, texte="À appeler.")
    session.add(note)
    session.commit()
    return note


def _jusqu_a_la_reprise(session: Session, agent: User, importe: LotImport) -> None:
    """Ask for it to be undone, and do the first pass of it, as a worker that stops there."""
    imports.undo(session, by=acteur_de(session, agent), lot=importe, version=importe.version)
    session.commit()
    pris = take(session, importe.id)
    marque = pris.pris_at if pris else None
    while marque is not None and not importe.comptes.get("annulation", {}).get("essayee"):
        session.commit()
        marque = advance(session, importe.id, marque)
    session.commit()
    assert marque is not None


def test_lines_of_one_dossier_that_are_packets_apart_are_taken_back_together(
    moyens: Moyens, session: Session, agent: User, importe: LotImport
) -> None:
    annuler(moyens, session, agent, importe)
    assert importe.etat == EtatImport.ANNULE, importe.comptes
    assert _references(session) == set()
    assert {une.etat for une in lignes_de(session, importe)} == {EtatLigneImport.ANNULEE}
    assert (importe.comptes["annulee"], importe.comptes["faite"]) == (LIGNES, 0)
    assert _retraits(session) == LIGNES, "what was tried is not told"


def test_all_that_depends_is_told_and_nothing_has_moved(
    moyens: Moyens, session: Session, agent: User, importe: LotImport
) -> None:
    for nom in ("Club 1", "Club 5"):
        _noter(session, agent, nom)
    annuler(moyens, session, agent, importe)
    assert importe.etat == EtatImport.APPLIQUE
    assert importe.comptes["bloquees"] == 2
    assert {dit.partition("\u00a0")[0] for dit in importe.comptes["blocages"]} == {"Ligne 3", "Ligne 7"}
    assert len(_references(session)) == DOSSIERS
    assert _retraits(session) == 0


def test_work_done_while_it_is_taken_back_is_kept_and_told(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User, importe: LotImport
) -> None:
    _jusqu_a_la_reprise(session, agent, importe)
    client.connecter(agent)
    client.get(f"/instruction/imports/{importe.id}")
    assert "Annulation : 0 lignes sur 7" in client.texte()
    note = _noter(session, agent, "Club 3")
    run_due(moyens, bail=timedelta(0))
    assert _references(session) == {"Club 3"}
    assert (importe.etat, importe.comptes["annulee"], importe.comptes["faite"]) == (EtatImport.APPLIQUE, 6, 1)
    client.get(f"/instruction/imports/{importe.id}")
    assert "L’import n’est annulé qu’en partie" in client.texte()
    assert "6 lignes sont annulées" in client.texte()
    assert "a reçu depuis une note" in client.texte()
    session.delete(note)
    session.commit()
    assert annuler(moyens, session, agent, importe).etat == EtatImport.ANNULE
    assert _references(session) == set()


@pytest.mark.parametrize("fois", [1, ESSAIS_MAXIMAUX - 1, 1_000])
def test_a_dossier_that_somebody_holds_is_tried_again_then_named(
    moyens: Moyens, session: Session, agent: User, importe: LotImport, monkeypatch: pytest.MonkeyPatch, fois: int
) -> None:
    tenu = session.scalars(select(Dossier.id).where(Dossier.demandeur_nom == "Club 2")).one()
    essais: list[int] = []
    vrai = imports_demandes.undo

    def undo(session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        vrai(session, by=by, lot=lot, ligne=ligne)
        if ligne.objet == f"dossier:{tenu}":
            essais.append(ligne.numero)
            if len(essais) <= fois:
                session.execute(text("SET LOCAL statement_timeout = 10"))
                session.execute(text("SELECT pg_sleep(5)"))

    monkeypatch.setattr("portal.services.metiers_imports.imports_demandes.undo", undo)
    annuler(moyens, session, agent, importe)
    if fois < ESSAIS_MAXIMAUX:
        assert importe.etat == EtatImport.ANNULE, importe.comptes
        assert _references(session) == set()
    else:
        assert importe.etat == EtatImport.APPLIQUE
        assert "quelqu’un modifiait" in importe.comptes["blocages"][0]
        assert len(_references(session)) == DOSSIERS
        assert len(essais) == ESSAIS_MAXIMAUX
    assert run_due(moyens) == 0


def test_the_page_tells_that_lines_are_checked_before_anything_is_taken_back(
    client: ClientStrict, session: Session, agent: User, importe: LotImport
) -> None:
    imports.undo(session, by=acteur_de(session, agent), lot=importe, version=importe.version)
    session.commit()
    client.connecter(agent)
    client.get(f"/instruction/imports/{importe.id}")
    assert "rien n’est encore retiré" in client.texte()
    assert "Vérification : 0 lignes sur 7" in client.texte()
