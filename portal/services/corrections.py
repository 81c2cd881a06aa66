"""Sends the corrections of a filed request, all at once: what was filed becomes what is corrected, and what it was is kept."""

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.formats import ESPACE_INSECABLE, maintenant
from portal.models.decisions import Decision
from portal.models.demandes import SectionSaisie
from portal.models.dossiers import Dossier, Financement
from portal.models.echanges import Complement, RevisionSection
from portal.permissions import Acteur
from portal.permissions.complements import A_CORRIGER, can_send
from portal.queries import complements as queries
from portal.queries import contenus_demandes as contenus
from portal.queries import correspondants, reorientations
from portal.queries.complements import Correction, poses
from portal.queries.depots import attestee_par
from portal.queries.lecture_demandes import ATTESTATIONS, DemandeLue, lire
from portal.services import (
    complements,
    completude,
    contenus_deposes,
    courriels,
    delais,
    demandes,
    dossiers,
    journal,
    taches,
)
from portal.vocabulaire import ETATS_FINAUX
from portal.vocabulaire_demandes import EtatSection, Place
from portal.vocabulaire_instruction import GenreTache

DECIDE = (
    "Le service a décidé, ou la demande a été retirée, avant l’arrivée de ces corrections\u00a0: elles ne sont pas envoyées. Ce "
    "que vous avez écrit reste gardé."
)
A_COCHER_SOI_MEME = (
    "Les attestations ont été cochées par une autre personne, et engagent celle qui envoie ces corrections. Ouvrez-les, "
    "relisez-les et cochez-les vous-même. Rien n’est encore envoyé."
)


def answer(session: Session, *, by: Acteur, correction: Correction) -> None:
    """Send the corrections, once: sent again, nothing more happens.

    Every dossier of a demande commune reads the same request: all of them change version, and their services are told. Decision
    and corrections of one dossier wait for each other: whoever comes second is told. Raises Forbidden, Conflict, and Invalid
    when a page is not filled in; nothing is lost.
    """
    dossier, complement = correction.dossier, correction.complement
    freres = _lock(session, dossier)
    session.refresh(complement, with_for_update=True)
    if complement.repondu_at is not None:
        return
    complements.lock_open(session, complement)
    if dossier.etat not in A_CORRIGER:
        raise TransitionInterdite(DECIDE)
    verdict = can_send(by, dossier, attestee=correction.attestee)
    if not verdict:
        raise Forbidden(verdict.raison)
    demandes.lock(session, correction.deposee.demande)
    fraiche = queries.correction(session, dossier, complement)
    _check(fraiche)
    if fraiche.est_modifiee(ATTESTATIONS) and not attestee_par(by, fraiche.lue):
        raise Invalid("", A_COCHER_SOI_MEME)
    changees = _apply(session, by, fraiche)
    lue = lire(fraiche.deposee.demande)
    contenus_deposes.freeze(session, lue)
    campagnes = reorientations.origins(session, freres)
    for frere in freres:
        _follow(session, frere, lue, campagnes[frere.id])
    complement.repondu_par_id, complement.repondu_at = by.user_id, maintenant()
    dossier.complement_demande = False
    delais.refresh(session, dossier)
    outdate_decisions(session, freres)
    session.flush()
    _tell(session, by, fraiche, freres, changees)


def _lock(session: Session, dossier: Dossier) -> Sequence[Dossier]:
    """Every dossier of the request, always in the same order: two answers to a demande commune follow one another."""
    freres = select(Dossier).where(Dossier.demande_id == dossier.demande_id).order_by(Dossier.id).with_for_update()
    return session.scalars(freres.execution_options(populate_existing=True)).all()


def _check(correction: Correction) -> None:
    """Pages asked are filled in; those that are not asked still agree with them. Raises Invalid naming what does not."""
    lue, deposee = correction.lue, correction.deposee
    demandees = {section.place for section in correction.sections}
    completude.require(
        ((lue.libelle(place), lue.etat(place)) for place in demandees_en_ordre(correction)),
        suite="Rien n’est encore envoyé.",
    )
    touchees = [
        lue.libelle(place)
        for place in lue.places
        if place not in demandees
        and lue.etat(place) != EtatSection.REMPLIE
        and (place not in deposee.forms or deposee.etat(place) == EtatSection.REMPLIE)
    ]
    if touchees:
        raise Invalid(
            "",
            f"Vos corrections ne s’accordent plus avec une section que le service n’a pas demandée{ESPACE_INSECABLE}: "
            f"{', '.join(touchees)}. Corrigez-les autrement, ou écrivez au service pour qu’il demande aussi cette section.",
        )


def demandees_en_ordre(correction: Correction) -> list[Place]:
    """The pages asked that are not filled in, in the order of the form."""
    return [section.place for section in correction.sections if section.etat != EtatSection.REMPLIE]


def _apply(session: Session, by: Acteur, correction: Correction) -> dict[str, str]:
    """Write the corrected texts over the filed ones, keep both; the changed inputs with their new text."""
    demande, changees = correction.deposee.demande, dict[str, str]()
    filees = {Place(une.section, une.rang): une for une in demande.sections}
    for place, saisie in correction.saisies.items():
        filee = filees.get(place)
        anciennes = dict(filee.valeurs) if filee else {}
        if poses(anciennes) == poses(saisie.valeurs):
            continue
        session.add(
            RevisionSection(
                demande_id=demande.id,
                complement_id=correction.complement.id,
                section=place.section,
                rang=place.rang,
                anciennes=anciennes,
                nouvelles=dict(saisie.valeurs),
                contenu_version=correction.dossier.contenu_version + 1,
                by_id=by.user_id,
            )
        )
        changees |= {f"{place.slug}.{n}": v for n, v in saisie.valeurs.items() if v != anciennes.get(n, "")}
        changees |= {f"{place.slug}.{nom}": "" for nom in anciennes if nom not in saisie.valeurs}
        if filee is None:
            filee = SectionSaisie(demande_id=demande.id, section=place.section, rang=place.rang, version=0)
            demande.sections.append(filee)
        filee.valeurs, filee.version = dict(saisie.valeurs), filee.version + 1
        filee.updated_by_id = cast("int", by.user_id)
    session.flush()
    return changees


def _follow(session: Session, dossier: Dossier, lue: DemandeLue, campagne_id: int) -> None:
    """A dossier says what its request says now; the amounts of one that is decided stay those that were decided on.

    `campagne_id`: the campaign that the request was addressed to.
    """
    dossier.contenu_version += 1
    dossier.contenu_empreintes = contenus.empreintes(lue)
    if dossier.etat in ETATS_FINAUX:
        return
    dossier.intitule, dossier.exercice = lue.intitule, lue.contexte.exercice
    dossier.demandeur_siret = lue.identite.siret_retenu or dossier.demandeur_siret
    montant = _montants(lue).get(campagne_id)
    if montant is not None and montant != dossier.montant_demande:
        dossier.montant_demande = montant
        financement = session.scalars(
            select(Financement).where(Financement.dossier_id == dossier.id).order_by(Financement.id).limit(1)
        ).first()
        if financement is not None:
            financement.demande = montant
    dossiers.refresh_words(dossier)


def _montants(lue: DemandeLue) -> dict[int, Decimal | None]:
    """What is asked of each campaign, in euros."""
    demandee = lue.ce_qui_est_demande
    autres = {campagne.demarche_id: champ.valeur for campagne, champ in demandee.adressees}
    return {lue.demande.demarche_id: demandee.montant_demande.valeur, **autres}


def outdate_decisions(session: Session, freres: Sequence[Dossier]) -> None:
    """A decision recorded on what was filed is looked at again: the page that notifies it is out of date."""
    session.execute(
        update(Decision)
        .where(Decision.dossier_id.in_([frere.id for frere in freres]), Decision.notified_at.is_(None))
        .values(version=Decision.version + 1)
    )


def _tell(
    session: Session, by: Acteur, correction: Correction, freres: Sequence[Dossier], changees: dict[str, str]
) -> None:
    """The journal of each dossier; a task to who instructs it, else a mail to its service, while there is something to decide."""
    valeurs = {"complement": correction.complement.id, "en_retard": correction.en_retard, **changees}
    if correction.attestee:
        valeurs["attestations"] = correction.lue.attestations.empreintes()
    for frere in freres:
        sien = frere.id == correction.dossier.id
        action = "complement_repondu" if sien else "demande_commune_corrigee"
        journal.record(session, by=by, action=action, objet=f"dossier:{frere.id}", valeurs=valeurs)
        if frere.etat in ETATS_FINAUX:
            continue
        if give_task(session, frere, correction.complement):
            continue
        for adresse in correspondants.shared_box(frere):
            courriels.enqueue(
                session,
                "complement_repondu",
                destinataire=adresse,
                reference=frere.reference,
                association=frere.demandeur_nom,
                commune=not sien,
            )


def give_task(session: Session, dossier: Dossier, complement: Complement, *, par_id: int | None = None) -> bool:
    """Whether somebody instructs that dossier, who then has a task: what was asked has come. `par_id`: the agent who notes it."""
    suiveur = correspondants.instructeur(session, dossier)
    if suiveur is None:
        return False
    taches.add(
        session,
        user_id=suiveur.id,
        service_id=dossier.service_id,
        genre=GenreTache.COMPLEMENT_REPONDU,
        cle=f"complement:{complement.id}:{dossier.id}",
        dossier_id=dossier.id,
        objet_id=complement.id,
        par_id=par_id,
    )
    return True
