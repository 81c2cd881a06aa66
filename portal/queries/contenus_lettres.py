"""What a letter says: its template filled with a dossier and its decision, and the mentions that the law sets."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.documents.gabarits_lettres import Bloc, TexteLettre, composer, remplir
from portal.documents.modeles_lettres import LettreAgent
from portal.documents.sommes_en_lettres import somme_en_lettres
from portal.formats import date_fr, maintenant, majuscule, montant_fr
from portal.models.decisions import Decision, Delegation
from portal.models.dossiers import Dossier
from portal.models.services import ReglageService
from portal.permissions import Acteur
from portal.permissions.decisions import total
from portal.queries.complements import motifs_de, open_of
from portal.queries.recepisses import rejet_implicite, service_cite
from portal.vocabulaire import LIBELLES_MOTIF, SensDecision
from portal.vocabulaire_instruction import (
    LIBELLES_GENRE_LETTRE,
    LIBELLES_NATURE_OCTROI,
    GenreLettre,
    ModeNotification,
    NatureOctroi,
)
from portal.vocabulaire_lettres import ACTES_D_UN_ACCORD, AVEC_VOIES_DE_RECOURS, champs_de

SANS_SIGNATURE = (
    "Acte notifié par l’intermédiaire d’un téléservice, dispensé de signature (code des relations entre le public et "
    "l’administration, article L.\u00a0212-2)."
)
TRIBUNAL_INCONNU = "le tribunal administratif compétent"
# CJA R421-1, R421-2 and R421-5; CRPA L411-2 for what a first appeal interrupts.
VOIES = """Si vous contestez cette décision, vous pouvez, dans les deux mois qui suivent sa notification\u00a0:

- adresser un recours gracieux au service qui l’a prise ({service})\u00a0;
- adresser un recours hiérarchique à l’autorité dont ce service dépend\u00a0;
- saisir {tribunal} d’un recours contentieux, par courrier ou par l’application Télérecours citoyens (www.telerecours.fr).

Un recours gracieux ou hiérarchique formé dans ces deux mois interrompt ce délai\u00a0: sans réponse dans les deux mois, il est \
rejeté, et vous avez de nouveau deux mois pour saisir le tribunal (code de justice administrative, articles R.\u00a0421-1, \
R.\u00a0421-2 et R.\u00a0421-5\u00a0; code des relations entre le public et l’administration, article L.\u00a0411-2)."""


def lettre(
    session: Session,
    *,
    by: Acteur,
    numero: str,
    genre: GenreLettre,
    texte: TexteLettre,
    dossier: Dossier,
    decision: Decision | None = None,
    exemple: bool = False,
) -> LettreAgent:
    """The letter that this template makes of this dossier.

    `decision`: the one that it tells, None for a demand of corrections. `exemple`: to try a template,
    what the dossier cannot fill yet shows what it will be.
    """
    reglage = session.get(ReglageService, dossier.service_id)
    valeurs = _valeurs(session, genre, dossier, decision, exemple=exemple)
    le = f"le {date_fr(decision.decided_at if decision else maintenant())}"
    fait_le = f"{reglage.ville}, {le}" if reglage and reglage.ville else majuscule(le)
    return LettreAgent(
        numero=numero,
        nature=LIBELLES_GENRE_LETTRE[genre],
        reference=dossier.reference,
        service=service_cite(dossier.service),
        destinataire=() if genre in ACTES_D_UN_ACCORD else _destinataire(dossier),
        fait_le="" if genre == GenreLettre.CONVENTION else fait_le,
        objet=remplir(texte.objet, valeurs),
        blocs=composer(texte.corps, valeurs),
        suivi_par=dossier.instructeur.nom_affiche if dossier.instructeur else by.nom_affiche,
        voies=_voies(dossier, reglage) if genre in AVEC_VOIES_DE_RECOURS else (),
        acte=genre in ACTES_D_UN_ACCORD,
        **_signature(by, genre, dossier, decision, reglage),
    )


def _valeurs(
    session: Session, genre: GenreLettre, dossier: Dossier, decision: Decision | None, *, exemple: bool
) -> dict[str, str]:
    """What each field stands for in this letter."""
    valeurs = _du_dossier(dossier)
    if decision is not None:
        valeurs |= _de_la_decision(session, decision)
    elif genre == GenreLettre.COMPLEMENT:
        valeurs |= _du_complement(session, dossier)
    manquantes = {nom: f"[{sens}]" for nom, sens in champs_de(genre).items() if exemple and not valeurs.get(nom)}
    return valeurs | manquantes


def _signature(
    by: Acteur, genre: GenreLettre, dossier: Dossier, decision: Decision | None, reglage: ReglageService | None
) -> dict[str, str]:
    """Who signs (CRPA L212-1), and why the act bears no signature when it does not (L212-2). Nobody signs a draft."""
    if genre == GenreLettre.CONVENTION:
        return {}
    if decision is None:
        return {"auteur": by.nom_affiche, "qualite": dossier.service.nom}
    sans = reglage is not None and reglage.mode_notification == ModeNotification.TELESERVICE
    return {
        "auteur": decision.auteur_nom,
        "qualite": decision.auteur_qualite,
        "mention": SANS_SIGNATURE if sans else "",
    }


def _destinataire(dossier: Dossier) -> tuple[str, ...]:
    """The envelope, with what is known of the address."""
    association = dossier.association
    ville = (
        f"{association.code_postal} {association.commune}".strip() if association else ""
    ) or dossier.demandeur_commune
    lignes = (
        dossier.demandeur_nom,
        "À l’attention de son représentant légal" if association else "",
        *(association.adresse.splitlines() if association else ()),
        ville,
    )
    return tuple(ligne.strip() for ligne in lignes if ligne.strip())


def _du_dossier(dossier: Dossier) -> dict[str, str]:
    return {
        "association": dossier.demandeur_nom,
        "reference": dossier.reference,
        "intitule": dossier.intitule,
        "demarche": dossier.demarche.titre,
        "exercice": str(dossier.exercice or ""),
        "date_depot": date_fr(dossier.date_depot),
        "montant_demande": montant_fr(dossier.montant_demande),
        "service": dossier.service.nom,
        "echeance": date_fr(rejet_implicite(dossier.date_depot) + timedelta(days=dossier.jours_suspendus)),
    }


def _de_la_decision(session: Session, decision: Decision) -> dict[str, str]:
    """In money what is to be paid; a grant in kind alone is told by its worth."""
    delegation = session.get(Delegation, decision.delegation_id) if decision.delegation_id else None
    accord = decision.sens == SensDecision.ACCEPTE
    montant = decision.montant_accorde or total(decision)
    return {
        "montant_accorde": montant_fr(montant) if accord else "",
        "montant_en_lettres": somme_en_lettres(montant) if accord else "",
        "lignes": "\n".join(_ligne(ligne) for ligne in decision.lignes),
        "motif": LIBELLES_MOTIF[decision.motif] if decision.motif else "",
        "motivation": decision.motivation,
        "conditions": decision.conditions,
        "auteur": f"{decision.auteur_nom}, {decision.auteur_qualite}",
        "delegation": delegation.reference if delegation else "",
    }


def _ligne(ligne: Mapping[str, str]) -> str:
    """« exercice 2026, programme 163 : 1 200,00 € en argent, une fois les conditions remplies »."""
    ou = ", ".join(
        filter(
            None,
            (
                f"exercice {ligne['exercice']}" if ligne["exercice"] else "",
                f"programme {ligne['programme']}" if ligne["programme"] else "",
            ),
        )
    )
    quoi = f"{montant_fr(Decimal(ligne['montant']))} {LIBELLES_NATURE_OCTROI[NatureOctroi(ligne['nature'])]}"
    suite = ", une fois les conditions remplies" if ligne["conditionnelle"] else ""
    return f"{ou}\u00a0: {quoi}{suite}" if ou else f"{quoi}{suite}"


def _du_complement(session: Session, dossier: Dossier) -> dict[str, str]:
    """What the open demand of corrections asks. Nothing when there is none: its paragraphs go."""
    complement = open_of(session, dossier.id)
    if complement is None:
        return {}
    demandes = [f"{place.libelle}\u00a0: {' '.join(motif.split())}" for place, motif in motifs_de(complement).items()]
    generales = [" ".join(complement.motif.split())] if complement.motif.strip() else []
    return {"demandes": "\n".join(generales + demandes), "avant_le": date_fr(complement.echeance)}


def _voies(dossier: Dossier, reglage: ReglageService | None) -> tuple[Bloc, ...]:
    tribunal = reglage.tribunal.strip() if reglage else ""
    return composer(VOIES, {"service": dossier.service.nom, "tribunal": _le_tribunal(tribunal)})


def _le_tribunal(nom: str) -> str:
    """« le tribunal administratif de Lyon », however the service wrote it."""
    if not nom:
        return TRIBUNAL_INCONNU
    return f"le {nom[0].lower()}{nom[1:]}" if nom.lower().startswith("tribunal") else nom
