"""The vault of an association: kept once, joined again, closed to newcomers; its IBAN is watched."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.associations import Association
from portal.models.connexion import SessionConnexion, User
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.pieces import PieceCoffre
from portal.queries.coffre import etat_de
from portal.services import lettres
from portal.services.moyens import Moyens
from portal.vocabulaire import RoleMandat, VerdictAntivirus
from portal.vocabulaire_demandes import GenrePiece
from tests import fabriques_pieces as pieces
from tests.client import ClientStrict
from tests.fabriques_pieces import AUTRE_IBAN, IBAN
from tests.factories import Fabriques
from tests.requetes import requetes

PDF = b"%PDF-1.7 statuts"


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble", sigle="LE")


@pytest.fixture
def lea(client: ClientStrict, creer: Fabriques, association: Association) -> User:
    """A proved member, logged in."""
    lea = creer.usager(prenom="Léa", nom="Durand")
    creer.mandat(lea, association)
    client.connecter(lea)
    return lea


def deposer(client: ClientStrict, association: Association, genre: str = "statuts", **valeurs: Any) -> int:
    """Open the page, send the file; the status of what comes after."""
    client.get(f"/associations/{association.id}/coffre/{genre}/nouveau")
    envoi = {"fichier": (BytesIO(PDF), f"{genre}.pdf"), **valeurs}
    reponse = client.soumettre(envoi)
    reponse.request.environ["wsgi.input"].close()  # the test client writes a large body to a file, and leaves it open
    return reponse.status_code


def deposer_rib(client: ClientStrict, association: Association, iban: str = IBAN, **valeurs: Any) -> int:
    contenu = (BytesIO(b"%PDF-1.7 " + iban.encode()), "rib.pdf")
    compte = {"fichier": contenu, "iban": iban, "titulaire": "Association Lire Ensemble", **valeurs}
    return deposer(client, association, "rib", **compte)


def jour(nom: str, un: date) -> dict[str, str]:
    return {f"{nom}-jour": str(un.day), f"{nom}-mois": str(un.month), f"{nom}-annee": str(un.year)}


def gardees(session: Session) -> list[PieceCoffre]:
    session.expire_all()
    return list(session.scalars(select(PieceCoffre).order_by(PieceCoffre.id)))


def test_a_document_is_kept_with_its_date_and_given_back_as_it_came(
    client: ClientStrict, association: Association, lea: User, session: Session
) -> None:
    assert deposer(client, association, **jour("date_piece", date(2025, 3, 12))) == 200
    assert "Statuts du 12 mars 2025" in client.texte()
    assert "jointe à aucune demande" in client.texte()
    (piece,) = gardees(session)
    reponse = client.get(f"/associations/{association.id}/coffre/pieces/{piece.id}/fichier")
    assert (reponse.data, reponse.mimetype) == (PDF, "application/pdf")
    assert reponse.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in reponse.headers["Content-Security-Policy"]
    actions = session.scalars(select(Evenement.action).where(Evenement.objet == f"association:{association.id}")).all()
    assert actions == ["piece_gardee", "piece_coffre_lue"]


def test_a_new_document_takes_the_place_of_the_former_which_stays_in_the_history(
    client: ClientStrict, association: Association, lea: User, session: Session
) -> None:
    deposer(client, association)
    deposer(client, association, fichier=(BytesIO(b"%PDF-1.7 nouveaux"), "statuts-2026.pdf"))
    assert "Documents remplacés ou retirés : 1" in client.texte()
    ancienne, nouvelle = gardees(session)
    assert ancienne.retiree_at is not None
    assert nouvelle.retiree_at is None
    assert client.poster(f"/associations/{association.id}/coffre/pieces/{ancienne.id}/retour").status_code == 409


def test_the_same_file_sent_twice_is_one_document(
    client: ClientStrict, association: Association, lea: User, session: Session
) -> None:
    deposer(client, association)
    assert deposer(client, association) == 200
    assert len(gardees(session)) == 1


def test_what_is_taken_out_can_be_put_back(
    client: ClientStrict, association: Association, lea: User, session: Session
) -> None:
    deposer(client, association)
    client.soumettre(action="/retrait")
    assert gardees(session)[0].retiree_at is not None
    client.soumettre(action="/retour")
    assert gardees(session)[0].retiree_at is None


def test_accounts_hold_for_eighteen_months_after_the_exercice_and_a_pouvoir_until_the_day_it_says(
    client: ClientStrict, association: Association, lea: User, session: Session
) -> None:
    deposer(client, association, "comptes", **jour("date_piece", date(2025, 12, 31)))
    assert gardees(session)[0].valide_jusqu_au == date(2027, 6, 30)
    assert deposer(client, association, "pouvoir") == 422
    assert "Écrivez jusqu’à quel jour ce pouvoir est valable." in client.texte()
    assert deposer(client, association, "pouvoir", **jour("valide_jusqu_au", date(2026, 12, 31))) == 200
    assert len(gardees(session)) == 2


def test_a_last_day_before_the_date_of_the_document_is_refused(
    client: ClientStrict, association: Association, lea: User, session: Session
) -> None:
    dates = jour("date_piece", date(2026, 3, 1)) | jour("valide_jusqu_au", date(2026, 2, 1))
    assert deposer(client, association, "autre", **dates) == 422
    assert "avant la date du document" in client.texte()
    assert gardees(session) == []


def test_the_state_of_a_document_is_said_in_words(
    association: Association, lea: User, session: Session, moyens: Moyens
) -> None:
    garde = pieces.fichier(session, moyens.stockage)
    piece = pieces.piece_coffre(session, association, lea, garde, GenrePiece.STATUTS)
    aujourd_hui = aujourdhui()
    assert etat_de(piece) == "valable"
    for fin, etat in (
        (aujourd_hui + timedelta(days=20), "expire dans 20\u00a0jours"),
        (aujourd_hui + timedelta(days=200), f"valable jusqu’au {date_fr(aujourd_hui + timedelta(days=200))}"),
        (aujourd_hui - timedelta(days=2), f"périmée depuis le {date_fr(aujourd_hui - timedelta(days=2))}"),
    ):
        piece.valide_jusqu_au = fin
        assert etat_de(piece) == etat
    garde.verdict = VerdictAntivirus.INFECTE
    assert etat_de(piece) == "virus détecté, ne peut pas servir"


@pytest.mark.parametrize(
    ("contenu", "nom", "phrase"),
    [
        (b"", "vide.pdf", "est vide"),
        (b"MZ\x90\x00\x03", "statuts.pdf", "n’est ni un PDF"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "lourd.pdf", "dépasse 10 Mo"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(
    client: ClientStrict, association: Association, lea: User, session: Session, contenu: bytes, nom: str, phrase: str
) -> None:
    assert deposer(client, association, fichier=(BytesIO(contenu), nom)) == 422
    assert phrase in client.texte()
    assert gardees(session) == []


class TestAcces:
    def test_while_the_link_is_declared_one_sees_only_ones_own_documents(
        self, client: ClientStrict, creer: Fabriques, association: Association, lea: User, session: Session
    ) -> None:
        deposer(client, association)
        (statuts,) = gardees(session)
        nouvelle = creer.usager()
        creer.mandat(nouvelle, association, prouve=False)
        client.connecter(nouvelle)
        client.get(f"/associations/{association.id}/coffre")
        assert "statuts.pdf" not in client.texte()
        assert "Vous voyez seulement ce que vous avez déposé ici" in client.texte()
        for chemin in ("fichier", "retrait"):
            adresse = f"/associations/{association.id}/coffre/pieces/{statuts.id}/{chemin}"
            reponse = client.get(adresse) if chemin == "fichier" else client.poster(adresse)
            assert reponse.status_code == 404
        autres = {"fichier": (BytesIO(b"%PDF-1.7 les miens"), "miens.pdf")}
        assert deposer(client, association, **autres) == 200
        assert "miens.pdf" in client.texte()
        assert gardees(session)[0].retiree_at is None

    def test_a_lecteur_reads_and_changes_nothing(
        self, client: ClientStrict, creer: Fabriques, association: Association, lea: User, session: Session
    ) -> None:
        deposer(client, association)
        (statuts,) = gardees(session)
        lecteur = creer.usager()
        creer.mandat(lecteur, association, RoleMandat.LECTEUR)
        client.connecter(lecteur)
        client.get(f"/associations/{association.id}/coffre")
        assert "statuts.pdf" in client.texte()
        adresse = f"/associations/{association.id}/coffre"
        assert client.get(f"{adresse}/statuts/nouveau").status_code == 403
        assert client.poster(f"{adresse}/pieces/{statuts.id}/retrait").status_code == 403

    def test_an_aidant_never_changes_the_account_and_sees_only_what_he_put_there(
        self, client: ClientStrict, creer: Fabriques, association: Association, lea: User
    ) -> None:
        deposer(client, association)
        aidant = creer.usager()
        creer.mandat(aidant, association, RoleMandat.AIDANT)
        client.connecter(aidant)
        client.get(f"/associations/{association.id}/coffre")
        assert "statuts.pdf" not in client.texte()
        assert "Un aidant ne change jamais le compte bancaire" in client.texte()
        assert client.get(f"/associations/{association.id}/coffre/rib/nouveau").status_code == 403
        assert deposer(client, association, "autre") == 200

    def test_the_page_takes_a_fixed_number_of_queries(
        self, client: ClientStrict, association: Association, lea: User, session: Session, moyens: Moyens
    ) -> None:
        def compter() -> int:
            with requetes() as vues:
                client.get(f"/associations/{association.id}/coffre")
            return len(vues)

        garde = pieces.fichier(session, moyens.stockage)
        pieces.rib(session, association, lea, garde)
        avant = compter()
        for genre in GenrePiece:
            pieces.piece_coffre(session, association, lea, garde, genre)
        assert compter() == avant <= 12


class TestIban:
    def test_a_wrong_key_is_refused_and_what_was_typed_stays(
        self, client: ClientStrict, association: Association, lea: User, session: Session
    ) -> None:
        assert deposer_rib(client, association, "FR7630006000011234567890188") == 422
        assert "un de ses caractères est faux" in client.texte()
        assert deposer_rib(client, association, bic="AGRI") == 422
        assert "Le BIC « AGRI » n’est pas lisible" in client.texte()
        assert gardees(session) == []

    def test_it_is_shown_by_groups_of_four_and_its_holder_compared_with_the_association(
        self, client: ClientStrict, association: Association, lea: User
    ) -> None:
        deposer_rib(client, association, "fr76 3000 6000 0112 3456 7890 189")
        assert "FR76 3000 6000 0112 3456 7890 189" in client.texte()
        assert "ne porte pas le nom" not in client.texte()
        deposer_rib(client, association, AUTRE_IBAN, titulaire="Jean Dupont")
        assert "Le titulaire ne porte pas le nom de l’association. Le RIB est gardé" in client.texte()

    def test_a_changed_iban_is_told_to_the_members_without_being_written(
        self,
        client: ClientStrict,
        creer: Fabriques,
        association: Association,
        lea: User,
        session: Session,
        config: Config,
    ) -> None:
        paul, declare = creer.usager(), creer.usager()
        creer.mandat(paul, association, RoleMandat.LECTEUR)
        creer.mandat(declare, association, prouve=False)
        deposer_rib(client, association)
        assert session.scalars(select(Courriel)).all() == []
        deposer_rib(client, association, AUTRE_IBAN)
        courriels = session.scalars(select(Courriel).where(Courriel.gabarit == "iban_change")).all()
        assert {un.destinataire for un in courriels} == {lea.email, paul.email}
        lettre = lettres.compose(session, config, courriels[0])
        assert lettre is not None
        assert f"http://portail.test/associations/{association.id}/coffre" in lettre.texte
        assert "FR" not in lettre.texte
        assert "IBAN nouveau" in client.texte()

    def test_only_a_second_proved_member_confirms_it(
        self, client: ClientStrict, creer: Fabriques, association: Association, lea: User, session: Session
    ) -> None:
        deposer_rib(client, association)
        deposer_rib(client, association, AUTRE_IBAN)
        assert "une autre personne de l’association doit confirmer l’IBAN" in client.texte()
        adresse = f"/associations/{association.id}/coffre/pieces/{gardees(session)[1].id}/confirmation"
        assert client.poster(adresse).status_code == 403
        lecteur, paul = creer.usager(), creer.usager()
        creer.mandat(lecteur, association, RoleMandat.LECTEUR)
        creer.mandat(paul, association, RoleMandat.REDACTEUR)
        client.connecter(lecteur)
        assert client.poster(adresse).status_code == 403
        client.connecter(paul)
        client.get(f"/associations/{association.id}/coffre")
        client.soumettre(action="/confirmation")
        assert "IBAN confirmé" in client.texte()
        assert gardees(session)[1].confirme_par_id == paul.id

    def test_a_former_rib_is_not_put_back_it_is_sent_again(
        self, client: ClientStrict, association: Association, lea: User, session: Session
    ) -> None:
        deposer_rib(client, association)
        deposer_rib(client, association, AUTRE_IBAN)
        premier, second = gardees(session)
        adresse = f"/associations/{association.id}/coffre/pieces"
        client.poster(f"{adresse}/{second.id}/retrait")
        assert client.poster(f"{adresse}/{premier.id}/retour").status_code == 409
        assert client.poster(f"{adresse}/{second.id}/retour").status_code == 303

    def test_changing_it_asks_for_a_recent_proof_of_the_address(
        self, client: ClientStrict, association: Association, lea: User, session: Session
    ) -> None:
        ouverte = session.scalars(select(SessionConnexion).where(SessionConnexion.user_id == lea.id)).one()
        ouverte.prouvee_at = maintenant() - timedelta(days=2)
        session.commit()
        assert client.get(f"/associations/{association.id}/coffre/statuts/nouveau").status_code == 200
        reponse = client.get(f"/associations/{association.id}/coffre/rib/nouveau")
        assert (reponse.status_code, "preuve" in (reponse.location or "")) == (303, True)

    @pytest.mark.parametrize("devenue", ["déposée", "inconnue", "illisible"])
    def test_it_stays_in_the_vault_when_the_request_that_asked_for_it_takes_nothing_any_more(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        association: Association,
        lea: User,
        devenue: str,
    ) -> None:
        demande = creer.demande(association, lea)
        retour = {"déposée": str(demande.id), "inconnue": str(demande.id + 1), "illisible": "9" * 40}[devenue]
        client.get(f"/associations/{association.id}/coffre/rib/nouveau?retour={retour}")
        if devenue == "déposée":
            demande.deposee_at, demande.deposee_par_id = maintenant(), lea.id
            session.commit()
        client.soumettre({"fichier": (BytesIO(PDF), "rib.pdf"), "iban": IBAN, "titulaire": "Lire ensemble"})
        assert [piece.genre for piece in gardees(session)] == [GenrePiece.RIB]
        assert "le document est dans le coffre. Il n’est pas joint à la demande" in client.texte()
