"""The report of a campaign, as docs/preuves keeps it: dated, with its commit, its counts, and what differs."""

from tests.campagnes.ds.campagne import Bilan
from tests.campagnes.rapports import commit, jour, tableau


def rapport(bilan: Bilan) -> str:
    """Markdown, in French: what was done, what struck, what was compared."""
    p, ecarts = bilan.parametres, bilan.ecarts
    verdict = "aucun écart" if not ecarts.ecarts else f"{len(ecarts.ecarts)} écarts"
    lignes = [
        "# Convergence de la synchronisation avec Démarches Simplifiées",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {p.graine}, par `make campagne-ds`.",
        "",
        _resume(bilan, verdict),
        "",
        "## Ce qui a été comparé",
        "",
        *tableau(("Nature", "Comparaisons"), sorted(ecarts.compares.items())),
        "",
        "## Les actes demandés",
        "",
        *tableau(("Acte", "Demandes"), sorted(bilan.demandes.items())),
        "",
        "## Les pannes",
        "",
        *tableau(("Panne", "Taux", "Coups"), [(nom, taux, bilan.frappes[nom]) for nom, taux in bilan.taux.items()]),
        "",
        "## Les changements faits par d’autres",
        "",
        *tableau(("Changement", "Fois"), sorted(bilan.remous.items())),
        "",
    ]
    if ecarts.ecarts:
        lignes += ["## Les écarts", "", *(f"* {un}" for un in ecarts.ecarts), ""]
    return "\n".join(lignes)


def _resume(bilan: Bilan, verdict: str) -> str:
    return (
        f"**Résultat : {verdict}.** {bilan.dossiers} dossiers dans la base à la fin, {bilan.morts} arrêts brutaux (kill -9) de "
        f"{bilan.parametres.ouvriers} workers, {sum(bilan.remous.values())} changements faits par d’autres, "
        f"{sum(bilan.demandes.values())} actes demandés par les agents, {bilan.duree:.0f} s."
    )
