"""A working sheet goes and comes back: what changed offline becomes ordinary acts, and nothing else does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.formats import maintenant
from portal.models.avis import Avis
from portal.models.decisions import Proposition
from portal.models.dossiers import Dossier
from portal.models.feuilles_travail import FeuilleTravail, ModificationFeuille, RetourFeuille
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.taches import NotePersonnelle
from portal.queries import etiquettes as lues
from portal.services import avis, entretien, etiquettes, notes, retours_feuilles
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, Etat, RoleAffectation, SensAvis
from portal.vocabulaire_imports import ONGLET_DOSSIERS, ONGLET_JETON, ChampFeuille, EtatModification, EtatRetour
from tests import fabriques_feuilles
from tests.fabriques_feuilles import Poste, changer, colonne_de, ecrire, rang_de
from tests.factories import Fabriques

Champ, Sort = ChampFeuille, EtatModification


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens, service: Service) -> Poste:
    return fabriques_feuilles.poste(creer, moyens, service)


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    return creer.dossier(service, association=creer.association(denomination="Les Amis"))


def noms(poste: Poste, dossier: Dossier) -> set[str]:
    return {une.nom for une in lues.of_dossier(poste.session, poste.acteur, dossier).posees}


def actes(session: Session, dossier: Dossier) -> set[str]:
    return set(session.scalars(select(Evenement.action).where(Evenement.objet == f"dossier:{dossier.id}")))


def remplir(poste: Poste, dossier: Dossier) -> None:
    """A dossier of which every cell says something."""
    session, by = poste.session, poste.acteur
    avis.give(
        session,
        by=by,
        objet=dossier,
        sens=SensAvis.RESERVES,
        montant_propose=Decimal("800.50"),
        texte="Bon projet,\n\nmais  tard.\n=cmd()",
        audience=Audience.SERVICES_SAISIS,
    )
    notes.save(session, by=by, dossier=dossier, texte="Rappeler la trésorière", version=0)
    for nom in ("urgent", "à voir"):
        une = etiquettes.create(session, by=by, nom=nom)
        etiquettes.put(session, by=by, dossier=dossier, etiquette_id=une.id)
    session.commit()


def test_what_is_filled_in_offline_becomes_ordinary_acts_of_that_agent(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    collegue = creer.agent(service, prenom="Awa", nom="Diallo")
    etiquettes.create(poste.session, by=poste.acteur, nom="Commission de mars")
    poste.session.commit()
    ref = dossier.reference
    retour = poste.rendre(
        changer(
            poste.partir(ref),
            ecrire(ref, Champ.ETAT, "en instruction"),
            ecrire(ref, Champ.INSTRUCTEUR, "Awa Diallo"),
            ecrire(ref, Champ.MONTANT_PROPOSE, 1234.5),
            ecrire(ref, Champ.AVIS_SENS, "favorable"),
            ecrire(ref, Champ.AVIS_MONTANT, "1 000 €"),
            ecrire(ref, Champ.AVIS_TEXTE, "Projet utile"),
            ecrire(ref, Champ.ETIQUETTES, "Commission de mars"),
            ecrire(ref, Champ.NOTE, "À suivre"),
        )
    )
    assert (retour.etat, retour.message) == (EtatRetour.LU, "")
    assert poste.etats(retour) == dict.fromkeys(Champ, Sort.A_APPLIQUER)
    assert dossier.etat == Etat.EN_CONSTRUCTION, "nothing is written before it is confirmed"
    poste.appliquer(retour)
    assert retour.etat == EtatRetour.APPLIQUE
    assert poste.etats(retour) == dict.fromkeys(Champ, Sort.APPLIQUEE)
    poste.session.refresh(dossier)
    assert (dossier.etat, dossier.instructeur_id) == (Etat.EN_INSTRUCTION, collegue.id)
    proposition = poste.session.scalars(select(Proposition)).one()
    assert (proposition.montant, proposition.auteur_id) == (Decimal("1234.50"), poste.agent.id)
    donne = poste.session.scalars(select(Avis)).one()
    assert (donne.sens, donne.montant_propose, donne.texte) == (SensAvis.FAVORABLE, Decimal(1000), "Projet utile")
    assert donne.auteur_id == poste.agent.id
    assert noms(poste, dossier) == {"Commission de mars"}
    note = poste.session.scalars(select(NotePersonnelle)).one()
    assert (note.user_id, note.texte) == (poste.agent.id, "À suivre")
    assert {"dossier_pris_en_charge", "dossier_attribue", "proposition_enregistree", "avis_donne"} <= actes(
        poste.session, dossier
    )


def test_a_sheet_that_nobody_filled_in_changes_nothing(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    remplir(poste, dossier)
    decide = creer.dossier(service, etat=Etat.ACCEPTE)
    avant = poste.session.scalar(select(func.count()).select_from(Evenement))
    retour = poste.rendre(changer(poste.partir(dossier.reference, decide.reference)))
    assert (retour.etat, poste.modifications(retour)) == (EtatRetour.LU, {})
    assert retour.constat["lignes"] == 2
    poste.appliquer(retour)
    assert (poste.session.scalar(select(func.count()).select_from(Evenement)) or 0) - (avant or 0) == 4, (
        "asked, made, given back, confirmed, and no act on a dossier"
    )


def test_each_cell_is_compared_with_what_it_left_with_and_with_what_the_portal_holds(
    poste: Poste, dossier: Dossier
) -> None:
    remplir(poste, dossier)
    ref = dossier.reference
    feuille = poste.partir(ref)
    deja = poste.session.scalars(select(Avis)).one()
    avis.give(
        poste.session,
        by=poste.acteur,
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=Decimal(900),
        texte="Écrit ici",
        audience=Audience.SERVICES_SAISIS,
        version=deja.version,
    )
    poste.session.commit()
    retour = poste.rendre(
        changer(
            feuille,
            ecrire(ref, Champ.AVIS_TEXTE, "Écrit là-bas"),
            ecrire(ref, Champ.AVIS_SENS, "favorable"),
            ecrire(ref, Champ.NOTE, "Rappelée"),
        )
    )
    assert poste.etats(retour) == {Champ.AVIS_TEXTE: Sort.CONFLIT, Champ.NOTE: Sort.A_APPLIQUER}
    assert (retour.constat["ici"], retour.constat["pareil"]) == (1, 1), (
        "the amount changed here alone, the sens in both"
    )
    conflit = poste.modifications(retour)[ref, Champ.AVIS_TEXTE]
    assert (conflit.feuille, conflit.portail) == ("Écrit là-bas", "Écrit ici")
    with pytest.raises(Invalid, match="1 conflit à trancher"):
        poste.appliquer(retour)
    retours_feuilles.choose(poste.session, by=poste.acteur, retour=retour, prendre={conflit.id: True})
    poste.appliquer(retour)
    donne = poste.session.scalars(select(Avis)).one()
    assert (donne.texte, donne.montant_propose) == ("Écrit là-bas", Decimal(900)), "what changed here alone is kept"


def test_what_is_kept_of_a_conflict_is_not_written(poste: Poste, dossier: Dossier) -> None:
    ref = dossier.reference
    feuille = poste.partir(ref)
    notes.save(poste.session, by=poste.acteur, dossier=dossier, texte="Écrit ici", version=0)
    retour = poste.rendre(changer(feuille, ecrire(ref, Champ.NOTE, "Écrit là-bas")))
    retours_feuilles.choose_all(poste.session, by=poste.acteur, retour=retour, prendre=False)
    poste.appliquer(retour)
    assert poste.etats(retour) == {Champ.NOTE: Sort.ECARTEE}
    assert poste.session.scalars(select(NotePersonnelle.texte)).one() == "Écrit ici"


def test_what_changes_after_the_choice_is_never_overwritten(poste: Poste, dossier: Dossier) -> None:
    retour = poste.rendre(changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.NOTE, "Là-bas")))
    notes.save(poste.session, by=poste.acteur, dossier=dossier, texte="Entre-temps", version=0)
    poste.appliquer(retour)
    (une,) = poste.modifications(retour).values()
    assert (une.etat, "depuis que vous l’avez vue" in une.message) == (Sort.REFUSEE, True)
    assert poste.session.scalars(select(NotePersonnelle.texte)).one() == "Entre-temps"


def test_the_same_sheet_given_back_twice_is_done_once(poste: Poste, dossier: Dossier) -> None:
    rempli = changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.ETAT, "en instruction"))
    premier = poste.appliquer(poste.rendre(rempli))
    second = poste.rendre(rempli)
    assert poste.etats(premier) == {Champ.ETAT: Sort.APPLIQUEE}
    assert (poste.etats(second), second.constat["pareil"]) == ({}, 1)
    meme = poste.rendre(rempli, cle="cle-envoyee-deux-fois")
    assert poste.rendre(rempli, cle="cle-envoyee-deux-fois").id == meme.id


def test_a_sheet_is_its_own_agent_s_acting_for_the_same_service(
    poste: Poste, dossier: Dossier, creer: Fabriques, moyens: Moyens, service: Service
) -> None:
    rempli = changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.NOTE, "La mienne"))
    collegue, ailleurs = fabriques_feuilles.poste(creer, moyens, service), fabriques_feuilles.poste(creer, moyens)
    refus = collegue.rendre(rempli)
    assert refus.etat == EtatRetour.ILLISIBLE
    assert f"préparée pour {poste.agent.nom_affiche}" in refus.message
    autre = ailleurs.rendre(rempli)
    assert (autre.etat, poste.agent.nom_affiche in autre.message) == (EtatRetour.ILLISIBLE, False)
    assert "un autre service" in autre.message


def test_two_agents_who_fill_in_their_own_sheets_meet_in_a_conflict(
    poste: Poste, dossier: Dossier, creer: Fabriques, moyens: Moyens, service: Service
) -> None:
    ref, collegue = dossier.reference, fabriques_feuilles.poste(creer, moyens, service)
    dossier.etat = Etat.EN_INSTRUCTION
    poste.session.commit()
    sienne, mienne = collegue.partir(ref), poste.partir(ref)
    poste.appliquer(poste.rendre(changer(mienne, ecrire(ref, Champ.MONTANT_PROPOSE, 500))))
    retour = collegue.rendre(changer(sienne, ecrire(ref, Champ.MONTANT_PROPOSE, 700)))
    assert collegue.etats(retour) == {Champ.MONTANT_PROPOSE: Sort.CONFLIT}
    retours_feuilles.choose_all(poste.session, by=collegue.acteur, retour=retour, prendre=True)
    collegue.appliquer(retour)
    proposition = poste.session.scalars(select(Proposition)).one()
    assert (proposition.montant, proposition.auteur_id, proposition.version) == (Decimal(700), collegue.agent.id, 2)


def test_an_unknown_token_or_a_workbook_without_one_is_refused_in_words(poste: Poste, dossier: Dossier) -> None:
    feuille = poste.partir(dossier.reference)

    def autre_jeton(livre: Workbook) -> None:
        livre[ONGLET_JETON]["B2"].value = "FT-AAAA-BBBB-CCCC-DDDD-EEEE"

    def sans_onglet(livre: Workbook) -> None:
        livre.remove(livre[ONGLET_JETON])

    assert "ne connaît pas cette feuille" in poste.rendre(changer(feuille, autre_jeton)).message
    assert "«\u00a0Ne pas modifier\u00a0» a été effacé" in poste.rendre(changer(feuille, sans_onglet)).message


def test_a_sheet_is_forgotten_after_ninety_days_with_the_notes_that_it_held(poste: Poste, dossier: Dossier) -> None:
    session, vieux = poste.session, maintenant() - timedelta(days=91)
    feuille = poste.partir(dossier.reference)
    retour = poste.rendre(changer(feuille, ecrire(dossier.reference, Champ.NOTE, "À oublier")))
    assert retour.feuille is not None
    retour.feuille.created_at = vieux
    session.commit()
    entretien.purge(session)
    assert session.scalar(select(func.count()).select_from(FeuilleTravail)) == 1, "it came back of late"
    retour.created_at = vieux
    session.commit()
    entretien.purge(session)
    for table in (FeuilleTravail, RetourFeuille, ModificationFeuille):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert "plus de 90\u00a0jours" in poste.rendre(feuille).message


def test_rows_and_columns_sorted_deleted_and_added_are_understood(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    autre, retire = creer.dossier(service), creer.dossier(service)
    feuille = poste.partir(dossier.reference, autre.reference, retire.reference)

    def bousculer(livre: Workbook) -> None:
        page = livre[ONGLET_DOSSIERS]
        page.delete_rows(rang_de(page, retire.reference))
        page.delete_cols(colonne_de(page, "Étiquettes"))
        page.cell(1, colonne_de(page, "Montant proposé")).value = "Ma proposition"
        page.append(["P-1999-000001", "Inventée"])
        page.insert_rows(1)

    rempli = changer(feuille, ecrire(autre.reference, Champ.NOTE, "Trouvée"), bousculer)
    retour = poste.rendre(rempli)
    assert list(poste.modifications(retour)) == [(autre.reference, Champ.NOTE)]
    assert retour.constat["absentes"] == 1
    assert retour.constat["references_inconnues"] == ["P-1999-000001"]
    assert retour.constat["colonnes_absentes"] == [Champ.MONTANT_PROPOSE, Champ.ETIQUETTES]
    assert retour.constat["colonnes_en_plus"] == ["Ma proposition"]


def test_a_column_sorted_without_the_others_is_refused_row_by_row(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    autre = creer.dossier(service)
    feuille = poste.partir(dossier.reference, autre.reference)

    def trier_une_colonne(livre: Workbook) -> None:
        page = livre[ONGLET_DOSSIERS]
        page["A2"].value, page["A3"].value = page["A3"].value, page["A2"].value

    retour = poste.rendre(changer(feuille, ecrire(dossier.reference, Champ.NOTE, "Pour qui ?"), trier_une_colonne))
    (une,) = poste.modifications(retour).values()
    assert (une.etat, "triée sans les autres" in une.message) == (Sort.IMPOSSIBLE, True)


def test_a_dossier_closed_to_the_service_meanwhile_is_left_alone(
    poste: Poste, dossier: Dossier, session: Session
) -> None:
    rempli = changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.NOTE, "Trop tard"))
    lu_avant = poste.rendre(rempli)
    fabriques_feuilles.fermer(session, dossier)
    lu_apres = poste.rendre(rempli)
    for retour, sort in ((poste.appliquer(lu_avant), Sort.REFUSEE), (lu_apres, Sort.IMPOSSIBLE)):
        (une,) = poste.modifications(retour).values()
        assert (une.etat, "ne vous est plus ouvert" in une.message) == (sort, True)
    assert session.scalar(select(func.count()).select_from(NotePersonnelle)) == 0


@pytest.mark.parametrize(
    ("champ", "valeur", "raison"),
    [
        (Champ.ETAT, "accordé", "passe seulement en instruction"),
        (Champ.ETAT, "fini", "n’est pas un état de la liste"),
        (Champ.INSTRUCTEUR, "Personne Inconnue", "n’est pas un agent qui instruit"),
        (Champ.MONTANT_PROPOSE, "12 k€", "n’est pas lisible"),
        (Champ.MONTANT_PROPOSE, 0, "supérieur à zéro"),
        (Champ.AVIS_SENS, "favorable", "Un avis a un sens et un texte"),
        (Champ.ETIQUETTES, "inventée", "n’est pas une étiquette"),
        (Champ.NOTE, "x" * 5_001, "trop long"),
    ],
)
def test_what_may_not_be_written_is_told_with_its_reason(
    poste: Poste, dossier: Dossier, champ: ChampFeuille, valeur: object, raison: str
) -> None:
    retour = poste.rendre(changer(poste.partir(dossier.reference), ecrire(dossier.reference, champ, valeur)))
    (une,) = poste.modifications(retour).values()
    assert une.etat == Sort.IMPOSSIBLE
    assert raison in une.message
    assert poste.appliquer(retour).etat == EtatRetour.APPLIQUE
    assert poste.etats(retour) == {champ: Sort.IMPOSSIBLE}


def test_rights_are_those_of_the_moment_when_it_is_applied(poste: Poste, dossier: Dossier) -> None:
    retour = poste.rendre(
        changer(poste.partir(dossier.reference), ecrire(dossier.reference, Champ.ETAT, "en instruction"))
    )
    retours_feuilles.confirm(poste.session, by=poste.acteur, retour=retour)
    poste.agent.affectations[0].role = RoleAffectation.LECTEUR
    poste.session.commit()
    poste.travailler(retour)
    (une,) = poste.modifications(retour).values()
    assert (une.etat, "pas de les instruire" in une.message) == (Sort.REFUSEE, True)
    assert dossier.etat == Etat.EN_CONSTRUCTION


def test_a_service_asked_for_its_avis_gives_it_and_touches_nothing_else(
    poste: Poste, dossier: Dossier, creer: Fabriques, moyens: Moyens
) -> None:
    saisi = fabriques_feuilles.poste(creer, moyens)
    creer.demande_avis(dossier, saisi.service)
    ref = dossier.reference
    retour = saisi.rendre(
        changer(
            saisi.partir(ref),
            ecrire(ref, Champ.ETAT, "en instruction"),
            ecrire(ref, Champ.MONTANT_PROPOSE, 10),
            ecrire(ref, Champ.AVIS_SENS, "défavorable"),
            ecrire(ref, Champ.AVIS_TEXTE, "Déjà aidé ailleurs"),
        )
    )
    saisi.appliquer(retour)
    assert saisi.etats(retour) == {
        Champ.ETAT: Sort.IMPOSSIBLE,
        Champ.MONTANT_PROPOSE: Sort.IMPOSSIBLE,
        Champ.AVIS_SENS: Sort.APPLIQUEE,
        Champ.AVIS_TEXTE: Sort.APPLIQUEE,
    }
    donne = poste.session.scalars(select(Avis)).one()
    assert (donne.service_id, donne.sens) == (saisi.service.id, SensAvis.DEFAVORABLE)
    poste.session.refresh(dossier)
    assert (dossier.avis_rendus, dossier.etat) == (1, Etat.EN_CONSTRUCTION)


def test_what_one_act_refuses_leaves_the_others_of_the_dossier(
    poste: Poste, dossier: Dossier, creer: Fabriques, service: Service
) -> None:
    dossier.etat, ref = Etat.EN_INSTRUCTION, dossier.reference
    retour = poste.rendre(
        changer(poste.partir(ref), ecrire(ref, Champ.MONTANT_PROPOSE, 500), ecrire(ref, Champ.NOTE, "Gardée"))
    )
    creer.decision(dossier, creer.responsable(service))
    poste.appliquer(retour)
    assert poste.etats(retour) == {Champ.MONTANT_PROPOSE: Sort.REFUSEE, Champ.NOTE: Sort.APPLIQUEE}
    assert poste.session.scalar(select(func.count()).select_from(Proposition)) == 0
    assert poste.session.scalars(select(NotePersonnelle.texte)).one() == "Gardée"


def test_a_sheet_of_many_dossiers_is_read_in_the_same_number_of_statements(
    poste: Poste, creer: Fabriques, service: Service
) -> None:
    dossiers = [creer.dossier(service) for _ in range(30)]
    assert len(dossiers) == 30
    feuille = poste.partir(*(un.reference for un in dossiers))
    retour = poste.rendre(changer(feuille, *(ecrire(un.reference, Champ.NOTE, f"Note {un.id}") for un in dossiers)))
    poste.appliquer(retour)
    assert poste.session.scalar(select(func.count()).select_from(NotePersonnelle)) == 30
    faites = select(func.count()).where(ModificationFeuille.etat == Sort.APPLIQUEE)
    assert poste.session.scalar(faites) == 30
    assert retour.applique_at is not None
    assert retour.applique_at <= maintenant()
