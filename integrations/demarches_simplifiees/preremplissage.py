"""DS's REST prefill: a draft that its usager finds, opens and files on DS (api v2 §11). No token is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from integrations.demarches_simplifiees.api import Debit
from integrations.demarches_simplifiees.debit import passer
from integrations.demarches_simplifiees.errors import DSIndisponible, Introuvable, RefusDS
from integrations.demarches_simplifiees.limites import borner
from integrations.demarches_simplifiees.noeuds import Noeud, entier, instant, texte
from integrations.demarches_simplifiees.ordres import EtatPrerempli, Prerempli
from integrations.demarches_simplifiees.reponses import pannes_traduites, verifier_statut

CHEMIN = "api/public/v1/demarches/{demarche}/dossiers"
_ILLISIBLE = "Démarches Simplifiées n’a pas répondu clairement au préremplissage : il sera repris."


def creer(
    client: httpx.Client, racine: str, demarche: int, valeurs: Mapping[str, Any], *, debit: Debit | None
) -> Prerempli:
    """Open a draft. Raises what `api.DemarchesSimplifiees.preremplir` says."""
    with passer(debit):
        corps = _demander(client, "POST", racine + CHEMIN.format(demarche=demarche), json=dict(valeurs))
    if not isinstance(corps, Mapping):
        raise DSIndisponible(_ILLISIBLE)
    number = entier(corps, "dossier_number")
    if number is None:
        raise DSIndisponible(_ILLISIBLE)
    return Prerempli(
        url=texte(corps, "dossier_url"),
        number=number,
        dossier_id=texte(corps, "dossier_id"),
        jeton=texte(corps, "dossier_prefill_token"),
    )


def suivre(
    client: httpx.Client, racine: str, demarche: int, jetons: Sequence[str], *, debit: Debit | None
) -> tuple[EtatPrerempli, ...]:
    """Where the drafts of these tokens stand; DS leaves out those it purged or hides."""
    parametres = {"prefill_token": ",".join(jetons)}
    with passer(debit):
        corps = _demander(client, "GET", racine + CHEMIN.format(demarche=demarche), params=parametres)
    if not isinstance(corps, list):
        raise DSIndisponible(_ILLISIBLE)
    return tuple(_etat(un) for un in corps if isinstance(un, Mapping))


def _etat(noeud: Noeud) -> EtatPrerempli:
    return EtatPrerempli(
        number=entier(noeud, "dossier_number") or 0,
        dossier_id=texte(noeud, "dossier_id"),
        state=texte(noeud, "state"),
        url=texte(noeud, "dossier_url"),
        submitted_at=instant(noeud, "submitted_at"),
        processed_at=instant(noeud, "processed_at"),
        jeton=texte(noeud, "dossier_prefill_token"),
    )


def _demander(client: httpx.Client, methode: str, url: str, **envoi: Any) -> Any:
    with pannes_traduites(), client.stream(methode, url, **envoi) as reponse:
        borner(reponse)
        reponse.read()
        return _lire(reponse)


def _lire(reponse: httpx.Response) -> Any:
    """The JSON of a success. A 404 says that the démarche is unknown or closed, a 400 says why in its `error`."""
    if reponse.status_code == httpx.codes.NOT_FOUND:
        raise Introuvable("Démarches Simplifiées ne propose pas cette démarche au préremplissage, ou l’a fermée.")
    if reponse.is_success:
        corps = _json(reponse)
        if corps is None:
            raise DSIndisponible(_ILLISIBLE)
        return corps
    dit = _json(reponse)
    if reponse.status_code == httpx.codes.BAD_REQUEST and isinstance(dit, dict) and dit.get("error"):
        raise RefusDS((str(dit["error"]),))
    return verifier_statut(reponse)


def _json(reponse: httpx.Response) -> Any:
    try:
        return reponse.json()
    except ValueError:
        return None
