"""Cross-checks: what is found around a dossier without being asked, who reads it, and what people make of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, AssociationIdentifiant
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.recoupements import AssociationARecouper, Recoupement
from portal.models.services import Service
from portal.queries import mesures_avis, recoupements
from portal.queries.acteurs import agent_of
from portal.queries.recoupements import RecoupementLu
from portal.services import fusions, recensement
from portal.services import recoupements as services
from portal.services.recensement import Vue
from portal.vocabulaire import Etat, TypeIdentifiant, TypeService
from portal.vocabulaire_demandes import SectionDemande
from portal.vocabulaire_recoupements import Ecart, EtatRecoupement, GenreRecoupement, LacuneCer
from tests import fabriques_avis, fabriques_lectures
from tests import fabriques_recoupements as fabrique
from tests.client import ClientStrict
from tests.fabriques_recoupements import Contenu
from tests.factories import Fabriques
from tests.requetes import requetes

FESTIVAL = Contenu(titre="Festival des arts de la rue de Vaise")
IBAN = "FR7630006000011234567890189"


class Monde:
    """Two services, an association, and requests that are made of it."""

    def __init__(self, creer: Fabriques, session: Session) -> None:
        self.creer, self.session = creer, session
        self.ddets = creer.service("DDETS 69", nom="DDETS du Rhône", territoire="Rhône")
        self.drac = creer.service(
            "DRAC ARA", nom="DRAC Auvergne-Rhône-Alpes", type=TypeService.DRAC, territoire="Auvergne-Rhône-Alpes"
        )
        self.agent, self.autre_agent = creer.agent(self.ddets), creer.agent(self.drac)
        self.usager = creer.usager()
        self.association = creer.association()

    def depose(
        self, service: Service, contenu: Contenu = FESTIVAL, association: Association | None = None, **valeurs: object
    ) -> Dossier:
        confidentielle = bool(valeurs.pop("confidentielle", False))
        association = association or self.association
        demarche = self.creer.demarche(service, confidentielle=confidentielle)
        demande = fabrique.demande(self.session, association, demarche, self.usager, contenu)
        dossier = fabrique.dossier(self.session, association, demarche, contenu, demande, **valeurs)
        self.session.commit()
        return dossier

    def trouve(self, agent: User, dossier: Dossier, genre: GenreRecoupement) -> list[RecoupementLu]:
        """What that agent reads of that kind, once the job has passed."""
        while services.sweep(self.session):
            pass
        self.session.commit()
        return recoupements.of_dossier(self.session, self.creer.acteur(agent), dossier).de(genre)


@pytest.fixture
def monde(creer: Fabriques, session: Session) -> Monde:
    return Monde(creer, session)


def test_the_same_action_asked_of_another_service_is_found_by_both_with_its_reasons(monde: Monde) -> None:
    ici = monde.depose(monde.ddets)
    la = monde.depose(monde.drac, replace(FESTIVAL, titre="FESTIVAL arts de rue, Vaise", montant=Decimal(9000)))
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    assert trouve.etat == EtatRecoupement.A_REGARDER
    assert trouve.autre is not None
    assert trouve.autre.reference is None, "la DDETS ne lit pas le dossier de la DRAC"
    assert (trouve.autre.sigle, trouve.autre.montant_demande) == ("DRAC ARA", Decimal(9000))
    assert any("Titres identiques ou presque (1,00)" in phrase for phrase in trouve.phrases)
    assert any("Périodes communes, du 1er mars 2026 au 31 octobre 2026" in phrase for phrase in trouve.phrases)
    [symetrique] = monde.trouve(monde.autre_agent, la, GenreRecoupement.MEME_ACTION)
    assert symetrique.autre is not None
    assert symetrique.autre.sigle == "DDETS 69"


@pytest.mark.parametrize(
    "autre",
    [
        replace(FESTIVAL, titre="Ateliers d’écriture au collège"),
        replace(FESTIVAL, debut=date(2027, 3, 1), fin=date(2027, 10, 31), exercice=2027),
        replace(FESTIVAL, communes=("01004",)),
        replace(FESTIVAL, titre="Fonctionnement général de l’association"),
    ],
    ids=["autre action", "reconduite l’an prochain", "autre commune", "fonctionnement"],
)
def test_another_action_the_renewal_of_next_year_and_another_town_are_no_duplicates(
    monde: Monde, autre: Contenu
) -> None:
    ici = monde.depose(monde.ddets)
    monde.depose(monde.drac, autre)
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION) == []


def test_two_funders_that_one_request_names_are_cofunding_and_no_duplicate(monde: Monde) -> None:
    declare = (("subventions_etat", "Direction régionale des affaires culturelles", Decimal(9000), "demande"),)
    ici = monde.depose(monde.ddets, replace(FESTIVAL, cofinanceurs=declare))
    monde.depose(monde.drac, replace(FESTIVAL, montant=Decimal(9000)))
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION) == []
    [concorde] = monde.trouve(monde.agent, ici, GenreRecoupement.COFINANCEMENT)
    assert (concorde.etat, concorde.faits["ecart"]) == (EtatRecoupement.INFORMATION, Ecart.CONCORDE)


def test_the_dossiers_of_one_request_to_two_services_are_no_duplicates(monde: Monde) -> None:
    ici = monde.depose(monde.ddets)
    fabrique.dossier(monde.session, monde.association, monde.creer.demarche(monde.drac), FESTIVAL, ici.demande)
    monde.session.commit()
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION) == []


@pytest.mark.parametrize(
    ("etat", "declare", "la", "ecart"),
    [
        ("demande", 9000, None, Ecart.ABSENT),
        ("demande", 4000, {"etat": Etat.EN_INSTRUCTION}, Ecart.MONTANT),
        ("obtenu", 9000, {"etat": Etat.REFUSE}, Ecart.REFUSE),
        ("obtenu", 9000, {"etat": Etat.EN_INSTRUCTION}, Ecart.PAS_DECIDE),
        ("obtenu", 9000, {"etat": Etat.ACCEPTE, "montant_accorde": Decimal(6000)}, Ecart.MONTANT),
        ("obtenu", 6000, {"etat": Etat.ACCEPTE, "montant_accorde": Decimal(6000)}, Ecart.CONCORDE),
    ],
)
def test_a_declared_cofunding_is_held_against_what_that_service_was_asked_and_has_granted(
    monde: Monde, etat: str, declare: int, la: dict[str, object] | None, ecart: Ecart
) -> None:
    ligne = (("subventions_etat", "la DRAC", Decimal(declare), etat),)
    ici = monde.depose(monde.ddets, replace(FESTIVAL, cofinanceurs=ligne))
    if la is not None:
        monde.depose(monde.drac, replace(FESTIVAL, montant=Decimal(9000)), date_traitement=maintenant(), **la)
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.COFINANCEMENT)
    assert trouve.faits["ecart"] == ecart
    assert (trouve.etat == EtatRecoupement.INFORMATION) == (ecart == Ecart.CONCORDE)


def test_aids_obtained_that_pass_the_cost_are_told_with_each_amount(monde: Monde) -> None:
    lignes = (("aides_privees", "Fondation du Rhône", Decimal(17000), "obtenu"),)
    ici = monde.depose(monde.ddets, replace(FESTIVAL, cofinanceurs=lignes))
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.COFINANCEMENT)
    assert trouve.faits["ecart"] == Ecart.DEPASSEMENT
    assert [(ligne.de_qui, ligne.montant) for ligne in trouve.lignes] == [("Fondation du Rhône", Decimal(17000))]


def test_a_confidential_dossier_tells_other_services_that_it_exists_and_nothing_else(monde: Monde) -> None:
    ici = monde.depose(monde.ddets)
    la = monde.depose(monde.drac, confidentielle=True)
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION) == []
    assert recoupements.of_dossier(monde.session, monde.creer.acteur(monde.agent), ici).confidentiels == 1
    [trouve] = monde.trouve(monde.autre_agent, la, GenreRecoupement.MEME_ACTION)
    assert trouve.autre is not None
    assert trouve.autre.sigle == "DDETS 69", "la DRAC lit le croisement, elle"


def test_a_service_asked_for_its_avis_reads_the_same_actions_and_no_account_nor_declaration(monde: Monde) -> None:
    ligne = (("subventions_etat", "DRAC", Decimal(9000), "obtenu"),)
    ici = monde.depose(monde.ddets, replace(FESTIVAL, cofinanceurs=ligne))
    troisieme = monde.creer.agent(monde.creer.service())
    monde.creer.acces(ici, troisieme.affectations[0].service_id)
    assert monde.trouve(monde.agent, ici, GenreRecoupement.COFINANCEMENT)
    assert monde.trouve(troisieme, ici, GenreRecoupement.COFINANCEMENT) == []


def test_a_service_that_reads_some_sections_reads_the_reasons_that_they_and_the_croisement_give(monde: Monde) -> None:
    """Neither the others, nor the sum of all, which would tell of them; nor what the owner wrote when it set the pair aside."""
    ici = monde.depose(monde.ddets)
    monde.depose(monde.drac)
    [entier] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    services.judge(
        monde.session,
        by=monde.creer.acteur(monde.agent),
        dossier=ici,
        recoupement_id=entier.id,
        etat=EtatRecoupement.CONFIRME,
        motif="Vu avec la préfète.",
    )
    lus = {}
    for section in (SectionDemande.PROJET, SectionDemande.BUDGET_PROJET, SectionDemande.MOYENS):
        saisi = monde.creer.agent(monde.creer.service())
        service = saisi.affectations[0].service
        fabriques_avis.demande(monde.session, ici, service, monde.agent, sections=[section.value])
        monde.creer.acces(ici, service.id)
        [vu] = monde.trouve(saisi, ici, GenreRecoupement.MEME_ACTION)
        lus[section] = vu
        assert vu.motif == ""
        assert vu.phrases[-1].endswith(
            f"{vu.faits['points']} points sur les {vu.faits['sur']} qui pouvaient se comparer."
        )
    codes = {nom: {une["code"] for une in vu.faits["raisons"]} for nom, vu in {"": entier, **lus}.items()}
    assert codes == {
        "": {"titre", "periode", "territoire", "montant", "cout"},
        SectionDemande.PROJET: {"titre", "periode", "territoire"},
        SectionDemande.BUDGET_PROJET: {"titre", "montant", "cout"},
        SectionDemande.MOYENS: {"titre"},
    }
    assert [lus[une].faits["points"] for une in (SectionDemande.PROJET, SectionDemande.MOYENS)] == [85, 50]


def test_a_sum_leaves_out_the_dossier_that_a_conflict_of_interest_closes_and_alerts_without_it_or_not_at_all(
    monde: Monde,
) -> None:
    ici = monde.depose(monde.ddets)
    accorde = {"etat": Etat.ACCEPTE, "montant_accorde": Decimal(350000), "date_traitement": maintenant()}
    la = monde.depose(monde.drac, replace(FESTIVAL, titre="Ateliers d’écriture au collège"), **accorde)
    collegue = monde.creer.agent(monde.ddets)
    fabriques_lectures.recuser(monde.session, monde.agent, la)
    [entiere] = monde.trouve(collegue, ici, GenreRecoupement.MINIMIS)
    assert [ligne.montant for ligne in entiere.lignes] == [Decimal(350000)]
    recuse = agent_of(monde.session, monde.agent.id, monde.ddets.id)
    assert recuse is not None
    assert recoupements.of_dossier(monde.session, recuse, ici).de(GenreRecoupement.MINIMIS) == []
    monde.depose(monde.drac, replace(FESTIVAL, titre="Chorale du mardi"), **accorde | {"montant_accorde": Decimal(70)})
    assert len(monde.trouve(collegue, ici, GenreRecoupement.MINIMIS)[0].lignes) == 2
    [partielle] = recoupements.of_dossier(monde.session, recuse, ici).de(GenreRecoupement.MINIMIS)
    assert [ligne.montant for ligne in partielle.lignes] == [Decimal(70)]
    assert "350" not in " ".join(partielle.phrases)
    assert (entiere.etat, partielle.etat) == (EtatRecoupement.A_REGARDER, EtatRecoupement.INFORMATION)


def test_two_rows_with_the_same_siren_are_compared(monde: Monde) -> None:
    double = monde.creer.association(denomination="Les Tréteaux (doublon)")
    monde.session.add(
        AssociationIdentifiant(association_id=double.id, type=TypeIdentifiant.SIREN, valeur=monde.association.siren)
    )
    monde.session.commit()
    ici = monde.depose(monde.ddets)
    monde.depose(monde.drac, association=double)
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    assert any("même SIREN" in phrase for phrase in trouve.phrases)


def test_a_finding_set_aside_stays_so_until_its_facts_change(monde: Monde) -> None:
    ici = monde.depose(monde.ddets)
    la = monde.depose(monde.drac)
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    services.judge(
        monde.session,
        by=monde.creer.acteur(monde.agent),
        dossier=ici,
        recoupement_id=trouve.id,
        etat=EtatRecoupement.ECARTE,
        motif="Deux scènes différentes.",
    )
    la.date_traitement, la.etat = maintenant(), Etat.ACCEPTE
    monde.session.commit()
    [ecarte] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    assert (ecarte.etat, ecarte.motif) == (EtatRecoupement.ECARTE, "Deux scènes différentes.")
    [ailleurs] = monde.trouve(monde.autre_agent, la, GenreRecoupement.MEME_ACTION)
    assert (ailleurs.etat, ailleurs.motif) == (EtatRecoupement.A_REGARDER, ""), "chaque service juge pour lui"
    la.montant_demande = Decimal(7777)
    monde.session.commit()
    [revu] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    assert revu.etat == EtatRecoupement.A_REGARDER


def test_a_pair_of_one_service_is_judged_for_both_its_dossiers_and_counts_once(monde: Monde) -> None:
    ici, la = monde.depose(monde.ddets), monde.depose(monde.ddets)
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    acteur = monde.creer.acteur(monde.agent)
    services.judge(monde.session, by=acteur, dossier=ici, recoupement_id=trouve.id, etat=EtatRecoupement.CONFIRME)
    monde.session.commit()
    [symetrique] = monde.trouve(monde.agent, la, GenreRecoupement.MEME_ACTION)
    assert symetrique.etat == EtatRecoupement.CONFIRME
    mesures = mesures_avis.of_service(monde.session, acteur, aujourdhui().year)
    assert (mesures.doublons.nombre, mesures.doublons.demande) == (1, Decimal(5000))
    ailleurs = monde.creer.acteur(monde.autre_agent)
    assert mesures_avis.of_service(monde.session, ailleurs, aujourdhui().year).doublons.nombre == 0


def test_only_the_service_that_instructs_judges_and_says_why_it_sets_aside(monde: Monde) -> None:
    ici, la = monde.depose(monde.ddets), monde.depose(monde.drac)
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    with pytest.raises(Forbidden):
        services.judge(
            monde.session,
            by=monde.creer.acteur(monde.autre_agent),
            dossier=ici,
            recoupement_id=trouve.id,
            etat=EtatRecoupement.CONFIRME,
        )
    with pytest.raises(Invalid):
        services.judge(
            monde.session,
            by=monde.creer.acteur(monde.agent),
            dossier=ici,
            recoupement_id=trouve.id,
            etat=EtatRecoupement.ECARTE,
        )
    assert la.id != ici.id


def test_the_same_account_as_another_association_is_told_masked_to_the_service_that_pays(monde: Monde) -> None:
    voisine = monde.creer.association(denomination="Les Voisins")
    fabrique.rib(monde.session, voisine, IBAN, monde.usager)
    fabrique.rib(monde.session, monde.association, IBAN, monde.usager)
    ici = monde.depose(monde.ddets)
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_COMPTE)
    assert trouve.titre == "Même compte que Les Voisins"
    ecrit = monde.session.scalars(select(Recoupement.faits).where(Recoupement.genre == GenreRecoupement.MEME_COMPTE))
    assert not any(IBAN in str(faits) for faits in ecrit)


def test_public_aid_over_three_years_is_summed_once_with_its_lines_and_alerts_above_the_ceiling(monde: Monde) -> None:
    octroi = maintenant() - timedelta(days=400)
    ancien = maintenant() - timedelta(days=3 * 366 + 10)
    autre = replace(FESTIVAL, titre="Chantier d’insertion", exercice=2025)
    for quand, somme in ((octroi, 200_000), (ancien, 500_000)):
        monde.depose(
            monde.drac,
            autre,
            etat=Etat.ACCEPTE,
            montant_accorde=Decimal(somme),
            date_traitement=quand,
            date_depot=quand,
        )
    aides = (
        (octroi.date(), "minimis", "DRAC", Decimal(200_000)),
        (aujourdhui() - timedelta(days=30), "minimis", "Métropole de Lyon", Decimal(96_000)),
    )
    ici = monde.depose(monde.ddets, replace(FESTIVAL, aides=aides))
    [trouve] = monde.trouve(monde.agent, ici, GenreRecoupement.MINIMIS)
    assert sorted(ligne.montant for ligne in trouve.lignes) == [Decimal(96_000), Decimal(200_000)]
    assert trouve.etat == EtatRecoupement.A_REGARDER, "296 000 euros connus et 5 000 demandés passent 300 000"


def test_a_cer_signed_after_the_grant_is_told(monde: Monde) -> None:
    demarche = monde.creer.demarche(monde.ddets)
    ici = fabrique.dossier(
        monde.session,
        monde.association,
        demarche,
        FESTIVAL,
        None,
        etat=Etat.ACCEPTE,
        montant_accorde=Decimal(5000),
        date_traitement=maintenant() - timedelta(days=3),
        date_depot=maintenant() - timedelta(days=30),
    )
    monde.session.commit()
    [manque] = monde.trouve(monde.agent, ici, GenreRecoupement.CER)
    assert manque.faits["lacune"] == LacuneCer.A_LA_DECISION
    monde.creer.engagement(monde.creer.mandat(monde.usager, monde.association))
    services.refresh(monde.session, [monde.association.id])
    [apres] = monde.trouve(monde.agent, ici, GenreRecoupement.CER)
    assert apres.faits["lacune"] == LacuneCer.APRES_OCTROI


def test_the_page_tells_what_was_found_in_a_fixed_number_of_statements_and_takes_an_answer(
    monde: Monde, client: ClientStrict
) -> None:
    ici = monde.depose(monde.ddets)
    for _ in range(3):
        monde.depose(monde.drac)
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)
    client.connecter(monde.agent)
    adresse = f"/instruction/dossiers/{ici.reference}/recoupements"
    client.get(adresse)
    with requetes() as vues:
        page = client.get(adresse)
    assert len(vues) <= 12
    assert "Autres demandes pour la même action" in page.text
    assert "DRAC ARA" in page.text
    ident = monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)[0].id
    client.get(f"{adresse}/{ident}")
    refus = client.soumettre({"etat": "ecarte", "motif": ""})
    assert refus.status_code == 422
    assert "pourquoi vous écartez" in refus.text
    assert client.soumettre({"etat": "ecarte", "motif": "Deux jauges."}, suivre=False).status_code == 303
    assert "Deux jauges." in client.get(adresse).text


def test_what_changes_by_the_passing_of_days_is_looked_at_again_each_night(monde: Monde) -> None:
    monde.depose(monde.ddets)
    while services.sweep(monde.session):
        pass
    services.order_open(monde.session)
    attendues = monde.session.scalars(select(AssociationARecouper.association_id)).all()
    assert list(attendues) == [monde.association.id]


def test_a_number_that_two_associations_turn_out_to_share_has_their_dossiers_looked_at_without_waiting_for_the_night(
    monde: Monde,
) -> None:
    autre = monde.creer.association()
    ici, la = monde.depose(monde.ddets), monde.depose(monde.drac, association=autre)
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION) == []
    vue = Vue(siren="", rna=autre.rna, faits={}, places=(), observed_at=maintenant())
    recensement.complete(monde.session, source="registre", association=monde.association, vue=vue)
    assert len(monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION)) == 1
    assert len(monde.trouve(monde.autre_agent, la, GenreRecoupement.MEME_ACTION)) == 1
    recensement.complete(monde.session, source="registre", association=monde.association, vue=vue)
    assert services.sweep(monde.session) == 0, "nothing new was learnt"


def test_a_merge_that_brings_a_number_has_dossiers_looked_at_at_once_and_so_does_its_undoing(monde: Monde) -> None:
    tierce, absorbee = monde.creer.association(), monde.creer.association()
    monde.session.add(AssociationIdentifiant(association_id=absorbee.id, type=TypeIdentifiant.RNA, valeur=tierce.rna))
    ici, la = monde.depose(monde.ddets), monde.depose(monde.drac, association=tierce)
    assert monde.trouve(monde.agent, ici, GenreRecoupement.MEME_ACTION) == []
    responsable = monde.creer.acteur(monde.creer.responsable(monde.ddets))
    fusion = fusions.merge(
        monde.session, by=responsable, gardee_id=monde.association.id, absorbee_id=absorbee.id, motif="Même siège."
    )
    for agent, dossier in ((monde.agent, ici), (monde.autre_agent, la)):
        assert len(monde.trouve(agent, dossier, GenreRecoupement.MEME_ACTION)) == 1
    fusions.undo(monde.session, by=responsable, fusion=fusion)
    for agent, dossier in ((monde.agent, ici), (monde.autre_agent, la)):
        assert monde.trouve(agent, dossier, GenreRecoupement.MEME_ACTION) == []
