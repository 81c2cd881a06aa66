"""Faults in the truth itself: what other people do to the dossiers between two requests of ours."""

from datetime import timedelta

from integrations.demarches_simplifiees.simulator.gens.agitation import choisir, phrase
from integrations.demarches_simplifiees.simulator.gens.usagers import deposer, ecrire
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees

RETARD_MAXIMAL, DERIVE_MAXIMALE = 8, 300  # minutes, seconds
PART_NEUVE = 0.2  # of the late writings, those that are new dossiers
SEJOUR = 3  # requests that a dossier spends in the bin


class Troubles:
    """What strikes before an answer. `donnees.verrou` is taken here."""

    def __init__(self, donnees: Donnees) -> None:
        self._donnees = donnees
        self._en_corbeille: dict[int, int] = {}

    def agir(self) -> bool:
        """Draw each fault; returns whether the truth changed."""
        pannes = self._donnees.pannes
        with self._donnees.verrou:
            frappees = [nom for nom in _TROUBLES if pannes.frappe(nom)]
            for nom in frappees:
                _TROUBLES[nom](self)
            return self._retablir() or bool(frappees)

    def _toucher(self) -> None:
        fiche = choisir(self._donnees, self._donnees.pannes.tirage("rangs_mouvants"))
        if fiche:
            self._donnees.toucher(fiche)

    def _tarder(self) -> None:
        """A new dossier, or a message to one that is there, which shows late."""
        tirage = self._donnees.pannes.tirage("ecriture_tardive")
        fiche, retard = choisir(self._donnees, tirage), timedelta(minutes=tirage.uniform(1, RETARD_MAXIMAL))
        if fiche and tirage.random() < PART_NEUVE:
            deposer(self._donnees, fiche, retard=retard)
        elif fiche:
            ecrire(self._donnees, fiche, phrase(tirage), retard=retard)

    def _jeter(self) -> None:
        fiche = choisir(self._donnees, self._donnees.pannes.tirage("suppression_retablie"))
        if fiche:
            self._donnees.mettre_a_la_corbeille(fiche.number)
            self._en_corbeille[fiche.number] = SEJOUR

    def _deriver(self) -> None:
        ecart = self._donnees.pannes.tirage("horloge_derivee").uniform(-DERIVE_MAXIMALE, DERIVE_MAXIMALE)
        self._donnees.decaler(timedelta(seconds=ecart))

    def _retablir(self) -> bool:
        self._en_corbeille = {number: reste - 1 for number, reste in self._en_corbeille.items()}
        revenus = [number for number, reste in self._en_corbeille.items() if reste < 0]
        for number in revenus:
            del self._en_corbeille[number]
            if number in self._donnees.corbeille:
                self._donnees.restaurer(number)
        return bool(revenus)


_TROUBLES = {
    "rangs_mouvants": Troubles._toucher,
    "ecriture_tardive": Troubles._tarder,
    "suppression_retablie": Troubles._jeter,
    "horloge_derivee": Troubles._deriver,
}
