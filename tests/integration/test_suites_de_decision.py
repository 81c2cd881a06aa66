"""What a decision becomes: its lines, its readers, its envelope, its funders, and when it is opened again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Invalid, TransitionInterdite
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.decisions import Decision, DecisionPassee
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries import enveloppes
from portal.services import decisions, recommandes, reouvertures
from portal.services.decisions import LigneOctroi, Teneur
from portal.vocabulaire import Etat, RoleMandat, SensDecision
from portal.vocabulaire_instruction import EtapeFile, GenreTache, NatureOctroi
from tests.client import ClientStrict
from tests.fabriques_octrois import commune, proposition
from tests.fabriques_suivi import depose
from tests.factories import Fabriques
from tests.requetes import requetes

CANARI = "CANARI-SUITE-3391"
ACCORD = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1200.00"), motivation=CANARI)


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def responsable(creer: Fabriques, service: Service) -> Acteur:
    return creer.acteur(creer.responsable(service))


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    association = creer.association()
    creer.mandat(creer.usager(), association)
    return creer.dossier(service, etat=Etat.EN_INSTRUCTION, association=association)


def notifier(session: Session, by: Acteur, dossier: Dossier, teneur: Teneur = ACCORD) -> Decision:
    decision = decisions.of_dossier(session, dossier.id)
    version = decision.version if decision else 0
    decisions.decide(session, by=by, dossier=dossier, teneur=teneur, version=version)
    return decisions.notify(session, by=by, dossier=dossier, version=version + 1)


def test_eight_lines_are_typed_without_javascript_and_become_the_financements(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier, responsable: Acteur
) -> None:
    demandee = Financement(dossier_id=dossier.id, exercice=2026, demande=Decimal(1500))
    session.add(demandee)
    session.commit()
    client.connecter(creer.responsable(service))
    adresse = f"/instruction/dossiers/{dossier.reference}/decider"
    client.get(adresse)
    saisies = {"sens": "accepte"}
    for rang in range(8):
        saisies |= {
            f"lignes-{rang}-exercice": str(2026 + rang // 4),
            f"lignes-{rang}-programme": "" if rang < 4 else "163",
            f"lignes-{rang}-montant": "100,50",
            f"lignes-{rang}-nature": "nature" if rang % 4 == 3 else "",
            f"lignes-{rang}-conditionnelle": "oui" if rang == 4 else "",
        }
        assert client.poster(adresse, {**saisies, "version": "0", "rester": "lignes"}).status_code == 200
    assert "804,00 €" in client.texte(), "the total of all eight"
    client.soumettre(saisies, action="/decider")
    decision = session.scalars(select(Decision)).one()
    assert (len(decision.lignes), decision.montant_accorde) == (8, Decimal("603.00"))
    assert [un.accorde for un in session.scalars(select(Financement))] == [None]
    decisions.notify(session, by=responsable, dossier=dossier, version=1)
    lignes = session.scalars(select(Financement).order_by(Financement.exercice, Financement.nature)).all()
    assert [(un.exercice, un.programme, un.nature, un.accorde, un.conditionnel) for un in lignes] == [
        (2026, "", NatureOctroi.NATURE, Decimal("100.50"), False),
        (2026, "", NatureOctroi.NUMERAIRE, Decimal("301.50"), False),
        (2027, "163", NatureOctroi.NATURE, Decimal("100.50"), False),
        (2027, "163", NatureOctroi.NUMERAIRE, Decimal("301.50"), True),
    ]
    assert demandee.id == lignes[1].id, "what was asked is completed"
    assert dossier.montant_accorde == Decimal("603.00")


def test_whoever_decides_second_reads_both_decisions_and_may_insist(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier, responsable: Acteur
) -> None:
    client.connecter(creer.responsable(service))
    adresse = f"/instruction/dossiers/{dossier.reference}/decider"
    client.get(adresse)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD)
    session.commit()
    envoi = {"sens": "refuse", "motif": "priorite", "motivation": "Mes mots à moi."}
    assert client.soumettre(envoi, action="/decider").status_code == 409
    for attendu in ("Mes mots à moi.", CANARI, "1 200,00 €", "Une autre personne a enregistré entre-temps"):
        assert attendu in client.texte()
    assert session.scalars(select(Decision.sens)).one() == SensDecision.ACCEPTE
    client.soumettre(action="/decider")
    assert session.scalars(select(Decision.sens)).one() == SensDecision.REFUSE
    client.get(adresse)
    decisions.notify(session, by=responsable, dossier=dossier, version=2)
    session.commit()
    assert client.soumettre({"conditions": "Autres mots"}, action="/decider").status_code == 409
    assert "Autres mots" in client.texte()
    assert "ne peut plus être remplacé" in client.texte()


def test_a_decided_dossier_is_opened_again_with_a_reason_that_the_association_reads(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier, responsable: Acteur
) -> None:
    notifier(session, responsable, dossier)
    session.commit()
    client.connecter(creer.responsable(service))
    adresse = f"/instruction/dossiers/{dossier.reference}/rouvrir"
    client.get(adresse)
    assert client.soumettre({"motif": "  "}, action="/rouvrir").status_code == 422
    client.soumettre({"motif": "Erreur de programme."}, action="/rouvrir")
    assert "Le dossier est rouvert." in client.texte()
    session.refresh(dossier)
    assert (dossier.etat, dossier.montant_accorde, dossier.date_traitement) == (Etat.EN_INSTRUCTION, None, None)
    assert [un.accorde for un in session.scalars(select(Financement))] == []
    passee = session.scalars(select(DecisionPassee)).one()
    assert (passee.contenu["motivation"], passee.contenu["montant_accorde"]) == (CANARI, "1200.00")
    assert [un.gabarit for un in session.scalars(select(Courriel).order_by(Courriel.id))] == [
        "decision_notifiee",
        "decision_rouverte",
    ]
    etapes = session.scalars(select(AccesDossier.etape).where(AccesDossier.dossier_id == dossier.id))
    assert list(etapes) == [EtapeFile.A_DECIDER]
    with pytest.raises(TransitionInterdite, match="enregistrez-la de nouveau"):
        decisions.notify(session, by=responsable, dossier=dossier, version=2)
    client.connecter(session.scalars(select(User).join(Mandat, Mandat.user_id == User.id)).one())
    client.get(f"/dossiers/{dossier.reference}")
    assert "Erreur de programme." in client.texte()
    assert CANARI not in client.texte()
    decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD, version=2)
    assert decisions.notify(session, by=responsable, dossier=dossier, version=3).notified_at is not None
    with pytest.raises(Conflict):
        reouvertures.reopen(session, by=responsable, dossier=dossier, motif="Encore", version=2)


def test_a_grant_that_is_being_withdrawn_is_not_opened_again(
    session: Session, creer: Fabriques, dossier: Dossier, responsable: Acteur
) -> None:
    notifier(session, responsable, dossier)
    creer.retrait(dossier)
    with pytest.raises(TransitionInterdite, match="Un retrait de cette subvention est engagé"):
        reouvertures.reopen(session, by=responsable, dossier=dossier, motif="Erreur", version=1)


def test_the_first_of_the_association_to_open_a_decision_is_remembered_never_an_aidant_nor_an_agent(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier, responsable: Acteur
) -> None:
    premiere, aidant = creer.usager(), creer.usager()
    creer.mandat(premiere, dossier.association, RoleMandat.LECTEUR)
    creer.mandat(aidant, dossier.association, RoleMandat.AIDANT)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD)
    session.commit()
    decision = session.scalars(select(Decision)).one()
    client.connecter(premiere)
    client.get(f"/dossiers/{dossier.reference}")
    session.refresh(decision)
    assert decision.consultee_at is None, "nothing is notified yet"
    decisions.notify(session, by=responsable, dossier=dossier, version=1)
    session.commit()
    for agent_ou_aidant, page in (
        (creer.agent(service), f"/instruction/dossiers/{dossier.reference}/decision"),
        (aidant, f"/dossiers/{dossier.reference}"),
    ):
        client.connecter(agent_ou_aidant)
        client.get(page)
        session.refresh(decision)
        assert decision.consultee_at is None
    for _ in range(2):
        client.connecter(premiere)
        assert CANARI in client.get(f"/dossiers/{dossier.reference}").text
    session.refresh(decision)
    assert decision.consultee_par_id == premiere.id


def test_a_decision_unread_in_fifteen_days_makes_one_task_until_its_registered_letter_is_noted(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier, responsable: Acteur
) -> None:
    decision = notifier(session, responsable, dossier)
    assert recommandes.remind(session) == 0, "the association has fifteen days"
    decision.notified_at = maintenant() - timedelta(days=16)
    dossier.instructeur_id = creer.agent(service).id
    session.commit()
    for _ in range(2):
        assert recommandes.remind(session) == decision.id
        assert recommandes.remind(session, apres=decision.id) == 0
    tache = session.scalars(select(Tache)).one()
    assert (tache.genre, tache.user_id) == (GenreTache.LETTRE_NON_LUE, dossier.instructeur_id)
    session.commit()
    client.connecter(creer.agent(service))
    adresse = f"/instruction/dossiers/{dossier.reference}/lettre-recommandee"
    client.get(adresse)
    jour = aujourdhui()
    date = {"envoyee_le-jour": str(jour.day), "envoyee_le-mois": str(jour.month), "envoyee_le-annee": str(jour.year)}
    demain = {**date, "envoyee_le-annee": str(jour.year + 1), "numero": "1A 123"}
    assert client.soumettre(demain, action="/lettre-recommandee").status_code == 422
    client.soumettre({**date, "numero": "1A 123"}, action="/lettre-recommandee")
    assert "L’envoi de la lettre recommandée est noté." in client.texte()
    session.refresh(decision)
    session.refresh(tache)
    assert (decision.recommande_le, decision.recommande_numero) == (jour, "1A 123")
    assert tache.faite_at is not None
    assert recommandes.remind(session) == 0


def test_what_ds_has_notified_is_read_there_and_asks_for_no_registered_letter(
    session: Session, creer: Fabriques, service: Service, responsable: Acteur
) -> None:
    """DS tells the usager, and does not say to us whether it was read."""
    ailleurs, ici = creer.dossier_ds(service, etat=Etat.ACCEPTE), creer.dossier(service, etat=Etat.ACCEPTE)
    auteur = session.get_one(User, responsable.user_id)
    for un in (ailleurs, ici):
        creer.decision(un, auteur, notified_at=maintenant() - timedelta(days=16))
    recommandes.remind(session)
    assert set(session.scalars(select(Tache.dossier_id))) == {ici.id}


def test_the_envelope_tells_what_is_granted_decided_proposed_and_remains_and_never_blocks(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: Acteur
) -> None:
    demarche = creer.demarche(service, enveloppe=Decimal(2000), titre="Ville 2026")
    accorde, decide, propose, libre = (creer.dossier(demarche=demarche, etat=Etat.EN_INSTRUCTION) for _ in range(4))
    notifier(session, responsable, accorde, ACCORD)
    decisions.decide(session, by=responsable, dossier=decide, teneur=ACCORD)
    proposition(creer, propose, creer.agent(service), Decimal(500))
    session.commit()
    lue = enveloppes.of_demarche(session, responsable, demarche.id)
    assert (lue.accorde, lue.decide, lue.propose, lue.reste) == (1200, 1200, 500, -400)
    client.connecter(creer.agent(service))
    client.get(f"/instruction/enveloppes/{demarche.id}")
    assert "L’enveloppe est dépassée" in client.texte()
    assert "Ville 2026" in client.get("/instruction/enveloppes").text
    (essai,) = enveloppes.what_if(session, responsable, [decide.id, propose.id, libre.id])
    assert (essai.nombre, essai.total) == (3, Decimal(500) + 2 * Decimal(1500))
    assert (essai.enveloppe.reste, essai.reste) == (Decimal(800), Decimal(-2700))
    (fixe,) = enveloppes.what_if(session, responsable, [libre.id], {libre.id: Decimal(10)})
    assert fixe.total == Decimal(10)
    client.connecter(creer.responsable())
    assert client.get(f"/instruction/enveloppes/{demarche.id}").status_code == 404


def test_the_funders_of_a_request_never_read_what_another_has_not_notified(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, responsable: Acteur
) -> None:
    autre = creer.service("DRAJES ARA")
    association, usager = creer.association(), creer.usager()
    creer.mandat(usager, association)
    mien, sien = commune(creer, association, usager, service, autre)
    la_bas = creer.acteur(creer.responsable(autre))
    cachee = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("7654.00"))
    proposition(creer, mien, creer.agent(service), Decimal(333))
    proposition(creer, sien, creer.agent(autre), Decimal(6543))
    decisions.decide(session, by=la_bas, dossier=sien, teneur=cachee)
    session.commit()
    client.connecter(creer.agent(service))
    adresse = f"/instruction/dossiers/{mien.reference}/comite"
    client.get(adresse)
    avant = client.texte()
    assert "333,00 €" in avant
    assert "DDETS 69 (vous)" in avant
    for secret in ("7 654,00", "6 543,00"):
        assert secret not in avant
    decisions.notify(session, by=la_bas, dossier=sien, version=1)
    session.commit()
    client.get(adresse)
    assert "7 654,00 €" in client.texte()
    assert "6 543,00" not in client.texte()
    seul = creer.dossier(service)
    assert client.get(f"/instruction/dossiers/{seul.reference}/comite").status_code == 404
    client.get(f"/instruction/dossiers/{seul.reference}/decision")
    assert "Comparer ce que chacun accorde" not in client.texte()


def test_the_committee_table_opens_from_the_decision_in_a_number_of_queries_that_funders_do_not_change(
    client: ClientStrict, creer: Fabriques, service: Service
) -> None:
    association, usager = creer.association(), creer.usager()
    creer.mandat(usager, association)
    mien, _ = commune(creer, association, usager, service, creer.service())
    client.connecter(creer.responsable(service))
    page = client.get(f"/instruction/dossiers/{mien.reference}/decision")
    adresse = f"/instruction/dossiers/{mien.reference}/comite"
    assert page.text.count(f'href="{adresse}"') == 2, "in the header, and where one decides"
    assert "2 services instruisent cette demande" in client.texte()
    comptes = []
    for _ in range(2):
        with requetes() as vues:
            client.get(adresse)
        comptes.append(len(vues))
        for _ in range(4):
            depose(creer, association, usager, creer.service(), demande=mien.demande, etat=Etat.EN_INSTRUCTION)
    assert comptes[0] == comptes[1] <= 10


def test_the_association_reads_a_notified_grant_line_by_line(
    client: ClientStrict, session: Session, dossier: Dossier, responsable: Acteur
) -> None:
    lignes = (
        LigneOctroi(exercice=2026, programme="163", montant=Decimal("800.00")),
        LigneOctroi(exercice=2027, programme="163", montant=Decimal("400.50"), conditionnelle=True),
        LigneOctroi(exercice=2026, nature=NatureOctroi.NATURE, montant=Decimal("250.00")),
    )
    teneur = Teneur(sens=SensDecision.ACCEPTE, lignes=lignes, conditions="Un bilan en juin.")
    decisions.decide(session, by=responsable, dossier=dossier, teneur=teneur)
    session.commit()
    client.connecter(session.scalars(select(User).join(Mandat, Mandat.user_id == User.id)).one())
    client.get(f"/dossiers/{dossier.reference}")
    for secret in ("800,00", "400,50", "250,00", "Un bilan en juin."):
        assert secret not in client.texte()
    decisions.notify(session, by=responsable, dossier=dossier, version=1)
    session.commit()
    client.get(f"/dossiers/{dossier.reference}")
    for attendu in ("1 200,50 €", "800,00 €", "2027", "163", "400,50 €", "sous conditions", "En nature", "250,00 €"):
        assert attendu.lower() in client.texte().lower(), attendu
    assert "ne l’est qu’une fois ces conditions remplies" in client.texte()


def test_a_letter_dated_before_the_notification_is_refused(
    session: Session, dossier: Dossier, responsable: Acteur
) -> None:
    notifier(session, responsable, dossier)
    for jours in (-1, 1):
        with pytest.raises(Invalid, match="part après la notification"):
            recommandes.note_sending(
                session,
                by=responsable,
                dossier=dossier,
                envoyee_le=aujourdhui() + timedelta(days=jours),
                numero="1A",
                version=1,
            )


def test_nothing_of_a_proposition_or_a_decision_reaches_anybody_else_before_it_is_notified(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, dossier: Dossier, responsable: Acteur
) -> None:
    saisi = creer.service("DRAJES ARA")
    creer.demande_avis(dossier, saisi)
    lectrice = session.scalars(select(User).join(Mandat, Mandat.user_id == User.id)).one()
    cachee = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("7654.00"), motivation=CANARI, conditions=CANARI)
    decisions.propose(session, by=responsable, dossier=dossier, teneur=cachee, commentaire=CANARI)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=cachee)
    session.commit()
    lettre = session.scalars(select(Document)).one()
    ici = f"/instruction/dossiers/{dossier.reference}"
    parties = ("", "/demande", "/budget", "/pieces", "/avis", "/messagerie", "/decision", "/historique", "/impression")
    lieux: dict[User, tuple[str, ...]] = {
        lectrice: ("/", "/dossiers", f"/dossiers/{dossier.reference}", f"/dossiers/{dossier.reference}/messages"),
        creer.responsable(saisi): (
            "/",
            "/instruction/dossiers",
            "/instruction/dossiers?onglet=tous",
            "/instruction/enveloppes",
            *(f"{ici}{partie}" for partie in parties),
        ),
    }
    fermes = (f"/documents/{lettre.numero}", f"/documents/{lettre.numero}/fichier", f"{ici}/decider", f"{ici}/comite")
    for personne, adresses in lieux.items():
        client.connecter(personne)
        for adresse in adresses:
            reponse = client.get(adresse, follow_redirects=True)
            assert reponse.status_code == 200, adresse
            for secret in (CANARI, "7\u00a0654", "Décision enregistrée", "Décision proposée", lettre.numero):
                assert secret not in reponse.text, (adresse, secret)
        for adresse in fermes:
            assert client.get(adresse).status_code in (403, 404), adresse
    assert session.scalars(select(Courriel)).all() == []
    etapes = dict(session.execute(select(AccesDossier.service_id, AccesDossier.etape)).all())
    assert etapes == {service.id: EtapeFile.A_NOTIFIER, saisi.id: EtapeFile.AVIS_A_DONNER}
    assert (dossier.etat, dossier.montant_accorde) == (Etat.EN_INSTRUCTION, None)
