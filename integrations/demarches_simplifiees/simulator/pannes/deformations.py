"""Faults inside an answer: what DS, too slow, broken or newer than our schema, would have written in its place."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.pannes.catalogue import Lieu, Pannes

# enumerations that no mirror of a dossier hangs on: an unknown value of them must not matter
_ENUMERATIONS = frozenset({"connectionUsager", "event", "virusScanResult"})
_INCONNUE, _TYPE_INCONNU = "valeur_venue_du_futur", "ChampVenuDuFutur"
# what every champ has, whatever its type
_COMMUNS = frozenset({"id", "champDescriptorId", "label", "stringValue", "updatedAt", "prefilled"})
_PLEINE = re.compile(r'\{"data": \{')
_NUMERO = re.compile(r'"number": (\d+)')


def deformer(texte: str, pannes: Pannes) -> str:
    """The JSON text of an answer, with the faults that strike it; read only when one does."""
    if not _PLEINE.match(texte):
        return texte
    frappantes = [nom for nom in pannes.actives(Lieu.CONTENU) if _FRAPPES[nom](texte, pannes)]
    if not frappantes:
        return texte
    corps = json.loads(texte)
    for nom in frappantes:
        if corps["data"]:
            _DEFORMATIONS[nom](corps, pannes)
    return json.dumps(corps, ensure_ascii=False)


def _frappe_un_nul(texte: str, pannes: Pannes) -> bool:
    return '"champs"' in texte and any(pannes.touche("champ_nul", int(un)) for un in _NUMERO.findall(texte))


def _frappe_un_type(texte: str, pannes: Pannes) -> bool:
    return '"__typename"' in texte and '"stringValue"' in texte and pannes.frappe("type_inconnu")


def _frappe_une_valeur(texte: str, pannes: Pannes) -> bool:
    return any(f'"{une}"' in texte for une in _ENUMERATIONS) and pannes.frappe("valeur_inconnue")


def _annuler(corps: Json, pannes: Pannes) -> None:
    """A whole dossier that holds a null where none may be takes the whole answer away, alone or in a page."""
    for chemin, objet in _objets(corps["data"]):
        if "champs" in objet and "number" in objet and pannes.touche("champ_nul", objet["number"]):
            pannes.compter("champ_nul")
            faute = {
                "message": "Cannot return null for non-nullable field Champ.label",
                "path": [*chemin, "champs", 0, "label"],
                "extensions": {"code": "invalid_null"},
            }
            corps.update(data=None, errors=[faute])
            return


def _couper_court(corps: Json, pannes: Pannes) -> None:
    """DS ran out of time: the dossiers from some rank on are null, or the whole answer when there is no list."""
    pages = [(chemin, objet["nodes"]) for chemin, objet in _objets(corps["data"]) if objet.get("nodes")]
    if pages:
        chemin, noeuds = pages[0]
        rang = pannes.tirage("delai_partiel").randrange(len(noeuds))
        noeuds[rang:] = [None] * (len(noeuds) - rang)
        faute = {"message": "Timeout on Dossier.champs", "path": [*chemin, "nodes", rang]}
    else:
        cle = next(iter(corps["data"]))
        faute = {"message": f"Timeout on Query.{cle}", "path": [cle]}
        corps["data"] = None
    corps["errors"] = [*corps.get("errors", ()), {**faute, "extensions": {"code": "timeout"}}]


def _changer_de_type(corps: Json, pannes: Pannes) -> None:
    champs = [objet for _, objet in _objets(corps["data"]) if "__typename" in objet and "stringValue" in objet]
    if champs:
        champ = pannes.tirage("type_inconnu").choice(champs)
        for cle in champ.keys() - _COMMUNS:
            del champ[cle]
        champ["__typename"] = _TYPE_INCONNU


def _changer_de_valeur(corps: Json, pannes: Pannes) -> None:
    places = [(objet, cle) for _, objet in _objets(corps["data"]) for cle in sorted(_ENUMERATIONS & objet.keys())]
    if places:
        objet, cle = pannes.tirage("valeur_inconnue").choice(places)
        objet[cle] = _INCONNUE


_FRAPPES: dict[str, Callable[[str, Pannes], bool]] = {
    "champ_nul": _frappe_un_nul,
    "delai_partiel": lambda _, pannes: pannes.frappe("delai_partiel"),
    "type_inconnu": _frappe_un_type,
    "valeur_inconnue": _frappe_une_valeur,
}
_DEFORMATIONS: dict[str, Callable[[Json, Pannes], None]] = {
    "champ_nul": _annuler,
    "delai_partiel": _couper_court,
    "type_inconnu": _changer_de_type,
    "valeur_inconnue": _changer_de_valeur,
}


def _objets(valeur: Any, chemin: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Every object of a JSON tree with its path, those around before those within."""
    if isinstance(valeur, dict):
        yield chemin, valeur
        for cle, une in valeur.items():
            yield from _objets(une, (*chemin, cle))
    elif isinstance(valeur, list):
        for rang, une in enumerate(valeur):
            yield from _objets(une, (*chemin, rang))
