"""The schema, and the few fields that are more than a key of a stored object."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche.revisions import revision_de, revisions
from integrations.demarches_simplifiees.simulator.execution.pagination import connexion
from integrations.demarches_simplifiees.simulator.mutations import televersements
from integrations.demarches_simplifiees.simulator.mutations.catalogue import MUTATIONS, appliquer
from integrations.demarches_simplifiees.simulator.mutations.echeances import echoir
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, lire_iso

Resolveur = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a request knows: the truth, its token's right to write, how to address and sign the files."""

    donnees: Donnees
    ecriture: bool
    racine: str
    secret: str
    persister: Callable[[], None]


Infos = GraphQLResolveInfo[Contexte]


@cache
def texte_schema() -> str:
    """Our own minimal SDL."""
    chemin = files("integrations.demarches_simplifiees.simulator.execution") / "schema.graphql"
    return chemin.read_text("utf-8")


@cache
def schema() -> GraphQLSchema:
    """The SDL with its resolvers. DS sends BigInt as text."""
    construit = build_schema(texte_schema())
    entier_long = construit.type_map["BigInt"]
    if isinstance(entier_long, GraphQLScalarType):
        entier_long.coerce_output_value = _en_texte
    for (nom, champ), resolveur in _RESOLVEURS.items():
        objet = construit.type_map[nom]
        if isinstance(objet, GraphQLObjectType):
            objet.fields[champ].resolve = resolveur
    return construit


def _en_texte(valeur: object) -> str:
    return str(valeur)


def _demarche(_: object, info: Infos, number: int) -> Json:
    contexte = info.context
    if number not in contexte.donnees.demarches:
        raise non_autorise("Demarche")
    echoir(contexte.donnees)
    return contexte.donnees.demarches[number]


def _dossier(_: object, info: Infos, number: int) -> Json:
    contexte = info.context
    echoir(contexte.donnees)
    fiche = contexte.donnees.visible(number)
    if fiche is None:
        raise GraphQLError("Dossier not found", extensions={"code": "not_found"})
    return fiche.contenu


def non_autorise(genre: str) -> GraphQLError:
    """What DS says of an object out of the token's scope, and to a request without a valid token."""
    message = f"An object of type {genre} was hidden due to permissions"
    return GraphQLError(message, extensions={"code": "unauthorized"})


def _demarche_du_dossier(dossier: Json, info: Infos) -> Json:
    """The démarche as its dossier sees it: under the revision it follows."""
    donnees = info.context.donnees
    fiche = donnees.dossiers[dossier["number"]]
    demarche = donnees.demarches[fiche.demarche]
    return {**{cle: demarche[cle] for cle in ("id", "number", "title")}, "revision": revision_de(donnees, fiche)}


def _dossiers(
    demarche: Json,
    info: Infos,
    first: int | None = None,
    after: str | None = None,
    updatedSince: str | None = None,  # noqa: N803  # DS's own argument name
) -> Json:
    """Sorted by filing date, by modification date if and only if `updatedSince` (inclusive) is given."""
    depuis, donnees = _instant(updatedSince), info.context.donnees
    cles = donnees.ordre(demarche["number"], par_modification=depuis is not None)
    return connexion(
        cles,
        lambda number: donnees.dossiers[number].contenu,
        first=first,
        after=after,
        depuis=depuis,
        pannes=donnees.pannes,
    )


def champs_calcules() -> frozenset[tuple[str, str]]:
    """The (type, field) pairs that the server computes: no stored object needs them."""
    return frozenset(_RESOLVEURS)


def _suppressions(ensemble: str) -> Resolveur:
    def resoudre(
        demarche: Json,
        info: Infos,
        first: int | None = None,
        after: str | None = None,
        deletedSince: str | None = None,  # noqa: N803  # DS's own argument name
    ) -> Json:
        supprimes: dict[int, Json] = getattr(info.context.donnees, ensemble)
        cles = sorted(
            (lire_iso(un["dateSupression"]), number)
            for number, un in supprimes.items()
            if un["demarche"] == demarche["number"]
        )
        return connexion(
            cles,
            supprimes.__getitem__,
            first=first,
            after=after,
            depuis=_instant(deletedSince),
            pannes=info.context.donnees.pannes,
        )

    return resoudre


def _instant(texte: str | None) -> datetime | None:
    try:
        return lire_iso(texte) if texte else None
    except ValueError as erreur:
        raise GraphQLError(f"{texte!r} is not a date", extensions={"code": "bad_request"}) from erreur


def _dossier_lie(champ: Json, info: Infos) -> Json | None:
    """A link out of the token's reach is null, with a root error, while the rest of the page is sound."""
    number = champ.get("_lien")
    if number is None:
        return champ.get("dossier")
    fiche = info.context.donnees.visible(number)
    if fiche is None:
        raise non_autorise("Dossier")
    return fiche.contenu


def _url(fichier: Json, info: Infos) -> str:
    contexte = info.context
    signature = fichiers.signer(fichier["_cle"], contexte.secret, contexte.donnees.horloge())
    return f"{contexte.racine}/fichiers/{signature}/{quote(fichier['filename'])}"


def _url_televersement(envoi: Json, info: Infos) -> str:
    return f"{info.context.racine}{televersements.CHEMIN}{envoi['signedBlobId']}"


def _mutation(mutation: str) -> Resolveur:
    def resoudre(_: object, info: Infos, input: Json) -> Json:  # noqa: A002  # DS's own argument name
        contexte = info.context
        charge = appliquer(contexte.donnees, mutation, input, ecriture=contexte.ecriture)
        contexte.persister()
        return charge

    return resoudre


def _revision_active(demarche: Json, _: Infos) -> Json:
    active: Json = demarche["activeRevision"]
    return active


def _revision_publiee(demarche: Json, _: Infos) -> Json | None:
    return None if demarche["state"] == "brouillon" else demarche["activeRevision"]


def _revisions(demarche: Json, _: Infos) -> list[Json]:
    return revisions(demarche)


_RESOLVEURS: dict[tuple[str, str], Resolveur] = {
    ("Query", "demarche"): _demarche,
    ("Query", "dossier"): _dossier,
    ("Demarche", "draftRevision"): _revision_active,
    ("Demarche", "publishedRevision"): _revision_publiee,
    ("Demarche", "revisions"): _revisions,
    ("Demarche", "dossiers"): _dossiers,
    ("Demarche", "pendingDeletedDossiers"): _suppressions("corbeille"),
    ("Demarche", "deletedDossiers"): _suppressions("supprimes"),
    ("Dossier", "demarche"): _demarche_du_dossier,
    ("DossierLinkChamp", "dossier"): _dossier_lie,
    ("File", "url"): _url,
    ("DirectUpload", "url"): _url_televersement,
    **{("Mutation", nom): _mutation(nom) for nom in MUTATIONS},
}
