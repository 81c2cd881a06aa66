"""What every section of a dossier shares: the dossier read for it, the view it was opened from, the marks that looking leaves."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from portal.queries import (
    attributions,
    dossiers,
    etiquettes,
    fiches,
    lettres,
    lignes_tableur,
    messages,
    notes,
    pieces,
    points_controle,
    receptions,
    recoupements,
    recusations,
    retraits,
    revisions,
    versements,
)
from portal.queries.fiches import Fiche
from portal.services import traces
from portal.vocabulaire_instruction import PartieDossier
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import moyens, rendre, session
from portal.web.vue_courante import filtre_courant

Contexte = dict[str, Any]
GABARITS = {
    PartieDossier.SYNTHESE: "dossiers/show.html",
    PartieDossier.DEMANDE: "dossiers/demande.html",
    PartieDossier.BUDGET: "dossiers/budget.html",
    PartieDossier.PIECES: "dossiers/pieces.html",
    PartieDossier.AVIS: "dossiers/avis.html",
    PartieDossier.RECOUPEMENTS: "dossiers/recoupements.html",
    PartieDossier.ECHANGES: "dossiers/echanges.html",
    PartieDossier.DECISION: "dossiers/decision.html",
    PartieDossier.HISTORIQUE: "dossiers/historique.html",
}


def show(partie: PartieDossier, reference: str) -> ResponseReturnValue:
    """One section of a dossier under its header. Raises NotFound."""
    fiche = fiches.get(session(), acteur(), reference, frozenset({partie}))
    contexte = AUTOUR[partie](fiche) if partie in AUTOUR else {}
    return _render(GABARITS[partie], fiche, partie, contexte)


def show_noted(partie: PartieDossier, reference: str) -> ResponseReturnValue:
    """The same for what the request says: that this agent has looked at it is remembered."""
    fiche = fiches.get(session(), acteur(), reference, frozenset({partie}))
    reponse = _render(GABARITS[partie], fiche, partie, AUTOUR[partie](fiche))
    return _noted(fiche, reponse)


def show_avis(reference: str) -> ResponseReturnValue:
    """The avis: those of others that this service is shown are remembered as read, once the page is made."""
    fiche = fiches.get(session(), acteur(), reference, frozenset({PartieDossier.AVIS}))
    reponse = _render(GABARITS[PartieDossier.AVIS], fiche, PartieDossier.AVIS, _avis(fiche))
    lecteur = acteur()
    nouveaux = (un for un in fiche.avis.lisibles if un.id in fiche.jamais_lus)
    lus = [un.id for un in nouveaux if un.service_id != lecteur.service_id]
    if lus:
        rendre()
        traces.note_avis_read(moyens().fabrique, by=lecteur, avis_ids=lus)
    return reponse


def show_thread(reference: str) -> ResponseReturnValue:
    """The exchanges: the messages that this agent is shown are remembered as read, once the page is made."""
    fiche = fiches.get(session(), acteur(), reference, frozenset({PartieDossier.ECHANGES}))
    contexte = _echanges(fiche)
    reponse = _render(GABARITS[PartieDossier.ECHANGES], fiche, PartieDossier.ECHANGES, contexte)
    page = contexte["messages"]
    if any(message.non_lu for message in page.messages):
        lecteur, dossier_id = acteur(), fiche.dossier.id
        rendre()
        traces.note_messages_read(moyens().fabrique, by=lecteur, dossier_id=dossier_id, dernier=page.dernier)
    return reponse


def show_whole(reference: str) -> ResponseReturnValue:
    """Every section in order on one page, to be printed."""
    fiche = fiches.get(session(), acteur(), reference)
    contexte = {nom: valeur for autour in AUTOUR.values() for nom, valeur in autour(fiche).items()}
    return _noted(fiche, _render("dossiers/impression.html", fiche, None, contexte))


def _noted(fiche: Fiche, reponse: ResponseReturnValue) -> ResponseReturnValue:
    """What is rendered is not shown before it is remembered."""
    lecteur, dossier_id, version = acteur(), fiche.dossier.id, fiche.dossier.contenu_version
    rendre()
    traces.note_visit(moyens().fabrique, by=lecteur, dossier_id=dossier_id, version=version)
    return reponse


def _render(gabarit: str, fiche: Fiche, partie: PartieDossier | None, contexte: Contexte) -> ResponseReturnValue:
    filtre = filtre_courant()
    return render(
        gabarit,
        fiche=fiche,
        dossier=fiche.dossier,
        partie=partie,
        vue=filtre.args(),
        voisins=dossiers.neighbours(session(), acteur(), filtre, fiche.dossier) if partie else (None, None),
        **contexte,
    )


def _synthese(fiche: Fiche) -> Contexte:
    return {
        "attribution": attributions.of_dossier(session(), acteur(), fiche.dossier),
        "etiquettes_dossier": etiquettes.of_dossier(session(), acteur(), fiche.dossier),
    }


def _demande(fiche: Fiche) -> Contexte:
    depuis = fiche.entete.visite.depuis if fiche.entete.visite and fiche.entete.change else None
    return {
        "changements": revisions.since(session(), fiche.dossier, depuis, fiche.lecture) if depuis else (),
        "note": notes.of_dossier(session(), acteur(), fiche.dossier),
        "points": points_controle.of_dossier(session(), acteur(), fiche.dossier),
        "venu": lignes_tableur.of_dossier(session(), acteur(), fiche.dossier),
    }


def _pieces(fiche: Fiche) -> Contexte:
    return {
        "compte": pieces.compte_of_dossier(session(), acteur(), fiche.dossier) if fiche.lecture.pieces else None,
        "reception": receptions.of_dossier(session(), acteur(), fiche.dossier),
    }


def _avis(fiche: Fiche) -> Contexte:
    return {"recusations": recusations.list_on(session(), acteur(), fiche.dossier)}


def _echanges(fiche: Fiche) -> Contexte:
    return {"messages": messages.list_messages(session(), acteur(), fiche.dossier)}


def _recoupements(fiche: Fiche) -> Contexte:
    return {"recoupements": recoupements.of_dossier(session(), acteur(), fiche.dossier, fiche.lecture)}


def _decision(fiche: Fiche) -> Contexte:
    return {
        "versements": versements.of_dossier(session(), acteur(), fiche.dossier),
        "phrases_versements": versements.PHRASES_METHODE,
        "manquements": retraits.of_dossier(session(), acteur(), fiche.dossier, fiche.decision),
        "lettres": lettres.of_dossier(
            session(), acteur(), fiche.dossier, decision=fiche.decision, complements=fiche.entete.complements
        ),
    }


# What a section shows besides the dossier itself.
AUTOUR: dict[PartieDossier, Callable[[Fiche], Contexte]] = {
    PartieDossier.SYNTHESE: _synthese,
    PartieDossier.DEMANDE: _demande,
    PartieDossier.PIECES: _pieces,
    PartieDossier.ECHANGES: _echanges,
    PartieDossier.RECOUPEMENTS: _recoupements,
    PartieDossier.DECISION: _decision,
}
