"""Which column gives which field: by the words of its header, by near words, then by what its cells hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.classeurs.champs import Champ, TypeChamp
from portal.classeurs.contenus import reconnus
from portal.classeurs.entetes import LIBELLE, PARENTHESES, PERDU, TITRE_MAXIMAL, Entete, cle, complets, mots
from portal.classeurs.feuilles import Rangee, pleine, texte_vu
from portal.classeurs.genres import GENRES, champs_par_nom
from portal.classeurs.resultats import ColonneVue
from portal.formats import mots_de_recherche
from portal.ressemblances import plus_proche
from portal.vocabulaire_imports import GenreImport

EXACTE, CHOISIE, PROCHE, CONTENU = "titre", "choix", "titre proche", "contenu"
# Below, two titles share words without speaking of the same thing.
SEUIL = 90
# Letters: a shorter title is not a misspelling of another.
COURT = 4
# What a category adds to a title that it explains.
ENSEMBLE = 0.1
EXEMPLES = 3
# Whose name, telephone or address stands under such a heading is a person of the association, not the association.
PERSONNES = ("representant", "president", "tresorier", "contact", "signataire", "referent", "responsable", "personne")
PARTAGES = frozenset({"email", "telephone"})
# Headings under which a title alone says nothing of the demande.
AILLEURS = ("evaluation", "versement", "realise", "bilan", "n 1", "compte rendu")


@dataclass(frozen=True, slots=True)
class Piste:
    """A column that may give a field."""

    rang: int
    champ: str
    methode: str
    confiance: float


def trouver(
    genre: GenreImport, entete: Entete, echantillon: Sequence[Rangee], choisies: Mapping[int, str] | None
) -> tuple[ColonneVue, ...]:
    """The columns with the field that each gives. A choice holds; a field is given once, unless it is made of several."""
    retenues = {rang: Piste(rang, champ, CHOISIE, 1.0) for rang, champ in (choisies or {}).items()}
    libres = [
        rang
        for rang, titre in enumerate(entete.titres)
        if rang not in retenues and (titre or _garnie(echantillon, rang))
    ]
    if choisies is None:
        _attribuer(genre, retenues, [piste for rang in libres for piste in par_titre(genre, entete, rang)])
        restantes = [rang for rang in libres if rang not in retenues]
        _attribuer(genre, retenues, _par_contenu(genre, echantillon, restantes, retenues))
    return tuple(_vue(rang, entete, echantillon, retenues.get(rang)) for rang in sorted({*libres, *retenues}))


def _vue(rang: int, entete: Entete, echantillon: Sequence[Rangee], piste: Piste | None) -> ColonneVue:
    titres = complets(entete)
    complet = titres[rang] if rang < len(titres) else ""
    exemples = tuple(_valeurs(echantillon, rang, EXEMPLES))
    if piste is None:
        return ColonneVue(rang, complet, "", "", 0.0, exemples)
    return ColonneVue(rang, complet, piste.champ, piste.methode, min(1.0, round(piste.confiance, 2)), exemples)


def disputes(genre: GenreImport, entete: Entete, colonnes: Sequence[ColonneVue]) -> tuple[str, ...]:
    """What is to be said of each field that several columns name equally well, and that none gives."""
    donnes, libres = {une.champ for une in colonnes}, [une for une in colonnes if not une.champ]
    rivales: dict[str, list[str]] = {}
    for une in libres:
        for piste in par_titre(genre, entete, une.rang) if une.rang < len(entete.titres) else ():
            if piste.champ not in donnes:
                rivales.setdefault(piste.champ, []).append(f"{une.rang + 1}\u00a0(«\u00a0{une.titre}\u00a0»)")
    return tuple(
        f"«\u00a0{champs_par_nom(genre)[nom].libelle}\u00a0» n’est lu dans aucune colonne\u00a0: les colonnes "
        f"{', '.join(unes[:-1])} et {unes[-1]} lui conviennent autant. Choisissez celle qui le donne."
        for nom, unes in rivales.items()
        if len(unes) > 1
    )


def _attribuer(genre: GenreImport, retenues: dict[int, Piste], pistes: Sequence[Piste]) -> None:
    """The surest first; two columns equally sure of one field get none: a person is asked."""
    champs, pris = champs_par_nom(genre), {piste.champ for piste in retenues.values()}
    par_champ: dict[str, list[Piste]] = {}
    for piste in sorted(pistes, key=lambda une: -une.confiance):
        par_champ.setdefault(piste.champ, []).append(piste)
    ordre = sorted(pistes, key=lambda une: (-une.confiance, une.rang))
    egales = {champ for champ, unes in par_champ.items() if len(unes) > 1 and unes[0].confiance == unes[1].confiance}
    for piste in ordre:
        multiple = champs[piste.champ].multiple and piste.methode == EXACTE
        if piste.rang in retenues or (piste.champ in pris and not multiple) or (piste.champ in egales and not multiple):
            continue
        retenues[piste.rang] = piste
        pris.add(piste.champ)


@lru_cache(maxsize=16)
def index(genre: GenreImport) -> dict[str, tuple[str, float]]:
    """By comparable header, the field and how sure it is: the first spelling of a field is its surest."""
    trouves: dict[str, tuple[str, float]] = {}
    for champ in GENRES[genre]:
        for rang, ecrit in enumerate((champ.nom, champ.libelle, *champ.synonymes)):
            confiance = 1 - min(rang, 40) / 400
            clef = cle(ecrit)
            if clef and confiance > trouves.get(clef, ("", 0.0))[1]:
                trouves[clef] = (champ.nom, confiance)
    return trouves


@lru_cache(maxsize=16)
def _proches(genre: GenreImport) -> dict[str, str]:
    return {mots(ecrit): champ.nom for champ in GENRES[genre] for ecrit in _ecrits(champ) if len(mots(ecrit)) > COURT}


@lru_cache(maxsize=4096)
def _proche(genre: GenreImport, titre: str) -> tuple[str, float] | None:
    """The field whose words are nearly those of a title, and how sure it is."""
    noms = _proches(genre)
    trouve = plus_proche(titre, noms, SEUIL) if len(titre) > COURT else None
    return (noms[trouve[0]], 0.6 + (trouve[1] - SEUIL) / 100) if trouve else None


def _ecrits(champ: Champ) -> tuple[str, ...]:
    return (champ.nom, champ.libelle, *champ.synonymes)


@lru_cache(maxsize=4096)
def exact(genre: GenreImport, titre: str) -> tuple[str, float] | None:
    """The field that a header names, parentheses or not, and how sure it is."""
    connus = index(genre)
    for ecrit, baisse in ((titre, 0.0), (PARENTHESES.sub(" ", titre), 0.02)):
        clef = cle(ecrit)
        if clef in connus:
            champ, confiance = connus[clef]
            return champ, confiance - baisse
    return _troue(titre, connus) if PERDU in titre else None


def _troue(titre: str, connus: Mapping[str, tuple[str, float]]) -> tuple[str, float] | None:
    """A header whose accents were lost (« b�n�ficiaire »): the letters that remain, in order, of one field alone."""
    clef = cle(titre)
    manquantes = titre.count(PERDU)
    champs = {champ for connu, (champ, _sure) in connus.items() if _sans(connu, clef, manquantes)}
    return (champs.pop(), 0.8) if len(champs) == 1 else None


def _sans(connu: str, clef: str, manquantes: int) -> bool:
    """Whether `clef` is `connu` without at most that many letters."""
    lettres = iter(connu)
    return 0 < len(connu) - len(clef) <= manquantes and all(lettre in lettres for lettre in clef)


def par_titre(genre: GenreImport, entete: Entete, rang: int) -> Iterator[Piste]:
    """What the title of a column may give, alone or behind its category."""
    titre, categorie = entete.titres[rang], entete.categories[rang]
    if not titre or len(titre) > TITRE_MAXIMAL:
        return
    groupe = mots_de_recherche(categorie)
    ensemble = exact(genre, f"{categorie} {titre}") if categorie else None
    if ensemble:
        yield Piste(rang, ensemble[0], EXACTE, ensemble[1] + ENSEMBLE)
        return
    seul = exact(genre, titre)
    if seul and not (any(mot in groupe for mot in PERSONNES) and seul[0] not in PARTAGES):
        yield Piste(rang, seul[0], EXACTE, seul[1] - _eloignement(groupe))
    elif not seul and not groupe and LIBELLE not in titre:
        proche = _proche(genre, mots(titre))
        if proche:
            yield Piste(rang, proche[0], PROCHE, proche[1])


def _eloignement(groupe: str) -> float:
    if any(mot in groupe for mot in AILLEURS):
        return 0.5
    return 0.3 if any(mot in groupe for mot in PERSONNES) else 0.0


def _par_contenu(
    genre: GenreImport, echantillon: Sequence[Rangee], rangs: Sequence[int], retenues: Mapping[int, Piste]
) -> list[Piste]:
    """What the cells of the columns that nothing names say: identifiers, and what is still wanted."""
    pris = {piste.champ for piste in retenues.values()}
    pistes = []
    for rang in rangs:
        for genre_de_champ, part in reconnus([rangee[rang] for rangee in echantillon if rang < len(rangee)]):
            champ = _pour(genre, genre_de_champ, pris)
            if champ is not None:
                pistes.append(Piste(rang, champ.nom, CONTENU, round(0.6 * part, 3)))
                break
    return pistes


def _pour(genre: GenreImport, attendu: TypeChamp, pris: set[str]) -> Champ | None:
    """The one field of that type that is still free: amounts and dates only where they are required."""
    libres = [champ for champ in GENRES[genre] if champ.type == attendu and champ.nom not in pris]
    if attendu in {TypeChamp.MONTANT, TypeChamp.MONTANT_SIGNE, TypeChamp.DATE}:
        libres = [champ for champ in libres if champ.obligatoire]
    meme_type = [champ for champ in GENRES[genre] if champ.type == attendu]
    return libres[0] if libres and (len(meme_type) == 1 or libres[0].obligatoire) else None


def _garnie(echantillon: Sequence[Rangee], rang: int) -> bool:
    return any(rang < len(rangee) and pleine(rangee[rang : rang + 1]) for rangee in echantillon)


def _valeurs(echantillon: Sequence[Rangee], rang: int, combien: int) -> Iterator[str]:
    for rangee in echantillon:
        vu = texte_vu(rangee[rang]) if rang < len(rangee) else ""
        if vu:
            yield vu[:80]
            combien -= 1
            if not combien:
                return
