"""What pages show of a DS dossier, made once at reading: fields in order, then avis and messages as plain text. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from integrations.demarches_simplifiees.types import Avis, Champ, DossierRecu, FichierDS, Message
from portal.services.assainissement import texte_de_html

Element = dict[str, Any]
ADRESSE = "url"


def contenu(recu: DossierRecu) -> list[Element]:
    """The elements of `DossierDS.contenu`: champs, annotations, avis, messages, in DS's order.

    Common keys: partie, libelle, type, valeur (French text), lignes (rows of elements), fichiers, niveau (headers).
    An avis and a message add auteur (e-mail) and date (ISO, UTC); an avis adds repondu.
    """
    return [
        *(_champ(un, "champs") for un in recu.champs),
        *(_champ(un, "annotations") for un in recu.annotations),
        *(_avis(un) for un in recu.avis),
        *(_message(un) for un in recu.messages if un.discarded_at is None),
    ]


def partie(elements: Iterable[Element], nom: str) -> list[Element]:
    """The elements of one part."""
    return [un for un in elements if un["partie"] == nom]


def sans_adresses(noeud: Any) -> Any:
    """DS's JSON without the addresses of its files: they open the file to anybody and die after an hour (ds/api §0.7)."""
    if isinstance(noeud, Mapping):
        fichier = "checksum" in noeud
        return {cle: sans_adresses(un) for cle, un in noeud.items() if not (fichier and cle == ADRESSE)}
    if isinstance(noeud, list):
        return [sans_adresses(un) for un in noeud]
    return noeud


def _champ(champ: Champ, nom: str) -> Element:
    return {
        "partie": nom,
        "libelle": champ.label,
        "type": champ.type,
        "valeur": champ.valeur,
        "lignes": [[_champ(un, nom) for un in ligne] for ligne in champ.lignes],
        "fichiers": _fichiers(champ.fichiers),
        "niveau": champ.niveau,
    }


def _avis(avis: Avis) -> Element:
    tranche = {True: "Oui", False: "Non", None: ""}[avis.question_answer]
    reponses = (f"{avis.question_label} {tranche}".strip() if tranche else "", texte_de_html(avis.reponse))
    return {
        **_echange("avis", avis.expert_email, avis.date_reponse or avis.date_question, avis.fichiers),
        "libelle": texte_de_html(avis.question),
        "valeur": "\n".join(une for une in reponses if une),
        "repondu": avis.repondu,
    }


def _message(message: Message) -> Element:
    return {
        **_echange("messages", message.email, message.created_at, message.fichiers),
        "libelle": "Demande de correction" if message.correction_reason else "Message",
        "valeur": texte_de_html(message.body),
    }


def _echange(nom: str, auteur: str, date: datetime | None, fichiers: tuple[FichierDS, ...]) -> Element:
    return {
        "partie": nom,
        "type": "",
        "auteur": auteur,
        "date": date.isoformat() if date else None,
        "lignes": [],
        "fichiers": _fichiers(fichiers),
        "niveau": None,
    }


def _fichiers(fichiers: tuple[FichierDS, ...]) -> list[Element]:
    return [
        {"nom": un.filename, "type": un.content_type, "taille": un.taille, "empreinte": un.checksum} for un in fichiers
    ]
