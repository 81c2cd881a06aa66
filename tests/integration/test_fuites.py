"""Every protected text of a dossier is read by those whom fuites.toml names, and by nobody else, wherever they go."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.documents import rendu
from portal.formats import maintenant
from portal.models.communications import Communication
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.envois import Courriel
from portal.queries import cahiers, fiches
from portal.queries.acteurs import agent_of
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.syntheses import synthese
from portal.services import communications, documents, lettres, notifications, versements_exportes
from portal.services.cahiers import order as commander_cahier
from portal.services.cahiers import page as page_du_cahier
from portal.services.moyens import Moyens
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_file import ColonneFile
from portal.vocabulaire_imports import FormatExport
from tests.architecture.acces import cells, table
from tests.architecture.monde import Monde
from tests.exports_lus import classeur_de
from tests.factories import Fabriques
from tests.monde_canaris import COMME, Semeur, canari, regles
from tests.parcours import FILE, FRAGMENT, Parcours

# Their avis are planted, what they read is what `bavard` reads.
PAS_SUIVIS = {"partageur"}
ROLES = [*table()["portes"]["may_be_anyone"], *(un for un in COMME if un not in PAS_SUIVIS)]
# Those who go everywhere; the others, who are like one of these, go to what names the dossiers, to the queue and to their tasks.
PARTOUT = frozenset({"instructeur", "saisi", "cousin", "expert", "prouve", "administrateur", "recuse", "ecarte"})
TACHES = "/instruction/taches"
AGENTS = table()["portes"]["may_be_agent"]


@dataclass
class Semis:
    """The world, planted."""

    parcours: Parcours
    monde: Monde
    dossier: Dossier


@pytest.fixture
def semis(
    app: Flask,
    fabrique: Fabrique,
    session: Session,
    moyens: Moyens,
    creer: Fabriques,
    monkeypatch: pytest.MonkeyPatch,
) -> Semis:
    monde, dossier = Semeur(session, moyens, creer, monkeypatch).semer()
    return Semis(Parcours(app, fabrique.kw["bind"], monde, comme=COMME), monde, dossier)


def _trouves(texte: str) -> set[str]:
    return {nom for nom in regles() if canari(nom) in texte}


def _interdits(trouves: dict[str, set[str]], role: str) -> list[str]:
    """What that role was shown and may not read: where, and what."""
    permis = {nom for nom, regle in regles().items() if role in regle.lecteurs}
    return [f"{role} : {ou} : {sorted(noms - permis)}" for ou, noms in trouves.items() if noms - permis]


def _lire_tout(semis: Semis, role: str) -> dict[str, set[str]]:
    """The canaries of each page and fragment that the role opens."""
    vus: dict[str, set[str]] = {}
    cites = (semis.dossier.reference, str(semis.monde.objets["dossier_ds"]), TACHES)
    for adresse in semis.parcours.pages(role):
        if role not in PARTOUT and adresse != FILE and not any(un in adresse for un in cites):
            continue
        vus[adresse] = _vus(semis, role, adresse)
        if semis.dossier.reference in adresse:
            vus[f"{adresse} (fragment)"] = _vus(semis, role, adresse, FRAGMENT)
    if role == "cousin":
        sienne = f"{FILE}/{semis.monde.objets['dossier_du_cousin']}/avis"
        vus[sienne] = _vus(semis, role, sienne)
    if role == "experte":
        siennes = f"/experts/avis/{semis.monde.objets['demande_a_l_experte']}"
        vus |= {un: _vus(semis, role, un) for un in (siennes, f"{siennes}/document", f"{siennes}/refus")}
    return vus


def _vus(semis: Semis, role: str, adresse: str, en_tetes: dict[str, str] | None = None) -> set[str]:
    _statut, lus, corps = semis.parcours.lire(role, adresse, headers=en_tetes or {})
    return _trouves(corps.decode("utf-8", "replace") + repr(lus))


def test_each_text_is_shown_to_those_who_may_read_it_and_to_nobody_else(semis: Semis) -> None:
    fuites, vus = [], defaultdict(set)
    for role in ROLES:
        trouves = _lire_tout(semis, role)
        fuites += _interdits(trouves, role)
        for noms in trouves.values():
            for nom in noms:
                vus[nom].add(role)
    assert not fuites, "\n".join(fuites)
    suivis = set(ROLES)
    jamais = {nom: regle.montre & suivis - vus[nom] for nom, regle in regles().items()}
    assert {nom: roles for nom, roles in jamais.items() if roles} == {}, "planted, and not shown to who may read it"


def _fermees(semis: Semis, role: str) -> Iterator[str]:
    """The addresses of objects that do not exist for that role."""
    for cellule in cells(semis.parcours.app, "GET"):
        porte = COMME.get(role, role)
        if not (cellule.entre(porte) and cellule.voit(porte)):
            yield cellule.adresse(semis.parcours.app.url_map, semis.monde)


def test_pages_of_errors_and_refused_forms_show_nothing_more(semis: Semis) -> None:
    """What is refused, by its address; and every form about the dossier, sent empty."""
    fuites, formulaires = [], 0
    for role in ("voisin", "cousin"):
        fuites += _interdits({un: _vus(semis, role, un) for un in _fermees(semis, role)}, role)
    for role in ("saisi", "restreint", "recuse"):
        for cellule in cells(semis.parcours.app, "POST"):
            if "reference" in dict(cellule.objets):
                adresse = cellule.adresse(semis.parcours.app.url_map, semis.monde)
                trouves = _trouves(semis.parcours.post(role, adresse).reponse.text)
                fuites += _interdits({adresse: trouves}, role)
                formulaires += 1
    assert not fuites, "\n".join(fuites)
    assert formulaires > 60


def _documents(session: Session, dossier: Dossier, agent: User) -> Iterator[tuple[str, str]]:
    """What an agent orders of its queue, and of the dossier when it reads it."""
    acteur, filtre = agent_of(session, agent.id, agent.affectations[0].service_id), FiltreDossiers()
    assert acteur is not None
    yield "cahier", page_du_cahier(session, commander_cahier(session, by=acteur, filtre=filtre))[0]
    vue = {"service_id": acteur.service_id, "filtre": filtre.args(), "colonnes": [un.value for un in ColonneFile]}
    export = documents.order_view(session, by=acteur, genre=GenreDocument.FILE_DOSSIERS, nom="File", parametres=vue)
    payes = versements_exportes.order(session, by=acteur, tous=True, forme=FormatExport.XLSX)
    for nom, document in (("tableur", export), ("versements", payes)):
        livre = load_workbook(BytesIO(classeur_de(session, document)))
        yield nom, "\n".join(str(ligne) for feuille in livre for ligne in feuille.iter_rows(values_only=True))
    if session.get(AccesDossier, (acteur.service_id, dossier.id)) and dossier.id not in acteur.recuses:
        yield "fiche", rendu.html(cahiers.fiche(session, acteur, dossier))
        yield "synthèse", rendu.html(synthese(acteur, fiches.get(session, acteur, dossier.reference)))


def _envoye_a_l_association(session: Session, semis: Semis) -> set[str]:
    """What the answer to its request to read the avis holds."""
    responsable, communication = semis.monde.roles["responsable"], semis.monde.objets["communication"]
    assert isinstance(responsable, User)
    par = agent_of(session, responsable.id, responsable.affectations[0].service_id)
    assert par is not None
    envoyee = communications.send(session, by=par, communication=session.get_one(Communication, communication))
    return _trouves(session.get_one(Document, envoyee.document_id).html or "")


def test_documents_and_workbooks_hold_what_who_orders_them_may_read_and_mails_nothing(
    session: Session, moyens: Moyens, semis: Semis
) -> None:
    agents = {nom: qui for nom in ROLES if COMME.get(nom, nom) in AGENTS and (qui := semis.monde.roles[nom])}
    lus: dict[str, set[str]] = {}
    for role, qui in agents.items():
        assert isinstance(qui, User)
        trouves = {nom: _trouves(texte) for nom, texte in _documents(session, semis.dossier, qui)}
        assert not _interdits(trouves, role)
        lus[role] = set().union(*trouves.values())
    assert {"avis_service", "avis_saisis", "avis_partage", "versement"} <= lus["responsable"]
    assert "avis_scelle" in lus["auteur"]

    assert _envoye_a_l_association(session, semis) == {"avis_communicable"}, "all but the passage that is hidden"
    notifications.tell_now(session, maintenant() + timedelta(days=1))
    partis = session.scalars(select(Courriel).order_by(Courriel.id)).all()
    ecrits = [lettre for un in partis if (lettre := lettres.compose(session, moyens.config, un))]
    assert len(ecrits) > 2
    assert {nom for lettre in ecrits for nom in _trouves(f"{lettre.objet}\n{lettre.texte}")} == set()
