"""Chance asks, answers, breaks seals, takes back, hands over, and lets days pass; the portal and the reference must agree."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import time_machine
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.formats import aujourdhui, maintenant
from portal.models.avis import DemandeAvis
from tests.campagnes.avis.lieu import EXPERTS, PARTIES, PROPRIETAIRE, SERVICES, Lieu
from tests.campagnes.avis.reference import (
    ATTENDUE,
    CLOSE,
    DOSSIER,
    Demande,
    Reference,
)

PAS_PAR_HISTOIRE = 50
# How often each is drawn.
ACTES = (
    *("demander", "repondre", "repondre", "repondre", "lever", "lever", "donner", "prolonger", "transmettre"),
    *("demander", "retirer", "decliner", "recuser", "passer_des_jours"),
)
SANS_DEMANDE = frozenset({"donner", "passer_des_jours"})


@dataclass(frozen=True)
class Tirage:
    """What chance draws for one step; each act takes of it what it needs."""

    qui: Literal["A", "B", "C", "D"]
    partie: Literal["A", "B", "C", "D", "X", "Y"]
    objet: Literal["dossier", "association"]
    consultes: frozenset[Literal["A", "B", "C", "D", "X", "Y"]]
    scelle: bool
    audience: Literal["service", "services_saisis", "partage"]
    delai: Literal[0, 1, 2, 3] | None
    rang: Literal[0, 1]
    a: Literal[0, 1]
    laquelle: int
    bon: bool
    autre: bool
    jours: Literal[1, 2]


TIRAGES = st.builds(
    Tirage,
    consultes=st.frozensets(st.sampled_from(PARTIES), min_size=1, max_size=3),
    laquelle=st.integers(0, 7),
    bon=st.sampled_from((True, True, False)),
    autre=st.sampled_from((False, False, True)),
)


class Histoire(RuleBasedStateMachine):
    """One story, told to both; `ici` is set for each run, `pas` counts (act, done) over all of its stories."""

    ici: Lieu
    pas: Counter[tuple[str, bool]]

    def __init__(self) -> None:
        super().__init__()
        self.point = self.ici.session.begin_nested()
        self.ici.demandes.clear()
        self.temps = time_machine.travel(maintenant(), tick=False)
        self.horloge = self.temps.start()
        self.modele = Reference(PROPRIETAIRE, SERVICES, EXPERTS)
        self.textes = 0

    def teardown(self) -> None:
        """Nothing of it is left."""
        self.temps.stop()
        self.point.rollback()
        self.ici.session.expire_all()

    @rule(acte=st.sampled_from(ACTES), tire=TIRAGES)
    def avancer(self, acte: str, tire: Tirage) -> None:
        """One step; while nothing is asked, something is."""
        getattr(self, acte if self.modele.demandes or acte in SANS_DEMANDE else "demander")(tire)

    def demander(self, tire: Tirage) -> None:
        """A service asks several together; `bon`: those whom it may ask."""
        qui, consultes = tire.qui, set(tire.consultes)
        if tire.bon:
            qui = PROPRIETAIRE if tire.objet == DOSSIER else qui
            consultes = {un for un in consultes if self.modele.peut_demander(qui, tire.objet, {un})} or consultes
        attendu = self.modele.peut_demander(qui, tire.objet, consultes)
        teneur: dict[str, Any] = {"scelle": tire.scelle, "audience": tire.audience}
        fait = self.ici.demander(qui, tire.objet, consultes, delai=tire.delai, **teneur)
        self._accord("demander", fait, attendu)
        if fait:
            fin = None if tire.delai is None else self.modele.jour + tire.delai
            self.modele.demander(qui, tire.objet, consultes, fin=fin, **teneur)

    def donner(self, tire: Tirage) -> None:
        """A party answers, or changes its mind, asked or not."""
        self._donner(tire.partie, tire.rang, tire.objet, tire.audience)

    def repondre(self, tire: Tirage) -> None:
        """One that is awaited answers."""
        attendues = [une for une in self.modele.demandes if une.etat == ATTENDUE] or self.modele.demandes
        une = attendues[tire.laquelle % len(attendues)]
        self._donner(une.partie, 0, une.objet, tire.audience)

    def _donner(self, qui: str, rang: int, objet: str, audience: str) -> None:
        self.textes += 1
        texte = f"Texte {self.textes}"
        fait = self.ici.donner(qui, rang, objet, audience, texte)
        self._accord("donner", fait, self.modele.peut_donner(qui, objet))
        if fait:
            self.modele.donner(qui, objet, audience, texte)

    def lever(self, tire: Tirage) -> None:
        """Break a seal, one that may be broken when there is; sometimes by whom it is not."""
        levables = [une for une in self.modele.demandes if self.modele.peut_lever(une.demandeur, une)]
        choix = levables if tire.bon and levables else self.modele.demandes
        une = choix[tire.laquelle % len(choix)]
        qui = tire.qui if tire.autre else une.demandeur
        fait = self.ici.lever(qui, self._ligne(une))
        self._accord("lever", fait, self.modele.peut_lever(qui, une))
        if fait:
            for sienne in self.modele.ensemble(une):
                sienne.leve = True

    def retirer(self, tire: Tirage) -> None:
        """Take a request back."""
        une = self._une(tire)
        qui = tire.qui if tire.autre else une.demandeur
        fait = self.ici.suivre("revoke", qui, 0, self._ligne(une), motif="Elle ne viendra pas.")
        self._accord("retirer", fait, qui == une.demandeur and une.etat == ATTENDUE)
        if fait:
            une.etat = CLOSE

    def prolonger(self, tire: Tirage) -> None:
        """Another deadline, or none."""
        une = self._une(tire)
        fin = None if tire.delai is None else self.modele.jour + tire.delai
        echeance = None if tire.delai is None else aujourdhui() + timedelta(days=tire.delai)
        fait = self.ici.suivre("extend", une.demandeur, 0, self._ligne(une), echeance=echeance)
        self._accord("prolonger", fait, une.etat == ATTENDUE and une.fin != fin)
        if fait:
            une.fin = fin

    def transmettre(self, tire: Tirage) -> None:
        """Hand it to a colleague, who has no conflict of interest."""
        une = self._une(tire)
        destinataire = self.ici.acteurs[une.partie, tire.a].user_id or 0
        fait = self.ici.suivre("transfer", une.partie, tire.rang, self._ligne(une), agent_id=destinataire)
        libre = not self.modele.recuse(une.partie, tire.a, une.objet)
        self._accord("transmettre", fait, une.partie in SERVICES and une.etat == ATTENDUE and libre)
        if fait:
            une.agent = tire.a

    def decliner(self, tire: Tirage) -> None:
        """« Pas concerné »."""
        une = self._une(tire)
        fait = self.ici.suivre("not_concerned", une.partie, tire.rang, self._ligne(une), motif="Hors de notre champ.")
        self._accord("décliner", fait, une.etat == ATTENDUE)
        if fait:
            une.etat = CLOSE

    def recuser(self, tire: Tirage) -> None:
        """A conflict of interest: of an expert, it closes; of an agent, its colleagues go on."""
        une = self._une(tire)
        expert = une.partie in EXPERTS
        fait = self.ici.suivre("declare_conflict", une.partie, 1, self._ligne(une), motif="Je siège à son conseil.")
        self._accord("récuser", fait, une.etat == ATTENDUE if expert else une.etat != CLOSE)
        if fait and expert:
            une.etat = CLOSE
        elif fait:
            self.modele.recuses.add((une.partie, 1, une.objet))
            une.agent = None if une.agent == 1 else une.agent

    def passer_des_jours(self, tire: Tirage) -> None:
        """Days pass."""
        self.modele.jour += tire.jours
        self.horloge.shift(timedelta(days=tire.jours))
        self.pas["passer des jours", True] += 1

    @invariant()
    def dire_de_meme(self) -> None:
        """Who reads what, every version kept, the counters, who may open the dossier."""
        modele, lus = self.modele, self.ici.lectures()
        attendus = {
            cle: {
                **{nom: modele.lit(nom, donne) for nom in PARTIES},
                "ailleurs": modele.ailleurs(donne),
                "DS": self._dit_a_ds(cle),
            }
            for cle, donne in modele.avis.items()
        }
        assert lus == attendus
        assert self.ici.versions() == {cle: donne.versions for cle, donne in modele.avis.items()}
        demandees, rendues, fin = modele.comptes()
        assert self.ici.comptes() == (demandees, rendues, None if fin is None else fin - modele.jour)
        assert self.ici.lecteurs_du_dossier() == {un for un in SERVICES if modele.ouvert(DOSSIER, un)}

    def _dit_a_ds(self, cle: tuple[str, str]) -> bool:
        donne = self.modele.avis[cle]
        reponses = [une for une in self.modele.de(*cle) if une.etat == "répondue"]
        return donne.audience != "service" and not any(self.modele.tient(une) for une in reponses)

    def _une(self, tire: Tirage) -> Demande:
        """Among the last ones."""
        return self.modele.demandes[-1 - tire.laquelle % len(self.modele.demandes)]

    def _ligne(self, demande: Demande) -> DemandeAvis:
        """The row of the portal."""
        rang = next(rang for rang, une in enumerate(self.modele.demandes) if une is demande)
        return self.ici.demandes[rang]

    def _accord(self, acte: str, fait: bool, attendu: bool) -> None:
        self.pas[acte, fait] += 1
        assert fait == attendu, f"{acte} : {'fait' if fait else 'refusé'} par le portail, l’inverse par la référence"


def jouer(ici: Lieu, *, pas: int, graine: int, comptes: Counter[tuple[str, bool]]) -> str:
    """About that many steps, counted in `comptes`: what does not hold, with the shortest story that shows it, or ""."""
    reglages: dict[str, Any] = {
        "stateful_step_count": PAS_PAR_HISTOIRE,
        "max_examples": max(1, pas // PAS_PAR_HISTOIRE),
        "deadline": None,
        "database": None,
        "derandomize": False,
        "phases": (Phase.generate, Phase.shrink),
        "report_multiple_bugs": False,
        "suppress_health_check": list(HealthCheck),
    }
    machine = seed(graine)(type("HistoireIci", (Histoire,), {"ici": ici, "pas": comptes}))
    try:
        run_state_machine_as_test(machine, settings=settings(**reglages))
    except AssertionError as divergence:
        return "\n".join((str(divergence), *getattr(divergence, "__notes__", ())))
    return ""
