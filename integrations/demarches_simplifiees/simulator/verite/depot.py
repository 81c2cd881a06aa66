"""A dossier just filed, before anybody looks at it."""

from datetime import timedelta

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.verite.donnees import iso, lire_iso
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

CONTACT = "contact@demarches.demo.example"
CONSERVATION = timedelta(days=3 * 365)


def dossier(number: int, date: str, *, courriel: str, groupe: Json, demandeur: Json) -> Json:
    """Its JSON at `date`, but `demarche`, which the server adds, and its champs and annotations, still empty."""
    return {
        "__typename": "Dossier",
        "id": identifiant("Dossier", number),
        "number": number,
        "state": "en_construction",
        "dateDepot": date,
        "datePassageEnConstruction": date,
        "datePassageEnInstruction": None,
        "dateTraitement": None,
        "dateDerniereModification": date,
        "dateDerniereModificationChamps": date,
        "dateDerniereModificationAnnotations": date,
        "dateDerniereCorrectionEnAttente": None,
        "dateExpiration": expiration("en_construction", date),
        "archived": False,
        "prefilled": False,
        "connectionUsager": "password",
        "motivation": None,
        "motivationAttachment": None,
        "attestation": None,
        "usager": {"id": identifiant("User", courriel), "email": courriel},
        "groupeInstructeur": groupe,
        "demandeur": demandeur,
        "deposeParUnTiers": False,
        "instructeurs": [],
        "labels": [],
        "traitements": [traitement(number, 1, "depose", date)],
        "messages": [message(number, 1, CONTACT, _ACCUSE.format(number=number), date)],
        "avis": [],
        "champs": [],
        "annotations": [],
    }


def traitement(
    number: int, rang: int, evenement: str, date: str, *, email: str | None = None, motivation: str = ""
) -> Json:
    """The dossier's event of that rank, from 1."""
    return {
        "id": identifiant("Traitement", f"{number}-{rang}"),
        "event": evenement,
        "dateTraitement": date,
        "emailAgentTraitant": email,
        "motivation": motivation or None,
    }


def message(number: int, rang: int, email: str, corps: str, date: str) -> Json:
    """The dossier's message of that rank, from 1; those of DS itself are in HTML."""
    return {
        "id": identifiant("Commentaire", f"{number}-{rang}"),
        "email": email,
        "body": corps,
        "createdAt": date,
        "discardedAt": None,
        "attachments": [],
        "correction": None,
    }


def expiration(state: str, date: str) -> str | None:
    """When DS will let go of a dossier that reached `state` at `date`; never while it is en_instruction."""
    return None if state == "en_instruction" else iso(lire_iso(date) + CONSERVATION)


_ACCUSE = "<p>Bonjour,</p><p>Votre dossier <strong>nº\u00a0{number}</strong> a bien été déposé.</p>"
