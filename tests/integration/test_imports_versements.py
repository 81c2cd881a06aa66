"""Payments, avis and open data that come by workbooks."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.avis import Avis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.versements import SubventionPubliee, Versement, VersementDossier
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, SensAvis
from portal.vocabulaire_imports import EtatImport, EtatLigneImport, GenreImport, MethodeRapprochement, SourceVersement
from tests.client import ClientStrict
from tests.fabriques_imports import annuler, importer, lignes_de, lot
from tests.factories import Fabriques
from tests.requetes import requetes

PAGE = "/instruction/versements"


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, service: Service) -> User:
    return creer.responsable(service)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def accorde(creer: Fabriques, service: Service, association: Association) -> Dossier:
    return creer.dossier(service, association=association, etat=Etat.ACCEPTE, montant_accorde=Decimal("5000.00"))


def _paye(association: Association, **valeurs: str) -> dict[str, str]:
    return {
        "beneficiaire_nom": "CLUB DU CANAL",
        "siret": association.siret_siege,
        "montant": "5000.00",
        "date_operation": "2026-05-04",
        **valeurs,
    }


def _versements(session: Session) -> list[Versement]:
    return list(session.scalars(select(Versement).order_by(Versement.id)))


def test_a_payment_is_tied_by_number_to_its_association_and_to_the_grant_of_that_amount(
    moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association, accorde: Dossier
) -> None:
    lu = lot(creer, agent, GenreImport.VERSEMENTS, [_paye(association), _paye(association, montant="1250.50")])
    importer(moyens, session, agent, lu)
    exact, autre = _versements(session)
    assert exact.association_id == association.id
    assert (exact.montant, exact.exercice) == (Decimal("5000.00"), 2026)
    assert [(un.dossier_id, un.methode, un.confiance) for un in exact.liens] == [
        (accorde.id, MethodeRapprochement.SIRET_EXERCICE, 80)
    ]
    assert [un.confiance for un in autre.liens] == [50]


def test_a_name_alone_ties_nothing_and_a_reimbursement_is_kept(
    moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association, accorde: Dossier
) -> None:
    del accorde
    sans = {"beneficiaire_nom": association.denomination, "montant": "-100.00", "exercice": "2026"}
    lu = importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [sans]))
    (seul,) = _versements(session)
    assert (seul.association_id, seul.liens, seul.montant) == (None, [], Decimal("-100.00"))
    assert "inconnu" in lignes_de(session, lu)[0].message


def test_two_identical_lines_are_two_payments_and_two_possible_grants_tie_nothing(
    moyens: Moyens,
    session: Session,
    creer: Fabriques,
    service: Service,
    agent: User,
    association: Association,
    accorde: Dossier,
) -> None:
    creer.dossier(service, association=association, etat=Etat.ACCEPTE, montant_accorde=accorde.montant_accorde)
    importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [_paye(association)] * 2))
    assert [un.liens for un in _versements(session)] == [[], []]


def test_a_later_file_brings_payments_of_the_same_key_up_to_date_line_by_line_and_can_be_undone(
    moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association, accorde: Dossier
) -> None:
    del accorde
    cle = {"cle_source": "SIRET-EJ1-2026"}
    premier = lot(
        creer, agent, GenreImport.VERSEMENTS, [_paye(association, **cle), _paye(association, montant="10.00", **cle)]
    )
    importer(moyens, session, agent, premier)
    ensuite = [
        _paye(association, **cle),
        _paye(association, montant="12.00", **cle),
        _paye(association, montant="7.00", **cle),
    ]
    second = importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, ensuite))
    assert [un.montant for un in _versements(session)] == [Decimal("5000.00"), Decimal("12.00"), Decimal("7.00")]
    assert lignes_de(session, second)[0].message == "Déjà connu, rien n’a changé."
    assert annuler(moyens, session, agent, premier).etat == EtatImport.APPLIQUE
    assert "plus récent" in premier.comptes["blocages"][0]
    annuler(moyens, session, agent, second)
    assert [un.montant for un in _versements(session)] == [Decimal("5000.00"), Decimal("10.00")]
    retires = select(Evenement.objet).where(Evenement.action == "import_retire").order_by(Evenement.objet)
    assert session.scalars(retires).all() == [f"versement:{un.id}" for un in _versements(session)]
    assert annuler(moyens, session, agent, premier).etat == EtatImport.ANNULE
    assert _versements(session) == []


def test_a_person_confirms_unties_and_what_was_said_for_one_engagement_ties_the_next(
    client: ClientStrict,
    moyens: Moyens,
    session: Session,
    creer: Fabriques,
    agent: User,
    association: Association,
    accorde: Dossier,
) -> None:
    premier = _paye(association, montant="900.00", ej="2102368447")
    lu = importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [premier], nom="Chorus mai.xlsx"))
    (versement,) = _versements(session)
    assert versement.source == SourceVersement.CHORUS
    client.connecter(agent)
    client.get(PAGE)
    assert "à confirmer" in client.texte()
    adresse = f"{PAGE}/{versement.id}"
    client.get(adresse)
    assert client.poster(adresse, {"reference": "P-1999-000000"}).status_code == 422
    assert client.poster(adresse, {"reference": accorde.reference}).status_code == 303
    assert "quelqu’un a rattaché" in annuler(moyens, session, agent, lu).comptes["blocages"][0]
    suite = _paye(association, montant="100.00", ej="2102368447", exercice="2027")
    importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [suite]))
    assert [(un.methode, un.confiance) for un in _versements(session)[1].liens] == [(MethodeRapprochement.EJ, 100)]
    client.get(PAGE)
    assert "Aucun versement à rattacher" in client.texte()
    assert client.poster(f"{adresse}/dossiers/{accorde.id}/detacher").status_code == 303
    assert session.get(VersementDossier, (versement.id, accorde.id)) is None


def test_an_engagement_that_pays_several_grants_ties_no_payment_to_any_of_them(
    client: ClientStrict,
    moyens: Moyens,
    session: Session,
    creer: Fabriques,
    service: Service,
    agent: User,
    association: Association,
    accorde: Dossier,
) -> None:
    autre = creer.dossier(service, association=association, etat=Etat.ACCEPTE, montant_accorde=Decimal("700.00"))
    du_meme_ej = [_paye(association, montant=montant, ej="2102368447") for montant in ("900.00", "300.00", "5000.00")]
    for paye in du_meme_ej[:2]:
        importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [paye]))
    client.connecter(agent)
    for versement, dossier in zip(_versements(session), (accorde, autre), strict=True):
        adresse = f"{PAGE}/{versement.id}"
        client.get(adresse)
        client.poster(adresse, {"reference": dossier.reference})
    importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, du_meme_ej[2:]))
    assert _versements(session)[2].liens == [], "a person says which of the two it pays"


def test_what_a_line_says_is_shown_on_its_payment_or_said_not_to_be_taken(
    client: ClientStrict, moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association
) -> None:
    dits = {"domaine": "0163-01", "centre_financier": "0163-DRJS-D069", "programme": "0163", "libelle": "FDVA 2026"}
    importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [_paye(association, **dits)]))
    client.connecter(agent)
    a_verifier = lot(creer, agent, GenreImport.ASSOCIATIONS, [{"association_nom": "Club", "email": "club@exemple.fr"}])
    client.get(f"/instruction/imports/{a_verifier.id}")
    assert "Adresse électronique (lu, non repris)" in client.texte(), "said before anything is written"
    (versement,) = _versements(session)
    client.get(f"{PAGE}/{versement.id}")
    for dit in ("Domaine fonctionnel", "Centre financier", *dits.values()):
        assert dit in client.texte(), dit


def test_the_list_costs_the_same_whatever_it_holds_and_is_of_the_service_alone(
    client: ClientStrict,
    moyens: Moyens,
    session: Session,
    creer: Fabriques,
    agent: User,
    association: Association,
    accorde: Dossier,
) -> None:
    del accorde
    importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [_paye(association)]))
    client.connecter(agent)
    with requetes() as une:
        client.get(PAGE)
    importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [_paye(association)] * 4))
    with requetes() as cinq:
        client.get(PAGE)
    assert len(une) == len(cinq) <= 8
    client.connecter(creer.responsable())
    client.get(PAGE)
    assert "CLUB DU CANAL" not in client.texte()


def test_an_avis_is_given_where_one_is_asked_once_and_never_taken_back(
    moyens: Moyens, session: Session, creer: Fabriques, service: Service, agent: User, association: Association
) -> None:
    attendu = creer.dossier(creer.service("DRAJES"), association=association, etat=Etat.EN_INSTRUCTION)
    creer.demande_avis(attendu, service)
    ailleurs = creer.dossier(creer.service("PREF"))
    rendu = {
        "reference": attendu.reference,
        "sens": SensAvis.RESERVES,
        "texte": "Budget fragile.",
        "montant_propose": "800.00",
    }
    autres = [
        {"reference": ailleurs.reference, "sens": SensAvis.FAVORABLE},
        {"reference": attendu.reference, "sens": SensAvis.FAVORABLE},
        {"siret": association.siret_siege, "sens": SensAvis.FAVORABLE},
    ]
    lu = importer(moyens, session, agent, lot(creer, agent, GenreImport.AVIS, [rendu, *autres]))
    (donne,) = session.scalars(select(Avis).where(Avis.service_id == service.id))
    assert (donne.sens, donne.texte, donne.montant_propose) == (SensAvis.RESERVES, "Budget fragile.", Decimal("800.00"))
    inconnu, deja, sans = lignes_de(session, lu, EtatLigneImport.REFUSEE)
    assert "Aucun dossier lisible" in inconnu.message
    assert "déjà donné" in deja.message
    assert "n’attend l’avis" in sans.message
    assert "ne se retire pas" in annuler(moyens, session, agent, lu).comptes["blocages"][0]


def test_published_grants_are_kept_verbatim_with_the_share_of_each_and_go_with_their_import(
    moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association
) -> None:
    ligne = {
        "nomAttribuant": "Ville de Lyon",
        "nomBeneficiaire": "Club",
        "idBeneficiaire": association.siret_siege,
        "montant": "1000.00",
        "pourcentageSubvention": "0.45",
        "dateConvention": "2025-06-01",
        "objet": "Fête du canal",
    }
    lu = importer(moyens, session, agent, lot(creer, agent, GenreImport.SCDL, [ligne, ligne]))
    publiees = session.scalars(select(SubventionPubliee)).all()
    assert [(une.association_id, une.montant, une.part, une.exercice) for une in publiees] == [
        (association.id, Decimal("1000.00"), Decimal("0.45"), 2025)
    ] * 2
    assert publiees[0].donnees == ligne
    annuler(moyens, session, agent, lu)
    assert session.scalars(select(SubventionPubliee)).all() == []


@pytest.mark.parametrize("autre", [{"exercice": "2027"}, {"siret": "55208131766522"}, {"ej": "2100000099"}])
def test_a_key_that_comes_back_for_another_year_beneficiary_or_engagement_is_another_payment(
    moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association, autre: dict[str, str]
) -> None:
    premier = {"siret": association.siret_siege, "cle_source": "J00034", "exercice": "2026", "ej": "2100000001"}
    for _ in range(2):
        for dit in ({**premier, "montant": "1000.00"}, {**premier, **autre, "montant": "1200.00"}):
            importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, [dit]))
    session.expire_all()
    assert [un.montant for un in _versements(session)] == [Decimal(1000), Decimal(1200)], "each once, twice imported"


def test_a_line_left_out_of_each_file_never_doubles_the_next_one_of_its_key(
    moyens: Moyens, session: Session, creer: Fabriques, agent: User, association: Association
) -> None:
    base = {"siret": association.siret_siege, "cle_source": "K", "exercice": "2026"}
    dits = [{**base, "montant": un} for un in ("100.00", "100.00", "300.00")]
    for _ in range(2):
        importer(moyens, session, agent, lot(creer, agent, GenreImport.VERSEMENTS, dits), copies="laisser")
    session.expire_all()
    assert sorted(un.montant for un in _versements(session)) == [Decimal(100), Decimal(300)]
