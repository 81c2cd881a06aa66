"""Any sequence of opening, typing, saving by itself or by the button, losing an answer, leaving and coming back loses no word."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.formats import ValeurIllisible, parse_montant
from portal.forms.fusion import verrou_recu
from portal.models.connexion import User
from portal.models.demandes import Demande, LigneBudget, ModificationSection, SectionSaisie
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries.lecture_demandes import lire
from portal.services import demandes, depots
from portal.services.demandes import Enregistrement
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import Place, SectionDemande, SensBudget
from tests import fabriques_depots, saisies
from tests.factories import Fabriques

PROJET, BUDGET = Place(SectionDemande.PROJET), Place(SectionDemande.BUDGET_PROJET)
TEXTES = ("", "Lire", "Lire au bord\ndu canal", "É«'’»<b>", "12,34,5")
MONTANTS = ("", "0", "100", "1 234,50 €", "1.000,00", "12,34,5", "2000")
CHAMPS = {
    PROJET: {"intitule": TEXTES, "objectifs": TEXTES, "public_nombre": ("", "12", "douze")},
    BUDGET: dict.fromkeys(("locations", "honoraires", "cotisations", "subventions_etat"), MONTANTS),
}
_numeros = itertools.count(1)


@dataclass
class Page:
    """A page as one browser holds it. `vus`: the text of each input when it was shown, or last sent and written."""

    qui: Acteur
    place: Place
    nom: str
    champs: dict[str, str]
    vus: dict[str, str] = field(default_factory=dict)
    version: str = "0"
    envoi: int = 0

    def verrou(self) -> dict[str, str]:
        self.envoi += 1
        return {"version": self.version, "page": f"{self.nom}.{self.envoi}"}


class DeuxPersonnes(RuleBasedStateMachine):
    """A request, two people, and what must be kept, computed apart from the code under test."""

    session: Session
    creer: Fabriques

    def __init__(self) -> None:
        super().__init__()
        association = self.creer.association()
        self.lea, self.paul = self.creer.usager(), self.creer.usager(prenom="Paul")
        self.creer.mandat(self.lea, association)
        self.creer.mandat(self.paul, association, RoleMandat.REDACTEUR)
        self.demande: Demande = self.creer.demande(association, self.lea)
        self.gardes: dict[Place, dict[str, str]] = {PROJET: {}, BUDGET: {}}
        self.ecrits: set[tuple[Place, str, str]] = set()
        self.pages: list[Page] = []

    def acteur(self, user: User) -> Acteur:
        return fabriques_depots.acteur(self.session, user)

    def afficher(self, page: Page, champs: dict[str, str], version: str) -> None:
        page.nom, page.envoi, page.version = f"page{next(_numeros)}", 0, version
        page.champs = {nom: champs.get(nom, "") for nom in CHAMPS[page.place]}
        page.vus = dict(self.gardes[page.place])

    @rule(paul=st.booleans(), place=st.sampled_from([PROJET, BUDGET]))
    def ouvrir(self, paul: bool, place: Place) -> None:
        page = Page(self.acteur(self.paul if paul else self.lea), place, "", {})
        version = lire(self.demande).versions.get(place, 0)
        self.afficher(page, self.gardes[place], str(version))
        self.pages.append(page)

    @precondition(lambda self: self.pages)
    @rule(donnees=st.data())
    def ecrire(self, donnees: st.DataObject) -> None:
        page = donnees.draw(st.sampled_from(self.pages))
        champ = donnees.draw(st.sampled_from(sorted(CHAMPS[page.place])))
        page.champs[champ] = donnees.draw(st.sampled_from(CHAMPS[page.place][champ]))

    @precondition(lambda self: self.pages)
    @rule(donnees=st.data(), perdue=st.booleans())
    def s_enregistrer_seule(self, donnees: st.DataObject, perdue: bool) -> None:
        page = donnees.draw(st.sampled_from(self.pages))
        fait = self._envoyer(page, automatique=True)
        if not perdue:
            page.version = str(fait.verrou)

    @precondition(lambda self: self.pages)
    @rule(donnees=st.data())
    def enregistrer(self, donnees: st.DataObject) -> None:
        page = donnees.draw(st.sampled_from(self.pages))
        fait = self._envoyer(page, automatique=False)
        self.afficher(page, fait.valeurs, str(fait.verrou.version))

    @precondition(lambda self: self.pages)
    @rule(donnees=st.data())
    def quitter(self, donnees: st.DataObject) -> None:
        self.pages.remove(donnees.draw(st.sampled_from(self.pages)))

    def _envoyer(self, page: Page, *, automatique: bool) -> Enregistrement:
        """Save, and hold the answer to what two people would expect."""
        garde, conflits = self.gardes[page.place], set()
        for nom, texte in page.champs.items():
            vu, present = page.vus.get(nom, ""), garde.get(nom, "")
            if texte in (vu, present):
                continue
            if present == vu:
                garde[nom] = page.vus[nom] = texte
                self.ecrits.add((page.place, nom, texte))
            else:
                conflits.add(nom)
        fait = demandes.save_section(
            self.session,
            by=page.qui,
            demande=self.demande,
            place=page.place,
            valeurs=page.champs,
            version=verrou_recu(page.verrou()),
            automatique=automatique,
        )
        assert set(fait.conflits) == conflits
        assert all(fait.valeurs[nom] == page.champs[nom] for nom in conflits)
        return fait

    @invariant()
    def what_is_kept_is_what_was_typed(self) -> None:
        gardees = {Place(une.section, une.rang): une.valeurs for une in self._sections()}
        for place, attendus in self.gardes.items():
            lus = gardees.get(place, {})
            assert {nom: t for nom, t in lus.items() if t} == {nom: t for nom, t in attendus.items() if t}

    @invariant()
    def no_text_ever_kept_is_lost(self) -> None:
        traces = {(p, nom, t) for p, valeurs in self.gardes.items() for nom, t in valeurs.items()}
        for une in self._sections():
            anciennes = self.session.scalars(
                select(ModificationSection.anciennes).where(ModificationSection.section_id == une.id)
            )
            place = Place(une.section, une.rang)
            traces |= {(place, nom, texte) for valeurs in anciennes for nom, texte in valeurs.items()}
        assert {trace for trace in self.ecrits if trace[2]} <= traces

    @invariant()
    def totals_equal_an_independent_sum(self) -> None:
        budget = lire(self.demande).projets[0].budget
        colonnes = (("locations", "honoraires"), ("cotisations", "subventions_etat"))
        for sens, noms in zip(SensBudget, colonnes, strict=True):
            assert budget.total(budget.plan[0], sens) == self._somme(noms)

    def _somme(self, noms: tuple[str, ...]) -> Decimal | None:
        total = Decimal(0)
        for nom in noms:
            texte = self.gardes[BUDGET].get(nom, "")
            try:
                total += parse_montant(texte) if texte else 0
            except ValeurIllisible:
                return None
        return total

    def _sections(self) -> list[SectionSaisie]:
        return list(self.session.scalars(select(SectionSaisie).where(SectionSaisie.demande_id == self.demande.id)))

    def teardown(self) -> None:
        """Correct what is wrong, fill in the rest, file: the frozen amounts are those typed."""
        corrige = {**saisies.BUDGET, "locations": "", "honoraires": "", **_lisibles(self.gardes[BUDGET])}
        charges = sum(parse_montant(corrige[nom]) for nom in CHARGES if corrige.get(nom))
        produits = sum(parse_montant(corrige[nom]) for nom in PRODUITS if corrige.get(nom))
        autofinancement = max(charges - produits, DEMANDE - produits, Decimal(0))
        corrige["autofinancement"] = str(autofinancement)
        corrige["assurance"] = str(produits + autofinancement - charges)
        fabriques_depots.prete(self.session, self.demande, self.lea, {"budget-projet": corrige})
        depots.file(self.session, by=self.acteur(self.lea), demande=self.demande)
        lignes = self.session.scalars(
            select(LigneBudget).where(LigneBudget.demande_id == self.demande.id, LigneBudget.projet_rang == 1)
        )
        attendues = {nom: parse_montant(texte) for nom, texte in corrige.items() if texte and parse_montant(texte)}
        assert {une.slug: une.montant for une in lignes} == attendues
        assert self.session.scalar(select(Dossier.id).where(Dossier.demande_id == self.demande.id))


DEMANDE = parse_montant(saisies.DEMANDE["montant_demande"])
CHARGES = ("locations", "honoraires", "achats_matieres_fournitures", "remuneration_personnels")
PRODUITS = ("cotisations", "subventions_etat")


def _lisibles(valeurs: dict[str, str]) -> dict[str, str]:
    return {nom: "" if texte == "12,34,5" else texte for nom, texte in valeurs.items()}


@pytest.fixture
def machine(fabrique: Fabrique) -> Iterator[type[DeuxPersonnes]]:
    """The machine on the database of this test."""
    with fabrique() as session:

        class SurCetteBase(DeuxPersonnes):
            pass

        SurCetteBase.session, SurCetteBase.creer = session, Fabriques(session)
        yield SurCetteBase


def test_no_sequence_of_gestures_loses_a_word(machine: type[DeuxPersonnes]) -> None:
    reglages = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=reglages)
