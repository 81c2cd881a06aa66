"""What pages show of a DS dossier, read from DS's own JSON: the form in order, then what is said and done around it. Pure.

A page reads it anew, and a pull only to tell what has changed: nothing of it is kept, so that nothing of it grows old.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.types import (
    Avis,
    Champ,
    DossierRecu,
    FichierDS,
    Message,
    Partie,
    Traitement,
)
from portal.models.dossiers import DossierDS
from portal.queries.assainissement import texte_de_html

Element = dict[str, Any]
USAGER, INSTRUCTEUR, EXPERT, SYSTEME = "usager", "instructeur", "expert", "systeme"
# DS signs its own messages with its contact address, and names no author's kind (ds/api §8).
BOITES_DU_SYSTEME = frozenset({"contact", "ne-pas-repondre", "nepasrepondre", "no-reply", "noreply"})


def elements(ds: DossierDS | None) -> list[Element]:
    """What our copy of a dossier shows, see `contenu`; nothing of one that is not DS's."""
    return contenu(lire(ds.raw)) if ds else []


def contenu(recu: DossierRecu) -> list[Element]:
    """The elements of a dossier, by `partie`; every `id` is DS's, so that an act can name what it changes.

    champs, annotations: id, libelle, type; valeur (French text), lignes (rows of elements), fichiers, niveau (headers),
    descripteur (in a row, where it is not the id), brut (annotations: what a form begins with).
    avis: id, libelle (the question), valeur, auteur, demandeur (e-mails), date (ISO, UTC), repondu.
    messages: id, valeur, auteur, role, date; supprime; correction (DS's reason) and resolue (ISO).
    traitements: id, evenement, date, auteur, valeur (motivation). labels: id, libelle, couleur. suiveurs: id, libelle.
    groupe: id, libelle. motivation, attestation: valeur, fichiers. Keys without a value are left out.
    """
    roles = _roles(recu)
    return [
        *[_champ(un, "champs") for un in recu.champs],
        *[_annotation(un) for un in recu.annotations],
        *[_avis(un) for un in recu.avis],
        *[_message(un, roles) for un in recu.messages],
        *[_traitement(un) for un in recu.traitements],
        *[{"partie": "labels", "id": un.id, "libelle": un.name, "couleur": un.color} for un in recu.labels],
        *[{"partie": "suiveurs", "id": un.id, "libelle": un.email} for un in recu.instructeurs],
        *_autour(recu),
    ]


def partie(elements: Iterable[Element], nom: str) -> list[Element]:
    """The elements of one part."""
    return [un for un in elements if un["partie"] == nom]


def _champ(champ: Champ, nom: str) -> Element:
    element: Element = {"partie": nom, "id": champ.id, "libelle": champ.label, "type": champ.type}
    if champ.lignes:
        element["lignes"] = [[_dans_une_ligne(un, nom) for un in ligne] for ligne in champ.lignes]
    elif champ.fichiers:
        element["fichiers"] = _fichiers(champ.fichiers)
    elif champ.valeur:
        element["valeur"] = champ.valeur
    if champ.niveau is not None:
        element["niveau"] = champ.niveau
    return element


def _dans_une_ligne(champ: Champ, nom: str) -> Element:
    """In a repetition each row has its own ids; the descriptor's is shared by all."""
    return {**_champ(champ, nom), "descripteur": champ.descriptor_id}


def _annotation(champ: Champ) -> Element:
    element = _champ(champ, "annotations")
    if champ.brut and not champ.lignes:
        element["brut"] = champ.brut
    return element


def _avis(avis: Avis) -> Element:
    tranche = {True: "Oui", False: "Non", None: ""}[avis.question_answer]
    reponses = (f"{avis.question_label} {tranche}".strip() if tranche else "", texte_de_html(avis.reponse))
    return _plein(
        partie="avis",
        id=avis.id,
        libelle=texte_de_html(avis.question),
        valeur="\n".join(une for une in reponses if une),
        auteur=avis.expert_email,
        demandeur=avis.claimant_email,
        date=_iso(avis.date_reponse or avis.date_question),
        repondu=avis.repondu,
        fichiers=_fichiers(avis.fichiers),
    )


def _message(message: Message, roles: Mapping[str, str]) -> Element:
    return _plein(
        partie="messages",
        id=message.id,
        valeur=texte_de_html(message.body),
        auteur=message.email,
        role=roles.get(message.email.lower()) or _role_inconnu(message.email),
        date=_iso(message.created_at),
        supprime=message.discarded_at is not None,
        correction=message.correction_reason,
        resolue=_iso(message.correction_resolue),
        fichiers=_fichiers(message.fichiers),
    )


def _traitement(traitement: Traitement) -> Element:
    return _plein(
        partie="traitements",
        id=traitement.id,
        evenement=traitement.event,
        date=_iso(traitement.date_traitement),
        auteur=traitement.email_agent_traitant,
        valeur=texte_de_html(traitement.motivation),
    )


def _autour(recu: DossierRecu) -> list[Element]:
    """The group, and what the decision left: its motivation, its letter, its attestation."""
    groupe = recu.groupe_instructeur
    elements = [{"partie": "groupe", "id": groupe.id, "libelle": groupe.label}] if groupe.label else []
    actes = (
        (Partie.MOTIVATION, texte_de_html(recu.motivation), recu.motivation_attachment),
        (Partie.ATTESTATION, "", recu.attestation),
    )
    for nom, valeur, fichier in actes:
        fichiers = _fichiers([fichier]) if fichier else []
        if valeur or fichiers:
            elements.append(_plein(partie=str(nom), valeur=valeur, fichiers=fichiers))
    return elements


def _roles(recu: DossierRecu) -> dict[str, str]:
    """Who is known by its address. The usager comes last: it wins over a role that the same person would have besides."""
    roles = {un.expert_email.lower(): EXPERT for un in recu.avis}
    roles |= {un.email_agent_traitant.lower(): INSTRUCTEUR for un in recu.traitements}
    roles |= {un.email.lower(): INSTRUCTEUR for un in recu.instructeurs}
    roles[recu.usager_email.lower()] = USAGER
    roles[""] = SYSTEME
    return roles


def _role_inconnu(email: str) -> str:
    return SYSTEME if email.lower().partition("@")[0] in BOITES_DU_SYSTEME else INSTRUCTEUR


def _plein(**valeurs: Any) -> Element:
    return {nom: valeur for nom, valeur in valeurs.items() if valeur}


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _fichiers(fichiers: Iterable[FichierDS]) -> list[Element]:
    return [_plein(nom=un.filename, type=un.content_type, taille=un.taille, empreinte=un.checksum) for un in fichiers]
