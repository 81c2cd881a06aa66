"""Lines of requests become dossiers, are written again by later files, and are taken back while nothing depends on them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.associations import Association, FaitAssociation
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.imports import LigneImport, LotImport
from portal.models.journal import Evenement
from portal.models.taches import NotePersonnelle
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, Source
from portal.vocabulaire_imports import Comparaison, EtatImport, EtatLigneImport, VerdictLigne
from portal.vocabulaire_instruction import OrigineDossier
from tests.fabriques_imports import annuler, importer, lignes_de, lot
from tests.factories import Fabriques

UNE = {
    "reference_source": "2026-001",
    "association_nom": "Les Amis du canal",
    "siret": "73282932000074",
    "commune": "Lyon",
    "code_postal": "69002",
    "intitule": "Fête de l’eau",
    "exercice": "2026",
    "date_depot": "2026-01-15",
    "montant_demande": "1500.00",
}
ACCORDEE = {**UNE, "statut": "accepte", "date_decision": "2026-03-02", "montant_accorde": "1200.00"}


def _dossiers(session: Session) -> list[Dossier]:
    return list(session.scalars(select(Dossier).order_by(Dossier.id)))


def test_a_line_becomes_a_dossier_of_the_service_as_a_person_reads_it(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent(prenom="Camille", nom="Rivière")
    faite = importer(moyens, session, agent, lot(creer, agent, lignes=[{**ACCORDEE, "instructeur": "RIVIERE Camille"}]))
    (dossier,) = _dossiers(session)
    assert (dossier.source, dossier.origine, dossier.service_id) == (
        Source.TABLEUR,
        OrigineDossier.TABLEUR,
        faite.service_id,
    )
    assert (dossier.demandeur_nom, dossier.demandeur_siret, dossier.departement) == (
        "Les Amis du canal",
        "73282932000074",
        "69",
    )
    assert (dossier.etat, dossier.montant_demande, dossier.montant_accorde) == (
        Etat.ACCEPTE,
        Decimal("1500.00"),
        Decimal("1200.00"),
    )
    assert dossier.date_traitement is not None
    assert dossier.instructeur_id == agent.id
    assert session.scalar(select(AccesDossier.etat).where(AccesDossier.dossier_id == dossier.id)) == Etat.ACCEPTE
    assert dossier.association is not None
    assert (dossier.association.siren, dossier.association.verifiee) == ("732829320", False)
    assert (faite.etat, faite.fait, faite.comptes["faite"]) == (EtatImport.APPLIQUE, 1, 1)
    actions = set(session.scalars(select(Evenement.action).where(Evenement.objet == f"dossier:{dossier.id}")))
    assert actions == {"dossier_importe"}


def test_a_decision_without_its_day_is_never_taken_as_final(moyens: Moyens, session: Session, creer: Fabriques) -> None:
    agent = creer.agent()
    sans_jour = {nom: un for nom, un in ACCORDEE.items() if nom != "date_decision"}
    faite = importer(moyens, session, agent, lot(creer, agent, lignes=[sans_jour]))
    (dossier,) = _dossiers(session)
    assert (dossier.etat, dossier.montant_accorde, dossier.date_traitement) == (Etat.EN_INSTRUCTION, None, None)
    assert "reste en instruction" in lignes_de(session, faite)[0].message


def test_an_object_stands_for_a_missing_title_and_says_so_when_it_is_too_long(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent, objet = creer.agent(), "Une fête au bord de l’eau. " * 30
    sans = {nom: un for nom, un in UNE.items() if nom not in ("intitule", "reference_source")}
    faite = importer(
        moyens, session, agent, lot(creer, agent, lignes=[{**sans, "objet": objet}, {**sans, "objet": "Fête"}])
    )
    assert [un.intitule for un in _dossiers(session)] == [objet[:500].rstrip(), "Fête"]
    longue, courte = lignes_de(session, faite)
    assert "premiers caractères de l’objet" in longue.message
    assert not courte.message


def test_a_name_alone_or_a_person_makes_no_association(moyens: Moyens, session: Session, creer: Fabriques) -> None:
    agent = creer.agent()
    creer.association(denomination="Les Amis du canal")
    lignes = [
        {"association_nom": "Les Amis du canal", "montant_demande": "10.00"},
        {"association_nom": "Mme Claire Morel", "siret": "73282932000074", "montant_demande": "20.00"},
    ]
    importer(moyens, session, agent, lot(creer, agent, lignes=lignes))
    assert [(un.association_id, un.demandeur_genre) for un in _dossiers(session)] == [
        (None, "morale"),
        (None, "physique"),
    ]
    assert session.scalar(select(func.count()).select_from(Association)) == 1


def test_a_siret_whose_key_is_wrong_designates_no_association(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    """It stays on the dossier as it was written, for a person to put right."""
    agent = creer.agent()
    importer(moyens, session, agent, lot(creer, agent, lignes=[{**UNE, "siret": "73282932100073"}]))
    (dossier,) = _dossiers(session)
    assert (dossier.association_id, dossier.demandeur_siret) == (None, "73282932100073")
    assert session.scalar(select(func.count()).select_from(Association)) == 0


def test_lines_of_one_reference_are_amounts_of_one_dossier_only_for_one_association(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent()
    autre_annee = {**UNE, "exercice": "2027", "montant_demande": "500.00"}
    intruse = {**UNE, "association_nom": "Autre association", "siret": ""}
    faite = importer(moyens, session, agent, lot(creer, agent, lignes=[UNE, autre_annee, intruse]))
    (dossier,) = _dossiers(session)
    assert dossier.montant_demande == Decimal("2000.00")
    assert [(un.exercice, un.demande) for un in dossier.financements] == [
        (2026, Decimal("1500.00")),
        (2027, Decimal("500.00")),
    ]
    (refusee,) = lignes_de(session, faite, EtatLigneImport.REFUSEE)
    assert refusee.numero == 4
    assert "autre association" in refusee.message
    annuler(moyens, session, agent, faite)
    assert faite.etat == EtatImport.ANNULE, faite.comptes
    assert _dossiers(session) == []


def test_a_later_file_writes_what_the_source_changed_and_leaves_what_a_person_changed(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent()
    deux = {**UNE, "reference_source": "2026-002"}
    premier = importer(moyens, session, agent, lot(creer, agent, lignes=[UNE, deux]))
    _, modifie = _dossiers(session)
    modifie.intitule = "Corrigé par une personne"
    modifie.version += 1
    session.commit()
    suite = [{**ACCORDEE, "montant_demande": "1600.00"}, {**deux, "intitule": "Autre titre", "montant_demande": "1.00"}]
    second = importer(moyens, session, agent, lot(creer, agent, lignes=suite, demarche_id=premier.demarche_id))
    mis_a_jour, garde = _dossiers(session)
    assert (mis_a_jour.etat, mis_a_jour.montant_demande) == (Etat.ACCEPTE, Decimal("1600.00"))
    assert (garde.intitule, garde.montant_demande) == ("Corrigé par une personne", Decimal("1500.00"))
    (refusee,) = lignes_de(session, second, EtatLigneImport.REFUSEE)
    assert "Modifié ici depuis" in refusee.message
    assert "l’intitulé" in refusee.message


def test_an_import_is_undone_whole_and_the_former_one_speaks_again(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent()
    premier = importer(moyens, session, agent, lot(creer, agent, lignes=[UNE]))
    suite = [
        {**ACCORDEE, "intitule": "Autre titre"},
        {**UNE, "exercice": "2027"},
        {**UNE, "reference_source": "2026-003"},
    ]
    second = importer(moyens, session, agent, lot(creer, agent, lignes=suite, demarche_id=premier.demarche_id))
    assert len(_dossiers(session)) == 2
    annuler(moyens, session, agent, premier)
    assert (premier.etat, premier.comptes["bloquees"]) == (EtatImport.APPLIQUE, 1)
    annuler(moyens, session, agent, second)
    assert second.etat == EtatImport.ANNULE, second.comptes
    (dossier,) = _dossiers(session)
    assert (dossier.intitule, dossier.etat, dossier.montant_demande) == (
        "Fête de l’eau",
        Etat.EN_CONSTRUCTION,
        Decimal("1500.00"),
    )
    annuler(moyens, session, agent, premier)
    assert premier.etat == EtatImport.ANNULE, premier.comptes
    assert _dossiers(session) == []
    for modele in (Financement, Association, FaitAssociation):
        assert session.scalar(select(func.count()).select_from(modele)) == 0


def test_nothing_is_undone_when_something_depends_on_one_line(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent()
    faite = importer(moyens, session, agent, lot(creer, agent, lignes=[UNE, {**UNE, "reference_source": "2026-002"}]))
    _, second = _dossiers(session)
    session.add(NotePersonnelle(user_id=agent.id, dossier_id=second.id, texte="À appeler."))
    session.commit()
    annuler(moyens, session, agent, faite)
    assert faite.etat == EtatImport.APPLIQUE
    assert len(_dossiers(session)) == 2
    assert faite.comptes["blocages"] == [f"Ligne 3\u00a0: le dossier {second.reference} a reçu depuis une note."]


def test_rejected_lines_copies_and_what_was_imported_already_are_left_out(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent = creer.agent()
    sans_cle = {"association_nom": "Club", "montant_demande": "5.00"}
    lu: LotImport = lot(creer, agent, lignes=[sans_cle, sans_cle, {**sans_cle, "montant_demande": "6.00"}])
    rejetee = session.scalars(select(LigneImport).where(LigneImport.numero == 4)).one()
    rejetee.verdict = VerdictLigne.REJETE
    session.commit()
    importer(moyens, session, agent, lu, copies="laisser")
    assert [un.etat for un in lignes_de(session, lu)] == [
        EtatLigneImport.FAITE,
        EtatLigneImport.ECARTEE,
        EtatLigneImport.ECARTEE,
    ]
    assert lu.total == 1
    assert len(_dossiers(session)) == 1
    assert _dossiers(session)[0].date_depot.date() >= date(2026, 1, 1)


def test_a_rejected_line_does_not_stand_for_its_copy(moyens: Moyens, session: Session, creer: Fabriques) -> None:
    agent = creer.agent()
    sans_cle = {"association_nom": "Club", "montant_demande": "5.00"}
    lu: LotImport = lot(creer, agent, lignes=[sans_cle, sans_cle])
    lignes_de(session, lu)[0].verdict = VerdictLigne.REJETE
    session.commit()
    importer(moyens, session, agent, lu, copies="laisser")
    assert [un.etat for un in lignes_de(session, lu)] == [EtatLigneImport.ECARTEE, EtatLigneImport.FAITE]


def test_copies_of_what_came_before_leave_nothing_to_write(moyens: Moyens, session: Session, creer: Fabriques) -> None:
    agent = creer.agent()
    sans_cle = {"association_nom": "Club", "montant_demande": "5.00"}
    lu: LotImport = lot(creer, agent, lignes=[sans_cle, sans_cle])
    lignes_de(session, lu)[0].comparaison = Comparaison.INCHANGEE
    session.commit()
    importer(moyens, session, agent, lu, copies="laisser")
    assert (lu.etat, lu.total, lu.comptes["ecartee"]) == (EtatImport.APPLIQUE, 0, 2)
    assert _dossiers(session) == []


def test_a_reference_that_comes_back_for_another_association_writes_nothing(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent, une, autre = creer.agent(), creer.association(), creer.association()
    premiere = {
        "reference_source": "1",
        "association_nom": "Foyer",
        "siret": une.siret_siege,
        "montant_demande": "10.00",
    }
    suite = {**premiere, "association_nom": "Club", "siret": autre.siret_siege, "montant_demande": "99.00"}
    demarche_id = importer(moyens, session, agent, lot(creer, agent, lignes=[premiere])).demarche_id
    faite = importer(moyens, session, agent, lot(creer, agent, lignes=[suite], demarche_id=demarche_id))
    (dossier,) = session.scalars(select(Dossier)).all()
    assert (dossier.association_id, dossier.demandeur_nom, dossier.montant_demande) == (une.id, "Foyer", Decimal(10))
    assert "pour une autre association" in lignes_de(session, faite)[0].message


def test_a_file_of_fewer_columns_erases_nothing_of_what_it_does_not_tell(
    moyens: Moyens, session: Session, creer: Fabriques
) -> None:
    agent, association = creer.agent(), creer.association()
    mince = {"reference_source": "D1", "association_nom": "Foyer", "siret": association.siret_siege}
    pleine = {**mince, "intitule": "Festival", "commune": "Lyon", "exercice": "2025", "montant_demande": "500.00"}
    pleine |= {"montant_accorde": "400.00", "statut": "accepte", "date_decision": "2025-03-01"}
    demarche_id = importer(moyens, session, agent, lot(creer, agent, lignes=[pleine])).demarche_id
    avant = _dit(session)
    importer(moyens, session, agent, lot(creer, agent, lignes=[mince], demarche_id=demarche_id, forme="e" * 64))
    assert _dit(session) == avant
    assert avant[:3] == ("Festival", "Lyon", 2025)


def _dit(session: Session) -> tuple[object, ...]:
    session.expire_all()
    (un,) = session.scalars(select(Dossier)).all()
    return un.intitule, un.demandeur_commune, un.exercice, un.etat, un.montant_demande, un.montant_accorde
