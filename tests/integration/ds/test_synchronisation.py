"""A run over a démarche: everything arrives once, nothing is rewritten, nothing is lost, one bad dossier stops none other."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.simulator.verite.donnees import iso
from portal.errors import Conflict, Invalid, RemoteUnavailable
from portal.formats import maintenant, mots_de_recherche
from portal.jobs import application
from portal.jobs import synchronisation as travaux
from portal.models.decisions import Decision
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import AccesDossier, Dossier, DossierDS, Financement
from portal.models.envois import OperationDS
from portal.models.journal import Evenement
from portal.models.synchronisation import Curseur, Quarantaine, SyncRun
from portal.permissions import SYSTEME
from portal.queries.elements_ds import elements, partie
from portal.services import synchronisation
from portal.services.moyens import Moyens
from portal.services.synchronisation import passage, rangement
from portal.services.synchronisation.verrou import verrou
from portal.vocabulaire import Etat, EtatEnvoi, MotifAcces, SensDecision
from portal.vocabulaire_ds import Visibilite
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur, brancher, client, modifier, repondre
from tests.reels import chemin

NUMEROS = range(PREMIER_NUMERO, PREMIER_NUMERO + 12)
UN = PREMIER_NUMERO + 1


def lire(moyens: Moyens, number: int = DEMARCHE) -> SyncRun:
    """A run that must not meet any outage."""
    run = synchronisation.sync(moyens, number)
    assert run.erreur == ""
    assert run.ended_at is not None
    return run


def dossier_de(session: Session, number: int) -> Dossier:
    session.expire_all()
    return session.scalars(select(Dossier).join(DossierDS).where(DossierDS.number == number)).one()


def evenements(session: Session, action: str | None = None) -> int:
    demande = select(func.count()).select_from(Evenement).where(Evenement.objet.startswith("dossier:"))
    return session.scalar(demande.where(Evenement.action == action) if action else demande) or 0


def test_first_run_brings_every_dossier_once(session: Session, moyens: Moyens, demarche: Demarche) -> None:
    run = lire(moyens)
    assert (run.lus, run.changes, run.en_quarantaine) == (12, 12, 0)
    assert set(session.scalars(select(DossierDS.number))) == set(NUMEROS)
    assert evenements(session) == evenements(session, "dossier_recu_de_ds") == 12
    acces = session.scalars(select(AccesDossier)).all()
    assert {(un.service_id, un.motif) for un in acces} == {(demarche.service_id, MotifAcces.PROPRIETAIRE)}


def test_a_dossier_says_what_ds_says(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    contenu = simulateur.donnees.dossiers[UN].contenu
    reponses = {champ["label"]: champ.get("stringValue") for champ in contenu["champs"]}
    dossier = dossier_de(session, UN)
    assert dossier.reference == f"DS-{UN}"
    assert dossier.etat == Etat.EN_INSTRUCTION
    assert dossier.demandeur_siret == contenu["demandeur"]["siret"]
    assert dossier.intitule == reponses["Intitulé du projet"]
    assert dossier.montant_demande == Decimal(reponses["Montant de la subvention demandée (en euros)"])
    assert dossier.exercice == dossier.date_depot.year
    assert mots_de_recherche(dossier.intitule) in dossier.mots
    assert dossier.association is not None
    assert dossier.association.siren == dossier.demandeur_siret[:9]
    assert dossier.version == 1
    financement = session.scalars(select(Financement).where(Financement.dossier_id == dossier.id)).one()
    assert financement.demande == dossier.montant_demande


def test_pages_have_everything_to_show_and_no_address_of_a_file(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    truth = simulateur.donnees.dossiers[UN].contenu
    miroir = session.scalars(select(DossierDS).where(DossierDS.number == UN)).one()
    par_partie = {nom: partie(elements(miroir), nom) for nom in ("champs", "annotations", "messages")}
    assert [un["libelle"] for un in par_partie["champs"]] == [un["label"] for un in truth["champs"]]
    assert [un["libelle"] for un in par_partie["annotations"]] == [un["label"] for un in truth["annotations"]]
    assert "a bien été déposé." in par_partie["messages"][0]["valeur"]
    budget = next(un for un in par_partie["champs"] if un["type"] == "RepetitionChamp")
    assert budget["lignes"][0][0]["valeur"]
    assert "/fichiers/" not in str(miroir.raw)
    assert "/fichiers/" not in str(elements(miroir))


def test_a_run_without_change_reads_no_dossier_and_writes_nothing(
    session: Session, moyens: Moyens, demarche: Demarche, ds: ClientCompteur
) -> None:
    lire(moyens)
    avant = session.scalars(select(DossierDS.synced_at).order_by(DossierDS.number)).all()
    total = evenements(session)
    ds.oublier()
    assert lire(moyens).changes == 0
    assert ds.entiers == 0
    session.expire_all()
    assert session.scalars(select(DossierDS.synced_at).order_by(DossierDS.number)).all() == avant
    assert evenements(session) == total


def test_one_changed_answer_is_one_event_and_a_new_version(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    intitule, total = dossier_de(session, UN).intitule, evenements(session)
    repondre(simulateur, UN, "Intitulé du projet", stringValue="Un autre projet", value="Un autre projet")
    assert lire(moyens).changes == 1
    dossier = dossier_de(session, UN)
    assert dossier.intitule == "Un autre projet" != intitule
    assert (dossier.contenu_version, dossier.version) == (2, 1)
    assert "autre" in dossier.mots.split()
    assert evenements(session) == total + 1


def test_a_dossier_touched_without_a_difference_is_no_event(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    total = evenements(session)
    modifier(simulateur, UN)
    assert lire(moyens).changes == 0
    assert evenements(session) == total
    date = session.scalar(select(DossierDS.date_derniere_modification).where(DossierDS.number == UN))
    assert date is not None
    assert iso(date) == simulateur.donnees.dossiers[UN].contenu["dateDerniereModification"]


def test_a_state_unknown_to_us_is_kept_verbatim(
    session: Session, moyens: Moyens, demarche: Demarche, ds: ClientCompteur, simulateur: Simulateur
) -> None:
    lire(moyens)
    ds.deformer = lambda raw: {**raw, "state": "en_mediation"}
    modifier(simulateur, UN)
    lire(moyens)
    dossier = dossier_de(session, UN)
    assert (dossier.etat, dossier.statut_source) == (Etat.EN_INSTRUCTION, "en_mediation")


def test_individuals_and_incomplete_companies_arrive_too(session: Session, moyens: Moyens, demarche: Demarche) -> None:
    with demarrer(dossiers=25) as simulateur, client(simulateur) as ds:
        lire(replace(moyens, ds=ds))
    personne, societe = dossier_de(session, PREMIER_NUMERO + 11), dossier_de(session, PREMIER_NUMERO + 21)
    assert (personne.demandeur_genre, societe.demandeur_genre) == ("physique", "morale_incomplete")
    assert personne.demandeur_nom
    assert societe.demandeur_siret


def test_dossiers_go_to_the_service_of_their_group(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    autre = creer.service("DRAJES ARA")
    groupe = session.scalars(select(GroupeInstructeur).where(GroupeInstructeur.label == "DRAJES")).one()
    groupe.service_id = autre.id
    session.commit()
    concernes = [
        n for n, f in simulateur.donnees.dossiers.items() if f.contenu["groupeInstructeur"]["label"] == "DRAJES"
    ]
    assert concernes
    for number in concernes:
        modifier(simulateur, number)
    lire(moyens)
    for number in NUMEROS:
        dossier = dossier_de(session, number)
        attendu = autre.id if number in concernes else demarche.service_id
        assert dossier.service_id == attendu
        assert list(session.scalars(select(AccesDossier.service_id).where(AccesDossier.dossier_id == dossier.id))) == [
            attendu
        ]


def test_a_service_asked_for_its_avis_still_reads_a_dossier_that_it_owned_for_a_while(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    autre, dossier = creer.service("DRAJES ARA"), dossier_de(session, UN)
    creer.demande_avis(dossier, autre)
    groupe = session.scalars(select(GroupeInstructeur).join(DossierDS).where(DossierDS.number == UN)).one()
    for proprietaire in (autre.id, None):
        groupe.service_id = proprietaire
        session.commit()
        modifier(simulateur, UN)
        lire(moyens)
        session.expire_all()
    acces = session.scalars(select(AccesDossier).where(AccesDossier.dossier_id == dossier.id))
    assert {un.service_id: un.motif for un in acces} == {
        demarche.service_id: MotifAcces.PROPRIETAIRE,
        autre.id: MotifAcces.SAISI,
    }


def test_the_agent_who_follows_a_dossier_at_ds_instructs_it_here(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    suivi = simulateur.donnees.dossiers[UN].contenu["instructeurs"][0]["email"]
    agent = creer.agent(demarche.service, email=suivi)
    lire(moyens)
    assert dossier_de(session, UN).instructeur_id == agent.id


def test_a_dossier_that_cannot_be_stored_is_set_aside_and_stops_none_other(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    repondre(simulateur, UN, "Commentaire", stringValue="avant\x00après", value="avant\x00après")
    run = lire(moyens)
    assert (run.changes, run.en_quarantaine) == (11, 1)
    ecarte = session.scalars(select(Quarantaine)).one()
    assert ecarte.number == UN
    assert "valeur que le portail ne sait pas enregistrer" in ecarte.motif
    assert "avant" not in ecarte.motif
    repondre(simulateur, UN, "Commentaire", stringValue="avant, après", value="avant, après")
    assert lire(moyens).en_quarantaine == 0
    assert dossier_de(session, UN).etat == Etat.EN_INSTRUCTION


def test_a_dossier_that_ds_itself_cannot_tell_is_set_aside(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    simulateur.donnees.dossiers[UN].contenu["dateDepot"] = None
    run = lire(moyens)
    assert (run.changes, run.en_quarantaine) == (11, 1)
    assert "inexploitable" in session.scalars(select(Quarantaine.motif)).one()


def test_a_deletion_is_a_visibility_and_a_restoration_undoes_it(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)

    def visibilite() -> Visibilite:
        session.expire_all()
        return session.scalars(select(DossierDS.visibilite).where(DossierDS.number == UN)).one()

    simulateur.donnees.mettre_a_la_corbeille(UN)
    assert lire(moyens).changes == 1
    assert visibilite() == Visibilite.CORBEILLE
    simulateur.donnees.restaurer(UN)
    assert lire(moyens).changes == 1
    assert visibilite() == Visibilite.VISIBLE
    simulateur.donnees.supprimer(UN)
    lire(moyens)
    assert visibilite() == Visibilite.SUPPRIME
    assert dossier_de(session, UN).demandeur_nom


def test_the_cursor_is_kept_when_a_page_is_empty(session: Session, moyens: Moyens, demarche: Demarche) -> None:
    lire(moyens)
    avant = session.scalars(select(Curseur.valeur).where(Curseur.flux == "dossiers")).one()
    lire(moyens)
    session.expire_all()
    assert session.scalars(select(Curseur.valeur).where(Curseur.flux == "dossiers")).one() == avant


def test_a_cursor_that_ds_refuses_means_reading_again_from_the_start(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    curseur = session.get_one(Curseur, (demarche.id, "dossiers"))
    curseur.valeur = "périmé"
    session.commit()
    modifier(simulateur, UN, state="accepte")
    lire(moyens)
    assert dossier_de(session, UN).etat == Etat.ACCEPTE


def test_a_change_committed_late_behind_the_cursor_is_not_lost(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    modifier(simulateur, UN)
    lire(moyens)
    fiche = simulateur.donnees.dossiers[UN + 1]
    fiche.updated_at = maintenant() - timedelta(minutes=5)
    fiche.contenu.update(state="refuse", dateDerniereModification=iso(fiche.updated_at))
    lire(moyens)
    assert dossier_de(session, UN + 1).etat == Etat.REFUSE


def test_a_first_pull_cut_short_resumes_where_it_stopped(session: Session, moyens: Moyens, demarche: Demarche) -> None:
    with demarrer(dossiers=120) as simulateur, client(simulateur) as ds:
        ici = replace(moyens, ds=ds)
        ds.panne_apres = 2
        run = synchronisation.sync(ici, DEMARCHE)
        assert run.injoignable
        assert "indisponible" in run.erreur
        assert session.scalar(select(func.count()).select_from(DossierDS)) == 100
        ds.oublier()
        ds.panne_apres = None
        lire(ici)
        assert (ds.fenetres, ds.seuls) == (1, 0)
        assert session.scalar(select(func.count()).select_from(DossierDS)) == 120


def test_ds_down_at_start_is_a_run_with_its_reason_then_everything_arrives(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    with ClientCompteur("http://127.0.0.1:9/graphql", "jeton", tentatives=1) as muet:
        run = synchronisation.sync(replace(moyens, ds=muet), DEMARCHE)
    assert run.injoignable
    assert "injoignable" in run.erreur
    assert lire(moyens).changes == 12


def test_a_refused_token_is_said_in_french(moyens: Moyens, demarche: Demarche, simulateur: Simulateur) -> None:
    with client(simulateur, jeton=simulateur.jeton_expire) as ds:
        run = synchronisation.sync(replace(moyens, ds=ds), DEMARCHE)
    assert "refuse l’accès" in run.erreur
    assert not run.injoignable


def test_two_runs_over_a_demarche_never_overlap(moyens: Moyens, demarche: Demarche) -> None:
    with verrou(moyens.fabrique, demarche.id), pytest.raises(Conflict, match="déjà en cours"):
        synchronisation.sync(moyens, DEMARCHE)
    lire(moyens)


def test_a_run_left_open_by_a_killed_worker_is_closed_with_its_reason(
    session: Session, moyens: Moyens, demarche: Demarche
) -> None:
    session.add(SyncRun(demarche_id=demarche.id))
    session.commit()
    lire(moyens)
    session.expire_all()
    premier = session.scalars(select(SyncRun).order_by(SyncRun.id)).first()
    assert premier is not None
    assert "interrompu" in premier.erreur


def test_a_demarche_of_no_service_names_the_command_to_run(moyens: Moyens) -> None:
    with pytest.raises(Invalid, match="portal ds rattacher --demarche 4501"):
        synchronisation.sync(moyens, DEMARCHE)


def test_without_ds_the_portal_says_which_settings_are_missing(moyens: Moyens) -> None:
    with pytest.raises(RemoteUnavailable, match="DS_URL"):
        synchronisation.sync(replace(moyens, ds=None), DEMARCHE)


def test_attaching_twice_changes_nothing_and_another_service_is_refused(session: Session, creer: Fabriques) -> None:
    creer.service("DDETS 69")
    creer.service("DRAC ARA")
    une, deux = (
        synchronisation.attach(session, by=SYSTEME, instance="ds.test", number=7, sigle="DDETS 69") for _ in range(2)
    )
    assert une.id == deux.id
    with pytest.raises(Conflict, match="autre service"):
        synchronisation.attach(session, by=SYSTEME, instance="ds.test", number=7, sigle="DRAC ARA")
    with pytest.raises(Invalid, match="DDETS 69"):
        synchronisation.attach(session, by=SYSTEME, instance="ds.test", number=7, sigle="inconnu")


def test_a_copy_asked_for_before_ours_never_undoes_it(
    session: Session, moyens: Moyens, demarche: Demarche, ds: ClientCompteur, simulateur: Simulateur
) -> None:
    lire(moyens)
    lu_at, ancien = maintenant(), ds.lire_dossier(UN)
    modifier(simulateur, UN, state="accepte")
    passage.sync_one(moyens, dossier_de(session, UN).id)
    with moyens.fabrique.begin() as page:
        assert rangement.store_all(page, page.get_one(Demarche, demarche.id), [ancien], lu_at=lu_at) == 0
    assert dossier_de(session, UN).etat == Etat.ACCEPTE


def test_a_number_already_taken_by_another_ds_is_told_apart(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche
) -> None:
    creer.dossier(reference=f"DS-{UN}")
    lire(moyens)
    assert dossier_de(session, UN).reference == f"DS-{UN}-D{demarche.id}"


def test_a_dossier_that_ds_no_longer_shows_is_only_hidden(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    repondre(simulateur, UN, "Commentaire", stringValue="\x00", value="\x00")
    lire(moyens)
    session.execute(delete(Quarantaine))
    session.add(Quarantaine(demarche_id=demarche.id, number=UN + 1, motif="essai"))
    session.commit()
    del simulateur.donnees.dossiers[UN + 1]
    lire(moyens)
    visibilite = session.scalars(select(DossierDS.visibilite).where(DossierDS.number == UN + 1)).one()
    assert visibilite == Visibilite.INDISPONIBLE


def test_a_decision_that_waited_for_ds_is_notified_when_ds_tells_it(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens)
    auteur = creer.responsable(demarche.service)
    decision = Decision(
        dossier_id=dossier_de(session, UN).id,
        sens=SensDecision.ACCEPTE,
        montant_accorde=Decimal("900.00"),
        auteur_id=auteur.id,
        auteur_nom="Nadia Benali",
        auteur_qualite="responsable",
        notification_demandee_at=maintenant(),
    )
    envoyee = OperationDS(
        dossier_id=decision.dossier_id,
        mutation="accepter",
        arguments={},
        demande_par_id=auteur.id,
        etat=EtatEnvoi.ENVOYE,
    )
    session.add_all([decision, envoyee])
    session.commit()
    verrou = dossier_de(session, UN).version
    modifier(simulateur, UN, state="accepte")
    lire(moyens)
    dossier = dossier_de(session, UN)
    assert decision.notified_at is not None
    assert (dossier.etat, dossier.montant_accorde) == (Etat.ACCEPTE, Decimal("900.00"))
    assert dossier.version == verrou, "a sync moves no lock"


def test_every_five_minutes_each_demarche_is_read_and_once_an_hour_its_deletions(
    session: Session, moyens: Moyens, demarche: Demarche
) -> None:
    application.brancher(moyens)

    def ordres() -> list[object]:
        commandes = text("SELECT args FROM procrastinate_jobs WHERE task_name = 'synchronisation.lancer'")
        trouves = [ligne.args for ligne in session.execute(commandes)]
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.commit()
        return trouves

    travaux.balayer(timestamp=3600 * 500_000 + 240)
    travaux.balayer(timestamp=3600 * 500_000 + 240)
    assert ordres() == [{"number": DEMARCHE, "suppressions": True, "complet": False}]
    travaux.balayer(timestamp=3600 * 500_000 + 300)
    assert ordres() == [{"number": DEMARCHE, "suppressions": False, "complet": False}]
    travaux.lancer(number=DEMARCHE, suppressions=False)
    assert session.scalar(select(func.count()).select_from(DossierDS)) == 12


def test_a_real_dossier_of_a_commune_is_read_whole_and_makes_no_association(
    session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    with demarrer(dossiers=0, fichiers=[chemin("DS_DOSSIER_REEL")]) as simulateur, client(simulateur) as ds:
        numero = max(set(simulateur.donnees.demarches) - {DEMARCHE})
        creer.demarche(source="ds", instance="127.0.0.1", ds_number=numero)
        ici = replace(moyens, ds=ds, config=brancher(moyens.config, simulateur))
        assert lire(ici, numero).changes == 1
    miroir = session.scalars(select(DossierDS)).one()
    montres = elements(miroir)
    parties = [un["partie"] for un in montres]
    assert (parties.count("champs"), parties.count("annotations")) == (56, 13)
    assert all(un["libelle"] for un in montres if un["partie"] in ("champs", "annotations"))
    assert miroir.dossier.association_id is None
    assert miroir.dossier.demandeur_nom == "COMMUNE DE SCHIRRHEIN"
    assert miroir.dossier.montant_demande == Decimal("2349.90")
