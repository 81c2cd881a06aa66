"""Who acts for an association: invitations, roles, last days, departures, and what each may see of the others."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.envois import Courriel
from portal.models.liens_associations import Invitation
from portal.queries.connexion import acteur_of
from portal.services import connexion, invitations, rappels_mandats
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatMandat, RoleMandat
from portal.vocabulaire_demandes import GenrePiece
from tests import fabriques_membres, fabriques_pieces
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

NOUVELLE = {"email": " Paul@Example.org ", "fonction": "Trésorier", "role": "redacteur"}


@pytest.fixture
def association(creer: Fabriques) -> Association:
    """The association of these tests."""
    return creer.association(denomination="Les Amis du Canal")


@pytest.fixture
def awa(creer: Fabriques, association: Association) -> User:
    """Its president, whose link is proved."""
    presidente = creer.usager(prenom="Awa", nom="Diallo")
    creer.mandat(presidente, association)
    return presidente


def mandat_de(session: Session, user: User, association: Association) -> Mandat:
    """As it is in the database now."""
    return session.scalars(
        select(Mandat)
        .where(Mandat.user_id == user.id, Mandat.association_id == association.id)
        .execution_options(populate_existing=True)
    ).one()


def lettres(session: Session, gabarit: str) -> list[str]:
    """To whom letters of that kind are owed."""
    return sorted(session.scalars(select(Courriel.destinataire).where(Courriel.gabarit == gabarit)))


def inviter(client: ClientStrict, association: Association, **valeurs: str) -> int:
    """Fill in the page of invitations; the status."""
    client.get(f"/associations/{association.id}/invitations/nouvelle")
    return client.soumettre({**NOUVELLE, **valeurs}).status_code


def test_a_proved_member_invites_and_the_invited_reads_the_file_at_once(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    client.connecter(awa)
    assert inviter(client, association) == 200
    assert "paul@example.org" in client.texte()
    assert lettres(session, "invitation_recue") == ["paul@example.org"]
    paul = creer.usager(email="paul@example.org", prenom="Paul", nom="Martin")
    client.connecter(paul)
    client.get("/associations")
    assert "Invitation à agir pour Les Amis du Canal" in client.texte()
    invitation = session.scalars(select(Invitation)).one()
    client.get(f"/invitations/{invitation.id}")
    client.soumettre({}, action="/acceptation")
    mandat = mandat_de(session, paul, association)
    assert (mandat.role, mandat.etat, mandat.invite_par_id) == (RoleMandat.REDACTEUR, EtatMandat.PROUVE, awa.id)
    assert lettres(session, "invitation_repondue") == [awa.email]
    client.get(f"/associations/{association.id}/membres")
    assert "Awa Diallo" in client.texte()


def test_while_declared_one_may_invite_but_the_invited_are_declared_as_well(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    imposteur = creer.usager(prenom="Ivo", nom="Faux")
    creer.mandat(imposteur, association, prouve=False)
    complice = creer.usager(email="paul@example.org")
    client.connecter(imposteur)
    inviter(client, association)
    client.connecter(complice)
    client.get(f"/invitations/{session.scalars(select(Invitation.id)).one()}")
    client.soumettre({}, action="/acceptation")
    assert mandat_de(session, complice, association).etat == EtatMandat.DECLARE
    client.get(f"/associations/{association.id}/membres")
    assert "Ivo Faux" in client.texte()
    assert "Awa Diallo" not in client.texte()


def test_who_is_invited_to_represent_is_verified_on_a_document_all_the_same(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    paul = creer.usager(email="paul@example.org")
    client.connecter(awa)
    inviter(client, association, role="signataire")
    client.connecter(paul)
    client.get(f"/invitations/{session.scalars(select(Invitation.id)).one()}")
    client.soumettre({}, action="/acceptation")
    mandat = mandat_de(session, paul, association)
    assert (mandat.role, mandat.etat) == (RoleMandat.SIGNATAIRE, EtatMandat.DECLARE)
    assert lettres(session, "rivalite_declaree") == []


def test_only_the_address_invited_may_answer_and_only_while_the_invitation_is_open(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    paul = creer.usager(email="paul@example.org")
    perimee = fabriques_membres.invitation(
        creer, association, awa, paul.email, expires_at=maintenant() - timedelta(minutes=1)
    )
    client.connecter(creer.usager())
    assert client.get(f"/invitations/{perimee.id}").status_code == 404
    assert client.poster(f"/invitations/{perimee.id}/acceptation").status_code == 404
    client.connecter(paul)
    client.get(f"/invitations/{perimee.id}")
    assert "Elle a expiré le" in client.texte()
    assert client.poster(f"/invitations/{perimee.id}/acceptation").status_code == 409
    assert "a expiré le" in client.texte()
    client.connecter(awa)
    assert inviter(client, association) == 200
    assert inviter(client, association) == 422
    assert "Une invitation attend déjà la réponse de cette adresse" in client.texte()
    ouverte = session.scalars(select(Invitation).where(Invitation.close_at.is_(None))).one()
    client.get(f"/associations/{association.id}/membres")
    client.soumettre({}, action=f"/{ouverte.id}/retrait")
    client.connecter(paul)
    assert client.poster(f"/invitations/{ouverte.id}/acceptation").status_code == 409
    assert session.scalar(select(func.count(Mandat.id))) == 1


def test_declining_tells_who_invited_and_gives_nothing(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    paul = creer.usager(email="paul@example.org")
    invitation = fabriques_membres.invitation(creer, association, awa, paul.email)
    client.connecter(paul)
    client.get(f"/invitations/{invitation.id}")
    client.soumettre({}, action="/refus")
    assert lettres(session, "invitation_repondue") == [awa.email]
    assert session.scalar(select(func.count(Mandat.id))) == 1


@pytest.mark.parametrize("role", [RoleMandat.LECTEUR, RoleMandat.AIDANT])
def test_a_lecteur_and_an_aidant_invite_nobody(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, role: RoleMandat
) -> None:
    personne = creer.usager()
    creer.mandat(personne, association, role).fin_le = aujourdhui()
    session.commit()
    client.connecter(personne)
    client.get(f"/associations/{association.id}/invitations/nouvelle")
    assert "Vous ne pouvez pas inviter de personne" in client.texte()
    assert client.poster(f"/associations/{association.id}/invitations/nouvelle", NOUVELLE).status_code == 403


def test_two_acceptances_at_once_make_one_mandat(fabrique_reelle: Fabrique) -> None:
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        association, awa = creer.association(), creer.usager()
        creer.mandat(awa, association)
        paul = creer.usager(email="paul@example.org")
        numero = fabriques_membres.invitation(creer, association, awa, paul.email).id
        secret = connexion.open_session(session, paul)
        session.commit()
    depart, faits = threading.Barrier(6), []

    def accepter() -> None:
        with fabrique_reelle.begin() as session:
            acteur = acteur_of(session, secret)
            invitation = session.get_one(Invitation, numero)
            depart.wait()
            assert acteur is not None
            try:
                faits.append(invitations.accept(session, by=acteur, invitation=invitation).id)
            except Conflict:
                faits.append(None)

    fils = [threading.Thread(target=accepter) for _ in range(6)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(faits) == 6
    assert len([un for un in faits if un]) == 1
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count(Mandat.id))) == 2


def test_a_former_president_who_stays_is_ended_with_a_reason_told_and_the_dossiers_stay(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    ancien = creer.usager(prenom="Jean", nom="Ancien")
    mandat = creer.mandat(ancien, association)
    dossier = creer.dossier(association=association)
    client.connecter(awa)
    client.get(f"/associations/{association.id}/membres/{mandat.id}/fin")
    client.soumettre({"motif": "L’assemblée du 12 mars a élu une autre présidente."})
    assert "n’agit plus pour l’association" in client.texte()
    assert lettres(session, "mandat_termine") == [ancien.email]
    client.connecter(ancien)
    assert client.get(f"/associations/{association.id}").status_code == 404
    assert client.get(f"/dossiers/{dossier.reference}").status_code == 404
    client.connecter(awa)
    assert client.get(f"/dossiers/{dossier.reference}").status_code == 200


def test_a_declared_person_ends_nobody_but_those_she_invited(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    imposteur = creer.usager()
    creer.mandat(imposteur, association, prouve=False)
    mandat = mandat_de(session, awa, association)
    client.connecter(imposteur)
    adresse = f"/associations/{association.id}/membres/{mandat.id}/fin"
    assert client.poster(adresse, {"motif": "Moi."}).status_code == 403
    assert "Vous pouvez le contester" in client.texte()
    assert mandat_de(session, awa, association).ended_at is None


def test_a_mandat_stops_the_day_after_its_last_one(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    mandat = mandat_de(session, awa, association)
    mandat.fin_le = aujourdhui()
    session.commit()
    client.connecter(awa)
    assert client.get(f"/associations/{association.id}").status_code == 200
    mandat.fin_le = aujourdhui() - timedelta(days=1)
    session.commit()
    assert client.get(f"/associations/{association.id}").status_code == 404
    assert client.get(f"/associations/{association.id}/membres").status_code == 404
    client.get("/associations")
    assert "Aucune association n’est encore rattachée" in client.texte()


def test_a_person_is_reminded_once_thirty_days_before(
    creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    mandat = mandat_de(session, awa, association)
    mandat.fin_le = aujourdhui() + timedelta(days=31)
    session.commit()
    assert rappels_mandats.remind_due(session) == 0
    mandat.fin_le = aujourdhui() + timedelta(days=30)
    session.commit()
    assert (rappels_mandats.remind_due(session), rappels_mandats.remind_due(session)) == (1, 0)
    assert lettres(session, "mandat_bientot_fini") == [awa.email]


def test_a_later_last_day_than_was_proved_is_ones_own_word(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    mandat = mandat_de(session, awa, association)
    mandat.fin_le = aujourdhui() + timedelta(days=10)
    session.commit()
    client.connecter(awa)
    client.get(f"/associations/{association.id}/membres/{mandat.id}")
    plus_tard = aujourdhui() + timedelta(days=400)
    jour = {"fin_le-jour": str(plus_tard.day), "fin_le-mois": str(plus_tard.month), "fin_le-annee": str(plus_tard.year)}
    client.soumettre(jour)
    mandat = mandat_de(session, awa, association)
    assert (mandat.fin_le, mandat.etat) == (plus_tard, EtatMandat.DECLARE)


def test_a_proved_signataire_changes_a_role_and_the_person_is_told(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    paul = creer.usager()
    mandat = creer.mandat(paul, association, RoleMandat.LECTEUR)
    client.connecter(awa)
    client.get(f"/associations/{association.id}/membres/{mandat.id}")
    client.soumettre({"role": "redacteur"})
    changee = mandat_de(session, paul, association)
    assert (changee.role, changee.etat) == (RoleMandat.REDACTEUR, EtatMandat.PROUVE)
    assert lettres(session, "role_change") == [paul.email]
    client.connecter(paul)
    adresse = f"/associations/{association.id}/membres/{mandat_de(session, awa, association).id}"
    assert client.poster(adresse, {"role": "lecteur"}).status_code == 403


def test_who_leaves_hands_over_what_nobody_else_saw(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association
) -> None:
    lea, paul = creer.usager(), creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(lea, association, prouve=False)
    heritier = creer.mandat(paul, association, RoleMandat.REDACTEUR, prouve=False)
    heritier.invite_par_id = lea.id
    session.commit()
    demande = creer.demande(association, lea)
    client.connecter(lea)
    client.get(f"/associations/{association.id}/membres/quitter")
    assert client.soumettre({"confirmer": "y"}).status_code == 422
    assert "Choisissez qui reprend vos brouillons" in client.texte()
    client.soumettre({"confirmer": "y", "repreneur": str(heritier.id)})
    assert "Vous n’agissez plus pour" in client.texte()
    assert client.get(f"/demandes/{demande.id}").status_code == 404
    client.connecter(paul)
    assert client.get(f"/demandes/{demande.id}").status_code == 200


def test_the_last_one_leaves_drafts_only_knowingly_and_the_next_proved_person_finds_them(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association
) -> None:
    lea = creer.usager(prenom="Léa", nom="Partie")
    creer.mandat(lea, association, prouve=False)
    demande = creer.demande(association, lea)
    client.connecter(lea)
    client.get(f"/associations/{association.id}/membres/quitter")
    assert client.soumettre({"confirmer": "y"}).status_code == 422
    assert "Vos brouillons ne seraient plus visibles de personne" in client.texte()
    client.soumettre({"confirmer": "y", "sans_repreneur": "y"})
    suivante = creer.usager()
    creer.mandat(suivante, association)
    client.connecter(suivante)
    client.get(f"/associations/{association.id}/membres")
    assert "Des brouillons commencés par des personnes parties" in client.texte()
    assert client.get(f"/demandes/{demande.id}").status_code == 200


def test_the_list_of_people_costs_the_same_for_two_and_for_twelve(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    creer.mandat(creer.usager(), association, RoleMandat.REDACTEUR)
    fabriques_membres.invitation(creer, association, awa, "une@example.org")
    client.connecter(awa)
    adresse = f"/associations/{association.id}/membres"
    with requetes() as pour_deux:
        client.get(adresse)
    for rang in range(10):
        creer.mandat(creer.usager(), association, RoleMandat.REDACTEUR).invite_par_id = awa.id
        fabriques_membres.invitation(creer, association, awa, f"autre{rang}@example.org")
    session.commit()
    with requetes() as pour_douze:
        client.get(adresse)
    assert len(pour_douze) == len(pour_deux) <= 12


def test_a_date_that_is_past_is_refused_with_its_sentence(
    client: ClientStrict, association: Association, awa: User
) -> None:
    client.connecter(awa)
    jours = {"fin_le-jour": "1", "fin_le-mois": "1", "fin_le-annee": str(aujourdhui().year - 1)}
    assert inviter(client, association, **jours) == 422
    assert "est passé. Écrivez une date à venir." in client.texte()


def test_drafts_are_opened_by_name_and_taken_back(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, awa: User
) -> None:
    aidant = fabriques_membres.aidant(creer, association)
    demande = creer.demande(association, awa)
    client.connecter(awa)
    page = f"/associations/{association.id}/membres/{aidant.id}/brouillons"
    client.get(page)
    client.soumettre({"demandes": [str(demande.id)], "confirmer": "y"})
    session.expire_all()
    assert session.get_one(Demande, demande.id).confiee_a_id == aidant.user_id
    client.get(page)
    client.soumettre({"demandes": [], "confirmer": "y"})
    session.expire_all()
    assert session.get_one(Demande, demande.id).confiee_a_id is None


def test_until_the_link_is_proved_dossiers_messages_engagements_and_vault_stay_closed(
    client: ClientStrict,
    creer: Fabriques,
    session: Session,
    moyens: Moyens,
    association: Association,
    awa: User,
) -> None:
    nouveau = creer.usager()
    declare = creer.mandat(nouveau, association, prouve=False)
    dossier = creer.dossier(association=association)
    engagement = creer.engagement(mandat_de(session, awa, association))
    garde = fabriques_pieces.fichier(session, moyens.stockage)
    statuts = fabriques_pieces.piece_coffre(session, association, awa, garde, GenrePiece.STATUTS, nom="nos-statuts.pdf")
    coffre = f"/associations/{association.id}/coffre"
    fermes = (
        f"/dossiers/{dossier.reference}",
        f"/dossiers/{dossier.reference}/messages",
        f"/engagements/{engagement.code}",
        f"{coffre}/pieces/{statuts.id}/fichier",
    )
    client.connecter(nouveau)
    assert [client.get(adresse).status_code for adresse in fermes] == [404] * len(fermes)
    client.get(coffre)
    assert "nos-statuts.pdf" not in client.texte()
    declare.etat = EtatMandat.PROUVE
    session.commit()
    assert [client.get(adresse).status_code for adresse in fermes] == [200] * len(fermes)
    client.get(coffre)
    assert "nos-statuts.pdf" in client.texte()
