"""`python -m tests.campagnes.classeurs`: the whole campaign, and its report in docs/preuves/classeurs.md."""

import re
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from tests.campagnes.classeurs.campagne import DELAI, FICHIERS, GRAINE, MEMOIRE, Bilan, run
from tests.campagnes.classeurs.semences import semences
from tests.campagnes.rapports import DEPOT, commit, jour, tableau

PREUVE = DEPOT / "docs" / "preuves" / "classeurs.md"


@click.command()
@click.option("--graine", type=int, default=GRAINE, show_default=True, help="Même graine, mêmes fichiers.")
@click.option("--fichiers", type=int, default=FICHIERS, show_default=True)
def campagne(graine: int, fichiers: int) -> None:
    """Lit des classeurs abîmés ou hostiles. Code de sortie 1 si l’un n’est ni lu, ni refusé par une phrase."""
    debut = time.monotonic()
    with tempfile.TemporaryDirectory() as dossier:
        bilan = run(Path(dossier), graine=graine, fichiers=fichiers)
    texte = rapport(bilan, graine=graine, duree=time.monotonic() - debut)
    click.echo(texte)
    PREUVE.write_text(texte, encoding="utf-8")
    if bilan.fautes:
        raise SystemExit(1)


def rapport(bilan: Bilan, *, graine: int, duree: float) -> str:
    """Markdown, in French: what befell the files, what became of them, and what it cost."""
    lus = sum(sort["lu"] for sort in bilan.sorts.values())
    verdict = f"{len(bilan.fautes)} fautes" if bilan.fautes else "aucune autre issue"
    phrases = Counter(re.sub(r"[0-9]+", "…", phrase) for phrase in bilan.phrases.elements())
    resume = (
        f"**Résultat : {bilan.fichiers} fichiers, {lus} lus, {bilan.phrases.total()} refusés par une phrase, {verdict}** "
        f"({duree:.0f} s). Chacun est lu par un processus à part, qui n’a que {MEMOIRE >> 20} Mio et {DELAI:.0f} s ; le plus "
        f"long a pris {bilan.plus_long:.1f} s, le plus gourmand {bilan.enfant:.0f} Mio. Le processus qui les a tous demandés "
        f"n’a jamais dépassé {bilan.parent:.0f} Mio, et ne s’est pas arrêté."
    )
    lignes = [
        "# Classeurs abîmés ou hostiles",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {graine}, par `make campagne-classeurs`.",
        "",
        resume,
        "",
        f"Fichiers de départ : {', '.join(sorted(semences()))}.",
        "",
        *tableau(
            ("Ce qui leur est arrivé", "Lus", "Refusés", "Fautes"),
            [(nom, sort["lu"], sort["refusé"], sort["faute"]) for nom, sort in sorted(bilan.sorts.items())],
        ),
        "",
        *tableau(("Phrase du refus", "Fois"), [(phrase, fois) for phrase, fois in phrases.most_common()]),
        "",
    ]
    if bilan.fautes:
        lignes += ["## Fautes", "", *(f"* {une}" for une in bilan.fautes), ""]
    return "\n".join(lignes)


if __name__ == "__main__":
    campagne()
