"""Whatever the journal keeps of a dossier is told by its history in French words, or is said here to be told elsewhere."""

import ast
from collections.abc import Iterator

from portal.queries.historique import FAITS
from tests.architecture.sources import modules, nom

# What agents read in another part of the dossier, or what nobody's dossier gains from telling.
AILLEURS = {
    "dossier_suivi": "« Suivi par » says who follows",
    "dossier_plus_suivi": "idem",
    "etiquette_posee": "the labels are in the header",
    "etiquette_otee": "idem",
    "points_verifies": "each point says who checked it, and when",
    "message_envoye": "the thread of messages",
    "compte_rendu_enregistre": "it is told once filed",
    "fichier_ds_demande": "the list of files says where each stands",
    "fichier_ds_consulte": "a trace of reading, for the journal alone",
    "piece_lue": "idem",
    "pieces_lues": "idem",
    "operation_ds_confirmee": "the pull that follows tells what DS did",
}


def test_each_action_recorded_on_a_dossier_has_words_in_its_history() -> None:
    actions, illisibles = set(), []
    for chemin in modules("portal"):
        for appel, noms in _actions(ast.parse(chemin.read_text(encoding="utf-8"))):
            actions |= noms
            illisibles += [] if noms else [f"{nom(chemin)}:{appel.lineno}"]
    assert not illisibles, "which action is recorded there?"
    assert {"dossier_depose", "lettre_signee", "avis_modifie", "scan_joint", "operation_ds_refusee"} <= actions
    assert actions - set(FAITS) == set(AILLEURS)


def _actions(module: ast.Module) -> Iterator[tuple[ast.Call, set[str]]]:
    """(call, names) of each call that records an action on a dossier."""
    for fonction in (un for un in ast.walk(module) if isinstance(un, ast.FunctionDef)):
        for appel in (un for un in ast.walk(fonction) if isinstance(un, ast.Call)):
            nommes = {mot.arg: mot.value for mot in appel.keywords}
            if {"action", "objet"} <= set(nommes) and _est_un_dossier(nommes["objet"], fonction):
                yield appel, _textes(nommes["action"], fonction, module)


def _est_un_dossier(objet: ast.expr, fonction: ast.FunctionDef) -> bool:
    lus = (branche for valeur in _valeurs(objet, fonction) for branche in _branches(valeur))
    return any(_debut(lu).startswith("dossier:") for lu in lus)


def _branches(valeur: ast.expr) -> list[ast.expr]:
    """Both ends of « one if … else the other »."""
    return [*_branches(valeur.body), *_branches(valeur.orelse)] if isinstance(valeur, ast.IfExp) else [valeur]


def _debut(valeur: ast.expr) -> str:
    morceau = valeur.values[0] if isinstance(valeur, ast.JoinedStr) else valeur
    return str(morceau.value) if isinstance(morceau, ast.Constant) else ""


def _textes(action: ast.expr, fonction: ast.FunctionDef, module: ast.Module) -> set[str]:
    """What an action may be: a text, one of two, one of a table, or what the callers of this function give."""
    if isinstance(action, ast.Constant):
        return {str(action.value)}
    if isinstance(action, ast.IfExp):
        return _textes(action.body, fonction, module) | _textes(action.orelse, fonction, module)
    if isinstance(action, ast.Subscript):
        return _textes(action.value, fonction, module)
    if isinstance(action, ast.Dict):
        return {texte for valeur in action.values for texte in _textes(valeur, fonction, module)}
    parametres = [parametre.arg for parametre in (*fonction.args.args, *fonction.args.kwonlyargs)]
    if isinstance(action, ast.Name) and action.id in parametres:
        return _donnes(fonction, parametres.index(action.id), action.id, module)
    return {
        texte
        for valeur in _valeurs(action, fonction)
        if valeur is not action
        for texte in _textes(valeur, fonction, module)
    }


def _donnes(fonction: ast.FunctionDef, rang: int, parametre: str, module: ast.Module) -> set[str]:
    """The texts that the callers of a function give to one of its parameters."""
    appels = (
        (appelant, un)
        for appelant in ast.walk(module)
        if isinstance(appelant, ast.FunctionDef)
        for un in ast.walk(appelant)
        if isinstance(un, ast.Call) and isinstance(un.func, ast.Name) and un.func.id == fonction.name
    )
    textes: set[str] = set()
    for appelant, appel in appels:
        donnes = [mot.value for mot in appel.keywords if mot.arg == parametre] or appel.args[rang : rang + 1]
        for donne in donnes:
            textes |= _textes(donne, appelant, module)
    return textes


def _valeurs(lui: ast.expr, fonction: ast.FunctionDef) -> list[ast.expr]:
    """What a local name is given in a function; the expression itself when it is no name."""
    if not isinstance(lui, ast.Name):
        return [lui]
    return [
        un.value
        for un in ast.walk(fonction)
        if isinstance(un, ast.Assign)
        and any(isinstance(cible, ast.Name) and cible.id == lui.id for cible in un.targets)
    ]
