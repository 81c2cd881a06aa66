"""The page of a dossier: what changed since one looked, the delay in words, the view that follows, files, keys."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.file_agents import PreferenceAgent, VisiteDossier
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.synchronisation import ChampModifie
from portal.queries import archives, echeances_rejet, visites
from portal.queries.contenus_ds import differences
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, VerdictAntivirus
from tests import fabriques_lectures, fabriques_pieces, fabriques_suivi, html
from tests.client import ClientStrict
from tests.fabriques_taches import point
from tests.factories import Fabriques

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    presidente = creer.usager()
    creer.mandat(presidente, association)
    return presidente


@pytest.fixture
def dossier(creer: Fabriques, association: Association, presidente: User, ddets: Service) -> Dossier:
    """A filled-in request, filed."""
    return fabriques_suivi.depose(creer, association, presidente, ddets, remplie=True)


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}{suite}"


def test_what_has_changed_since_one_looked_is_shown_field_by_field_as_long_as_the_sitting_lasts(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/demande"))
    assert "Ce qui a changé" not in client.texte(), "a first look has nothing to compare with"
    fabriques_suivi.corriger(session, dossier, agent, description="Vingt ateliers.")
    acteur = creer.acteur(agent)
    assert visites.marks(session, acteur, [dossier.id]).changes == {dossier.id}
    client.get(page(dossier))
    assert "La demande a changé depuis que vous l’avez lue" in client.texte()
    for _ in range(2):
        client.get(page(dossier, "/demande"))
        for mots in ("Ce qui a changé depuis votre lecture", "Douze ateliers de lecture", "Vingt ateliers."):
            assert mots in client.texte()
    session.expire_all()
    assert visites.marks(session, acteur, [dossier.id]).changes == frozenset(), "it was looked at"
    visite = session.get_one(VisiteDossier, (agent.id, dossier.id))
    visite.vue_at -= timedelta(hours=2)
    session.commit()
    client.get(page(dossier, "/demande"))
    assert "Ce qui a changé" not in client.texte(), "another sitting begins from what the last one has seen"
    client.connecter(creer.agent(ddets))
    client.get(page(dossier))
    assert "a changé depuis" not in client.texte(), "to each her own looks"


def test_a_first_page_without_a_look_leaves_no_trace(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    for suite in ("", "/budget", "/avis", "/historique"):
        client.get(page(dossier, suite))
    assert session.scalars(select(VisiteDossier)).all() == []


def _le(jour: int, mois: int) -> datetime:
    return datetime(2026, mois, jour, 12, tzinfo=UTC)


def test_the_delay_is_told_with_its_computation_and_stops_with_the_decision(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, ddets: Service
) -> None:
    dossier = creer.dossier(ddets, date_depot=_le(3, 3))
    exigees = {"motif": "?", "sections": [], "demande_par_id": agent.id, "pieces_exigees": True}
    session.add(
        Complement(
            dossier_id=dossier.id,
            demande_at=_le(10, 3),
            echeance=_le(31, 3).date(),
            repondu_at=_le(22, 3),
            **exigees,
        )
    )
    session.commit()
    client.connecter(agent)
    client.get(page(dossier))
    for etape in (
        "Décision implicite de rejet née le 15 mai 2026, une décision expresse reste possible.",
        "Demande reçue par le service le 3 mars 2026, plus deux mois (CRPA, art. L231-4) : 3 mai 2026.",
        "Plus 12 jours pour la demande de pièces du 10 mars 2026, jusqu’au 22 mars 2026 (jour de la réponse ; CRPA, art. L114-5)",
    ):
        assert etape in client.texte().replace("\u00a0", " ")
    tardive = Complement(dossier_id=dossier.id, demande_at=_le(20, 5), echeance=_le(30, 5).date(), **exigees)
    (_, _, derniere) = echeances_rejet.of_dossier(
        dossier, [*session.scalars(select(Complement)), tardive], _le(1, 6).date()
    ).calcul  # type: ignore[union-attr]  # the dossier is open
    assert "elle ne suspend rien" in derniere
    dossier.etat = Etat.REFUSE
    session.commit()
    client.get(page(dossier))
    assert "rejet" not in client.texte().lower().replace("rejeté", "")


def test_the_view_follows_from_the_queue_to_the_next_dossier_through_an_act(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    trois = [creer.dossier(ddets, date_depot=_le(jour, 3)) for jour in (1, 2, 3)]
    ailleurs = creer.dossier(ddets, date_depot=_le(2, 3), etat=Etat.REFUSE)
    vue = "?etat=en_construction"
    client.connecter(agent)
    client.get(page(trois[1], vue))
    voisins = {a.get("rel"): a.get("href") for a in client.arbre.iter("a") if a.get("rel") in ("prev", "next")}
    assert voisins == {"prev": page(trois[2], vue), "next": page(trois[0], vue)}
    assert page(ailleurs) not in str(voisins)
    liens = [a.get("href") or "" for a in client.arbre.iter("a")]
    assert page(trois[1], f"/demande{vue}") in liens
    assert f"/instruction/dossiers{vue}" in liens
    reponse = client.soumettre(action=f"/prise-en-charge{vue}", suivre=False)
    assert reponse.location == page(trois[1], vue)
    client.get(reponse.location)
    assert {a.get("rel"): a.get("href") for a in client.arbre.iter("a") if a.get("rel") == "next"} == {
        "next": page(trois[0], vue)
    }, "the place counts, though the dossier has left the view"


def test_images_and_pdf_found_clean_are_shown_and_the_rest_is_saved(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User, moyens: Moyens
) -> None:
    demande = session.get_one(Demande, dossier.demande_id)
    sain = {"verdict": VerdictAntivirus.SAIN}
    image = fabriques_pieces.fichier(session, moyens.stockage, PNG, type_mime="image/png", **sain)
    odt = fabriques_pieces.fichier(
        session, moyens.stockage, b"PK odt", type_mime="application/vnd.oasis.opendocument.text", **sain
    )
    pdf = fabriques_pieces.fichier(session, moyens.stockage, b"%PDF-1.7 propre", **sain)
    douteux = fabriques_pieces.fichier(session, moyens.stockage, b"%PDF-1.7 douteux")
    infecte = fabriques_pieces.fichier(session, moyens.stockage, b"%PDF-1.7 virus", verdict=VerdictAntivirus.INFECTE)
    noms = {"a.png": image, "b.odt": odt, "c.pdf": douteux, "d.pdf": infecte, "e.pdf": pdf}
    pieces = {nom: fabriques_pieces.piece_demande(session, demande, garde, nom=nom) for nom, garde in noms.items()}
    client.connecter(agent)
    client.get(page(dossier, "/pieces"))
    assert [img.get("src") for img in client.arbre.iter("img")] == [
        page(dossier, f"/pieces/{pieces['a.png'].id}/apercu")
    ]
    ouverts = [a.get("href") for a in client.arbre.iter("a") if (a.get("href") or "").endswith("/apercu")]
    assert ouverts == [page(dossier, f"/pieces/{pieces['e.pdf'].id}/apercu")], "a clean PDF opens, the others are saved"
    for nom, disposition in (
        ("a.png", "inline"),
        ("b.odt", "attachment"),
        ("c.pdf", "attachment"),
        ("e.pdf", "inline"),
    ):
        reponse = client.get(page(dossier, f"/pieces/{pieces[nom].id}/apercu"))
        assert reponse.headers["Content-Disposition"].startswith(disposition), nom
        assert "default-src 'none'" in reponse.headers["Content-Security-Policy"]
        assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(page(dossier, f"/pieces/{pieces['d.pdf'].id}/apercu")).status_code == 403
    lues = session.scalars(select(Evenement.action).where(Evenement.action == "piece_lue")).all()
    assert len(lues) == 4, "each look is told to the journal"


def test_all_the_files_come_in_one_archive_under_their_names_and_what_is_left_out_is_said(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User, moyens: Moyens
) -> None:
    demande = session.get_one(Demande, dossier.demande_id)
    for octets, verdict, nom in (
        (b"%PDF-1.7 un", VerdictAntivirus.SAIN, "devis.pdf"),
        (b"%PDF-1.7 deux", VerdictAntivirus.SAIN, "devis.pdf"),
        (b"%PDF-1.7 virus", VerdictAntivirus.INFECTE, "piege.pdf"),
    ):
        garde = fabriques_pieces.fichier(session, moyens.stockage, octets, verdict=verdict)
        fabriques_pieces.piece_demande(session, demande, garde, nom=nom)
    client.connecter(agent)
    reponse = client.get(page(dossier, "/pieces/archive"))
    with zipfile.ZipFile(io.BytesIO(reponse.data)) as paquet:
        assert paquet.testzip() is None
        assert set(paquet.namelist()) == {"devis.pdf", "devis (2).pdf", "LISEZ-MOI.txt"}
        assert paquet.read("devis (2).pdf") == b"%PDF-1.7 deux"
        assert "piege.pdf" in paquet.read("LISEZ-MOI.txt").decode()
    assert session.scalars(select(Evenement.action).where(Evenement.action == "pieces_lues")).all()
    client.connecter(fabriques_lectures.saisi(session, creer, dossier, sections=["projet"]))
    assert client.get(page(dossier, "/pieces/archive")).status_code == 404, "its files were not opened to that service"


def test_too_heavy_an_archive_is_refused_before_a_byte_is_read(
    session: Session, creer: Fabriques, dossier: Dossier, agent: User, moyens: Moyens
) -> None:
    demande = session.get_one(Demande, dossier.demande_id)
    lourd = fabriques_pieces.fichier(session, moyens.stockage, taille=archives.MAXIMUM + 1)
    fabriques_pieces.piece_demande(session, demande, lourd)
    with pytest.raises(Conflict, match="prenez-les un par un"):
        archives.get(session, creer.acteur(agent), dossier.reference, antivirus=False)


def test_each_agent_switches_her_own_shortcuts_off_and_on(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier))
    corps = next(client.arbre.iter("body"))
    assert corps.get("data-portal-raccourcis") == "/instruction/raccourcis"
    touches = {e.get("data-portal-touche") for e in client.arbre.iter() if e.get("data-portal-touche")}
    assert {"c", "a", "m"} <= touches
    client.get("/instruction/raccourcis")
    assert "Prendre en charge" in client.texte()
    client.soumettre()
    assert "éteints" in client.texte()
    assert next(client.arbre.iter("body")).get("data-portal-raccourcis") is None
    assert session.get_one(PreferenceAgent, agent.id).raccourcis is False
    client.soumettre()
    assert next(client.arbre.iter("body")).get("data-portal-raccourcis") is not None


def test_a_long_demande_begins_with_links_that_lead_to_each_of_its_parts(
    client: ClientStrict, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    point(creer, dossier.demarche_id, "RIB", 1)
    client.connecter(agent)
    client.get(page(dossier, "/demande"))
    sommaire = next(nav for nav in client.arbre.iter("nav") if nav.get("aria-label") == "Dans cette page")
    liens = {html.texte(lien): lien.get("href", "")[1:] for lien in sommaire.iter("a")}
    assert {"Association", "Projet", "Points de contrôle", "Ma note"} <= set(liens)
    assert set(liens.values()) <= {element.get("id") for element in client.arbre.iter()}


def test_the_whole_dossier_is_on_one_page_without_navigation(
    client: ClientStrict, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    client.get(page(dossier, "/impression"))
    assert html.par_id(client.arbre, "navigation") is None
    titres = [html.texte(titre) for titre in client.arbre.iter("h2")]
    ordre = [un for un in ("Demande", "Budget", "Pièces", "Avis", "Échanges", "Décision", "Historique") if un in titres]
    assert [un for un in titres if un in ordre] == ordre
    assert len(ordre) == 7


def test_what_a_pull_has_changed_in_a_ds_dossier_is_shown_answer_by_answer(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    dossier = creer.dossier_ds(ddets)
    client.connecter(agent)
    client.get(page(dossier, "/demande"))
    dossier.contenu_version += 1
    for libelle, avant, apres in (("Effectif", "12", "15"), ("Statuts", "", "statuts.pdf")):
        session.add(
            ChampModifie(
                dossier_id=dossier.id,
                contenu_version=dossier.contenu_version,
                libelle=libelle,
                avant=avant,
                apres=apres,
                at=maintenant() + timedelta(seconds=1),
            )
        )
    session.commit()
    client.get(page(dossier, "/demande"))
    assert "Effectif 12 15" in client.texte()
    assert "Statuts aucune réponse statuts.pdf" in client.texte()


def test_only_the_answers_that_read_differently_are_kept() -> None:
    def champ(ident: str, valeur: str, **autres: object) -> dict[str, object]:
        return {"partie": "champs", "id": ident, "libelle": ident.upper(), "valeur": valeur, **autres}

    anciens = [champ("a", "1"), champ("b", "2"), champ("c", "3"), champ("t", "", niveau=1)]
    nouveaux = [champ("a", "1"), champ("b", "deux"), champ("d", "4"), champ("t", "autre", niveau=1)]
    assert differences(anciens, nouveaux) == [("B", "2", "deux"), ("C", "3", ""), ("D", "", "4")]
