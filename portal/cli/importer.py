"""`portal importer`: what the portal would read in a workbook. Nothing is written, and no database is needed."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from portal.classeurs.genres import champs_par_nom
from portal.classeurs.lecture import Lecture, ouvrir
from portal.classeurs.resultats import ClasseurRefuse, Consigne, Constat, LigneLue, en_json
from portal.cli.francais import FauteDeSaisie
from portal.texte_json import ecrire
from portal.vocabulaire_imports import LIBELLES_GENRE_IMPORT, LIBELLES_VERDICT_LIGNE, GenreImport, VerdictLigne

MONTREES = 50
EN_MEMOIRE, MORCEAU = 1 << 24, 1 << 16


@click.command()
@click.argument("fichier", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--genre",
    type=click.Choice([str(genre) for genre in GenreImport]),
    help="Ce que sont les lignes\u00a0; sinon, deviné.",
)
@click.option("--feuille", help="La feuille à lire\u00a0; sinon, celle qui ressemble le plus au tableau attendu.")
@click.option(
    "--apercu",
    is_flag=True,
    help="Montre ce qui serait lu. C’est le seul mode\u00a0: l’import se confirme dans le portail.",
)
@click.option(
    "--json", "json_voulu", is_flag=True, help="Un objet JSON, avec chaque ligne, ses valeurs et son verdict."
)
def importer(fichier: Path, genre: str | None, feuille: str | None, *, apercu: bool, json_voulu: bool) -> None:
    """Montre ce que le portail lit dans FICHIER (xlsx, xls, ods, csv). Code de sortie 2 quand le fichier est refusé."""
    if not apercu:
        raise FauteDeSaisie("Ajoutez --apercu\u00a0: l’import lui-même se confirme dans le portail. Rien n’a été fait.")
    try:
        with ouvrir(fichier, fichier.name, Consigne(GenreImport(genre) if genre else None, feuille)) as lecture:
            dire: Callable[..., None] = _en_json if json_voulu else _en_francais
            dire(fichier, lecture, devine=genre is None)
    except ClasseurRefuse as refus:
        raise FauteDeSaisie(str(refus)) from refus


def _en_json(fichier: Path, lecture: Lecture, *, devine: bool) -> None:
    """One object, written once the whole file has been read: a file refused midway gives none."""
    with tempfile.SpooledTemporaryFile(max_size=EN_MEMOIRE) as tampon:
        tete = {"fichier": fichier.name, "genre": lecture.constat.genre, "genre_devine": devine}
        tampon.write(ecrire(tete | _sans_nom(lecture.constat))[:-1] + b',"lignes":[')
        for rang, ligne in enumerate(lecture.lignes):
            tampon.write((b",\n" if rang else b"\n") + ecrire(_sans_nom(ligne)))
        comptes = lecture.bilan.comptes if lecture.bilan else {}
        bilan = {"lignes": sum(comptes.values()), "comptes": comptes}
        tampon.write(b'\n],"bilan":' + ecrire(bilan) + b"}\n")
        tampon.seek(0)
        while morceau := tampon.read(MORCEAU):
            click.echo(morceau, nl=False)


def _sans_nom(resultat: Constat | LigneLue) -> dict[str, object]:
    return {nom: valeur for nom, valeur in en_json(resultat).items() if nom != "t"}


def _en_francais(fichier: Path, lecture: Lecture, *, devine: bool) -> None:
    constat = lecture.constat
    click.echo(f"{fichier.name} ({', '.join(filter(None, (constat.format, constat.encodage)))})")
    click.echo(
        f"Genre\u00a0: {LIBELLES_GENRE_IMPORT[constat.genre]}{f' (deviné, {constat.raison_genre})' if devine else ''}"
    )
    if constat.hesitation:
        click.echo(f"À vérifier, avec --genre\u00a0: {', '.join(constat.hesitation)} conviennent autant.")
    for ligne in _tete(constat):
        click.echo(ligne)
    montrees = 0
    comptes: Counter[VerdictLigne] = Counter()
    for ligne_lue in lecture.lignes:
        comptes[ligne_lue.verdict] += 1
        for texte in _dites(ligne_lue, constat.genre):
            montrees += 1
            if montrees <= MONTREES:
                click.echo(texte)
    if montrees > MONTREES:
        click.echo(f"Et {montrees - MONTREES} autres remarques (--json les donne toutes).")
    detail = ", ".join(f"{LIBELLES_VERDICT_LIGNE[verdict]}\u00a0: {comptes[verdict]}" for verdict in VerdictLigne)
    click.echo(f"{comptes.total()} lignes ({detail}). Rien n’a été écrit.")


def _tete(constat: Constat) -> Iterator[str]:
    """The sheet, its header and its columns."""
    champs = champs_par_nom(constat.genre)
    for vue in constat.feuilles:
        lue = "Feuille lue" if vue.nom == constat.feuille else "Autre feuille"
        yield f"{lue}\u00a0: {vue.nom or _sans_titre(constat)}, {vue.lignes} lignes ({vue.pourquoi})"
    yield f"En-tête\u00a0: {'ligne ' + ' et '.join(map(str, constat.entete)) if constat.entete else 'aucun'}"
    for colonne in constat.colonnes:
        champ = champs[colonne.champ].libelle if colonne.champ else "laissée de côté"
        yield f"  {colonne.rang + 1}. {colonne.titre or '(sans titre)'} → {champ}"
    if constat.manquants:
        yield f"Champs obligatoires sans colonne\u00a0: {', '.join(champs[nom].libelle for nom in constat.manquants)}"
    yield from (f"À savoir\u00a0: {remarque}" for remarque in constat.remarques)


def _sans_titre(constat: Constat) -> str:
    """What stands for the name of the sheet of a CSV."""
    signe = {"\t": "tabulation", "": "aucun"}.get(constat.separateur, constat.separateur)
    return f"séparateur «\u00a0{signe}\u00a0»"


def _dites(ligne: LigneLue, genre: GenreImport) -> Iterator[str]:
    champs = champs_par_nom(genre)
    for remarque in ligne.remarques:
        ou = f", {champs[remarque.champ].libelle}" if remarque.champ in champs else ""
        lu = f" «\u00a0{remarque.lu}\u00a0»" if remarque.lu and ou else ""
        yield f"Ligne {ligne.numero}{ou}{lu} ({LIBELLES_VERDICT_LIGNE[remarque.verdict]})\u00a0: {remarque.raison}"
