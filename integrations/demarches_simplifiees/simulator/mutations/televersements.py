"""Files sent to DS in three steps: announced by a mutation, put where it says, then named by another mutation."""

import base64
import json
import secrets
from datetime import timedelta

from graphql import GraphQLError

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.mutations.echeances import prevoir_analyse
from integrations.demarches_simplifiees.simulator.mutations.gestes import Entree, Refus, fiche_visee
from integrations.demarches_simplifiees.simulator.verite import fichiers
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche, iso, lire_iso
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

CHEMIN = "/televersements/"
VALIDITE = timedelta(hours=1)
TAILLE_MAXIMALE = 20_000_000
TYPES_ACCEPTES = frozenset({
    "application/pdf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "image/jpeg",
    "image/png",
    "text/csv",
    "text/plain",
})  # fmt: skip
PREFIXE = "televerse/"
HASH_INVALIDE = "Le hash du fichier téléversé est invalide"
IDENTIFIANT_INVALIDE = "L’identifiant du fichier téléversé est invalide"
PAS_TELEVERSE = "Le fichier n’a pas été correctement téléversé"
TROP_LOURD = "Le fichier doit faire moins de 20 Mo"
TYPE_REFUSE = "Le type du fichier n’est pas accepté"


def annoncer(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of createDirectUpload, which has no `errors`: a token that may only read gets a root error."""
    try:
        fiche_visee(donnees, entree, ecriture=ecriture)
    except Refus as refus:
        raise GraphQLError(str(refus), extensions={"code": "forbidden"}) from refus
    rang = len(donnees.televersements) + 1
    secret = secrets.token_hex(16)
    donnees.televersements[secret] = {
        "nom": entree["filename"],
        "taille": entree["byteSize"],
        "somme": entree["checksum"],
        "type": entree["contentType"],
        "fin": iso(donnees.horloge() + VALIDITE),
        "contenu": None,
    }
    return {
        "directUpload": {
            "headers": json.dumps({"Content-Type": entree["contentType"], "Content-MD5": entree["checksum"]}),
            "blobId": identifiant("Blob", rang),
            "signedBlobId": secret,
        }
    }


def joindre(donnees: Donnees, fiche: Fiche, signed_blob_id: str | None) -> list[Json]:
    """The file that a mutation names, as DS shows it at once: not yet scanned. Raises Refus in DS's words."""
    if signed_blob_id is None:
        return []
    envoi = donnees.televersements.get(signed_blob_id)
    if envoi is None or lire_iso(envoi["fin"]) < donnees.horloge():
        raise Refus(IDENTIFIANT_INVALIDE)
    _exiger_complet(envoi)
    date = iso(donnees.horloge())
    piece = fichiers.fichier(f"{PREFIXE}{signed_blob_id}/{envoi['nom']}", _octets(envoi), date, type_mime=envoi["type"])
    prevoir_analyse(donnees, fiche, piece)
    return [piece]


def contenu(donnees: Donnees, cle: str) -> bytes:
    """The bytes of any file of the simulator: those that were sent to it, and those it makes up."""
    if not cle.startswith(PREFIXE):
        return fichiers.contenu(cle)
    return _octets(donnees.televersements[cle.split("/")[1]])


def recevoir(donnees: Donnees, secret: str, octets: bytes, *, type_mime: str | None, somme: str | None) -> int:
    """Keep the bytes put at an announced address; returns the HTTP status: headers and bytes must be those announced."""
    envoi = donnees.televersements.get(secret)
    if envoi is None:
        return 404
    if (type_mime, somme) != (envoi["type"], envoi["somme"]):
        return 403
    if (len(octets), fichiers.somme(octets)) != (envoi["taille"], envoi["somme"]):
        return 422
    envoi["contenu"] = base64.b64encode(octets).decode()
    return 204


def _exiger_complet(envoi: Json) -> None:
    if envoi["contenu"] is None:
        raise Refus(PAS_TELEVERSE)
    if fichiers.somme(_octets(envoi)) != envoi["somme"]:
        raise Refus(HASH_INVALIDE)
    if envoi["taille"] >= TAILLE_MAXIMALE:
        raise Refus(TROP_LOURD)
    if envoi["type"] not in TYPES_ACCEPTES:
        raise Refus(TYPE_REFUSE)


def _octets(envoi: Json) -> bytes:
    return base64.b64decode(envoi["contenu"])
