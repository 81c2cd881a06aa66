"""One act on many dossiers: what would be done, what was done, and putting it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.formats import aujourdhui, maintenant
from portal.models.avis import DemandeAvis, Saisine
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.envois import Courriel
from portal.models.file_agents import EtiquetteDossier
from portal.models.lettres import Lettre
from portal.models.lots import LigneLot, Lot
from portal.models.services import Affectation, Service
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries import essais_lots
from portal.queries.acteurs import agent_of
from portal.services import attributions, decisions, etiquettes, lots, travail_lots
from portal.services.actes_lots import ACTES
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, RoleAffectation
from portal.vocabulaire_instruction import ActionLot, EtatLettre, EtatLigneLot, EtatLot, GenreTache
from tests import fabriques_portes, fabriques_suivi
from tests.client import ClientStrict
from tests.fabriques_octrois import accord
from tests.factories import Fabriques

CLE = "cle-de-lot-0000001"


@dataclass
class Poste:
    """An instructeur at work on some dossiers of its service."""

    creer: Fabriques
    moyens: Moyens
    service: Service
    agent: User
    dossiers: list[Dossier]

    @property
    def session(self) -> Session:
        """The one that prepares and checks."""
        return self.creer.session

    @property
    def acteur(self) -> Acteur:
        """The agent as it is now."""
        lu = agent_of(self.session, self.agent.id, self.service.id)
        assert lu is not None
        return lu

    def lancer(self, action: ActionLot, parametres: dict[str, object], *, cle: str = CLE) -> Lot:
        """Ask for a lot on every dossier, without a dry run."""
        lot = lots.start(
            self.session,
            by=self.acteur,
            action=action,
            parametres=parametres,
            dossiers=[(un.id, 0) for un in self.dossiers],
            cle=cle,
        )
        self.session.commit()
        return lot

    def faire(self, action: ActionLot, parametres: dict[str, object], *, cle: str = CLE) -> Lot:
        """Ask for it, and let a worker do it."""
        lot = self.lancer(action, parametres, cle=cle)
        return self.travailler(lot)

    def travailler(self, lot: Lot) -> Lot:
        """Let a worker carry it to its end."""
        travail_lots.run(self.moyens, lot.id)
        self.session.expire_all()
        return lot

    def annuler(self, lot: Lot) -> Lot:
        """Ask for it to be undone, and let a worker do it."""
        lots.undo(self.session, by=self.acteur, lot=lot)
        self.session.commit()
        return self.travailler(lot)

    def etats(self, lot: Lot) -> list[EtatLigneLot]:
        """What became of each dossier, in their order."""
        return list(
            self.session.scalars(select(LigneLot.etat).where(LigneLot.lot_id == lot.id).order_by(LigneLot.rang))
        )

    def messages(self, lot: Lot) -> list[str]:
        """What is said of each."""
        lus = select(LigneLot.message).where(LigneLot.lot_id == lot.id)
        return list(self.session.scalars(lus.order_by(LigneLot.rang)))


@pytest.fixture
def poste(creer: Fabriques, moyens: Moyens) -> Poste:
    """Three dossiers that nobody has taken in charge."""
    service = creer.service()
    agent = creer.agent(service)
    return Poste(creer, moyens, service, agent, [creer.dossier(service) for _ in range(3)])


def choisir(client: ClientStrict, poste: Poste, action: ActionLot, dossiers: Sequence[Dossier] | None = None) -> str:
    """Open what follows the queue; the text of that page."""
    client.connecter(poste.agent)
    choisis = poste.dossiers if dossiers is None else dossiers
    adresse = [("action", action.value), *(("dossier", un.reference) for un in choisis)]
    assert client.get("/instruction/lots/preparer", query_string=adresse).status_code == 200
    return client.texte()


def test_agents_see_what_would_be_done_then_do_it_then_read_the_result_of_each(
    client: ClientStrict, poste: Poste
) -> None:
    poste.dossiers[1].etat = Etat.EN_INSTRUCTION
    poste.session.commit()
    page = choisir(client, poste, ActionLot.PRENDRE_EN_CHARGE)
    assert "2 dossiers peuvent être traités, 1 ne le peut pas" in page
    assert "cette action n’est plus possible" in page
    assert poste.session.scalar(select(func.count()).select_from(Lot)) == 0
    client.soumettre()
    assert "Avancement : 0 sur 2" in client.texte()
    lot = poste.session.scalars(select(Lot)).one()
    poste.travailler(lot)
    client.get(f"/instruction/lots/{lot.id}")
    assert "2 dossiers faits" in client.texte()
    assert {un.etat for un in poste.dossiers} == {Etat.EN_INSTRUCTION}
    client.get("/instruction/lots")
    assert "terminé" in client.texte()
    assert client.get("/instruction/lots/preparer").status_code == 200
    assert "Aucun dossier n’est choisi" in client.texte()


def test_a_page_under_way_asks_again_by_itself_and_a_finished_one_does_not(client: ClientStrict, poste: Poste) -> None:
    lot = poste.lancer(ActionLot.ATTRIBUER, {"instructeur": poste.agent.id})
    client.connecter(poste.agent)
    en_cours = client.fragment(f"/instruction/lots/{lot.id}")
    assert 'hx-trigger="every 3s"' in en_cours.text
    poste.travailler(lot)
    assert "hx-trigger" not in client.fragment(f"/instruction/lots/{lot.id}").text


def test_the_whole_view_is_chosen_up_to_five_hundred(client: ClientStrict, poste: Poste) -> None:
    poste.creer.dossier(poste.service, etat=Etat.REFUSE)
    client.connecter(poste.agent)
    client.get("/instruction/lots/preparer?action=etiqueter&portee=vue&etat=en_construction")
    assert "Étiqueter : 3 dossiers" in client.texte()


def test_a_choice_that_is_missing_is_asked_for_and_the_dossiers_stay(client: ClientStrict, poste: Poste) -> None:
    fabriques_portes.etiquette(poste.creer, poste.service, "Urgent")
    choisir(client, poste, ActionLot.ETIQUETER)
    assert client.soumettre({"etiquette": ""}).status_code == 422
    assert "Choisissez l’étiquette à poser." in client.texte()
    assert "Étiqueter : 3 dossiers" in client.texte()


def test_the_same_page_sent_twice_makes_one_lot(client: ClientStrict, poste: Poste) -> None:
    choisir(client, poste, ActionLot.PRENDRE_EN_CHARGE)
    premier = client.soumettre(suivre=False)
    choisir_encore = client.arbre
    assert choisir_encore is not None
    second = client.soumettre(suivre=False)
    assert premier.location == second.location
    assert poste.session.scalar(select(func.count()).select_from(Lot)) == 1


def test_a_key_of_somebody_else_starts_nothing(poste: Poste) -> None:
    poste.lancer(ActionLot.PRENDRE_EN_CHARGE, {})
    poste.agent = poste.creer.agent(poste.service)
    with pytest.raises(Conflict):
        poste.lancer(ActionLot.PRENDRE_EN_CHARGE, {})


def test_what_somebody_else_did_meanwhile_is_refused_with_the_sentence_of_the_act(poste: Poste) -> None:
    lot = poste.lancer(ActionLot.ATTRIBUER, {"instructeur": poste.agent.id})
    poste.dossiers[1].etat = Etat.ACCEPTE
    poste.session.commit()
    poste.travailler(lot)
    assert poste.etats(lot) == [EtatLigneLot.FAIT, EtatLigneLot.REFUSE, EtatLigneLot.FAIT]
    assert "il ne s’attribue plus" in poste.messages(lot)[1]
    tache = poste.session.scalars(select(Tache).where(Tache.genre == GenreTache.LOT_TERMINE)).one()
    assert (tache.user_id, tache.objet_id) == (poste.agent.id, lot.id)


def test_rights_are_those_of_the_moment_of_the_act(poste: Poste) -> None:
    lot = poste.lancer(ActionLot.PRENDRE_EN_CHARGE, {})
    affectation = poste.session.scalars(select(Affectation).where(Affectation.user_id == poste.agent.id)).one()
    affectation.role = RoleAffectation.LECTEUR
    poste.session.commit()
    poste.travailler(lot)
    assert set(poste.etats(lot)) == {EtatLigneLot.REFUSE}
    assert set(poste.messages(lot)) == {"Votre rôle dans le service permet de lire les dossiers, pas de les instruire."}


def test_a_label_put_on_a_lot_is_taken_off_by_one_undo_and_a_second_press_does_nothing(poste: Poste) -> None:
    etiquette = fabriques_portes.etiquette(poste.creer, poste.service)
    etiquettes.put(poste.session, by=poste.acteur, dossier=poste.dossiers[0], etiquette_id=etiquette.id)
    lot = poste.faire(ActionLot.ETIQUETER, {"etiquette": etiquette.id})
    assert poste.etats(lot) == [EtatLigneLot.REFUSE, EtatLigneLot.FAIT, EtatLigneLot.FAIT]
    poste.annuler(lot)
    assert poste.etats(lot) == [EtatLigneLot.REFUSE, EtatLigneLot.ANNULE, EtatLigneLot.ANNULE]
    portent = select(EtiquetteDossier.dossier_id).where(EtiquetteDossier.etiquette_id == etiquette.id)
    assert list(poste.session.scalars(portent)) == [poste.dossiers[0].id]
    fin = lot.finished_at
    poste.annuler(lot)
    assert (lot.etat, lot.finished_at) == (EtatLot.ANNULE, fin)


def test_dossiers_go_back_to_who_had_them_unless_they_changed_hands_again(poste: Poste) -> None:
    premier, autre = poste.creer.agent(poste.service), poste.creer.agent(poste.service)
    attributions.assign(poste.session, by=poste.acteur, dossier=poste.dossiers[0], user_id=premier.id)
    lot = poste.faire(ActionLot.ATTRIBUER, {"instructeur": poste.agent.id})
    attributions.assign(poste.session, by=poste.acteur, dossier=poste.dossiers[2], user_id=autre.id)
    poste.session.commit()
    poste.annuler(lot)
    assert [un.instructeur_id for un in poste.dossiers] == [premier.id, None, autre.id]
    assert "Il s’est passé autre chose" in poste.messages(lot)[2]


def test_taking_in_charge_is_undone_only_where_nothing_followed(client: ClientStrict, poste: Poste) -> None:
    lot = poste.faire(ActionLot.PRENDRE_EN_CHARGE, {})
    etiquette = fabriques_portes.etiquette(poste.creer, poste.service)
    etiquettes.put(poste.session, by=poste.acteur, dossier=poste.dossiers[1], etiquette_id=etiquette.id)
    poste.session.commit()
    client.connecter(poste.agent)
    client.get(f"/instruction/lots/{lot.id}")
    client.soumettre(action="/annulation")
    poste.travailler(lot)
    assert [un.etat for un in poste.dossiers] == [Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.EN_CONSTRUCTION]
    assert [un.instructeur_id for un in poste.dossiers] == [None, poste.agent.id, None]
    client.get(f"/instruction/lots/{lot.id}")
    assert "2 dossiers remis comme avant, 1 resté en l’état" in client.texte()
    assert "Annuler ce traitement" not in client.texte()


def test_refused_dossiers_can_be_read_alone(client: ClientStrict, poste: Poste) -> None:
    poste.dossiers[1].etat = Etat.EN_INSTRUCTION
    lot = poste.faire(ActionLot.PRENDRE_EN_CHARGE, {})
    client.connecter(poste.agent)
    client.get(f"/instruction/lots/{lot.id}?etat=refuse")
    assert poste.dossiers[1].reference in client.texte()
    assert poste.dossiers[0].reference not in client.texte()


def test_a_dossier_of_ds_goes_through_ds_and_cannot_be_put_back_from_here(client: ClientStrict, poste: Poste) -> None:
    poste.dossiers = [poste.creer.dossier_ds(poste.service)]
    lot = poste.faire(ActionLot.PRENDRE_EN_CHARGE, {})
    assert poste.etats(lot) == [EtatLigneLot.FAIT]
    assert poste.dossiers[0].etat == Etat.EN_CONSTRUCTION
    client.connecter(poste.agent)
    client.get(f"/instruction/lots/{lot.id}")
    assert "Ce traitement ne s’annule pas d’ici" in client.texte()
    assert "demandé à Démarches Simplifiées" in client.texte()
    essai = essais_lots.run(poste.session, poste.acteur, ActionLot.PRENDRE_EN_CHARGE, {}, poste.dossiers)
    assert "attend encore la réponse de Démarches Simplifiées" in essai.exclus[0].raison


def test_a_dossier_that_left_the_service_is_said_so(poste: Poste) -> None:
    autre = poste.creer.dossier()
    poste.dossiers.append(autre)
    lot = poste.faire(ActionLot.PRENDRE_EN_CHARGE, {})
    assert poste.messages(lot)[3] == lots.PLUS_LISIBLE


def test_an_unforeseen_failure_on_one_dossier_stops_none_other(poste: Poste, monkeypatch: pytest.MonkeyPatch) -> None:
    def boire(session: Session, by: Acteur, dossier: Dossier, parametres: object, version: int) -> dict[str, object]:
        if dossier.id == poste.dossiers[1].id:
            raise RuntimeError
        return {}

    monkeypatch.setitem(ACTES, ActionLot.PRENDRE_EN_CHARGE, boire)
    lot = poste.faire(ActionLot.PRENDRE_EN_CHARGE, {})
    assert poste.etats(lot) == [EtatLigneLot.FAIT, EtatLigneLot.REFUSE, EtatLigneLot.FAIT]
    assert poste.messages(lot)[1] == lots.IMPREVU


def test_a_lot_of_others_is_not_found(client: ClientStrict, poste: Poste) -> None:
    lot = poste.lancer(ActionLot.PRENDRE_EN_CHARGE, {})
    client.connecter(poste.creer.agent(poste.service))
    assert client.get(f"/instruction/lots/{lot.id}").status_code == 404


@pytest.fixture
def bureau(creer: Fabriques, moyens: Moyens) -> Poste:
    """A responsable before three dossiers to decide."""
    service = creer.service()
    agent = creer.responsable(service)
    demarche = creer.demarche(service)
    dossiers = [creer.dossier(demarche=demarche, etat=Etat.EN_INSTRUCTION) for _ in range(3)]
    return Poste(creer, moyens, service, agent, dossiers)


def _en_attente(poste: Poste) -> Lot:
    return poste.session.scalars(select(Lot).where(Lot.etat == EtatLot.ATTENTE)).one()


def test_a_part_of_what_is_asked_is_decided_then_notified_for_all(client: ClientStrict, bureau: Poste) -> None:
    choisir(client, bureau, ActionLot.DECIDER)
    client.soumettre({"choix": "part", "part": "33,5"})
    assert "3 dossiers peuvent être traités" in client.texte()
    assert "1 506,00" in client.texte(), "three times 502 euros, without cents"
    client.soumettre()
    lot = bureau.travailler(_en_attente(bureau))
    assert set(bureau.etats(lot)) == {EtatLigneLot.FAIT}
    assert set(bureau.session.scalars(select(Decision.montant_accorde))) == {Decimal(502)}
    assert {un.etat for un in bureau.dossiers} == {Etat.EN_INSTRUCTION}
    page = choisir(client, bureau, ActionLot.NOTIFIER)
    assert "Une notification partie ne se reprend pas." in page
    client.soumettre()
    lot = bureau.travailler(_en_attente(bureau))
    assert set(bureau.etats(lot)) == {EtatLigneLot.FAIT}
    assert {un.etat for un in bureau.dossiers} == {Etat.ACCEPTE}
    client.get(f"/instruction/lots/{lot.id}")
    assert "Annuler ce traitement" not in client.texte()


def test_a_refusal_needs_its_words_which_are_filled_in_for_each(client: ClientStrict, bureau: Poste) -> None:
    choisir(client, bureau, ActionLot.DECIDER)
    assert client.soumettre({"choix": "refuse", "motif": "priorite"}).status_code == 422
    assert "Expliquez le refus" in client.texte()
    client.soumettre({"motivation": "Le projet {intitule} n’est pas prioritaire."})
    client.soumettre()
    bureau.travailler(_en_attente(bureau))
    lues = list(bureau.session.scalars(select(Decision.motivation).order_by(Decision.dossier_id)))
    assert lues == [f"Le projet {un.intitule} n’est pas prioritaire." for un in bureau.dossiers]


def test_what_a_decision_needs_is_asked_for_before_the_dry_run(client: ClientStrict, bureau: Poste) -> None:
    for choix, phrase in (
        ("part", "Donnez la part accordée"),
        ("montant", "Donnez le montant accordé"),
        ("sans_suite", "Choisissez le motif"),
        ("", "Choisissez la décision"),
    ):
        choisir(client, bureau, ActionLot.DECIDER)
        assert client.soumettre({"choix": choix}).status_code == 422
        assert phrase in client.texte()


def test_decisions_are_taken_back_until_they_are_notified_or_signed(bureau: Poste) -> None:
    parametres = {
        "choix": "montant",
        "montant": "100.00",
        "motivation": "",
        "conditions": "",
        "motif": None,
        "part": None,
    }
    lot = bureau.faire(ActionLot.DECIDER, parametres)
    decisions.notify(bureau.session, by=bureau.acteur, dossier=bureau.dossiers[0], version=1)
    partie = bureau.session.scalars(select(Lettre).where(Lettre.dossier_id == bureau.dossiers[1].id)).one()
    partie.etat = EtatLettre.AU_PARAPHEUR
    bureau.session.commit()
    bureau.annuler(lot)
    assert bureau.etats(lot) == [EtatLigneLot.FAIT, EtatLigneLot.FAIT, EtatLigneLot.ANNULE]
    assert "partie à la signature" in bureau.messages(lot)[1]
    decides = set(bureau.session.scalars(select(Decision.dossier_id)))
    assert decides == {un.id for un in bureau.dossiers[:2]}
    restantes = select(Lettre.etat).where(Lettre.dossier_id == bureau.dossiers[2].id)
    assert set(bureau.session.scalars(restantes)) == {EtatLettre.REMPLACEE}
    encore = bureau.faire(ActionLot.DECIDER, parametres, cle="cle-de-lot-0000002")
    assert bureau.etats(encore)[2] == EtatLigneLot.FAIT


def test_a_proposal_that_was_decided_waits_again_for_its_responsables_once_the_decision_is_taken_back(
    bureau: Poste,
) -> None:
    session, instructeur = bureau.session, bureau.creer.acteur(bureau.creer.agent(bureau.service))
    seconde, attendue = bureau.creer.responsable(bureau.service), bureau.dossiers[0]
    for dossier in bureau.dossiers:
        decisions.propose(session, by=instructeur, dossier=dossier, teneur=accord("900.00"))
    siennes = select(Tache).where(Tache.genre == GenreTache.PROPOSITION, Tache.dossier_id == attendue.id)
    taches = session.scalars(siennes.order_by(Tache.user_id)).all()
    assert {une.user_id for une in taches} == {bureau.agent.id, seconde.id}, "each responsable, nobody else"
    taches[0].faite_at = maintenant()
    session.commit()
    lot = bureau.faire(ActionLot.DECIDER, {"choix": "proposition"})
    assert set(bureau.etats(lot)) == {EtatLigneLot.FAIT}
    assert all(une.faite_at for une in session.scalars(siennes)), "decided: nobody has to any more"
    bureau.annuler(lot)
    assert set(bureau.etats(lot)) == {EtatLigneLot.ANNULE}
    restantes = {une.user_id: une.faite_at is None for une in session.scalars(siennes)}
    assert restantes == {taches[0].user_id: False, taches[1].user_id: True}, "what its agent had done stays done"


def test_a_decision_recorded_since_the_dry_run_is_not_overwritten(client: ClientStrict, bureau: Poste) -> None:
    choisir(client, bureau, ActionLot.DECIDER)
    client.soumettre({"choix": "montant", "montant": "100"})
    client.soumettre()
    bureau.creer.decision(bureau.dossiers[1], bureau.agent)
    lot = bureau.travailler(_en_attente(bureau))
    assert bureau.etats(lot) == [EtatLigneLot.FAIT, EtatLigneLot.REFUSE, EtatLigneLot.FAIT]


def test_a_decision_changed_since_the_dry_run_is_not_notified(client: ClientStrict, bureau: Poste) -> None:
    lues = [bureau.creer.decision(un, bureau.agent) for un in bureau.dossiers]
    choisir(client, bureau, ActionLot.NOTIFIER)
    client.soumettre()
    lues[1].version = 2
    bureau.session.commit()
    lot = bureau.travailler(_en_attente(bureau))
    assert bureau.etats(lot) == [EtatLigneLot.FAIT, EtatLigneLot.REFUSE, EtatLigneLot.FAIT]


def test_one_question_is_put_to_a_service_on_each_dossier(client: ClientStrict, poste: Poste) -> None:
    saisi = poste.creer.service()
    poste.creer.demande_avis(poste.dossiers[0], saisi)
    choisir(client, poste, ActionLot.DEMANDER_AVIS)
    hier = {"echeance-jour": "1", "echeance-mois": "1", "echeance-annee": "2020"}
    question = {"service": str(saisi.id), "question": "Qu’en pensez-vous ?"}
    assert client.soumettre({**question, **hier}).status_code == 422
    assert "déjà passée" in client.texte()
    client.soumettre(question | dict.fromkeys(hier, ""))
    assert f"L’avis de {saisi.sigle} est déjà demandé sur ce dossier." in client.texte()
    client.soumettre()
    lot = poste.travailler(_en_attente(poste))
    assert lot.total == 2
    posees = select(DemandeAvis.dossier_id).where(DemandeAvis.service_id == saisi.id).order_by(DemandeAvis.dossier_id)
    assert list(poste.session.scalars(posees)) == [un.id for un in poste.dossiers]


def test_each_party_of_a_lot_is_told_once_of_all_its_dossiers_and_its_choices_survive_the_dry_run(
    client: ClientStrict, poste: Poste
) -> None:
    saisi = poste.creer.service(email="saisi@example.org")
    choisir(client, poste, ActionLot.DEMANDER_AVIS)
    envoi = {"service": str(saisi.id), "adresses": "noe@univ.example, Noé", "question": "Qu’en pensez-vous ?"}
    client.soumettre({**envoi, "sections": ["projet", "pieces"], "audience": "services_saisis", "scelle": "y"})
    client.soumettre()
    lot = poste.travailler(_en_attente(poste))
    assert poste.etats(lot) == [EtatLigneLot.FAIT] * 3
    courriels = poste.session.execute(select(Courriel.gabarit, Courriel.destinataire).order_by(Courriel.gabarit))
    assert courriels.all() == [("avis_demandes", "saisi@example.org"), ("avis_expert", "noe@univ.example")]
    (saisine,) = poste.session.scalars(select(Saisine)).all()
    assert (saisine.scelle, saisine.audience, saisine.sections) == (True, "services_saisis", ["projet", "pieces"])
    assert poste.session.scalar(select(func.count()).select_from(DemandeAvis)) == 6


def test_the_same_corrections_are_asked_of_each_association(client: ClientStrict, poste: Poste) -> None:
    usager = poste.creer.usager()
    poste.dossiers += [
        fabriques_suivi.depose(poste.creer, poste.creer.association(), usager, poste.service) for _ in range(2)
    ]
    choisir(client, poste, ActionLot.DEMANDER_COMPLEMENT)
    jour = aujourdhui() + timedelta(days=15)
    saisie = {"motif": "Une précision", "section_projet": "Où ?", "pieces_exigees": "y"}
    saisie |= {"echeance-jour": str(jour.day), "echeance-mois": str(jour.month), "echeance-annee": str(jour.year)}
    assert client.soumettre(saisie | {"section_projet": ""}).status_code == 422
    client.soumettre(saisie)
    assert "2 dossiers peuvent être traités, 3 ne le peuvent pas" in client.texte()
    client.soumettre()
    lot = poste.travailler(_en_attente(poste))
    assert poste.etats(lot) == [EtatLigneLot.FAIT, EtatLigneLot.FAIT]
    demandes = poste.session.scalars(select(Complement)).all()
    assert {un.pieces_exigees for un in demandes} == {True}
    assert [un.sections[0]["motif"] for un in demandes] == ["Où ?", "Où ?"]


def test_two_lots_on_the_same_dossiers_do_each_act_once(poste: Poste) -> None:
    premier = poste.lancer(ActionLot.PRENDRE_EN_CHARGE, {})
    second = poste.lancer(ActionLot.PRENDRE_EN_CHARGE, {}, cle="cle-de-lot-0000002")
    assert travail_lots.run_due(poste.moyens) == 2
    poste.session.expire_all()
    assert set(poste.etats(premier)) == {EtatLigneLot.FAIT}
    assert set(poste.etats(second)) == {EtatLigneLot.REFUSE}
