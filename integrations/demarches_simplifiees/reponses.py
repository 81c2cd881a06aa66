"""Telling failures apart, in the order DS demands: connection, HTTP status, then GraphQL root errors (api v2)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DelaiDepasse,
    DSIndisponible,
    DSInjoignable,
    ErreurDS,
    Introuvable,
    MotifRefus,
    ReponseInvalide,
    TropDeRequetes,
)
from integrations.demarches_simplifiees.limites import ADRESSE_REFUSEE
from integrations.demarches_simplifiees.noeuds import objet, texte

ErreurRacine = Mapping[str, Any]

_INTERROMPU = "Démarches Simplifiées n’a pas répondu jusqu’au bout : l’échange sera repris."
_LENT = "Démarches Simplifiées n’a pas répondu à temps : l’échange sera repris."
_EN_PANNE = "Démarches Simplifiées est momentanément indisponible : l’échange sera repris."
# api v2 §1: a few English words are all that tells these refusals apart
_MOTIFS = {
    "Without a token": MotifRefus.JETON_INVALIDE,
    "Token expired": MotifRefus.JETON_EXPIRE,
    "forbidden network": MotifRefus.RESEAU_INTERDIT,
    "hidden due to permissions": MotifRefus.HORS_PORTEE,
}
_EN_CHEMIN = frozenset({"timeout", "internal_server_error", "invalid_null"})
_CAUSES = {
    MotifRefus.JETON_INVALIDE: "le jeton est inconnu ou révoqué.",
    MotifRefus.JETON_EXPIRE: "le jeton a expiré.",
    MotifRefus.RESEAU_INTERDIT: "le jeton n’est pas utilisable depuis l’adresse réseau de ce serveur.",
    MotifRefus.HORS_PORTEE: "le jeton est sans droit sur cette démarche ou sur ce dossier.",
    MotifRefus.INCONNU: "le jeton est inconnu, expiré, ou sans droit sur cette démarche.",
}


def traduire_panne(panne: httpx.RequestError) -> DSIndisponible:
    """What a failure below HTTP means. Only a connection that was never made proves that nothing left."""
    if isinstance(panne, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol):
        return DSInjoignable("Démarches Simplifiées est injoignable : rien n’a été envoyé, l’échange sera repris.")
    if isinstance(panne, httpx.TimeoutException):
        return DelaiDepasse(_LENT)
    return DSIndisponible(_INTERROMPU)


@contextmanager
def pannes_traduites() -> Iterator[None]:
    """Around a call of httpx: its failures come out as ours."""
    try:
        yield
    except httpx.InvalidURL:
        raise ReponseInvalide(ADRESSE_REFUSEE) from None
    except httpx.RequestError as panne:
        raise traduire_panne(panne) from montrable(panne)


def montrable(panne: httpx.RequestError) -> httpx.RequestError | None:
    """The failure, for whoever reads a traceback; None when it quotes what was received, which may be anybody's data."""
    return None if isinstance(panne, httpx.ProtocolError | httpx.DecodingError) else panne


def verifier_statut(reponse: httpx.Response) -> None:
    """Raises the ErreurDS that a status other than 200 means; the body of a 200 is not looked at."""
    statut = reponse.status_code
    if statut == httpx.codes.OK:
        return
    if statut == httpx.codes.TOO_MANY_REQUESTS:
        raise TropDeRequetes(_reprise(reponse.headers))
    if statut >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise DSIndisponible(_EN_PANNE)
    erreurs = _erreurs_du_corps(reponse)
    if erreurs:
        raise traduire_racine(erreurs[0], complet=False)
    if statut in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise _acces_refuse(reponse.text, cite=False)
    raise ReponseInvalide(
        f"L’adresse configurée pour Démarches Simplifiées répond par le code HTTP {statut} : vérifiez cette adresse."
    )


def erreurs_graves(erreurs: Sequence[ErreurRacine] | None) -> list[ErreurRacine]:
    """Root errors, but those of champs that link a dossier out of our token's reach: the rest is sound then.

    A timeout comes first: it explains the nulls that DS complains of beside it.
    """
    graves = (une for une in erreurs or () if not _lien_hors_de_portee(une))
    return sorted(graves, key=lambda une: _code(une) != "timeout")


def traduire_racine(erreur: ErreurRacine, *, complet: bool) -> ErreurDS:
    """What a root error means. `complet` tells that DS executed the query (a `data` key came with it)."""
    code = _code(erreur)
    match code:
        case "not_found":
            return Introuvable("Démarches Simplifiées ne connaît pas ce dossier ou cet instructeur, ou les masque.")
        case "unauthorized" | "forbidden" | "deprecated_token":
            return _acces_refuse(str(erreur.get("message") or ""))
        case "timeout":
            return DelaiDepasse(_LENT)
        case "internal_server_error":
            return DSIndisponible(_EN_PANNE)
    executee = complet or code == "invalid_null"
    suite = "sa réponse est inexploitable" if executee else "notre demande a été refusée comme mal formée"
    return ReponseInvalide(
        f"Échange impossible avec Démarches Simplifiées : {suite} ({code or 'sans code'}).", code=code
    )


def laisse_un_doute(erreur: ErreurRacine) -> bool:
    """Whether a mutation that ends so may have had its effect: DS gave up on its way, or on what its payload holds."""
    return _code(erreur) in _EN_CHEMIN or len(erreur.get("path") or ()) > 1


def _lien_hors_de_portee(erreur: ErreurRacine) -> bool:
    chemin = erreur.get("path") or []
    dans_un_champ = "champs" in chemin or "annotations" in chemin
    return _code(erreur) == "unauthorized" and dans_un_champ and chemin[-1] == "dossier"


def _code(erreur: ErreurRacine) -> str:
    return texte(objet(erreur, "extensions"), "code")


def _acces_refuse(message: str, *, cite: bool = True) -> AccesRefuse:
    """What DS means by its English words, which are quoted unless they came outside of GraphQL."""
    motif = next((un for mots, un in _MOTIFS.items() if mots in message), MotifRefus.INCONNU)
    precision = f" (« {message} »)" if message and cite else ""
    return AccesRefuse(f"Démarches Simplifiées refuse l’accès{precision} : {_CAUSES[motif]}", motif=motif)


def _erreurs_du_corps(reponse: httpx.Response) -> list[ErreurRacine]:
    """The GraphQL errors of an answer whose status already says it failed; none when it is no JSON."""
    reponse.read()
    try:
        corps = reponse.json()
    except ValueError:
        return []
    erreurs = corps.get("errors") if isinstance(corps, dict) else None
    return [une for une in erreurs if isinstance(une, dict)] if isinstance(erreurs, list) else []


def _reprise(entetes: httpx.Headers) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(entetes["RateLimit-Reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
