"""Two worlds that differ only in what is under a seal answer the same, byte for byte, to those who may not read it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.documents import rendu
from portal.formats import PARIS, maintenant
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries import cahiers, dossiers, fiches
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.syntheses import synthese
from portal.services import avis, documents, lettres, notifications
from portal.services.cahiers import order as commander_cahier
from portal.services.cahiers import page as page_du_cahier
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, GenreDocument, SensAvis
from portal.vocabulaire_file import ColonneFile
from tests import fabriques_avis
from tests.architecture.monde import Createur
from tests.exports_lus import classeur_de
from tests.factories import Fabriques
from tests.parcours import FRAGMENT, Parcours, contenus, sans_hasard, sequences, univers

# Of the asking service, asked together with the author and awaited, reading another dossier of the association, an expert asked
# in another request, elsewhere, of the association.
NE_LISENT_PAS = ("responsable", "saisi", "cousin", "expert", "administrateur", "prouve")
AUTEUR = "auteur"
Reponses = dict[Any, Any]


@dataclass(frozen=True)
class Teneur:
    """What is under the seal."""

    sens: SensAvis
    montant: Decimal | None
    texte: str
    version_de_plus: str


UNE = Teneur(SensAvis.DEFAVORABLE, Decimal("91.00"), "UNIVERS-UN : non.", "UNIVERS-UN, relu.")
AUTRE = Teneur(
    SensAvis.FAVORABLE, None, "UNIVERS-DEUX : oui, mille fois oui.\n\nEt voici pourquoi.", "UNIVERS-DEUX, complété."
)


@dataclass
class Scene:
    """The small world, with a dossier on which the author and others are asked together under a seal."""

    fabrique: Fabrique
    moyens: Moyens
    parcours: Parcours
    acteurs: dict[str, Acteur]
    dossier_id: int
    compteurs: dict[str, tuple[int, bool]]

    def dire(self, teneur: Teneur, lire: Callable[[Session], Reponses]) -> Reponses:
        """What is answered in the world where the author answered that, then changed its mind."""
        with univers(self.fabrique, self.compteurs) as session:
            self._donner(session, teneur, teneur.texte, 0)
            self._donner(session, teneur, teneur.version_de_plus, 1)
            session.commit()
            return lire(session)

    def _donner(self, session: Session, teneur: Teneur, texte: str, version: int) -> None:
        avis.give(
            session,
            by=self.acteurs[AUTEUR],
            objet=session.get_one(Dossier, self.dossier_id),
            sens=teneur.sens,
            montant_propose=teneur.montant,
            texte=texte,
            audience=Audience.PARTAGE,
            version=version,
        )

    def mots(self, session: Session) -> Reponses:
        """Every mail that is owed, those of the evening and of the morning among them, and every task."""
        demain = maintenant() + timedelta(days=1)
        notifications.tell_now(session, demain)
        notifications.send_digests(session, datetime.combine(demain.date(), time(12), tzinfo=PARIS))
        session.flush()
        courriels = session.scalars(select(Courriel).order_by(Courriel.id)).all()
        envoyes = {f"courriel {un.id}": lettres.compose(session, self.moyens.config, un) for un in courriels}
        taches = session.scalars(select(Tache).order_by(Tache.id))
        return envoyes | {
            f"tâche {une.id}": (une.user_id, une.genre, une.cle, une.objet_id, une.a_faire) for une in taches
        }

    def documents(self, session: Session, role: str) -> Reponses:
        """What an agent orders of its queue and of the dossier."""
        acteur, filtre = self.acteurs[role], FiltreDossiers()
        vue = {"service_id": acteur.service_id, "filtre": filtre.args(), "colonnes": [un.value for un in ColonneFile]}
        export = documents.order_view(session, by=acteur, genre=GenreDocument.FILE_DOSSIERS, nom="File", parametres=vue)
        cahier = commander_cahier(session, by=acteur, filtre=filtre)
        faits: Reponses = {
            "cahier": page_du_cahier(session, cahier),
            "tableur": _cellules(classeur_de(session, export)),
        }
        if role not in ("cousin", "administrateur"):
            dossier = dossiers.get(session, acteur, session.get_one(Dossier, self.dossier_id).reference)
            faits["fiche"] = rendu.html(cahiers.fiche(session, acteur, dossier))
            faits["synthèse"] = rendu.html(synthese(acteur, fiches.get(session, acteur, dossier.reference)))
        return faits


def _cellules(classeur: bytes) -> list[tuple[object, ...]]:
    """Of a workbook, whose parts bear the instant of the machine's clock."""
    feuilles = load_workbook(BytesIO(classeur))
    return [ligne for feuille in feuilles for ligne in feuille.iter_rows(values_only=True)]


@pytest.fixture
def scene(
    app: Flask,
    fabrique: Fabrique,
    session: Session,
    moyens: Moyens,
    creer: Fabriques,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    """The clock stands still from here on."""
    with time_machine.travel(maintenant(), tick=False):
        monde = Createur(session, moyens.stockage, creer).peupler()
        dossier = session.scalars(select(Dossier).where(Dossier.reference == monde.objets["dossier"])).one()
        attendue = session.scalars(
            select(DemandeAvis).where(DemandeAvis.dossier_id == dossier.id, DemandeAvis.service_id.is_not(None))
        ).one()
        attendue.saisine.scelle = True
        auteur = creer.agent(creer.service("AUTEUR"))
        creer.demande_avis(dossier, auteur.affectations[0].service, attendue.saisine)
        demandeuse = creer.agent(dossier.service)
        fabriques_avis.demande(session, dossier, fabriques_avis.expert(session), demandeuse, attendue.saisine)
        cousin = creer.responsable()
        creer.dossier(cousin.affectations[0].service, association_id=dossier.association_id)
        monde.roles.update({AUTEUR: auteur, "cousin": cousin})
        parcours = Parcours(app, fabrique.kw["bind"], monde, comme={AUTEUR: "saisi", "cousin": "voisin"})
        sans_hasard(parcours, monkeypatch)
        parcours.connaitre(*NE_LISENT_PAS, AUTEUR)
        acteurs = {
            nom: creer.acteur(qui) for nom, qui in monde.roles.items() if isinstance(qui, User) and qui.affectations
        }
        yield Scene(fabrique, moyens, parcours, acteurs, dossier.id, sequences(session))


def _differences(une: Reponses, autre: Reponses) -> list[str]:
    """Where the worlds differ, and how."""
    differentes = sorted(cle for cle in une.keys() | autre.keys() if une.get(cle) != autre.get(cle))
    return [f"{cle} : {_ecart(repr(une.get(cle)), repr(autre.get(cle)))}" for cle in differentes]


def _ecart(un: str, autre: str) -> str:
    place = next((rang for rang, lettres in enumerate(zip(un, autre, strict=False)) if len(set(lettres)) > 1), 0)
    debut = max(0, place - 80)
    return f"{un[debut : place + 80]} // {autre[debut : place + 80]}"


def _premier(parcours: Parcours, role: str, tables: set[str], _session: Session) -> Reponses:
    """The pages that depend on what tells the worlds apart, and their fragments."""
    pages = {adresse: parcours.lire_et_dependre(role, adresse, tables) for adresse in parcours.pages(role)}
    lues = {adresse: reponse for adresse, (reponse, depend) in pages.items() if depend}
    return {(adresse, False): lue for adresse, lue in lues.items()} | {
        (adresse, True): parcours.lire(role, adresse, headers=FRAGMENT) for adresse in lues
    }


def _second(parcours: Parcours, role: str, lues: Collection[tuple[str, bool]], _session: Session) -> Reponses:
    return {(un, fragment): parcours.lire(role, un, headers=FRAGMENT if fragment else {}) for un, fragment in lues}


def test_no_page_fragment_count_or_order_tells_what_is_under_the_seal(scene: Scene) -> None:
    """A page of which no statement reads a table where the worlds differ is the same in both, and is not asked again."""
    contenu, autre_contenu = (scene.dire(teneur, contenus) for teneur in (UNE, AUTRE))
    tables = {nom for nom in contenu if contenu[nom] != autre_contenu[nom]}
    assert {"avis", "revision_avis", "evenement_detail"} <= tables
    assert tables.isdisjoint({"demande_avis", "dossier", "tache", "courriel", "document"})
    for role in NE_LISENT_PAS:
        une = scene.dire(UNE, partial(_premier, scene.parcours, role, tables))
        autre = scene.dire(AUTRE, partial(_second, scene.parcours, role, une.keys()))
        assert une or role not in scene.acteurs
        assert _differences(une, autre) == [], role


def test_no_mail_task_export_or_document_tells_what_is_under_the_seal(scene: Scene) -> None:
    une, autre = (scene.dire(teneur, scene.mots) for teneur in (UNE, AUTRE))
    assert any(cle.startswith("courriel") for cle in une)
    assert _differences(une, autre) == []
    for role in set(NE_LISENT_PAS) & scene.acteurs.keys():
        une, autre = (scene.dire(teneur, partial(scene.documents, role=role)) for teneur in (UNE, AUTRE))
        assert _differences(une, autre) == [], role


def test_the_two_worlds_are_two_for_the_author_and_for_all_once_they_have_answered(scene: Scene) -> None:
    page = f"/instruction/dossiers/{scene.parcours.monde.objets['dossier']}/avis"

    def lire(session: Session) -> Reponses:
        de_l_auteur = scene.parcours.lire(AUTEUR, page)
        for une in session.scalars(select(DemandeAvis).where(DemandeAvis.dossier_id == scene.dossier_id)):
            une.repondue_at = une.repondue_at or maintenant()
        session.commit()
        apres = {role: scene.parcours.lire(role, page) for role in ("responsable", "saisi")}
        return {AUTEUR: de_l_auteur, **apres, **scene.documents(session, "responsable")}

    une, autre = (scene.dire(teneur, lire) for teneur in (UNE, AUTRE))
    assert len(_differences(une, autre)) == len(une) - 1, "all but the workbook, which counts"
