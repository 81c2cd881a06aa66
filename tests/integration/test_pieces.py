"""The pieces of a request: each is kept as soon as it is sent, taken from the vault, taken out, frozen at filing."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.associations import Association, AssociationIdentifiant
from portal.models.campagnes import PieceRequise, Question
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.permissions import Acteur
from portal.queries.connexion import acteur_of
from portal.queries.lecture_demandes import lire
from portal.services import antivirus, fichiers
from portal.services import pieces as services
from portal.services.connexion import open_session
from portal.services.moyens import Moyens
from portal.vocabulaire import RoleMandat, TypeIdentifiant, VerdictAntivirus
from portal.vocabulaire_demandes import EtatSection, GenrePiece, GenreQuestion, Place, SectionDemande
from tests import fabriques_pieces, html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.parcours_pieces import PDF, attendues, envoyer, jointes
from tests.requetes import requetes

PLACE = Place(SectionDemande.PIECES)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def lea(client: ClientStrict, creer: Fabriques, association: Association) -> User:
    lea = creer.usager()
    creer.mandat(lea, association)
    client.connecter(lea)
    return lea


@pytest.fixture
def demande(creer: Fabriques, association: Association, lea: User) -> Demande:
    """A draft of the person logged in."""
    return creer.demande(association, lea)


def etat(session: Session, demande: Demande) -> EtatSection:
    session.expire_all()
    return lire(session.get_one(Demande, demande.id)).etat(PLACE)


class TestJoindre:
    def test_a_file_is_kept_at_once_with_its_name_and_given_back(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        assert envoyer(client, demande, (PDF, "Devis de l’été.pdf")).status_code == 200
        assert "Le fichier est joint." in client.texte()
        assert "Devis de l’été.pdf" in client.texte()
        assert "Antivirus : pas encore analysé" in client.texte()
        (piece,) = jointes(session, demande)
        reponse = client.get(f"/demandes/{demande.id}/pieces/{piece.id}/fichier")
        assert reponse.data == PDF
        assert reponse.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "filename*=UTF-8''Devis%20de%20l%E2%80%99%C3%A9t%C3%A9.pdf" in reponse.headers["Content-Disposition"]

    def test_of_several_files_the_good_ones_are_kept_and_each_other_is_said(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        lourd = b"%PDF-" + b"0" * (10 * 1024 * 1024)
        reponse = envoyer(
            client, demande, (PDF, "bon.pdf"), (b"", "vide.pdf"), (b"MZ", "jeu.exe"), (lourd, "lourd.pdf")
        )
        assert reponse.status_code == 422
        for phrase in ("vide.pdf » est vide", "jeu.exe » n’est ni un PDF", "lourd.pdf » dépasse 10 Mo"):
            assert phrase in client.texte()
        assert "L’autre fichier est joint." in client.texte()
        assert [piece.nom for piece in jointes(session, demande)] == ["bon.pdf"]

    def test_the_same_bytes_joined_twice_count_once(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        envoyer(client, demande, (PDF, "a.pdf"))
        envoyer(client, demande, (PDF, "b.pdf"))
        assert "« b.pdf » était déjà joint : il compte une fois." in client.texte()
        assert len(jointes(session, demande)) == 1

    def test_without_a_file_or_for_a_piece_that_is_no_longer_asked_nothing_is_joined(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        assert envoyer(client, demande).status_code == 422
        assert "Choisissez un fichier." in client.texte()
        assert envoyer(client, demande, (PDF, "a.pdf"), code="inconnu").status_code == 422
        assert "n’est plus demandée" in client.texte()
        assert jointes(session, demande) == []

    def test_an_office_document_with_macros_is_refused(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        macros = b"PK\x03\x04" + b"\0" * 60 + b"word/document.xml word/vbaProject.bin"
        assert envoyer(client, demande, (macros, "budget.docm")).status_code == 422
        assert "contient des macros" in client.texte()
        assert envoyer(client, demande, (macros.replace(b"vbaProject", b"styles"), "budget.docx")).status_code == 200
        assert len(jointes(session, demande)) == 1

    def test_a_request_too_heavy_keeps_what_was_joined_before(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        envoyer(client, demande, (PDF, "avant.pdf"))
        assert envoyer(client, demande, (b"%PDF-" + b"0" * (31 * 1024 * 1024), "enorme.pdf")).status_code == 413
        assert [piece.nom for piece in jointes(session, demande)] == ["avant.pdf"]

    def test_twenty_files_at_most_for_one_piece(self, client: ClientStrict, session: Session, demande: Demande) -> None:
        envoyer(client, demande, *((PDF + bytes([65 + rang]), f"{rang}.pdf") for rang in range(20)))
        assert "20 fichiers sont joints." in client.texte()
        assert envoyer(client, demande, (b"%PDF-1.4 encore", "encore.pdf")).status_code == 422
        assert "a déjà 20 fichiers" in client.texte()

    def test_it_may_be_kept_in_the_vault_at_the_same_time(
        self, client: ClientStrict, session: Session, demande: Demande, association: Association
    ) -> None:
        envoyer(client, demande, (PDF, "rapport.pdf"), code="rapport_activite", au_coffre="y")
        gardee = session.scalars(select(PieceCoffre)).one()
        assert (gardee.genre, gardee.association_id) == (GenrePiece.RAPPORT_ACTIVITE, association.id)
        assert jointes(session, demande)[0].coffre_id == gardee.id

    def test_a_section_in_error_elsewhere_touches_no_piece(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        envoyer(client, demande, (PDF, "devis.pdf"))
        saisies.remplir(client, demande.id, "moyens")
        client.get(f"/demandes/{demande.id}/moyens")
        assert client.soumettre({"benevoles": "beaucoup"}).status_code in (200, 422)
        client.get(f"/demandes/{demande.id}/pieces")
        assert "devis.pdf" in client.texte()


class TestRetirer:
    def test_what_is_taken_out_comes_back_with_one_button(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        envoyer(client, demande, (PDF, "devis.pdf"))
        client.soumettre(action="/retrait")
        assert jointes(session, demande)[0].retiree_at is not None
        assert "Annuler le retrait de « devis.pdf »" in client.texte()
        client.soumettre(action="/retour")
        assert jointes(session, demande)[0].retiree_at is None

    def test_joined_again_meanwhile_it_comes_back_once(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        envoyer(client, demande, (PDF, "devis.pdf"))
        client.soumettre(action="/retrait")
        envoyer(client, demande, (PDF, "devis.pdf"))
        assert "Annuler le retrait" not in client.texte()
        retiree, presente = jointes(session, demande)
        client.poster(f"/demandes/{demande.id}/pieces/{retiree.id}/retour")
        assert [une.id for une in jointes(session, demande) if une.retiree_at is None] == [presente.id]


class TestCeQuiEstDemande:
    def test_without_a_word_of_the_campaign_the_rib_is_required_and_what_the_rna_holds_is_not(
        self, session: Session, demande: Demande, association: Association
    ) -> None:
        pieces = attendues(session, demande)
        assert [code for code, piece in pieces.items() if piece.obligatoire] == ["rib"]
        assert list(pieces) == [
            "rib", "statuts", "dirigeants", "comptes", "rapport_activite", "rapport_commissaire", "autre",
        ]  # fmt: skip
        session.execute(
            delete(AssociationIdentifiant).where(
                AssociationIdentifiant.association_id == association.id,
                AssociationIdentifiant.type == TypeIdentifiant.RNA,
            )
        )
        session.commit()
        pieces = attendues(session, demande)
        assert [code for code, piece in pieces.items() if piece.obligatoire] == ["rib", "statuts", "dirigeants"]
        assert all(piece.base_legale for piece in pieces.values() if piece.obligatoire)

    def test_a_campaign_says_what_it_asks_with_its_legal_basis_and_a_question_may_want_a_file(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        communes = {"demarche_id": demande.demarche_id, "ordre": 1}
        session.add(
            PieceRequise(
                code="projet-associatif",
                genre=GenrePiece.AUTRE,
                libelle="Projet associatif",
                aide="Le dernier adopté.",
                obligatoire=True,
                base_legale="Décret de la campagne, article 3",
                **communes,
            )
        )
        retiree = PieceRequise(
            code="plan", genre=GenrePiece.AUTRE, libelle="Plan", obligatoire=True, retiree_at=maintenant(), **communes
        )
        question = Question(
            code="photo", genre=GenreQuestion.FICHIER, libelle="Une photo", obligatoire=False, **communes
        )
        session.add_all([retiree, question])
        session.commit()
        assert list(attendues(session, demande)) == ["projet-associatif", "question-photo", "autre"]
        client.get(f"/demandes/{demande.id}/pieces")
        assert "Base légale : Décret de la campagne, article 3" in client.texte()
        assert etat(session, demande) == EtatSection.A_COMMENCER
        envoyer(client, demande, (PDF, "projet.pdf"), code="projet-associatif")
        assert etat(session, demande) == EtatSection.REMPLIE

    def test_who_attests_with_a_pouvoir_joins_it(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        assert "pouvoir" not in attendues(session, demande)
        saisies.remplir(client, demande.id, "demande")
        saisies.remplir(client, demande.id, "attestations", qualite="mandataire")
        assert attendues(session, demande)["pouvoir"].obligatoire

    def test_a_file_with_a_virus_counts_for_nothing_and_is_said(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        saisies.joindre_un_rib(client, demande.id)
        assert etat(session, demande) == EtatSection.REMPLIE
        piece = jointes(session, demande)[0]
        antivirus.give_verdict(session, piece.fichier_id, VerdictAntivirus.INFECTE)
        session.commit()
        assert etat(session, demande) == EtatSection.A_CORRIGER
        client.get(f"/demandes/{demande.id}/pieces")
        assert "virus détecté : retirez ce fichier" in client.texte()
        assert client.get(f"/demandes/{demande.id}/pieces/{piece.id}/fichier").status_code == 403

    def test_the_page_takes_a_fixed_number_of_queries(self, client: ClientStrict, demande: Demande) -> None:
        def compter() -> int:
            with requetes() as vues:
                client.get(f"/demandes/{demande.id}/pieces")
            return len(vues)

        envoyer(client, demande, (PDF, "un.pdf"))
        avant = compter()
        envoyer(client, demande, (PDF + b"2", "deux.pdf"), (PDF + b"3", "trois.pdf"))
        envoyer(client, demande, (PDF, "statuts.pdf"), code="statuts", au_coffre="y")
        assert compter() == avant <= 20


class TestCoffre:
    def test_a_document_of_the_vault_is_joined_with_one_button(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        demande: Demande,
        association: Association,
        lea: User,
    ) -> None:
        envoyer(client, demande, (PDF, "statuts.pdf"), code="statuts", au_coffre="y")
        suivante = creer.demande(association, lea)
        client.get(f"/demandes/{suivante.id}/pieces")
        assert "Reprendre du coffre : Statuts" in client.texte()
        client.soumettre(action="/reprise")
        assert jointes(session, suivante)[0].nom == "statuts.pdf"
        client.get(f"/associations/{association.id}/coffre")
        assert "jointe à 2 demandes" in client.texte()

    def test_what_is_out_of_date_taken_out_or_of_another_association_is_not_offered(
        self,
        client: ClientStrict,
        session: Session,
        creer: Fabriques,
        demande: Demande,
        association: Association,
        lea: User,
        moyens: Moyens,
    ) -> None:
        garde = fabriques_pieces.fichier(session, moyens.stockage)
        hier = (maintenant() - timedelta(days=1)).date()
        autre = creer.association()
        refusees = [
            fabriques_pieces.piece_coffre(session, association, lea, garde, GenrePiece.COMPTES, valide_jusqu_au=hier),
            fabriques_pieces.piece_coffre(
                session, association, lea, garde, GenrePiece.COMPTES, retiree_at=maintenant()
            ),
            fabriques_pieces.piece_coffre(session, autre, creer.usager(), garde, GenrePiece.COMPTES),
        ]
        client.get(f"/demandes/{demande.id}/pieces")
        assert "Reprendre du coffre" not in client.texte()
        for piece in refusees:
            valeurs = {"code": "comptes", "coffre_id": str(piece.id)}
            assert client.poster(f"/demandes/{demande.id}/pieces/reprise", valeurs).status_code == 404
        assert jointes(session, demande) == []

    def test_a_document_of_another_kind_is_refused(
        self,
        client: ClientStrict,
        session: Session,
        demande: Demande,
        association: Association,
        lea: User,
        moyens: Moyens,
    ) -> None:
        garde = fabriques_pieces.fichier(session, moyens.stockage)
        statuts = fabriques_pieces.piece_coffre(session, association, lea, garde, GenrePiece.STATUTS)
        valeurs = {"code": "comptes", "coffre_id": str(statuts.id)}
        assert client.poster(f"/demandes/{demande.id}/pieces/reprise", valeurs).status_code == 422

    def test_the_rib_is_never_a_bare_file_and_another_takes_its_place(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        assert envoyer(client, demande, (PDF, "rib.pdf"), code="rib").status_code == 422
        assert "avec son IBAN" in client.texte()
        saisies.joindre_un_rib(client, demande.id)
        saisies.joindre_un_rib(client, demande.id, iban=fabriques_pieces.AUTRE_IBAN)
        premier, second = jointes(session, demande)
        assert premier.retiree_at is not None
        assert second.retiree_at is None

    def test_an_aidant_joins_what_is_in_the_vault_but_no_rib_of_his(
        self, client: ClientStrict, creer: Fabriques, association: Association
    ) -> None:
        aidant = creer.usager()
        creer.mandat(aidant, association, RoleMandat.AIDANT)
        client.connecter(aidant)
        brouillon = creer.demande(association, aidant)
        client.get(f"/demandes/{brouillon.id}/pieces")
        assert "Un aidant ne change jamais le compte bancaire" in client.texte()
        assert envoyer(client, brouillon, (PDF, "devis.pdf")).status_code == 200


def _nom_bizarre(hasard: random.Random) -> str:
    alphabet = "aé\u202e\u2066\x01\x7f\t\\/:*?<>|%'\u00a0\ud7ffß漢🙂.exe.pdf-_ "
    nom = "".join(hasard.choice(alphabet) for _ in range(hasard.choice((1, 5, 40, 400))))
    return nom.rstrip("\\") + "."  # the test client does not escape a last backslash, which would close no quote


def _contenu_bizarre(hasard: random.Random) -> bytes:
    debuts = (b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04", b"MZ", b"GIF8", b"<html>", b"\x00")
    fin = hasard.choice(
        (b"", b"word/document.xml", b"xl/workbook.xml vbaProject.bin", b"<script>", b"%PDF-", b"\xff" * 9)
    )
    return hasard.choice(debuts) + hasard.randbytes(hasard.choice((0, 1, 300))) + fin


def test_no_odd_file_ever_breaks_the_page_nor_keeps_a_deceiving_name(
    client: ClientStrict, session: Session, demande: Demande
) -> None:
    hasard, statuts = random.Random(20261122), set()
    for _ in range(20):
        envois = [(_contenu_bizarre(hasard), _nom_bizarre(hasard)) for _ in range(10)]
        envois.append((b"%PDF-1.7 " + hasard.randbytes(8), "fact\u202efdp.exe"))
        code = hasard.choice(("autre", "statuts", "comptes", "dirigeants", "rapport_activite"))
        statuts.add(envoyer(client, demande, *envois, code=code).status_code)
        for un in session.scalars(select(PieceDemande).where(PieceDemande.demande_id == demande.id)):
            un.retiree_at = maintenant()
        session.commit()
    assert statuts <= {200, 422}
    noms = [piece.nom for piece in jointes(session, demande)]
    assert len(noms) >= 20
    assert not any(caractere in nom for nom in noms for caractere in "\u202e\u2066\x01\x7f/\\")
    piece = next(piece for piece in jointes(session, demande) if piece.nom == "factfdp.exe")
    reponse = client.get(f"/demandes/{demande.id}/pieces/{piece.id}/fichier")
    assert reponse.headers["Content-Disposition"] == "attachment; filename=factfdp.exe.pdf"


def test_two_persons_who_join_the_same_bytes_at_once_join_them_once(
    fabrique_reelle: Fabrique, config: Config, moyens: Moyens
) -> None:
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        association, lea = creer.association(), creer.usager()
        creer.mandat(lea, association)
        demande = creer.demande(association, lea)
        secret = open_session(session, lea)
        session.commit()

    def joindre(_rang: int) -> bool:
        valeurs = fichiers.store(moyens.stockage, PDF, "application/pdf")
        with fabrique_reelle.begin() as sienne:
            by: Acteur | None = acteur_of(sienne, secret)
            assert by is not None
            garde, _ = fichiers.keep(sienne, valeurs)
            sa_demande = sienne.get_one(Demande, demande.id)
            autre = next(une for une in lire(sa_demande).contexte.pieces if une.code == "autre")
            return services.join(
                sienne, by=by, demande=sa_demande, attendue=autre, fichier=garde, nom="d.pdf", recue_at=maintenant()
            )[1]

    with ThreadPoolExecutor(8) as executeur:
        assert sum(executeur.map(joindre, range(8))) == 1
    with fabrique_reelle() as session:
        assert len(jointes(session, demande)) == 1


def test_every_file_of_vaults_and_requests_waits_for_the_antivirus(
    session: Session, demande: Demande, association: Association, lea: User, moyens: Moyens
) -> None:
    un, deux = (fabriques_pieces.fichier(session, moyens.stockage, octets) for octets in (b"%PDF-1", b"%PDF-2"))
    fabriques_pieces.piece_demande(session, demande, un)
    fabriques_pieces.piece_coffre(session, association, lea, deux, GenrePiece.STATUTS)
    dus = session.scalars(antivirus._dus()).all()
    assert {un.id, deux.id} <= {fichier.id for fichier in dus}


def test_each_upload_form_says_which_piece_it_is_for_and_takes_several_files(
    client: ClientStrict, app: Flask, demande: Demande
) -> None:
    client.get(f"/demandes/{demande.id}/pieces")
    formulaires = [un for un in client.arbre.iter("form") if un.get("data-portal-televersement") == "pieces"]
    codes = [dict(html.champs(un))["code"] for un in formulaires]
    assert codes == ["statuts", "dirigeants", "comptes", "rapport_activite", "rapport_commissaire", "autre"]
    champs = [champ for un in formulaires for champ in un.iter("input") if champ.get("type") == "file"]
    assert all(champ.get("multiple") is not None for champ in champs)
