"""From DS's JSON to our types: pure functions. A new type, a new enum value or a null degrades, and never raises."""

from integrations.demarches_simplifiees.champs import lire_champ, lire_fichier, lire_fichiers
from integrations.demarches_simplifiees.errors import ReponseInvalide
from integrations.demarches_simplifiees.noeuds import Noeud, booleen, entier, instant, objet, objets, texte, textes
from integrations.demarches_simplifiees.types import (
    Avis,
    Champ,
    Demandeur,
    Demarche,
    Descripteur,
    DossierRecu,
    DossierSupprime,
    EnTete,
    FichierDS,
    Genre,
    GroupeInstructeur,
    Label,
    Message,
    Partie,
    Personne,
    Revision,
    Traitement,
)

# the older shape of a traitement told the state reached, not the event
_EVENEMENT_DE_L_ETAT = {
    "en_construction": "depose",
    "en_instruction": "passe_en_instruction",
    "accepte": "accepte",
    "refuse": "refuse",
    "sans_suite": "classe_sans_suite",
}
_GENRES = {
    "PersonneMorale": Genre.MORALE,
    "PersonneMoraleIncomplete": Genre.MORALE_INCOMPLETE,
    "PersonnePhysique": Genre.PHYSIQUE,
}


def lire(raw: Noeud) -> DossierRecu:
    """A dossier of DS's JSON, whole or partial.

    Raises ReponseInvalide when it bears no number: nothing can be filed under it.
    """
    demarche = objet(raw, "demarche")
    return DossierRecu(
        number=lire_numero(raw),
        id=texte(raw, "id"),
        state=texte(raw, "state"),
        demarche_number=entier(demarche, "number"),
        demarche_title=texte(demarche, "title"),
        revision_id=texte(objet(demarche, "revision"), "id"),
        date_depot=instant(raw, "dateDepot"),
        date_passage_en_construction=instant(raw, "datePassageEnConstruction"),
        date_passage_en_instruction=instant(raw, "datePassageEnInstruction"),
        date_traitement=instant(raw, "dateTraitement"),
        date_derniere_modification=instant(raw, "dateDerniereModification"),
        date_derniere_modification_champs=instant(raw, "dateDerniereModificationChamps"),
        date_derniere_modification_annotations=instant(raw, "dateDerniereModificationAnnotations"),
        date_derniere_correction_en_attente=instant(raw, "dateDerniereCorrectionEnAttente"),
        date_suppression_par_usager=instant(raw, "dateSuppressionParUsager"),
        date_expiration=instant(raw, "dateExpiration"),
        motivation=texte(raw, "motivation"),
        archived=bool(booleen(raw, "archived")),
        prefilled=bool(booleen(raw, "prefilled")),
        connection_usager=texte(raw, "connectionUsager"),
        usager_email=texte(objet(raw, "usager"), "email"),
        demandeur=lire_demandeur(objet(raw, "demandeur")),
        groupe_instructeur=lire_groupe(objet(raw, "groupeInstructeur")),
        instructeurs=lire_personnes(raw, "instructeurs"),
        labels=lire_labels(raw),
        champs=_champs(raw, Partie.CHAMPS),
        annotations=_champs(raw, Partie.ANNOTATIONS),
        avis=tuple(_avis(un) for un in objets(raw, "avis")),
        messages=tuple(_message(un) for un in objets(raw, "messages")),
        traitements=tuple(_traitement(un) for un in objets(raw, "traitements")),
        motivation_attachment=lire_fichier_seul(raw, "motivationAttachment", Partie.MOTIVATION),
        attestation=lire_fichier_seul(raw, "attestation", Partie.ATTESTATION),
    )


def lire_demandeur(noeud: Noeud) -> Demandeur:
    """The applicant, of whatever type; an unknown type keeps what it has in common with the others."""
    entreprise, adresse = objet(noeud, "entreprise"), objet(noeud, "address")
    siret, nom, prenom = texte(noeud, "siret"), texte(noeud, "nom"), texte(noeud, "prenom")
    return Demandeur(
        genre=_GENRES.get(texte(noeud, "__typename"), Genre.INCONNU),
        siret=siret,
        siren=texte(entreprise, "siren") or siret[:9],
        rna=texte(objet(noeud, "association"), "rna"),
        denomination=_denomination(noeud) or f"{prenom} {nom}".strip(),
        nom=nom,
        prenom=prenom,
        adresse=", ".join(ligne.strip() for ligne in texte(adresse, "label").splitlines() if ligne.strip()),
        commune=texte(adresse, "cityName"),
        code_postal=texte(adresse, "postalCode"),
        forme_juridique_code=texte(entreprise, "formeJuridiqueCode"),
    )


def lire_demarche(noeud: Noeud) -> Demarche:
    """A démarche with its groups and form. Raises ReponseInvalide when it bears no number."""
    revision = objet(noeud, "activeRevision")
    return Demarche(
        number=lire_numero(noeud),
        id=texte(noeud, "id"),
        title=texte(noeud, "title"),
        state=texte(noeud, "state"),
        declarative=texte(noeud, "declarative"),
        date_creation=instant(noeud, "dateCreation"),
        date_derniere_modification=instant(noeud, "dateDerniereModification"),
        groupes=tuple(lire_groupe(un) for un in objets(noeud, "groupeInstructeurs")),
        labels=lire_labels(noeud),
        revision=Revision(
            id=texte(revision, "id"),
            date_creation=instant(revision, "dateCreation"),
            date_publication=instant(revision, "datePublication"),
            champs=_descripteurs(revision, "champDescriptors"),
            annotations=_descripteurs(revision, "annotationDescriptors"),
        ),
    )


def lire_en_tete(arete: Noeud) -> EnTete:
    """An edge of `lister_dossiers`: cursor and node."""
    noeud = objet(arete, "node")
    return EnTete(
        number=lire_numero(noeud),
        id=texte(noeud, "id"),
        state=texte(noeud, "state"),
        date_derniere_modification=instant(noeud, "dateDerniereModification"),
        cursor=texte(arete, "cursor"),
        labels=tuple(texte(un, "id") for un in objets(noeud, "labels")),
    )


def lire_suppression(noeud: Noeud) -> DossierSupprime:
    """A node of either deletion stream."""
    return DossierSupprime(
        number=lire_numero(noeud),
        id=texte(noeud, "id"),
        state=texte(noeud, "state"),
        reason=texte(noeud, "reason"),
        date_supression=instant(noeud, "dateSupression"),
    )


def lire_numero(noeud: Noeud) -> int:
    """The number of a dossier or of a démarche. Raises ReponseInvalide when it bears none: nothing can be filed under it."""
    number = entier(noeud, "number")
    if number is None:
        raise ReponseInvalide("Démarches Simplifiées a envoyé un objet sans numéro : il est laissé de côté.")
    return number


def _denomination(noeud: Noeud) -> str:
    entreprise = objet(noeud, "entreprise")
    candidats = (
        texte(objet(noeud, "association"), "titre"),
        texte(entreprise, "raisonSociale"),
        texte(entreprise, "nomCommercial"),
        texte(entreprise, "enseigne"),
    )
    return next((un for un in candidats if un), "")


def lire_groupe(noeud: Noeud) -> GroupeInstructeur:
    """A group of instructeurs, empty when DS names none."""
    return GroupeInstructeur(
        id=texte(noeud, "id"),
        number=entier(noeud, "number"),
        label=texte(noeud, "label"),
        closed=bool(booleen(noeud, "closed")),
        instructeurs=lire_personnes(noeud, "instructeurs"),
    )


def lire_personnes(noeud: Noeud, cle: str) -> tuple[Personne, ...]:
    """The people listed under `cle`."""
    return tuple(Personne(texte(un, "id"), texte(un, "email")) for un in objets(noeud, cle))


def lire_labels(noeud: Noeud) -> tuple[Label, ...]:
    """The labels that a dossier bears, or those that a démarche has."""
    return tuple(Label(texte(un, "id"), texte(un, "name"), texte(un, "color")) for un in objets(noeud, "labels"))


def _champs(noeud: Noeud, partie: Partie) -> tuple[Champ, ...]:
    return tuple(lire_champ(un, partie) for un in objets(noeud, partie))


def lire_fichier_seul(raw: Noeud, cle: str, partie: Partie) -> FichierDS | None:
    """The one file under `cle` of a dossier, None when there is none."""
    noeud = objet(raw, cle)
    return lire_fichier(noeud, partie) if noeud else None


def _descripteurs(noeud: Noeud, cle: str) -> tuple[Descripteur, ...]:
    return tuple(
        Descripteur(
            id=texte(un, "id"),
            type=texte(un, "__typename"),
            label=texte(un, "label"),
            description=texte(un, "description"),
            requis=bool(booleen(un, "required")),
            niveau=entier(un, "level"),
            options=textes(un, "options"),
            autre=bool(booleen(un, "otherOption")),
            descripteurs=_descripteurs(un, "champDescriptors"),
        )
        for un in objets(noeud, cle)
    )


def _avis(noeud: Noeud) -> Avis:
    reponse, tranche = texte(noeud, "reponse"), booleen(noeud, "questionAnswer")
    repondu = bool(reponse) or tranche is not None
    return Avis(
        id=texte(noeud, "id"),
        question=texte(noeud, "question"),
        reponse=reponse,
        question_label=texte(noeud, "questionLabel"),
        question_answer=tranche,
        repondu=repondu,
        date_question=instant(noeud, "dateQuestion"),
        date_reponse=instant(noeud, "dateReponse") if repondu else None,
        claimant_email=texte(objet(noeud, "claimant"), "email"),
        expert_email=texte(objet(noeud, "expert"), "email"),
        fichiers=lire_fichiers(noeud, "attachments", Partie.AVIS),
    )


def _message(noeud: Noeud) -> Message:
    correction = objet(noeud, "correction")
    return Message(
        id=texte(noeud, "id"),
        email=texte(noeud, "email"),
        body=texte(noeud, "body"),
        created_at=instant(noeud, "createdAt"),
        discarded_at=instant(noeud, "discardedAt"),
        correction_reason=texte(correction, "reason"),
        correction_resolue=instant(correction, "dateResolution"),
        fichiers=lire_fichiers(noeud, "attachments", Partie.MESSAGES),
    )


def _traitement(noeud: Noeud) -> Traitement:
    etat = texte(noeud, "state")
    return Traitement(
        id=texte(noeud, "id"),
        event=texte(noeud, "event") or _EVENEMENT_DE_L_ETAT.get(etat, etat),
        date_traitement=instant(noeud, "dateTraitement"),
        email_agent_traitant=texte(noeud, "emailAgentTraitant"),
        motivation=texte(noeud, "motivation"),
    )
