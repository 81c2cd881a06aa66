"""Making any DS object whole by our SDL: old shapes translated, what is required and absent filled, and told."""

from collections import Counter
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
)

from integrations.demarches_simplifiees.noeuds import Json, Noeud
from integrations.demarches_simplifiees.simulator.depart.generation import EVENEMENTS
from integrations.demarches_simplifiees.simulator.execution.resolution import champs_calcules, schema
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

ENTIER_MAX = 2**31 - 1

_REPLIS = {"Champ": "TextChamp", "ChampDescriptor": "TextChampDescriptor", "GeoArea": "SelectionUtilisateur"}
# the names under which DS's own stored query, and ours, ask for the `value` of each type
_ALIAS = {
    "TextChamp": ("text", "stringValue"),
    "CheckboxChamp": ("checked",),
    "YesNoChamp": ("yesNo", "selected", "checked"),
    "IntegerNumberChamp": ("integerNumber",),
    "DecimalNumberChamp": ("decimalNumber",),
    "DropDownListChamp": ("selected", "text", "stringValue"),
    "CiviliteChamp": ("civilite",),
}
_EVENEMENTS = {"en_construction": "depose", "en_instruction": "passe_en_instruction", **EVENEMENTS}


class Completion:
    """Completes objects one after the other and counts what it substituted. `date` stands for absent dates."""

    def __init__(self, date: str) -> None:
        self.date = date
        self._constats: Counter[str] = Counter()
        self._rang = 0

    def phrases(self) -> tuple[str, ...]:
        """One French sentence per kind of substitution, with its count."""
        return tuple(
            f"{constat} ({nombre}\u00a0fois)." if nombre > 1 else f"{constat}."
            for constat, nombre in self._constats.items()
        )

    def objet(self, genre: str, brut: Noeud) -> Json:
        """`brut` as an object of that SDL type, every required field present and of its type."""
        objet, concret = self._concret(genre, dict(brut))
        _ANCIENNES.get(concret.name, _rien)(self, objet)
        if concret.name in _ALIAS and objet.get("value") is None:
            objet["value"] = next((objet[un] for un in _ALIAS[concret.name] if objet.get(un) is not None), None)
        for nom, champ in concret.fields.items():
            if (concret.name, nom) not in champs_calcules():
                valeur = self._valeur(champ.type, objet.get(nom), f"{concret.name}.{nom}")
                if valeur is not None or nom in objet:
                    objet[nom] = valeur
        return objet

    def noter(self, constat: str) -> None:
        """Tell a substitution."""
        self._constats[constat] += 1

    def _concret(self, genre: str, objet: Json) -> tuple[Json, GraphQLObjectType]:
        annonce = schema().type_map.get(objet.get("__typename", genre))
        if isinstance(annonce, GraphQLObjectType):
            return objet, annonce
        repli = _REPLIS.get(genre) or ("PersonneMorale" if "siret" in objet else "PersonnePhysique")
        self.noter(f"{genre}\u00a0: type «\u00a0{objet.get('__typename', 'absent')}\u00a0» inconnu, lu comme {repli}")
        objet["__typename"] = repli
        concret = schema().type_map[repli]
        assert isinstance(concret, GraphQLObjectType)  # noqa: S101  # narrows: the fallbacks are object types of our SDL
        return objet, concret

    def _valeur(self, attendu: Any, valeur: Any, chemin: str) -> Any:
        requis = isinstance(attendu, GraphQLNonNull)
        nature = attendu.of_type if requis else attendu
        if valeur is None:
            return self._absente(nature, chemin) if requis else None
        if isinstance(nature, GraphQLList):
            return [self._valeur(nature.of_type, un, chemin) for un in valeur if un is not None]
        if isinstance(nature, GraphQLObjectType) or is_abstract_type(nature):
            return self.objet(nature.name, valeur)
        return self._feuille(nature, valeur, chemin)

    def _feuille(self, nature: GraphQLNamedType, valeur: Any, chemin: str) -> Any:
        if isinstance(nature, GraphQLEnumType) and valeur not in nature.values:
            remplacant = next(iter(nature.values))
            self.noter(f"{chemin}\u00a0: «\u00a0{valeur}\u00a0» inconnu, remplacé par «\u00a0{remplacant}\u00a0»")
            return remplacant
        if nature.name == "Int" and int(valeur) > ENTIER_MAX:
            remplacant = str(int(str(valeur)[-9:]))
            self.noter(f"{chemin}\u00a0: {valeur} dépasse l’entier de GraphQL, renuméroté {remplacant}")
            return int(remplacant)
        return int(valeur) if nature.name == "Int" else valeur

    def _absente(self, nature: Any, chemin: str) -> Any:
        """The replacement of a required value, and its mention."""
        if isinstance(nature, GraphQLList):
            self.noter(f"{chemin}\u00a0: absent, remplacé par une liste vide")
            return []
        nomme = get_named_type(nature)
        if isinstance(nomme, GraphQLObjectType) or is_abstract_type(nomme):
            self.noter(f"{chemin}\u00a0: absent, remplacé par un objet à compléter")
            return self.objet(nomme.name, {})
        valeur = self._feuille_absente(nomme, chemin)
        self.noter(f"{chemin}\u00a0: absent, {self._decrire(nomme, valeur)}")
        return valeur

    def _feuille_absente(self, nature: GraphQLNamedType, chemin: str) -> Any:
        if isinstance(nature, GraphQLEnumType):
            return next(iter(nature.values))
        if nature.name == "ID":
            self._rang += 1
            return identifiant(chemin.partition(".")[0], self._rang)
        return {"Int": 0, "Float": 0.0, "BigInt": "0", "Boolean": False, "ISO8601DateTime": self.date}.get(
            nature.name, ""
        )

    @staticmethod
    def _decrire(nature: GraphQLNamedType, valeur: Any) -> str:
        if nature.name == "ID":
            return "identifiant créé"
        return f"remplacé par «\u00a0{valeur}\u00a0»" if valeur != "" else "remplacé par un texte vide"


def _rien(_: Completion, __: Json) -> None:
    """Most types never had another shape."""


def _traitement(completion: Completion, objet: Json) -> None:
    """The older shape gives the state reached, DS now gives the event."""
    if objet.get("event") is None and objet.get("state") in _EVENEMENTS:
        objet["event"] = _EVENEMENTS[objet["state"]]
        completion.noter(f"Traitement.event\u00a0: absent, déduit de l’état «\u00a0{objet['state']}\u00a0»")


def _case(_: Completion, objet: Json) -> None:
    """A box whose value was not asked for still has its text."""
    if objet.get("value") is None and objet.get("checked") is None:
        objet["value"] = objet.get("stringValue") == "true"


def _fichier(completion: Completion, objet: Json) -> None:
    """A file's content is never in the JSON: another stands for it, with its own size and checksum."""
    nom = PurePosixPath(str(objet.get("filename") or "piece.txt")).name
    completion.noter(f"File\u00a0: le contenu de «\u00a0{nom}\u00a0» n’est pas fourni, une pièce fictive le remplace")
    decrit = fichiers.decrire(f"charge/{nom}", str(objet.get("createdAt") or completion.date))
    objet.update({**decrit, "contentType": objet.get("contentType") or decrit["contentType"]})


_ANCIENNES: dict[str, Callable[[Completion, Json], None]] = {
    "Traitement": _traitement,
    "CheckboxChamp": _case,
    "File": _fichier,
}
