"""Every filter of the queue: what it keeps, how it reads, its counters under each tab, and the same in the workbook."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from openpyxl import load_workbook

from portal.formats import aujourdhui, maintenant
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.file_agents import EtiquetteDossier
from portal.permissions import Acteur
from portal.queries import dossiers, onglets, options_file
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import documents
from portal.vocabulaire import ETATS_FINAUX, Etat, GenreDocument
from portal.vocabulaire_cer import EtatCer
from portal.vocabulaire_file import Onglet, TriFile
from portal.vocabulaire_instruction import OrigineDossier
from tests import fabriques_portes, html
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques

FILE = "/instruction/dossiers"
ETATS = (Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE)
MOTS = ("canal", "piscine", "bibliothèque")
NOMBRE, PAR_PAGE = 24, 7


class Monde:
    """Dossiers of one service, each different by its rank, and two of another that has asked it for its avis."""

    def __init__(self, creer: Fabriques) -> None:
        self.creer, self.session = creer, creer.session
        self.service, self.autre = creer.service("DDETS 69"), creer.service("DRAJES")
        self.agent, self.collegue = creer.agent(self.service), creer.agent(self.service, nom="Berthier")
        self.ailleurs = creer.agent(self.autre, nom="Zola")
        self.acteur: Acteur = creer.acteur(self.agent)
        self.campagnes = [creer.demarche(self.service), creer.demarche(self.service)]
        self.etiquette = fabriques_portes.etiquette(creer, self.service, "Prioritaire")
        self.association = creer.association()
        self.dossiers = [self._dossier(rang) for rang in range(NOMBRE)]
        for rang in range(2):
            saisi = creer.dossier(self.autre, etat=Etat.EN_INSTRUCTION, instructeur_id=self.ailleurs.id, exercice=2019)
            creer.demande_avis(saisi, self.service, echeance=aujourdhui() - timedelta(days=rang))
            self._attendre(saisi, aujourdhui() - timedelta(days=rang))
            self.dossiers.append(saisi)
        creer.dossier(self.autre, intitule="Un canal d’ailleurs")
        self.session.commit()

    def _dossier(self, rang: int) -> Dossier:
        dossier = self.creer.dossier(
            demarche=self.campagnes[rang % 2],
            association=self.association if rang % 3 == 0 else None,
            etat=ETATS[rang % 4],
            intitule=f"Projet {MOTS[rang % 3]}",
            exercice=2024 + rang % 3,
            instructeur_id=(None, self.agent.id, self.collegue.id)[rang % 3],
            departement=("69", "01", "")[rang % 3],
            montant_demande=None if rang % 8 == 7 else Decimal(1_000 * (rang % 5) + rang // 5),
            date_depot=maintenant() - timedelta(days=9 * (rang // 2)),
            origine=list(OrigineDossier)[rang % 5],
            cer=EtatCer.SIGNE if rang % 2 else EtatCer.MANQUANT,
        )
        if rang % 6 == 1:
            echeance = aujourdhui() + timedelta(days=10 if rang % 12 == 1 else -3)
            self.creer.demande_avis(dossier, self.autre, echeance=echeance)
            self._attendre(dossier, echeance)
        if rang % 6 == 2:
            self.creer.demande_avis(dossier, self.autre)
            self.creer.avis(dossier, self.ailleurs)
        if rang % 4 == 1:
            self.session.add(
                EtiquetteDossier(dossier_id=dossier.id, etiquette_id=self.etiquette.id, par_id=self.agent.id)
            )
            self.session.commit()
        return dossier

    def _attendre(self, dossier: Dossier, echeance: date) -> None:
        dossier.avis_echeance = echeance
        self.session.commit()

    def filtre(self, args: dict[str, str]) -> FiltreDossiers:
        """The view of that address, for the agent."""
        return options_file.read(self.session, self.acteur, args)

    def parcourue(self, args: dict[str, str]) -> list[str]:
        """References of the view, page after page, as links lead."""
        filtre, lues = self.filtre(args), []
        assert not filtre.ignores, filtre.ignores
        while True:
            page = dossiers.list_dossiers(self.session, self.acteur, filtre)
            lues += [ligne.reference for ligne in page.lignes]
            if page.suivante is None:
                self.session.commit()
                return lues
            filtre = self.filtre({**filtre.args(), "page": page.suivante.texte()})


@pytest.fixture
def monde(creer: Fabriques) -> Monde:
    return Monde(creer)


Predicat = Callable[[Monde, Dossier], bool]
OUVERTS = set(Etat) - ETATS_FINAUX
FILTRES: dict[str, tuple[Callable[[Monde], dict[str, str]], Predicat]] = {
    "etat": (lambda _: {"etat": "accepte"}, lambda _, d: d.etat == Etat.ACCEPTE),
    "demarche": (lambda m: {"demarche": str(m.campagnes[1].id)}, lambda m, d: d.demarche_id == m.campagnes[1].id),
    "exercice": (lambda _: {"exercice": "2025"}, lambda _, d: d.exercice == 2025),
    "instructeur": (lambda m: {"instructeur": str(m.collegue.id)}, lambda m, d: d.instructeur_id == m.collegue.id),
    "moi": (lambda _: {"instructeur": "moi"}, lambda m, d: d.instructeur_id == m.agent.id),
    "personne": (lambda _: {"q": "instructeur:personne"}, lambda _, d: d.instructeur_id is None),
    "suivi": (lambda _: {"q": "suivi:moi"}, lambda m, d: d.instructeur_id == m.agent.id),
    "territoire": (lambda _: {"territoire": "01"}, lambda _, d: d.departement == "01"),
    "sans territoire": (lambda _: {"territoire": "inconnu"}, lambda _, d: d.departement == ""),
    "montants": (
        lambda _: {"montant_min": "1000", "montant_max": "3001"},
        lambda _, d: d.montant_demande is not None and 1_000 <= d.montant_demande <= 3_001,
    ),
    "au plus": (
        lambda _: {"montant_max": "1000"},
        lambda _, d: d.montant_demande is not None and d.montant_demande <= 1_000,
    ),
    "cer": (lambda _: {"cer": "signe"}, lambda _, d: d.association_id is not None and d.cer == EtatCer.SIGNE),
    "cer sans objet": (lambda _: {"cer": "sans_objet"}, lambda _, d: d.association_id is None),
    "avis attendus": (lambda _: {"avis": "attendus"}, lambda _, d: d.avis_demandes > d.avis_rendus),
    "avis en retard": (
        lambda _: {"q": "avis:en-retard"},
        lambda _, d: d.avis_echeance is not None and d.avis_echeance < aujourdhui(),
    ),
    "avis rendus": (lambda _: {"avis": "rendus"}, lambda _, d: 0 < d.avis_demandes == d.avis_rendus),
    "aucun avis": (lambda _: {"avis": "aucun"}, lambda _, d: d.avis_demandes == 0),
    "retard": (
        lambda _: {"retard": "oui"},
        lambda _, d: d.etat in OUVERTS and d.date_depot < maintenant() - timedelta(days=63),
    ),
    "étiquette": (lambda _: {"q": "etiquette:prioritaire"}, lambda m, d: m.dossiers.index(d) in range(1, NOMBRE, 4)),
    "source": (lambda _: {"source": "courrier"}, lambda _, d: d.origine == OrigineDossier.COURRIER),
    "mots": (lambda _: {"q": "Piscine"}, lambda _, d: "piscine" in d.intitule),
    "plusieurs": (
        lambda _: {"q": "piscine depot:>2020-01 montant:>=1000", "departement": "69"},
        lambda _, d: "piscine" in d.intitule and (d.montant_demande or 0) >= 1_000,
    ),
}


def attendus(monde: Monde, predicat: Predicat) -> set[str]:
    """References of the dossiers that the service reads and that are so."""
    siens = [un for rang, un in enumerate(monde.dossiers) if rang < NOMBRE or un.service_id == monde.autre.id]
    return {un.reference for un in siens if predicat(monde, un)}


def exportee(monde: Monde, args: dict[str, str]) -> list[str]:
    """References of the workbook of that view, in its order."""
    document: Document = documents.order_view(
        monde.session,
        by=monde.acteur,
        genre=GenreDocument.FILE_DOSSIERS,
        nom="Dossiers",
        parametres={"service_id": monde.service.id, "filtre": monde.filtre(args).args(), "colonnes": ["dossier"]},
    )
    feuille = load_workbook(BytesIO(classeur_de(monde.session, document)))["Dossiers"]
    return [str(ligne[0]) for ligne in feuille.iter_rows(min_row=2, values_only=True)]


def test_each_filter_keeps_what_it_says_under_each_sort_and_the_workbook_is_the_same(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "PAR_PAGE", PAR_PAGE)
    for nom, (adresse, predicat) in FILTRES.items():
        voulus, ordres = attendus(monde, predicat), []
        assert 0 < len(voulus) < len(monde.dossiers), f"{nom} proves nothing here"
        for tri in TriFile:
            for sens in ("", "-"):
                args = {**adresse(monde), "tri": f"{sens}{tri}"}
                lues = monde.parcourue(args)
                assert set(lues) == voulus, nom
                assert exportee(monde, args) == lues, args
                ordres.append(lues)
        assert all(ordres[rang] == ordres[rang + 1][::-1] for rang in range(0, len(ordres), 2)), nom


def test_tabs_keep_the_criteria_and_count_what_they_open(client: ClientStrict, monde: Monde) -> None:
    client.connecter(monde.agent)
    for nom, (adresse, _) in FILTRES.items():
        client.get(f"{FILE}?{urlencode({**adresse(monde), 'tri': 'montant'})}")
        nav = next(nav for nav in client.arbre.iter("nav") if nav.get("aria-label") == "Onglets de la file")
        liens = [(html.texte(a), a.get("href", "")) for a in nav.iter("a")]
        assert len(liens) == len(Onglet)
        for libelle, href in liens:
            assert "tri=montant" in href
            assert libelle.rpartition(" ")[2] == str(len(monde.parcourue(_arguments(href)))), (nom, libelle)
        reste = next(a.get("href", "") for a in client.arbre.iter("a") if html.texte(a) == "Tout effacer")
        assert _arguments(reste) == {"tri": "montant"}, "the criteria go, the rest of the view stays"


def test_where_many_answer_each_counter_is_right_or_left_out(
    client: ClientStrict, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "COMPTE_MAXIMAL", 2)
    tus = 0
    for nom, (adresse, _) in FILTRES.items():
        for present in Onglet:
            filtre = monde.filtre({**adresse(monde), "onglet": present})
            comptes, _ = onglets.look(monde.session, monde.acteur, filtre)
            for onglet, compte in comptes.items():
                vrai = dossiers.count(monde.session, monde.acteur, replace(filtre, onglet=onglet))
                assert compte in (vrai, None), (nom, present, onglet)
            assert comptes[present] is not None, "the tab shown is always counted"
            tus += sum(compte is None for compte in comptes.values())
    assert tus
    monde.session.commit()
    client.connecter(monde.agent)
    client.get(f"{FILE}?territoire=69")
    lus = [
        html.texte(a) for nav in client.arbre.iter("nav") for a in nav.iter("a") if a.get("href", "").startswith(FILE)
    ]
    assert "Traités" in lus, "no number rather than a wrong one"


def _arguments(href: str) -> dict[str, str]:
    return dict(parse_qsl(href.partition("?")[2]))


def puces(client: ClientStrict) -> list[str]:
    """The active filters as they read."""
    return [
        html.texte(a).removeprefix("Retirer le filtre ").removesuffix(" ×")
        for a in client.arbre.iter("a")
        if "Retirer le filtre" in html.texte(a)
    ]


def choisi(client: ClientStrict, nom: str) -> str:
    """The line shown by that drop-down list of the filters."""
    liste = html.par_id(client.arbre, nom)
    assert liste is not None
    return next(html.texte(option) for option in liste.iter("option") if option.get("selected") is not None)


def test_cells_lead_to_their_filter_which_reads_in_words_and_stays_in_the_form(
    client: ClientStrict, monde: Monde
) -> None:
    client.connecter(monde.agent)
    client.get(f"{FILE}?onglet=avis&tri=montant")
    liens = {html.texte(a): a.get("href", "") for a in client.arbre.iter("a") if a.get("href", "").startswith("?")}
    moi, elle = monde.agent.nom_affiche, monde.ailleurs.nom_affiche
    for nom, critere in ((moi, monde.agent.id), ("en instruction", "en_instruction")):
        assert _arguments(liens[nom])["onglet"] == "avis", "a cell keeps the rest of the view"
        client.get(f"{FILE}{liens[nom]}")
        libelle = nom if nom == moi else "En instruction"
        assert libelle in " ".join(puces(client))
        assert choisi(client, "instructeur" if nom == moi else "etat") == libelle
        assert str(critere) in _arguments(liens[nom]).values()
    client.get(f"{FILE}?onglet=avis_a_donner")
    liens = {html.texte(a): a.get("href", "") for a in client.arbre.iter("a") if a.get("href", "").startswith("?")}
    client.get(f"{FILE}{liens[elle]}")
    assert puces(client) == [f"Suivi par : {elle}"], "an agent of the service that asks"
    client.get(f"{FILE}?exercice=2019")
    assert choisi(client, "exercice") == "2019"


def test_a_complement_that_is_asked_leads_to_those_that_wait_for_one(client: ClientStrict, monde: Monde) -> None:
    monde.dossiers[0].complement_demande = True
    monde.session.commit()
    client.connecter(monde.agent)
    client.get(FILE)
    href = next(a.get("href", "") for a in client.arbre.iter("a") if html.texte(a) == "complément demandé")
    assert monde.parcourue(_arguments(href)) == [monde.dossiers[0].reference]


def test_the_names_of_what_the_service_does_not_read_are_not_told(client: ClientStrict, monde: Monde) -> None:
    secrete = monde.creer.demarche(monde.autre, titre="Campagne confidentielle")
    inconnue: User = monde.creer.usager(nom="Inconnue")
    client.connecter(monde.agent)
    client.get(f"{FILE}?demarche={secrete.id}&instructeur={inconnue.id}")
    assert "Campagne confidentielle" not in client.texte()
    assert "Inconnue" not in client.texte()
    assert sorted(puces(client)) == [f"Démarche : {secrete.id}", f"Suivi par : {inconnue.id}"]


@pytest.mark.parametrize(
    ("saisie", "phrase", "garde"),
    [
        ("etta:refuse", "« etta » n’est pas un critère", "etta:refuse"),
        ("piscine depot:>hier", "La date de dépôt « hier » n’existe pas", "piscine depot:>hier"),
        ("avis:bientot etat:accepte", "L’état des avis « bientot » n’existe pas", "avis:bientot"),
        ('etiquette:"pas la nôtre"', "n’a pas d’étiquette « pas la nôtre »", 'etiquette:"pas la nôtre"'),
    ],
)
def test_what_is_not_understood_is_said_and_stays_in_the_box_to_be_corrected(
    client: ClientStrict, monde: Monde, saisie: str, phrase: str, garde: str
) -> None:
    client.connecter(monde.agent)
    client.get(FILE, query_string={"q": saisie})
    assert phrase in client.texte()
    boite: Any = html.par_id(client.arbre, "q")
    assert boite.get("value") == garde
    client.get(FILE, query_string={"q": boite.get("value")})
    assert phrase in client.texte(), "said again until it is corrected"
