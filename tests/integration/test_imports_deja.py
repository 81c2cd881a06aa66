"""What an earlier import has written is known again, whichever file brings it; what was refused is not taken for written."""

import secrets
from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport, LotImport
from portal.models.versements import SubventionPubliee, Versement
from portal.queries.imports import get_page
from portal.services import imports, imports_versements
from portal.services.fichiers import keep, store
from portal.services.moyens import Moyens
from portal.services.travail_imports import run, run_due
from portal.vocabulaire_imports import Comparaison, EtatImport, EtatLigneImport, GenreImport
from tests.client import ClientStrict
from tests.fabriques_imports import acteur_de, annuler, demarche, importer, lignes_de
from tests.factories import Fabriques

JANVIER = ("Club du canal;100,00;04/01/2026", "Club de la rive;200,00;05/01/2026", "Club de la rive;200,00;05/01/2026")
FEVRIER = ("Club du canal;150,00;03/02/2026", "Club du lac;80,00;06/02/2026")
ENTETE = "Bénéficiaire;Montant payé;Payé le"
NOUVELLE, INCHANGEE = Comparaison.NOUVELLE, Comparaison.INCHANGEE


@pytest.fixture
def agent(creer: Fabriques) -> User:
    return creer.agent()


def _lire(
    moyens: Moyens,
    session: Session,
    agent: User,
    lignes: tuple[str, ...],
    entete: str = ENTETE,
    genre: GenreImport = GenreImport.VERSEMENTS,
    demarche_id: int | None = None,
) -> LotImport:
    """The import of a CSV of these lines, once it is read."""
    octets = "\n".join((entete, *lignes)).encode()
    lu = imports.deposit(
        session,
        by=acteur_de(session, agent),
        fichier=keep(session, store(moyens.stockage, octets, "text/csv"))[0],
        nom="suivi.csv",
        genre=GenreImport.DEMANDES if demarche_id else genre,
        cle=secrets.token_hex(16),
    )
    session.commit()
    run_due(moyens)
    session.expire_all()
    if demarche_id:
        imports.place(session, by=acteur_de(session, agent), lot=lu, version=lu.version, demarche_id=demarche_id)
        session.commit()
        run_due(moyens)
    session.expire_all()
    assert lu.etat == EtatImport.LU, lu.message
    return lu


def _comparaisons(session: Session, lu: LotImport) -> list[Comparaison]:
    return [une.comparaison for une in lignes_de(session, lu)]


def _versements(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Versement)) or 0


def test_lines_without_a_key_are_known_from_every_import_whatever_came_between_and_however_titles_are_written(
    moyens: Moyens, session: Session, agent: User
) -> None:
    premier = _lire(moyens, session, agent, JANVIER)
    assert [nom for nom, _, _ in get_page(session, acteur_de(session, agent), premier.id).listes] == [
        "pret",
        "avertissement",
    ], "beside nothing, that a line is new is not worth a list"
    importer(moyens, session, agent, premier)
    importer(moyens, session, agent, _lire(moyens, session, agent, FEVRIER))
    encore = _lire(moyens, session, agent, JANVIER)
    assert _comparaisons(session, encore) == [INCHANGEE] * 3
    autrement = _lire(moyens, session, agent, (*JANVIER, JANVIER[1]), "Nom du bénéficiaire;Montant versé;Versé le")
    assert autrement.precedent_id is None
    assert _comparaisons(session, autrement) == [INCHANGEE, INCHANGEE, INCHANGEE, NOUVELLE], (
        "two were written, not three"
    )
    assert autrement.comptes["deja"] == 3
    importer(moyens, session, agent, autrement)
    assert _versements(session) == 6


def test_what_vanished_is_counted_beside_the_last_import_of_that_form_alone(
    moyens: Moyens, session: Session, agent: User
) -> None:
    importer(moyens, session, agent, _lire(moyens, session, agent, JANVIER))
    importer(moyens, session, agent, _lire(moyens, session, agent, FEVRIER))
    encore = _lire(moyens, session, agent, (*JANVIER[:2], FEVRIER[0]))
    assert (encore.comptes["avant"], encore.comptes["disparues"]) == (2, 1)


def test_a_line_refused_when_it_was_written_is_imported_when_the_file_comes_again(
    moyens: Moyens, session: Session, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as panne:
        ecrire = imports_versements.apply

        def apply(session: Session, *, ligne: LigneImport, **autres: object) -> None:
            if ligne.numero == 2:
                raise ZeroDivisionError
            ecrire(session, ligne=ligne, **autres)  # type: ignore[arg-type]  # columns of any type

        panne.setattr(imports_versements, "apply", apply)
        premier = importer(moyens, session, agent, _lire(moyens, session, agent, JANVIER))
    assert Counter(une.etat for une in lignes_de(session, premier)) == {
        EtatLigneImport.REFUSEE: 1,
        EtatLigneImport.FAITE: 2,
    }
    encore = _lire(moyens, session, agent, JANVIER)
    assert _comparaisons(session, encore) == [NOUVELLE, INCHANGEE, INCHANGEE]
    importer(moyens, session, agent, encore)
    assert _versements(session) == 3


def test_a_line_left_out_is_known_only_while_the_one_that_it_repeats_stands(
    moyens: Moyens, session: Session, agent: User
) -> None:
    premier = importer(moyens, session, agent, _lire(moyens, session, agent, JANVIER), copies="laisser")
    assert _versements(session) == 2
    second = _lire(moyens, session, agent, (*JANVIER, FEVRIER[0]))
    assert _comparaisons(session, second) == [INCHANGEE, INCHANGEE, INCHANGEE, NOUVELLE], (
        "the copy was left out by choice"
    )
    importer(moyens, session, agent, second)
    annuler(moyens, session, agent, premier)
    assert (premier.etat, _versements(session)) == (EtatImport.ANNULE, 1)
    assert _comparaisons(session, _lire(moyens, session, agent, JANVIER)) == [NOUVELLE] * 3


def test_requests_are_compared_within_their_demarche_and_the_same_file_again_is_told(
    client: ClientStrict, moyens: Moyens, session: Session, creer: Fabriques, agent: User
) -> None:
    une, autre = (demarche(creer, agent.affectations[0].service, titre=titre) for titre in ("FDVA", "Sport"))
    lignes, entete = ("Club du canal;1 500,00", "Club de la rive;200"), "Association;Montant demandé"
    premier = importer(moyens, session, agent, _lire(moyens, session, agent, lignes, entete, demarche_id=une.id))
    ailleurs = _lire(moyens, session, agent, lignes, entete, demarche_id=autre.id)
    encore = _lire(moyens, session, agent, lignes, entete, demarche_id=une.id)
    assert Comparaison.INCHANGEE not in _comparaisons(session, ailleurs)
    assert _comparaisons(session, encore) == [INCHANGEE, INCHANGEE]
    client.connecter(agent)
    page = client.get(f"/instruction/imports/{encore.id}").text
    assert "Ce même fichier a déjà été importé" in page
    assert f"/instruction/imports/{premier.id}" in page
    assert "Ce même fichier" not in client.get(f"/instruction/imports/{ailleurs.id}").text
    annuler(moyens, session, agent, premier)
    assert "Ce même fichier" not in client.get(f"/instruction/imports/{encore.id}").text
    assert session.scalar(select(func.count()).select_from(Dossier)) == 0


def test_open_data_with_its_own_numbers_is_written_once(moyens: Moyens, session: Session, agent: User) -> None:
    entete = "nomAttribuant;nomBeneficiaire;montant;idSubvention"
    publiees = ("Ville de Lyon;Club du canal;100,00;S1", "Ville de Lyon;Club de la rive;200,00;S1")
    for lignes in (publiees, (*publiees, "Ville de Lyon;Club du lac;50,00;S2")):
        importer(moyens, session, agent, _lire(moyens, session, agent, lignes, entete, GenreImport.SCDL))
    assert session.scalar(select(func.count()).select_from(SubventionPubliee)) == 3


def test_what_was_read_before_another_import_was_written_is_compared_again_before_it_is_written(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    premier, second = (_lire(moyens, session, agent, lignes) for lignes in (JANVIER[:2], (*JANVIER[:2], FEVRIER[0])))
    importer(moyens, session, agent, premier)
    client.connecter(agent)
    adresse = f"/instruction/imports/{second.id}"
    client.get(adresse)
    assert "Ce fichier est à comparer de nouveau" in client.texte()
    # whatever happens meanwhile, that button compares and never imports
    monkeypatch.setattr(imports, "is_stale", lambda *_: False)
    client.soumettre(action=f"{adresse}/confirmation")
    monkeypatch.undo()
    assert "il est comparé de nouveau, et rien n’est encore importé" in client.texte()
    run_due(moyens)
    session.expire_all()
    assert (second.etat, _comparaisons(session, second)) == (EtatImport.LU, [INCHANGEE, INCHANGEE, NOUVELLE])
    importer(moyens, session, agent, second)
    assert _versements(session) == 3
    assert Counter(une.etat for une in lignes_de(session, second)) == {
        EtatLigneImport.ECARTEE: 2,
        EtatLigneImport.FAITE: 1,
    }


def test_an_undone_import_does_not_hide_the_lines_of_the_next(moyens: Moyens, session: Session, agent: User) -> None:
    premier = importer(moyens, session, agent, _lire(moyens, session, agent, JANVIER[:2]))
    encore = _lire(moyens, session, agent, JANVIER[:2])
    annuler(moyens, session, agent, premier)
    importer(moyens, session, agent, encore)
    assert (encore.etat, _comparaisons(session, encore)) == (EtatImport.LU, [NOUVELLE, NOUVELLE])
    importer(moyens, session, agent, encore)
    assert _versements(session) == 2


def test_an_import_waits_for_the_end_of_the_one_that_is_being_written(
    client: ClientStrict, moyens: Moyens, session: Session, agent: User
) -> None:
    premier, second = (_lire(moyens, session, agent, lignes) for lignes in (JANVIER[:2], (*JANVIER[:2], FEVRIER[0])))
    for lu in (premier, second):
        imports.confirm(session, by=acteur_de(session, agent), lot=lu, version=lu.version)
    premier.comptes = {**premier.comptes, "triees": True}
    session.commit()
    run(moyens, second.id)
    session.expire_all()
    assert (second.etat, second.pris_at, second.fait) == (EtatImport.A_APPLIQUER, None, 0)
    client.connecter(agent)
    client.get(f"/instruction/imports/{second.id}")
    assert "celui-ci commencera ensuite" in client.texte()
    run_due(moyens)
    run_due(moyens)
    session.expire_all()
    assert [lu.etat for lu in (premier, second)] == [EtatImport.APPLIQUE] * 2
    assert _versements(session) == 3


def test_a_reference_is_known_again_in_a_file_of_other_columns(
    client: ClientStrict, moyens: Moyens, session: Session, creer: Fabriques, agent: User
) -> None:
    fonds = demarche(creer, agent.affectations[0].service)
    plein = "N° de dossier;Association;Commune;Montant demandé"
    lignes = ("D1;Club du canal;Lyon;500,00", "D2;Club du lac;Annecy;300,00", "D3;Club du col;Gap;200,00")
    importer(moyens, session, agent, _lire(moyens, session, agent, lignes, plein, demarche_id=fonds.id))
    partiel = ("D1;Club du canal;500,00", "D2;Club du lac;350,00", "D4;Club neuf;100,00")
    second = _lire(moyens, session, agent, partiel, "N° de dossier;Association;Montant demandé", demarche_id=fonds.id)
    assert _comparaisons(session, second) == [INCHANGEE, Comparaison.MODIFIEE, NOUVELLE]
    client.connecter(agent)
    client.get(f"/instruction/imports/{second.id}")
    assert "1 ligne nouvelle, 1 changée, 1 inchangée" in client.texte()
    importer(moyens, session, agent, second)
    entieres = (*lignes[:2], "D3;Club du col;;200,00")
    encore = _lire(moyens, session, agent, entieres, plein, demarche_id=fonds.id)
    assert _comparaisons(session, encore) == [INCHANGEE, Comparaison.MODIFIEE, Comparaison.MODIFIEE], (
        "beside what both files said: an amount goes back, a commune is taken away"
    )
