"""Which sheet holds the table, and in which rows stands its header: the one whose titles we know best."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.classeurs.champs import Champ
from portal.classeurs.colonnes import EXACTE, Piste, par_titre
from portal.classeurs.entetes import Entete, candidates, categories_au_dessus, cle, sans_donnee, titres_seuls
from portal.classeurs.feuilles import Feuille, largeur, pleine, pleines
from portal.classeurs.genres import champs_par_nom
from portal.classeurs.resultats import ClasseurRefuse, Consigne, FeuilleVue
from portal.vocabulaire_imports import GenreImport

# Rows under a header whose cells are looked at.
SUITE = 30
VIDE = "vide"


@dataclass(frozen=True, slots=True)
class Essai:
    """A header that may be the right one, and how many fields it gives: the surest titles count most."""

    entete: Entete
    reconnues: int
    note: float


@dataclass(frozen=True, slots=True)
class Choix:
    """The sheet and its header, what is said of each sheet, and those that look like the same table and are not read."""

    feuille: Feuille
    entete: Entete
    vues: tuple[FeuilleVue, ...]
    semblables: tuple[str, ...]


def choisir(feuilles: Sequence[Feuille], genre: GenreImport, consigne: Consigne) -> Choix:
    """The sheet that was asked for, else the one that looks most like the table. Raises ClasseurRefuse when all are empty."""
    comptes = [pleines(feuille) for feuille in feuilles]
    if not any(comptes):
        raise ClasseurRefuse("Le fichier est vide\u00a0: aucune de ses feuilles ne porte de ligne.")
    aucun = Essai(Entete((), (), ()), 0, 0.0)
    essais = [
        _meilleur(une, genre, consigne.entete) if compte else aucun
        for une, compte in zip(feuilles, comptes, strict=True)
    ]
    rang = _rang(feuilles, comptes, essais, consigne)
    vues = tuple(
        FeuilleVue(
            une.nom,
            comptes[place],
            largeur(une) if comptes[place] else 0,
            une.cachee,
            _pourquoi(place, rang, comptes, essais, consigne, une),
        )
        for place, une in enumerate(feuilles)
    )
    semblables = tuple(
        une.nom
        for place, une in enumerate(feuilles)
        if place != rang and comptes[place] > 1 and _memes_titres(essais[place], essais[rang])
    )
    return Choix(feuilles[rang], essais[rang].entete, vues, semblables)


def _memes_titres(un: Essai, autre: Essai) -> bool:
    return un.reconnues > 1 and {*filter(None, map(cle, un.entete.titres))} == {
        *filter(None, map(cle, autre.entete.titres))
    }


def _rang(feuilles: Sequence[Feuille], comptes: Sequence[int], essais: Sequence[Essai], consigne: Consigne) -> int:
    if consigne.feuille is not None:
        trouves = [rang for rang, feuille in enumerate(feuilles) if feuille.nom == consigne.feuille]
        if not trouves:
            raise ClasseurRefuse(
                f"Le fichier n’a pas de feuille «\u00a0{consigne.feuille}\u00a0». Choisissez-en une autre."
            )
        return trouves[0]
    return max(
        range(len(feuilles)),
        key=lambda rang: (
            comptes[rang] > 0,
            not feuilles[rang].cachee,
            comptes[rang] > 1,
            essais[rang].reconnues,
            comptes[rang],
            -rang,
        ),
    )


def _pourquoi(
    place: int, choisie: int, comptes: Sequence[int], essais: Sequence[Essai], consigne: Consigne, feuille: Feuille
) -> str:
    """Why a sheet was chosen, or not."""
    if not comptes[place]:
        return "vide"
    reconnues = _colonnes(essais[place].reconnues)
    if place == choisie and consigne.feuille is not None:
        return "choisie par vous"
    if place == choisie and len(comptes) == 1:
        return f"seule feuille, {reconnues}"
    if place == choisie:
        return f"{reconnues}\u00a0: c’est la feuille qui ressemble le plus au tableau attendu"
    return f"feuille masquée, {reconnues}" if feuille.cachee else reconnues


def _colonnes(combien: int) -> str:
    if not combien:
        return "aucune colonne reconnue"
    return f"{combien}\u00a0colonnes reconnues" if combien > 1 else "1\u00a0colonne reconnue"


def _meilleur(feuille: Feuille, genre: GenreImport, choisi: tuple[int, ...] | None) -> Essai:
    """The header that gives most fields. Without any known title, the first row of words that rows as wide follow."""
    colonnes = largeur(feuille)
    if choisi is not None:
        return _essai(genre, titres_seuls(feuille, choisi, colonnes))
    essais = [essai for rang in candidates(feuille) for essai in _essais(feuille, rang, colonnes, genre)]
    connus = [essai for essai in essais if essai.reconnues > 1 or (essai.reconnues and _de_mots(feuille, essai))]
    if connus:
        return max(connus, key=lambda essai: essai.note)
    possibles = (essai for essai in essais if _de_mots(feuille, essai) and _suivie(feuille, essai.entete))
    return next(possibles, Essai(titres_seuls(feuille, (), colonnes), 0, 0.0))


def _de_mots(feuille: Feuille, essai: Essai) -> bool:
    return all(sans_donnee(feuille, rang) for rang in essai.entete.rangs)


def _essais(feuille: Feuille, rang: int, colonnes: int, genre: GenreImport) -> list[Essai]:
    seul = _essai(genre, titres_seuls(feuille, (rang,), colonnes))
    if not categories_au_dessus(feuille, rang, colonnes):
        return [seul]
    return [seul, _essai(genre, titres_seuls(feuille, (rang - 1, rang), colonnes), 0.05)]


def _essai(genre: GenreImport, entete: Entete, avantage: float = 0.0) -> Essai:
    """A header with what it gives. A field that two titles give equally is worth little: nothing tells which is right."""
    pistes: dict[str, list[Piste]] = {}
    for rang in range(len(entete.titres)):
        for piste in par_titre(genre, entete, rang):
            pistes.setdefault(piste.champ, []).append(piste)
    champs = champs_par_nom(genre)
    note = sum(_poids(champs[nom], unes) for nom, unes in pistes.items())
    return Essai(entete, len(pistes), note + avantage)


def _poids(champ: Champ, pistes: Sequence[Piste]) -> float:
    meilleure = max(pistes, key=lambda une: une.confiance)
    egales = sum(1 for une in pistes if une.confiance == meilleure.confiance)
    seule = 1.0 if egales == 1 or champ.multiple else 0.3
    return meilleure.confiance * seule * (1.5 if champ.obligatoire else 1) * (1 if meilleure.methode == EXACTE else 0.5)


def _suivie(feuille: Feuille, entete: Entete) -> bool:
    """Whether rows as wide as the header follow it."""
    titres = sum(1 for titre in entete.titres if titre)
    suite = feuille.lignes[entete.rangs[-1] : entete.rangs[-1] + SUITE]
    largeurs = [sum(1 for brut in rangee if pleine((brut,))) for rangee in suite if pleine(rangee)]
    return titres > 1 and bool(largeurs) and sum(1 for une in largeurs if une * 2 >= titres) * 2 >= len(largeurs)
