"""From raw sheets to what was understood of them: `examiner` finds the table, `lignes` reads it. Pure, in the child process."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from portal.classeurs.choix import choisir
from portal.classeurs.colonnes import disputes, trouver
from portal.classeurs.entetes import complets, forme, titres_bruts
from portal.classeurs.feuilles import Feuille, pleine
from portal.classeurs.genres import GENRES, champs_par_nom
from portal.classeurs.reconnaissance import reconnaitre
from portal.classeurs.resultats import Consigne, Constat, LigneLue
from portal.classeurs.unites import reserve_de
from portal.classeurs.verdicts import Lignes
from portal.vocabulaire_imports import GenreImport

ECHANTILLON = 400
NON_LUE = (
    "La feuille «\u00a0{}\u00a0» a les mêmes titres, et n’est pas lue\u00a0: choisissez-la plus bas à la place de celle-ci, ou "
    "déposez de nouveau ce fichier pour l’importer aussi."
)
SANS_LIGNE = "Aucune ligne n’est remplie sous l’en-tête\u00a0: il n’y a rien à lire dans cette feuille."


def examiner(
    feuilles: Sequence[Feuille],
    consigne: Consigne,
    *,
    format_lu: str,
    encodage: str = "",
    separateur: str = "",
    base_1904: bool = False,
) -> Constat:
    """What was found before the lines: what they are, the sheet, its header, what each column gives.

    `format_lu`: « xlsx », « xls », « ods », « csv »; a CSV has one sheet. Raises ClasseurRefuse when no sheet has a line.
    """
    du_fichier = partial(Constat, format=format_lu, encodage=encodage, separateur=separateur, base_1904=base_1904)
    if consigne.genre is not None:
        return _comprendre(feuilles, consigne.genre, consigne, du_fichier)
    return reconnaitre([_comprendre(feuilles, genre, consigne, du_fichier) for genre in GenreImport])


def _comprendre(
    feuilles: Sequence[Feuille], genre: GenreImport, consigne: Consigne, du_fichier: Callable[..., Constat]
) -> Constat:
    """The file as that kind of import understands it."""
    choix = choisir(feuilles, genre, consigne)
    debut = choix.entete.rangs[-1] if choix.entete.rangs else 0
    echantillon = choix.feuille.lignes[debut : debut + ECHANTILLON]
    remarques = [] if any(map(pleine, islice(choix.feuille.lignes, debut, None))) else [SANS_LIGNE]
    remarques.extend(map(NON_LUE.format, choix.semblables))
    colonnes = trouver(genre, choix.entete, echantillon, consigne.colonnes)
    if consigne.colonnes is None:
        remarques.extend(disputes(genre, choix.entete, colonnes))
    champs = champs_par_nom(genre)
    remarques.extend(filter(None, (reserve_de(colonne, champs.get(colonne.champ)) for colonne in colonnes)))
    donnes = {colonne.champ for colonne in colonnes}
    return du_fichier(
        feuilles=choix.vues,
        feuille=choix.feuille.nom,
        entete=choix.entete.rangs,
        colonnes=colonnes,
        manquants=tuple(champ.nom for champ in GENRES[genre] if champ.obligatoire and champ.nom not in donnes),
        forme=forme(complets(choix.entete)),
        genre=genre,
        remarques=tuple(remarques),
    )


def lignes(feuille: Feuille, constat: Constat, pannes: list[str]) -> Iterator[LigneLue]:
    """The lines of the sheet under its header, in order; empty rows are no lines, those that are left out say why.

    `pannes` receives what failed while cells were read.
    """
    debut = constat.entete[-1] if constat.entete else 0
    lecture = Lignes(constat, titres_bruts(feuille, constat.entete), pannes)
    lecture.prevenir(feuille.lignes, debut)
    for numero, rangee in enumerate(islice(feuille.lignes, debut, None), start=debut + 1):
        lue = lecture.lire(numero, rangee)
        if lue is not None:
            yield lue
