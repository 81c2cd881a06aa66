"""`python -m tests.campagnes.tableurs`: the whole corpus, and its report in docs/preuves/tableurs.md."""

import tempfile
import time
from collections import defaultdict
from pathlib import Path

import click

from tests.campagnes.rapports import DEPOT, commit, jour, tableau
from tests.campagnes.tableurs.campagne import EXEMPLES, GRAINE, Bilan, Compte, run

CELLULES = 100_000
PREUVE = DEPOT / "docs" / "preuves" / "tableurs.md"
CE_QUI_EST_MESURE = (
    "Un générateur invente des demandes de vingt colonnes, et écrit chaque valeur d’une façon tirée au sort : la moitié comme un "
    "tableau soigné, l’autre comme on en reçoit. La moitié des lignes est écrite dans un classeur Excel, l’autre dans un CSV tel "
    "qu’un tableur français l’exporte (où les longs nombres perdent leurs chiffres). Le processus qui lit les imports lit ces "
    "fichiers, et chaque cellule est comparée à la valeur de départ."
)
LIMITE = (
    "Une date écrite à l’américaine dont le jour est au plus 12 se lit aussi à la française. Elle est dite, ou refusée, dès "
    "qu’une autre date de sa colonne ne se lit qu’à l’américaine ; dans une colonne où toutes les dates ont un jour d’au plus "
    "12, rien ne les distingue, et le portail lit le jour d’abord. "
    "Une faute de frappe qui laisse la clé d’un SIRET juste ne se voit pas non plus."
)


@click.command()
@click.option("--cellules", type=int, default=CELLULES, show_default=True)
@click.option("--graine", type=int, default=GRAINE, show_default=True, help="Même graine, mêmes tirages.")
def campagne(cellules: int, graine: int) -> None:
    """Lit un corpus de cellules inventées. Code de sortie 1 si une seule change sans que cela soit dit."""
    bilan, debut = Bilan(), time.monotonic()
    with tempfile.TemporaryDirectory() as dossier:
        run(bilan, graine=graine, cellules=cellules, dossier=Path(dossier))
    texte = rapport(bilan, graine=graine, duree=time.monotonic() - debut)
    click.echo(texte)
    PREUVE.write_text(texte, encoding="utf-8")
    if bilan.silences or bilan.lignes_perdues:
        raise SystemExit(1)


def rapport(bilan: Bilan, *, graine: int, duree: float) -> str:
    """Markdown, in French: what became of the cells of each way of writing."""
    nombre = f"{bilan.cellules:,}".replace(",", " ")
    verdict = (
        f"{len(bilan.silences)} cellules changées en silence" if bilan.silences else "aucune cellule changée en silence"
    )
    lignes = [
        "# Tableurs : ce qui est lu est la vérité, ou c’est dit",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {graine}, par `make campagne-tableurs`.",
        "",
        f"**Résultat : {verdict}**, {bilan.lignes_perdues} ligne perdue, sur {nombre} cellules lues en {duree:.0f} s.",
        CE_QUI_EST_MESURE,
        "",
        LIMITE,
        "",
        *tableau(
            (
                "Champ",
                "Écriture",
                "Justes",
                "Justes, et dites",
                "Laissées vides, et dites",
                "Gardées telles quelles, et dites",
                "En silence",
            ),
            [
                (champ, ecriture, un.justes, un.justes_et_dites, un.refusees, un.autres_et_dites, un.en_silence)
                for (champ, ecriture), un in sorted(_par_ecriture(bilan).items())
            ],
        ),
        "",
        *(f"* {silence}" for silence in bilan.silences[:EXEMPLES]),
    ]
    return "\n".join(lignes).rstrip("\n") + "\n"


def _par_ecriture(bilan: Bilan) -> dict[tuple[str, str], Compte]:
    """Both formats together."""
    sommes: dict[tuple[str, str], Compte] = defaultdict(Compte)
    for (champ, ecriture, _format), un in bilan.comptes.items():
        somme = sommes[champ, ecriture]
        somme.justes += un.justes
        somme.justes_et_dites += un.justes_et_dites
        somme.refusees += un.refusees
        somme.autres_et_dites += un.autres_et_dites
        somme.en_silence += un.en_silence
    return sommes


if __name__ == "__main__":
    campagne()
