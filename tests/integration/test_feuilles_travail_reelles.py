"""Working sheets through the real reader: LibreOffice re-saves them, workers are killed, hostile files are refused."""

import random
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.models.dossiers import Dossier
from portal.models.feuilles_travail import ModificationFeuille, RetourFeuille
from portal.models.file_agents import EtiquetteDossier
from portal.models.journal import Evenement
from portal.models.taches import NotePersonnelle
from portal.services import avis, etiquettes, notes, retours_feuilles, travail_retours
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import Audience, Etat, SensAvis
from portal.vocabulaire_imports import ONGLET_DOSSIERS, ChampFeuille, EtatModification, EtatRetour
from tests import fabriques_feuilles
from tests.bureautique import convertir
from tests.fabriques_feuilles import Poste, changer, ecrire
from tests.factories import Fabriques
from tests.integration import applicateur, arret

DOSSIERS, KILLS = 40, 6


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens) -> Poste:
    return fabriques_feuilles.poste(creer, moyens)


def plein(poste: Poste) -> Dossier:
    """A dossier of which every cell says something that a spreadsheet might bend."""
    association = poste.creer.association(denomination="=cmd() & Cie")
    dossier = poste.creer.dossier(poste.service, association=association, etat=Etat.EN_INSTRUCTION, intitule="1er mai")
    session, by = poste.session, poste.acteur
    avis.give(
        session,
        by=by,
        objet=dossier,
        sens=SensAvis.RESERVES,
        montant_propose=Decimal("123456789.01"),
        texte="=cmd()\n\n- deux\u00a0espaces  ici\t: 00123",
        audience=Audience.SERVICES_SAISIS,
    )
    notes.save(session, by=by, dossier=dossier, texte="00572078400017", version=0)
    une = etiquettes.create(session, by=by, nom="2/3")
    etiquettes.put(session, by=by, dossier=dossier, etiquette_id=une.id)
    session.commit()
    return dossier


def lu(poste: Poste, octets: bytes, nom: str) -> RetourFeuille:
    """Given back, and read by the real child process."""
    retour = poste.recevoir(octets, nom=nom)
    return poste.travailler(retour)


def test_a_sheet_that_libreoffice_saves_again_comes_back_unchanged_in_both_formats(
    poste: Poste, tmp_path: Path
) -> None:
    dossier = plein(poste)
    feuille = poste.partir(dossier.reference)
    (tmp_path / "ods").mkdir()
    (tmp_path / "xlsx").mkdir()
    ods = convertir(feuille, de="xlsx", vers="ods", dossier=tmp_path / "ods")
    xlsx = convertir(ods, de="ods", vers="xlsx", dossier=tmp_path / "xlsx")
    for octets, nom in ((feuille, "a.xlsx"), (ods, "b.ods"), (xlsx, "c.xlsx")):
        retour = lu(poste, octets, nom)
        assert (retour.etat, retour.message) == (EtatRetour.LU, "")
        assert [(une.champ, une.feuille) for une in poste.modifications(retour).values()] == []
        assert (retour.constat["lignes"], retour.constat["colonnes_en_plus"]) == (1, [])
    remplie = changer(xlsx, ecrire(dossier.reference, ChampFeuille.NOTE, "Changée après LibreOffice"))
    assert poste.etats(lu(poste, remplie, "d.xlsx")) == {ChampFeuille.NOTE: EtatModification.A_APPLIQUER}


def test_keys_are_locked_without_a_password_and_cells_to_fill_offer_their_values(poste: Poste, tmp_path: Path) -> None:
    dossier = plein(poste)
    chemin = tmp_path / "feuille.xlsx"
    chemin.write_bytes(poste.partir(dossier.reference))
    page = load_workbook(chemin)[ONGLET_DOSSIERS]
    titres = {str(page.cell(1, rang).value): get_column_letter(rang) for rang in range(1, page.max_column + 1)}
    assert page.protection.sheet
    assert page.protection.password is None
    assert page[f"{titres['Référence']}2"].protection.locked
    assert not page[f"{titres['Ma note']}2"].protection.locked
    assert page[f"{titres['État']}2"].protection.locked, (
        "nothing is offered of a dossier that is in instruction already"
    )
    assert page[f"{titres['Montant de mon avis']}2"].value == pytest.approx(123456789.01)
    assert page[f"{titres['Texte de mon avis']}2"].data_type == "s"
    listes = {str(une.sqref): une.formula1 for une in page.data_validations.dataValidation}
    assert listes[f"{titres['Mon avis']}2"].startswith("'Ne pas modifier'!$")


def test_a_hostile_or_foreign_file_is_refused_in_a_sentence(poste: Poste) -> None:
    for octets in (b"PK\x03\x04" + b"\0" * 200, b"%PDF-1.4\n", b"\0" * 50):
        retour = lu(poste, octets, "feuille.xlsx")
        assert retour.etat == EtatRetour.ILLISIBLE
        assert retour.message.endswith(".")


def test_a_formula_that_nobody_has_computed_is_told_and_empties_nothing(poste: Poste) -> None:
    dossier = plein(poste)
    formule = ecrire(dossier.reference, ChampFeuille.NOTE, "=1+1")
    retour = lu(poste, changer(poste.partir(dossier.reference), formule), "formule.xlsx")
    (une,) = poste.modifications(retour).values()
    assert (une.champ, une.etat) == (ChampFeuille.NOTE, EtatModification.IMPOSSIBLE)
    assert "écrivez la valeur" in une.message


def test_a_file_that_kills_every_worker_that_reads_it_is_given_up(poste: Poste) -> None:
    retour = poste.recevoir(poste.partir(poste.creer.dossier(poste.service).reference))
    for _ in range(retours_feuilles.ESSAIS_MAXIMAUX):
        assert retours_feuilles.take(poste.session, retour.id) is not None, "its worker dies before it concludes"
        assert retours_feuilles.take(poste.session, retour.id) is None, "its lease runs"
        retour.pris_at = None
        poste.session.commit()
    assert retours_feuilles.take(poste.session, retour.id) is None
    assert (retour.etat, "n’a pas abouti" in retour.message) == (EtatRetour.ILLISIBLE, True)


def preparer(session: Session, moyens: Moyens) -> int:
    """A sheet of many dossiers, each with a note and a label to write, confirmed; the number of its return."""
    poste = fabriques_feuilles.poste(Fabriques(session), moyens)
    etiquettes.create(session, by=poste.acteur, nom="lot")
    references = [poste.creer.dossier(poste.service).reference for _ in range(DOSSIERS)]
    gestes = [ecrire(une, champ, texte) for une in references for champ, texte in A_ECRIRE]
    retour = poste.rendre(changer(poste.partir(*references), *gestes))
    retours_feuilles.confirm(session, by=poste.acteur, retour=retour)
    session.commit()
    return retour.id


A_ECRIRE = ((ChampFeuille.NOTE, "À suivre"), (ChampFeuille.ETIQUETTES, "lot"), (ChampFeuille.ETAT, "en instruction"))


def test_kill_9_at_seeded_points_loses_nothing_and_repeats_nothing(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    tirage, moyens = random.Random(20261123), make_moyens(config, fabrique=fabrique_reelle)
    ou = (base_reelle, config.stockage_dossier)
    with fabrique_reelle() as session:
        retour_id = preparer(session, moyens)
    for rang in range(KILLS):
        arret.tuer(applicateur.main, *ou, tirage.randint(1, 4), ("before", "after")[rang % 2])
    with fabrique_reelle() as session:
        faites = select(func.count()).where(ModificationFeuille.etat == EtatModification.APPLIQUEE)
        assert (session.scalar(faites) or 0) < len(A_ECRIRE) * DOSSIERS
    arret.finir(applicateur.main, *ou, 0, "never")
    with fabrique_reelle() as session:
        assert session.get_one(RetourFeuille, retour_id).etat == EtatRetour.APPLIQUE
        assert session.scalar(faites) == len(A_ECRIRE) * DOSSIERS
        for table in (NotePersonnelle, EtiquetteDossier):
            assert session.scalar(select(func.count()).select_from(table)) == DOSSIERS
        for action in ("etiquette_posee", "dossier_pris_en_charge"):
            dits = select(func.count()).select_from(Evenement).where(Evenement.action == action)
            assert session.scalar(dits) == DOSSIERS, "done twice, or told twice"
        assert travail_retours.run_due(moyens) == 0
