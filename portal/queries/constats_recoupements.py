"""Everything that cross-checks find among the requests of one association, dossier by dossier. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from portal.formats import PARIS
from portal.queries import coherences, lacunes_cer, minimis
from portal.queries.faits_recoupements import Groupe
from portal.queries.financeurs import Annuaire
from portal.queries.rapprochements import Rapprochement, nearest
from portal.queries.requetes_recoupees import AideDeclaree, Constat, Requete
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_recoupements import GenreRecoupement

Paires = Mapping[int, list[tuple[Requete, Rapprochement]]]


def find(groupe: Groupe, annuaire: Annuaire, jour: date) -> dict[int, list[Constat]]:
    """The findings about each dossier, by its id; every dossier has an entry."""
    paires = pair(groupe.requetes)
    aides = _last_declared(groupe.requetes)
    trouves = dict[int, list[Constat]]()
    for ici in groupe.requetes:
        voisins = paires.get(ici.id, [])
        proches = [(la, rapprochement) for la, rapprochement in voisins if rapprochement.retenu]
        possibles = [la for la, rapprochement in voisins if not rapprochement.contredit]
        ailleurs = [une for une in groupe.requetes if une.id != ici.id]
        trouves[ici.id] = [
            *_same_action(ici, proches, annuaire),
            *coherences.check(ici, proches, possibles, ailleurs),
            *_aid(ici, groupe.requetes, aides, jour),
            *_same_account(ici),
            *lacunes_cer.check(ici, groupe.titres.get(ici.association_id, [])),
        ]
    return trouves


def pair(requetes: Sequence[Requete]) -> Paires:
    """The requests whose titles have something in common, each with the others."""
    paires = defaultdict[int, list[tuple[Requete, Rapprochement]]](list)
    for ici, la in combinations(requetes, 2):
        if ici.exercice and la.exercice and abs(ici.exercice - la.exercice) > 1:
            continue
        rapprochement = nearest(ici.actions, la.actions)
        if rapprochement is not None:
            paires[ici.id].append((la, rapprochement))
            paires[la.id].append((ici, rapprochement))
    return paires


def _same_action(
    ici: Requete, proches: Iterable[tuple[Requete, Rapprochement]], annuaire: Annuaire
) -> Iterable[Constat]:
    """Co-fundings that both sides know of are none; a request that was refused is told, and asks nothing."""
    for la, rapprochement in proches:
        if coherences.is_cofunded(ici, la, annuaire):
            continue
        faits = {
            "points": rapprochement.points,
            "sur": rapprochement.sur,
            "raisons": rapprochement.dites,
            "identifiant_commun": ici.association_id != la.association_id,
        }
        yield Constat(
            genre=GenreRecoupement.MEME_ACTION,
            cle=f"dossier:{la.id}",
            alerte=not (ici.rejetee or la.rejetee),
            faits=faits,
            retient=tuple(_identity(une) for une in sorted((ici, la), key=lambda une: une.id)),
            autre_id=la.id,
        )


def _identity(une: Requete) -> tuple[Any, ...]:
    """What a person who set a pair aside has looked at."""
    lieux = [sorted(f"{genre}:{code}" for genre, code in action.territoires) for action in une.actions]
    return (
        une.id,
        une.exercice,
        str(une.montant),
        *((action.titre, str(action.debut), str(action.fin), str(action.montant)) for action in une.actions),
        *lieux,
    )


def _last_declared(requetes: Iterable[Requete]) -> Sequence[AideDeclaree]:
    """The aids under the de minimis rules that the last request to declare some has declared."""
    for une in sorted(requetes, key=lambda une: (une.depot, une.id), reverse=True):
        aides = [aide for aide in une.aides if aide.base in minimis.DE_MINIMIS]
        if aides:
            return aides
    return ()


def _aid(ici: Requete, toutes: Sequence[Requete], aides: Sequence[AideDeclaree], jour: date) -> list[Constat]:
    """Over the three years that end today, or on the day of the decision."""
    if ici.rejetee:
        return []
    decide = ici.etat in ETATS_FINAUX and ici.traitement is not None
    fin = ici.traitement.astimezone(PARIS).date() if decide and ici.traitement else jour
    constat = minimis.check(ici, toutes, aides, fin)
    return [constat] if constat else []


def _same_account(ici: Requete) -> Iterable[Constat]:
    """One for each association that has given the same account."""
    if ici.compte is None:
        return
    for association_id, nom, depuis in ici.compte.autres:
        faits = {"iban": ici.compte.masque, "association": nom, "association_id": association_id}
        yield Constat(
            genre=GenreRecoupement.MEME_COMPTE,
            cle=f"association:{association_id}",
            alerte=True,
            faits={**faits, "depuis": str(depuis.astimezone(PARIS).date())},
            retient=(ici.compte.masque, association_id),
        )
