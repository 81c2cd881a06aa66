"""Withdrawals: told first, answered, signed by one, notified, then sent once to those whom the law names."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TransitionInterdite
from portal.formats import maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.manquements import Constat, EnvoiRetrait, Retrait
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import dossiers, retraits
from portal.queries.constats import aujourdhui
from portal.queries.statuts_cer import statut_cer
from portal.services import envois_retrait, lettres
from portal.services import retraits as services
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, GenreDocument, RoleAffectation, RoleMandat, TypeService
from portal.vocabulaire_cer import ClotureConstat, DestinataireRetrait, MotifRetrait
from tests.client import ClientStrict
from tests.factories import Fabriques

GRIEFS = "CANARI-GRIEFS-4410"
OBSERVATIONS = "CANARI-OBSERVATIONS-8823"
MOTIVATION = "CANARI-MOTIVATION-6602"
OCTROI = maintenant() - timedelta(days=20)
JOUR = timedelta(days=1)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Amis du Canal", code_postal="69002")


@pytest.fixture
def responsable(creer: Fabriques, ddets: Service) -> User:
    return creer.responsable(ddets)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association, responsable: User) -> Dossier:
    """A grant of 1 200 € notified twenty days ago."""
    dossier = creer.dossier(ddets, etat=Etat.ACCEPTE, association=association)
    creer.decision(dossier, responsable, notified_at=OCTROI)
    return dossier


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    presidente = creer.usager()
    creer.mandat(presidente, association)
    return presidente


def projet(**valeurs: object) -> services.Projet:
    """A breach five days ago, in a period of thirty days that began ten days ago: twenty-four days remained."""
    jour = aujourdhui()
    choix = services.Projet(
        motif=MotifRetrait.ACTIVITE_INCOMPATIBLE,
        griefs=GRIEFS,
        periode_debut=jour - 10 * JOUR,
        periode_fin=jour + 19 * JOUR,
        date_manquement=jour - 5 * JOUR,
        observations_jours=15,
    )
    return replace(choix, **valeurs)  # type: ignore[arg-type]  # each test names fields of Projet


def champs_de_date(nom: str, jour: date) -> dict[str, str]:
    return {f"{nom}-jour": str(jour.day), f"{nom}-mois": str(jour.month), f"{nom}-annee": str(jour.year)}


def saisie(**valeurs: str) -> dict[str, str]:
    """The same as an agent types it."""
    choix = projet()
    dates = ("periode_debut", "periode_fin", "date_manquement")
    saisies = [champs_de_date(nom, getattr(choix, nom)) for nom in dates]
    return {**saisies[0], **saisies[1], **saisies[2], "motif": choix.motif.value, "griefs": GRIEFS, **valeurs}


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}/retrait{suite}"


def courriels(session: Session, gabarit: str) -> list[Courriel]:
    return list(session.scalars(select(Courriel).where(Courriel.gabarit == gabarit).order_by(Courriel.id)))


def engager(session: Session, creer: Fabriques, responsable: User, dossier: Dossier) -> Retrait:
    """A withdrawal of which the association is told."""
    retrait = services.envisage(session, by=creer.acteur(responsable), dossier=dossier, projet=projet())
    session.commit()
    return retrait


def signer(session: Session, acteur: Acteur, dossier: Dossier) -> Retrait:
    fiche = retraits.get(session, acteur, dossier.reference)
    return services.sign(
        session,
        by=acteur,
        fiche=fiche,
        motivation=MOTIVATION,
        qualite="Directrice",
        version=fiche.retrait.version,
    )


@pytest.fixture
def notifie(session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User) -> Retrait:
    """A withdrawal signed once its delay was over."""
    engager(session, creer, responsable, dossier).observations_avant = aujourdhui() - JOUR
    signe = signer(session, creer.acteur(responsable), dossier)
    session.commit()
    return signe


def test_the_amount_is_counted_first_then_the_association_is_told_without_content(
    client: ClientStrict, session: Session, responsable: User, dossier: Dossier, presidente: User
) -> None:
    client.connecter(responsable)
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert "Envisager le retrait de la subvention" in client.texte()
    client.get(page(dossier, "/nouveau"))
    client.soumettre(saisie(calculer="oui"), action="/nouveau")
    assert "1 200,00 € × 24 ÷ 30" in client.texte()
    assert "960,00 €, arrondi au centime" in client.texte()
    assert session.scalars(select(Retrait)).all() == [], "counting records nothing"
    assert client.soumettre(saisie(), action="/nouveau").status_code == 200
    assert "L’association peut répondre" in client.texte()
    client.get(page(dossier, "/decision"))
    assert "Trop tôt pour signer" in client.texte()
    (envoi,) = courriels(session, "retrait_envisage")
    assert (envoi.destinataire, GRIEFS in str(envoi.donnees)) == (presidente.email, False)


def test_the_association_reads_what_is_envisaged_and_its_observations_open_the_signature(
    client: ClientStrict, session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User
) -> None:
    engager(session, creer, responsable, dossier)
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Retrait de la subvention envisagé" in client.texte()
    client.get(f"/dossiers/{dossier.reference}/retrait")
    assert GRIEFS in client.texte()
    assert "1 200,00 € × 24 ÷ 30" in client.texte()
    client.soumettre({"texte": OBSERVATIONS}, action="/retrait")
    assert "Vos observations sont jointes" in client.texte()
    assert [c.destinataire for c in courriels(session, "retrait_observe")] == [responsable.email]

    client.connecter(responsable)
    client.get(page(dossier))
    assert OBSERVATIONS in client.texte()
    client.get(page(dossier, "/decision"))
    assert client.soumettre({"motivation": MOTIVATION}, action="/decision").status_code == 422, "not ticked, not signed"
    client.soumettre({"motivation": MOTIVATION, "qualite": "Directrice", "signe": "y"}, action="/decision")
    assert "Le retrait est signé et notifié" in client.texte()
    retrait = session.scalars(select(Retrait)).one()
    assert retrait.auteur_nom == responsable.nom_affiche
    assert retrait.auteur_qualite == f"Directrice, {dossier.service.nom}"
    (notification,) = courriels(session, "retrait_notifie")
    assert (notification.destinataire, MOTIVATION in str(notification.donnees)) == (presidente.email, False)

    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}/retrait")
    assert MOTIVATION in client.texte()
    assert "tribunal administratif" in client.texte()
    lettre = session.scalars(select(Document).where(Document.genre == GenreDocument.RETRAIT)).one()
    assert client.get(f"/documents/{lettre.numero}").status_code == 200


def test_the_letter_tells_the_reasons_the_count_the_repayment_and_the_appeal(
    session: Session, notifie: Retrait
) -> None:
    lettre = session.scalars(select(Document).where(Document.genre == GenreDocument.RETRAIT)).one()
    html = " ".join((lettre.html or "").split()).replace("\u00a0", " ")
    for attendu in (
        MOTIVATION,
        "1 200,00 € × 24 ÷ 30",
        "960,00 €",
        "dans un délai de six mois au plus",
        "dans les deux mois qui suivent sa notification",
        "Vous n’avez pas présenté d’observations",
        "Directrice",
        "préfet du département",
    ):
        assert attendu in html
    assert notifie.montant_retire == Decimal("960.00")


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [
        ({"periode_fin": aujourdhui() - 11 * JOUR}, "periode_fin"),
        ({"date_manquement": aujourdhui() - 21 * JOUR}, "date_manquement"),
        ({"date_manquement": aujourdhui() + JOUR}, "date_manquement"),
        ({"periode_fin": aujourdhui() - 6 * JOUR}, "date_manquement"),
        ({"periode_fin": aujourdhui() - 5 * JOUR}, "date_manquement"),
        ({"observations_jours": 14}, "observations_jours"),
    ],
)
def test_what_the_decree_does_not_allow_is_refused(
    session: Session,
    creer: Fabriques,
    responsable: User,
    dossier: Dossier,
    presidente: User,
    valeurs: dict[str, object],
    champ: str,
) -> None:
    with pytest.raises(Invalid) as refus:
        services.envisage(session, by=creer.acteur(responsable), dossier=dossier, projet=projet(**valeurs))
    assert refus.value.champ == champ


def test_only_a_responsable_of_the_service_that_granted_withdraws(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, presidente: User
) -> None:
    saisi = creer.responsable()
    creer.demande_avis(dossier, saisi.affectations[0].service)
    for agent in (creer.agent(ddets), creer.agent(ddets, RoleAffectation.LECTEUR), saisi, creer.responsable()):
        with pytest.raises(Forbidden):
            services.envisage(session, by=creer.acteur(agent), dossier=dossier, projet=projet())
    client.connecter(saisi)
    assert client.get(page(dossier)).status_code == 404
    client.get(f"/instruction/dossiers/{dossier.reference}/decision")
    assert "Manquement" not in client.texte()


def test_only_a_notified_grant_is_withdrawn(
    session: Session, creer: Fabriques, ddets: Service, association: Association, responsable: User
) -> None:
    acteur = creer.acteur(responsable)
    enregistree = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, association=association)
    creer.decision(enregistree, responsable)
    for dossier in (creer.dossier(ddets, association=association), enregistree):
        with pytest.raises(NotFound):
            retraits.to_withdraw(session, acteur, dossier.reference)
        with pytest.raises(TransitionInterdite):
            services.envisage(session, by=acteur, dossier=dossier, projet=projet())


def test_nothing_is_signed_before_the_answer_or_the_end_of_the_delay(
    session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User
) -> None:
    acteur, retrait = creer.acteur(responsable), engager(session, creer, responsable, dossier)
    retrait.observations_avant = aujourdhui()
    session.commit()
    with pytest.raises(TransitionInterdite, match="présenter ses observations"):
        signer(session, acteur, dossier)
    retrait.observations_avant = aujourdhui() - JOUR
    session.commit()
    assert signer(session, acteur, dossier).notified_at is not None


def test_only_people_with_a_verified_link_observe_once_and_in_time(
    client: ClientStrict, session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User
) -> None:
    retrait = engager(session, creer, responsable, dossier)
    lectrice, declaree = creer.usager(), creer.usager()
    association = session.get_one(Association, dossier.association_id)
    creer.mandat(lectrice, association, RoleMandat.LECTEUR)
    creer.mandat(declaree, association, prouve=False)
    ici = f"/dossiers/{dossier.reference}/retrait"
    for usager, statut in ((lectrice, 403), (declaree, 404), (creer.usager(), 404)):
        client.connecter(usager)
        assert client.poster(ici, {"texte": OBSERVATIONS}).status_code == statut
    client.connecter(presidente)
    retrait.observations_avant = aujourdhui() - JOUR
    session.commit()
    client.get(ici)
    assert "Le délai d’observations est passé" in client.texte()
    assert client.poster(ici, {"texte": OBSERVATIONS}).status_code == 409
    retrait.observations_avant = aujourdhui()
    session.commit()
    assert client.poster(ici, {"texte": OBSERVATIONS}).status_code == 303
    assert client.poster(ici, {"texte": "Encore"}).status_code == 409


def test_giving_up_tells_the_association_and_leaves_the_grant_as_it_was(
    client: ClientStrict, session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User
) -> None:
    engager(session, creer, responsable, dossier)
    client.connecter(responsable)
    client.get(page(dossier))
    client.soumettre(action="/abandon")
    assert "Le retrait est abandonné" in client.texte()
    assert [c.destinataire for c in courriels(session, "retrait_abandonne")] == [presidente.email]
    assert client.get(page(dossier)).status_code == 404
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Retrait" not in client.texte()
    assert engager(session, creer, responsable, dossier).id, "another may be envisaged"


def test_a_withdrawal_changes_neither_the_amount_granted_nor_the_cer(
    session: Session, creer: Fabriques, association: Association, dossier: Dossier, presidente: User, notifie: Retrait
) -> None:
    creer.engagement(presidente_mandat(session, presidente))
    session.refresh(dossier)
    assert (dossier.etat, statut_cer(session, association.id).etat.value) == (Etat.ACCEPTE, "signe")


def presidente_mandat(session: Session, presidente: User) -> Mandat:
    return session.scalars(select(Mandat).where(Mandat.user_id == presidente.id)).one()


def test_the_statement_that_it_leans_on_closes_with_the_decision(
    session: Session, creer: Fabriques, responsable: User, dossier: Dossier, association: Association, presidente: User
) -> None:
    acteur, constat = creer.acteur(responsable), creer.constat(responsable, association)
    etranger: Constat = creer.constat(creer.responsable(), association)
    with pytest.raises(Invalid):
        services.envisage(session, by=acteur, dossier=dossier, projet=projet(constat_id=etranger.id))
    retrait = services.envisage(session, by=acteur, dossier=dossier, projet=projet(constat_id=constat.id))
    retrait.observations_avant = aujourdhui() - JOUR
    session.commit()
    signer(session, acteur, dossier)
    assert constat.cloture == ClotureConstat.DECISION


def test_an_association_that_the_portal_cannot_reach_is_told_by_letter_and_answers_by_letter(
    client: ClientStrict, session: Session, responsable: User, dossier: Dossier
) -> None:
    client.connecter(responsable)
    client.get(page(dossier, "/nouveau"))
    assert client.soumettre(saisie(), action="/nouveau").status_code == 422
    assert "informez-la par lettre recommandée" in client.texte()
    assert client.soumettre(saisie(courrier="LRAR 1A du 3 mars"), action="/nouveau").status_code == 200
    client.soumettre({"texte": OBSERVATIONS}, action="/observations")
    assert OBSERVATIONS in client.texte()
    assert "La décision peut être signée" in client.texte()
    assert session.scalars(select(Courriel)).all() == []


def test_when_the_portal_reaches_the_association_nobody_answers_in_its_place(
    session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User
) -> None:
    engager(session, creer, responsable, dossier)
    acteur = creer.acteur(responsable)
    with pytest.raises(Conflict):
        services.note_observations(
            session, by=acteur, fiche=retraits.get(session, acteur, dossier.reference), texte=OBSERVATIONS
        )


def test_the_prefet_and_the_known_cofunders_are_offered_and_each_is_sent_it_once(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    responsable: User,
    dossier: Dossier,
    notifie: Retrait,
) -> None:
    creer.service("Préfecture 69", type=TypeService.PREFECTURE, territoire="Rhône", email="pref69@example.org")
    creer.service("Préfecture 38", type=TypeService.PREFECTURE, territoire="Isère", email="pref38@example.org")
    _accorde(creer, association, "ville@example.org", exercice=dossier.exercice)
    _accorde(creer, association, "avant@example.org", exercice=2025)
    _accorde(creer, association, "secret@example.org", exercice=dossier.exercice, confidentielle=True)
    client.connecter(responsable)
    client.get(page(dossier))
    texte = client.texte()
    assert "pref69@example.org" in texte
    assert "ville@example.org" in texte
    for tu in ("pref38@example.org", "avant@example.org", "secret@example.org"):
        assert tu not in texte
    envoi = {"genre": "prefet", "nom": "Préfecture du Rhône", "email": "PREF69@example.org"}
    assert client.poster(page(dossier, "/envois"), envoi).status_code == 303
    assert client.poster(page(dossier, "/envois"), envoi).status_code == 409
    client.get(page(dossier))
    assert "À prévenir" in client.texte()
    (courriel,) = courriels(session, "retrait_transmis")
    assert courriel.donnees["motivation"] == MOTIVATION
    assert [e.genre for e in session.scalars(select(EnvoiRetrait).order_by(EnvoiRetrait.id))] == [
        DestinataireRetrait.ASSOCIATION,
        DestinataireRetrait.PREFET,
    ]
    faits = session.scalars(select(Evenement.action).where(Evenement.objet == f"retrait:{notifie.id}")).all()
    assert faits.count("retrait_transmis") == 2


def _accorde(
    creer: Fabriques, association: Association, email: str, *, exercice: int, confidentielle: bool = False
) -> None:
    service = creer.service(email=email)
    demarche = creer.demarche(service, confidentielle=confidentielle)
    dossier = creer.dossier(demarche=demarche, association=association, etat=Etat.ACCEPTE, exercice=exercice)
    creer.decision(dossier, creer.responsable(service), notified_at=OCTROI)


def test_what_is_not_notified_is_sent_to_nobody(
    session: Session, creer: Fabriques, responsable: User, dossier: Dossier, presidente: User
) -> None:
    engager(session, creer, responsable, dossier)
    acteur = creer.acteur(responsable)
    with pytest.raises(TransitionInterdite):
        envois_retrait.transmit(
            session,
            by=acteur,
            fiche=retraits.get(session, acteur, dossier.reference),
            genre=DestinataireRetrait.PREFET,
            nom="Préfecture",
            email="pref@example.org",
        )


@pytest.fixture
def base(fabrique_reelle: Fabrique) -> Iterator[tuple[Fabriques, Fabrique]]:
    with fabrique_reelle() as session:
        yield Fabriques(session), fabrique_reelle


def test_of_two_responsables_at_once_one_withdraws_and_the_other_is_told(base: tuple[Fabriques, Fabrique]) -> None:
    creer, fabrique = base
    service, association = creer.service(), creer.association()
    gens = [creer.responsable(service) for _ in range(2)]
    creer.mandat(creer.usager(), association)
    dossier = creer.dossier(service, etat=Etat.ACCEPTE, association=association)
    creer.decision(dossier, gens[0], notified_at=OCTROI)
    acteurs, reference = [creer.acteur(agent) for agent in gens], dossier.reference

    def envisager(session: Session, acteur: Acteur) -> None:
        lu = dossiers.get(session, acteur, reference)
        depart.wait()
        services.envisage(session, by=acteur, dossier=lu, projet=projet())

    def conclure(session: Session, acteur: Acteur) -> None:
        fiche = retraits.get(session, acteur, reference)
        depart.wait()
        services.sign(session, by=acteur, fiche=fiche, motivation=MOTIVATION, qualite="Directrice", version=1)

    def courir(acte: Callable[[Session, Acteur], None], acteur: Acteur) -> str:
        try:
            with fabrique.begin() as session:
                acte(session, acteur)
        except PortalError as refus:
            return refus.message
        return ""

    for acte, mots in ((envisager, "déjà engagé"), (conclure, "signé et notifié")):
        depart = Barrier(2, timeout=30)
        with ThreadPoolExecutor(2) as fils:
            premier, second = sorted(fils.map(courir, [acte] * 2, acteurs))
        assert premier == ""
        assert mots in second
        creer.session.rollback()
        retrait = creer.session.scalars(select(Retrait)).one()
        retrait.observations_avant = aujourdhui() - JOUR
        creer.session.commit()
    assert len(creer.session.scalars(select(Document)).all()) == 1


def test_each_letter_finds_what_it_says_in_its_row(session: Session, notifie: Retrait, moyens: Moyens) -> None:
    for courriel in session.scalars(select(Courriel)):
        lettre = lettres.compose(session, moyens.config, courriel)
        assert lettre is not None
        assert MOTIVATION not in lettre.texte
